/** One camera on the common clock: its picture, its sound, and in words why there is none. */

import { pictureOf } from "../live/snapshot.js";
import { FootageMap } from "./footage-map.js";
import { JPEG_CODEC, JpegLane } from "./jpeg-lane.js";
import { Lane } from "./lane.js";
import { Loader } from "./loader.js";
import { pictureAt } from "./pictures.js";
import { FootageError, FootageSource } from "./source.js";
import { correction } from "./sync.js";
import { gapWords, unplayableWords } from "./words.js";

/**
 * @import { Entry, Span } from "./footage-map.js"
 * @import { Gap } from "./source.js"
 * @import { Lanes } from "./loader.js"
 */

/** @typedef {"showing" | "loading" | "gap" | "edge" | "failed"} Kind */
/** @typedef {{ms: number, rate: number, strideMs: number, mode: "running" | "held" | "paused"}} Beat what all cameras are told at once */

const LEAST_BETWEEN_JUMPS_MS = 400;
const GAP_WINDOW_MS = 3_600_000;
const PREPARE_MS = 3_000;
const MOST_BREAKS = 3;
/** Footage is in the catalogue after this long, as a rule. */
const LATE_MS = 8_000;
const SOUND_FROM = 0.5;
const SOUND_UNTIL = 2;
/** Sound and picture are this near when one is said to be in step with the other. */
const NEAR_MS = 40;

export class CameraView {
  element = document.createElement("div");
  #stage = document.createElement("div");
  #note = document.createElement("p");
  #label = document.createElement("span");
  #camera;
  #ticket;
  identity;
  #stream;
  #changed;
  #map = new FootageMap();
  /** @type {FootageSource} */
  #source;
  /** @type {Loader} */
  #loader;
  /** @type {Lane | JpegLane | null} */
  #video = null;
  /** @type {Lane | null} */
  #audio = null;
  /** @type {FootageError | null} */
  #failure = null;
  #unplayable = "";
  /** What the main stream is, when the sub stream stands in for it. */
  #unplayableMain = "";
  #breaks = 0;
  #isAudible = false;
  #volume = 1;
  #isClosed = false;
  /** @type {Beat} */
  #beat = { ms: 0, rate: 1, strideMs: 0, mode: "paused" };
  /** @type {Kind} */
  #kind = "loading";
  #sinceMs = performance.now();
  #soughtMs = Number.NaN;
  #jumpedAtMs = 0;
  #jumpTookMs = 60;
  #preparedMs = Number.NaN;
  /** @type {{span: Span, gap: Gap | null} | null} */
  #gap = null;

