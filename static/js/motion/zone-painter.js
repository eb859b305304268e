/**
 * Draws zones over a picture, in the pixels of the screen so that lines and handles keep their width. Knows nothing of gestures.
 *
 * @import { Point, Polygon } from "./polygon.js"
 * @import { Size } from "./hit-test.js"
 * @import { Kind, Zone } from "./draft.js"
 * @typedef {{kind: Kind, corners: Polygon, pointer: Point | null, isRectangle: boolean}} Drawing `corners` and `pointer` are parts of the picture
 */

import { bounds, contains, middleAfter } from "./polygon.js";

const SVG = "http://www.w3.org/2000/svg";
const HANDLE_PX = 7;
const TARGET_PX = 12;
/** Shorter edges have no room for a handle in their middle. */
const EDGE_WITH_MIDDLE_PX = 56;

export class ZonePainter {
  #svg;
  /** @type {Size} */
  #size = { width: 0, height: 0 };
  #dim = shape("rect", "zone-dim");
  #mask = shape("mask", "");
  #shapes = shape("g", "");
  #handles = shape("g", "zone-handles");
  #drawing = shape("g", "zone-drawing");
  #ghost = shape("g", "zone-ghost");

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    this.#svg = svg;
    const defs = shape("defs", "");
    this.#mask.id = "zones-watched";
    this.#dim.setAttribute("mask", "url(#zones-watched)");
    defs.append(hatch(), this.#mask);
    svg.replaceChildren(defs, this.#dim, this.#shapes, this.#ghost, this.#drawing, this.#handles);
  }

  get size() {
    return this.#size;
  }

  /** @param {Size} size in pixels */
  resize({ width, height }) {
    this.#size = { width, height };
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const rect of [this.#dim]) whole(rect, this.#size);
  }

  /** @param {readonly Zone[]} zones @param {string | null} selected */
  zones(zones, selected) {
    this.#dim.toggleAttribute("hidden", !zones.some(({ kind }) => kind === "watch"));
    this.#mask.replaceChildren(whole(shape("rect", "zone-mask-out"), this.#size), ...this.#holes(zones));
    const inOrder = [...zones].sort((one, other) => Number(one.key === selected) - Number(other.key === selected));
    this.#shapes.replaceChildren(...inOrder.map((zone) => this.#zone(zone, zone.key === selected)));
  }

  /**
   * Corners that can be taken hold of, and focused. They stay the same elements as long as there are as many, so that the focus stays.
   *
   * @param {Polygon} corners @param {number} current the one that buttons mean @param {(index: number) => string} label
   */
  handles(corners, current, label) {
    const middles = corners.map((_, index) => middleAfter(corners, index)).filter((_, at) => this.#isLong(corners, at));
    const handles = /** @type {SVGGElement[]} */ ([...this.#handles.querySelectorAll(".zone-handle")]);
    while (handles.length > corners.length) handles.pop()?.remove();
    while (handles.length < corners.length) handles.push(this.#handle(handles.length));
    handles.forEach((handle, index) => {
      const [x, y] = this.#at(corners[index]);
      handle.setAttribute("transform", `translate(${x} ${y})`);
      handle.setAttribute("aria-label", label(index));
      handle.toggleAttribute("data-current", index === current);
    });
    for (const old of this.#handles.querySelectorAll(".zone-middle")) old.remove();
    this.#handles.prepend(...middles.map((middle) => circle("zone-middle", this.#at(middle), 4.5)));
  }

  /** @param {number} index */
  focusHandle(index) {
    /** @type {SVGElement | null} */ (this.#handles.querySelector(`[data-index="${index}"]`))?.focus();
  }

  /** Which corner has the focus; null when none has. @returns {number | null} */
  get focusedHandle() {
    const index = document.activeElement?.closest(".zone-handle")?.getAttribute("data-index");
    return index && this.#svg.contains(document.activeElement) ? Number(index) : null;
  }

  /** @param {Drawing | null} drawing */
  drawing(drawing) {
    this.#drawing.replaceChildren();
    if (!drawing) return;
    const { kind, corners, pointer, isRectangle } = drawing;
    this.#drawing.dataset.kind = kind;
    const line = isRectangle ? corners : pointer ? [...corners, pointer] : corners;
    for (const className of ["zone-case", "zone-line"]) {
      const drawn = shape(isRectangle ? "polygon" : "polyline", className);
      drawn.setAttribute("points", this.#points(line));
      this.#drawing.append(drawn);
    }
    if (isRectangle) return;
    corners.forEach((corner, index) => {
      const isGoal = index === 0 && corners.length > 2;
      this.#drawing.append(circle(isGoal ? "zone-dot zone-goal" : "zone-dot", this.#at(corner), isGoal ? 9 : 5));
    });
  }

  /** A rectangle in the middle, of a part of the picture's width and height. @param {number | null} side 0 to 1 @param {string} words */
  ghost(side, words) {
    this.#ghost.replaceChildren();
    if (side === null) return;
    const { width, height } = this.#size;
    const [w, h] = [Math.max(2, width * side), Math.max(2, height * side)];
    for (const className of ["zone-ghost-case", "zone-ghost-line"]) {
      const rect = shape("rect", className);
      set(rect, { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h });
      this.#ghost.append(rect);
    }
    const text = shape("text", "zone-name");
    set(text, { x: width / 2, y: Math.min(height - 8, (height + h) / 2 + 22) });
    text.textContent = words;
    this.#ghost.append(text);
  }

  /** Where all that is watched lets the picture through. @param {readonly Zone[]} zones */
  #holes(zones) {
    const inOrder = ["watch", "ignore"].flatMap((kind) => zones.filter((zone) => zone.kind === kind));
    return inOrder.map(({ kind, points }) => {
      const hole = shape("polygon", kind === "watch" ? "zone-mask-in" : "zone-mask-out");
      hole.setAttribute("points", this.#points(points));
      return hole;
    });
  }

  /** @param {Zone} zone @param {boolean} isSelected */
  #zone({ key, kind, name, points }, isSelected) {
    const group = shape("g", "zone");
    Object.assign(group.dataset, { key, kind });
    group.toggleAttribute("data-selected", isSelected);
    for (const className of ["zone-fill", "zone-case", "zone-line"]) {
      const drawn = shape("polygon", className);
      drawn.setAttribute("points", this.#points(points));
      group.append(drawn);
    }
    const text = shape("text", "zone-name");
    const [x, y] = this.#nameAt(points);
    set(text, { x, y });
    text.textContent = name;
    group.append(text);
    return group;
  }

  /** In the middle when that lies inside, else below the highest corner. @param {Polygon} points @returns {Point} */
  #nameAt(points) {
    const [left, top, right, bottom] = bounds(points);
    /** @type {Point} */
    const middle = [(left + right) / 2, (top + bottom) / 2];
    const highest = points.reduce((best, corner) => (corner[1] < best[1] ? corner : best));
    const [x, y] = this.#at(contains(points, middle) ? middle : [highest[0], highest[1]]);
    return [x, Math.min(this.#size.height - 8, Math.max(16, contains(points, middle) ? y + 5 : y + 22))];
  }

  /** @param {number} index */
  #handle(index) {
    const handle = shape("g", "zone-handle");
    set(handle, { tabindex: 0, role: "button", "aria-roledescription": "corner", "data-index": index });
    handle.append(circle("zone-target", [0, 0], TARGET_PX), circle("zone-knob", [0, 0], HANDLE_PX));
    this.#handles.append(handle);
    return handle;
  }

  /** @param {Polygon} corners @param {number} index */
  #isLong(corners, index) {
    const [[x, y], [nextX, nextY]] = [this.#at(corners[index]), this.#at(corners[(index + 1) % corners.length])];
    return Math.hypot(nextX - x, nextY - y) >= EDGE_WITH_MIDDLE_PX;
  }

  /** @param {Point} point @returns {Point} */
  #at([x, y]) {
    return [round(x * this.#size.width), round(y * this.#size.height)];
  }

  /** @param {Polygon} points */
  #points(points) {
    return points.map((point) => this.#at(point).join(",")).join(" ");
  }
}

/** What ignored zones are filled with. */
function hatch() {
  const pattern = shape("pattern", "");
  pattern.id = "zone-hatch";
  set(pattern, { width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
  const line = shape("rect", "zone-hatch");
  set(line, { width: 3, height: 9 });
  pattern.append(line);
  return pattern;
}

/** @template {keyof SVGElementTagNameMap} K @param {K} name @param {string} className */
function shape(name, className) {
  const made = document.createElementNS(SVG, name);
  if (className) made.setAttribute("class", className);
  return made;
}

/** @param {string} className @param {Point} at @param {number} radius */
function circle(className, [cx, cy], radius) {
  const made = shape("circle", className);
  set(made, { cx, cy, r: radius });
  return made;
}

/** @param {SVGElement} rect @param {Size} size */
function whole(rect, { width, height }) {
  set(rect, { width, height });
  return rect;
}

/** @param {SVGElement} element @param {Record<string, string | number>} attributes */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** @param {number} px */
function round(px) {
  return Math.round(px * 10) / 10;
}
