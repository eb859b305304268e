import assert from "node:assert/strict";
import { test } from "node:test";
import {
  areaText,
  boundsOf,
  cornerAt,
  holds,
  isUsable,
  movedArea,
  parseArea,
  pointAt,
  rectangleOf,
  shareOf,
  stretchedArea,
  withCorner,
} from "../../static/js/area-search/area.js";
import { binLength, binsOf } from "../../static/js/area-search/bins.js";
import { lastOf, parsePlace, placeQuery } from "../../static/js/area-search/place.js";
import { SearchRun } from "../../static/js/area-search/search-run.js";
import { outcomeWords, shareWords, unknownWords } from "../../static/js/area-search/search-words.js";
import { foundIn, parseSearched, stretchesOf, totalsOf } from "../../static/js/area-search/stretches.js";
import { Zone } from "../../static/js/timeline/zone.js";

/** @import { Area } from "../../static/js/area-search/area.js" */

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const NOW = Date.parse("2026-11-22T14:00Z");
const berlin = new Zone("Europe/Berlin");

test("a rectangle is the same from whichever corner it is drawn, and ends with the picture", () => {
  const area = rectangleOf([0.5, 0.8], [0.2, 0.4]);
  assert.deepEqual(area, rectangleOf([0.2, 0.8], [0.5, 0.4]));
  assert.deepEqual(boundsOf(rectangleOf([-3, 0.4], [0.5, 7])), { left: 0, right: 0.5, top: 0.4, bottom: 1 });
  assert.ok(Math.abs(shareOf(area) - 0.12) < 1e-9);
});

test("a slip of the hand is no area", () => {
  assert.ok(isUsable(rectangleOf([0.1, 0.1], [0.2, 0.2])));
  assert.ok(!isUsable(rectangleOf([0.1, 0.1], [0.101, 0.5])));
  assert.ok(!isUsable([pointAt(0.1, 0.1), pointAt(0.9, 0.9)]));
  assert.ok(!isUsable([pointAt(0.1, 0.1), pointAt(0.5, 0.5), pointAt(0.9, 0.9)]));
});

test("an area is moved and stretched as far as the picture goes, and keeps its shape", () => {
  const area = rectangleOf([0.2, 0.2], [0.4, 0.5]);
  assert.deepEqual(boundsOf(movedArea(area, 0.9, -0.9)), { left: 0.8, right: 1, top: 0, bottom: 0.3 });
  assert.deepEqual(boundsOf(stretchedArea(area, 0.1, 9)), { left: 0.2, right: 0.5, top: 0.2, bottom: 1 });
  const least = boundsOf(stretchedArea(area, -9, -9));
  assert.ok(least.right > least.left && least.bottom > least.top);
});

test("corners are found and moved, and a point inside is inside", () => {
  const area = rectangleOf([0.2, 0.2], [0.4, 0.5]);
  assert.equal(cornerAt(area, [0.395, 0.21], [0.02, 0.02]), 1);
  assert.equal(cornerAt(area, [0.3, 0.3], [0.02, 0.02]), -1);
  assert.deepEqual(withCorner(area, 1, [1.5, 0.1])[1], [1, 0.1]);
  assert.ok(holds(area, [0.3, 0.3]));
  assert.ok(!holds(area, [0.5, 0.3]));
});

test("the address restores camera, time and area", () => {
  const place = {
    camera: "door",
    last: "",
    startMs: NOW - DAY,
    endMs: NOW,
    area: /** @type {Area} */ (rectangleOf([0.1, 0.2], [0.5, 0.6])),
  };
  assert.deepEqual(parsePlace(placeQuery(place), NOW), place);
  const today = { camera: "door", ...lastOf("week", NOW), area: null };
  assert.deepEqual(parsePlace(placeQuery(today), NOW), today);
  assert.equal(placeQuery(place).includes("%"), false);
});

test("an address typed by hand is set right", () => {
  for (const search of ["", "?last=ages", "?start=2026-01-01&end=2020-01-01", "?start=1990-01-01&end=2026-01-01"]) {
    const { startMs, endMs, last } = parsePlace(search, NOW);
    assert.deepEqual([startMs, endMs, last], [NOW - DAY, NOW, "day"]);
  }
  for (const text of ["", "1,2,3", "0.1,0.2;0.3,0.4", "a,b;c,d;e,f", "0,0;2,0;0,1"])
    assert.equal(parseArea(text), null);
  assert.equal(areaText(parseArea("0,0;1,0;0,1") ?? []), "0,0;1,0;0,1");
});

test("a long time is searched in days, the newest first", () => {
  const stretches = stretchesOf(NOW - 2.5 * DAY, NOW);
  assert.deepEqual(
    stretches.map(({ startMs, endMs }) => (endMs - startMs) / DAY),
    [1, 1, 0.5],
  );
  assert.equal(stretches[0].endMs, NOW);
});

/** @param {number} startMs @param {number} endMs @param {number[][]} spans @param {number} [unknownMs] */
function searched(startMs, endMs, spans, unknownMs = 0) {
  const answer = {
    spans: spans.map(([start_ms, end_ms, score = 50, share = 0.5]) => ({ start_ms, end_ms, score, share })),
    not_analysed_ms: unknownMs,
    searched: { start_ms: startMs, end_ms: endMs },
  };
  return parseSearched(answer, { startMs, endMs });
}

