/** One MediaSource and its <video> for the life of one `init`: appends, keeps near the live edge, trims, tells what was shown. */

import { AwaitedFrames } from "./awaited-frames.js";
import { wallMs } from "./clock.js";
import { stretchDurations } from "./fragments.js";
import { Kind, Track } from "./protocol.js";
import { RateControl } from "./rate.js";

/**
 * @import { Header, Init } from "./protocol.js"
 * @import { LiveSession, Shown } from "./session.js"
 */

const CONTROL_EVERY_MS = 100;
const TRIM_EVERY_MS = 20_000;
const KEEP_S = 10;
/** As long as it is less far behind, what was appended counts as seen: it is the player's business to get there. */
const KEEPS_UP_S = 1;
const SETTLED_MS = 500;
/** A picture is declared to last this much longer than it should, and at least so long. */
const LONGER = 4;
const DECLARED_US = 500_000;
/** Sound that stays away this long would hold the picture up. */
const SILENT_AUDIO_MS = 2_000;

/** @typedef {{buffer: SourceBuffer | null, mime: string, waiting: Uint8Array<ArrayBuffer>[], lastArrivedAtMs: number}} Lane */

export class MsePipe {
  #session;
  #onBroken;
  #source;
  #address;
  #rate = new RateControl();
  /** @type {Map<number, Lane>} by track */
  #lanes = new Map();
  #awaited = new AwaitedFrames();
  /** Where the newest picture ends; what is declared lasts longer. */
  #edgeS = 0;
  /** The newest fragment handed to the browser. @type {Shown | null} */
  #appended = null;
  #isClosed = false;
  #hasAppended = false;
  #playingSinceMs = Number.POSITIVE_INFINITY;
  #trimmedAtMs = wallMs();
  /** @type {ReturnType<typeof setInterval>} */
  #controller;
  video = document.createElement("video");

