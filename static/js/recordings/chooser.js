/** Which cameras are shown: a menu of boxes to tick. At least one, at most as many as the timeline has lanes for. */

/**
 * @typedef {object} Camera
 * @property {string} slug
 * @property {string} name
 * @property {string} record off, continuous, schedule …
 * @property {string} role of the stream that is recorded
 * @property {string[]} may playback, export, protect, delete …
 * @property {string} settings address of its settings, empty without the right to change them
 */

export const MOST_LANES = 16;
/** More pictures than this are no longer kept in step. */
export const MOST_PICTURES = 9;

export class Chooser {
  #label;
  #boxes;
  #note;
  #cameras;

  /**
   * @param {HTMLElement} menu with a box for each camera
   * @param {Camera[]} cameras
   * @param {(slugs: string[]) => void} changed
   */
  constructor(menu, cameras, changed) {
    this.#cameras = cameras;
    this.#label = /** @type {HTMLElement} */ (menu.querySelector("[data-chosen]"));
    this.#note = /** @type {HTMLElement} */ (menu.querySelector("[data-note]"));
    this.#boxes = /** @type {HTMLInputElement[]} */ ([...menu.querySelectorAll('input[type="checkbox"]')]);
    for (const box of this.#boxes) {
      box.addEventListener("change", () => {
        if (this.#ticked().length === 0) box.checked = true;
        this.show(this.#ticked());
        changed(this.#ticked());
      });
    }
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (menu.querySelectorAll("[data-only]"))) {
      button.addEventListener("click", () => {
        this.show([button.dataset.only ?? ""]);
        changed(this.#ticked());
      });
    }
  }

  /** @param {string[]} slugs */
  show(slugs) {
    const isFull = slugs.length >= MOST_LANES;
    for (const box of this.#boxes) {
      box.checked = slugs.includes(box.value);
      box.disabled = isFull && !box.checked;
    }
    const names = this.#cameras.filter(({ slug }) => slugs.includes(slug)).map(({ name }) => name);
    this.#label.textContent = names.length > 1 ? `${names[0]} + ${names.length - 1}` : (names[0] ?? "Cameras");
    this.#note.hidden = slugs.length <= MOST_PICTURES;
  }

  #ticked() {
    return this.#boxes.filter((box) => box.checked).map((box) => box.value);
  }
}
