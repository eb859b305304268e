import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEvent } from "../../static/js/events/event.js";
import {
  apiQuery,
  countInUse,
  filtersQuery,
  matches,
  NO_FILTERS,
  parseFilters,
  periodOf,
} from "../../static/js/events/filters.js";
import { Zone } from "../../static/js/timeline/zone.js";

const NOW = Date.parse("2026-11-22T14:00Z");
const berlin = new Zone("Europe/Berlin");
const HOUR = 3_600_000;

/** @param {Record<string, unknown>} [given] */
function event(given = {}) {
  return parseEvent({
    id: 1,
    camera: "door",
    kind: "motion",
    state: "over",
    start_ms: NOW - 60_000,
    end_ms: NOW - 40_000,
    seen_until_ms: NOW - 40_000,
    peak_score: 50,
    zones: ["Drive"],
    labels: [{ label: "person", score: 0.9 }],
    ...given,
  });
}

test("what is chosen comes back from the address", () => {
  const filters = {
    review: /** @type {const} */ ("all"),
    cameras: ["door", "yard"],
    kinds: ["motion", "gap"],
    zones: ["Drive & porch", "+1"],
    labels: ["person"],
    time: "2026-11-20",
    score: 40,
  };
  assert.deepEqual(parseFilters(filtersQuery(filters)), filters);
});

test("without a choice the address is bare", () => {
  assert.equal(filtersQuery(NO_FILTERS), "");
  assert.deepEqual(parseFilters(""), NO_FILTERS);
});

test("an address typed by hand never breaks the page", () => {
  const filters = parseFilters("?review=later&time=2026-02-31&score=999&kind=ghost&camera=&camera=door&camera=door");
  assert.deepEqual(filters, { ...NO_FILTERS, cameras: ["door"] });
  assert.equal(parseFilters("?score=abc").score, 0);
  assert.equal(parseFilters("?time=week").time, "week");
});

test("days are those of the zone, also when the clock is changed on them", () => {
  const today = periodOf("today", berlin, NOW);
  assert.deepEqual(today, { startMs: Date.parse("2026-11-21T23:00Z"), endMs: Date.parse("2026-11-22T23:00Z") });
  assert.equal(periodOf("yesterday", berlin, NOW)?.endMs, today?.startMs);
  assert.equal(periodOf("week", berlin, NOW)?.startMs, Date.parse("2026-11-15T23:00Z"));
  const long = periodOf("2026-10-25", berlin, NOW);
  assert.equal((long?.endMs ?? 0) - (long?.startMs ?? 0), 25 * HOUR);
  assert.equal(periodOf("", berlin, NOW), null);
});

test("the API is asked for what was chosen, and no more", () => {
  assert.equal(String(apiQuery(NO_FILTERS, berlin, NOW)), "reviewed=false");
  const query = apiQuery(
    { ...NO_FILTERS, review: "all", cameras: ["door", "yard"], labels: ["person"], time: "today", score: 30 },
    berlin,
    NOW,
  );
  assert.deepEqual(
    [...query],
    [
      ["camera", "door"],
      ["camera", "yard"],
      ["label", "person"],
      ["min_score", "30"],
      ["start", String(Date.parse("2026-11-21T23:00Z"))],
      ["end", String(Date.parse("2026-11-22T23:00Z"))],
    ],
  );
});

test("what comes live is held against the same choice", () => {
  const fits = (/** @type {Partial<typeof NO_FILTERS>} */ some, /** @type {Record<string, unknown>} */ given = {}) =>
    matches({ ...NO_FILTERS, ...some }, event(given), berlin, NOW);
  assert.ok(fits({}));
  assert.ok(fits({ cameras: ["yard", "door"], zones: ["Drive"], labels: ["person"], kinds: ["motion"], score: 50 }));
  assert.ok(!fits({ cameras: ["yard"] }));
  assert.ok(!fits({ cameras: ["yard"] }, { camera: null }));
  assert.ok(!fits({ zones: ["Porch"] }));
  assert.ok(!fits({ labels: ["dog"] }));
  assert.ok(!fits({ kinds: ["gap"] }));
  assert.ok(!fits({ score: 51 }));
  assert.ok(fits({ time: "today" }));
  assert.ok(!fits({ time: "yesterday" }));
  // It belongs to the day on which it began.
  const before = { start_ms: NOW - 16 * HOUR, end_ms: null, seen_until_ms: NOW, state: "going_on" };
  assert.ok(!fits({ time: "today" }, before) && fits({ time: "yesterday" }, before));
  assert.ok(fits({ review: "new" }, { reviewed_at: "2026-11-22T13:59:00Z" }));
});

test("the choices in use are counted without the review's switch", () => {
  assert.equal(countInUse(NO_FILTERS), 0);
  assert.equal(countInUse({ ...NO_FILTERS, review: "all", cameras: ["a", "b"], time: "week", score: 10 }), 3);
});