  /**
   * @param {Init} init
   * @param {LiveSession} session
   * @param {() => void} onBroken called when nothing more will come of it
   */
  constructor(init, session, onBroken) {
    this.#session = session;
    this.#onBroken = onBroken;
    this.video.playsInline = true;
    this.#addLane(Track.VIDEO, init.video.mime);
    if (init.audio) this.#addLane(Track.AUDIO, init.audio.mime);
    const Source = window.ManagedMediaSource ?? MediaSource;
    this.#source = new Source();
    if (window.ManagedMediaSource) this.video.disableRemotePlayback = true;
    this.#source.addEventListener("sourceopen", () => this.#opened(), { once: true });
    this.#address = URL.createObjectURL(this.#source);
    this.video.addEventListener("error", () => this.#failed(this.video.error?.message ?? "the video element gave up"));
    this.video.addEventListener("playing", () => {
      this.#playingSinceMs = wallMs();
    });
    this.video.addEventListener("waiting", () => this.#ranDry());
    this.video.src = this.#address;
    this.#controller = setInterval(() => this.#control(), CONTROL_EVERY_MS);
    this.#watchFrames();
  }

  get queue() {
    return this.#awaited.size;
  }

  /**
   * @param {Header} header
   * @param {Uint8Array<ArrayBuffer>} payload
   * @param {number} arrivedAtMs
   */
  accept(header, payload, arrivedAtMs) {
    const lane = this.#lanes.get(header.track);
    if (!lane || (header.kind !== Kind.FRAGMENT && header.kind !== Kind.INIT_SEGMENT)) return;
    lane.lastArrivedAtMs = arrivedAtMs;
    lane.waiting.push(payload);
    if (header.kind === Kind.FRAGMENT && header.track === Track.VIDEO) {
      this.#awaited.add({ ...header, arrivedAtMs }, header.ptsUs / 1e6);
      this.#edgeS = (header.ptsUs + header.durationUs) / 1e6;
      if (header.durationUs > 0) stretchDurations(payload, Math.max(LONGER, DECLARED_US / header.durationUs));
    }
    this.#append(lane);
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#controller);
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.#address);
  }

  /** @param {number} track @param {string | null} mime */
  #addLane(track, mime) {
    this.#lanes.set(track, { buffer: null, mime: mime ?? "", waiting: [], lastArrivedAtMs: wallMs() });
  }

  #opened() {
    if (this.#isClosed) return;
    const Source = window.ManagedMediaSource ?? MediaSource;
    for (const [track, lane] of this.#lanes) {
      if (Source.isTypeSupported(lane.mime)) {
        lane.buffer = this.#source.addSourceBuffer(lane.mime);
        lane.buffer.addEventListener("updateend", () => {
          if (track === Track.VIDEO) this.#acknowledge();
          this.#append(lane);
        });
      } else if (track === Track.VIDEO) {
        this.#session.trouble("unsupported", `this browser does not play ${lane.mime}`);
        return;
      } else {
        this.#lanes.delete(track);
      }
    }
    for (const lane of this.#lanes.values()) this.#append(lane);
  }

  /** @param {Lane} lane */
  #append(lane) {
    const { buffer, waiting } = lane;
    if (this.#isClosed || !buffer || buffer.updating) return;
    if (this.#hasAppended && this.video.paused) this.video.play().catch(() => {});
    if (!waiting.length) return;
    const bytes = waiting.length === 1 ? waiting[0] : joined(waiting);
    lane.waiting = [];
    try {
      buffer.appendBuffer(bytes);
      this.#hasAppended = true;
      if (lane === this.#lanes.get(Track.VIDEO)) this.#appended = this.#awaited.newest;
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") return this.#failed(String(error));
      // Full: what was played goes, and what could not be appended waits for the `updateend` of that.
      lane.waiting = [bytes, ...lane.waiting];
      if (!this.#remove(buffer, this.video.currentTime - 1)) this.#failed("the browser's buffer is full");
    }
  }

  /** Were only displayed pictures acknowledged, the server would wait for them while the <video> waits for data. */
  #acknowledge() {
    const isBehind = this.video.buffered.length > 0 && this.#edgeS - this.video.currentTime > KEEPS_UP_S;
    if (this.#appended && !isBehind) this.#session.acknowledge(this.#appended);
    this.#appended = null;
  }

  /** The waiting that belongs to a start or a seek says nothing about the cushion. */
  #ranDry() {
    const nowMs = wallMs();
    if (!this.video.seeking && nowMs - this.#playingSinceMs > SETTLED_MS) this.#rate.stalled(nowMs);
  }

  /** @param {SourceBuffer} buffer @param {number} beforeS @returns {boolean} false when there was nothing to remove */
  #remove(buffer, beforeS) {
    if (!buffer.buffered.length || buffer.buffered.start(0) >= beforeS) return false;
    buffer.remove(0, beforeS);
    return true;
  }

  #control() {
    const { video } = this;
    const nowMs = wallMs();
    if (this.#isClosed || video.error || !video.buffered.length) return;
    this.#watchAudio(nowMs);
    const ranges = this.#ranges();
    const isBeforeData = video.currentTime < ranges[ranges.length - 1][0];
    if (!video.seeking && (video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA || isBeforeData)) {
      const action = this.#rate.decide({ nowMs, currentS: video.currentTime, rate: video.playbackRate, ranges });
      if (action.kind === "rate") video.playbackRate = action.rate;
      if (action.kind === "seek") video.currentTime = action.toS;
    }
    if (nowMs - this.#trimmedAtMs > TRIM_EVERY_MS) this.#trim(nowMs);
  }

  /** @returns {[number, number][]} what is buffered, without what is only declared to be */
  #ranges() {
    const { buffered } = this.video;
    return Array.from({ length: buffered.length }, (_, index) => {
      const startS = buffered.start(index);
      return [startS, Math.max(startS, Math.min(buffered.end(index), this.#edgeS))];
    });
  }

  /** @param {number} nowMs */
  #trim(nowMs) {
    this.#trimmedAtMs = nowMs;
    for (const { buffer } of this.#lanes.values())
      if (buffer && !buffer.updating) this.#remove(buffer, this.video.currentTime - KEEP_S);
  }

  /** A <video> waits for every track, so sound that stopped coming is given up and asked for without. @param {number} nowMs */
  #watchAudio(nowMs) {
    const audio = this.#lanes.get(Track.AUDIO);
    const video = this.#lanes.get(Track.VIDEO);
    if (
      !audio ||
      !video ||
      nowMs - audio.lastArrivedAtMs < SILENT_AUDIO_MS ||
      nowMs - video.lastArrivedAtMs > SILENT_AUDIO_MS
    )
      return;
    this.#lanes.delete(Track.AUDIO);
    this.#session.setAudio(false);
  }

  #watchFrames() {
    this.video.requestVideoFrameCallback((_now, frame) => {
      if (this.#isClosed) return;
      const shown = this.#awaited.displayed(frame.mediaTime);
      if (shown) this.#session.shown(shown);
      this.#watchFrames();
    });
  }

  /** @param {string} text */
  #failed(text) {
    if (this.#isClosed) return;
    this.close();
    this.#session.trouble("decode", text);
    this.#onBroken();
  }
}

/** @param {Uint8Array<ArrayBuffer>[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
