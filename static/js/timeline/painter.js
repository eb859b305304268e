/**
 * Draws the timeline on two canvases on top of each other: ruler and lanes, which change with the view and the footage; and what moves
 * over them: playhead, pointer, selection, the line of "now".
 *
 * @import { Account } from "./account.js"
 * @import { LaneLayout } from "./lane-layout.js"
 * @import { Palette } from "./palette.js"
 * @import { TimeWords } from "./time-words.js"
 * @import { View } from "./view.js"
 * @import { Step } from "./ticks.js"
 */

import { marked, marksOf } from "./event-marks.js";
import { Hatching } from "./hatching.js";
import { runsOf } from "./runs.js";
import { rulerFor } from "./ticks.js";
import { endOf, xOf } from "./view.js";

/** Footage that ended no longer ago than this is still being written. */
export const FRESH_MS = 20_000;
const ROUNDED_UP_TO = 80;
const CONTEXT_Y = 15;
const LABEL_Y = 34;

/**
 * @typedef {object} Scene
 * @property {View} view
 * @property {LaneLayout} layout
 * @property {TimeWords} words
 * @property {Account[]} accounts one for each lane
 * @property {number} nowMs
 * @property {boolean} showsEvents
 */

export class Painter {
  #canvas;
  #context;
  #scale = 1;
  /** @type {Palette} */
  #palette;
  /** @type {Map<string, number>} */
  #widths = new Map();
  #hatching = new Hatching();

