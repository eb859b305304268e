/**
 * Zones on a picture, drawn and changed: what can be done to them, whoever asks (pointer, keys, the list beside).
 *
 * It holds no zones of its own: `show()` gives it what there is, and it says what somebody wants changed. Dispatches
 *   `change`   detail {zones, tag}: `tag` names a change that goes on (History)
 *   `settled`  a change that went on is over
 *   `select`   detail {key}
 *   `drawing`  a zone is being drawn, or no longer; `kind` and `cornerCount` say which and how far
 *   `say`      detail {text}: for a screen reader, or as a hint
 *
 * @import { Point, Polygon } from "./polygon.js"
 * @import { Kind, Zone } from "./draft.js"
 */

import { freeName, heldAt, holdsAt, withZone } from "./draft.js";
import { bindKeys } from "./editor-keys.js";
import { bindPointer } from "./editor-pointer.js";
import {
  FEWEST_CORNERS,
  MOST_CORNERS,
  middleAfter,
  rectangle,
  shifted,
  simplified,
  withCornerAfter,
  withCornerAt,
  withoutCorner,
} from "./polygon.js";
import { ZonePainter } from "./zone-painter.js";

/** Corners this near to the line between their neighbours are left out when a zone is closed. */
const FLAT = 0.002;

export class ZoneEditor extends EventTarget {
  /** @type {readonly Zone[]} */
  #zones = [];
  /** @type {string | null} */
  #selected = null;
  /** @type {{kind: Kind, corners: Point[], pointer: Point | null, rectangle: Polygon | null} | null} */
  #drawing = null;
  #made = 0;
  #corner = 0;
  /** @type {number | null} */
  #preset = null;

