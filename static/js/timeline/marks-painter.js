/**
 * What moves over the lanes, on a canvas of its own: only the strips that held something are cleared.
 *
 * @import { LaneLayout } from "./lane-layout.js"
 * @import { Palette } from "./palette.js"
 * @import { TimeWords } from "./time-words.js"
 * @import { Span } from "./account.js"
 * @import { View } from "./view.js"
 */

import { xOf } from "./view.js";

const PILL_PX = 20;

/**
 * @typedef {object} Marks
 * @property {View} view
 * @property {LaneLayout} layout
 * @property {TimeWords} words
 * @property {number} nowMs
 * @property {number | null} playheadMs
 * @property {number | null} hoverMs
 * @property {Span | null} selection
 * @property {boolean} isExact whether the playhead's time has milliseconds
 */

export class MarksPainter {
  #canvas;
  #context;
  #scale = 1;
  #palette;

  /** @param {HTMLCanvasElement} canvas @param {Palette} palette */
  constructor(canvas, palette) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.#palette = palette;
  }

  /** @param {Palette} palette */
  set palette(palette) {
    this.#palette = palette;
  }

  /** @param {number} widthPx @param {number} heightPx @param {number} scale */
  resize(widthPx, heightPx, scale) {
    this.#scale = scale;
    this.#canvas.width = Math.max(1, Math.round(widthPx * scale));
    this.#canvas.height = Math.max(1, Math.round(heightPx * scale));
  }

  /** @param {Marks} marks */
  paint(marks) {
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.setTransform(this.#scale, 0, 0, this.#scale, 0, 0);
    if (marks.selection) this.#selection(marks, marks.selection);
    this.#now(marks);
    if (marks.hoverMs !== null) this.#line(marks, marks.hoverMs, this.#palette.quiet, 1, marks.layout.rulerPx - 7);
    if (marks.playheadMs !== null) this.#playhead(marks, marks.playheadMs);
  }

  /** @param {Marks} marks @param {Span} selection */
  #selection({ view, layout }, selection) {
    const context = this.#context;
    const [from, to] = [xOf(view, selection.startMs), xOf(view, selection.endMs)];
    const [left, right] = [Math.max(-4, from), Math.min(view.widthPx + 4, to)];
    if (right < left) return;
    const top = layout.rulerPx - 4;
    const height = layout.heightPx - top;
    context.fillStyle = this.#palette.accent;
    context.globalAlpha = 0.2;
    context.fillRect(left, top, right - left, height);
    context.globalAlpha = 1;
    for (const x of [from, to]) {
      if (x < -8 || x > view.widthPx + 8) continue;
      context.fillRect(x - 1, top, 2, height);
      context.beginPath();
      context.roundRect(x - 5, top + height / 2 - 14, 10, 28, 5);
      context.fill();
      context.fillStyle = this.#palette.accentInk;
      context.fillRect(x - 0.75, top + height / 2 - 6, 1.5, 12);
      context.fillStyle = this.#palette.accent;
    }
  }

  /** @param {Marks} marks */
  #now(marks) {
    const { view, layout, nowMs } = marks;
    const x = xOf(view, nowMs);
    if (x < 0 || x > view.widthPx) return;
    this.#line(marks, nowMs, this.#palette.mark, 1.5, layout.rulerPx - 7);
    const context = this.#context;
    context.font = `640 11px ${this.#palette.font}`;
    context.fillStyle = this.#palette.mark;
    context.beginPath();
    context.arc(x, layout.rulerPx - 7, 3.5, 0, 2 * Math.PI);
    context.fill();
  }

  /** @param {Marks} marks @param {number} atMs */
  #playhead(marks, atMs) {
    const { view, words } = marks;
    const context = this.#context;
    const x = xOf(view, atMs);
    if (x < -60 || x > view.widthPx + 60) return;
    this.#line(marks, atMs, this.#palette.ink, 2, PILL_PX);
    const text = marks.isExact ? words.exactTime(atMs) : words.time(atMs);
    context.font = `640 12px ${this.#palette.font}`;
    const width = Math.ceil(context.measureText(text).width) + 16;
    const left = Math.min(view.widthPx - width, Math.max(0, x - width / 2));
    context.fillStyle = this.#palette.ink;
    context.beginPath();
    context.roundRect(left, 0, width, PILL_PX, PILL_PX / 2);
    if (x >= 0 && x <= view.widthPx) {
      context.moveTo(x - 5, PILL_PX - 0.5);
      context.lineTo(x + 5, PILL_PX - 0.5);
      context.lineTo(x, PILL_PX + 6);
    }
    context.fill();
    context.fillStyle = this.#palette.accentInk;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(text, left + width / 2, PILL_PX / 2 + 1);
  }

  /** @param {Marks} marks @param {number} atMs @param {string} colour @param {number} width @param {number} top */
  #line({ view, layout }, atMs, colour, width, top) {
    const x = xOf(view, atMs);
    if (x < -2 || x > view.widthPx + 2) return;
    this.#context.fillStyle = colour;
    this.#context.fillRect(x - width / 2, top, width, layout.heightPx - top);
  }
}
