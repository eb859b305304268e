import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { neighbour, perPage, planAuto, planWall, startingTiles } from "../../static/js/dashboard/layout-math.js";

const DESK = { width: 1424, height: 836, gap: 8 };
const PHONE = { width: 374, height: 700, gap: 8 };
const slugs = (/** @type {number} */ count) => Array.from({ length: count }, (_, index) => `camera-${index}`);

/** @import { Area, Place, Plan } from "../../static/js/dashboard/layout-math.js" */

/** @param {Plan} plan @returns {Place[]} */
const placed = (plan) => plan.places.filter((place) => place !== null);

/** @param {Plan} plan @param {Area} area */
function assertSound(plan, area) {
  const taken = new Set();
  for (const { x, y, w, h } of placed(plan)) {
    assert.ok(x >= 0 && y >= 0 && x + w <= plan.columns && y + h <= plan.rows, "inside the grid");
    for (let cell = 0; cell < w * h; cell += 1) {
      const key = `${x + (cell % w)},${y + Math.floor(cell / w)}`;
      assert.ok(!taken.has(key), `${key} is taken twice`);
      taken.add(key);
    }
  }
  const width = plan.columns * plan.unit.width + (plan.columns - 1) * area.gap;
  const height = plan.rows * plan.unit.height + (plan.rows - 1) * plan.rowGap;
  assert.ok(width <= area.width + 0.01, `${width} wide`);
  assert.ok(plan.scrolls || height <= area.height + 0.01, `${height} high`);
}

/** The part of the area that 16:9 pictures cover. @param {Plan} plan @param {Area} area */
function coverage(plan, area) {
  const covered = placed(plan).reduce((sum, { w, h }) => {
    const width = w * plan.unit.width + (w - 1) * area.gap;
    const height = h * plan.unit.height + (h - 1) * plan.rowGap;
    return sum + Math.min(width, (height * 16) / 9) * Math.min(height, (width * 9) / 16);
  }, 0);
  return covered / (area.width * area.height);
}

describe("auto", () => {
  test("shows every camera, within the screen or scrolled, for any number and shape", () => {
    const areas = [
      DESK,
      PHONE,
      { width: 2560, height: 1380, gap: 8 },
      { width: 820, height: 1100, gap: 8 },
      { width: 3440, height: 1380, gap: 8 },
    ];
    for (const area of areas) {
      for (let count = 1; count <= 70; count += 1) {
        const plan = planAuto(count, area);
        assert.equal(placed(plan).length, count);
        assertSound(plan, area);
      }
    }
  });

  test("fills three quarters of a desktop screen or more, from four cameras on", () => {
    for (let count = 4; count <= 25; count += 1) {
      const share = coverage(planAuto(count, DESK), DESK);
      assert.ok(share > 0.75, `${count} cameras cover ${share}`);
    }
  });

  test("makes the first of six cameras big instead of leaving a third of the screen empty", () => {
    const plan = planAuto(6, DESK);
    assert.deepEqual(plan.places[0], { x: 0, y: 0, w: 2, h: 2 });
    assert.ok(
      placed(plan)
        .slice(1)
        .every(({ w, h }) => w === 1 && h === 1),
    );
  });

  test("keeps tiles equal where that fills the screen", () => {
    for (const count of [1, 2, 4, 9, 16]) {
      const sizes = new Set(placed(planAuto(count, DESK)).map(({ w, h }) => `${w}x${h}`));
      assert.equal(sizes.size, 1, `${count} cameras`);
    }
  });

  test("stands a short last row in the middle", () => {
    const plan = planAuto(3, DESK);
    assert.deepEqual(
      placed(plan).map(({ x, y }) => [x, y]),
      [
        [0, 0],
        [2, 0],
        [1, 1],
      ],
    );
  });

  test("gives every tile of a mosaic the shape of the picture", () => {
    const plan = planAuto(7, DESK);
    for (const { w, h } of placed(plan)) {
      const width = w * plan.unit.width + (w - 1) * DESK.gap;
      const height = h * plan.unit.height + (h - 1) * plan.rowGap;
      assert.ok(Math.abs(width / height - 16 / 9) < 1e-9);
    }
  });

  test("scrolls rather than showing stamps", () => {
    const plan = planAuto(120, DESK);
    assert.ok(plan.scrolls);
    assert.ok(plan.unit.width > 200);
  });

  test("needs no camera", () => {
    assert.deepEqual(planAuto(0, DESK).places, []);
  });
});

