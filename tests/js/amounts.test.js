import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clockText,
  daysUpTo,
  rateText,
  ruleText,
  sizeText,
  spanText,
  stacked,
} from "../../static/js/storage/amounts.js";

test("sizes have two or three figures and decimal units", () => {
  assert.deepEqual([0, 999, 1500, 12_340_000, 999_600_000, 5e11, 1.25e13].map(sizeText), [
    "0 bytes",
    "999 bytes",
    "1.5 kB",
    "12.3 MB",
    "1.0 GB",
    "500 GB",
    "12.5 TB",
  ]);
});

test("rates are in megabits a second, and nothing is nothing", () => {
  assert.deepEqual([0, 500_000, 5_000_000].map(rateText), ["nothing", "4.0 Mbit/s", "40 Mbit/s"]);
});

test("spans of time are told in the unit people would use", () => {
  const hour = 3_600_000;
  assert.deepEqual([10_000, 60_000, 2 * hour, 47 * hour, 72 * hour, 24 * 200 * hour].map(spanText), [
    "less than a minute",
    "1 minute",
    "2 hours",
    "47 hours",
    "3 days",
    "7 months",
  ]);
});

test("series lie upon each other, and a day without footage has no height of its own", () => {
  const first = {
    days: [
      { day: "2026-11-01", size_bytes: 5 },
      { day: "2026-11-02", size_bytes: 7 },
    ],
  };
  const second = { days: [{ day: "2026-11-02", size_bytes: 1 }] };
  assert.deepEqual(stacked([first, second], ["2026-11-01", "2026-11-02", "2026-11-03"]), [
    [5, 7, 0],
    [5, 8, 0],
  ]);
});

test("days end with today and cross months", () => {
  assert.deepEqual(daysUpTo(Date.UTC(2026, 2, 1, 12), 3), ["2026-02-27", "2026-02-28", "2026-03-01"]);
});

test("every rule of retention is told in words", () => {
  const rules = ["no motion", "age", "camera bytes", "volume bytes", "free space", "total bytes"];
  assert.equal(ruleText("no motion"), "nothing moved in it");
  assert.ok(rules.every((rule) => ruleText(rule) !== rule));
});

test("a clock that went ahead is told with what it says, to be compared", () => {
  const words = clockText(3 * 24 * 3_600_000, Date.UTC(2028, 4, 3, 12, 0));
  assert.match(words, /went ahead by 3 days\. It now says .*2028/);
  assert.match(words, /no footage is deleted/);
});
