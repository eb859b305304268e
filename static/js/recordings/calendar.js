/**
 * The calendar: a month at a time, each day with how much of it there is. Arrow keys move by day and week, Page Up and Down by month.
 *
 * @import { TimeWords } from "../timeline/time-words.js"
 * @import { Month } from "./calendar-math.js"
 */

import { DAY_MS } from "../timeline/zone.js";
import { bytesWords, coverageOf, dayInMonth, isoDay, monthOf, monthsLater, weeksOf } from "./calendar-math.js";

const KEYS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 });

/**
 * @typedef {object} CalendarHost
 * @property {() => TimeWords} words
 * @property {() => number} today
 * @property {() => number} chosen
 * @property {(from: string, to: string) => Promise<{day: string, share: number | null, size_bytes: number, recorded_ms: number}[][]>} coverage by camera
 * @property {(day: number) => void} choose
 */

export class Calendar {
  #sheet;
  #host;
  #title;
  #body;
  /** @type {Month} */
  #month = { year: 1970, month: 0 };
  #focused = 0;
  #asked = 0;

  /** @param {HTMLElement} sheet with `[data-month]` buttons, `.cal-title`, `thead tr` and `tbody` @param {CalendarHost} host */
  constructor(sheet, host) {
    this.#sheet = sheet;
    this.#host = host;
    this.#title = /** @type {HTMLElement} */ (sheet.querySelector(".cal-title"));
    this.#body = /** @type {HTMLTableSectionElement} */ (sheet.querySelector("tbody"));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (sheet.querySelectorAll("[data-month]"))) {
      button.addEventListener("click", () => this.#turn(Number(button.dataset.month)));
    }
    this.#body.addEventListener("click", (event) => {
      const day = dayOf(/** @type {Element} */ (event.target));
      if (day !== null) host.choose(day);
    });
    this.#body.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows the month of the chosen day, with the focus on it. */
  open() {
    this.#focused = this.#host.chosen();
    this.#month = monthOf(this.#focused);
    this.#render();
    this.#focus();
  }

  /** @param {number} months */
  #turn(months) {
    this.#month = monthsLater(this.#month, months);
    this.#focused = Math.min(this.#host.today(), dayInMonth(this.#focused, months));
    this.#render();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const days = KEYS[event.key];
    const months = event.key === "PageUp" ? -1 : event.key === "PageDown" ? 1 : 0;
    if (!days && !months) return;
    event.preventDefault();
    event.stopPropagation();
    const day = days ? this.#focused + days : dayInMonth(this.#focused, months);
    this.#focused = Math.min(this.#host.today(), day);
    this.#month = monthOf(this.#focused);
    this.#render();
    this.#focus();
  }

  #render() {
    const words = this.#host.words();
    const weeks = weeksOf(this.#month, firstWeekday());
    const today = this.#host.today();
    const chosen = this.#host.chosen();
    this.#title.textContent = words.month(words.zone.fromWall(Date.UTC(this.#month.year, this.#month.month, 15)));
    const head = /** @type {HTMLElement} */ (this.#sheet.querySelector("thead tr"));
    head.replaceChildren(
      ...weeks[0].map((day) => headCell(words.weekday(words.zone.fromWall(day * DAY_MS + DAY_MS / 2)))),
    );
    this.#body.replaceChildren(
      ...weeks.map((week) => {
        const row = document.createElement("tr");
        row.append(
          ...week.map((day) =>
            this.#cell(day, { isToday: day === today, isChosen: day === chosen, isFuture: day > today }),
          ),
        );
        return row;
      }),
    );
    this.#fill(weeks);
  }

  /** @param {number} day @param {{isToday: boolean, isChosen: boolean, isFuture: boolean}} is */
  #cell(day, is) {
    const cell = document.createElement("td");
    const button = document.createElement("button");
    const words = this.#host.words();
    button.type = "button";
    button.dataset.day = String(day);
    button.tabIndex = day === this.#focused ? 0 : -1;
    button.disabled = is.isFuture;
    button.setAttribute("aria-label", words.longDate(words.zone.fromWall(day * DAY_MS + DAY_MS / 2)));
    if (is.isToday) button.setAttribute("aria-current", "date");
    button.setAttribute("aria-pressed", String(is.isChosen));
    button.classList.toggle("is-elsewhere", monthOf(day).month !== this.#month.month);
    const number = document.createElement("span");
    number.textContent = String(new Date(day * DAY_MS).getUTCDate());
    const bar = document.createElement("i");
    bar.className = "cal-bar";
    button.append(number, bar);
    cell.append(button);
    return cell;
  }

  /** Asks what there is of the days, and puts it in when it comes and the month is still the same. @param {number[][]} weeks */
  async #fill(weeks) {
    this.#asked += 1;
    const turn = this.#asked;
    const days = weeks.flat();
    const cameras = await this.#host.coverage(isoDay(days[0]), isoDay(days[days.length - 1])).catch(() => null);
    if (turn !== this.#asked || !cameras) return;
    for (const day of days) {
      const name = isoDay(day);
      const found = cameras.map((one) => one.find((each) => each.day === name)).filter((each) => each !== undefined);
      const button = /** @type {HTMLElement | null} */ (this.#body.querySelector(`[data-day="${day}"]`));
      if (button) describe(button, coverageOf(found));
    }
  }

  #focus() {
    /** @type {HTMLElement | null} */ (this.#body.querySelector(`[data-day="${this.#focused}"]`))?.focus();
  }
}

/** @param {HTMLElement} button @param {{share: number | null, sizeBytes: number, recordedMs: number}} coverage */
function describe(button, { share, sizeBytes, recordedMs }) {
  const bar = /** @type {HTMLElement} */ (button.querySelector(".cal-bar"));
  const isEmpty = recordedMs <= 0;
  button.classList.toggle("is-empty", isEmpty);
  bar.style.setProperty("--share", String(isEmpty ? 0 : Math.max(0.06, share ?? 0)));
  const percent = Math.round((share ?? 0) * 100);
  const words = isEmpty
    ? "no footage"
    : `${percent < 1 ? "less than 1" : percent} % recorded, ${bytesWords(sizeBytes)}`;
  const date = (button.getAttribute("aria-label") ?? "").split(":")[0];
  button.setAttribute("aria-label", `${date}: ${words}`);
  button.title = words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {Element} target */
function dayOf(target) {
  const button = /** @type {HTMLElement | null} */ (target.closest("[data-day]"));
  return button ? Number(button.dataset.day) : null;
}

/** @param {string} text */
function headCell(text) {
  const cell = document.createElement("th");
  cell.scope = "col";
  cell.textContent = text.slice(0, 3);
  return cell;
}

/** 1 Monday … 7 Sunday, by the reader's locale. */
function firstWeekday() {
  const locale = /** @type {any} */ (new Intl.Locale(navigator.language));
  return Number((locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1);
}
