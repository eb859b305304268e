/**
 * Polygons on a picture. Pure: points are parts of the picture, [x, y] from 0 to 1 from the top left; polygons are never changed in place.
 *
 * @typedef {readonly [number, number]} Point
 * @typedef {readonly Point[]} Polygon
 */

export const FEWEST_CORNERS = 3;
export const MOST_CORNERS = 40;
/** Finer than a pixel of any camera; what the server keeps. */
const DECIMALS = 1e5;

/** Inside the picture, and no finer than it is kept. @param {number} x @param {number} y @returns {Point} */
export function clamped(x, y) {
  return [part(x), part(y)];
}

/** @param {Polygon} polygon @param {number} index @param {Point} point @returns {Polygon} */
export function withCornerAt(polygon, index, [x, y]) {
  return polygon.map((corner, at) => (at === index ? clamped(x, y) : corner));
}

/** A new corner behind the one at `index`. @param {Polygon} polygon @param {number} index @param {Point} point @returns {Polygon} */
export function withCornerAfter(polygon, index, [x, y]) {
  if (polygon.length >= MOST_CORNERS) return polygon;
  return [...polygon.slice(0, index + 1), clamped(x, y), ...polygon.slice(index + 1)];
}

/** The same polygon when no corner can be spared. @param {Polygon} polygon @param {number} index @returns {Polygon} */
export function withoutCorner(polygon, index) {
  if (polygon.length <= FEWEST_CORNERS) return polygon;
  return polygon.filter((_, at) => at !== index);
}

/** Moved as a whole, and stopped by the edges of the picture. @param {Polygon} polygon @param {number} dx @param {number} dy @returns {Polygon} */
export function shifted(polygon, dx, dy) {
  const [left, top, right, bottom] = bounds(polygon);
  const x = Math.min(Math.max(dx, -left), 1 - right);
  const y = Math.min(Math.max(dy, -top), 1 - bottom);
  return polygon.map((corner) => clamped(corner[0] + x, corner[1] + y));
}

/** From two opposite corners. @param {Point} from @param {Point} to @returns {Polygon} */
export function rectangle(from, to) {
  const [[left, top], [right, bottom]] = [
    [Math.min(from[0], to[0]), Math.min(from[1], to[1])],
    [Math.max(from[0], to[0]), Math.max(from[1], to[1])],
  ];
  return [clamped(left, top), clamped(right, top), clamped(right, bottom), clamped(left, bottom)];
}

/** Halfway from the corner at `index` to the next. @param {Polygon} polygon @param {number} index @returns {Point} */
export function middleAfter(polygon, index) {
  const [one, other] = [polygon[index], polygon[(index + 1) % polygon.length]];
  return [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
}

/** By the even-odd rule, as the server does. @param {Polygon} polygon @param {Point} point */
export function contains(polygon, [x, y]) {
  let isInside = false;
  let before = polygon[polygon.length - 1];
  for (const corner of polygon) {
    const isCrossed = corner[1] > y !== before[1] > y;
    if (isCrossed && x < ((before[0] - corner[0]) * (y - corner[1])) / (before[1] - corner[1]) + corner[0])
      isInside = !isInside;
    before = corner;
  }
  return isInside;
}

/** Of a polygon whose lines don't cross, its part of the picture's area, 0 to 1. @param {Polygon} polygon */
export function area(polygon) {
  let twice = 0;
  polygon.forEach(([x, y], index) => {
    const [nextX, nextY] = polygon[(index + 1) % polygon.length];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}

/** @param {Polygon} polygon @returns {[left: number, top: number, right: number, bottom: number]} */
export function bounds(polygon) {
  const [xs, ys] = [polygon.map((corner) => corner[0]), polygon.map((corner) => corner[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Whether any two of its lines cross. @param {Polygon} polygon */
export function crossesItself(polygon) {
  const lines = polygon.map((corner, index) => /** @type {const} */ ([corner, polygon[(index + 1) % polygon.length]]));
  return lines.some(([a, b], one) =>
    lines.some(([c, d], other) => {
      const areNeighbours = other <= one + 1 || (one === 0 && other === lines.length - 1);
      return !areNeighbours && turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
    }),
  );
}

/**
 * Without corners that add nothing: those closer than `tolerance` to the line through their neighbours, or on top of another. Three are kept.
 *
 * @param {Polygon} polygon @param {number} tolerance in parts of the picture @returns {Polygon}
 */
export function simplified(polygon, tolerance) {
  /** @type {Point[]} */
  const left = [...polygon];
  while (left.length > FEWEST_CORNERS) {
    const offsets = left.map((corner, index) => {
      const [before, after] = [left[(index || left.length) - 1], left[(index + 1) % left.length]];
      return distanceToLine(corner, before, after);
    });
    const least = Math.min(...offsets);
    if (least > tolerance && left.length <= MOST_CORNERS) break;
    left.splice(offsets.indexOf(least), 1);
  }
  return left;
}

/** From a point to the nearest of the line from `from` to `to`. @param {Point} point @param {Point} from @param {Point} to */
export function distanceToLine(point, from, to) {
  const [x, y] = nearestOn(point, from, to);
  return Math.hypot(point[0] - x, point[1] - y);
}

/** @param {Point} point @param {Point} from @param {Point} to @returns {Point} */
export function nearestOn([x, y], from, to) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(1, Math.max(0, ((x - from[0]) * dx + (y - from[1]) * dy) / length)) : 0;
  return [from[0] + along * dx, from[1] + along * dy];
}

/** On which side of the line a–b c lies. @param {Point} a @param {Point} b @param {Point} c */
function turn(a, b, c) {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/** @param {number} value */
function part(value) {
  return Math.round(Math.min(1, Math.max(0, value)) * DECIMALS) / DECIMALS;
}