  /** @param {HTMLCanvasElement} canvas @param {Palette} palette */
  constructor(canvas, palette) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: true }));
    this.#palette = palette;
  }

  /** @param {Palette} palette */
  set palette(palette) {
    this.#palette = palette;
    this.#widths.clear();
  }

  /** @param {number} widthPx @param {number} heightPx @param {number} scale device pixels for a CSS pixel */
  resize(widthPx, heightPx, scale) {
    this.#scale = scale;
    this.#canvas.width = Math.max(1, Math.round(widthPx * scale));
    this.#canvas.height = Math.max(1, Math.round(heightPx * scale));
  }

  /** @param {Scene} scene */
  paint({ view, layout, words, accounts, nowMs, showsEvents }) {
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#ruler(view, layout, words);
    accounts.forEach((account, lane) => {
      const top = layout.rulerPx + lane * layout.lanePx;
      this.#lane(view, layout, account, top + layout.barTop, nowMs);
      if (showsEvents) this.#events(view, layout, account, top + layout.eventsTop);
    });
  }

  /** @param {View} view @param {LaneLayout} layout @param {TimeWords} words */
  #ruler(view, layout, words) {
    const context = this.#context;
    const scale = this.#scale;
    const ruler = rulerFor(view, words.zone, (step) => this.#labelWidth(step, words));
    const bottom = layout.heightPx * scale;
    context.fillStyle = this.#palette.fine;
    for (const atMs of ruler.fine)
      context.fillRect(Math.round(xOf(view, atMs) * scale), (layout.rulerPx - 5) * scale, 1, 5 * scale);
    context.fillStyle = this.#palette.line;
    for (const atMs of ruler.ticks)
      context.fillRect(Math.round(xOf(view, atMs) * scale), (layout.rulerPx - 7) * scale, 1, bottom);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.textBaseline = "alphabetic";
    context.textAlign = "center";
    context.font = this.#font(500);
    context.fillStyle = this.#palette.quiet;
    const half = this.#labelWidth(ruler.step, words) / 2 - 4;
    for (const atMs of ruler.ticks) {
      const x = xOf(view, atMs);
      if (x >= half && x <= view.widthPx - half) context.fillText(words.label(ruler.step, atMs), x, LABEL_Y);
    }
    this.#contexts(view, words, ruler.context, ruler.contexts);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** Each name stays in sight as long as anything of its day, month or year does. @param {View} view @param {TimeWords} words @param {Step} step @param {number[]} begins */
  #contexts(view, words, step, begins) {
    const context = this.#context;
    context.textAlign = "left";
    context.font = this.#font(640);
    context.fillStyle = this.#palette.ink;
    begins.forEach((atMs, index) => {
      const text = words.context(step, atMs);
      const width = context.measureText(text).width;
      const x = xOf(view, atMs);
      const limit = index + 1 < begins.length ? xOf(view, begins[index + 1]) - width - 14 : view.widthPx;
      if (index > 0) context.fillRect(Math.round(x), 3, 1, 16);
      context.fillText(text, Math.min(Math.max(x + 7, 4), limit), CONTEXT_Y);
    });
  }

  /** @param {View} view @param {LaneLayout} layout @param {Account} account @param {number} top @param {number} nowMs */
  #lane(view, layout, account, top, nowMs) {
    const scale = this.#scale;
    const context = this.#context;
    const [y, height] = [Math.round(top * scale), Math.round(layout.barPx * scale)];
    const end = Math.round(Math.min(view.widthPx, Math.max(0, xOf(view, nowMs))) * scale);
    context.fillStyle = this.#palette.track;
    context.fillRect(0, y, end, height);
    // Hatched, so that nobody needs the colours to tell a gap from anything else.
    const foot = Math.max(3, Math.round(height / 3));
    for (const [kind, gaps] of byKind(account.gaps)) {
      const colour = this.#palette.gaps[kind] ?? this.#palette.gaps.unknown;
      this.#fill(runsOf(gaps, view, scale), y + height - foot, foot, this.#hatching.of(context, colour, scale), 0);
    }
    const runs = runsOf(account.spans, view, scale);
    this.#fill(runs, y, height, this.#palette.recorded, runs.length <= ROUNDED_UP_TO ? 3 * scale : 0);
    const { newestMs } = account;
    if (newestMs !== null && nowMs - newestMs < FRESH_MS && newestMs < endOf(view) && nowMs > view.startMs) {
      const from = Math.round(Math.max(0, xOf(view, newestMs)) * scale);
      this.#fill([from, Math.max(from, end)], y, height, this.#palette.fresh, 0);
    }
    const thin = Math.max(2, Math.round(3 * scale));
    this.#fill(runsOf(account.protections, view, scale), y, thin, this.#palette.protected, 0);
  }

  /** Bars that stand on the lane, the higher the more. @param {View} view @param {LaneLayout} layout @param {Account} account @param {number} top */
  #events(view, layout, account, top) {
    const scale = this.#scale;
    const context = this.#context;
    const [bottom, most] = [Math.round((top + layout.eventsPx) * scale), layout.eventsPx * scale];
    context.fillStyle = this.#palette.event;
    context.beginPath();
    for (const { x, width, height } of marksOf(marked(account.events), view)) {
      const [left, right] = [Math.max(-4, x), Math.min(view.widthPx + 4, x + width)].map((px) =>
        Math.round(px * scale),
      );
      const high = Math.max(2, Math.round(height * most));
      const round = right - left > 4 * scale ? 2 * scale : 0;
      context.roundRect(left, bottom - high, Math.max(1, right - left), high, [round, round, 0, 0]);
    }
    context.fill();
  }

  /** @param {number[]} runs @param {number} y @param {number} height @param {string | CanvasPattern} colour @param {number} radius */
  #fill(runs, y, height, colour, radius) {
    if (runs.length === 0) return;
    const context = this.#context;
    context.fillStyle = colour;
    context.beginPath();
    for (let at = 0; at < runs.length; at += 2) {
      const width = runs[at + 1] - runs[at];
      if (radius && width > 2 * radius) context.roundRect(runs[at], y, width, height, radius);
      else context.rect(runs[at], y, width, height);
    }
    context.fill();
  }

  /** The widest a label of the step gets, with the widest digits. @param {Step} step @param {TimeWords} words */
  #labelWidth(step, words) {
    const key = `${step.unit}${step.ms}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      this.#context.font = this.#font(500);
      const samples = [Date.UTC(2026, 8, 30, 20, 40, 40, 800), Date.UTC(2026, 10, 25, 8, 8, 8, 800)];
      width = Math.max(...samples.map((atMs) => this.#context.measureText(words.label(step, atMs)).width)) + 4;
      this.#widths.set(key, width);
    }
    return width;
  }

  /** @param {number} weight */
  #font(weight) {
    return `${weight} 12px ${this.#palette.font}`;
  }
}

/** @template {{kind: string}} T @param {T[]} gaps @returns {Map<string, T[]>} */
function byKind(gaps) {
  /** @type {Map<string, T[]>} */
  const found = new Map();
  for (const gap of gaps) {
    const list = found.get(gap.kind);
    if (list) list.push(gap);
    else found.set(gap.kind, [gap]);
  }
  return found;
}
