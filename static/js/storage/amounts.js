/** Amounts and times of storage in words. Pure: the time comes in. */

const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Decimal units, as disks are sold. @param {number} bytes */
export function sizeText(bytes) {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toPrecision(value >= 9.95 ? 3 : 2)} ${UNITS[unit]}`;
}

/** @param {number} bytesPerSecond */
export function rateText(bytesPerSecond) {
  const megabits = (bytesPerSecond * 8) / 1e6;
  if (megabits === 0) return "nothing";
  return `${megabits < 9.95 ? megabits.toFixed(1) : Math.round(megabits)} Mbit/s`;
}

/** How long until a moment; "now" when it has come. @param {number} ms */
export function spanText(ms) {
  if (ms < 60_000) return "less than a minute";
  if (ms < HOUR_MS) return plural(Math.round(ms / 60_000), "minute");
  if (ms < 2 * DAY_MS) return plural(Math.round(ms / HOUR_MS), "hour");
  if (ms < 90 * DAY_MS) return plural(Math.round(ms / DAY_MS), "day");
  return plural(Math.round(ms / (30.44 * DAY_MS)), "month");
}

/**
 * What is to be said of a clock that went ahead and is not believed: to the minute, for who reads it on another day.
 * @param {number} aheadMs @param {number} nowMs what it says
 */
export function clockText(aheadMs, nowMs) {
  const says = new Date(nowMs).toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
  return (
    `The clock of the recorder went ahead by ${spanText(aheadMs)}. It now says ${says}. ` +
    "Until you confirm that, or set the clock, no footage is deleted for being too old by it."
  );
}

/** Why footage goes. @param {string} rule */
export function ruleText(rule) {
  const words = /** @type {Record<string, string>} */ ({
    "no motion": "nothing moved in it",
    age: "it is as old as it may get",
    "camera bytes": "the camera may take no more",
    "volume bytes": "the volume may take no more",
    "free space": "the disk gets full",
    "total bytes": "all footage may take no more",
  });
  return words[rule] ?? rule;
}

/**
 * Stacks series day by day, so that each is drawn from what lies below it.
 *
 * @param {{days: {day: string, size_bytes: number}[]}[]} series
 * @param {string[]} days
 * @returns {number[][]} per series the upper edge of its part, in bytes
 */
export function stacked(series, days) {
  const height = days.map(() => 0);
  return series.map((one) => {
    const sizes = new Map(one.days.map((entry) => [entry.day, entry.size_bytes]));
    return days.map((day, index) => {
      height[index] += sizes.get(day) ?? 0;
      return height[index];
    });
  });
}

/** The UTC days up to and with the one of a moment, oldest first. @param {number} nowMs @param {number} count */
export function daysUpTo(nowMs, count) {
  return Array.from({ length: count }, (_, index) =>
    new Date(nowMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

/** @param {number} count @param {string} noun */
function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
