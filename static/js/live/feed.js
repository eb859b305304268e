/**
 * One camera's WebSocket: opens it, opens it again when it is lost, measures the clock offset, acknowledges. Knows nothing of pictures.
 * Runs in the worker and in the page alike; sockets, timers, clock and chance are handed in, so that it is tested without them.
 */

import { delayMs, tooManyDelayMs } from "./backoff.js";
import { ClockOffset, wallMs } from "./clock.js";
import { Close, parseMessage, parseText, toServer } from "./protocol.js";

/** @import { Header, ServerText } from "./protocol.js" */

const ACK_EVERY_MS = 250;
/** Sooner than that when much has come: the server's window is 1 MB. */
const ACK_AFTER_BYTES = 262_144;
/** `stats` come once a second, so silence means that the connection is dead although nobody has said so. */
const SILENT_MS = 5_000;
const FIRST_PINGS_MS = [0, 150, 500];
const PING_EVERY_MS = 5_000;
/** A connection that lived this long ends the growth of the delays. */
const SETTLED_MS = 5_000;
/** @type {readonly number[]} */
const FINAL = [
  Close.MALFORMED,
  Close.NOT_LOGGED_IN,
  Close.FORBIDDEN,
  Close.NO_CAMERA,
  Close.TICKET,
  Close.MODE_IMPOSSIBLE,
];

/**
 * @typedef {object} Loss
 * @property {number} code the close code; 0 when there was none
 * @property {string} message in plain words, empty when the server said nothing
 * @property {number | null} retryInMs null: it won't be tried again
 *
 * @typedef {object} FeedEvents
 * @property {() => void} connecting
 * @property {(message: ServerText) => void} text all but pongs
 * @property {(header: Header, payload: Uint8Array<ArrayBuffer>, arrivedAtMs: number) => void} media
 * @property {(loss: Loss) => void} lost
 *
 * @typedef {object} Surroundings
 * @property {(url: string) => WebSocket} [openSocket]
 * @property {() => number} [now]
 * @property {() => number} [chance]
 * @property {(callback: () => void, ms: number) => unknown} [later]
 * @property {(handle: any) => void} [cancel]
 */

export class Feed {
  /** @type {WebSocket | null} */
  #socket = null;
  #url;
  #events;
  #openSocket;
  #now;
  #chance;
  #later;
  #cancel;
  /** @type {unknown} */
  #timer = null;
  /** @type {unknown} */
  #retry = null;
  #isEnded = false;
  #isPaused = false;
  #attempt = 0;
  #openedAtMs = 0;
  #heardAtMs = 0;
  #pingId = 0;
  #nextPingAtMs = 0;
  #unackedBytes = 0;
  /** @type {{seq: number, generation: number, delayMs?: number, queue?: number} | null} */
  #shown = null;
  /** @type {number | null} */
  #ackedSeq = null;
  #ackedAtMs = 0;
  #lastError = "";
  clock = new ClockOffset();

  /**
   * @param {() => string} url asked anew for each attempt, since the wishes in it change
   * @param {FeedEvents} events
   * @param {Surroundings} [surroundings]
   */
  constructor(url, events, surroundings = {}) {
    this.#url = url;
    this.#events = events;
    this.#openSocket = surroundings.openSocket ?? ((address) => new WebSocket(address));
    this.#now = surroundings.now ?? wallMs;
    this.#chance = surroundings.chance ?? Math.random;
    this.#later = surroundings.later ?? ((callback, ms) => setTimeout(callback, ms));
    this.#cancel = surroundings.cancel ?? ((handle) => clearTimeout(handle));
  }

