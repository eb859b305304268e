/** Times and lengths as people of a locale read them, in one time zone. Pure. */

/** @import { Step } from "./ticks.js" @import { Zone } from "./zone.js" */

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

export class TimeWords {
  zone;
  #locale;
  /** @type {Map<string, Intl.DateTimeFormat>} */
  #formats = new Map();
  /** @type {Map<string, string>} */
  #labels = new Map();

  /** @param {Zone} zone @param {string} [locale] the browser's when left out */
  constructor(zone, locale) {
    this.zone = zone;
    this.#locale = locale;
  }

  /** "14:03:22" @param {number} atMs */
  time(atMs) {
    return this.#format(atMs, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  }

  /** "14:03:22.125" @param {number} atMs */
  exactTime(atMs) {
    return this.#format(atMs, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  }

  /** "14:00" @param {number} atMs */
  hour(atMs) {
    return this.#format(atMs, { hour: "2-digit", minute: "2-digit" });
  }

  /** "Sun, 22 Nov 2026" @param {number} atMs */
  date(atMs) {
    return this.#format(atMs, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  }

  /** "Sunday, 22 November 2026" @param {number} atMs */
  longDate(atMs) {
    return this.#format(atMs, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  }

  /** "November 2026" @param {number} atMs */
  month(atMs) {
    return this.#format(atMs, { month: "long", year: "numeric" });
  }

  /** "Mo" … "Su" @param {number} atMs */
  weekday(atMs) {
    return this.#format(atMs, { weekday: "short" });
  }

  /** With the date unless both are on the day of `todayMs`. @param {number} startMs @param {number} endMs @param {number} todayMs */
  span(startMs, endMs, todayMs) {
    const [first, last, today] = [startMs, endMs, todayMs].map((atMs) => this.zone.dayOf(atMs));
    const start =
      first === today && last === today ? this.time(startMs) : `${this.shortDate(startMs)}, ${this.time(startMs)}`;
    return `${start} – ${first === last ? "" : `${this.shortDate(endMs)}, `}${this.time(endMs)}`;
  }

  /** "22 Nov" @param {number} atMs */
  shortDate(atMs) {
    return this.#format(atMs, { day: "numeric", month: "short" });
  }

  /** "GMT+1" @param {number} atMs */
  offset(atMs) {
    const parts = this.#formatOf({ timeZoneName: "short" }).formatToParts(atMs);
    return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  }

  /** Of a line of the ruler, kept. @param {Step} step @param {number} atMs */
  label(step, atMs) {
    const key = `${step.unit}${step.ms}/${atMs}`;
    let label = this.#labels.get(key);
    if (label === undefined) {
      if (this.#labels.size > 2_000) this.#labels.clear();
      label = this.#label(step, atMs);
      this.#labels.set(key, label);
    }
    return label;
  }

  /** Of the second row. @param {Step} context @param {number} atMs */
  context(context, atMs) {
    if (context.unit === "day") return this.date(atMs);
    return context.unit === "month" ? this.month(atMs) : this.#format(atMs, { year: "numeric" });
  }

  /** @param {Step} step @param {number} atMs */
  #label(step, atMs) {
    if (step.unit === "day") return this.#format(atMs, { weekday: "short", day: "numeric" });
    if (step.unit === "week") return this.shortDate(atMs);
    if (step.unit === "month") return this.#format(atMs, { month: "short" });
    if (step.ms >= MINUTE) return this.#format(atMs, { hour: "2-digit", minute: "2-digit" });
    if (step.ms >= 1000) return this.time(atMs);
    return this.#format(atMs, { minute: "2-digit", second: "2-digit", fractionalSecondDigits: 1 });
  }

  /** @param {number} atMs @param {Intl.DateTimeFormatOptions} options */
  #format(atMs, options) {
    return this.#formatOf(options).format(atMs);
  }

  /** @param {Intl.DateTimeFormatOptions} options */
  #formatOf(options) {
    const key = JSON.stringify(options);
    let format = this.#formats.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.#locale, { ...options, timeZone: this.zone.name });
      this.#formats.set(key, format);
    }
    return format;
  }
}

/** "1 min 50 s": the two largest units that say something. @param {number} ms */
export function lengthWords(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ].filter(([count]) => count);
  return parts
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** How much time the page shows, for its zoom buttons: "6 hours". @param {number} ms */
export function zoomWords(ms) {
  const [unit, count] =
    ms >= 2 * DAY
      ? ["day", ms / DAY]
      : ms >= HOUR
        ? ["hour", ms / HOUR]
        : ms >= MINUTE
          ? ["minute", ms / MINUTE]
          : ["second", ms / 1000];
  const rounded = Number(count.toPrecision(count < 10 ? 2 : 3));
  return `${rounded} ${unit}${rounded === 1 ? "" : "s"}`;
}

const KINDS = /** @type {Record<string, string>} */ ({
  deleted: "Deleted",
  schedule_off: "Not scheduled",
  camera_down: "Camera down",
  write_failure: "Could not be written",
  overload: "Recorder overloaded",
  off: "Recording off",
  clock_set: "Clock put ahead",
  unknown: "No footage",
});

/** A gap in words: the server's, which say all, or else what its kind is called. @param {{kind: string, text: string}} gap */
export function gapWords({ kind, text }) {
  return text ? text.charAt(0).toUpperCase() + text.slice(1) : (KINDS[kind] ?? KINDS.unknown);
}
