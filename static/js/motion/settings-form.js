/**
 * The settings beside the picture. Dispatches `change` (detail {settings}) while somebody changes one, `sizing` (detail {percent}, null when over) while
 * the smallest size is being set. `problems` are what can't be sent, by field.
 *
 * @import { Settings } from "./draft.js"
 */

import { HoursField } from "./hours-field.js";
import { percentAt, positionOf, sizeWords } from "./sizes.js";

/** Numbers in fields of their own: how many of the API's units one of the field's is. */
const NUMBERS = /** @type {const} */ ({
  shortest_ms: 1000,
  ends_after_s: 1,
  pre_roll_s: 1,
  post_roll_s: 1,
  analyses_per_s: 1,
});

export class SettingsForm extends EventTarget {
  #form;
  #hours;
  /** @type {Settings | null} */
  #settings = null;
  /** @type {{width: number, height: number} | null} */
  #picture = null;
  /** @type {Record<string, string>} */
  #problems = {};

  /** @param {HTMLFormElement} form */
  constructor(form) {
    super();
    this.#form = form;
    const size = this.#input("smallest_percent");
    this.#hours = new HoursField(/** @type {HTMLElement} */ (form.querySelector("[data-field=schedule]")));
    this.#hours.addEventListener("change", () => this.#take());
    form.addEventListener("input", ({ target }) => {
      this.#take();
      if (target === size) this.#sizing(true);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const type of ["focus", "pointerdown"]) size.addEventListener(type, () => this.#sizing(true));
    for (const type of ["blur", "pointerup", "pointercancel"]) size.addEventListener(type, () => this.#sizing(false));
  }

  get problems() {
    return { ...this.#problems, ...this.#hours.problems };
  }

  /** @param {Settings} settings */
  show(settings) {
    this.#settings = settings;
    this.#problems = {};
    this.#input("sensitivity").value = String(settings.sensitivity);
    this.#input("smallest_percent").value = String(positionOf(settings.smallest_percent));
    for (const [field, unit] of Object.entries(NUMBERS))
      this.#input(field).value = String(settings[/** @type {keyof typeof NUMBERS} */ (field)] / unit);
    this.#input("finds_objects").checked = settings.finds_objects;
    this.#hours.show(settings.schedule, settings.time_zone);
    this.#describe();
  }

  /** So that sizes can be told in its pixels. @param {{width: number, height: number}} picture */
  setPicture(picture) {
    this.#picture = picture;
    this.#describe();
  }

  /** What the server refused, beside the field it is about. @param {Record<string, string>} errors */
  refuse(errors) {
    for (const element of this.#form.querySelectorAll("[data-field]")) {
      const field = /** @type {HTMLElement} */ (element).dataset.field ?? "";
      const error = /** @type {HTMLElement} */ (element.querySelector(":scope > .field-error"));
      const text = errors[field] ?? this.problems[field] ?? "";
      error.textContent = text;
      error.hidden = !text;
      const input = element.querySelector(":scope input:not([type=radio])");
      if (input && field !== "schedule") input.setAttribute("aria-invalid", String(Boolean(text)));
    }
  }

  #take() {
    if (!this.#settings) return;
    const settings = { ...this.#settings };
    settings.sensitivity = this.#input("sensitivity").valueAsNumber;
    // The slider can't tell every value: one that was not moved keeps what it was.
    const position = this.#input("smallest_percent").valueAsNumber;
    if (position !== positionOf(settings.smallest_percent)) settings.smallest_percent = percentAt(position);
    this.#problems = {};
    for (const [name, unit] of Object.entries(NUMBERS)) {
      const field = /** @type {keyof typeof NUMBERS} */ (name);
      const input = this.#input(field);
      if (input.validity.valid && input.value !== "") settings[field] = Math.round(input.valueAsNumber * unit);
      else this.#problems[field] = `Give a number from ${input.min} to ${input.max}.`;
    }
    settings.finds_objects = this.#input("finds_objects").checked;
    if (Object.keys(this.#hours.problems).length === 0)
      Object.assign(settings, { schedule: this.#hours.week, time_zone: this.#hours.timeZone });
    this.#settings = settings;
    this.#describe();
    this.refuse({});
    this.dispatchEvent(new CustomEvent("change", { detail: { settings } }));
  }

  #describe() {
    if (!this.#settings) return;
    const { sensitivity, smallest_percent: percent } = this.#settings;
    this.#output("sensitivity", String(sensitivity));
    this.#output("smallest_percent", sizeWords(percent, this.#picture));
    this.#input("smallest_percent").setAttribute("aria-valuetext", sizeWords(percent, this.#picture));
  }

  /** @param {boolean} isShown */
  #sizing(isShown) {
    const percent = isShown ? (this.#settings?.smallest_percent ?? null) : null;
    this.dispatchEvent(new CustomEvent("sizing", { detail: { percent } }));
  }

  /** @param {string} field @param {string} text */
  #output(field, text) {
    /** @type {HTMLElement} */ (this.#form.querySelector(`[data-field=${field}] output`)).textContent = text;
  }

  /** @param {string} field */
  #input(field) {
    return /** @type {HTMLInputElement} */ (this.#form.querySelector(`[data-field=${field}] input`));
  }
}
