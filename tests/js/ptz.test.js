import assert from "node:assert/strict";
import { test } from "node:test";
import { picturePoint } from "../../static/js/ptz/picture-point.js";
import { dailyHours, toSchedule } from "../../static/js/ptz/tour-hours.js";
import { fromGamepad, fromPad, isStill, STILL, together, within } from "../../static/js/ptz/velocity.js";
import { steeringWords, tourWords } from "../../static/js/ptz/words.js";

test("the middle of the pad is still, its edge full speed, up is up", () => {
  assert.ok(isStill(fromPad(0, 0)));
  assert.ok(isStill(fromPad(0.1, -0.1)));
  assert.deepEqual(fromPad(1, 0), { ...STILL, pan: 1 });
  assert.deepEqual(fromPad(0, -1), { ...STILL, tilt: 1 });
  const half = fromPad(0.6, 0);
  assert.ok(half.pan > 0.2 && half.pan < 0.5, String(half.pan));
  assert.ok(isStill(fromPad(Number.NaN, 0)));
});

test("speeds come in steps, and no step is minus nothing", () => {
  for (let x = -1; x <= 1; x += 0.013) {
    const { pan, tilt } = fromPad(x, 0);
    assert.equal(Math.round(pan * 20), pan * 20);
    assert.ok(Object.is(tilt, 0));
  }
});

test("hands add up, within full speed", () => {
  const right = { ...STILL, pan: 0.5 };
  assert.deepEqual(together([right, { ...STILL, tilt: -0.5 }]), { ...STILL, pan: 0.5, tilt: -0.5 });
  assert.equal(together([right, right, right]).pan, 1);
  assert.ok(isStill(together([right, { ...STILL, pan: -0.5 }])));
  assert.ok(isStill(together([])));
});

test("a game controller at rest does nothing, its sticks turn and zoom", () => {
  const rest = Array.from({ length: 17 }, () => ({ value: 0 }));
  assert.ok(isStill(fromGamepad([0.05, -0.08, 0, 0.1], rest)));
  assert.ok(isStill(fromGamepad([], [])));
  assert.deepEqual(fromGamepad([-1, 0, 0, 0], rest), { ...STILL, pan: -1 });
  assert.equal(fromGamepad([0, 0, 0, -1], rest).zoom, 1);
  const pressed = rest.map((button, index) => (index === 7 ? { value: 1 } : button));
  assert.equal(fromGamepad([0, 0, 0, 0], pressed).zoom, 1);
});

test("what the camera lacks is not asked of it", () => {
  const wish = { pan: 1, tilt: 1, zoom: 1, focus: 1 };
  assert.deepEqual(within(wish, { turns: false, zooms: true, focuses: false }), { ...STILL, zoom: 1 });
});

test("a click is found in a letterboxed picture", () => {
  const box = { left: 100, top: 50, width: 400, height: 400 };
  const picture = { width: 1920, height: 1080 };
  assert.deepEqual(picturePoint(box, picture, 300, 250), { x: 0, y: 0 });
  assert.deepEqual(picturePoint(box, picture, 500, 250), { x: 1, y: 0 });
  const top = picturePoint(box, picture, 300, 50 + 400 / 2 - 400 / (16 / 9) / 2);
  assert.ok(top && Math.abs(top.y - 1) < 1e-9);
  assert.equal(picturePoint(box, picture, 300, 60), null);
  assert.deepEqual(picturePoint(box, { width: 0, height: 0 }, 300, 50), { x: 0, y: 1 });
  assert.equal(picturePoint({ left: 0, top: 0, width: 0, height: 0 }, picture, 1, 1), null);
});

test("who steers is said with how long it lasts", () => {
  assert.equal(steeringWords({ by: null, until_ms: null }, "bob", 0), "");
  assert.equal(steeringWords({ by: "bob", until_ms: 5_000 }, "bob", 0), "You are steering.");
  assert.equal(
    steeringWords({ by: "carol", until_ms: 5_400 }, "bob", 1_000),
    "carol is steering. Free in 5 s, unless carol goes on.",
  );
  assert.equal(steeringWords({ by: "carol", until_ms: 5_000 }, "bob", 5_000), "");
});

test("how a tour is, in words", () => {
  const tour = { state: "running", state_reason: "", stop_index: 1, stops: [{ name: "Gate" }, { name: "Yard" }] };
  assert.equal(tourWords(tour), "Running: Yard, 2 stops.");
  assert.equal(tourWords({ ...tour, stop_index: 7 }), "Running: on its way, 2 stops.");
  assert.equal(tourWords({ ...tour, state: "off", stops: [{ name: "Gate" }] }), "Off, 1 stop.");
  assert.equal(tourWords({ ...tour, state: "paused", state_reason: "Bob." }), "Paused. Bob.");
  assert.equal(tourWords({ ...tour, state: "waiting" }), "Waiting for its hours.");
  assert.equal(
    tourWords({ ...tour, state: "failing", state_reason: "No device answers." }),
    "Failing: No device answers.",
  );
});

test("hours that are the same each day are shown, others kept", () => {
  assert.deepEqual(dailyHours({}), ["", ""]);
  const nightly = toSchedule("22:00", "06:00");
  assert.ok(nightly);
  assert.deepEqual(dailyHours(nightly), ["22:00", "06:00"]);
  assert.equal(dailyHours({ ...nightly, 6: [] }), null);
  assert.equal(dailyHours({ 0: [["08:00", "12:00"]] }), null);
  assert.equal(toSchedule("", "06:00"), null);
});
