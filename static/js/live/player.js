/**
 * `<nvr-player camera="slug">`: live pictures of one camera, by the best way this browser has.
 *
 * Attributes: `camera` (slug), `quality` (auto, main, sub or a rung), `muted`, `overlay`, `transport` (only this one: webcodecs, canvas,
 * mse, mjpeg), `ticket`, `label`. `state` mirrors the state: connecting, playing, waiting, stalled, paused, failed; `stale` is there while
 * the picture can't pass for live, and `playing-by` names the transport. Events, both bubbling: `statechange` and, four times a second, `statschange`; `detail` is Stats.
 * Styles are in static/css/player.css.
 */

import { mseDecodes, probeCapabilities, recallDecodes, rememberDecodes } from "./capabilities.js";
import { transportsFor } from "./chain.js";
import { wallMs } from "./clock.js";
import { timeOfDay, wordsFor } from "./live-words.js";
import { Overlay } from "./overlay.js";
import { Stage } from "./stage.js";
import { createTransport, TRANSPORT_WORDS } from "./transport.js";
import { Viewing } from "./viewing.js";
import { Visibility } from "./visibility.js";

/**
 * @import { State } from "./health.js"
 * @import { Delay } from "./meter.js"
 * @import { Surroundings } from "./viewing.js"
 */

const TICK_MS = 250;

/**
 * @typedef {object} Stats
 * @property {State} state
 * @property {string} words the state in words
 * @property {number} code the close code behind a failure, 0 when there is none
 * @property {string | null} transport
 * @property {string} transportWords
 * @property {string} codec
 * @property {number} width
 * @property {number} height
 * @property {string} stream main or sub
 * @property {string} rung
 * @property {string[]} rungs
 * @property {boolean} hasAudio
 * @property {number} fps
 * @property {number} bps
 * @property {number} shownFrames by the present transport
 * @property {number} missedFrames left out by the server for this viewer
 * @property {number} droppedFrames left out here
 * @property {number} queue
 * @property {Delay | null} delay
 * @property {number | null} roundTripMs
 * @property {string | null} cameraState
 * @property {string} cameraReason
 * @property {number} viewers
 * @property {string} trouble the last reason to leave a transport
 */

/** Starts with the module, so that the answer is there when the first player is. */
const capabilities = probeCapabilities();

export class NvrPlayer extends HTMLElement {
  static observedAttributes = ["camera", "transport", "ticket", "quality", "muted", "overlay"];

  #stage = new Stage(this);
  #overlay = new Overlay();
  /** @type {Viewing | null} */
  #viewing = null;
  /** @type {Visibility | null} */
  #visibility = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticker;
  #sizes = new ResizeObserver(() => this.#resized());
  #isMuted = true;
  #volume = 1;
  #isBuilt = false;

