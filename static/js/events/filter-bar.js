/**
 * The filters above the list: menus of boxes, a day, a strength. Tells what is chosen, and shows what the address says.
 *
 * @import { Filters, Review } from "./filters.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { DAY_MS } from "../timeline/zone.js";
import { strengthWords } from "./event-words.js";
import { countInUse, NO_FILTERS } from "./filters.js";

const PERIODS = /** @type {Record<string, string>} */ ({
  "": "Any time",
  today: "Today",
  yesterday: "Yesterday",
  week: "Last 7 days",
});
const SETTLED_MS = 300;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

export class FilterBar {
  /** @type {Filters} */
  #filters = NO_FILTERS;
  #changed;
  #words;
  #bar = byId("filters");
  #day = /** @type {HTMLInputElement} */ (byId("day"));
  #score = /** @type {HTMLInputElement} */ (byId("score"));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;

  /** @param {() => TimeWords} words @param {(filters: Filters) => void} changed */
  constructor(words, changed) {
    this.#words = words;
    this.#changed = changed;
    for (const name of /** @type {const} */ (["cameras", "kinds", "zones", "labels"])) this.#bindBoxes(name);
    for (const radio of this.#radios()) radio.addEventListener("change", () => this.#choose({ time: radio.value }));
    this.#day.addEventListener("change", () => this.#choose({ time: this.#day.value }));
    this.#score.addEventListener("input", () => {
      this.#showScore(this.#score.valueAsNumber);
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.#choose({ score: this.#score.valueAsNumber }), SETTLED_MS);
    });
    for (const button of this.#reviewButtons()) {
      button.addEventListener("click", () => this.#choose({ review: /** @type {Review} */ (button.dataset.review) }));
    }
    for (const button of document.querySelectorAll("#clear, [data-clear]")) {
      button.addEventListener("click", () => this.#choose({ ...NO_FILTERS, review: this.#filters.review }));
    }
    for (const button of document.querySelectorAll("[data-show-all]")) {
      button.addEventListener("click", () => this.#choose({ review: "all" }));
    }
    byId("filters-button").addEventListener("click", () => this.#toggle());
  }

  /** @param {Filters} filters */
  show(filters) {
    this.#filters = filters;
    for (const name of /** @type {const} */ (["cameras", "kinds", "zones", "labels"])) this.#showBoxes(name);
    for (const radio of this.#radios()) radio.checked = radio.value === filters.time;
    this.#day.value = filters.time in PERIODS ? "" : filters.time;
    this.#say("time", filters.time !== "", PERIODS[filters.time] ?? this.#dayWords(filters.time));
    this.#score.value = String(filters.score);
    this.#showScore(filters.score);
    for (const button of this.#reviewButtons()) {
      button.setAttribute("aria-pressed", String(button.dataset.review === filters.review));
    }
    const inUse = countInUse(filters);
    byId("clear").hidden = inUse === 0;
    byId("filters-count").hidden = inUse === 0;
    byId("filters-count").textContent = String(inUse);
  }

  /** Which days there are to choose from. */
  refreshDays() {
    const { zone } = this.#words();
    this.#day.max = new Date(zone.dayOf(Date.now()) * DAY_MS).toISOString().slice(0, 10);
    this.show(this.#filters);
  }

  /** @param {Partial<Filters>} some */
  #choose(some) {
    this.show({ ...this.#filters, ...some });
    this.#changed(this.#filters);
  }

  /** @param {"cameras" | "kinds" | "zones" | "labels"} name */
  #bindBoxes(name) {
    for (const box of this.#boxes(name)) {
      box.addEventListener("change", () => {
        const known = this.#boxes(name).map(({ value }) => value);
        // What the address names and the page doesn't know stays chosen until it is cleared.
        const others = this.#filters[name].filter((value) => !known.includes(value));
        const ticked = this.#boxes(name).filter(({ checked }) => checked);
        this.#choose({ [name]: [...others, ...ticked.map(({ value }) => value)] });
      });
    }
    for (const only of /** @type {NodeListOf<HTMLElement>} */ (this.#bar.querySelectorAll("[data-only]"))) {
      if (name === "cameras")
        only.addEventListener("click", () => this.#choose({ cameras: [only.dataset.only ?? ""] }));
    }
  }

  /** @param {"cameras" | "kinds" | "zones" | "labels"} name */
  #showBoxes(name) {
    const chosen = this.#filters[name];
    const names = [...chosen];
    for (const box of this.#boxes(name)) {
      box.checked = chosen.includes(box.value);
      const at = chosen.indexOf(box.value);
      if (at >= 0) names[at] = box.parentElement?.textContent?.trim() ?? box.value;
    }
    const none = this.#menu(name)?.querySelector("[data-chosen]")?.getAttribute("data-none") ?? "";
    this.#say(name, chosen.length > 0, names.length > 1 ? `${names[0]} + ${names.length - 1}` : (names[0] ?? none));
  }

  /** @param {number} score */
  #showScore(score) {
    byId("score-words").textContent = score ? strengthWords(score) : "any";
    this.#say("score", score > 0, score ? `From ${score} of 100` : "Any strength");
  }

  /** @param {string} name @param {boolean} isInUse @param {string} text */
  #say(name, isInUse, text) {
    const menu = this.#menu(name);
    menu?.classList.toggle("is-in-use", isInUse);
    const said = menu?.querySelector("[data-chosen]");
    if (said && said.textContent !== text) said.textContent = text;
  }

  /** @param {string} day */
  #dayWords(day) {
    const { zone } = this.#words();
    return this.#words().date(zone.startOfDay(Date.parse(`${day}T00:00Z`) / DAY_MS));
  }

  #toggle() {
    const isOpen = this.#bar.classList.toggle("is-open");
    byId("filters-button").setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {string} name */
  #menu(name) {
    return this.#bar.querySelector(`[data-filter="${name}"]`);
  }

  /** @param {string} name */
  #boxes(name) {
    const boxes = this.#bar.querySelectorAll(`[data-filter="${name}"] input[type="checkbox"]`);
    return /** @type {HTMLInputElement[]} */ ([...boxes]);
  }

  #radios() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.#bar.querySelectorAll('input[name="time"]'));
  }

  #reviewButtons() {
    return /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-review]"));
  }
}
