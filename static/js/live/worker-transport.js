/** The page's side of a tile in the worker: the element, and what only the page can see or give (display times, audio output). */

import { AudioOutput } from "./audio-output.js";
import { wallMs } from "./clock.js";
import { displayTimeMs } from "./display-time.js";
import { delayOf } from "./meter.js";
import { pictureOf } from "./snapshot.js";

/**
 * @import { FromWorker } from "./live.worker.js"
 * @import { Progress, Wish } from "./session.js"
 * @import { Emit, Transport } from "./transport.js"
 */

/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, (message: FromWorker) => void>} */
const listeners = new Map();
let lastTile = 0;

/** @returns {Worker} one for all tiles of the page, made when the first needs it */
function sharedWorker() {
  if (worker) return worker;
  const made = new Worker(new URL("./live.worker.js", import.meta.url), { type: "module", name: "live" });
  made.onmessage = ({ data }) => listeners.get(data.tile)?.(data);
  made.onerror = () => {
    // It could not be loaded, or broke: every tile is told, and the next one to open gets a new worker.
    if (worker === made) worker = null;
    made.terminate();
    for (const [tile, listener] of listeners)
      listener({ tile, type: "trouble", kind: "broken", text: "the player's worker does not run here" });
  };
  worker = made;
  return made;
}

/**
 * @implements {Transport}
 */
export class WorkerTransport {
  #tile = ++lastTile;
  #wish;
  #emit;
  #kind;
  #worker = sharedWorker();
  /** @type {HTMLVideoElement | HTMLCanvasElement} */
  #element;
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {AudioOutput | null} */
  #audio = null;
  /** The last time that the browser told of a displayed frame. @type {{atMs: number, mediaUs: number} | null} */
  #displayed = null;
  #isAsking = false;
  #hasPicture = false;
  #serverDelayMs = 0;
  #volume = 1;
  #requests = 0;
  /** @type {Map<number, (picture: Blob | null) => void>} */
  #snapshots = new Map();

  /**
   * @param {Wish} wish
   * @param {Emit} emit
   * @param {"track" | "canvas"} kind
   */
  constructor(wish, emit, kind) {
    this.#wish = wish;
    this.#emit = emit;
    this.#kind = kind;
    this.#element = document.createElement(kind === "track" ? "video" : "canvas");
  }

  open() {
    listeners.set(this.#tile, (message) => this.#received(message));
    this.#emit({ type: "surface", element: this.#element });
    if (this.#element instanceof HTMLVideoElement) return this.#openTrack(this.#element);
    const canvas = this.#element.transferControlToOffscreen();
    this.#post({ type: "open", wish: this.#wish, canvas }, [canvas]);
  }

  /** @param {HTMLVideoElement} video */
  #openTrack(video) {
    const generator = new MediaStreamTrackGenerator({ kind: "video" });
    this.#track = generator;
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([generator]);
    video.play().catch(() => {});
    this.#post({ type: "open", wish: this.#wish, writable: generator.writable }, [generator.writable]);
    this.#askForDisplayTime();
  }

  close() {
    this.#post({ type: "close" });
    listeners.delete(this.#tile);
    this.#track?.stop();
    this.#audio?.close();
    for (const resolve of this.#snapshots.values()) resolve(null);
  }

  pause() {
    this.#post({ type: "pause" });
  }

  resume() {
    this.#post({ type: "resume" });
    // Chromium may have paused a hidden muted video to save power.
    if (this.#element instanceof HTMLVideoElement) this.#element.play().catch(() => {});
  }

  nudge() {
    this.#post({ type: "nudge" });
  }

  reconnect() {
    this.#post({ type: "reconnect" });
  }

  /** @param {string} quality */
  setQuality(quality) {
    this.#post({ type: "quality", quality });
  }

  /** @param {boolean} isWanted */
  setAudio(isWanted) {
    this.#post({ type: "audio", isWanted });
    if (isWanted) return;
    this.#audio?.close();
    this.#audio = null;
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.#volume = volume;
    if (this.#audio) this.#audio.volume = volume;
  }

  /** @param {number} widthPx @param {number} heightPx */
  resize(widthPx, heightPx) {
    this.#post({ type: "resize", widthPx, heightPx });
  }

  /** @returns {Promise<Blob | null>} */
  snapshot() {
    if (!this.#hasPicture) return Promise.resolve(null);
    if (this.#element instanceof HTMLVideoElement) return pictureOf(this.#element);
    const request = ++this.#requests;
    return new Promise((resolve) => {
      this.#snapshots.set(request, resolve);
      this.#post({ type: "snapshot", request });
    });
  }

  /** @param {Record<string, unknown> & {type: string}} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    this.#worker.postMessage({ tile: this.#tile, ...message }, transfer);
  }

  /** @param {FromWorker} message */
  #received(message) {
    switch (message.type) {
      case "snapshot":
        this.#snapshots.get(message.request)?.(message.picture);
        this.#snapshots.delete(message.request);
        return;
      case "audio-format":
        this.#openAudio(message.sampleRate, message.channels);
        break;
      case "picture":
        if (this.#kind === "track") return; // told of when it is displayed
        this.#hasPicture = true;
        break;
      case "progress":
        this.#askForDisplayTime();
        return this.#emit({ type: "progress", progress: this.#asDisplayed(message.progress) });
      case "text":
        if (message.message.type === "stats") this.#serverDelayMs = message.message.server_delay_ms ?? 0;
        if (message.message.type === "init") this.#forget();
        break;
    }
    this.#emit(message);
  }

  #forget() {
    this.#audio?.close();
    this.#audio = null;
    this.#hasPicture = this.#kind === "canvas" && this.#hasPicture;
  }

  /** @param {number} sampleRate @param {number} channels */
  #openAudio(sampleRate, channels) {
    this.#audio?.close();
    const audio = new AudioOutput(this.#volume);
    this.#audio = audio;
    audio.open(sampleRate, channels).then(
      (port) => this.#audio === audio && this.#post({ type: "audio-port", port }, [port]),
      () => {},
    );
  }

  /** One frame in four a second is enough to know the delay, and costs the page nothing. */
  #askForDisplayTime() {
    if (this.#isAsking || !(this.#element instanceof HTMLVideoElement)) return;
    this.#isAsking = true;
    this.#element.requestVideoFrameCallback((_now, frame) => {
      this.#isAsking = false;
      const atMs = performance.timeOrigin + displayTimeMs(frame);
      this.#displayed = { atMs, mediaUs: frame.mediaTime * 1e6 };
      if (this.#hasPicture) return;
      this.#hasPicture = true;
      this.#emit({ type: "picture", atMs: wallMs() });
    });
  }

  /**
   * The worker knows when it handed a frame over; the page knows when one was displayed.
   * @param {Progress} progress
   * @returns {Progress}
   */
  #asDisplayed(progress) {
    if (this.#kind !== "track") return progress;
    const shown = this.#displayed;
    if (!shown) return { ...progress, lastShownAtMs: null, firstShownAtMs: null, delay: null };
    const { arrivedLateMs, offsetMs, captureLeadUs } = progress;
    if (!progress.delay || arrivedLateMs === null) return { ...progress, lastShownAtMs: shown.atMs };
    const capturedUs = shown.mediaUs + captureLeadUs;
    const arrivedAtMs = capturedUs / 1000 - offsetMs + arrivedLateMs;
    const delay = delayOf({
      capturedUs,
      arrivedAtMs,
      shownAtMs: shown.atMs,
      offsetMs,
      serverDelayMs: this.#serverDelayMs,
    });
    return { ...progress, lastShownAtMs: shown.atMs, delay };
  }
}
