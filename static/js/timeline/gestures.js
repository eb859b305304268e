/**
 * Mouse, pen and fingers on the timeline. Decides what a movement means and tells the timeline; knows nothing of what is drawn.
 *
 * Drag: pan, with what is let go gliding on · drag the playhead: scrub · Shift and drag, or drag while selecting: select · drag an edge of
 * the selection: move it · click: seek · two fingers: zoom · wheel: zoom, sideways or with Shift: pan · double click or tap: zoom in.
 *
 * @import { View } from "./view.js"
 */

import { Glide, glided } from "./glide.js";
import { panned, pinched, zoomed } from "./view.js";

const CLICK_PX = 5;
const DOUBLE_MS = 320;
const DOUBLE_PX = 26;
const DOUBLE_FACTOR = 1 / 3;
const WHEEL_STEP = 1 / 420;
const LINE_PX = 18;

/** @typedef {"pan" | "scrub" | "select" | "start" | "end"} Drag */

/**
 * What the timeline does for it; all x and y in CSS pixels of the canvas.
 *
 * @typedef {object} Board
 * @property {() => View} view
 * @property {(view: View) => void} show
 * @property {(x: number, y: number, isTouch: boolean) => Drag} meaning of a drag that begins there
 * @property {(x: number, y: number, isTouch: boolean) => void} click
 * @property {(drag: Drag, x: number, y: number, phase: "start" | "move" | "end" | "cancel") => void} drag all but pan
 * @property {(x: number, y: number) => void} hover
 * @property {() => void} leave
 * @property {(isBusy: boolean) => void} busy
 */

export class Gestures {
  #surface;
  #board;
  #rect = new DOMRect();
  /** @type {Map<number, {x: number, y: number}>} */
  #pointers = new Map();
  /** @type {Drag | "pinch" | null} */
  #mode = null;
  #isMoved = false;
  #from = { x: 0, y: 0 };
  #glide = new Glide();
  #gliding = 0;
  /** @type {{view: View, x: [number, number]} | null} */
  #pinch = null;
  #tapped = { atMs: 0, x: 0, y: 0 };
  #calm = matchMedia("(prefers-reduced-motion: reduce)");

