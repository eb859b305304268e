import assert from "node:assert/strict";
import { test } from "node:test";
import { AwaitedFrames } from "../../static/js/live/awaited-frames.js";
import { delayMs, FIRST_DELAY_MS, LONGEST_DELAY_MS, tooManyDelayMs } from "../../static/js/live/backoff.js";
import { ClockOffset } from "../../static/js/live/clock.js";
import { displayTimeMs } from "../../static/js/live/display-time.js";
import { DropRule } from "../../static/js/live/drop-rule.js";
import { delayOf, Meter } from "../../static/js/live/meter.js";
import { RateControl, TARGET_S, TARGET_WHEN_BUSY_S } from "../../static/js/live/rate.js";

test("delays grow from a quarter of a second to eight, the upper half by chance", () => {
  assert.equal(delayMs(0, 0), FIRST_DELAY_MS / 2);
  assert.ok(delayMs(0, 0.999) < FIRST_DELAY_MS);
  for (let attempt = 0; attempt < 100; attempt += 1) {
    assert.ok(delayMs(attempt, 0.5) <= delayMs(attempt + 1, 0.5));
    assert.ok(delayMs(attempt, 0.999) <= LONGEST_DELAY_MS);
  }
  assert.equal(delayMs(100, 0), LONGEST_DELAY_MS / 2);
  assert.ok(tooManyDelayMs(0) > LONGEST_DELAY_MS);
});

test("the clock offset is that of the smallest round trip, and old ones are forgotten", () => {
  const clock = new ClockOffset();
  assert.equal(clock.isKnown, false);
  assert.equal(clock.offsetMs, 0);
  clock.add({ client_ms: 1_000, server_ms: 6_080 }, 1_100); // 80 there, 20 back
  clock.add({ client_ms: 2_000, server_ms: 7_001 }, 2_002);
  clock.add({ client_ms: 3_000, server_ms: 8_150 }, 3_200);
  assert.equal(clock.offsetMs, 5_000);
  assert.equal(clock.roundTripMs, 2);
  clock.add({ client_ms: 70_000, server_ms: 75_040 }, 70_020);
  assert.equal(clock.offsetMs, 5_030);
});

test("an answer from the future is no sample", () => {
  const clock = new ClockOffset();
  clock.add({ client_ms: 2_000, server_ms: 0 }, 1_000);
  assert.equal(clock.isKnown, false);
});

test("a frame is displayed when the browser expects it, but not before it is presented", () => {
  assert.equal(displayTimeMs({ presentationTime: 5_000, expectedDisplayTime: 5_021 }), 5_021);
  assert.equal(displayTimeMs({ presentationTime: 5_000, expectedDisplayTime: 4_997 }), 5_000);
});

test("a display that is promised for a second later is not believed", () => {
  assert.equal(displayTimeMs({ presentationTime: 5_000, expectedDisplayTime: 6_061 }), 5_000);
});

/** @param {Partial<import("../../static/js/live/protocol.js").Header>} fields */
const unit = (fields) => ({
  kind: 1,
  flags: 0,
  isKey: false,
  isDiscontinuity: false,
  isBacklog: false,
  isChanged: false,
  track: 0,
  sequence: 0,
  ptsUs: 0,
  capturedUs: 0,
  durationUs: 0,
  generation: 0,
  dropped: 0,
  ...fields,
});
const KEY = unit({ isKey: true });
const DELTA = unit({});
const FRESH = { queue: 0, ageMs: 30 };

test("decoding starts at a keyframe", () => {
  const rule = new DropRule();
  assert.equal(rule.accepts(DELTA, FRESH), false);
  assert.equal(rule.accepts(KEY, FRESH), true);
  assert.equal(rule.accepts(DELTA, FRESH), true);
  rule.waitForKey();
  assert.equal(rule.accepts(DELTA, FRESH), false);
});

test("a long queue drops to the next keyframe", () => {
  const rule = new DropRule();
  rule.accepts(KEY, FRESH);
  assert.equal(rule.accepts(DELTA, { queue: 30, ageMs: 900 }), true);
  assert.equal(rule.accepts(DELTA, { queue: 31, ageMs: 900 }), false);
  assert.equal(rule.accepts(DELTA, { queue: 5, ageMs: 200 }), false);
  assert.equal(rule.accepts(KEY, { queue: 31, ageMs: 200 }), false);
  assert.equal(rule.accepts(KEY, { queue: 5, ageMs: 200 }), true);
});

test("old units drop to the next keyframe, once: a link that is always late still plays", () => {
  const rule = new DropRule();
  rule.accepts(KEY, FRESH);
  assert.equal(rule.accepts(DELTA, { queue: 0, ageMs: 1_600 }), false);
  assert.equal(rule.accepts(KEY, { queue: 0, ageMs: 1_700 }), true);
  assert.equal(rule.accepts(DELTA, { queue: 0, ageMs: 1_700 }), true);
  assert.equal(rule.accepts(DELTA, { queue: 0, ageMs: 900 }), true);
  assert.equal(rule.accepts(DELTA, { queue: 0, ageMs: 1_600 }), false);
});

