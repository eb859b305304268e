import assert from "node:assert/strict";
import { test } from "node:test";
import { covered, parseLine, parseWeek, toLine } from "../../static/js/motion/hours.js";

test("a line is read as people write it, and written as it is stored", () => {
  assert.deepEqual(parseLine("08:00-12:00, 13:30-18:00").hours, [
    ["08:00", "12:00"],
    ["13:30", "18:00"],
  ]);
  assert.deepEqual(parseLine(" 8 – 12; 22.30 to 6 ").hours, [
    ["08:00", "12:00"],
    ["22:30", "06:00"],
  ]);
  assert.deepEqual(parseLine("0-24").hours, [["00:00", "24:00"]]);
  assert.deepEqual(parseLine("  "), { hours: [], problem: "" });
  assert.equal(
    toLine(
      {
        2: [
          ["08:00", "12:00"],
          ["13:00", "18:00"],
        ],
      },
      2,
    ),
    "08:00-12:00, 13:00-18:00",
  );
  assert.equal(toLine({}, 2), "");
});

test("what is no range says what", () => {
  for (const [line, word] of [
    ["8", "“8” is no range"],
    ["8-9-10", "no range"],
    ["25-26", "“25”"],
    ["08:60-09:00", "“08:60”"],
    ["08:00-24:01", "“24:01”"],
    ["24-8", "“24”"],
    ["a-b", "“a”"],
  ])
    assert.ok(parseLine(line).problem.includes(word), line);
});

test("a week has the days with hours, and a problem per day", () => {
  const { week, problems } = parseWeek(["8-12", "", "x", "", "", "", "22-6"]);
  assert.deepEqual(week, { 0: [["08:00", "12:00"]], 6: [["22:00", "06:00"]] });
  assert.deepEqual(
    problems.map((problem) => problem !== ""),
    [false, false, true, false, false, false, false],
  );
});

test("the night before reaches into the day, also from Sunday to Monday", () => {
  const week = /** @type {const} */ ({ 6: [["18:00", "06:00"]], 0: [["12:00", "24:00"]] });
  assert.deepEqual(covered(/** @type {any} */ (week), 0), [
    { start: 0, end: 0.25 },
    { start: 0.5, end: 1 },
  ]);
  assert.deepEqual(covered(/** @type {any} */ (week), 6), [{ start: 0.75, end: 1 }]);
  assert.deepEqual(covered({ 1: [["00:00", "00:00"]] }, 1), [{ start: 0, end: 1 }]);
});
