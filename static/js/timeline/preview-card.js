/**
 * The card above the pointer: what was there at that time, in a picture and in words. Moved by transform alone, so that the page isn't
 * laid out anew under a moving finger.
 *
 * @import { Preview } from "./previews.js"
 */

const WIDTH_PX = 208;
const HEIGHT_PX = 117;

export class PreviewCard {
  element = document.createElement("div");
  #canvas = document.createElement("canvas");
  #context;
  #time = document.createElement("strong");
  #words = document.createElement("span");
  #isShown = false;

  constructor() {
    this.element.className = "tl-card";
    this.element.hidden = true;
    const scale = Math.min(2, window.devicePixelRatio || 1);
    [this.#canvas.width, this.#canvas.height] = [WIDTH_PX * scale, HEIGHT_PX * scale];
    this.#context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    const text = document.createElement("p");
    text.append(this.#time, this.#words);
    this.element.append(this.#canvas, text);
  }

  get isShown() {
    return this.#isShown;
  }

  /** @param {number} x of the pointer @param {number} width of what it moves over @param {string} time @param {string} words */
  show(x, width, time, words) {
    const left = Math.max(0, Math.min(width - WIDTH_PX, x - WIDTH_PX / 2));
    this.element.style.transform = `translateX(${Math.round(left)}px)`;
    if (this.#time.textContent !== time) this.#time.textContent = time;
    if (this.#words.textContent !== words) this.#words.textContent = words;
    if (!this.#isShown) this.element.hidden = false;
    this.#isShown = true;
  }

  hide() {
    if (this.#isShown) this.element.hidden = true;
    this.#isShown = false;
    this.picture(null);
  }

  /** @param {Preview | null} preview */
  picture(preview) {
    if (this.#canvas.hidden !== !preview) this.#canvas.hidden = !preview;
    if (!preview) return;
    const { width, height } = this.#canvas;
    const scale = Math.min(width / preview.width, height / preview.height);
    const [w, h] = [preview.width * scale, preview.height * scale];
    this.#context.clearRect(0, 0, width, height);
    this.#context.drawImage(
      preview.image,
      preview.x,
      preview.y,
      preview.width,
      preview.height,
      (width - w) / 2,
      (height - h) / 2,
      w,
      h,
    );
  }
}
