/**
 * What of the zones lies under a pointer. Pure: all in pixels of the picture as it is on the screen.
 *
 * @import { Point, Polygon } from "./polygon.js"
 * @typedef {{key: string, points: Polygon}} Outline
 * @typedef {{width: number, height: number}} Size
 * @typedef {{kind: "corner", key: string, index: number}
 *   | {kind: "edge", key: string, index: number, at: Point}
 *   | {kind: "zone", key: string}} Hit `index` of an edge is that of the corner it starts from; `at` is in parts of the picture
 */

import { area, contains, nearestOn } from "./polygon.js";

/** How near one must come, by what one points with. */
export const REACH_PX = { fine: 9, coarse: 22 };

/**
 * The selected zone's corners first, then its edges, then zones, the smallest first: it may lie inside of another.
 *
 * @param {readonly Outline[]} zones @param {string | null} selected @param {Point} pointer in pixels @param {Size} size @param {number} reachPx
 * @returns {Hit | null}
 */
export function hitTest(zones, selected, pointer, size, reachPx) {
  const chosen = zones.find(({ key }) => key === selected);
  if (chosen) {
    const found = cornerNear(chosen, pointer, size, reachPx) ?? edgeNear(chosen, pointer, size, reachPx);
    if (found) return found;
  }
  /** @type {Point} */
  const place = [pointer[0] / size.width, pointer[1] / size.height];
  const under = zones.filter(({ points }) => contains(points, place)).sort((a, b) => area(a.points) - area(b.points));
  if (under.some(({ key }) => key === selected)) return { kind: "zone", key: /** @type {string} */ (selected) };
  return under.length ? { kind: "zone", key: under[0].key } : null;
}

/**
 * The zone to go to with another click at the same place: the one beneath, round and round. So each of several can be reached.
 *
 * @param {readonly Outline[]} zones @param {string | null} selected @param {Point} place in parts of the picture
 * @returns {string | null}
 */
export function nextUnder(zones, selected, place) {
  const under = zones.filter(({ points }) => contains(points, place)).sort((a, b) => area(a.points) - area(b.points));
  if (!under.length) return null;
  return under[(under.findIndex(({ key }) => key === selected) + 1) % under.length].key;
}

/** @param {Point} pointer @param {Point} corner in parts of the picture @param {Size} size @param {number} reachPx */
export function isNear(pointer, corner, size, reachPx) {
  return Math.hypot(pointer[0] - corner[0] * size.width, pointer[1] - corner[1] * size.height) <= reachPx;
}

/** @param {Outline} zone @param {Point} pointer @param {Size} size @param {number} reachPx @returns {Hit | null} */
function cornerNear({ key, points }, pointer, size, reachPx) {
  const distances = onScreen(points, size).map(([x, y]) => Math.hypot(pointer[0] - x, pointer[1] - y));
  const least = Math.min(...distances);
  return least <= reachPx ? { kind: "corner", key, index: distances.indexOf(least) } : null;
}

/** @param {Outline} zone @param {Point} pointer @param {Size} size @param {number} reachPx @returns {Hit | null} */
function edgeNear({ key, points }, pointer, size, reachPx) {
  const corners = onScreen(points, size);
  let least = reachPx;
  /** @type {Hit | null} */
  let found = null;
  corners.forEach((corner, index) => {
    const [x, y] = nearestOn(pointer, corner, corners[(index + 1) % corners.length]);
    const distance = Math.hypot(pointer[0] - x, pointer[1] - y);
    if (distance > least) return;
    least = distance;
    found = { kind: "edge", key, index, at: [x / size.width, y / size.height] };
  });
  return found;
}

/** @param {Polygon} points @param {Size} size @returns {Point[]} */
function onScreen(points, { width, height }) {
  return points.map(([x, y]) => [x * width, y * height]);
}