  /** @param {SVGSVGElement} svg */
  constructor(svg) {
    super();
    this.svg = svg;
    this.painter = new ZonePainter(svg);
    bindPointer(this);
    bindKeys(this);
    svg.addEventListener("focusin", () => this.#touch(this.painter.focusedHandle));
  }

  /** Those in the picture: the ones that hold where it is drawn for. */
  get zones() {
    return this.#zones.filter((zone) => holdsAt(zone, this.#preset) || zone.key === this.#selected);
  }

  /** Which preset the picture is of; null: wherever the camera looks. New zones hold there. */
  get preset() {
    return this.#preset;
  }

  set preset(preset) {
    if (preset === this.#preset) return;
    this.#preset = preset;
    const { selected } = this;
    if (selected && selected.preset !== null && !holdsAt(selected, preset)) this.select(null);
    else this.paint();
  }

  /** @returns {Zone | null} */
  get selected() {
    return this.#zones.find(({ key }) => key === this.#selected) ?? null;
  }

  /** Which corner of the selected zone was touched last: buttons beside the picture mean this one. */
  get corner() {
    return Math.min(this.#corner, (this.selected?.points.length ?? 1) - 1);
  }

  /** @returns {Kind | null} */
  get kind() {
    return this.#drawing?.kind ?? null;
  }

  /** @returns {readonly Point[]} */
  get corners() {
    return this.#drawing?.corners ?? [];
  }

  /** @param {readonly Zone[]} zones */
  show(zones) {
    this.#zones = zones;
    if (!this.selected) this.#selected = null;
    this.paint();
  }

  /** @param {{width: number, height: number}} size of the picture on the screen, in pixels */
  resize(size) {
    this.painter.resize(size);
    this.paint();
  }

  paint() {
    const { selected } = this;
    this.painter.zones(this.zones, this.#selected);
    this.painter.handles(this.#drawing ? [] : (selected?.points ?? []), this.corner, (index) =>
      selected ? cornerWords(selected, index) : "",
    );
    this.painter.drawing(
      this.#drawing && {
        kind: this.#drawing.kind,
        corners: this.#drawing.rectangle ?? this.#drawing.corners,
        pointer: this.#drawing.pointer,
        isRectangle: this.#drawing.rectangle !== null,
      },
    );
    // Nothing in the picture to take hold of: a finger on it scrolls the page.
    this.svg.toggleAttribute("data-busy", Boolean(this.#drawing || selected));
    this.svg.toggleAttribute("data-drawing", Boolean(this.#drawing));
  }

  /** @param {string | null} key */
  select(key) {
    if (this.#drawing || key === this.#selected) return;
    this.#selected = key;
    this.#corner = 0;
    this.settle();
    this.paint();
    this.#tell("select", { key });
  }

  settle() {
    this.#tell("settled");
  }

  // ── Drawing ────────────────────────────────────────────────────────

  /** @param {Kind} kind */
  startDrawing(kind) {
    this.select(null);
    this.#drawing = { kind, corners: [], pointer: null, rectangle: null };
    this.#drew();
  }

  /** Near the last corner: done. @param {Point} point */
  addCorner(point) {
    if (!this.#drawing) return;
    this.#drawing.corners.push(point);
    if (this.#drawing.corners.length === MOST_CORNERS) this.finishDrawing();
    else this.#drew();
  }

  dropCorner() {
    this.#drawing?.corners.pop();
    this.#drew();
  }

  /** Where the next corner would be. @param {Point | null} point */
  point(point) {
    if (!this.#drawing) return;
    this.#drawing.pointer = point;
    this.paint();
  }

  /** @param {Point} from @param {Point | null} to null: no rectangle after all */
  stretch(from, to) {
    if (!this.#drawing) return;
    this.#drawing.rectangle = to && rectangle(from, to);
    this.paint();
  }

  /** With what is drawn, when that is a zone. */
  finishDrawing() {
    if (!this.#drawing) return;
    const { kind, corners, rectangle: drawn } = this.#drawing;
    const points = drawn ?? (corners.length >= FEWEST_CORNERS ? simplified(corners, FLAT) : null);
    if (points) this.#add(kind, points);
    else this.#tell("say", { text: `A zone has ${FEWEST_CORNERS} corners or more.` });
  }

  /** For who draws without a pointer: a rectangle in the middle, to be changed. */
  useRectangle() {
    if (!this.#drawing) return;
    this.#add(this.#drawing.kind, rectangle([0.3, 0.3], [0.7, 0.7]));
    this.painter.focusHandle(0);
  }

  cancelDrawing() {
    if (!this.#drawing) return;
    this.#drawing = null;
    this.#drew();
  }

  // ── Changing ───────────────────────────────────────────────────────

  /** @param {string} key @param {Partial<Zone>} change @param {string} [tag] */
  change(key, change, tag = "") {
    this.#want(withZone(this.#zones, key, change), tag);
  }

  /** @param {number} index @param {Point} point */
  moveCorner(index, point) {
    const { selected } = this;
    if (selected) this.#reshape(withCornerAt(selected.points, index, point), `corner ${selected.key} ${index}`);
  }

  /** @param {number} index @param {number} dx @param {number} dy parts of the picture */
  nudgeCorner(index, dx, dy) {
    const { selected } = this;
    if (!selected) return;
    const [x, y] = selected.points[index];
    this.moveCorner(index, [x + dx, y + dy]);
    if (this.selected) this.#tell("say", { text: cornerWords(this.selected, index) });
  }

  /** Of the selected zone, from where it was. @param {Polygon} from @param {number} dx @param {number} dy */
  moveZone(from, dx, dy) {
    if (this.selected) this.#reshape(shifted(from, dx, dy), `zone ${this.#selected}`);
  }

  /** Returns the new corner's index. @param {number} index the corner before it @param {Point} [point] halfway to the next when left out */
  insertCorner(index, point) {
    const { selected } = this;
    if (!selected) return index;
    if (selected.points.length >= MOST_CORNERS) {
      this.#tell("say", { text: `A zone has at most ${MOST_CORNERS} corners.` });
      return index;
    }
    this.#reshape(withCornerAfter(selected.points, index, point ?? middleAfter(selected.points, index)));
    return index + 1;
  }

  /** @param {number} index */
  removeCorner(index) {
    const { selected } = this;
    if (!selected) return;
    const points = withoutCorner(selected.points, index);
    if (points === selected.points) this.#tell("say", { text: `A zone has ${FEWEST_CORNERS} corners or more.` });
    else this.#reshape(points);
  }

  /** @param {string} key */
  removeZone(key) {
    const gone = this.#zones.find((zone) => zone.key === key);
    if (!gone) return;
    if (this.#selected === key) this.select(null);
    this.#want(this.#zones.filter((zone) => zone.key !== key));
    this.#tell("say", { text: `Zone “${gone.name}” is deleted.` });
  }

  /** @param {Kind} kind @param {Polygon} points */
  #add(kind, points) {
    this.#made += 1;
    const key = `new-${this.#made}`;
    this.#drawing = null;
    const name = freeName(this.#zones, kind);
    this.#want([...this.#zones, { key, id: null, name, kind, points, sensitivity: null, ...heldAt(this.#preset) }]);
    this.#drew();
    this.select(key);
    this.#tell("say", { text: `Zone “${name}” is drawn. Give it a name in the list.` });
  }

  /** @param {Polygon} points @param {string} [tag] */
  #reshape(points, tag) {
    if (this.#selected) this.change(this.#selected, { points }, tag);
  }

  /** @param {readonly Zone[]} zones @param {string} [tag] */
  #want(zones, tag = "") {
    this.#tell("change", { zones, tag });
  }

  #drew() {
    this.paint();
    this.#tell("drawing");
  }

  /** @param {number | null} index */
  #touch(index) {
    if (index === null || index === this.#corner) return;
    this.#corner = index;
    this.paint();
    this.#tell("select", { key: this.#selected });
  }

  /** @param {string} type @param {object} [detail] */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {Zone} zone @param {number} index */
function cornerWords({ name, points }, index) {
  const [x, y] = points[index].map((part) => Math.round(part * 1000) / 10);
  return `Corner ${index + 1} of ${points.length} of “${name}”: ${x} % from the left, ${y} % from the top`;
}
