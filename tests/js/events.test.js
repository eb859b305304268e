import assert from "node:assert/strict";
import { test } from "node:test";
import { newestFirst, parseEvent, pictureOf } from "../../static/js/events/event.js";
import { EventList } from "../../static/js/events/event-list.js";
import {
  durationWords,
  factsOf,
  kindTitle,
  newWords,
  strengthWords,
  summaryWords,
  whatWords,
} from "../../static/js/events/event-words.js";
import { groupsOf } from "../../static/js/events/grouping.js";
import { TimeWords } from "../../static/js/timeline/time-words.js";
import { Zone } from "../../static/js/timeline/zone.js";
import { cappedCount } from "../../static/js/unreviewed.js";

const NOW = Date.parse("2026-11-22T14:00Z");
const words = new TimeWords(new Zone("Europe/Berlin"), "en-GB");

/** @param {Record<string, unknown>} [given] as the API answers */
function event(given = {}) {
  return parseEvent({
    id: 1,
    camera: "door",
    camera_name: "Front door",
    kind: "motion",
    state: "over",
    start_ms: NOW - 60_000,
    end_ms: NOW - 42_000,
    seen_until_ms: NOW - 42_000,
    footage_start_ms: NOW - 65_000,
    footage_end_ms: NOW - 32_000,
    peak_score: 72,
    zones: ["Drive"],
    labels: [
      { label: "car", score: 0.4 },
      { label: "person", score: 0.871 },
    ],
    box: [0.1, 0.2, 0.3, 0.4],
    best_at_ms: NOW - 50_000,
    picture: "/api/v1/events/1/picture.jpg",
    reviewed_at: null,
    ...given,
  });
}

test("one that goes on lasts until now, one that is over as long as it did", () => {
  const going = event({ state: "going_on", end_ms: null, seen_until_ms: NOW - 5_000 });
  assert.equal(going.endMs, NOW - 5_000);
  assert.equal(durationWords(going, NOW), "1 min");
  assert.equal(durationWords(event(), NOW), "18 s");
  assert.equal(durationWords(event({ end_ms: NOW - 60_000 }), NOW), "1 s");
});

test("the likeliest label comes first, and names alone are labels too", () => {
  assert.equal(whatWords(event()), "Person, car");
  assert.deepEqual(event({ labels: ["dog"] }).labels, [{ label: "dog", score: null }]);
  assert.equal(whatWords(event({ labels: [] })), "Motion");
  assert.equal(kindTitle("something of a newer server"), "Event");
});

test("without a picture of its own motion shows the footage's, and nothing else does", () => {
  assert.equal(pictureOf(event(), 480), "/api/v1/events/1/picture.jpg");
  assert.equal(
    pictureOf(event({ picture: null }), 480),
    `/api/v1/cameras/door/preview.jpg?at=${NOW - 50_000}&width=480`,
  );
  assert.equal(pictureOf(event({ picture: null, kind: "camera_down" }), 480), "");
  assert.equal(pictureOf(event({ picture: null, camera: null, kind: "storage" }), 480), "");
});

test("the summary says all that the card shows", () => {
  assert.equal(
    summaryWords(event({ reviewed_at: "2026-11-22T13:59:30Z" }), words, NOW),
    "Person, car, Front door, 14:59:00, in Drive, 18 s, reviewed",
  );
  const going = event({ state: "going_on", end_ms: null, zones: [], labels: [] });
  assert.equal(summaryWords(going, words, NOW), "Motion, Front door, 14:59:00, going on for 1 min");
});

test("the facts leave out what there is nothing to say of", () => {
  const facts = Object.fromEntries(factsOf(event(), words, NOW));
  assert.equal(facts.When, "Today, 14:59:00 – 14:59:18");
  assert.equal(facts.What, "person 87 %, car 40 %");
  assert.equal(facts["How strong"], "strong (72 of 100)");
  assert.equal(facts.Reviewed, "not yet");
  assert.ok(!("Why" in facts || "Found late" in facts));
  const down = event({
    kind: "camera_down",
    reason: "no answer",
    zones: [],
    labels: [],
    is_late: true,
    reviewed_by: "bob",
  });
  const others = Object.fromEntries(factsOf(down, words, NOW));
  assert.equal(others.Why, "no answer");
  assert.ok(others["Found late"] && !("How strong" in others) && !("Where" in others));
  const done = event({ reviewed_at: "2026-11-22T13:59:30Z", reviewed_by: "bob" });
  assert.equal(Object.fromEntries(factsOf(done, words, NOW)).Reviewed, "by bob, 22 Nov, 14:59:30");
});

