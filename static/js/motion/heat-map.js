/** Where something moved, laid over the picture: a choice of how far back, a canvas, a legend. */

import { call } from "../api.js";
import { clockTime, duration } from "../words.js";
import { heatPicture } from "./heat-picture.js";

/** Pixels a cell is drawn with; the browser makes them larger, smoothly. */
const SCALE = 8;
const HOUR_MS = 3_600_000;

export class HeatMap {
  #address;
  #canvas;
  #choice;
  #legend;
  #words;
  #asked = 0;

  /**
   * @param {string} slug @param {HTMLCanvasElement} canvas @param {HTMLSelectElement} choice of hours, 0 for none
   * @param {HTMLElement} legend holds an element with the class `heat-words`
   */
  constructor(slug, canvas, choice, legend) {
    this.#address = `cameras/${encodeURIComponent(slug)}/motion/heat/`;
    this.#canvas = canvas;
    this.#choice = choice;
    this.#legend = legend;
    this.#words = /** @type {HTMLElement} */ (legend.querySelector(".heat-words"));
    choice.addEventListener("change", () => this.#show());
  }

  async #show() {
    const hours = Number(this.#choice.value);
    this.#asked += 1;
    const asked = this.#asked;
    this.#legend.hidden = !hours;
    this.#canvas.hidden = true;
    if (!hours) return;
    this.#legend.setAttribute("aria-busy", "true");
    this.#words.textContent = "Adding up what moved …";
    const endMs = Date.now();
    const startMs = endMs - hours * HOUR_MS;
    try {
      const heat = await call(`${this.#address}?start=${startMs}&end=${endMs}`);
      if (asked === this.#asked) this.#draw(heat, startMs);
    } catch (error) {
      if (asked === this.#asked) this.#words.textContent = error instanceof Error ? error.message : "";
    }
    if (asked === this.#asked) this.#legend.setAttribute("aria-busy", "false");
  }

  /**
   * @param {{columns: number, rows: number, counts: number[], analysed_ms: number, searched: {start_ms: number}}} heat of the newest part, when all
   *   would have taken too long @param {number} startMs what was asked for
   */
  #draw({ columns, rows, counts, analysed_ms: analysedMs, searched }, startMs) {
    const isPart = searched.start_ms > startMs + 60_000;
    const since = isPart
      ? `, since ${clockTime(new Date(searched.start_ms), new Date())}: more is too much at once`
      : "";
    if (!analysedMs) this.#words.textContent = "Nothing was analysed in this time.";
    else if (!counts.some(Boolean))
      this.#words.textContent = `Nothing moved in the ${duration(analysedMs)} that were analysed.`;
    else {
      const { width, height, data } = heatPicture(counts, columns, rows, SCALE);
      Object.assign(this.#canvas, { width, height });
      this.#canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
      this.#canvas.hidden = false;
      this.#words.textContent = `From ${duration(analysedMs)} of analysed footage${since}.`;
    }
  }
}
