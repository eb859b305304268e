/**
 * Of a camera that turns: for which position one draws, and the picture of that position when the camera stands elsewhere.
 *
 * Dispatches `choose`.
 *
 * @typedef {{id: number, name: string, picture: string | null}} Preset as the API has it
 */

import { element } from "../exports/dom.js";
import { placeWords } from "./position-words.js";

export class Positions extends EventTarget {
  #select;
  #field;
  #still;
  #note;
  /** @type {readonly Preset[]} */
  #presets = [];
  /** @type {number | null} */
  #standing = null;
  #listed = "";

  /** @param {HTMLElement} field with a select @param {HTMLImageElement} still over the live picture @param {HTMLElement} note */
  constructor(field, still, note) {
    super();
    this.#field = field;
    this.#select = /** @type {HTMLSelectElement} */ (field.querySelector("select"));
    this.#still = still;
    this.#note = note;
    this.#select.addEventListener("change", () => {
      this.#showPicture();
      this.dispatchEvent(new Event("choose"));
    });
  }

  /** null: wherever the camera looks. */
  get chosen() {
    return Number(this.#select.value) || null;
  }

  set chosen(preset) {
    if (preset === this.chosen) return;
    this.#select.value = String(preset ?? "");
    this.#showPicture();
    this.dispatchEvent(new Event("choose"));
  }

  get presets() {
    return this.#presets;
  }

  /** @param {readonly Preset[]} presets @param {number | null} standing where the camera stands, if that is known */
  show(presets, standing) {
    const before = this.chosen;
    this.#presets = presets;
    this.#standing = standing;
    this.#field.hidden = presets.length === 0;
    const listed = JSON.stringify(presets.map(({ id, name }) => [id, name]));
    if (listed !== this.#listed) {
      this.#listed = listed;
      this.#select.replaceChildren(
        option("", "all positions"),
        ...presets.map(({ id, name }) => option(String(id), name)),
      );
      this.#select.value = presets.some(({ id }) => id === before) ? String(before) : "";
    }
    this.#showPicture();
    if (this.chosen !== before) this.dispatchEvent(new Event("choose"));
  }

  #showPicture() {
    const preset = this.#presets.find(({ id }) => id === this.chosen);
    const isElsewhere = preset !== undefined && preset.id !== this.#standing;
    const picture = isElsewhere ? preset.picture : null;
    this.#still.hidden = !picture;
    if (picture && this.#still.getAttribute("src") !== picture) this.#still.src = picture;
    this.#note.textContent = preset ? placeWords(preset, isElsewhere) : "";
    this.#note.hidden = !this.#note.textContent;
  }
}

/** @param {string} value @param {string} words */
function option(value, words) {
  const made = element("option", "", words);
  made.value = value;
  return made;
}
