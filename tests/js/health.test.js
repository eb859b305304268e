import assert from "node:assert/strict";
import { test } from "node:test";
import { FROZEN_MS, frozenAfterMs, Health, START_MS } from "../../static/js/live/health.js";

/** A tile that plays at 10 s. */
const PLAYING = {
  nowMs: 10_000,
  isOpen: true,
  cameraState: "live",
  startedAtMs: 1_000,
  lastArrivedAtMs: 9_990,
  lastShownAtMs: 9_980,
  streamFps: 25,
  playerLagMs: 20,
};

test("fresh pictures over an open connection are playing", () => {
  assert.deepEqual(new Health().judge(PLAYING), { state: "playing", isStale: false, action: { kind: "none" } });
});

test("without a connection it is connecting, and the old picture goes stale", () => {
  const closed = { ...PLAYING, isOpen: false };
  assert.equal(new Health().judge(closed).state, "connecting");
  assert.equal(new Health().judge(closed).isStale, false);
  assert.equal(new Health().judge({ ...closed, nowMs: 9_980 + FROZEN_MS + 1 }).isStale, true);
});

test("a camera that is down is waited for, without reconnecting", () => {
  const down = { ...PLAYING, cameraState: "down", nowMs: 60_000 };
  assert.deepEqual(new Health().judge(down), { state: "waiting", isStale: true, action: { kind: "none" } });
});

test("media that makes no picture within four seconds of the start leads down", () => {
  const health = new Health();
  const none = { ...PLAYING, lastShownAtMs: null, nowMs: 1_000 + START_MS };
  assert.equal(health.judge({ ...none, lastArrivedAtMs: none.nowMs }).action.kind, "none");
  const late = { ...none, nowMs: none.nowMs + 1, lastArrivedAtMs: none.nowMs };
  assert.equal(health.judge(late).action.kind, "step-down");
});

test("nothing at all within that time is not the transport's fault", () => {
  const none = { ...PLAYING, lastShownAtMs: null, lastArrivedAtMs: null, nowMs: 1_000 + START_MS + 1 };
  assert.equal(new Health().judge(none).action.kind, "none");
  assert.equal(new Health().judge({ ...none, nowMs: none.nowMs + FROZEN_MS }).action.kind, "reconnect");
});

test("a frozen picture of a live camera makes a new connection, and the third freeze leads down", () => {
  const health = new Health();
  const frozen = { ...PLAYING, nowMs: 9_980 + FROZEN_MS + 1, lastArrivedAtMs: 9_980 + FROZEN_MS };
  assert.deepEqual(health.judge(frozen), {
    state: "stalled",
    isStale: true,
    action: { kind: "reconnect", reason: "no picture although the camera is live" },
  });
  assert.equal(health.judge(frozen).action.kind, "reconnect");
  assert.equal(health.judge(frozen).action.kind, "step-down");
});

test("a picture from before the resumption is not playing", () => {
  const resumed = { ...PLAYING, startedAtMs: 9_990 };
  assert.equal(new Health().judge(resumed).state, "connecting");
});

test("two decoding errors within ten seconds lead down, two farther apart do not", () => {
  const health = new Health();
  assert.equal(health.decodeFailed(0, "broken").kind, "none");
  assert.equal(health.decodeFailed(10_001, "broken").kind, "none");
  assert.deepEqual(health.decodeFailed(12_000, "broken"), { kind: "step-down", reason: "broken" });
  health.reset();
  assert.equal(health.decodeFailed(12_001, "broken").kind, "none");
});

test("the third lag of more than three seconds leads down, one late burst counts once", () => {
  const health = new Health();
  const late = (/** @type {number} */ nowMs) =>
    health.judge({ ...PLAYING, nowMs, lastShownAtMs: nowMs, playerLagMs: 3_001 }).action.kind;
  assert.deepEqual(
    [late(10_000), late(10_250), late(12_000), late(12_250), late(14_000)],
    ["none", "none", "none", "none", "step-down"],
  );
});

test("a slow camera is given the time it needs", () => {
  assert.equal(frozenAfterMs(0), FROZEN_MS);
  assert.equal(frozenAfterMs(25), FROZEN_MS);
  assert.equal(frozenAfterMs(0.5), 6_000);
  assert.equal(frozenAfterMs(0.01), 15_000);
});
