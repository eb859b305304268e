import assert from "node:assert/strict";
import { test } from "node:test";
import { findEvent } from "../../static/js/recordings/event-seeker.js";
import { clipped, joined, overlapping, parseAccount } from "../../static/js/timeline/account.js";
import { markAt, marked, marksOf } from "../../static/js/timeline/event-marks.js";
import { isOnEvents, laneLayout } from "../../static/js/timeline/lane-layout.js";

const SECOND = 1_000;
const HOUR = 3_600_000;
const START = Date.parse("2026-11-22T14:00Z");
const view = { startMs: START, spanMs: HOUR, widthPx: 1_000 };

/** @param {number[][]} events [from, to, score] in seconds after the start */
function happenings(events) {
  return parseAccount({
    start_ms: START,
    end_ms: START + HOUR,
    events: events.map(([from, to, score = 50], id) => ({
      id,
      kind: "motion",
      start_ms: START + from * SECOND,
      end_ms: START + to * SECOND,
      peak_score: score,
      zones: ["Drive"],
      labels: [{ label: "person", score: 0.9 }],
    })),
  });
}

test("a wide event is a mark of its own, as wide as it lasted", () => {
  const [mark] = marksOf(happenings([[360, 720, 100]]).events, view);
  assert.deepEqual([Math.round(mark.x), Math.round(mark.width), mark.height], [100, 100, 1]);
});

test("narrow events are added up in columns, higher the more there were", () => {
  const few = marksOf(happenings([[360, 362]]).events, view);
  const many = marksOf(happenings([0, 1, 2].map((at) => [360 + 2 * at, 362 + 2 * at])).events, view);
  assert.equal(few.length, 1);
  assert.equal(many.length, 1);
  assert.ok(few[0].height >= 0.3 && many[0].height > few[0].height && many[0].height <= 1);
});

test("a month of events costs no more marks than there are columns", () => {
  const month = { ...view, spanMs: 30 * 24 * HOUR };
  const events = Array.from({ length: 5_000 }, (_, at) => [at * 500, at * 500 + 20]);
  assert.ok(marksOf(happenings(events).events, month).length <= 500);
});

test("what is out of view is not drawn, and what reaches into it is", () => {
  assert.equal(marksOf(happenings([[7_200, 7_300]]).events, view).length, 0);
  assert.equal(marksOf(happenings([[-60, 60]]).events, view).length, 1);
});

test("the pointer means the strongest within reach, as a whole when it is narrow", () => {
  const { events } = happenings([
    [360, 364, 20],
    [366, 370, 80],
    [1_800, 2_400, 40],
  ]);
  const mark = markAt(events, view, 100, 4);
  assert.deepEqual([mark?.event.score, mark?.count, mark?.isNarrow], [80, 2, true]);
  assert.equal(markAt(events, view, 550, 4)?.isNarrow, false);
  assert.equal(markAt(events, view, 300, 4), null);
});

test("what gaps say already is no mark", () => {
  const { events } = parseAccount({
    start_ms: START,
    end_ms: START + HOUR,
    events: ["gap", "camera_down", "motion"].map((kind, id) => ({ id, kind, start_ms: START, end_ms: START + 1 })),
  });
  assert.deepEqual(
    marked(events).map(({ kind }) => kind),
    ["motion"],
  );
});

test("events that overlap are all found, also a long one that began first", () => {
  const account = happenings([
    [0, 3_000],
    [10, 20],
    [2_000, 2_100],
  ]);
  assert.equal(overlapping(account.events, START + 2_050 * SECOND, START + 2_051 * SECOND).length, 2);
  const part = clipped(account, START + 1_900 * SECOND, START + 1_950 * SECOND);
  assert.deepEqual(
    part.events.map(({ id }) => id),
    ["0"],
  );
  assert.equal(joined([clipped(account, START, START + HOUR / 2), account]).events.length, 3);
});

test("an event that goes on reaches as far as footage does", () => {
  const going = { id: 1, kind: "motion", start_ms: START, end_ms: null };
  const account = { start_ms: START, end_ms: START + HOUR, events: [going] };
  assert.equal(parseAccount({ ...account, newest_ms: START + 9_000 }).events[0].endMs, START + 9_000);
  assert.equal(parseAccount({ ...account, newest_ms: null }).events[0].endMs, START);
});

test("the strip of events lies above the footage of each lane", () => {
  for (const layout of [laneLayout(1, false), laneLayout(3, true), laneLayout(16, false)]) {
    const top = layout.rulerPx + (layout.lanes - 1) * layout.lanePx;
    assert.ok(isOnEvents(layout, top + layout.eventsTop + 1));
    assert.ok(!isOnEvents(layout, top + layout.barTop + 1));
    assert.ok(!isOnEvents(layout, layout.rulerPx - 5));
    assert.ok(!isOnEvents(layout, layout.heightPx + 50));
  }
});

/** The API's list: newest first, a page of `size`, and how often it was asked. @param {number[]} starts @param {number} size */
function server(starts, size = 50) {
  const asked = { count: 0 };
  const fetch = async (/** @type {URLSearchParams} */ query) => {
    asked.count += 1;
    const [from, to] = [Number(query.get("start") ?? 0), Number(query.get("end") ?? Number.POSITIVE_INFINITY)];
    const found = starts.filter((start) => start >= from && start < to).sort((a, b) => b - a);
    return {
      next: found.length > size ? "more" : null,
      results: found.slice(0, size).map((start) => ({ start_ms: start })),
    };
  };
  return { fetch, asked };
}

test("the next event is found near and far, the one before in one question", async () => {
  const starts = [START, START + 10 * SECOND, START + 40 * 24 * HOUR];
  const { fetch, asked } = server(starts);
  const now = START + 90 * 24 * HOUR;
  assert.equal(await findEvent(fetch, ["door"], START, 1, now), starts[1]);
  assert.equal(asked.count, 1);
  assert.equal(await findEvent(fetch, ["door"], starts[1], 1, now), starts[2]);
  assert.equal(await findEvent(fetch, ["door"], starts[2], 1, now), null);
  asked.count = 0;
  assert.equal(await findEvent(fetch, ["door"], starts[2], -1, now), starts[1]);
  assert.equal(await findEvent(fetch, ["door"], START, -1, now), null);
  assert.equal(asked.count, 2);
});

test("the next of very many is the next all the same", async () => {
  const starts = Array.from({ length: 400 }, (_, at) => START + 5_000 + at * 2_000);
  const { fetch, asked } = server(starts);
  assert.equal(await findEvent(fetch, ["door"], START, 1, START + HOUR), starts[0]);
  assert.ok(asked.count <= 9);
});
