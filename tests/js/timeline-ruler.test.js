import assert from "node:assert/strict";
import { test } from "node:test";
import { rulerFor } from "../../static/js/timeline/ticks.js";
import { TimeWords } from "../../static/js/timeline/time-words.js";
import { DAY_MS, Zone } from "../../static/js/timeline/zone.js";

const HOUR = 3_600_000;
const berlin = new Zone("Europe/Berlin");
const utc = new Zone("UTC");
const labelPx = () => 44;
const at = (/** @type {string} */ iso) => Date.parse(iso);

test("wall time and back, around both changes of the clock", () => {
  assert.equal(berlin.offsetMs(at("2026-11-22T12:00Z")), HOUR);
  assert.equal(berlin.offsetMs(at("2026-07-01T12:00Z")), 2 * HOUR);
  assert.equal(berlin.fromWall(at("2026-11-22T13:00Z")), at("2026-11-22T12:00Z"));
  // 02:30 happens twice: the first one; and never: when the clock is put forward.
  assert.equal(berlin.fromWall(at("2026-10-25T02:30Z")), at("2026-10-25T00:30Z"));
  assert.equal(berlin.fromWall(at("2026-03-29T02:30Z")), at("2026-03-29T01:00Z"));
  // Days here begin at midnight, but for the one on which midnight is left out.
  const cairo = new Zone("Africa/Cairo");
  const day = at("2026-04-24T00:00Z") / DAY_MS;
  assert.equal(cairo.startOfDay(day), at("2026-04-23T22:00Z"));
  assert.equal(cairo.startOfDay(day + 1) - cairo.startOfDay(day), 23 * HOUR);
});

test("hours are those of the wall on the day that has 25 of them", () => {
  const view = { startMs: at("2026-10-24T22:00Z"), spanMs: 25 * HOUR, widthPx: 25 * 70 };
  const { step, ticks } = rulerFor(view, berlin, labelPx);
  const words = new TimeWords(berlin, "en-GB");
  assert.equal(step.ms, HOUR);
  const labels = ticks
    .filter((one) => one >= view.startMs && one < view.startMs + view.spanMs)
    .map((one) => words.label(step, one));
  assert.deepEqual(labels.slice(0, 6), ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"]);
  assert.equal(labels.length, 25);
});

test("hours are those of the wall on the day that has 23", () => {
  const view = { startMs: at("2026-03-28T23:00Z"), spanMs: 23 * HOUR, widthPx: 23 * 15 };
  const { step, ticks } = rulerFor(view, berlin, labelPx);
  assert.equal(step.ms, 6 * HOUR);
  const words = new TimeWords(berlin, "en-GB");
  const labels = ticks
    .filter((one) => one >= view.startMs && one < view.startMs + view.spanMs)
    .map((one) => words.label(step, one));
  assert.deepEqual(labels, ["00:00", "06:00", "12:00", "18:00"]);
});

test("labels never overlap, from a month to a second, on any width, in any zone", () => {
  for (const zone of [
    berlin,
    utc,
    new Zone("Asia/Kathmandu"),
    new Zone("Australia/Lord_Howe"),
    new Zone("America/New_York"),
  ]) {
    for (const widthPx of [390, 1440, 3000]) {
      for (let spanMs = 1000; spanMs < 36 * DAY_MS; spanMs *= 1.37) {
        for (const startMs of [at("2026-10-20T03:11:07Z"), at("2026-03-27T23:59:59Z"), at("2026-10-31T12:00Z")]) {
          const view = { startMs, spanMs, widthPx };
          const { ticks, contexts } = rulerFor(view, zone, labelPx);
          const visible = ticks.filter((one) => one >= startMs && one < startMs + spanMs);
          assert.ok(visible.length >= 1 || ticks.length >= 1, `no tick in ${spanMs} ms on ${widthPx} px`);
          assert.ok(visible.length < 60);
          ticks.slice(1).forEach((one, index) => {
            const apart = ((one - ticks[index]) / spanMs) * widthPx;
            assert.ok(apart >= 44, `${apart} px apart at ${spanMs} ms on ${widthPx} px in ${zone.name}`);
          });
          assert.ok(contexts[0] <= startMs);
        }
      }
    }
  }
});

test("a zone of quarters of an hour has round wall times too", () => {
  const kathmandu = new Zone("Asia/Kathmandu");
  const view = { startMs: at("2026-11-22T00:00Z"), spanMs: 6 * HOUR, widthPx: 600 };
  const words = new TimeWords(kathmandu, "en-GB");
  const { step, ticks } = rulerFor(view, kathmandu, labelPx);
  assert.ok(
    ticks.every((one) => words.label(step, one).endsWith(":00")),
    ticks.map((one) => words.label(step, one)).join(),
  );
});
