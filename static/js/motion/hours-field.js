/**
 * When to look for motion: always, or in the hours of a week, a line of text a day with a bar that shows them. Dispatches `change`.
 *
 * @import { Week } from "./hours.js"
 */

import { covered, DAYS, parseWeek, toLine } from "./hours.js";

const WEEKDAYS = 5;

export class HoursField extends EventTarget {
  #host;
  #week;
  #zone;
  /** @type {HTMLInputElement[]} */
  #lines = [];
  /** @type {HTMLElement[]} */
  #bars = [];
  /** @type {HTMLElement[]} */
  #troubles = [];

  /** @param {HTMLElement} host */
  constructor(host) {
    super();
    this.#host = host;
    this.#week = /** @type {HTMLElement} */ (host.querySelector(".hours-week"));
    this.#zone = /** @type {HTMLSelectElement} */ (host.querySelector("select"));
    this.#build(/** @type {HTMLElement} */ (host.querySelector(".hours-days")));
    for (const radio of this.#choices) radio.addEventListener("change", () => this.#chosen());
    this.#zone.addEventListener("change", () => this.#changed());
    host.querySelector("[data-do=weekdays]")?.addEventListener("click", () => this.#copy(WEEKDAYS));
    host.querySelector("[data-do=days]")?.addEventListener("click", () => this.#copy(DAYS.length));
  }

  /** @returns {Week} as the API wants it: empty is always */
  get week() {
    return this.#isAlways ? {} : parseWeek(this.#texts).week;
  }

  get timeZone() {
    return this.#zone.value;
  }

  /** @returns {Record<string, string>} by field; empty when all is well */
  get problems() {
    if (this.#isAlways) return {};
    const { week, problems } = parseWeek(this.#texts);
    if (problems.some(Boolean)) return { schedule: "Some of these hours can’t be read." };
    if (Object.keys(week).length === 0) return { schedule: "Give the hours of a day at least, or choose “always”." };
    return {};
  }

  /** @param {Week} week @param {string} timeZone */
  show(week, timeZone) {
    const isAlways = Object.keys(week).length === 0;
    for (const radio of this.#choices) radio.checked = (radio.value === "always") === isAlways;
    this.#lines.forEach((line, day) => {
      line.value = toLine(week, day);
    });
    this.#offerZones(timeZone);
    this.#draw();
  }

  /** @returns {HTMLInputElement[]} */
  get #choices() {
    return [.../** @type {NodeListOf<HTMLInputElement>} */ (this.#host.querySelectorAll("[name=hours]"))];
  }

  get #isAlways() {
    return this.#choices.some(({ value, checked }) => checked && value === "always");
  }

  get #texts() {
    return this.#lines.map(({ value }) => value);
  }

  /** @param {HTMLElement} list */
  #build(list) {
    DAYS.forEach((name, day) => {
      const row = document.createElement("label");
      row.className = "hours-day";
      const line = document.createElement("input");
      Object.assign(line, { type: "text", placeholder: "not at all", autocomplete: "off", spellcheck: false });
      line.setAttribute("aria-describedby", `hours-trouble-${day}`);
      const bar = document.createElement("span");
      bar.className = "hours-bar";
      bar.setAttribute("aria-hidden", "true");
      const trouble = document.createElement("span");
      trouble.className = "field-error";
      trouble.id = `hours-trouble-${day}`;
      row.append(text(name), line, bar);
      list.append(row, trouble);
      line.addEventListener("input", () => this.#draw());
      this.#lines.push(line);
      this.#bars.push(bar);
      this.#troubles.push(trouble);
    });
  }

  #chosen() {
    // Nobody's hours are those of Greenwich by choice: a week that begins empty is in the time of who writes it.
    if (!this.#isAlways && this.#texts.every((line) => !line)) {
      const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
      if (own) this.#offerZones(own);
    }
    this.#changed();
  }

  /** Monday's hours for the days after it. @param {number} count */
  #copy(count) {
    for (const line of this.#lines.slice(1, count)) line.value = this.#lines[0].value;
    this.#changed();
  }

  #changed() {
    this.#draw();
    this.dispatchEvent(new Event("change"));
  }

  #draw() {
    this.#week.hidden = this.#isAlways;
    const { week, problems } = parseWeek(this.#texts);
    this.#bars.forEach((bar, day) => {
      bar.replaceChildren(
        ...covered(week, day).map(({ start, end }) => {
          const part = document.createElement("span");
          part.style.left = `${start * 100}%`;
          part.style.width = `${(end - start) * 100}%`;
          return part;
        }),
      );
      this.#troubles[day].textContent = problems[day];
      this.#troubles[day].hidden = !problems[day];
      this.#lines[day].setAttribute("aria-invalid", String(Boolean(problems[day])));
    });
  }

  /** @param {string} chosen */
  #offerZones(chosen) {
    if (this.#zone.options.length === 0) {
      const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const names = new Set([own, "UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])].filter(Boolean));
      this.#zone.replaceChildren(...[...names].map((name) => new Option(name.replaceAll("_", " "), name)));
    }
    if (![...this.#zone.options].some(({ value }) => value === chosen))
      this.#zone.add(new Option(chosen.replaceAll("_", " "), chosen));
    this.#zone.value = chosen;
  }
}

/** @param {string} words */
function text(words) {
  const span = document.createElement("span");
  span.textContent = words;
  return span;
}
