/**
 * Drawing an area on a picture: a rectangle in one stroke, or a polygon corner by corner. Corners can be drawn, the whole moved. With the
 * keyboard: arrows move it, with Shift they make it wider and higher, Backspace takes it (or the last corner) away.
 *
 * Fires `change` when the area has changed; `detail.isFinal` is false while a hand is still at it.
 *
 * @import { Area, Point } from "./area.js"
 */

import {
  cornerAt,
  FEWEST_CORNERS,
  holds,
  isUsable,
  MOST_CORNERS,
  movedArea,
  pointAt,
  rectangleOf,
  stretchedArea,
  withCorner,
} from "./area.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 0.02;
const REACH_PX = { mouse: 9, touch: 22 };
const FIRST = rectangleOf([0.3, 0.3], [0.7, 0.7]);
const ARROWS = /** @type {Record<string, Point>} */ ({
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
});

/** @typedef {{kind: "draw" | "move" | "corner", from: Point, area: Area, corner: number}} Drag */

export class Drawing extends EventTarget {
  /** @type {"rectangle" | "polygon"} */
  tool = "rectangle";
  #surface;
  #svg = document.createElementNS(SVG, "svg");
  #shape = document.createElementNS(SVG, "polygon");
  #line = document.createElementNS(SVG, "polyline");
  /** @type {Area} */
  #area = [];
  /** Corners of a polygon that is not closed yet. @type {Area} */
  #open = [];
  /** @type {Drag | null} */
  #drag = null;

  /** @param {HTMLElement} surface of the size of the picture; takes the focus */
  constructor(surface) {
    super();
    this.#surface = surface;
    this.#svg.setAttribute("viewBox", "0 0 1 1");
    this.#svg.setAttribute("preserveAspectRatio", "none");
    this.#svg.setAttribute("aria-hidden", "true");
    this.#svg.append(this.#shape, this.#line);
    surface.append(this.#svg);
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", () => this.#up());
    surface.addEventListener("pointercancel", () => this.#up());
    surface.addEventListener("keydown", (event) => this.#key(event));
  }

  /** What can be searched, or null. @returns {Area | null} */
  get area() {
    return isUsable(this.#area) ? this.#area : null;
  }

  set area(area) {
    this.#open = [];
    this.#set(area ?? [], true);
  }

  /** Whether corners of a polygon are being set. */
  get isOpen() {
    return this.#open.length > 0;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    this.#surface.setPointerCapture(event.pointerId);
    const point = this.#at(event);
    const reach = this.#reach(event);
    if (this.isOpen) {
      this.#addCorner(point, reach);
      return;
    }
    const corner = cornerAt(this.#area, point, reach);
    if (corner >= 0) this.#drag = { kind: "corner", from: point, area: this.#area, corner };
    else if (holds(this.#area, point)) this.#drag = { kind: "move", from: point, area: this.#area, corner };
    else if (this.tool === "rectangle") this.#drag = { kind: "draw", from: point, area: this.#area, corner };
    else this.#begin(point);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const point = this.#at(event);
    if (this.isOpen) this.#draw([...this.#open, point]);
    if (!this.#drag) {
      const corner = cornerAt(this.#area, point, this.#reach(event));
      this.#surface.dataset.cursor = corner >= 0 ? "corner" : holds(this.#area, point) ? "move" : "draw";
      return;
    }
    const { kind, from, area, corner } = this.#drag;
    if (kind === "draw") this.#set(rectangleOf(from, point), false);
    else if (kind === "corner") this.#set(withCorner(area, corner, point), false);
    else this.#set(movedArea(area, point[0] - from[0], point[1] - from[1]), false);
  }

  #up() {
    if (!this.#drag) return;
    const { area } = this.#drag;
    this.#drag = null;
    // A click that draws nothing leaves what was there.
    this.#set(isUsable(this.#area) ? this.#area : area, true);
  }

  /** @param {Point} point */
  #begin(point) {
    this.#set([], true);
    this.#open = [point];
    this.#draw(this.#open);
  }

  /** On the first corner it is closed. @param {Point} point @param {Point} reach */
  #addCorner(point, reach) {
    const isFirst = cornerAt([this.#open[0]], point, reach) === 0;
    if (!isFirst) this.#open = [...this.#open, point];
    if (isFirst || this.#open.length >= MOST_CORNERS) this.#close();
    else this.#draw(this.#open);
  }

  #close() {
    const corners = this.#open;
    if (corners.length < FEWEST_CORNERS) return;
    this.#open = [];
    this.#set(corners, true);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const by = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && this.isOpen) this.#close();
    else if (event.key === "Enter" && !this.area) this.area = FIRST;
    else if (event.key === "Backspace" || event.key === "Delete") this.#takeBack();
    else if (event.key === "Escape" && this.isOpen) this.area = null;
    else if (by && !this.isOpen)
      this.area = this.area ? (event.shiftKey ? stretchedArea : movedArea)(this.area, ...by) : FIRST;
    else return;
    event.preventDefault();
  }

  #takeBack() {
    if (this.#open.length > 1) {
      this.#open = this.#open.slice(0, -1);
      this.#draw(this.#open);
    } else this.area = null;
  }

  /** @param {Area} area @param {boolean} isFinal */
  #set(area, isFinal) {
    this.#area = area;
    this.#draw([]);
    this.dispatchEvent(new CustomEvent("change", { detail: { isFinal } }));
  }

  /** @param {Area} line of a polygon that is not closed yet */
  #draw(line) {
    this.#shape.setAttribute("points", pointsText(this.#area));
    this.#line.setAttribute("points", pointsText(line));
    const corners = line.length ? this.#open : this.#area;
    for (const old of this.#surface.querySelectorAll(".area-corner")) old.remove();
    this.#surface.append(
      ...corners.map(([x, y]) => {
        const corner = document.createElement("i");
        corner.className = "area-corner";
        [corner.style.left, corner.style.top] = [`${x * 100}%`, `${y * 100}%`];
        return corner;
      }),
    );
  }

  /** @param {PointerEvent} event @returns {Point} */
  #at(event) {
    const { left, top, width, height } = this.#surface.getBoundingClientRect();
    return pointAt((event.clientX - left) / width, (event.clientY - top) / height);
  }

  /** @param {PointerEvent} event @returns {Point} */
  #reach(event) {
    const { width, height } = this.#surface.getBoundingClientRect();
    const px = event.pointerType === "mouse" ? REACH_PX.mouse : REACH_PX.touch;
    return [px / width, px / height];
  }
}

/** @param {Area} area */
function pointsText(area) {
  return area.map((point) => point.join(",")).join(" ");
}