  /**
   * @param {object} options
   * @param {string} options.camera slug
   * @param {string} options.name
   * @param {string} options.identity what makes it another one
   * @param {string} options.stream
   * @param {string} options.ticket
   * @param {() => void} options.changed something that the clock may have waited for
   */
  constructor({ camera, name, identity, stream, ticket, changed }) {
    this.identity = identity;
    this.#camera = camera;
    this.#ticket = ticket;
    this.#stream = stream;
    this.#changed = changed;
    this.element.className = "nvr-cell";
    this.element.dataset.camera = camera;
    this.#stage.className = "nvr-cell-stage";
    this.#note.className = "nvr-note";
    this.#note.setAttribute("role", "status");
    this.#label.className = "nvr-cell-name";
    this.#label.textContent = name;
    this.element.append(this.#stage, this.#note, this.#label);
    this.#source = new FootageSource(camera, stream, ticket);
    this.#loader = this.#newLoader();
  }

  get camera() {
    return this.#camera;
  }

  /** What people call it. @param {string} name */
  set name(name) {
    this.#label.textContent = name;
  }

  get map() {
    return this.#map;
  }

  get kind() {
    return this.#kind;
  }

  /** Since when it is of this kind. */
  get sinceMs() {
    return this.#sinceMs;
  }

  /** Why there is nothing to see now. */
  get gap() {
    return this.#kind === "gap" ? (this.#gap?.gap ?? null) : null;
  }

  get gapSpan() {
    return this.#kind === "gap" ? (this.#gap?.span ?? null) : null;
  }

  get hasSound() {
    return Boolean(this.#map.find(this.#beat.ms)?.file.audioCodec);
  }

  /** Where the picture is; null while there is none. */
  get shownMs() {
    return this.#video?.isReady && this.#kind === "showing" ? this.#video.shownMs : null;
  }

  get stats() {
    const video = this.#video?.element;
    const quality = video instanceof HTMLVideoElement ? video.getVideoPlaybackQuality() : null;
    return {
      camera: this.#camera,
      stream: this.#stream,
      kind: this.#kind,
      note: this.#note.textContent ?? "",
      shownMs: this.#video?.shownMs ?? null,
      soundMs: this.#audio && !this.#audio.element.paused ? this.#audio.shownMs : null,
      rate: video?.playbackRate ?? 0,
      readyState: video?.readyState ?? 0,
      frames: quality?.totalVideoFrames ?? (video && "frames" in video ? video.frames : 0),
      droppedFrames: quality?.droppedVideoFrames ?? 0,
      newestMs: this.#map.newestMs,
    };
  }

  /** @param {boolean} isAudible @param {number} volume */
  setSound(isAudible, volume) {
    this.#volume = volume;
    this.#isAudible = isAudible;
    if (this.#audio) this.#audio.element.volume = volume;
    if (isAudible || !this.#audio) return;
    this.#audio.close();
    this.#audio = null;
  }

  /** @param {Beat} beat */
  follow(beat) {
    const strideChanged = beat.strideMs !== this.#beat.strideMs;
    this.#beat = beat;
    if (strideChanged) this.#startAfresh();
    this.#loader.want(beat);
    this.#judge();
    this.#drive();
  }

  /** The clock has jumped. @param {number} ms */
  jump(ms) {
    this.#soughtMs = Number.NaN;
    this.#preparedMs = Number.NaN;
    if (this.#map.find(ms)) this.#seek(ms);
  }

  /** @param {number} ms @param {number} steps @returns {Promise<number | null>} */
  async pictureAt(ms, steps) {
    const found = await pictureAt(this.#map, (entry) => this.#loader.pictures(entry), ms, steps);
    if (found !== null) return found;
    await this.#loader.refresh(ms);
    return pictureAt(this.#map, (entry) => this.#loader.pictures(entry), ms, steps);
  }

  /**
   * Where there is footage next, as far as a day reaches.
   * @param {number} ms @returns {Promise<number | null>}
   */
  async nextFootage(ms) {
    const known = this.#map.after(ms);
    if (known && this.#map.knownUntil(ms) >= known.startMs) return known.startMs;
    const window = { startMs: Math.floor(ms), endMs: Math.floor(ms) + 24 * GAP_WINDOW_MS };
    const { spans } = await this.#source.timeline(window, AbortSignal.timeout(10_000));
    const next = spans.find(({ end_ms }) => end_ms > ms + NEAR_MS);
    return next ? Math.max(next.start_ms, ms) : null;
  }

  /** @returns {Promise<Blob | null>} */
  snapshot() {
    const video = this.#kind === "showing" ? this.#video?.element : null;
    if (video instanceof HTMLVideoElement) return pictureOf(video);
    return video && "snapshot" in video ? video.snapshot() : Promise.resolve(null);
  }

  close() {
    this.#isClosed = true;
    this.#loader.close();
    this.#closeLanes();
    this.element.remove();
  }

  #newLoader() {
    return new Loader(
      this.#source,
      this.#map,
      (entry) => this.#lanesFor(entry),
      (error) => {
        this.#failure = error;
        this.#changed();
      },
    );
  }

  /** @param {Entry} entry @returns {Lanes | null} */
  #lanesFor({ file }) {
    if (this.#isClosed || this.#breaks > MOST_BREAKS) return null;
    if (!plays(file.videoCodec)) {
      this.#unplayable = file.videoCodec;
      return null;
    }
    this.#unplayable = "";
    const { ms, rate, strideMs } = this.#beat;
    const isJpeg = file.videoCodec === JPEG_CODEC;
    if (this.#video && (!this.#video.reaches(file.atMs) || this.#video instanceof JpegLane !== isJpeg))
      this.#closeLanes();
    this.#video ??= isJpeg ? this.#shown(new JpegLane(), ms) : this.#shown(this.#newLane("video", ms), ms);
    const wantsSound = this.#isAudible && !strideMs && rate >= SOUND_FROM && rate <= SOUND_UNTIL;
    if (wantsSound && file.audioCodec && Lane.plays(file.audioCodec, "audio"))
      this.#audio ??= this.#newLane("audio", ms);
    return { video: this.#video, audio: wantsSound ? this.#audio : null };
  }

  /** @param {"video" | "audio"} kind @param {number} ms */
  #newLane(kind, ms) {
    const lane = new Lane(kind, ms, (why) => this.#broke(lane, why));
    lane.element.volume = this.#volume;
    if (kind === "audio") this.#hear(lane, ms);
    return lane;
  }

  /** @template {Lane | JpegLane} T @param {T} lane @param {number} ms @returns {T} on the stage */
  #shown(lane, ms) {
    lane.element.tabIndex = -1;
    lane.element.setAttribute("aria-hidden", "true");
    this.#stage.append(lane.element);
    this.#soughtMs = Number.NaN;
    this.#hear(lane, ms);
    return lane;
  }

  /** @param {Lane | JpegLane} lane @param {number} ms */
  #hear(lane, ms) {
    lane.element.addEventListener("seeked", () => this.#arrived());
    lane.element.addEventListener("canplay", () => this.#changed());
    lane.seek(ms);
  }

  /** @param {Lane} lane @param {string} why */
  #broke(lane, why) {
    if (lane === this.#audio) {
      this.#audio.close();
      this.#audio = null;
      return;
    }
    this.#breaks += 1;
    if (this.#breaks > MOST_BREAKS) this.#failure = new FootageError(`This browser can’t show this footage: ${why}`, 0);
    this.#closeLanes();
    this.#changed();
  }

  #closeLanes() {
    this.#video?.close();
    this.#audio?.close();
    this.#video = this.#audio = null;
  }

  /** Keyframes that stand for seconds must not stay among whole groups of pictures. */
  #startAfresh() {
    this.#video?.clear().then(
      () => {
        this.#soughtMs = Number.NaN;
      },
      () => {},
    );
    this.#audio?.clear().catch(() => {});
  }

  #arrived() {
    this.#jumpTookMs = Math.min(300, performance.now() - this.#jumpedAtMs);
    this.#changed();
  }

  #judge() {
    const kind = this.#judged();
    if (kind !== this.#kind) {
      this.#kind = kind;
      this.#sinceMs = performance.now();
      this.element.dataset.kind = kind;
    }
    this.#say();
  }

  /** @returns {Kind} */
  #judged() {
    const { ms, mode } = this.#beat;
    if (this.#breaks > MOST_BREAKS || this.#failure?.isFinal) return "failed";
    const entry = this.#map.find(ms);
    if (!entry) {
      if (this.#map.knownUntil(ms) <= ms)
        return this.#map.isGrowing && ms >= this.#map.newestMs ? "edge" : this.#failure ? "failed" : "loading";
      return this.#map.gapAt(ms) ? "gap" : "showing";
    }
    if (this.#unplayable && !plays(entry.file.videoCodec)) return this.#fallBack() ? "loading" : "failed";
    const lane = this.#video;
    if (!lane?.covers(ms))
      return this.#failure ? "failed" : entry.gop.isOpen && ms > entry.endMs - NEAR_MS ? "edge" : "loading";
    const isNear = Math.abs(lane.shownMs - ms) < 2_000 * Math.max(1, this.#beat.rate);
    return lane.isReady && (mode === "running" || isNear) ? "showing" : "loading";
  }

  /** To the sub stream, when the main one can't be played here and there is one. */
  #fallBack() {
    if (this.#stream !== "main") return false;
    const codec = this.#unplayable;
    this.#stream = "sub";
    this.#loader.close();
    this.#closeLanes();
    this.#map = new FootageMap();
    this.#source = new FootageSource(this.#camera, "sub", this.#ticket);
    this.#loader = this.#newLoader();
    this.#unplayableMain = codec;
    return true;
  }

  #say() {
    const words = this.#words();
    if (this.#note.textContent !== words) this.#note.textContent = words;
    this.#note.hidden = words === "";
    this.#stage.hidden = this.#kind === "gap" || this.#kind === "failed";
  }

  #words() {
    switch (this.#kind) {
      case "showing":
        return "";
      case "edge":
        if (this.#isWithoutAnyPlayable) return unplayableWords(this.#unplayableMain);
        return this.#beat.ms - this.#map.newestMs > LATE_MS ? "Waiting for newer footage …" : "";
      case "loading":
        return performance.now() - this.#sinceMs > 500
          ? "Loading …"
          : this.#note.textContent === "Loading …"
            ? "Loading …"
            : "";
      case "failed":
        return this.#unplayable ? unplayableWords(this.#unplayable) : (this.#failure?.message ?? "");
      case "gap":
        if (this.#isWithoutAnyPlayable) return unplayableWords(this.#unplayableMain);
        this.#findReason();
        return gapWords(this.#gap?.gap ?? null);
    }
  }

  /** Nothing of the sub stream, where the main one could not be played. */
  get #isWithoutAnyPlayable() {
    return this.#unplayableMain !== "" && this.#map.entries.length === 0;
  }

  #findReason() {
    const { ms } = this.#beat;
    if (this.#gap && ms >= this.#gap.span.startMs && ms < this.#gap.span.endMs) return;
    const around = this.#map.gapAt(ms) ?? { startMs: ms, endMs: ms + 1 };
    const span = {
      startMs: Math.floor(Math.max(around.startMs, ms - GAP_WINDOW_MS)),
      endMs: Math.ceil(Math.min(around.endMs, ms + GAP_WINDOW_MS, this.#map.knownUntil(ms))),
    };
    /** @type {{span: Span, gap: Gap | null}} */
    const asked = { span, gap: null };
    this.#gap = asked;
    this.#source.timeline(span, AbortSignal.timeout(10_000)).then(
      ({ gaps }) => {
        const found = gaps.find(({ start_ms, end_ms }) => start_ms <= ms && ms < end_ms) ?? null;
        if (found) asked.span = { startMs: found.start_ms, endMs: Math.min(found.end_ms, span.endMs) };
        asked.gap = found;
        this.#changed();
      },
      () => {}, // then it is a gap without a reason
    );
  }

  #drive() {
    const { ms, rate, mode } = this.#beat;
    const lane = this.#video;
    if (!lane) return;
    if (this.#kind === "gap" || this.#kind === "failed") {
      lane.element.pause();
      this.#audio?.element.pause();
      this.#prepare(ms, rate);
      return;
    }
    if (mode === "paused") {
      lane.element.pause();
      this.#audio?.element.pause();
      if (this.#soughtMs !== ms && lane.covers(ms)) this.#seek(ms);
      return;
    }
    if (mode === "held") {
      lane.element.pause();
      this.#audio?.element.pause();
      if (Math.abs(lane.shownMs - ms) > 1_000 * Math.max(1, rate) && !lane.element.seeking && lane.covers(ms))
        this.#seek(ms);
      return;
    }
    this.#keepUp(lane, ms, rate);
    if (this.#audio) this.#keepUp(this.#audio, ms, rate);
  }

  /** Stands ready at the end of a gap. @param {number} ms @param {number} rate */
  #prepare(ms, rate) {
    const next = this.#map.after(ms);
    if (!next || next.startMs - ms > PREPARE_MS * Math.max(1, rate) || this.#preparedMs === next.startMs) return;
    if (!this.#video?.covers(next.startMs + 1)) return;
    this.#preparedMs = next.startMs;
    this.#seek(next.startMs);
  }

  /** @param {Lane | JpegLane} lane @param {number} ms @param {number} rate */
  #keepUp(lane, ms, rate) {
    const { element } = lane;
    if (lane === this.#audio && (rate < SOUND_FROM || rate > SOUND_UNTIL)) {
      element.pause();
      return;
    }
    if (element.seeking) return;
    if (element.paused && lane.covers(ms)) element.play().catch(() => {});
    const acrossMs = element.readyState < HTMLMediaElement.HAVE_FUTURE_DATA ? lane.nextAcrossHoleMs : null;
    const step = acrossMs !== null && acrossMs <= ms ? { kind: "seek" } : correction(ms - lane.shownMs, rate);
    if ("rate" in step) {
      if (Math.abs(element.playbackRate - step.rate) > 0.004) element.playbackRate = step.rate;
    } else if (performance.now() - this.#jumpedAtMs > LEAST_BETWEEN_JUMPS_MS && lane.covers(ms)) {
      const aheadMs = ms + this.#jumpTookMs * rate;
      const toMs = lane.covers(aheadMs) ? aheadMs : ms;
      if (lane === this.#video) this.#seek(toMs);
      else lane.seek(toMs);
    }
  }

  /** @param {number} ms */
  #seek(ms) {
    this.#soughtMs = ms;
    this.#jumpedAtMs = performance.now();
    this.#video?.seek(ms);
    this.#audio?.seek(ms);
  }
}

/** @param {string} codec */
function plays(codec) {
  return codec === JPEG_CODEC || Lane.plays(codec, "video");
}
