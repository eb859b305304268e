import assert from "node:assert/strict";
import { test } from "node:test";

import { reasonText, standingText, summaryText, weekText, whenText } from "../../static/js/people/words.js";

const timeText = (/** @type {Date} */ at) => at.toISOString().slice(0, 10);
/** @param {object} change @returns {any} */
const grant = (change) => ({
  id: 1,
  user: 4,
  user_group: null,
  camera: "door",
  camera_group: null,
  action: "view",
  hours: null,
  valid_from: null,
  valid_until: null,
  who: "dora",
  what: "Door",
  ...change,
});

test("hours are said day by day, those that are alike together", () => {
  /** @type {[string, string][]} */
  const office = [["08:00", "18:00"]];
  assert.equal(weekText({ 0: office, 1: office, 2: office, 3: office, 4: office }), "Monday to Friday 08:00-18:00");
  assert.equal(weekText({ 5: [["00:00", "24:00"]], 6: [["00:00", "24:00"]] }), "Saturday and Sunday all day");
  assert.equal(weekText({ 0: office, 2: [["22:00", "06:00"]] }), "Monday 08:00-18:00; Wednesday 22:00-06:00");
  const day = /** @type {[string, string][]} */ ([
    ["09:00", "12:00"],
    ["13:00", "17:00"],
  ]);
  assert.equal(
    weekText(Object.fromEntries([0, 1, 2, 3, 4, 5, 6].map((n) => [n, day]))),
    "every day 09:00-12:00, 13:00-17:00",
  );
});

test("when a right counts", () => {
  assert.equal(whenText(grant({}), timeText), "at all times");
  const limited = grant({
    hours: { 6: [["08:00", "09:00"]] },
    valid_from: "2026-01-02T00:00:00Z",
    valid_until: "2026-02-03T00:00:00Z",
  });
  assert.equal(whenText(limited, timeText), "Sunday 08:00-09:00, from 2026-01-02, until 2026-02-03");
});

test("why something may be done", () => {
  assert.equal(reasonText("view", grant({})), "granted to dora on Door");
  const through = grant({
    user: null,
    user_group: 2,
    who: "Family",
    camera: null,
    camera_group: 3,
    what: "Outside",
    action: "export",
  });
  assert.equal(
    reasonText("view", through),
    "included in “Export”, granted to everybody in “Family” on the cameras of “Outside”",
  );
});

test("what may be done now, in few words", () => {
  /** @param {string[]} actions @returns {any} */
  const rights = (actions) => actions.map((action) => ({ action, is_allowed: true, reasons: [] }));
  assert.equal(summaryText([]), "Nothing at the moment");
  assert.equal(summaryText([{ action: "view", is_allowed: false, reasons: [] }]), "Nothing at the moment");
  assert.equal(summaryText(rights(["view"])), "See it live");
  assert.equal(summaryText(rights(["view", "hear", "ptz"])), "See it live, hear it and turn it");
  const all = ["view", "hear", "playback", "export", "protect", "delete", "ptz", "talk", "configure"];
  assert.equal(summaryText(rights(all)), "Everything");
  assert.equal(standingText("now"), "");
  assert.equal(standingText("closed"), "not at this hour");
});
