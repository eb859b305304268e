import assert from "node:assert/strict";
import { test } from "node:test";
import { MovingNow } from "../../static/js/dashboard/moving-now.js";

/** @param {number} id @param {string} state @param {Record<string, unknown>} [more] */
function news(id, state, more = {}) {
  return { type: "event", kind: "motion", camera: "door", id, state, is_late: false, ...more };
}

/** What moves, and what was told. @param {number} [startMs] */
function watched(startMs = 0) {
  const clock = { ms: startMs };
  const moving = new MovingNow(() => clock.ms);
  /** @type {string[]} */
  const told = [];
  moving.addEventListener("change", (event) => told.push(/** @type {CustomEvent} */ (event).detail));
  return { clock, moving, told };
}

test("a camera moves from the first event's begin to the last one's end", () => {
  const { moving, told } = watched();
  moving.hear(news(1, "begun"));
  moving.hear(news(2, "begun"));
  moving.hear(news(1, "changed"));
  moving.hear(news(1, "ended"));
  assert.ok(moving.isMoving("door"));
  moving.hear(news(2, "ended"));
  assert.ok(!moving.isMoving("door"));
  assert.deepEqual(told, ["door", "door"]);
});

test("what is late, of another kind, or about no camera does not move", () => {
  const { moving, told } = watched();
  moving.hear(news(1, "begun", { is_late: true }));
  moving.hear(news(2, "begun", { kind: "camera_down" }));
  moving.hear(news(3, "begun", { camera: null }));
  moving.hear({ type: "motion.level", camera: "door", score: 90 });
  moving.hear(news(9, "ended"));
  assert.ok(!moving.isMoving("door"));
  assert.deepEqual(told, []);
});

test("what the API says takes the place of what was known", () => {
  const { moving, told } = watched();
  moving.hear(news(1, "begun"));
  moving.know([
    { id: 5, camera: "yard", isGoingOn: true, isLate: false },
    { id: 4, camera: "door", isGoingOn: false, isLate: false },
    { id: 3, camera: "attic", isGoingOn: true, isLate: true },
  ]);
  assert.deepEqual(
    ["door", "yard", "attic"].map((slug) => moving.isMoving(slug)),
    [false, true, false],
  );
  assert.deepEqual(told, ["door", "door", "yard"]);
});

test("an end that nobody heard is not waited for for ever", () => {
  const { clock, moving } = watched();
  moving.hear(news(1, "begun"));
  clock.ms += 14 * 60_000;
  moving.forgetStale();
  assert.ok(moving.isMoving("door"));
  moving.hear(news(1, "changed"));
  clock.ms += 14 * 60_000;
  moving.forgetStale();
  assert.ok(moving.isMoving("door"));
  clock.ms += 2 * 60_000;
  moving.forgetStale();
  assert.ok(!moving.isMoving("door"));
});
