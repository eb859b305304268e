/**
 * The hours of a week, as they are stored ({"0": [["08:00", "18:00"]]}, Monday first) and as people write them ("08:00-18:00, 20:00-22:00"). Pure.
 *
 * @typedef {Record<string, [string, string][]>} Week
 */

export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAY_MINUTES = 24 * 60;
const TIME = /^(\d{1,2})(?:[:.](\d{2}))?$/;

/** @param {Week} week @param {number} day */
export function toLine(week, day) {
  return (week[day] ?? []).map((hours) => hours.join("-")).join(", ");
}

/**
 * "8-12, 13:30–18" is understood too.
 *
 * @param {string} line
 * @returns {{hours: [string, string][], problem: string}} no hours when there is a problem
 */
export function parseLine(line) {
  /** @type {[string, string][]} */
  const hours = [];
  for (const piece of line.split(/[,;]/).map((text) => text.trim())) {
    if (!piece) continue;
    const ends = piece.split(/\s*[-–—]\s*|\s+to\s+/);
    if (ends.length !== 2) return { hours: [], problem: `“${piece}” is no range: write it as 08:00-18:00` };
    const [start, end] = ends.map(parseTime);
    if (start === null || start === "24:00")
      return { hours: [], problem: `“${ends[0]}” is no time of day to start at: write it as 08:30` };
    if (end === null) return { hours: [], problem: `“${ends[1]}” is no time of day: write it as 18:30` };
    hours.push([start, end]);
  }
  return { hours, problem: "" };
}

/** Days without hours are left out. @param {string[]} lines one a day @returns {{week: Week, problems: string[]}} a problem or "" a day */
export function parseWeek(lines) {
  /** @type {Week} */
  const week = {};
  const problems = lines.map((line, day) => {
    const { hours, problem } = parseLine(line);
    if (hours.length) week[day] = hours;
    return problem;
  });
  return { week, problems };
}

/**
 * What of a day is covered, also by what began the evening before, in parts of the day from 0 to 1.
 *
 * @param {Week} week @param {number} day @returns {{start: number, end: number}[]}
 */
export function covered(week, day) {
  const own = (week[day] ?? []).map(minutes).map(([start, end]) => [start, Math.min(end, DAY_MINUTES)]);
  const before = (week[(day + 6) % 7] ?? [])
    .map(minutes)
    .filter(([, end]) => end > DAY_MINUTES)
    .map(([, end]) => [0, end - DAY_MINUTES]);
  return [...before, ...own].map(([start, end]) => ({ start: start / DAY_MINUTES, end: end / DAY_MINUTES }));
}

/** An end that is not after its start is one of the next day. @param {[string, string]} hours @returns {[number, number]} */
function minutes([from, until]) {
  const [start, end] = [from, until].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
  return [start, end <= start ? end + DAY_MINUTES : end];
}

/** @param {string} text @returns {string | null} "08:30" */
function parseTime(text) {
  const found = TIME.exec(text.trim());
  if (!found) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  if (minute > 59 || hour * 60 + minute > DAY_MINUTES) return null;
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}
