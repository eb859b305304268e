/** How much moves right now, and in the last minute: bars that move to the left, those that count in another colour. */

import { Levels, SHOWN_MS } from "./level-chart.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP_MS = 250;
/** After so long without a level the meter says that there is none. */
const SILENT_AFTER_MS = 20_000;
const LEAST_HEIGHT = 2;

export class LevelMeter {
  #chart;
  #words;
  #value;
  #levels = new Levels();
  #startedMs = Date.now();
  /** How far the server's clock is ahead of this browser's; levels carry the server's time. */
  #aheadMs = 0;
  #lagMs = 0;
  /** How far the detector says it is behind: too far, and it tells no level. */
  #behindMs = 0;
  #drawn = "";
  #isOn = false;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#chart = /** @type {SVGSVGElement} */ (host.querySelector("svg"));
    this.#words = /** @type {HTMLElement} */ (host.querySelector(".level-words"));
    this.#value = /** @type {HTMLElement} */ (host.querySelector(".level-now"));
    this.#chart.setAttribute("viewBox", `0 0 ${SHOWN_MS / 1000} 100`);
    setInterval(() => document.visibilityState === "visible" && this.#draw(), STEP_MS);
  }

  /** @param {boolean} isOn whether motion is being looked for @param {number | null} lagMs */
  setOn(isOn, lagMs) {
    this.#behindMs = lagMs ?? 0;
    if (isOn && !this.#isOn) this.#startedMs = Date.now();
    this.#isOn = isOn;
    if (!isOn) this.#levels.clear();
    this.#draw();
  }

  /** @param {{at_ms: number, score: number, is_motion: boolean, lag_ms: number}} message */
  add({ at_ms: atMs, score, is_motion: isMotion, lag_ms: lagMs }) {
    this.#levels.add({ atMs, score, isMotion });
    this.#lagMs = lagMs;
    this.#aheadMs = atMs + lagMs - Date.now();
  }

  #draw() {
    const nowMs = Date.now() + this.#aheadMs;
    const bars = this.#isOn ? this.#levels.bars(nowMs) : [];
    this.#chart.replaceChildren(
      ...bars.map(({ start, width, score, isMotion }) => {
        const bar = document.createElementNS(SVG, "rect");
        const height = Math.max(score, LEAST_HEIGHT);
        bar.setAttribute("class", isMotion ? "level-bar level-motion" : "level-bar");
        bar.setAttribute("x", String(SHOWN_MS / 1000 + start));
        bar.setAttribute("width", String(Math.max(width - 0.12, 0.1)));
        bar.setAttribute("y", String(100 - height));
        bar.setAttribute("height", String(height));
        return bar;
      }),
    );
    this.#say(nowMs);
  }

  /** @param {number} nowMs */
  #say(nowMs) {
    const { newest } = this.#levels;
    const isSilent = !newest || nowMs - newest.atMs > SILENT_AFTER_MS + this.#lagMs;
    this.#value.textContent = this.#isOn && newest && !isSilent ? String(newest.score) : "–";
    this.#value.toggleAttribute("data-motion", Boolean(this.#isOn && newest?.isMotion && !isSilent));
    const text = this.#text(isSilent);
    if (text !== this.#drawn) this.#words.textContent = text;
    this.#drawn = text;
  }

  /** @param {boolean} isSilent */
  #text(isSilent) {
    if (!this.#isOn) return "Motion is not being looked for now.";
    if (isSilent && this.#behindMs > SILENT_AFTER_MS)
      return "Too far behind for a level: it shows again when that is made good.";
    if (isSilent)
      return Date.now() - this.#startedMs < SILENT_AFTER_MS
        ? "Waiting for pictures …"
        : "No picture was looked at lately.";
    const behind = Math.round(this.#lagMs / 1000);
    const { isMotion = false, score = 0 } = this.#levels.newest ?? {};
    const state = isMotion ? "Motion." : score ? "Something moves, and does not count." : "Nothing moves.";
    return behind > 0 ? `${state} Seen ${behind} s after it happened.` : state;
  }
}
