/**
 * Watching one camera: picks a transport, follows its reports, and acts on the judgement of health.js by going down or up the chain.
 * Touches no page and no clock: transports are made by what is handed in, and the time comes with every call that needs it.
 */

import { Chain } from "./chain.js";
import { Health } from "./health.js";
import { Close } from "./protocol.js";

/**
 * @import { TransportName } from "./chain.js"
 * @import { Loss } from "./feed.js"
 * @import { HealthAction, State } from "./health.js"
 * @import { Init, ServerStats, ServerText } from "./protocol.js"
 * @import { Progress, Trouble } from "./session.js"
 * @import { Emit, Transport, TransportEvent } from "./transport.js"
 */

/** After this much undisturbed play something better may be tried, and after more the past is forgotten. */
const TRY_BETTER_MS = 10_000;
const FORGET_MS = 60_000;

/**
 *
 * @typedef {object} Problem why there is no picture
 * @property {number} code a close code, 0 when there was none
 * @property {string} message the server's words, may be empty
 * @property {boolean} isFinal trying again without a change is of no use
 *
 * @typedef {object} Surroundings
 * @property {(name: TransportName, wish: {quality: string, audio: boolean}, emit: Emit) => Transport} create
 * @property {() => number} now
 * @property {(codec: string) => boolean} mseDecodes
 * @property {(codec: string) => boolean | null} recallDecodes by WebCodecs; null when nobody tried
 * @property {(codec: string, decodes: boolean) => void} rememberDecodes
 * @property {() => void} leaving what shows the pictures is about to be closed
 * @property {(element: HTMLElement) => void} surface this element will show the pictures
 * @property {() => void} picture the newest surface shows one
 * @property {() => void} changed something that people should read at once
 */

/** @type {readonly TransportName[]} */
const BY_WEBCODECS = ["webcodecs", "canvas"];

export class Viewing {
  #chain;
  #around;
  #health = new Health();
  /** @type {Transport | null} */
  #transport = null;
  /** @type {TransportName | null} */
  #name = null;
  #quality;
  /** Asked for instead of the wish, since this browser decodes it. @type {string | null} */
  #insteadOfQuality = null;
  /** The last `init` that can't be decoded here. @type {Init | null} */
  #refused = null;
  #wantsAudio = false;
  #isPaused = false;
  #isOpen = false;
  #startedAtMs = 0;
  /** @type {number | null} */
  #playingSinceMs = null;
  /** @type {Init | null} */
  init = null;
  /** @type {ServerStats | null} */
  serverStats = null;
  /** @type {Progress | null} */
  progress = null;
  /** @type {Problem | null} */
  problem = null;
  /** The last reason to leave a transport, for the overlay. */
  trouble = "";
  /** @type {number | null} */
  lastShownAtMs = null;
  /** @type {State} */
  state = "connecting";
  isStale = false;

  /**
   * @param {readonly TransportName[]} names best first
   * @param {string} quality
   * @param {Surroundings} around
   */
  constructor(names, quality, around) {
    this.#chain = new Chain(names);
    this.#quality = quality;
    this.#around = around;
  }

  get transportName() {
    return this.#name;
  }

  get transport() {
    return this.#transport;
  }

  start() {
    this.#use(this.#chain.best(this.#around.now()));
  }

  stop() {
    this.#transport?.close();
    this.#transport = null;
    this.#isOpen = false;
  }

  /** @param {boolean} isPaused */
  setPaused(isPaused) {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#startedAtMs = this.#around.now();
    this.#playingSinceMs = null;
    if (isPaused) this.#transport?.pause();
    else if (this.problem?.isFinal) this.restart();
    else this.#transport?.resume();
    this.tick();
  }

  /** The network is back, or somebody looks again. */
  nudge() {
    if (this.problem?.isFinal) this.restart();
    else this.#transport?.nudge();
  }

  /** From the top, as if nothing had ever failed. */
  restart() {
    this.#chain.forgetAll();
    this.#insteadOfQuality = null;
    this.problem = null;
    this.start();
  }