test("the backlog is decoded however old it is, and so is everything while the clocks are unknown", () => {
  const rule = new DropRule();
  rule.accepts(unit({ isKey: true, isBacklog: true }), { queue: 0, ageMs: 4_000 });
  assert.equal(rule.accepts(unit({ isBacklog: true }), { queue: 0, ageMs: 3_900 }), true);
  assert.equal(rule.accepts(DELTA, { queue: 0, ageMs: null }), true);
});

test("a discontinuity that is no keyframe is not decoded", () => {
  const rule = new DropRule();
  rule.accepts(KEY, FRESH);
  assert.equal(rule.accepts(unit({ isDiscontinuity: true }), FRESH), false);
});

test("the delay is split into what server, network and player have in it", () => {
  const frame = { capturedUs: 5_000_000, arrivedAtMs: 1_030, shownAtMs: 1_050, offsetMs: 4_000, serverDelayMs: 12 };
  assert.deepEqual(delayOf(frame), { totalMs: 50, serverMs: 12, networkMs: 18, playerMs: 20 });
  const sum = delayOf({ ...frame, serverDelayMs: 40 });
  assert.deepEqual(sum, { totalMs: 50, serverMs: 30, networkMs: 0, playerMs: 20 });
  assert.deepEqual(delayOf({ ...frame, offsetMs: 3_940 }), { totalMs: 0, serverMs: 0, networkMs: 0, playerMs: 0 });
});

test("rates are those of the last two seconds", () => {
  const meter = new Meter();
  for (let atMs = 0; atMs <= 10_000; atMs += 40) {
    meter.arrived(5_000, atMs === 400 ? 3 : 0, atMs);
    meter.shown(atMs, null);
  }
  const sample = meter.sample(10_000);
  assert.equal(Math.round(sample.fps), 25);
  assert.equal(Math.round(sample.bps), 1_000_000);
  assert.equal(sample.missedFrames, 3);
  assert.equal(sample.shownFrames, 251);
  assert.deepEqual([sample.firstShownAtMs, sample.lastShownAtMs], [0, 10_000]);
  const later = meter.sample(20_000);
  assert.deepEqual([later.fps, later.bps], [0, 0]);
});

/** @param {RateControl} control @param {number} lagS @param {number} nowMs @param {number} rate */
const at = (control, lagS, nowMs = 0, rate = 1) =>
  control.decide({ nowMs, currentS: 100 - lagS, rate, ranges: [[90, 100]] });

test("the rate grows with what is too much, up to double", () => {
  const control = new RateControl();
  assert.deepEqual(at(control, TARGET_S + 0.03), { kind: "none" });
  const faster = at(control, TARGET_S + 0.2);
  assert.ok(faster.kind === "rate" && Math.abs(faster.rate - 1.4) < 1e-9);
  assert.deepEqual(at(control, 0.9), { kind: "rate", rate: 2 });
  assert.deepEqual(at(control, TARGET_S + 0.03, 0, 1.4), { kind: "rate", rate: 1.05 });
  assert.deepEqual(at(control, TARGET_S + 0.01, 0, 1.05), { kind: "rate", rate: 1 });
});

test("more than a second behind, and a second later still: a jump to the edge", () => {
  const control = new RateControl();
  assert.equal(at(control, 1.5, 0).kind, "rate");
  assert.equal(at(control, 1.4, 1_000).kind, "rate");
  const jump = at(control, 1.3, 1_001);
  assert.deepEqual(jump, { kind: "seek", toS: 99.95, lagS: jump.kind === "seek" ? jump.lagS : 0 });
  assert.equal(at(control, 1.5, 5_000).kind, "rate", "patience starts again");
  assert.equal(at(control, 3.1, 5_001).kind, "seek");
});

test("a hole in front of the newest data is jumped over", () => {
  const control = new RateControl();
  const ranges = /** @type {[number, number][]} */ ([
    [0, 10],
    [14, 14.02],
  ]);
  assert.deepEqual(control.decide({ nowMs: 0, currentS: 9.99, rate: 1, ranges }).kind, "seek");
  assert.deepEqual(control.decide({ nowMs: 0, currentS: 9.99, rate: 1, ranges: [] }), { kind: "none" });
});

test("who often runs dry gets a larger cushion, for a while", () => {
  const control = new RateControl();
  for (let times = 0; times < 4; times += 1) control.stalled(times * 1_000);
  assert.equal(control.targetS(4_000), TARGET_WHEN_BUSY_S);
  assert.equal(control.targetS(16_000), TARGET_S);
});

test("what is displayed is found by its time, also out of order, and done with", () => {
  const frames = new AwaitedFrames();
  const frame = (/** @type {number} */ sequence) => ({
    sequence,
    generation: 1,
    capturedUs: 0,
    arrivedAtMs: 0,
    isBacklog: false,
  });
  for (const [sequence, mediaS] of [
    [1, 0],
    [2, 0.12],
    [3, 0.04],
    [4, 0.08],
  ])
    frames.add(frame(sequence), mediaS);
  assert.equal(frames.displayed(0.04)?.sequence, 3);
  assert.equal(frames.size, 2);
  assert.equal(frames.newest?.sequence, 4);
  assert.equal(frames.displayed(0.0805)?.sequence, 4);
  assert.equal(frames.displayed(0.09), null);
  assert.equal(frames.displayed(5)?.sequence, 2);
  assert.equal(frames.newest, null);
});
