/**
 * One camera being watched in one way: a Feed, a Playback that turns its messages into pictures, and the figures about both.
 * Reports by `emit` in plain objects, since it lives in the worker for some transports and in the page for others.
 */

import { wallMs } from "./clock.js";
import { Feed } from "./feed.js";
import { delayOf, Meter } from "./meter.js";
import { liveUrl, qualityFor, Track, toServer } from "./protocol.js";

/**
 * @import { Loss } from "./feed.js"
 * @import { Sample } from "./meter.js"
 * @import { Header, Init, Mode, ServerText } from "./protocol.js"
 */

const REPORT_EVERY_MS = 250;

/**
 * @typedef {object} Wish what the viewer asks for
 * @property {string} base
 * @property {string} camera
 * @property {Mode} mode
 * @property {string} quality
 * @property {boolean} audio
 * @property {string | null} ticket
 *
 * @typedef {Sample & {queue: number, offsetMs: number,
 *   roundTripMs: number | null, captureLeadUs: number, arrivedLateMs: number | null}} Progress
 *   `captureLeadUs`: capture minus presentation time; `arrivedLateMs`: capture to arrival, of the newest live message
 *
 * @typedef {{type: "connecting"}
 *   | {type: "text", message: ServerText}
 *   | {type: "lost", loss: Loss}
 *   | {type: "picture", atMs: number}
 *   | {type: "progress", progress: Progress}
 *   | {type: "trouble", kind: Trouble, text: string}
 *   | {type: "audio-format", sampleRate: number, channels: number}} SessionEvent
 *
 * @typedef {"decode" | "unsupported" | "broken"} Trouble a picture went wrong, this codec never will, nothing will here
 *
 * @typedef {object} Shown a picture that was put on the screen
 * @property {number} sequence
 * @property {number} generation
 * @property {number} capturedUs
 * @property {number} arrivedAtMs
 * @property {boolean} isBacklog
 *
 * @typedef {object} Playback
 * @property {(init: Init) => void} configure forget everything; what follows is described by `init`
 * @property {(header: Header, payload: Uint8Array<ArrayBuffer>, arrivedAtMs: number) => void} accept
 * @property {() => void} pause
 * @property {() => void} close
 * @property {number} queue pictures accepted and not yet shown
 */

export class LiveSession {
  #wish;
  #emit;
  #feed;
  #meter = new Meter();
  /** @type {Playback | null} */
  #playback = null;
  /** @type {Init | null} */
  #init = null;
  #serverDelayMs = 0;
  /** What the address of the present connection asked for. */
  #asked = { quality: "", audio: false };
  #isPaused = false;
  #hasPicture = false;
  #captureLeadUs = 0;
  /** @type {number | null} */
  #arrivedLateMs = null;
  /** @type {ReturnType<typeof setInterval>} */
  #reporter;

