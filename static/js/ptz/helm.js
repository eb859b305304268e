/**
 * The WebSocket that turns a camera while something is held (docs/ptz.md). Opened when it is first needed, and again by itself.
 *
 * `state` is one of closed, connecting, ready, refused. Dispatches `change` when the state or who steers changes, and `said` (detail: a
 * sentence) for what a person should know. Beats are sent while something is held, and only then: without them the server stops the camera.
 */

import { delayMs } from "../live/backoff.js";
import { isSame, isStill, STILL } from "./velocity.js";

/**
 * @import { Velocity } from "./velocity.js"
 * @typedef {{by: string | null, rank: number, until_ms: number | null}} Steering
 */

const FINAL = [4400, 4401, 4403, 4404];
/** Directions change at most so often; the newest one wins. */
const MOVE_EVERY_MS = 80;

export class Helm extends EventTarget {
  /** @type {"closed" | "connecting" | "ready" | "refused"} */
  state = "closed";
  /** @type {Steering} */
  steering = { by: null, rank: 0, until_ms: null };
  me = "";
  #rank = 0;
  #slug;
  /** @type {WebSocket | null} */
  #socket = null;
  #attempt = 0;
  #isWanted = false;
  /** @type {Velocity} */
  #wish = STILL;
  /** @type {Velocity} */
  #sent = STILL;
  #sentAtMs = 0;
  #beatEveryMs = 150;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #beats;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /** @param {string} slug */
  constructor(slug) {
    super();
    this.#slug = slug;
  }

  open() {
    this.#isWanted = true;
    if (this.#socket) return;
    clearTimeout(this.#retry);
    const url = new URL(`/ws/ptz/${encodeURIComponent(this.#slug)}/`, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.onmessage = ({ data }) => this.#received(JSON.parse(String(data)));
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
    this.#become("connecting");
  }

  close() {
    this.#isWanted = false;
    clearTimeout(this.#retry);
    this.move(STILL);
    if (this.#socket) this.#socket.onclose = null;
    this.#socket?.close();
    this.#socket = null;
    this.#become("closed");
  }

  /** Turns the camera like this until told otherwise. @param {Velocity} velocity */
  move(velocity) {
    if (isSame(velocity, this.#wish)) return;
    this.#wish = velocity;
    clearTimeout(this.#later);
    const waitMs = this.#sentAtMs + MOVE_EVERY_MS - Date.now();
    // Stopping never waits.
    if (isStill(velocity) || waitMs <= 0) this.#sendWish();
    else this.#later = setTimeout(() => this.#sendWish(), waitMs);
  }

  get mayTakeOver() {
    return this.steering.by !== null && this.steering.by !== this.me && this.#rank > this.steering.rank;
  }

  get isMoving() {
    return !isStill(this.#sent);
  }

  /** Takes the helm without moving. @param {boolean} takesOver also from somebody else */
  take(takesOver) {
    this.#send({ type: "take", take_over: takesOver });
  }

  giveBack() {
    this.move(STILL);
    this.#send({ type: "release" });
  }

  #sendWish() {
    if (this.state !== "ready") {
      this.#wish = STILL;
      return;
    }
    this.#sent = this.#wish;
    this.#sentAtMs = Date.now();
    clearInterval(this.#beats);
    if (isStill(this.#wish)) {
      this.#send({ type: "stop" });
      return;
    }
    this.#send({ type: "move", ...this.#wish });
    this.#beats = setInterval(() => this.#send({ type: "beat" }), this.#beatEveryMs);
  }

  /** @param {object} message */
  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** @param {any} message */
  #received(message) {
    switch (message.type) {
      case "ready":
        this.#attempt = 0;
        this.#beatEveryMs = message.beat_every_ms;
        this.me = message.me;
        this.#rank = message.rank;
        this.steering = message.steering;
        this.#become("ready");
        return;
      case "steering":
        this.steering = message;
        this.dispatchEvent(new Event("change"));
        return;
      case "refused":
        this.#letGo();
        this.#say(message.message);
        return;
      case "stopped":
        this.#letGo();
        this.#say(message.message);
        return;
      case "trouble":
      case "error":
        this.#say(message.message);
        return;
    }
  }

  /** The server has stopped the camera: what is still held turns it again only when it is pressed anew. */
  #letGo() {
    clearInterval(this.#beats);
    clearTimeout(this.#later);
    this.#sent = STILL;
  }

  /** @param {number} code */
  #closed(code) {
    this.#letGo();
    this.#socket = null;
    if (FINAL.includes(code)) {
      this.#become("refused");
      return;
    }
    this.#become("closed");
    if (!this.#isWanted) return;
    this.#retry = setTimeout(() => this.open(), delayMs(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  /** @param {Helm["state"]} state */
  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} words */
  #say(words) {
    this.dispatchEvent(new CustomEvent("said", { detail: words }));
  }
}
