/**
 * The events WebSocket: what happens to cameras, as it happens. Reconnects by itself.
 *
 * Dispatches `event` (detail: the server's message), `open`, `lost`, and `refused` when the server wants a new sign-in.
 * After `open` the page fetches what it may have missed: events are not repeated.
 */

import { delayMs } from "./live/backoff.js";

const NOT_SIGNED_IN = [4401, 4403];
const SETTLED_MS = 5_000;

/** @type {CameraEvents | undefined} */
let ofPage;

/**
 * The one connection that all parts of a page share. Each of them listens first and calls `open()` then: an `open` event follows, also
 * when it was open already.
 */
export function pageEvents() {
  ofPage ??= new CameraEvents();
  return ofPage;
}

export class CameraEvents extends EventTarget {
  #attempt = 0;
  #openedAtMs = 0;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  open() {
    if (this.#socket?.readyState === WebSocket.CONNECTING) return;
    if (this.#socket?.readyState === WebSocket.OPEN) {
      queueMicrotask(() => this.dispatchEvent(new Event("open")));
      return;
    }
    clearTimeout(this.#retry);
    const url = new URL("/ws/events/", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.onopen = () => {
      this.#openedAtMs = Date.now();
      this.dispatchEvent(new Event("open"));
    };
    socket.onmessage = ({ data }) => this.#received(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
    window.addEventListener("online", this.#nudge);
  }

  close() {
    clearTimeout(this.#retry);
    window.removeEventListener("online", this.#nudge);
    if (this.#socket) this.#socket.onclose = null;
    this.#socket?.close();
  }

  /** @param {unknown} data */
  #received(data) {
    let message;
    try {
      message = JSON.parse(String(data));
    } catch {
      return;
    }
    if (typeof message?.type === "string") this.dispatchEvent(new CustomEvent("event", { detail: message }));
  }

  /** @param {number} code */
  #closed(code) {
    if (NOT_SIGNED_IN.includes(code)) {
      this.dispatchEvent(new Event("refused"));
      return;
    }
    if (this.#openedAtMs && Date.now() - this.#openedAtMs > SETTLED_MS) this.#attempt = 0;
    this.#openedAtMs = 0;
    this.#retry = setTimeout(() => this.open(), delayMs(this.#attempt, Math.random()));
    this.#attempt += 1;
    this.dispatchEvent(new Event("lost"));
  }

  #nudge = () => {
    if (this.#socket?.readyState !== WebSocket.CLOSED) return;
    this.#attempt = 0;
    this.open();
  };
}
