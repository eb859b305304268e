import assert from "node:assert/strict";
import { test } from "node:test";
import { hitTest, isNear, nextUnder, REACH_PX } from "../../static/js/motion/hit-test.js";

/** @import { Outline } from "../../static/js/motion/hit-test.js" */

const SIZE = { width: 1000, height: 500 };
/** @type {Outline} */
const LARGE = {
  key: "large",
  points: [
    [0.1, 0.1],
    [0.9, 0.1],
    [0.9, 0.9],
    [0.1, 0.9],
  ],
};
/** @type {Outline} */
const SMALL = {
  key: "small",
  points: [
    [0.4, 0.4],
    [0.6, 0.4],
    [0.6, 0.6],
    [0.4, 0.6],
  ],
};
const ZONES = [SMALL, LARGE];

test("the smaller of two zones is hit, unless the larger is selected", () => {
  assert.deepEqual(hitTest(ZONES, null, [500, 250], SIZE, 9), { kind: "zone", key: "small" });
  assert.deepEqual(hitTest(ZONES, "large", [500, 250], SIZE, 9), { kind: "zone", key: "large" });
  assert.deepEqual(hitTest(ZONES, null, [200, 100], SIZE, 9), { kind: "zone", key: "large" });
  assert.equal(hitTest(ZONES, null, [20, 20], SIZE, 9), null);
});

test("of the selected zone corners come before edges, within reach only", () => {
  assert.deepEqual(hitTest(ZONES, "small", [405, 205], SIZE, 9), { kind: "corner", key: "small", index: 0 });
  assert.deepEqual(hitTest(ZONES, "small", [500, 205], SIZE, 9), {
    kind: "edge",
    key: "small",
    index: 0,
    at: [0.5, 0.4],
  });
  assert.deepEqual(hitTest(ZONES, "small", [500, 220], SIZE, 9), { kind: "zone", key: "small" });
});

test("the line from the last corner to the first is an edge too", () => {
  assert.deepEqual(hitTest(ZONES, "small", [400, 250], SIZE, 9), {
    kind: "edge",
    key: "small",
    index: 3,
    at: [0.4, 0.5],
  });
});

test("a finger need not be as exact as a mouse", () => {
  assert.equal(hitTest(ZONES, "small", [385, 185], SIZE, REACH_PX.fine)?.kind, "zone");
  assert.equal(hitTest(ZONES, "small", [385, 185], SIZE, REACH_PX.coarse)?.kind, "corner");
});

test("corners of zones that are not selected are not in the way", () => {
  assert.deepEqual(hitTest(ZONES, "large", [400, 200], SIZE, 9), { kind: "zone", key: "large" });
});

test("distances are those on the screen, not of the picture's parts", () => {
  assert.ok(isNear([410, 200], [0.4, 0.4], SIZE, 10));
  assert.ok(!isNear([400, 211], [0.4, 0.4], SIZE, 10));
});

test("clicking on goes through the zones that lie on each other", () => {
  assert.equal(nextUnder(ZONES, null, [0.5, 0.5]), "small");
  assert.equal(nextUnder(ZONES, "small", [0.5, 0.5]), "large");
  assert.equal(nextUnder(ZONES, "large", [0.5, 0.5]), "small");
  assert.equal(nextUnder(ZONES, "small", [0.2, 0.2]), "large");
  assert.equal(nextUnder(ZONES, "small", [0.01, 0.01]), null);
});