test("small words", () => {
  assert.deepEqual([newWords(1), newWords(3)], ["1 new event", "3 new events"]);
  assert.deepEqual([cappedCount(7), cappedCount(99), cappedCount(100)], ["7", "99", "99+"]);
  assert.deepEqual([5, 35, 70].map(strengthWords), ["slight (5 of 100)", "moderate (35 of 100)", "strong (70 of 100)"]);
});

test("events are grouped by the zone's days and hours, newest first", () => {
  const at = (/** @type {string} */ iso, /** @type {number} */ id) => event({ id, start_ms: Date.parse(iso) });
  const days = groupsOf(
    [at("2026-11-22T13:59Z", 4), at("2026-11-22T13:05Z", 3), at("2026-11-21T23:30Z", 2), at("2026-11-21T22:30Z", 1)],
    new Zone("Europe/Berlin"),
  );
  assert.deepEqual(
    days.map(({ hours, count }) => [count, hours.map(({ events }) => events.map(({ id }) => id))]),
    [
      [3, [[4, 3], [2]]],
      [1, [[1]]],
    ],
  );
  assert.equal(days[0].hours[0].startMs, Date.parse("2026-11-22T13:00Z"));
});

test("the hour that an autumn night has twice is two", () => {
  const at = (/** @type {string} */ iso) => event({ start_ms: Date.parse(iso) });
  const [day] = groupsOf([at("2026-10-25T01:30Z"), at("2026-10-25T00:30Z")], new Zone("Europe/Berlin"));
  assert.equal(day.hours.length, 2);
});

test("an hour of a zone half an hour off begins on its own wall clock", () => {
  const [day] = groupsOf([event({ start_ms: Date.parse("2026-11-22T13:45Z") })], new Zone("Asia/Kolkata"));
  assert.equal(day.hours[0].startMs, Date.parse("2026-11-22T13:30Z"));
});

const ids = (/** @type {EventList} */ list) => list.events.map(({ id }) => id);
const numbered = (/** @type {number} */ id) => event({ id, start_ms: NOW - 100_000 + id * 1_000 });

test("pages and live news make one list without duplicates", () => {
  const list = new EventList();
  list.add([numbered(5), numbered(4)]);
  assert.equal(list.put(numbered(6), { holdsBack: false }), "added");
  // What came live moves the pages: an event may be on two of them.
  list.add([numbered(4), numbered(3)]);
  assert.equal(list.put(numbered(4), { holdsBack: true }), "changed");
  assert.deepEqual(ids(list), [6, 5, 4, 3]);
});

test("events of the same moment keep their order", () => {
  const twins = [event({ id: 2 }), event({ id: 9 }), event({ id: 5 })].sort(newestFirst);
  assert.deepEqual(
    twins.map(({ id }) => id),
    [9, 5, 2],
  );
});

test("what is new waits while somebody reads, and changes meanwhile", () => {
  const list = new EventList();
  list.add([numbered(1)]);
  assert.equal(list.put(numbered(2), { holdsBack: true }), "held");
  assert.equal(list.put({ ...numbered(2), score: 99 }, { holdsBack: true }), "held");
  assert.equal(list.heldCount, 1);
  assert.deepEqual(ids(list), [1]);
  assert.equal(list.release(), 1);
  assert.deepEqual(ids(list), [2, 1]);
  assert.equal(list.get(2)?.score, 99);
  assert.equal(list.heldCount, 0);
});

test("a page that already holds what waited takes it out of what waits", () => {
  const list = new EventList();
  list.put(numbered(2), { holdsBack: true });
  list.add([numbered(2), numbered(1)]);
  assert.equal(list.heldCount, 0);
  assert.deepEqual(ids(list), [2, 1]);
});

test("what is gone goes from both, and neighbours are found", () => {
  const list = new EventList();
  list.add([numbered(1), numbered(2), numbered(3)]);
  list.put(numbered(4), { holdsBack: true });
  assert.equal(list.beside(2, 1)?.id, 1);
  assert.equal(list.beside(2, -1)?.id, 3);
  assert.equal(list.beside(1, 1), undefined);
  assert.ok(list.drop(2) && list.drop(4) && !list.drop(7));
  assert.deepEqual(ids(list), [3, 1]);
  assert.deepEqual(
    list.keepOnly(({ id }) => id !== 1).map(({ id }) => id),
    [1],
  );
  assert.deepEqual(ids(list), [3]);
});