  open() {
    this.#cancelRetry();
    this.#drop();
    if (this.#isEnded) return;
    this.#events.connecting();
    this.#lastError = "";
    this.#ackedSeq = this.#shown = null;
    this.#unackedBytes = 0;
    const socket = this.#openSocket(this.#url());
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
    this.#heardAtMs = this.#now();
    this.#tick();
  }

  close() {
    this.#isEnded = true;
    this.#cancelRetry();
    this.#drop();
  }

  /** What the page knows better than a timer: the network is back, or somebody looks. Does nothing while connected. */
  nudge() {
    if (this.#retry === null || this.#isEnded || this.#isPaused) return;
    this.#attempt = 0;
    this.open();
  }

  /** Gives the present connection up and opens another, as after a loss. */
  reconnect() {
    this.#drop();
    this.#closed(0);
  }

  pause() {
    this.#isPaused = true;
    this.#cancelRetry();
    this.send(toServer.pause());
  }

  resume() {
    this.#isPaused = false;
    this.#heardAtMs = this.#now();
    if (this.#socket) this.send(toServer.resume());
    else this.open();
  }

  /** @param {string} text lost when the socket isn't open: what must survive that is in the next URL */
  send(text) {
    if (this.#socket?.readyState === 1) this.#socket.send(text);
  }

  /** @param {{seq: number, generation: number, delayMs?: number, queue?: number}} frame the newest one shown or decoded */
  shown(frame) {
    // What was appended may be acknowledged before an older picture of it is displayed.
    const isOlder = this.#shown !== null && (frame.seq - this.#shown.seq) >>> 0 > 0x7fffffff;
    if (this.#shown && isOlder) Object.assign(this.#shown, { delayMs: frame.delayMs, queue: frame.queue });
    else this.#shown = { ...frame, delayMs: frame.delayMs ?? this.#shown?.delayMs };
    if (this.#ackedSeq === null || this.#unackedBytes > ACK_AFTER_BYTES) this.#acknowledge();
  }

  #opened() {
    this.#openedAtMs = this.#heardAtMs = this.#now();
    this.#pingId = 0;
    this.#nextPingAtMs = this.#openedAtMs;
    if (this.#isPaused) this.send(toServer.pause());
    this.#ping(this.#openedAtMs);
  }

  /** @param {string | ArrayBuffer} data */
  #received(data) {
    const nowMs = this.#now();
    this.#heardAtMs = nowMs;
    if (typeof data === "string") return this.#receivedText(data, nowMs);
    const parsed = parseMessage(data);
    if (!parsed.ok) return;
    this.#unackedBytes += data.byteLength;
    this.#events.media(parsed.header, parsed.payload, nowMs);
  }

  /** @param {string} text @param {number} nowMs */
  #receivedText(text, nowMs) {
    const parsed = parseText(text);
    if (!parsed.ok) return;
    const { message } = parsed;
    if (message.type === "pong") {
      this.clock.add(message, nowMs);
      return;
    }
    if (message.type === "error") this.#lastError = message.message;
    // Sequence numbers belong to one feed: what was shown of the last one must not acknowledge this one.
    if (message.type === "init") this.#shown = this.#ackedSeq = null;
    this.#events.text(message);
  }

  /** @param {number} code */
  #closed(code) {
    const livedMs = this.#now() - this.#openedAtMs;
    if (this.#openedAtMs > 0 && livedMs > SETTLED_MS) this.#attempt = 0;
    this.#openedAtMs = 0;
    this.#drop();
    const isFinal = FINAL.includes(code);
    const wait = code === Close.TOO_MANY ? tooManyDelayMs(this.#chance()) : delayMs(this.#attempt, this.#chance());
    this.#attempt += 1;
    if (!isFinal && !this.#isEnded && !this.#isPaused) this.#retry = this.#later(() => this.open(), wait);
    this.#events.lost({ code, message: this.#lastError, retryInMs: isFinal ? null : wait });
  }

  #tick() {
    this.#timer = this.#later(() => this.#tick(), ACK_EVERY_MS);
    const nowMs = this.#now();
    if (!this.#isPaused && nowMs - this.#heardAtMs > SILENT_MS) return this.reconnect();
    if (nowMs >= this.#nextPingAtMs) this.#ping(nowMs);
    if (nowMs - this.#ackedAtMs >= ACK_EVERY_MS * 0.8) this.#acknowledge();
  }

  /** @param {number} nowMs */
  #ping(nowMs) {
    if (this.#socket?.readyState !== 1) return;
    this.send(toServer.ping(this.#pingId, nowMs));
    this.#pingId += 1;
    this.#nextPingAtMs =
      this.#pingId < FIRST_PINGS_MS.length ? this.#openedAtMs + FIRST_PINGS_MS[this.#pingId] : nowMs + PING_EVERY_MS;
  }

  #acknowledge() {
    if (!this.#shown || this.#shown.seq === this.#ackedSeq) return;
    this.send(toServer.ack(this.#shown));
    this.#ackedSeq = this.#shown.seq;
    this.#ackedAtMs = this.#now();
    this.#unackedBytes = 0;
  }

  #cancelRetry() {
    if (this.#retry !== null) this.#cancel(this.#retry);
    this.#retry = null;
  }

  /** Lets go of the socket without waiting for its end. */
  #drop() {
    if (this.#timer !== null) this.#cancel(this.#timer);
    this.#timer = null;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
