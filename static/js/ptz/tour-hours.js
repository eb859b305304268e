/**
 * The hours of a tour, as long as they are the same each day. Pure. Stored as of recording: per weekday "0" (Monday) to "6" a list of
 * ["HH:MM", "HH:MM"]; nothing at all means always.
 */

const DAYS = ["0", "1", "2", "3", "4", "5", "6"];

/** @param {Record<string, [string, string][]>} schedule @returns {[string, string] | null} ["", ""] for always, null when days differ */
export function dailyHours(schedule) {
  if (Object.keys(schedule).length === 0) return ["", ""];
  const first = schedule["0"]?.[0];
  const isDaily = DAYS.every((day) => schedule[day]?.length === 1 && schedule[day][0].join() === first?.join());
  return isDaily && first ? [first[0], first[1] === "24:00" ? "00:00" : first[1]] : null;
}

/** @param {string} from @param {string} until @returns {Record<string, [string, string][]> | null} null without both */
export function toSchedule(from, until) {
  if (!from || !until) return null;
  return Object.fromEntries(DAYS.map((day) => [day, [[from, until]]]));
}
