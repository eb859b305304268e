import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { analysedWords, compare, comparisonWords } from "../../static/js/motion/comparison.js";
import { colourOf, heatPicture } from "../../static/js/motion/heat-picture.js";
import { Levels } from "../../static/js/motion/level-chart.js";
import { percentAt, percentWords, positionOf, STEPS, sideOf, sizeWords } from "../../static/js/motion/sizes.js";

describe("the heat map", () => {
  const alphaAt = (
    /** @type {ReturnType<typeof heatPicture>} */ picture,
    /** @type {number} */ x,
    /** @type {number} */ y,
  ) => picture.data[(y * picture.width + x) * 4 + 3];

  test("is clear where nothing moved, and strongest where most did", () => {
    const counts = Array(6 * 4).fill(0);
    counts[1 * 6 + 4] = 100;
    const picture = heatPicture(counts, 6, 4, 8);
    assert.deepEqual([picture.width, picture.height, picture.data.length], [48, 32, 48 * 32 * 4]);
    assert.equal(alphaAt(picture, 4, 28), 0);
    const peak = alphaAt(picture, 36, 12);
    assert.ok(peak > alphaAt(picture, 28, 12) && alphaAt(picture, 28, 12) > 0, "smooth to its neighbours");
    assert.equal(Math.max(...picture.data.filter((_, index) => index % 4 === 3)), peak);
  });

  test("of an even field is even up to its edges", () => {
    const picture = heatPicture(Array(24).fill(7), 6, 4, 4);
    assert.equal(new Set(picture.data.filter((_, index) => index % 4 === 3)).size, 1);
  });

  test("of nothing is nothing", () => {
    assert.ok(
      heatPicture(Array(24).fill(0), 6, 4, 4).data.every((_, index, data) => index % 4 !== 3 || data[index] === 0),
    );
  });

  test("covers more the more often something moved", () => {
    const covers = Array.from({ length: 21 }, (_, index) => colourOf(index / 20)[3]);
    assert.deepEqual(
      covers,
      [...covers].sort((a, b) => a - b),
    );
  });
});

describe("the smallest size", () => {
  test("is the same after it was shown on the slider", () => {
    for (let position = 0; position <= STEPS; position += 1) assert.equal(positionOf(percentAt(position)), position);
    assert.equal(positionOf(100), STEPS);
  });

  test("grows with the slider, from nothing to half of the picture", () => {
    const percents = Array.from({ length: STEPS + 1 }, (_, position) => percentAt(position));
    assert.deepEqual(
      percents,
      [...percents].sort((a, b) => a - b),
    );
    assert.deepEqual([percents[0], percents[1], percents[STEPS]], [0, 0.02, 50]);
  });

  test("is told in words and pixels", () => {
    assert.equal(sizeWords(0, null), "Anything counts, however small.");
    assert.equal(sizeWords(0.1, null), "0.1 % of the picture");
    assert.equal(sizeWords(1, { width: 1920, height: 1080 }), "1 % of the picture, about 192 × 108 pixels");
    assert.equal(sideOf(25), 0.5);
    assert.equal(percentWords(12.34), "12 %");
  });
});

describe("two sets of events", () => {
  const span = (/** @type {number} */ start, /** @type {number} */ end) => ({
    start_ms: start * 1000,
    end_ms: end * 1000,
  });

  test("are the same where they overlap or nearly do", () => {
    const found = compare([span(0, 10), span(60, 70)], [span(11, 15), span(100, 110)]);
    assert.deepEqual(found, { made: [true, false], would: [true, false], same: 1, gone: 1, fresh: 1 });
  });

  test("are compared in words", () => {
    const words = (/** @type {any[]} */ made, /** @type {any[]} */ would) =>
      comparisonWords(made.length, would.length, compare(made, would));
    assert.equal(words([], []), "No event was made, and none would be.");
    assert.equal(words([span(0, 9)], [span(1, 8)]), "The same 1 event.");
    assert.equal(words([span(0, 9), span(12, 20)], [span(1, 18)]), "1 event instead of 2, at the same times.");
    assert.equal(words([span(0, 9)], [span(30, 40), span(60, 61)]), "2 events instead of 1: 2 more, 1 no longer.");
  });

  test("say what could not be judged", () => {
    assert.equal(analysedWords(3_570_000, 3_600_000), "");
    assert.match(analysedWords(0, 3_600_000), /^None of this time/);
    assert.match(analysedWords(3_000_000, 3_600_000), /^10 minutes of it was not analysed/);
    assert.equal(
      analysedWords(3_480_000, 3_600_000, 120_000),
      "For 2 minutes the camera was turning: motion is not looked for then.",
    );
    assert.match(analysedWords(3_000_000, 3_600_000, 60_000), /^9 minutes .* For 60 s the camera was turning/);
  });
});

describe("the level chart", () => {
  const level = (/** @type {number} */ atMs, score = 1) => ({ atMs, score, isMotion: false });

  test("has a bar for the time since the level before, however late it comes", () => {
    const levels = new Levels();
    for (const at of [1_000, 5_000, 3_000]) levels.add(level(at));
    assert.deepEqual(
      levels.bars(6_000).map(({ start, width }) => [start, width]),
      [
        [-6, 1],
        [-5, 2],
        [-3, 2],
      ],
    );
    assert.equal(levels.newest?.atMs, 5_000);
  });

  test("does not draw a level over a pause", () => {
    const levels = new Levels();
    levels.add(level(1_000));
    levels.add(level(41_000));
    assert.equal(levels.bars(50_000)[1].width, 1);
  });

  test("shows a minute and keeps little more", () => {
    const levels = new Levels();
    for (let at = 0; at < 600_000; at += 1_000) levels.add(level(at));
    assert.equal(levels.bars(599_000).length, 60);
    assert.equal(levels.bars(540_000).at(-1)?.start, -1);
  });

  test("replaces a level that is told again", () => {
    const levels = new Levels();
    levels.add(level(1_000, 3));
    levels.add(level(1_000, 9));
    assert.deepEqual(
      levels.bars(2_000).map(({ score }) => score),
      [9],
    );
  });
});
