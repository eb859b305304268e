/** State, transport, picture and true delay of a player, in figures. */

import { Sparkline } from "./sparkline.js";

/** @import { Stats } from "./player.js" */

/** @type {readonly (readonly [string, (stats: Stats) => string])[]} */
const ROWS = [
  ["State", ({ words }) => words],
  ["Way", ({ transportWords, rung }) => [transportWords, rung].filter(Boolean).join(" · ")],
  ["Picture", ({ codec, width, height }) => (codec ? `${width}×${height} · ${codec}` : "–")],
  ["Rate", ({ fps, bps }) => `${fps.toFixed(fps < 10 ? 1 : 0)} fps · ${bitrate(bps)}`],
  ["Dropped", ({ missedFrames, droppedFrames }) => `${missedFrames} on the way · ${droppedFrames} here`],
];

export class Overlay {
  element = document.createElement("div");
  /** @type {HTMLElement[]} */
  #values = [];
  #delay = document.createElement("div");
  #total = document.createElement("strong");
  #parts = document.createElement("span");
  #line = new Sparkline();

  constructor() {
    this.element.className = "nvr-overlay";
    this.element.hidden = true;
    const list = document.createElement("dl");
    for (const [name] of ROWS) {
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = name;
      list.append(term, value);
      this.#values.push(value);
    }
    this.#delay.className = "nvr-delay";
    this.#parts.className = "nvr-delay-parts";
    this.#delay.append(this.#total, this.#parts, this.#line.element);
    this.element.append(this.#delay, list);
  }

  /** @param {Stats} stats */
  update(stats) {
    ROWS.forEach(([, text], index) => {
      this.#values[index].textContent = text(stats);
    });
    const { delay } = stats;
    this.#total.textContent = delay ? `${Math.round(delay.totalMs)} ms` : "– ms";
    this.#parts.textContent = delay
      ? `server ${Math.round(delay.serverMs)} · network ${Math.round(delay.networkMs)} · player ${Math.round(delay.playerMs)}`
      : "delay not known yet";
    this.#line.add(delay?.totalMs ?? null);
  }
}

/** @param {number} bps */
function bitrate(bps) {
  return bps >= 1e6 ? `${(bps / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bps / 1e3)} kbit/s`;
}
