import assert from "node:assert/strict";
import { test } from "node:test";
import {
  areZonesChanged,
  changedSettings,
  freeName,
  heldAt,
  holdsAt,
  settingsOf,
  toApi,
  unsavedWords,
  withZone,
  zonesOf,
} from "../../static/js/motion/draft.js";
import { holdsWords, lostWords, placeWords } from "../../static/js/motion/position-words.js";

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
      preset: null,
      holds_everywhere: true,
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
      preset: 7,
      holds_everywhere: false,
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
    { preset: 8 },
    { holds_everywhere: false },
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

test("where a zone holds", () => {
  const [drive, tree] = zonesOf(ANSWER);
  assert.deepEqual(
    [drive, tree].map((zone) => [null, 7, 8].map((preset) => holdsAt(zone, preset))),
    [
      [true, true, true],
      [false, true, false],
    ],
  );
  const lost = { ...tree, preset: null };
  assert.ok(!holdsAt(lost, null) && !holdsAt(lost, 7), "its preset is gone");
  assert.ok(holdsAt({ ...tree, ...heldAt(null) }, null));
  assert.ok(holdsAt({ ...drive, ...heldAt(8) }, 8) && !holdsAt({ ...drive, ...heldAt(8) }, null));
});

test("where a zone holds, in words", () => {
  const presets = [{ id: 7, name: "Gate", picture: null }];
  const [drive, tree] = zonesOf(ANSWER);
  assert.deepEqual(
    [holdsWords(drive, presets), holdsWords(tree, presets), holdsWords(tree, [])],
    ["", "Gate", "position gone"],
  );
  assert.deepEqual([lostWords(drive, []), lostWords(tree, presets)], ["", ""]);
  assert.match(lostWords(tree, []), /holds nowhere/);
  assert.match(lostWords({ ...tree, preset: null }, presets), /holds nowhere/);
  assert.equal(placeWords(presets[0], false), "Live: the camera stands at “Gate”.");
  assert.match(placeWords(presets[0], true), /send it there/);
  assert.match(placeWords({ ...presets[0], picture: "/x.jpg" }, true), /stored picture/);
});
