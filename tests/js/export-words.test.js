import assert from "node:assert/strict";
import { test } from "node:test";
import { gapsText, isUnfinished, lengthText, spanText, stateText } from "../../static/js/exports/export-words.js";

const one = {
  id: "1",
  cameras: ["door"],
  kind: "video",
  speed: 60,
  start_ms: 0,
  end_ms: 1,
  state: "waiting",
  progress: 0.456,
  error: "the disk is full",
  expected_bytes: 12_000_000,
  size_bytes: 11_000_000,
  name: "",
  file: null,
  gaps: [],
  notes: [],
  expires_at: "2026-11-29T10:00:00Z",
};

test("each state says what matters in it", () => {
  assert.equal(stateText(one), "Waiting for its turn, about 12.0 MB");
  assert.equal(stateText({ ...one, state: "running" }), "45 % of about 12.0 MB");
  assert.match(stateText({ ...one, state: "done" }), /^11\.0 MB, kept until /);
  assert.equal(stateText({ ...one, state: "failed" }), "Failed: the disk is full");
  assert.equal(stateText({ ...one, state: "cancelled" }), "Cancelled");
  assert.deepEqual(
    ["waiting", "running", "done", "failed", "cancelled"].map((state) => isUnfinished({ ...one, state })),
    [true, true, false, false, false],
  );
});

test("lengths leave out what is nothing", () => {
  assert.equal(lengthText(3_723_000), "1 h 2 min 3 s");
  assert.equal(lengthText(3_600_000), "1 h");
  assert.equal(lengthText(400), "0 s");
});

test("a span within a day names the day once", () => {
  const start = new Date(2026, 10, 22, 10, 0, 0).getTime();
  assert.equal(spanText(start, start + 300_000, "en-GB"), "22 Nov 2026, 10:00:00 – 10:05:00");
  assert.equal(spanText(start, start + 86_400_000, "en-GB"), "22 Nov 2026, 10:00:00 – 23 Nov 2026, 10:00:00");
});

test("gaps are counted and added up", () => {
  assert.equal(gapsText({ gaps: [] }), "");
  assert.equal(gapsText({ gaps: [{ start_ms: 0, end_ms: 10_000 }] }), "1 gap without footage, 10 s in all, cut out");
  const two = { gaps: [10_000, 50_000].map((end_ms) => ({ start_ms: 0, end_ms })) };
  assert.equal(gapsText(two), "2 gaps without footage, 1 min in all, cut out");
});
