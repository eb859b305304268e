import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bytesWords,
  coverageOf,
  dayInMonth,
  isoDay,
  monthOf,
  monthsLater,
  weeksOf,
} from "../../static/js/recordings/calendar-math.js";
import { beginAfter, noteAt, startedWords } from "../../static/js/recordings/footage-words.js";
import { parseAccount } from "../../static/js/timeline/account.js";
import { laneAt, laneLayout } from "../../static/js/timeline/lane-layout.js";
import { tileOf } from "../../static/js/timeline/previews.js";
import { runsOf } from "../../static/js/timeline/runs.js";
import { TimeWords } from "../../static/js/timeline/time-words.js";
import { Zone } from "../../static/js/timeline/zone.js";

const DAY = 86_400_000;
const day = (/** @type {string} */ iso) => Date.parse(`${iso}T00:00Z`) / DAY;
const words = new TimeWords(new Zone("UTC"), "en-GB");
const NOW = Date.parse("2026-11-22T14:00Z");

/** @param {number[][]} spans @param {any[][]} gaps @param {number | null} newest */
function account(spans, gaps, newest) {
  return parseAccount({
    start_ms: NOW - 3_600_000,
    end_ms: NOW,
    spans: spans.map(([start_ms, end_ms]) => ({ start_ms, end_ms })),
    gaps: gaps.map(([start_ms, end_ms, kind, text]) => ({ start_ms, end_ms, kind, text })),
    newest_ms: newest,
  });
}

test("a month in weeks, wherever the week begins", () => {
  const november = monthOf(day("2026-11-22"));
  const weeks = weeksOf(november, 1);
  assert.equal(isoDay(weeks[0][0]), "2026-10-26");
  assert.equal(isoDay(weeks[weeks.length - 1][6]), "2026-12-06");
  assert.equal(isoDay(weeksOf(november, 7)[0][0]), "2026-11-01");
  // February 2027 begins on a Monday and has four weeks.
  assert.equal(weeksOf({ year: 2027, month: 1 }, 1).length, 4);
  assert.deepEqual(monthsLater({ year: 2026, month: 11 }, 1), { year: 2027, month: 0 });
  assert.deepEqual(monthsLater({ year: 2026, month: 0 }, -1), { year: 2025, month: 11 });
  assert.equal(isoDay(dayInMonth(day("2027-01-31"), 1)), "2027-02-28");
});

test("cameras that had nothing to record don't make a day look worse", () => {
  const found = coverageOf([
    { share: 0.5, size_bytes: 10, recorded_ms: 5 },
    { share: null, size_bytes: 0, recorded_ms: 0 },
  ]);
  assert.deepEqual(found, { share: 0.5, sizeBytes: 10, recordedMs: 5 });
  assert.equal(bytesWords(3_400_000_000), "3.4 GB");
  assert.equal(bytesWords(900), "1 kB");
});

test("a moment without footage says why, and what one can do", () => {
  const down = account(
    [[NOW - 3_600_000, NOW - 60_000]],
    [[NOW - 60_000, NOW, "camera_down", "no answer"]],
    NOW - 60_000,
  );
  const door = { name: "Door", record: "continuous", account: down };
  assert.equal(noteAt([door], NOW - 120_000, NOW, words), null);
  assert.deepEqual(noteAt([door], NOW - 30_000, NOW, words), {
    title: "No footage at 13:59:30",
    text: "No answer",
    offer: "newest",
  });
  const off = { name: "Yard", record: "off", account: account([], [[NOW - 3_600_000, NOW, "off", ""]], null) };
  assert.equal(noteAt([off], NOW - 30_000, NOW, words)?.offer, "settings");
  assert.equal(noteAt([{ ...off, record: "continuous" }], NOW, NOW, words)?.title, "No footage yet");
  // The other one has a picture, and its own says why.
  assert.equal(noteAt([door, off], NOW - 120_000, NOW, words), null);
});

test("the newest seconds are on their way, not missing", () => {
  const fresh = account([[NOW - 60_000, NOW - 4_000]], [], NOW - 4_000);
  assert.equal(noteAt([{ name: "Door", record: "continuous", account: fresh }], NOW - 1_000, NOW, words), null);
});

test("before its first footage, one is led to where that begins", () => {
  const young = account([[NOW - 5_000, NOW]], [[NOW - 3_600_000, NOW - 5_000, "off", ""]], NOW);
  const old = account([[NOW - 3_600_000, NOW]], [], NOW);
  assert.equal(beginAfter([young], NOW - 8_000), NOW - 5_000);
  assert.equal(beginAfter([young], NOW - 1_000), null, "there is some");
  assert.equal(beginAfter([young, old], NOW - 8_000), null, "of the other one there is some");
  assert.equal(beginAfter([young, account([], [], null)], NOW - 8_000), null, "of the other one nothing is known yet");
  assert.equal(beginAfter([account([], [[NOW - 3_600_000, NOW, "off", ""]], null)], NOW - 8_000), null);
});

test("the first seconds of all footage are told", () => {
  const first = account([[NOW - 12_000, NOW]], [[NOW - 3_600_000, NOW - 12_000, "off", ""]], NOW);
  assert.equal(startedWords([first], NOW), "Recording started 12 s ago.");
  assert.equal(startedWords([account([[NOW - 3_600_000, NOW]], [], NOW)], NOW), "");
});

test("what no eye can tell apart is drawn once, and nothing is lost", () => {
  const view = { startMs: 0, spanMs: 100_000, widthPx: 100 };
  const many = Array.from({ length: 5_000 }, (_, index) => ({ startMs: index * 20, endMs: index * 20 + 19 }));
  assert.deepEqual(runsOf(many, view, 1), [0, 100]);
  const few = [
    { startMs: 10_000, endMs: 10_001 },
    { startMs: 50_000, endMs: 60_000 },
  ];
  assert.deepEqual(runsOf(few, view, 2), [20, 21, 100, 120]);
  assert.deepEqual(runsOf([{ startMs: -5_000, endMs: 500_000 }], view, 1), [0, 100]);
  assert.deepEqual(runsOf([], view, 1), []);
});

test("lanes are found by height", () => {
  const layout = laneLayout(3, false);
  assert.equal(laneAt(layout, 10), 0);
  assert.equal(laneAt(layout, layout.rulerPx + layout.lanePx * 1.5), 1);
  assert.equal(laneAt(layout, 9_999), 2);
  assert.ok(laneLayout(16, false).heightPx < 380);
});

test("a moment's tile on its sheet", () => {
  const strip = {
    startMs: 0,
    endMs: 60_000,
    everyMs: 5_000,
    columns: 4,
    rows: 3,
    tileWidth: 160,
    tileHeight: 90,
    url: "",
  };
  const image = /** @type {any} */ ({});
  assert.deepEqual(tileOf(strip, image, 27_000), { image, x: 160, y: 90, width: 160, height: 90 });
  assert.equal(tileOf(strip, image, 9_999_999).y, 180);
});
