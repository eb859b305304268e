import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, duration, momentText, sinceText, stateTitle, summary } from "../../static/js/words.js";

const now = new Date(2026, 10, 22, 14, 30);
const before = (/** @type {number} */ minutes) => new Date(now.getTime() - minutes * 60_000);

test("the summary names the worst state", () => {
  assert.deepEqual(summary(["live", "live"]), { state: "live", text: "2 cameras live" });
  assert.deepEqual(summary(["live"]), { state: "live", text: "1 camera live" });
  assert.deepEqual(summary(["live", "connecting", "down"]), { state: "down", text: "1 of 3 cameras down" });
  assert.deepEqual(summary(["live", "connecting"]), { state: "connecting", text: "1 of 2 cameras connecting" });
  assert.deepEqual(summary(["live", "off"]), { state: "off", text: "1 of 2 cameras live" });
});

test("durations are said in the unit people would use", () => {
  const minute = 60_000;
  assert.equal(duration(20_000), "less than a minute");
  assert.equal(duration(minute), "1 minute");
  assert.equal(duration(59 * minute), "59 minutes");
  assert.equal(duration(60 * minute), "1 hour");
  assert.equal(duration(47 * 60 * minute), "47 hours");
  assert.equal(duration(72 * 60 * minute), "3 days");
});

test("a time of another day has its date", () => {
  assert.equal(clockTime(before(5), now, "en-GB"), "14:25");
  assert.equal(clockTime(before(24 * 60), now, "en-GB"), "21 Nov, 14:30");
});

test("since when, in a sentence", () => {
  assert.equal(sinceText(before(5).toISOString(), now, "en-GB"), "since 14:25 (5 minutes)");
  assert.equal(sinceText("", now), "");
  assert.equal(momentText("nonsense", now), "");
});

test("a server's clock ahead of ours makes no negative time", () => {
  assert.equal(sinceText(before(-3).toISOString(), now, "en-GB"), "since 14:33 (less than a minute)");
});

test("a state of a newer server is shown as it is", () => {
  assert.equal(stateTitle("sleeping"), "sleeping");
});
