/** Days and months of a calendar page. Pure. A day is a number: days since 1970 on the wall calendar. */

const DAY_MS = 86_400_000;

/** @typedef {{year: number, month: number}} Month `month` counts from 0 */

/** @param {number} day @returns {Month} */
export function monthOf(day) {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() };
}

/** @param {Month} month @param {number} months @returns {Month} */
export function monthsLater({ year, month }, months) {
  const count = year * 12 + month + months;
  return { year: Math.floor(count / 12), month: ((count % 12) + 12) % 12 };
}

/** @param {Month} month */
export function firstDayOf({ year, month }) {
  return Date.UTC(year, month, 1) / DAY_MS;
}

/**
 * The weeks of a month, with the days of the months around it that share a week with it.
 *
 * @param {Month} month @param {number} firstWeekday 1 Monday … 7 Sunday @returns {number[][]}
 */
export function weeksOf(month, firstWeekday) {
  const first = firstDayOf(month);
  const end = firstDayOf(monthsLater(month, 1));
  // 1970-01-01 was a Thursday, the fourth weekday.
  const weekday = ((((first + 3) % 7) + 7) % 7) + 1;
  const weeks = [];
  for (let day = first - ((weekday - firstWeekday + 7) % 7); day < end; day += 7) {
    weeks.push(Array.from({ length: 7 }, (_, index) => day + index));
  }
  return weeks;
}

/** The same day of another month, or that month's last one. @param {number} day @param {number} months */
export function dayInMonth(day, months) {
  const from = monthOf(day);
  const to = monthsLater(from, months);
  const last = firstDayOf(monthsLater(to, 1)) - 1;
  return Math.min(last, firstDayOf(to) + (day - firstDayOf(from)));
}

/** "2026-11-22" @param {number} day */
export function isoDay(day) {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/**
 * What several cameras have of a day: the mean of their shares, the sum of their bytes. A camera that had nothing to record doesn't count.
 *
 * @param {{share: number | null, size_bytes: number, recorded_ms: number}[]} days one for each camera
 * @returns {{share: number | null, sizeBytes: number, recordedMs: number}}
 */
export function coverageOf(days) {
  const shares = days.map(({ share }) => share).filter((share) => share !== null);
  return {
    share: shares.length ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null,
    sizeBytes: days.reduce((sum, day) => sum + day.size_bytes, 0),
    recordedMs: Math.max(0, ...days.map((day) => day.recorded_ms)),
  };
}

/** "3.4 GB" @param {number} bytes */
export function bytesWords(bytes) {
  for (const [unit, size] of /** @type {const} */ ([
    ["TB", 1e12],
    ["GB", 1e9],
    ["MB", 1e6],
  ])) {
    if (bytes >= size) return `${Number((bytes / size).toPrecision(2))} ${unit}`;
  }
  return `${Math.round(bytes / 1e3)} kB`;
}
