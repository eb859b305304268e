/** Keeps what lies over a picture exactly over it: the picture is fitted into its tile, and its shape is known only once it is there. */

/** @typedef {{width: number, height: number}} Size */

/** @param {Size} box @param {Size} picture @returns {{left: number, top: number, width: number, height: number}} as `object-fit: contain` does */
export function fitted(box, picture) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height };
}

export class PictureFrame {
  #tile;
  #layers;
  #resized;
  /** @type {Size} */
  #picture = { width: 16, height: 9 };

  /** @param {HTMLElement} tile @param {(HTMLElement | SVGElement)[]} layers @param {(size: Size) => void} resized */
  constructor(tile, layers, resized) {
    this.#tile = tile;
    this.#layers = layers;
    this.#resized = resized;
    new ResizeObserver(() => this.#fit()).observe(tile);
  }

  /** @param {Size} picture in pixels */
  setPicture({ width, height }) {
    if (!width || !height || (width === this.#picture.width && height === this.#picture.height)) return;
    this.#picture = { width, height };
    this.#tile.style.setProperty("--shape", String(width / height));
    this.#fit();
  }

  #fit() {
    const box = { width: this.#tile.clientWidth, height: this.#tile.clientHeight };
    if (!box.width || !box.height) return;
    const { left, top, width, height } = fitted(box, this.#picture);
    for (const { style } of this.#layers)
      Object.assign(style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    this.#resized({ width, height });
  }
}