  connectedCallback() {
    this.#build();
    this.#visibility = new Visibility(
      this,
      (isVisible) => this.#seen(isVisible),
      () => this.#viewing?.nudge(),
    );
    this.#visibility.start();
    this.#sizes.observe(this);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#reflect();
  }

  disconnectedCallback() {
    clearInterval(this.#ticker);
    this.#visibility?.stop();
    this.#visibility = null;
    this.#sizes.disconnect();
    this.#stop();
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (before === after) return;
    switch (name) {
      case "quality":
        this.#viewing?.setQuality(this.quality);
        return;
      case "muted":
        this.#setMuted(after !== null);
        return;
      case "overlay":
        this.#overlay.element.hidden = after === null;
        return;
      default:
        if (this.#viewing) this.#restart();
    }
  }

  get camera() {
    return this.getAttribute("camera") ?? "";
  }

  set camera(slug) {
    this.setAttribute("camera", slug);
  }

  get quality() {
    return this.getAttribute("quality") || "auto";
  }

  set quality(quality) {
    this.setAttribute("quality", quality);
  }

  /** True until somebody asks for sound; browsers allow it only after a gesture of the person. */
  get muted() {
    return this.#isMuted;
  }

  set muted(isMuted) {
    this.#setMuted(isMuted);
    this.toggleAttribute("muted", isMuted);
  }

  /** 0 to 1 */
  get volume() {
    return this.#volume;
  }

  set volume(volume) {
    this.#volume = Math.min(1, Math.max(0, volume));
    this.#viewing?.transport?.setVolume(this.#volume);
  }

  get overlay() {
    return this.hasAttribute("overlay");
  }

  set overlay(isShown) {
    this.toggleAttribute("overlay", isShown);
  }

  get state() {
    return this.#viewing?.state ?? "connecting";
  }

  /** @returns {Stats} */
  get stats() {
    const { init, progress, serverStats, transportName, problem } = this.#viewing ?? {};
    return {
      state: this.state,
      words: this.#words(),
      code: problem?.code ?? 0,
      transport: transportName ?? null,
      transportWords: transportName ? TRANSPORT_WORDS[transportName] : "–",
      codec: init?.video.codec ?? "",
      width: init?.video.width ?? 0,
      height: init?.video.height ?? 0,
      stream: init?.stream ?? "",
      rung: init?.rung ?? "",
      rungs: init?.rungs ?? [],
      hasAudio: Boolean(init?.audio),
      fps: progress?.fps ?? 0,
      bps: progress?.bps ?? 0,
      shownFrames: progress?.shownFrames ?? 0,
      missedFrames: progress?.missedFrames ?? 0,
      droppedFrames: progress?.droppedFrames ?? 0,
      queue: progress?.queue ?? 0,
      delay: progress?.delay ?? null,
      roundTripMs: progress?.roundTripMs ?? null,
      cameraState: serverStats?.camera_state ?? null,
      cameraReason: serverStats?.camera_reason ?? "",
      viewers: serverStats?.viewers ?? 0,
      trouble: this.#viewing?.trouble ?? "",
    };
  }

  /**
   * The picture shown now, at the stream's own size, as JPEG.
   * @returns {Promise<Blob>} rejected while there is none
   */
  async snapshot() {
    const picture = await this.#viewing?.transport?.snapshot();
    if (!picture) throw new DOMException("There is no picture yet.", "InvalidStateError");
    return picture;
  }

  /** Gives everything up and starts from the best transport again. */
  reload() {
    this.#restart();
  }

  #build() {
    if (this.#isBuilt) return;
    this.#isBuilt = true;
    this.#stage.build();
    this.append(this.#overlay.element);
    if (!this.hasAttribute("tabindex")) this.tabIndex = 0;
    if (!this.hasAttribute("role")) this.setAttribute("role", "group");
    if (!this.hasAttribute("aria-label"))
      this.setAttribute("aria-label", this.getAttribute("label") ?? `Live picture of ${this.camera}`);
    this.addEventListener("keydown", (event) => {
      if (event.key !== "i" || event.target !== this || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.overlay = !this.overlay;
    });
  }

  /** @param {boolean} isVisible */
  #seen(isVisible) {
    if (this.#viewing) this.#viewing.setPaused(!isVisible);
    else if (isVisible) this.#start();
    this.#reflect();
  }

  async #start() {
    const has = await capabilities;
    if (this.#viewing || !this.isConnected || !this.camera || !this.#visibility?.isVisible) return;
    const viewing = new Viewing(transportsFor(has, this.getAttribute("transport")), this.quality, {
      create: (name, wish, emit) => this.#create(name, wish, emit),
      now: wallMs,
      mseDecodes,
      recallDecodes,
      rememberDecodes,
      leaving: () => this.#stage.freeze(),
      surface: (element) => this.#stage.add(element),
      picture: () => this.#stage.reveal(),
      changed: () => this.#reflect(),
    });
    this.#viewing = viewing;
    viewing.setAudio(!this.#isMuted);
    viewing.start();
    this.#reflect();
  }

  /** @type {Surroundings["create"]} */
  #create(name, { quality, audio }, emit) {
    const wish = { base: location.href, camera: this.camera, quality, audio, ticket: this.getAttribute("ticket") };
    const transport = createTransport(name, wish, emit);
    transport.setVolume(this.#volume);
    // The size is told once the transport is open.
    queueMicrotask(() => this.#resized());
    return transport;
  }

  #stop() {
    this.#viewing?.stop();
    this.#viewing = null;
    this.#stage.clear();
  }

  #restart() {
    this.#stop();
    if (this.#visibility?.isVisible) this.#start();
  }

  #tick() {
    this.#viewing?.tick();
    this.#reflect();
    if (this.state === "paused") return;
    const detail = this.stats;
    if (this.overlay) this.#overlay.update(detail);
    this.dispatchEvent(new CustomEvent("statschange", { bubbles: true, detail }));
  }

  /** Puts what is known into attributes and words, for people, style sheets and tests. */
  #reflect() {
    const viewing = this.#viewing;
    this.toggleAttribute("stale", viewing?.isStale ?? false);
    this.#stage.say(this.state === "playing" || this.state === "paused" ? "" : this.#words());
    if (viewing?.transportName) this.setAttribute("playing-by", viewing.transportName);
    else this.removeAttribute("playing-by");
    if (this.getAttribute("state") === this.state) return;
    this.setAttribute("state", this.state);
    this.dispatchEvent(new CustomEvent("statechange", { bubbles: true, detail: this.stats }));
  }

  #words() {
    const viewing = this.#viewing;
    const shownAtMs = viewing?.isStale ? viewing.lastShownAtMs : null;
    return wordsFor({
      state: this.state,
      cameraState: viewing?.serverStats?.camera_state ?? null,
      cameraReason: viewing?.serverStats?.camera_reason ?? "",
      problem: viewing?.problem ?? null,
      staleSince: shownAtMs ? timeOfDay(new Date(shownAtMs), new Date()) : null,
    });
  }

  #resized() {
    const scale = window.devicePixelRatio || 1;
    this.#viewing?.transport?.resize(Math.round(this.clientWidth * scale), Math.round(this.clientHeight * scale));
  }

  /** @param {boolean} isMuted */
  #setMuted(isMuted) {
    if (this.#isMuted === isMuted) return;
    this.#isMuted = isMuted;
    this.#viewing?.setAudio(!isMuted);
  }
}

customElements.define("nvr-player", NvrPlayer);