  /**
   * @param {Wish} wish
   * @param {(event: SessionEvent) => void} emit
   */
  constructor(wish, emit) {
    this.#wish = { ...wish };
    this.#emit = emit;
    this.#feed = new Feed(() => this.#url(), {
      connecting: () => emit({ type: "connecting" }),
      text: (message) => this.#heard(message),
      media: (header, payload, arrivedAtMs) => this.#arrived(header, payload, arrivedAtMs),
      lost: (loss) => this.#lost(loss),
    });
    this.#reporter = setInterval(() => this.#report(), REPORT_EVERY_MS);
  }

  /** @param {Playback} playback */
  start(playback) {
    this.#playback = playback;
    this.#feed.open();
  }

  close() {
    clearInterval(this.#reporter);
    this.#feed.close();
    this.#playback?.close();
    this.#playback = null;
  }

  pause() {
    this.#isPaused = true;
    this.#feed.pause();
    this.#playback?.pause();
  }

  resume() {
    this.#isPaused = false;
    this.#feed.resume();
  }

  nudge() {
    this.#feed.nudge();
  }

  reconnect() {
    this.#feed.reconnect();
  }

  /** @param {string} quality */
  setQuality(quality) {
    this.#wish.quality = quality;
    if (!this.#init) return;
    this.#asked.quality = quality;
    this.#feed.send(toServer.quality(qualityFor(this.#wish.mode, quality)));
  }

  /** @param {boolean} isWanted */
  setAudio(isWanted) {
    this.#wish.audio = isWanted;
    if (!this.#init) return;
    this.#asked.audio = isWanted;
    this.#feed.send(toServer.audio(isWanted));
  }

  /** Capture to now, in milliseconds; null while the clock offset is unknown. @param {number} capturedUs */
  ageMs(capturedUs) {
    const { clock } = this.#feed;
    return clock.isKnown ? wallMs() + clock.offsetMs - capturedUs / 1000 : null;
  }

  /** @param {Shown} frame */
  shown(frame) {
    const nowMs = wallMs();
    const { clock } = this.#feed;
    const delay =
      frame.isBacklog || !clock.isKnown
        ? null
        : delayOf({ ...frame, shownAtMs: nowMs, offsetMs: clock.offsetMs, serverDelayMs: this.#serverDelayMs });
    this.#meter.shown(nowMs, delay);
    this.acknowledge(frame, delay?.totalMs);
    if (!this.#hasPicture) {
      this.#hasPicture = true;
      this.#emit({ type: "picture", atMs: nowMs });
    }
  }

  /**
   * Decoded but not shown, or kept for later by the element: taken off the server's window all the same.
   * @param {{sequence: number, generation: number}} frame
   * @param {number} [delayMs]
   */
  acknowledge({ sequence, generation }, delayMs) {
    this.#feed.shown({ seq: sequence, generation, delayMs, queue: this.#playback?.queue ?? 0 });
  }

  /** @param {number} frames */
  dropped(frames) {
    this.#meter.dropped(frames);
  }

  /** @param {Trouble} kind @param {string} text */
  trouble(kind, text) {
    this.#emit({ type: "trouble", kind, text });
  }

  /** @param {{sampleRate: number, channels: number}} format */
  audioFormat(format) {
    this.#emit({ type: "audio-format", ...format });
  }

  #url() {
    const { quality, audio } = this.#wish;
    this.#asked = { quality, audio };
    return liveUrl({ ...this.#wish, quality: qualityFor(this.#wish.mode, quality) });
  }

  /** Wishes that changed while the connection was being made. */
  #askAgain() {
    const { quality, audio } = this.#wish;
    if (quality !== this.#asked.quality) this.setQuality(quality);
    if (audio !== this.#asked.audio) this.setAudio(audio);
  }

  /** @param {ServerText} message */
  #heard(message) {
    if (message.type === "init") {
      this.#init = message;
      this.#hasPicture = false;
      this.#playback?.configure(message);
      this.#askAgain();
    } else if (message.type === "stats") {
      this.#serverDelayMs = message.server_delay_ms ?? 0;
    }
    this.#emit({ type: "text", message });
  }

  /**
   * @param {Header} header
   * @param {Uint8Array<ArrayBuffer>} payload
   * @param {number} arrivedAtMs
   */
  #arrived(header, payload, arrivedAtMs) {
    if (!this.#init || header.generation !== (this.#init.generation & 0xffff) || this.#isPaused) return;
    if (header.track === Track.VIDEO) {
      this.#meter.arrived(payload.byteLength, header.dropped, arrivedAtMs);
      this.#captureLeadUs = header.capturedUs - header.ptsUs;
      const { clock } = this.#feed;
      if (!header.isBacklog && clock.isKnown)
        this.#arrivedLateMs = arrivedAtMs + clock.offsetMs - header.capturedUs / 1000;
    }
    this.#playback?.accept(header, payload, arrivedAtMs);
  }

  /** @param {Loss} loss */
  #lost(loss) {
    this.#init = null;
    this.#playback?.pause();
    this.#emit({ type: "lost", loss });
  }

  #report() {
    if (this.#isPaused) return;
    const { clock } = this.#feed;
    this.#emit({
      type: "progress",
      progress: {
        ...this.#meter.sample(wallMs()),
        queue: this.#playback?.queue ?? 0,
        offsetMs: clock.offsetMs,
        roundTripMs: clock.roundTripMs,
        captureLeadUs: this.#captureLeadUs,
        arrivedLateMs: this.#arrivedLateMs,
      },
    });
  }
}
