import assert from "node:assert/strict";
import { test } from "node:test";
import {
  areZonesChanged,
  changedSettings,
  freeName,
  settingsOf,
  toApi,
  unsavedWords,
  withZone,
  zonesOf,
} from "../../static/js/motion/draft.js";

const ANSWER = {
  is_on: true,
  sensitivity: 50,
  smallest_percent: 0.1,
  shortest_ms: 400,
  ends_after_s: 8,
  pre_roll_s: 5,
  post_roll_s: 10,
  analyses_per_s: 5,
  schedule: { 0: [["08:00", "18:00"]] },
  time_zone: "UTC",
  finds_objects: false,
  zones: [
    {
      id: 3,
      name: "Drive",
      kind: "watch",
      points: [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      sensitivity: null,
    },
    {
      id: 4,
      name: "Tree",
      kind: "ignore",
      points: [
        [0, 0],
        [0.5, 0],
        [0.5, 1],
      ],
      sensitivity: 20,
    },
  ],
  status: { is_on: true },
};

test("only what differs is to be saved", () => {
  const saved = settingsOf(ANSWER);
  assert.equal(changedSettings(saved, { ...saved }), null);
  assert.deepEqual(changedSettings(saved, { ...saved, sensitivity: 60, schedule: {} }), {
    sensitivity: 60,
    schedule: {},
  });
  assert.equal(changedSettings(saved, { ...saved, schedule: { 0: [["08:00", "18:00"]] } }), null);
});

test("zones go back to the server as they came", () => {
  assert.deepEqual(toApi(zonesOf(ANSWER)), ANSWER.zones);
});

test("the order of zones is no change, everything else is", () => {
  const saved = zonesOf(ANSWER);
  assert.ok(!areZonesChanged(saved, [...saved].reverse()));
  assert.ok(areZonesChanged(saved, saved.slice(1)));
  for (const change of [
    { name: "Road" },
    { kind: /** @type {const} */ ("ignore") },
    { sensitivity: 9 },
    { points: saved[1].points },
  ])
    assert.ok(areZonesChanged(saved, withZone(saved, "saved-3", change)));
});

test("a new zone gets a name that no other has", () => {
  const zones = zonesOf(ANSWER);
  assert.equal(freeName(zones, "watch"), "Zone 1");
  assert.equal(freeName([...zones, { ...zones[0], name: "zone 1" }], "watch"), "Zone 2");
  assert.equal(freeName(zones, "ignore"), "Ignored 1");
});

test("what is not saved is told in words", () => {
  assert.equal(unsavedWords(null, false), "");
  assert.equal(unsavedWords({ sensitivity: 3 }, false), "Not saved yet: one setting.");
  assert.equal(unsavedWords({ sensitivity: 3, schedule: {} }, true), "Not saved yet: zones and 2 settings.");
});
