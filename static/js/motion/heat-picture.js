/**
 * A grid of counts as a smooth picture. Pure.
 *
 * Counts differ by orders of magnitude (a door, a road), so their roots are shown. Between the cells a cubic B-spline is drawn: it is smooth,
 * and never leaves the range of what it goes through.
 */

/** From seldom to most often: how often from 0 to 1, red, green, blue, and how far it covers. static/css/motion.css has them for the legend. */
const RAMP = [
  [0, 60, 24, 140, 0],
  [0.08, 72, 28, 160, 0.28],
  [0.35, 178, 42, 130, 0.42],
  [0.65, 240, 96, 70, 0.54],
  [1, 255, 226, 110, 0.64],
];

/**
 * @param {readonly number[]} counts row by row @param {number} columns @param {number} rows @param {number} scale pixels a cell
 * @returns {{width: number, height: number, data: Uint8ClampedArray<ArrayBuffer>}} as ImageData wants it
 */
export function heatPicture(counts, columns, rows, scale) {
  const most = Math.max(...counts, 1);
  const levels = counts.map((count) => Math.sqrt(count / most));
  const [width, height] = [columns * scale, rows * scale];
  const across = weightsFor(width, columns, scale);
  const down = weightsFor(height, rows, scale);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let level = 0;
      for (const [row, vertical] of down[y])
        for (const [column, horizontal] of across[x]) level += levels[row * columns + column] * vertical * horizontal;
      data.set(colourOf(level), (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

/** @param {number} level 0 to 1 @returns {[number, number, number, number]} red, green, blue, alpha, 0 to 255 */
export function colourOf(level) {
  const above = Math.max(
    1,
    RAMP.findIndex(([at]) => at >= level),
  );
  const [from, to] = [RAMP[above - 1], RAMP[above]];
  const along = Math.min(1, Math.max(0, (level - from[0]) / (to[0] - from[0])));
  const [red, green, blue, alpha] = from.slice(1).map((value, index) => value + along * (to[index + 1] - value));
  return [red, green, blue, alpha * 255];
}

/** Per pixel the cells it is made of, and how much of each. @param {number} pixels @param {number} cells @param {number} scale @returns {[number, number][][]} */
function weightsFor(pixels, cells, scale) {
  return Array.from({ length: pixels }, (_, pixel) => {
    const at = (pixel + 0.5) / scale - 0.5;
    const cell = Math.floor(at);
    const t = at - cell;
    const weights = [
      (1 - t) ** 3 / 6,
      (3 * t ** 3 - 6 * t ** 2 + 4) / 6,
      (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6,
      t ** 3 / 6,
    ];
    return weights.map((weight, index) => [Math.min(cells - 1, Math.max(0, cell - 1 + index)), weight]);
  });
}
