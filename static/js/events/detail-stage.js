/**
 * The picture of an opened event, with a frame around what moved; and its footage in its place, when somebody wants to see it.
 *
 * @import { NvrEvent } from "./event.js"
 * @import { NvrPlayback } from "../playback/playback.js"
 */

import "../playback/playback.js";
import { pictureOf } from "./event.js";

const PICTURE_PX = 1_280;
/** Before anything moved, so that one sees it begin. */
const LEAST_MS = 2_000;

export class DetailStage {
  #root;
  #still;
  #image;
  #box;
  #note;
  #play;
  /** @type {NvrPlayback | null} */
  #playback = null;
  /** @type {NvrEvent | null} */
  #event = null;
  #role = "main";
  #zone = "";
  #shown = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(name));
    this.#still = part(".ev-still");
    this.#image = /** @type {HTMLImageElement} */ (part("img"));
    this.#box = part(".ev-box");
    this.#note = part(".ev-stage-note");
    this.#play = part(".ev-play");
    this.#image.addEventListener("load", () => this.#loaded(true));
    this.#image.addEventListener("error", () => this.#loaded(false));
  }

  /** @param {NvrEvent} event @param {string} role of the stream that is recorded @param {string} zone in which its player tells the time */
  show(event, role, zone) {
    this.clear();
    [this.#role, this.#zone] = [role, zone];
    this.#root.classList.add("is-waiting");
    this.update(event);
  }

  /** @param {NvrEvent} event */
  update(event) {
    this.#event = event;
    this.#play.hidden = !event.camera || this.#playback !== null;
    const address = pictureOf(event, PICTURE_PX);
    if (address === this.#shown) return;
    this.#shown = address;
    if (address) this.#image.src = address;
    else this.#loaded(false);
  }

  clear() {
    this.#playback?.remove();
    this.#playback = null;
    this.#event = null;
    this.#shown = "";
    this.#image.removeAttribute("src");
    this.#image.hidden = this.#box.hidden = this.#note.hidden = true;
    this.#still.hidden = false;
    this.#root.classList.remove("is-waiting");
  }

  /** From a little before it began. Once more: from there again. */
  play() {
    const event = this.#event;
    if (!event?.camera) return;
    if (!this.#playback) {
      this.#playback = /** @type {NvrPlayback} */ (document.createElement("nvr-playback"));
      const attributes = {
        cameras: event.camera,
        stream: this.#role,
        "time-zone": this.#zone,
        controls: "",
        muted: "",
        "skip-gaps": "",
        "aria-label": "Footage of this event",
      };
      for (const [name, value] of Object.entries(attributes)) this.#playback.setAttribute(name, value);
      this.#root.append(this.#playback);
    }
    this.#still.hidden = this.#play.hidden = true;
    const endMs = Math.max(event.footageEndMs, event.footageStartMs + LEAST_MS);
    // What goes on has no end yet.
    if (event.isGoingOn) this.#playback.removeAttribute("end-ms");
    else this.#playback.setAttribute("end-ms", String(endMs));
    this.#playback.load(event.footageStartMs);
    this.#playback.play();
    this.#playback.focus({ preventScroll: true });
  }

  /** @param {boolean} isThere */
  #loaded(isThere) {
    this.#root.classList.remove("is-waiting");
    this.#image.hidden = !isThere;
    this.#note.hidden = isThere;
    this.#note.textContent = this.#event?.camera ? "There is no picture of it." : "This is about no camera.";
    const { naturalWidth, naturalHeight } = this.#image;
    this.#still.style.aspectRatio = isThere ? `${naturalWidth} / ${naturalHeight}` : "";
    const box = isThere ? this.#event?.box : null;
    this.#box.hidden = !box;
    if (!box) return;
    const { style } = this.#box;
    [style.left, style.top, style.width, style.height] = box.map((part) => `${part * 100}%`);
  }
}
