/**
 * A part of a picture that somebody draws: a polygon whose corners are parts of the picture, 0 to 1 from the top left. Pure; areas are
 * values: every change makes a new one.
 *
 * @typedef {[number, number]} Point
 * @typedef {Point[]} Area
 */

/** The API's limits. */
export const FEWEST_CORNERS = 3;
export const MOST_CORNERS = 40;
/** Less is a slip of the hand. */
const LEAST_SIDE = 0.015;
const DECIMALS = 4;

/** @param {Point} one @param {Point} other @returns {Area} a rectangle with these as opposite corners */
export function rectangleOf(one, other) {
  const [[left, right], [top, bottom]] = [0, 1].map((axis) => [one[axis], other[axis]].map(part).sort((a, b) => a - b));
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

/** The four sides of what it takes up. @param {Area} area */
export function boundsOf(area) {
  const [xs, ys] = [area.map(([x]) => x), area.map(([, y]) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** Whether it can be searched. @param {Area} area */
export function isUsable(area) {
  if (area.length < FEWEST_CORNERS || area.length > MOST_CORNERS) return false;
  const { left, right, top, bottom } = boundsOf(area);
  return right - left >= LEAST_SIDE && bottom - top >= LEAST_SIDE && shareOf(area) > 0;
}

/** How much of the picture it is, 0 to 1. @param {Area} area */
export function shareOf(area) {
  let twice = 0;
  area.forEach(([x, y], at) => {
    const [nextX, nextY] = area[(at + 1) % area.length];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

/** All of it, as far as the picture goes. @param {Area} area @param {number} dx @param {number} dy @returns {Area} */
export function movedArea(area, dx, dy) {
  const { left, right, top, bottom } = boundsOf(area);
  const byX = Math.min(1 - right, Math.max(-left, dx));
  const byY = Math.min(1 - bottom, Math.max(-top, dy));
  return area.map(([x, y]) => [part(x + byX), part(y + byY)]);
}

/** Wider and higher, its top left corner stays. @param {Area} area @param {number} dx @param {number} dy @returns {Area} */
export function stretchedArea(area, dx, dy) {
  const { left, right, top, bottom } = boundsOf(area);
  const scale = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ by) =>
    Math.max(LEAST_SIDE * 2, Math.min(1, to + by) - from) / Math.max(LEAST_SIDE, to - from);
  const [scaleX, scaleY] = [scale(left, right, dx), scale(top, bottom, dy)];
  return area.map(([x, y]) => [part(left + (x - left) * scaleX), part(top + (y - top) * scaleY)]);
}

/** @param {Area} area @param {number} corner @param {Point} to @returns {Area} */
export function withCorner(area, corner, to) {
  return area.map((point, at) => (at === corner ? pointAt(...to) : point));
}

/** The corner next to a point, within reach. @param {Area} area @param {Point} point @param {Point} reach parts of width and height @returns {number} -1 without one */
export function cornerAt(area, [x, y], [reachX, reachY]) {
  let [found, best] = [-1, 1];
  area.forEach(([cornerX, cornerY], at) => {
    const distance = Math.hypot((cornerX - x) / reachX, (cornerY - y) / reachY);
    if (distance <= best) [found, best] = [at, distance];
  });
  return found;
}

/** Inside, by the even-odd rule, as the server sees it. @param {Area} area @param {Point} point */
export function holds(area, [x, y]) {
  let isInside = false;
  let [beforeX, beforeY] = area[area.length - 1] ?? [0, 0];
  for (const [cornerX, cornerY] of area) {
    if (cornerY > y !== beforeY > y && x < ((beforeX - cornerX) * (y - cornerY)) / (beforeY - cornerY) + cornerX)
      isInside = !isInside;
    [beforeX, beforeY] = [cornerX, cornerY];
  }
  return isInside;
}

/** Within the picture. @param {number} x @param {number} y @returns {Point} */
export function pointAt(x, y) {
  return [part(x), part(y)];
}

/** "0.1,0.2;0.5,0.2;0.5,0.6", as the address keeps it. @param {Area} area */
export function areaText(area) {
  return area.map((point) => point.join(",")).join(";");
}

/** @param {string} text @returns {Area | null} null for what is no area */
export function parseArea(text) {
  const area = text.split(";").map((pair) => pair.split(",").map(Number));
  const isWell = area.every((point) => point.length === 2 && point.every((value) => value >= 0 && value <= 1));
  const parsed = isWell ? area.map(([x, y]) => pointAt(x, y)) : [];
  return isUsable(parsed) ? parsed : null;
}

/** @param {number} value */
function part(value) {
  return Number(Math.min(1, Math.max(0, value)).toFixed(DECIMALS));
}