test("what goes on across a border is found once", () => {
  const border = NOW - DAY;
  const parts = [
    searched(border, NOW, [
      [border, border + MINUTE, 80],
      [NOW - HOUR, NOW - HOUR + MINUTE],
    ]),
    searched(border - DAY, border, [[border - MINUTE, border, 20, 0.9]], 2 * HOUR),
  ];
  const found = foundIn(parts);
  assert.equal(found.length, 2);
  assert.deepEqual(found[1], { startMs: border - MINUTE, endMs: border + MINUTE, score: 80, share: 0.9 });
  const all = { searchedMs: 2 * DAY, recordedMs: 2 * DAY, notAnalysedMs: 2 * HOUR };
  assert.deepEqual(totalsOf(parts, null), all);
  const footage = [{ startMs: border - HOUR, endMs: border + HOUR }];
  assert.deepEqual(totalsOf(parts, footage), { ...all, recordedMs: 2 * HOUR });
});

test("bins are as long as people count, and begin on the wall clock", () => {
  assert.deepEqual([HOUR, DAY, 7 * DAY, 30 * DAY].map(binLength), [
    MINUTE,
    HOUR / 2 + HOUR / 2,
    3 * HOUR,
    12 * HOUR * 2,
  ]);
  const span = { startMs: NOW - DAY, endMs: NOW };
  const found = [{ startMs: NOW - 90 * MINUTE, endMs: NOW - 50 * MINUTE, score: 9, share: 1 }];
  const parts = [searched(span.startMs, span.endMs, [], 6 * HOUR)];
  const bins = binsOf(span, found, parts, null, berlin);
  assert.equal(bins.length, 24);
  assert.deepEqual(
    bins.slice(-2).map(({ count, movedMs }) => [count, movedMs / MINUTE]),
    [
      [1, 30],
      [0, 10],
    ],
  );
  assert.ok(bins.every(({ unknown }) => Math.abs(unknown - 0.25) < 1e-9));
  const recorded = binsOf(span, found, parts, [{ startMs: NOW - 12 * HOUR, endMs: NOW }], berlin);
  assert.deepEqual(
    [recorded[0], recorded[23]].map(({ unknown }) => unknown),
    [1, 0.5],
  );
});

test("bins of days keep to midnight when the clock is changed", () => {
  const span = { startMs: Date.parse("2026-10-01T22:00Z"), endMs: Date.parse("2026-11-20T23:00Z") };
  const bins = binsOf({ ...span, endMs: span.startMs + 66 * DAY }, [], [], null, berlin);
  assert.ok(bins.every(({ startMs }) => berlin.toWall(startMs) % DAY === 0));
  assert.ok(bins.some(({ startMs, endMs }) => endMs - startMs === 25 * HOUR));
  assert.ok(bins.every(({ endMs }, at) => at + 1 === bins.length || bins[at + 1].startMs === endMs));
});

const span = { startMs: NOW - 3 * DAY, endMs: NOW };
const nothing = { spans: [], not_analysed_ms: 0 };
const noFootage = async () => [];

test("a search goes on to its end, stops when told, and says why it failed", async () => {
  let asked = 0;
  const whole = new SearchRun(
    span,
    async () => {
      asked += 1;
      return nothing;
    },
    noFootage,
  );
  await whole.run();
  assert.deepEqual([asked, whole.progress, whole.trouble, whole.footage], [3, 1, "", []]);
  const stopped = new SearchRun(span, async () => nothing, noFootage);
  stopped.addEventListener("progress", () => stopped.stop());
  await stopped.run();
  assert.equal(stopped.parts.length, 1);
  const broken = new SearchRun(
    span,
    async ({ startMs }) => {
      if (startMs < NOW - DAY) throw new Error("The database is locked.");
      return nothing;
    },
    async () => {
      throw new Error("not this either");
    },
  );
  await broken.run();
  assert.deepEqual([broken.parts.length, broken.trouble, broken.footage], [1, "The database is locked.", null]);
});

test("what the server left for want of time is asked for once more", async () => {
  /** @type {number[][]} */
  const asked = [];
  const run = new SearchRun(
    { startMs: NOW - DAY, endMs: NOW },
    async ({ startMs, endMs }) => {
      asked.push([startMs, endMs]);
      return { ...nothing, searched: { start_ms: Math.max(startMs, endMs - 10 * HOUR), end_ms: endMs } };
    },
    noFootage,
  );
  await run.run();
  assert.deepEqual(asked, [
    [NOW - DAY, NOW],
    [NOW - DAY, NOW - 10 * HOUR],
    [NOW - DAY, NOW - 20 * HOUR],
  ]);
  assert.equal(run.progress, 1);
});

test("the outcome is told as people would", () => {
  const totals = { searchedMs: DAY, recordedMs: DAY, notAnalysedMs: 0 };
  const state = { ...totals, count: 0, isOver: true, isStopped: false };
  assert.equal(outcomeWords(state), "Nothing moved here.");
  assert.equal(outcomeWords({ ...state, count: 1 }), "Something moved here once.");
  assert.equal(
    outcomeWords({ ...state, count: 12, isStopped: true }),
    "Something moved here 12 times in the newest 1 d; stopped there.",
  );
  assert.equal(outcomeWords({ ...state, notAnalysedMs: DAY }), "Nothing is known of that time.");
  assert.equal(outcomeWords({ ...state, recordedMs: 0 }), "There is no footage of that time.");
  assert.equal(outcomeWords({ ...state, isOver: false, count: 2 }), "Twice so far …");
  assert.equal(unknownWords(totals), "");
  assert.match(unknownWords({ ...totals, notAnalysedMs: DAY }), /^None of the footage was looked through/);
  assert.match(
    unknownWords({ ...totals, recordedMs: HOUR, notAnalysedMs: 600_000 }),
    /^There is footage of 1 h of these 1 d\. 10 min of the footage were not looked through/,
  );
  assert.equal(shareWords({ startMs: 0, endMs: 1, score: 1, share: 0.001 }), "1 % of the area");
});
