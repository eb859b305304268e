import assert from "node:assert/strict";
import { test } from "node:test";
import { clipped, itemAt, joined, parseAccount, renewed, startsOf } from "../../static/js/timeline/account.js";
import { childrenOf, endOfTile, levelFor, parentOf, tileMs, tilesOf } from "../../static/js/timeline/tiles.js";
import { gapWords, lengthWords, TimeWords, zoomWords } from "../../static/js/timeline/time-words.js";
import { Zone } from "../../static/js/timeline/zone.js";

const answer = (
  /** @type {number} */ start,
  /** @type {number} */ end,
  /** @type {number[][]} */ spans,
  /** @type {any[]} */ gaps = [],
) =>
  parseAccount({
    start_ms: start,
    end_ms: end,
    spans: spans.map(([start_ms, end_ms]) => ({ start_ms, end_ms })),
    gaps: gaps.map(([start_ms, end_ms, kind, text]) => ({ start_ms, end_ms, kind, text })),
    events: [],
    protections: [{ id: 7, start_ms: 50, end_ms: 150, note: "burglar" }],
    newest_ms: 190,
  });

test("what goes on across tiles is one thing again", () => {
  const whole = joined([
    answer(0, 100, [[10, 100]], [[0, 10, "off", ""]]),
    answer(100, 200, [[100, 120]], [[120, 200, "camera_down", "no answer"]]),
    answer(200, 300, [], [[200, 300, "camera_down", "no answer"]]),
  ]);
  assert.deepEqual(whole.spans, [{ startMs: 10, endMs: 120 }]);
  assert.deepEqual(
    whole.gaps.map(({ startMs, endMs, kind }) => [startMs, endMs, kind]),
    [
      [0, 10, "off"],
      [120, 300, "camera_down"],
    ],
  );
  assert.equal(whole.protections.length, 1);
  assert.equal(whole.newestMs, 190);
});

test("a moment is in footage, in a gap, or in neither", () => {
  const account = answer(
    0,
    300,
    [
      [10, 100],
      [120, 200],
    ],
    [[100, 120, "off", ""]],
  );
  assert.equal(itemAt(account.spans, 50)?.endMs, 100);
  assert.equal(itemAt(account.spans, 100), undefined);
  assert.equal(itemAt(account.gaps, 100)?.kind, "off");
  assert.equal(itemAt(account.gaps, 5), undefined);
  assert.equal(itemAt([], 5), undefined);
});

test("a newer answer for the end replaces what was there", () => {
  const account = renewed(answer(0, 300, [[10, 200]], [[200, 300, "unknown", ""]]), answer(150, 300, [[150, 260]]));
  assert.deepEqual(account.spans, [{ startMs: 10, endMs: 260 }]);
  assert.deepEqual(account.gaps, []);
  assert.equal(account.endMs, 300);
});

test("footage that only the window cuts has no begin there", () => {
  assert.deepEqual(
    startsOf(
      answer(0, 300, [
        [0, 100],
        [150, 200],
      ]),
    ),
    [150],
  );
  assert.deepEqual(clipped(answer(0, 300, [[10, 100]]), 50, 80).spans, [{ startMs: 50, endMs: 80 }]);
});

test("tiles cover every view with few, finer than a pixel, and nest", () => {
  for (let spanMs = 1000; spanMs < 36 * 86_400_000; spanMs *= 1.31) {
    const level = levelFor(spanMs);
    const tiles = tilesOf(level, 1_795_000_000_123, 1_795_000_000_123 + spanMs);
    assert.ok(tiles.length <= 4, `${tiles.length} tiles for ${spanMs} ms`);
    assert.ok(
      tiles[0].startMs <= 1_795_000_000_123 && endOfTile(tiles[tiles.length - 1]) >= 1_795_000_000_123 + spanMs,
    );
    assert.ok(level === 0 || tileMs(level) / 4000 < spanMs / 1440, `too coarse for ${spanMs} ms`);
    for (const tile of tiles) {
      const parent = parentOf(tile);
      if (parent) assert.ok(childrenOf(parent).some(({ startMs }) => startMs === tile.startMs));
    }
  }
});

test("times and gaps in words", () => {
  const words = new TimeWords(new Zone("Europe/Berlin"), "en-GB");
  const at = Date.parse("2026-11-22T13:03:22.125Z");
  assert.equal(words.time(at), "14:03:22");
  assert.equal(words.exactTime(at), "14:03:22.125");
  assert.equal(words.span(at, at + 60_000, at), "14:03:22 – 14:04:22");
  assert.equal(words.span(at - 86_400_000, at, at), "21 Nov, 14:03:22 – 22 Nov, 14:03:22");
  assert.equal(lengthWords(110_000), "1 min 50 s");
  assert.equal(lengthWords(400), "400 ms");
  assert.equal(lengthWords(90_061_000), "1 d 1 h");
  assert.equal(zoomWords(3_600_000), "1 hour");
  assert.equal(zoomWords(35 * 86_400_000), "35 days");
  assert.equal(gapWords({ kind: "camera_down", text: "" }), "Camera down");
  assert.equal(
    gapWords({ kind: "camera_down", text: "no picture from the camera: no answer" }),
    "No picture from the camera: no answer",
  );
  assert.equal(gapWords({ kind: "martians", text: "" }), "No footage");
});
