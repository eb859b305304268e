/** A small line of the last delays. */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 120;
const HEIGHT = 24;
const POINTS = 60;

/**
 * Pure.
 * @param {readonly (number | null)[]} values oldest first; null where there was none
 * @param {number} ceiling at least this much is the top
 * @returns {string} a path in a box of WIDTH by HEIGHT
 */
export function pathOf(values, ceiling) {
  const top = Math.max(ceiling, ...values.map((value) => value ?? 0));
  const step = WIDTH / (POINTS - 1);
  let path = "";
  let isDown = false;
  values.forEach((value, index) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const x = (index + POINTS - values.length) * step;
    const y = HEIGHT - 1 - (value / top) * (HEIGHT - 2);
    path += `${isDown ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isDown = true;
  });
  return path;
}

export class Sparkline {
  element = document.createElementNS(SVG, "svg");
  #path = document.createElementNS(SVG, "path");
  /** @type {(number | null)[]} */
  #values = [];

  constructor() {
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("aria-hidden", "true");
    this.element.append(this.#path);
  }

  /** @param {number | null} value */
  add(value) {
    this.#values = [...this.#values, value].slice(-POINTS);
    this.#path.setAttribute("d", pathOf(this.#values, 100));
  }
}