  /** @param {string} quality */
  setQuality(quality) {
    if (quality === this.#quality) return;
    this.#quality = quality;
    this.#insteadOfQuality = null;
    this.#chain.forgetAll();
    const better = this.#name && this.#chain.better(this.#name, this.#around.now());
    if (better) this.#use(better);
    else this.#transport?.setQuality(quality);
  }

  /** @param {boolean} isWanted */
  setAudio(isWanted) {
    this.#wantsAudio = isWanted;
    this.#transport?.setAudio(isWanted);
  }

  /** To be called a few times a second: nothing else notices that nothing happens. */
  tick() {
    const nowMs = this.#around.now();
    if (this.#isPaused) {
      this.state = "paused";
      return;
    }
    if (!this.#transport) {
      this.state = this.problem ? "failed" : "connecting";
      const best = this.#chain.best(nowMs);
      if (best && !this.problem?.isFinal) this.#use(best);
      return;
    }
    const { progress, serverStats } = this;
    const verdict = this.#health.judge({
      nowMs,
      isOpen: this.#isOpen,
      cameraState: serverStats?.camera_state ?? null,
      startedAtMs: this.#startedAtMs,
      lastArrivedAtMs: progress?.lastArrivedAtMs ?? null,
      lastShownAtMs: this.lastShownAtMs,
      streamFps: serverStats?.stream_fps ?? 0,
      playerLagMs: progress?.delay?.playerMs ?? null,
    });
    this.state = this.problem?.isFinal ? "failed" : verdict.state;
    this.isStale = verdict.isStale;
    this.#act(verdict.action);
    this.#climb(nowMs);
  }

  /** @param {number} nowMs */
  #climb(nowMs) {
    if (this.state !== "playing" || !this.#name) {
      this.#playingSinceMs = null;
      return;
    }
    this.#playingSinceMs ??= nowMs;
    const playedMs = nowMs - this.#playingSinceMs;
    if (playedMs > FORGET_MS) this.#chain.playedWell(this.#name);
    const better = playedMs > TRY_BETTER_MS ? this.#chain.better(this.#name, nowMs) : null;
    if (better) this.#use(better);
  }

  /** @param {HealthAction} action */
  #act(action) {
    if (action.kind === "reconnect") {
      if (this.#isWaitingForSub)
        return this.#leave("the stream that this browser could decode does not come", "trouble", true);
      this.trouble = action.reason;
      this.#transport?.reconnect();
    } else if (action.kind === "step-down") {
      this.#leave(action.reason, "trouble");
    }
  }

  get #isWaitingForSub() {
    return this.#insteadOfQuality !== null && this.init?.rung !== this.#insteadOfQuality;
  }

  /**
   * @param {string} reason
   * @param {"trouble" | "impossible"} kind
   * @param {boolean} isTheCodec what fails is the decoder that several transports share, and not this transport
   */
  #leave(reason, kind, isTheCodec = kind === "impossible") {
    if (!this.#name) return;
    const nowMs = this.#around.now();
    const together = isTheCodec && BY_WEBCODECS.includes(this.#name) ? BY_WEBCODECS : [this.#name];
    for (const name of together) this.#chain.failed(name, nowMs, kind);
    this.trouble = reason;
    this.#insteadOfQuality = null;
    this.#use(this.#chain.best(nowMs));
  }

  /** @param {TransportName | null} name */
  #use(name) {
    if (this.#transport) this.#around.leaving();
    this.#transport?.close();
    this.#transport = null;
    this.#name = name;
    this.#isOpen = false;
    this.progress = null;
    this.#playingSinceMs = null;
    this.#startedAtMs = this.#around.now();
    this.#health.reset();
    if (name === null) {
      this.problem = { code: 0, message: this.trouble, isFinal: this.#chain.nextTryAtMs === null };
      return;
    }
    this.problem = null;
    const wish = { quality: this.#quality, audio: this.#wantsAudio };
    /** @type {Transport} */
    const transport = this.#around.create(name, wish, (event) => {
      if (transport === this.#transport) this.#heard(event);
    });
    this.#transport = transport;
    transport.open();
    if (this.#isPaused) transport.pause();
  }

  /** @param {TransportEvent} event */
  #heard(event) {
    switch (event.type) {
      case "surface":
        return this.#around.surface(event.element);
      case "connecting":
        this.#isOpen = false;
        return;
      case "text":
        return this.#heardText(event.message);
      case "lost":
        return this.#lost(event.loss);
      case "picture":
        this.lastShownAtMs = Math.max(event.atMs, this.lastShownAtMs ?? 0);
        this.#around.picture();
        this.tick();
        return this.#around.changed();
      case "progress":
        this.progress = event.progress;
        this.lastShownAtMs = Math.max(event.progress.lastShownAtMs ?? 0, this.lastShownAtMs ?? 0) || null;
        return;
      case "trouble":
        return this.#troubled(event.kind, event.text);
    }
  }

  /** @param {ServerText} message */
  #heardText(message) {
    if (message.type === "stats") this.serverStats = message;
    if (message.type !== "init") return;
    if (!this.#isOpen) this.#startedAtMs = this.#around.now();
    this.#isOpen = true;
    this.problem = null;
    this.init = message;
    this.#around.changed();
    const { codec } = message.video;
    if (this.#name && BY_WEBCODECS.includes(this.#name) && this.#around.recallDecodes(codec) === false) {
      this.#troubled("unsupported", `this browser does not decode ${codec}`);
    }
  }

  /** @param {Loss} loss */
  #lost({ code, message, retryInMs }) {
    this.#isOpen = false;
    this.serverStats = null;
    if (code === Close.MODE_IMPOSSIBLE)
      return this.#leave(message || "this camera can't be sent this way", "impossible");
    this.problem = { code, message, isFinal: retryInMs === null };
    if (code !== 0 && retryInMs !== null) {
      this.#chain.reconnected();
      const better = this.#name && this.#chain.better(this.#name, this.#around.now());
      if (better) this.#use(better);
    }
    this.tick();
    this.#around.changed();
  }

  /** @param {Trouble} kind @param {string} text */
  #troubled(kind, text) {
    this.trouble = text;
    if (kind === "broken") return this.#leave(text, "trouble");
    if (kind === "decode") return this.#act(this.#health.decodeFailed(this.#around.now(), text));
    this.#cannotDecode(text);
  }

  /**
   * Another transport may decode this codec here; if not, the camera's other stream may have another one; if not, JPEG it is.
   * @param {string} text
   */
  #cannotDecode(text) {
    const { init } = this;
    // The same `init` may be refused by several pictures before the one asked for instead comes.
    if (init && init === this.#refused) return;
    this.#refused = init;
    if (init && this.#name && BY_WEBCODECS.includes(this.#name)) {
      this.#around.rememberDecodes(init.video.codec, false);
      const mseCan = this.#chain.names.includes("mse") && this.#around.mseDecodes(init.video.codec);
      if (!mseCan && this.#askForSub(init)) return;
    } else if (init && this.#askForSub(init)) {
      return;
    }
    this.#leave(text, "impossible");
  }

  /** @param {Init} init @returns {boolean} false when there is no other stream to ask for */
  #askForSub(init) {
    if (init.rung === "sub" || !init.rungs.includes("sub") || this.#insteadOfQuality === "sub") return false;
    this.#insteadOfQuality = "sub";
    this.#transport?.setQuality("sub");
    return true;
  }
}
