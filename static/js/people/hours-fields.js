/** Hours of a week in a form: at all hours, or a line of text for each day. */

import { button, element } from "../exports/dom.js";
import { DAYS, parseWeek, toLine } from "../motion/hours.js";
import { check, field, textInput } from "../notifications/form-dialog.js";

/** @import { Week } from "../motion/hours.js" */

const WEEKDAYS = 5;

/**
 * @param {Week | null} week null is at all hours
 * @param {string} timeZone
 * @returns {{nodes: HTMLElement[], week: () => Week | null}} `week` throws words for the person
 */
export function hoursFields(week, timeZone) {
  const only = check("Only at certain hours", week !== null);
  const group = element("fieldset", "notify-group");
  const lines = DAYS.map((name, day) => {
    const input = textInput("text", week ? toLine(week, day) : "", "not at all");
    return { input, row: field(name, input) };
  });
  const copy = (/** @type {number} */ count) => {
    for (const { input } of lines.slice(1, count)) input.value = lines[0].input.value;
  };
  const copies = element("div", "notify-actions");
  copies.append(
    button("Monday’s for all weekdays", "redo", () => copy(WEEKDAYS)),
    button("Monday’s for all days", "redo", () => copy(DAYS.length)),
  );
  group.append(
    element("legend", "", "Hours"),
    element("p", "field-help", `As in 08:00-18:00, or 8-12, 13-17. By the clock in ${timeZone.replaceAll("_", " ")}.`),
    ...lines.map(({ row }) => row),
    copies,
  );
  const show = () => {
    group.hidden = !only.input.checked;
  };
  only.input.addEventListener("change", show);
  show();
  return {
    nodes: [only.row, group],
    week: () => (only.input.checked ? read(lines.map(({ input }) => input.value)) : null),
  };
}

/** @param {string[]} lines @returns {Week} */
function read(lines) {
  const { week, problems } = parseWeek(lines);
  const day = problems.findIndex(Boolean);
  if (day >= 0) throw new Error(`On ${DAYS[day]}, ${problems[day]}`);
  if (Object.keys(week).length === 0) throw new Error("Give the hours of one day at least, or allow it at all hours.");
  return week;
}
