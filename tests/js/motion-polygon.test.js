import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  area,
  bounds,
  clamped,
  contains,
  crossesItself,
  distanceToLine,
  MOST_CORNERS,
  middleAfter,
  rectangle,
  shifted,
  simplified,
  withCornerAfter,
  withCornerAt,
  withoutCorner,
} from "../../static/js/motion/polygon.js";

/** @import { Polygon } from "../../static/js/motion/polygon.js" */

/** @type {Polygon} */
const SQUARE = [
  [0.2, 0.2],
  [0.6, 0.2],
  [0.6, 0.6],
  [0.2, 0.6],
];
/** @type {Polygon} */
const BOW = [
  [0, 0],
  [1, 1],
  [1, 0],
  [0, 1],
];

describe("corners", () => {
  test("stay inside the picture and no finer than they are kept", () => {
    assert.deepEqual(clamped(-0.3, 1.2), [0, 1]);
    assert.deepEqual(clamped(0.1234567, 0.5), [0.12346, 0.5]);
  });

  test("are moved, added behind one, and taken away, without changing what was", () => {
    assert.deepEqual(withCornerAt(SQUARE, 1, [2, 0.1])[1], [1, 0.1]);
    assert.deepEqual(withCornerAfter(SQUARE, 3, [0.1, 0.4])[4], [0.1, 0.4]);
    assert.deepEqual(withoutCorner(SQUARE, 0), SQUARE.slice(1));
    assert.equal(SQUARE.length, 4);
  });

  test("are three at least and forty at most", () => {
    const triangle = SQUARE.slice(1);
    assert.equal(withoutCorner(triangle, 0), triangle);
    /** @type {Polygon} */
    const full = Array.from({ length: MOST_CORNERS }, (_, index) => [index / MOST_CORNERS, (index % 2) / 2]);
    assert.equal(withCornerAfter(full, 3, [0.5, 0.5]), full);
  });

  test("lie halfway between two, also between the last and the first", () => {
    assert.deepEqual(middleAfter(SQUARE, 0), [0.4, 0.2]);
    assert.deepEqual(middleAfter(SQUARE, 3), [0.2, 0.4]);
  });
});

describe("a polygon", () => {
  test("is moved as a whole, and keeps its shape at the edge of the picture", () => {
    assert.deepEqual(bounds(shifted(SQUARE, 0.1, -0.1)), [0.3, 0.1, 0.7, 0.5]);
    assert.deepEqual(bounds(shifted(SQUARE, 5, -5)), [0.6, 0, 1, 0.4]);
  });

  test("is a rectangle between any two opposite corners", () => {
    assert.deepEqual(rectangle([0.6, 0.6], [0.2, 0.2]), SQUARE);
    assert.deepEqual(rectangle([0.5, -1], [2, 0.5]), [
      [0.5, 0],
      [1, 0],
      [1, 0.5],
      [0.5, 0.5],
    ]);
  });

  test("contains what is inside by the even-odd rule", () => {
    assert.ok(contains(SQUARE, [0.4, 0.4]));
    assert.ok(!contains(SQUARE, [0.7, 0.4]));
    assert.ok(contains(BOW, [0.9, 0.5]));
    assert.ok(!contains(BOW, [0.5, 0.9]));
  });

  test("has an area, whichever way round it was drawn", () => {
    assert.equal(area(SQUARE).toFixed(4), "0.1600");
    assert.equal(area([...SQUARE].reverse()).toFixed(4), "0.1600");
  });

  test("crosses itself or not", () => {
    assert.ok(crossesItself(BOW));
    assert.ok(!crossesItself(SQUARE));
    assert.ok(!crossesItself(SQUARE.slice(1)));
  });
});

describe("what adds nothing", () => {
  test("is left out: corners on a line and on each other", () => {
    /** @type {Polygon} */
    const drawn = [
      [0.2, 0.2],
      [0.4, 0.2],
      [0.6, 0.2],
      [0.6, 0.2],
      [0.6, 0.6],
      [0.2, 0.6],
    ];
    assert.deepEqual(simplified(drawn, 0.001), SQUARE);
  });

  test("leaves what is a corner, and three in any case", () => {
    assert.deepEqual(simplified(SQUARE, 0.01), SQUARE);
    assert.equal(
      simplified(
        [
          [0, 0],
          [0.1, 0],
          [0.2, 0],
          [0.3, 0],
        ],
        1,
      ).length,
      3,
    );
  });

  test("goes first when there are too many corners", () => {
    /** @type {Polygon} */
    const circle = Array.from({ length: 100 }, (_, index) => {
      const angle = (index / 100) * 2 * Math.PI;
      return [0.5 + 0.4 * Math.cos(angle), 0.5 + 0.4 * Math.sin(angle)];
    });
    const fewer = simplified(circle, 0);
    assert.equal(fewer.length, MOST_CORNERS);
    assert.ok(area(fewer) > 0.97 * area(circle));
  });

  test("is measured to the line's ends, not beyond", () => {
    assert.equal(distanceToLine([2, 0], [0, 0], [1, 0]), 1);
    assert.equal(distanceToLine([0.5, 0.25], [0, 0], [1, 0]), 0.25);
    assert.equal(distanceToLine([3, 4], [0, 0], [0, 0]), 5);
  });
});