describe("pages", () => {
  test("hold as many cameras as their name says", () => {
    const plan = planWall({ kind: "4", slugs: slugs(10), area: DESK, isNarrow: false, page: 1 });
    assert.equal(plan.pages, 3);
    assert.deepEqual(plan.places.map(Boolean), [false, false, false, false, true, true, true, true, false, false]);
    assertSound(plan, DESK);
  });

  test("end at the last one when cameras have gone", () => {
    const plan = planWall({ kind: "9", slugs: slugs(10), area: DESK, isNarrow: false, page: 7 });
    assert.equal(plan.page, 1);
    assert.equal(placed(plan).length, 1);
  });

  test("are two columns wide on a phone", () => {
    const plan = planWall({ kind: "16", slugs: slugs(16), area: PHONE, isNarrow: true });
    assert.equal(plan.columns, 2);
    assert.equal(perPage("16"), 16);
    assertSound(plan, PHONE);
  });
});

describe("custom", () => {
  const tiles = [
    { camera: "camera-0", x: 0, y: 0, w: 8, h: 8 },
    { camera: "camera-1", x: 8, y: 0, w: 4, h: 4 },
    { camera: "gone", x: 8, y: 4, w: 4, h: 4 },
  ];
  const wish = { kind: "custom", slugs: slugs(3), columns: 12, tiles };

  test("shows what was arranged and nothing else", () => {
    const plan = planWall({ ...wish, area: DESK, isNarrow: false });
    assert.deepEqual(plan.places, [{ x: 0, y: 0, w: 8, h: 8 }, { x: 8, y: 0, w: 4, h: 4 }, null]);
    assertSound(plan, DESK);
    assert.equal(plan.scrolls, false);
  });

  test("scrolls an arrangement far higher than the screen", () => {
    const high = [...tiles, { camera: "camera-2", x: 0, y: 30, w: 12, h: 12 }];
    assert.equal(planWall({ ...wish, tiles: high, area: DESK, isNarrow: false }).scrolls, true);
  });

  test("is one column on a phone, in reading order", () => {
    const plan = planWall({ ...wish, tiles: [{ ...tiles[0], y: 9 }, tiles[1]], area: PHONE, isNarrow: true });
    assert.deepEqual(
      plan.places.map((place) => place?.y),
      [1, 0, undefined],
    );
  });

  test("falls back to auto when none of its cameras is left", () => {
    const plan = planWall({ ...wish, tiles: [tiles[2]], area: DESK, isNarrow: false });
    assert.equal(placed(plan).length, 3);
  });

  test("starts from equal tiles that fit its columns", () => {
    for (const count of [1, 2, 5, 9, 12, 20, 40]) {
      const start = startingTiles(slugs(count));
      const plan = planWall({
        kind: "custom",
        slugs: slugs(count),
        columns: 12,
        tiles: start,
        area: DESK,
        isNarrow: false,
      });
      assert.equal(placed(plan).length, count);
      assertSound(plan, DESK);
    }
  });
});

describe("arrow keys", () => {
  const grid = [
    { x: 0, y: 0, w: 100, h: 50 },
    { x: 100, y: 0, w: 100, h: 50 },
    { x: 0, y: 50, w: 100, h: 50 },
    { x: 100, y: 50, w: 100, h: 50 },
  ];

  test("lead to the tile beside, above or below", () => {
    assert.equal(neighbour(grid, 0, "right"), 1);
    assert.equal(neighbour(grid, 0, "down"), 2);
    assert.equal(neighbour(grid, 3, "up"), 1);
    assert.equal(neighbour(grid, 3, "left"), 2);
  });

  test("stay at the edge", () => {
    assert.equal(neighbour(grid, 0, "left"), 0);
    assert.equal(neighbour(grid, 2, "down"), 2);
  });
});
