/**
 * `<nvr-playback cameras="a,b,c" start-ms="…">`: the recordings of up to nine cameras on one clock.
 *
 * Attributes: `cameras` (slugs), `start-ms`, `end-ms` (stops there), `stream` (main or sub), `skip-gaps`, `muted`, `sound` (the slug that
 * is heard, else the first), `controls` (a bar of its own), `time-zone`, `ticket`. `state` mirrors the state: loading, playing, paused,
 * edge (waits for newer footage), ended, failed. Events, bubbling: `timechange` (detail {ms}), `gapchange` ({camera, gap}), `play`,
 * `pause`, `ratechange`, `statechange` ({state}), `ended`. All times are milliseconds since 1970. Styles: static/css/playback.css.
 */

import { CameraView } from "./camera-view.js";
import { clampedSpeed, fastestWhole, keyStrideMs, MasterClock, Stamina, waitsFor } from "./sync.js";
import { TransportBar } from "./transport-bar.js";

/** @import { Span } from "./footage-map.js" */
/** @import { Gap } from "./source.js" */

/** @typedef {"loading" | "playing" | "paused" | "edge" | "ended" | "failed"} State */

export const MOST_CAMERAS = 9;
const TICK_MS = 40;
/** What has to be there before the newest footage is played on, and how it grows when that was too little. */
const FIRST_LEAD_MS = 2_500;
const LARGEST_LEAD_MS = 8_000;
const LEAD_STEP_MS = 1_000;
const LOOK_AGAIN_MS = 3_000;
/** A sought picture is there, or not: what is measured is what a person waits for. */
const KINDS_THAT_SHOW = new Set(["showing", "gap", "edge", "failed"]);

export class NvrPlayback extends HTMLElement {
  static observedAttributes = ["cameras", "stream", "ticket", "skip-gaps", "muted", "sound", "controls", "time-zone"];

  #grid = document.createElement("div");
  #bar = new TransportBar(this);
  #clock = new MasterClock();
  #stamina = new Stamina();
  /** @type {CameraView[]} */
  #views = [];
  /** @type {Record<string, string>} */
  #names = {};
  #wantsToPlay = false;
  #rate = 1;
  /** Above it this machine has shown that it can't decode every picture. */
  #wholeLimit = Number.POSITIVE_INFINITY;
  #volume = 1;
  /** @type {State} */
  #state = "paused";
  #isAtEdge = false;
  #leadMs = FIRST_LEAD_MS;
  #soughtAtMs = 0;
  /** @type {number | null} */
  #seekMs = null;
  #leaderMs = 0;
  #toldMs = Number.NaN;
  #isSkipping = false;
  #skippedAtMs = 0;
  #isTicking = false;
  /** @type {Map<string, Gap | Span | null>} */
  #gaps = new Map();
  /** @type {Promise<unknown>} */
  #steps = Promise.resolve();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticker;
  #isBuilt = false;

