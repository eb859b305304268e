/** Slanted lines in a colour, to fill with: for what must be told apart without the colour. */

const SIDE_PX = 6;
const LINE_PX = 2.2;

export class Hatching {
  /** @type {Map<string, CanvasPattern | string>} */
  #made = new Map();

  /** @param {CanvasRenderingContext2D} context @param {string} colour @param {number} scale device pixels for a CSS pixel */
  of(context, colour, scale) {
    const key = `${colour}/${scale}`;
    let pattern = this.#made.get(key);
    if (pattern === undefined) {
      pattern = context.createPattern(tile(colour, scale), "repeat") ?? colour;
      this.#made.set(key, pattern);
    }
    return pattern;
  }
}

/** @param {string} colour @param {number} scale */
function tile(colour, scale) {
  const canvas = document.createElement("canvas");
  const side = Math.round(SIDE_PX * scale);
  [canvas.width, canvas.height] = [side, side];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.strokeStyle = colour;
  context.lineWidth = LINE_PX * scale;
  context.beginPath();
  // Three strokes, so that they meet at the tile's edges.
  for (const from of [-side, 0, side]) {
    context.moveTo(from - side / 2, side * 1.5);
    context.lineTo(from + side * 1.5, -side / 2);
  }
  context.stroke();
  return canvas;
}
