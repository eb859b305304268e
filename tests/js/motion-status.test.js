import assert from "node:assert/strict";
import { test } from "node:test";
import { statusWords } from "../../static/js/motion/status-words.js";

const NOW = new Date(2026, 10, 26, 12, 0);
const STATUS = {
  is_on: true,
  why_not: "",
  switches_at_ms: null,
  role: "sub",
  lag_ms: 1_200,
  analyses_per_s: 4.96,
  reason: "",
};
const words = (/** @type {object} */ status, answer = {}) =>
  statusWords({ is_on: true, is_needed: false, ...answer, status: { ...STATUS, ...status } }, NOW, "en-GB");

test("what is looked at, and how often", () => {
  assert.deepEqual(words({}), { state: "live", text: "On.", more: ["Looks at the sub stream, 5 pictures a second."] });
  assert.equal(words({ role: "main", analyses_per_s: 1 }).more[0], "Looks at the main stream, 1 picture a second.");
  assert.equal(words({ analyses_per_s: 0 }).more[0], "Looks at the sub stream.");
});

test("how far behind it is, and that nothing is lost", () => {
  assert.equal(words({ lag_ms: 6_000 }).text, "On, 6 seconds behind.");
  const late = words({ lag_ms: 300_000 });
  assert.deepEqual([late.state, late.text], ["connecting", "On, but 5 minutes behind."]);
  assert.ok(late.more.includes("Events come that much later; none is lost."));
});

test("why it is off, and when its hours begin", () => {
  const why = "Motion detection is off by its schedule.";
  const off = words({ is_on: false, why_not: why, switches_at_ms: new Date(2026, 10, 26, 18, 0).getTime() });
  assert.deepEqual(off, { state: "off", text: why, more: ["Its hours begin 18:00."] });
  const switchedOff = { is_on: false, why_not: "Motion detection is switched off for this camera.", switches_at_ms: 5 };
  assert.deepEqual(words(switchedOff, { is_on: false }).more, []);
});

test("that less is looked at than was asked for, and why", () => {
  const reason = "The machine does not keep up: only half of the pictures are looked at.";
  assert.ok(words({ reason }).more.includes(reason));
});

test("that it waits for its worker, or for its first pictures", () => {
  const waits = words({ why_not: "It begins as soon as the motion worker runs.", lag_ms: null });
  assert.deepEqual([waits.state, waits.text], ["connecting", "It begins as soon as the motion worker runs."]);
  assert.equal(words({ lag_ms: null }).text, "On. Nothing was looked at yet.");
});

test("that a camera recorded on motion needs it", () => {
  assert.match(words({}, { is_on: false, is_needed: true }).more.at(-1) ?? "", /recorded on motion/);
});