  /** @param {HTMLElement} surface @param {Board} board */
  constructor(surface, board) {
    this.#surface = surface;
    this.#board = board;
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", (event) => this.#up(event));
    surface.addEventListener("pointercancel", (event) => this.#cancel(event));
    surface.addEventListener("pointerleave", () => this.#board.leave());
    surface.addEventListener("pointerenter", () => this.measure());
    surface.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    surface.addEventListener("dragstart", (event) => event.preventDefault());
  }

  /** Call when the surface has moved or changed its size. */
  measure() {
    this.#rect = this.#surface.getBoundingClientRect();
  }

  stop() {
    cancelAnimationFrame(this.#gliding);
    this.#gliding = 0;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    this.stop();
    this.measure();
    const at = this.#at(event);
    this.#surface.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, at);
    if (this.#pointers.size === 2) {
      this.#beginPinch();
      return;
    }
    if (this.#pointers.size > 2) return;
    const isTouch = event.pointerType !== "mouse";
    this.#mode = event.shiftKey ? "select" : this.#board.meaning(at.x, at.y, isTouch);
    this.#isMoved = false;
    this.#from = at;
    this.#glide = new Glide();
    this.#glide.sample(at.x, event.timeStamp);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event);
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.#board.hover(at.x, at.y);
      return;
    }
    this.#pointers.set(event.pointerId, at);
    if (this.#mode === "pinch") {
      this.#movePinch();
      return;
    }
    if (!this.#isMoved) {
      if (Math.hypot(at.x - this.#from.x, at.y - this.#from.y) < CLICK_PX) return;
      this.#begin();
    }
    this.#glide.sample(at.x, event.timeStamp);
    if (this.#mode === "pan") this.#board.show(panned(this.#board.view(), at.x - before.x));
    else if (this.#mode) this.#board.drag(this.#mode, at.x, at.y, "move");
  }

  #begin() {
    this.#isMoved = true;
    this.#board.busy(true);
    if (this.#mode && this.#mode !== "pan" && this.#mode !== "pinch") {
      this.#board.drag(this.#mode, this.#from.x, this.#from.y, "start");
    }
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const at = this.#pointers.get(event.pointerId);
    if (!this.#pointers.delete(event.pointerId) || !at) return;
    if (this.#mode === "pinch") {
      if (this.#pointers.size === 0) this.#end();
      return;
    }
    if (!this.#isMoved) this.#clicked(at, event);
    else if (this.#mode === "pan") this.#letGo(this.#glide.velocity(event.timeStamp));
    else if (this.#mode) this.#board.drag(this.#mode, at.x, at.y, "end");
    this.#end();
  }

  /** @param {PointerEvent} event */
  #cancel(event) {
    const at = this.#pointers.get(event.pointerId);
    if (!this.#pointers.delete(event.pointerId) || !at) return;
    if (this.#isMoved && this.#mode && this.#mode !== "pan" && this.#mode !== "pinch")
      this.#board.drag(this.#mode, at.x, at.y, "cancel");
    if (this.#pointers.size === 0) this.#end();
  }

  #end() {
    this.#mode = null;
    this.#pinch = null;
    if (!this.#gliding) this.#board.busy(false);
  }

  /** @param {{x: number, y: number}} at @param {PointerEvent} event */
  #clicked(at, event) {
    const isDouble =
      event.timeStamp - this.#tapped.atMs < DOUBLE_MS &&
      Math.hypot(at.x - this.#tapped.x, at.y - this.#tapped.y) < DOUBLE_PX;
    this.#tapped = { atMs: isDouble ? 0 : event.timeStamp, ...at };
    if (isDouble) this.#board.show(zoomed(this.#board.view(), DOUBLE_FACTOR, at.x));
    else this.#board.click(at.x, at.y, event.pointerType !== "mouse");
  }

  #beginPinch() {
    if (this.#isMoved && this.#mode && this.#mode !== "pan" && this.#mode !== "pinch") {
      this.#board.drag(this.#mode, this.#from.x, this.#from.y, "cancel");
    }
    this.#mode = "pinch";
    this.#isMoved = true;
    this.#pinch = { view: this.#board.view(), x: this.#two() };
    this.#board.busy(true);
  }

  #movePinch() {
    if (this.#pinch && this.#pointers.size >= 2)
      this.#board.show(pinched(this.#pinch.view, this.#pinch.x, this.#two()));
  }

  /** @returns {[number, number]} */
  #two() {
    const [one, other] = [...this.#pointers.values()];
    return [one.x, other.x];
  }

  /** @param {number} velocity */
  #letGo(velocity) {
    if (!velocity || this.#calm.matches) return;
    let [speed, beforeMs] = [velocity, performance.now()];
    const step = (/** @type {number} */ atMs) => {
      const { dx, velocity: after } = glided(speed, Math.max(0, Math.min(64, atMs - beforeMs)));
      [speed, beforeMs] = [after, atMs];
      this.#board.show(panned(this.#board.view(), dx));
      this.#gliding = speed ? requestAnimationFrame(step) : 0;
      if (!speed) this.#board.busy(false);
    };
    this.#gliding = requestAnimationFrame(step);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    this.stop();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE_PX;
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const view = this.#board.view();
    if (isSideways) {
      this.#board.show(panned(view, -(event.deltaX || event.deltaY) * unit));
      return;
    }
    // A trackpad's pinch comes as a wheel with Ctrl and small deltas.
    const turn = event.deltaY * unit * WHEEL_STEP * (event.ctrlKey ? 6 : 1);
    this.#board.show(zoomed(view, Math.exp(Math.max(-1, Math.min(1, turn))), event.clientX - this.#rect.left));
  }

  /** @param {PointerEvent} event */
  #at(event) {
    return { x: event.clientX - this.#rect.left, y: event.clientY - this.#rect.top };
  }
}
