/** Making and changing a rule, in plain words. */

import { call } from "../api.js";
import { element } from "../exports/dom.js";
import { check, choice, field, formDialog, group, textInput } from "./form-dialog.js";
import { capital, DAYS, hoursOf, KINDS, lengthWords, names, scheduleOf } from "./rule-words.js";

/** @import { Hours, Rule } from "./rule-words.js" */
/** @import { Channel } from "./channel-words.js" */
/** @typedef {{kinds: string[], cameras: {slug: string, name: string}[], zones: string[], timeZone: string}} Facts */

const PAUSES = [0, 30, 60, 120, 300, 600, 1800, 3600];

/** @param {Rule | null} rule null for a new one @param {Facts} facts @param {Channel[]} channels @param {() => void} saved */
export function openRuleForm(rule, facts, channels, saved) {
  const name = textInput("text", rule?.name ?? "", "Nights, for example");
  name.maxLength = 60;
  const kinds = checks(
    facts.kinds.map((kind) => [kind, capital(KINDS[kind] ?? kind)]),
    rule?.kinds ?? ["motion", "camera_down"],
  );
  const end = check("Also when it is well again", rule?.tells_end ?? true);
  const where = whereFields(rule, facts);
  const motion = motionFields(rule, facts);
  const when = whenFields(rule, facts);
  const pause = pauseField(rule);
  const by = checks(
    channels.map((channel) => [String(channel.id), channel.name]),
    (rule?.channels ?? channels.map(({ id }) => id)).map(String),
  );
  const nodes = [
    field("Name", name),
    group("Tell me of", [...kinds.rows, end.row]),
    group("At", where.nodes),
    group("Of motion, only", motion.nodes),
    group("When", when.nodes),
    field("At most one message per camera in", pause.select, "What follows within a minute of a message comes as one."),
    group("By", by.rows.length ? by.rows : [element("p", "quiet small", "There is no channel yet: add one first.")]),
  ];
  formDialog(rule ? `Change “${rule.name}”` : "A new rule", nodes, {
    save: async () => {
      const body = {
        name: name.value.trim() || "My rule",
        kinds: kinds.chosen(),
        tells_end: end.input.checked,
        ...where.values(),
        ...motion.values(),
        ...when.values(),
        every_s: Number(pause.select.value),
        channels: by.chosen().map(Number),
      };
      if (body.channels.length === 0) throw new Error("Choose at least one way to be told.");
      const path = rule ? `notifications/rules/${rule.id}/` : "notifications/rules/";
      await call(path, { method: rule ? "PATCH" : "POST", body });
      saved();
    },
  });
}

/** @param {[string, string][]} options @param {string[]} chosen */
function checks(options, chosen) {
  const made = options.map(([value, text]) => ({ value, ...check(text, chosen.includes(value)) }));
  return {
    rows: made.map(({ row }) => row),
    chosen: () => made.filter(({ input }) => input.checked).map(({ value }) => value),
  };
}

/** @param {Rule | null} rule @param {Facts} facts */
function whereFields(rule, facts) {
  const all = check("All cameras that I may see, also those to come", rule?.is_all_cameras ?? true);
  const some = checks(
    facts.cameras.map(({ slug, name }) => [slug, name]),
    rule?.cameras ?? [],
  );
  const cameras = element("div", "notify-checks");
  cameras.append(...some.rows);
  const show = () => {
    cameras.hidden = all.input.checked;
  };
  all.input.addEventListener("change", show);
  show();
  return { nodes: [all.row, cameras], values: () => ({ is_all_cameras: all.input.checked, cameras: some.chosen() }) };
}

/** @param {Rule | null} rule @param {Facts} facts */
function motionFields(rule, facts) {
  const zones = textInput("text", rule?.zones.join(", ") ?? "", "anywhere");
  const labels = textInput("text", rule?.labels.join(", ") ?? "", "anything");
  const score = textInput("number", String(rule?.min_score ?? 0));
  score.min = "0";
  score.max = "100";
  const known = facts.zones.length ? ` There are ${facts.zones.join(", ")}.` : "";
  return {
    nodes: [
      field("In these zones", zones, `Names of zones, with commas between them.${known}`),
      field("Of these", labels, "What was recognised, such as person, car."),
      field("From this strength on", score, "0 to 100; 0 is all motion."),
    ],
    values: () => ({ zones: names(zones.value), labels: names(labels.value), min_score: Number(score.value) || 0 }),
  };
}

/** @param {Rule | null} rule @param {Facts} facts */
function whenFields(rule, facts) {
  const hours = hoursOf(rule?.schedule ?? {});
  const options = /** @type {[string, string][]} */ ([
    ["always", "At any time"],
    ["daily", "Only at these hours"],
  ]);
  if (hours.when === "other") options.push(["other", "As it is stored: hours of its own for each day"]);
  const when = choice(options, hours.when);
  when.setAttribute("aria-label", "When");
  const [start, end] = [textInput("time", hours.start), textInput("time", hours.end)];
  const days = checks(
    DAYS.map((day, number) => [String(number), day]),
    hours.days.map(String),
  );
  const zone = rule?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? facts.timeZone;
  const times = element("div", "notify-times");
  times.append(field("From", start), field("To", end));
  const week = element("div", "notify-checks notify-days");
  week.append(...days.rows);
  const detail = element("div", "notify-hours");
  detail.append(
    times,
    week,
    element("p", "field-help", `In the time of ${zone}. An end before the start is on the next day.`),
  );
  const show = () => {
    detail.hidden = when.value !== "daily";
  };
  when.addEventListener("change", show);
  show();
  return {
    nodes: [when, detail],
    values: () => {
      if (when.value === "other") return {};
      if (when.value === "always") return { schedule: {}, time_zone: zone };
      const chosen = /** @type {Hours} */ ({
        when: "daily",
        start: start.value,
        end: end.value,
        days: days.chosen().map(Number),
      });
      if (!chosen.start || !chosen.end || chosen.start === chosen.end)
        throw new Error("Give the hours: from when to when.");
      if (chosen.days.length === 0) throw new Error("Choose at least one day.");
      return { schedule: scheduleOf(chosen), time_zone: zone };
    },
  };
}

/** @param {Rule | null} rule */
function pauseField(rule) {
  const now = rule?.every_s ?? 60;
  const seconds = [...new Set([...PAUSES, now])].sort((one, other) => one - other);
  const options = seconds.map(
    (value) => /** @type {[string, string]} */ ([String(value), value ? lengthWords(value) : "no pause"]),
  );
  return { select: choice(options, String(now)) };
}