  connectedCallback() {
    this.#build();
    const startMs = Number(this.getAttribute("start-ms"));
    if (!this.#clock.at(performance.now()) && startMs > 0) this.#clock.set(startMs, performance.now());
    this.#makeViews();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  disconnectedCallback() {
    clearInterval(this.#ticker);
    this.pause();
    for (const view of this.#views) view.close();
    this.#views = [];
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#isBuilt) return;
    if (name === "cameras" || name === "stream" || name === "ticket") this.#makeViews();
    else this.#reflectSound();
    this.#bar.update();
  }

  /** @returns {string[]} */
  get cameras() {
    const slugs = (this.getAttribute("cameras") ?? "").split(",").map((slug) => slug.trim());
    return [...new Set(slugs.filter(Boolean))].slice(0, MOST_CAMERAS);
  }

  set cameras(slugs) {
    this.setAttribute("cameras", slugs.join(","));
  }

  /** What people call the cameras, by slug. */
  get names() {
    return this.#names;
  }

  set names(names) {
    this.#names = names;
    for (const view of this.#views) view.name = names[view.camera] ?? view.camera;
  }

  /** The moment shown; 0 before anything was loaded. */
  get currentMs() {
    return this.#clock.at(performance.now());
  }

  set currentMs(ms) {
    this.load(ms);
  }

  get paused() {
    return !this.#wantsToPlay;
  }

  get state() {
    return this.#state;
  }

  /** 0.25 to 16 */
  get rate() {
    return this.#rate;
  }

  set rate(rate) {
    const speed = clampedSpeed(rate);
    if (speed === this.#rate) return;
    this.#rate = speed;
    this.#clock.setRate(speed, performance.now());
    this.#stamina.reset();
    this.#bar.update();
    this.#tell("ratechange");
  }

  get muted() {
    return this.hasAttribute("muted");
  }

  set muted(isMuted) {
    this.toggleAttribute("muted", isMuted);
  }

  /** 0 to 1 */
  get volume() {
    return this.#volume;
  }

  set volume(volume) {
    this.#volume = Math.min(1, Math.max(0, volume));
    this.#reflectSound();
  }

  get skipGaps() {
    return this.hasAttribute("skip-gaps");
  }

  set skipGaps(isOn) {
    this.toggleAttribute("skip-gaps", isOn);
  }

  get timeZone() {
    return this.getAttribute("time-zone") ?? "";
  }

  get stats() {
    const nowMs = performance.now();
    return {
      state: this.#state,
      clockMs: this.#clock.at(nowMs),
      isRunning: this.#clock.isRunning,
      rate: this.#rate,
      strideMs: this.#strideMs,
      seekMs: this.#seekMs,
      leadMs: this.#leadMs,
      cameras: this.#views.map((view) => ({
        ...view.stats,
        behindMs: view.shownMs === null ? null : this.#clock.at(nowMs) - view.shownMs,
      })),
    };
  }

  /** Shows this moment, and goes on playing from there if it was. @param {number} startMs */
  load(startMs) {
    if (!Number.isFinite(startMs) || startMs <= 0) return;
    const nowMs = performance.now();
    this.#clock.set(startMs, nowMs);
    this.#clock.run(false, nowMs);
    this.#soughtAtMs = nowMs;
    this.#seekMs = null;
    this.#isAtEdge = false;
    this.#leaderMs = 0;
    this.#stamina.reset();
    for (const view of this.#views) view.jump(startMs);
    this.#tick();
  }

  play() {
    if (this.#wantsToPlay || !this.#views.length) return;
    this.#wantsToPlay = true;
    this.#stamina.reset();
    this.#tell("play");
    this.#tick();
  }

  pause() {
    if (!this.#wantsToPlay) return;
    this.#wantsToPlay = false;
    this.#clock.run(false, performance.now());
    this.#tell("pause");
    this.#tick();
  }

  toggle() {
    if (this.#wantsToPlay) this.pause();
    else this.play();
  }

  /**
   * So many pictures on, or back; steps that come fast are taken one after the other. Stops playing.
   * @param {number} frames @returns {Promise<boolean>} false when there is no such picture
   */
  step(frames) {
    this.pause();
    const done = this.#steps.then(async () => {
      const view = this.#leader() ?? this.#views[0];
      const toMs = await view?.pictureAt(this.currentMs, Math.trunc(frames)).catch(() => null);
      if (toMs === null || toMs === undefined || this.#wantsToPlay) return false;
      this.load(toMs);
      return true;
    });
    this.#steps = done;
    return done;
  }

  /**
   * What a camera shows now, at its own size, as JPEG.
   * @param {string} [camera] slug; else the one that is heard, or the first with a picture
   * @returns {Promise<Blob>} rejected while there is no picture
   */
  async snapshot(camera) {
    const view = camera ? this.#views.find((one) => one.camera === camera) : this.#leader();
    const picture = await view?.snapshot();
    if (!picture) throw new DOMException("There is no picture at this moment.", "InvalidStateError");
    return picture;
  }

  /** Whose picture snapshot() takes. */
  get leadingCamera() {
    return (this.#leader() ?? this.#views[0])?.camera ?? "";
  }

  /** To where some camera has footage next. @returns {Promise<boolean>} false when there is none */
  async skip() {
    const fromMs = this.currentMs;
    const found = await Promise.all(this.#views.map((view) => view.nextFootage(fromMs).catch(() => null)));
    const starts = found.filter((ms) => ms !== null);
    if (!starts.length || Math.abs(this.currentMs - fromMs) > 2_000 * this.#rate) return false;
    this.load(Math.min(...starts));
    return true;
  }

  #build() {
    if (this.#isBuilt) return;
    this.#isBuilt = true;
    this.#grid.className = "nvr-cells";
    this.append(this.#grid, this.#bar.element);
    if (!this.hasAttribute("tabindex")) this.tabIndex = 0;
    if (!this.hasAttribute("role")) this.setAttribute("role", "group");
    if (!this.hasAttribute("aria-label")) this.setAttribute("aria-label", "Recordings");
    this.setAttribute("state", this.#state);
  }

  #makeViews() {
    const [stream, ticket] = [this.getAttribute("stream") ?? "main", this.getAttribute("ticket") ?? ""];
    const before = new Map(this.#views.map((view) => [view.identity, view]));
    this.#views = this.cameras.map((camera) => {
      const identity = `${camera} ${stream} ${ticket}`;
      const known = before.get(identity);
      before.delete(identity);
      const name = this.#names[camera] ?? camera;
      return known ?? new CameraView({ camera, name, identity, stream, ticket, changed: () => this.#tick() });
    });
    for (const view of before.values()) view.close();
    // Taking a <video> out of the page and putting it back would pause it.
    this.#views.forEach((view, at) => {
      if (this.#grid.children[at] !== view.element)
        this.#grid.insertBefore(view.element, this.#grid.children[at] ?? null);
    });
    this.#grid.dataset.count = String(this.#views.length);
    this.#soughtAtMs = performance.now();
    this.#reflectSound();
    this.#tick();
  }

  #reflectSound() {
    const heard = this.getAttribute("sound") || this.cameras[0];
    for (const view of this.#views) view.setSound(!this.muted && view.camera === heard, this.#volume);
    this.#bar.update();
  }

  get #strideMs() {
    const isFast = this.#rate > Math.min(fastestWhole(this.#views.length), this.#wholeLimit);
    return isFast && this.#wantsToPlay ? keyStrideMs(this.#rate, this.#views.length) : 0;
  }

  /** Whose picture the clock goes by: the one that is heard, else the first that shows something. */
  #leader() {
    const heard = this.getAttribute("sound");
    return (
      this.#views.find((view) => view.camera === heard && view.kind === "showing") ??
      this.#views.find((view) => view.kind === "showing")
    );
  }

  #tick() {
    // Views tell of changes while they are being told of one.
    if (this.#isTicking || !this.isConnected || !this.currentMs) return;
    this.#isTicking = true;
    const nowMs = performance.now();
    if (this.#clock.isRunning) this.#goByLeader(nowMs);
    this.#beat(nowMs);
    if (this.#wantsToPlay) this.#decide(nowMs);
    this.#measureSeek(nowMs);
    this.#reflect(nowMs);
    this.#isTicking = false;
  }

  /** The picture that leads plays at the true rate, so its element's clock is the best there is. @param {number} nowMs */
  #goByLeader(nowMs) {
    const shownMs = this.#leader()?.shownMs ?? null;
    const hasMoved = shownMs !== null && shownMs > this.#leaderMs;
    if (
      shownMs !== null &&
      hasMoved &&
      this.#leaderMs &&
      Math.abs(shownMs - this.#clock.at(nowMs)) < 250 * Math.max(1, this.#rate)
    )
      this.#clock.set(shownMs, nowMs);
    this.#leaderMs = shownMs ?? 0;
    if (shownMs === null) this.#stamina.reset();
    else if (!this.#strideMs && this.#rate > 1 && this.#stamina.fails(nowMs, shownMs, this.#rate))
      this.#wholeLimit = this.#rate / 2;
  }

  /** @param {number} nowMs */
  #beat(nowMs) {
    const mode = this.#clock.isRunning ? "running" : this.#wantsToPlay ? "held" : "paused";
    const beat = { ms: this.#clock.at(nowMs), rate: this.#rate, strideMs: this.#strideMs, mode };
    for (const view of this.#views) view.follow(/** @type {import("./camera-view.js").Beat} */ (beat));
  }

  /** Whether the clock goes on. @param {number} nowMs */
  #decide(nowMs) {
    const ms = this.#clock.at(nowMs);
    const endMs = Number(this.getAttribute("end-ms")) || Number.POSITIVE_INFINITY;
    if (ms >= endMs) {
      this.#end();
      return;
    }
    const kinds = this.#views.map(({ kind }) => kind);
    if (kinds.every((kind) => kind === "failed")) {
      this.#clock.run(false, nowMs);
      return;
    }
    if (this.#waitsAtEdge(ms, kinds)) {
      this.#clock.run(false, nowMs);
      this.rate = Math.min(this.#rate, 1);
      return;
    }
    const isLoading = waitsFor(
      this.#views.map((view) => ({ isLoading: view.kind === "loading", sinceMs: view.sinceMs })),
      nowMs,
    );
    this.#clock.run(!isLoading && ms < Date.now(), nowMs);
    const isNothing = kinds.every((kind) => kind === "gap" || kind === "failed");
    if (isNothing && this.skipGaps) this.#skipSoon(nowMs);
  }

  /**
   * The newest footage is what is waited for: until there is enough to play on without stopping each second.
   * @param {number} ms @param {string[]} kinds
   */
  #waitsAtEdge(ms, kinds) {
    const atEdge = kinds.includes("edge");
    if (atEdge && !this.#isAtEdge && this.#state === "playing")
      this.#leadMs = Math.min(LARGEST_LEAD_MS, this.#leadMs + LEAD_STEP_MS);
    if (atEdge) this.#isAtEdge = true;
    if (!this.#isAtEdge) return false;
    const waited = this.#views.filter(
      ({ map, kind }) => kind !== "gap" && map.isGrowing && map.newestMs > ms - LARGEST_LEAD_MS,
    );
    const leads = waited.map(({ map }) => map.newestMs - ms);
    this.#isAtEdge = leads.length > 0 && Math.min(...leads) < this.#leadMs;
    return this.#isAtEdge;
  }

  /** @param {number} nowMs */
  #skipSoon(nowMs) {
    this.#clock.run(false, nowMs);
    if (this.#isSkipping || nowMs - this.#skippedAtMs < LOOK_AGAIN_MS) return;
    this.#isSkipping = true;
    this.skip().then((found) => {
      this.#isSkipping = false;
      this.#skippedAtMs = found ? 0 : performance.now();
      // Nothing follows: of the past that is the end, of the present it may still come.
      if (
        !found &&
        this.#wantsToPlay &&
        this.skipGaps &&
        this.#views.every(({ kind }) => kind === "gap" || kind === "failed")
      )
        this.#end();
    });
  }

  #end() {
    this.pause();
    this.#setState("ended");
    this.#tell("ended");
  }

  /** @param {number} nowMs */
  #measureSeek(nowMs) {
    if (!this.#soughtAtMs || !this.#views.every(({ kind }) => KINDS_THAT_SHOW.has(kind))) return;
    this.#seekMs = nowMs - this.#soughtAtMs;
    this.#soughtAtMs = 0;
  }

  /** @param {number} nowMs */
  #reflect(nowMs) {
    const ms = this.#clock.at(nowMs);
    this.#setState(this.#stateNow(ms));
    for (const view of this.#views) {
      const gap = view.gap ?? view.gapSpan;
      if ((this.#gaps.get(view.camera) ?? null) === gap) continue;
      this.#gaps.set(view.camera, gap);
      this.#tell("gapchange", { camera: view.camera, gap: view.kind === "gap" ? (view.gap ?? gap) : null });
    }
    if (ms === this.#toldMs) return;
    this.#toldMs = ms;
    this.#bar.tick(ms);
    this.#tell("timechange", { ms });
  }

  /** @param {number} ms @returns {State} */
  #stateNow(ms) {
    const kinds = this.#views.map(({ kind }) => kind);
    if (kinds.length && kinds.every((kind) => kind === "failed")) return "failed";
    if (this.#soughtAtMs) return "loading";
    if (!this.#wantsToPlay) return this.#state === "ended" && ms === this.#toldMs ? "ended" : "paused";
    if (this.#isAtEdge || ms >= Date.now()) return "edge";
    return this.#clock.isRunning ? "playing" : "loading";
  }

  /** @param {State} state */
  #setState(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.setAttribute("state", state);
    this.#bar.update();
    this.#tell("statechange", { state });
  }

  /** @param {string} name @param {object} [detail] */
  #tell(name, detail) {
    this.#bar.update();
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }
}

customElements.define("nvr-playback", NvrPlayback);
