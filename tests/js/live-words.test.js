import assert from "node:assert/strict";
import { test } from "node:test";
import { timeOfDay, wordsFor } from "../../static/js/live/live-words.js";

const LIVE = /** @type {const} */ ({
  state: "playing",
  cameraState: "live",
  cameraReason: "",
  problem: null,
  staleSince: null,
});
const LOST = { code: 1006, message: "", isFinal: false };

test("each state has words of its own", () => {
  const said = /** @type {const} */ (["connecting", "playing", "waiting", "stalled", "paused", "failed"]).map((state) =>
    wordsFor({ ...LIVE, state }),
  );
  assert.equal(new Set(said).size, 6);
  assert.equal(wordsFor(LIVE), "Live");
});

test("an old picture is never without its age, a new one never with it", () => {
  const old = { ...LIVE, staleSince: "14:03:22" };
  assert.equal(
    wordsFor({ ...old, state: "waiting", cameraState: "down", cameraReason: "No route to it." }),
    "No picture since 14:03:22. The camera is down: No route to it.",
  );
  assert.match(
    wordsFor({ ...old, state: "connecting", problem: LOST }),
    /^No picture since 14:03:22\. The connection to the server was lost/,
  );
  assert.equal(wordsFor(old), "Live");
});

test("a failure says what to do or what the server said", () => {
  assert.equal(
    wordsFor({ ...LIVE, state: "failed", problem: { code: 4401, message: "", isFinal: true } }),
    "You are not logged in.",
  );
  assert.match(
    wordsFor({ ...LIVE, state: "failed", problem: { code: 0, message: "no decoder", isFinal: true } }),
    /no decoder/,
  );
});

test("a camera that is off is not called down", () => {
  assert.match(wordsFor({ ...LIVE, state: "waiting", cameraState: "off" }), /switched off/);
});

test("a time of another day comes with its date", () => {
  const now = new Date(2026, 10, 22, 12, 0);
  assert.equal(timeOfDay(new Date(2026, 10, 22, 9, 5), now), new Date(2026, 10, 22, 9, 5).toLocaleTimeString());
  assert.match(timeOfDay(new Date(2026, 10, 21, 9, 5), now), /21/);
});
