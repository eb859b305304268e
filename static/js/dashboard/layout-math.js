// @ts-check
/**
 * Where each tile of the wall goes. Pure: sizes in, grid places out; no DOM.
 *
 * A plan is a CSS grid of equal cells. A tile covers whole cells; places are zero-based. `unit` is one cell in CSS pixels. Where tiles cover
 * several cells the gaps between rows are 9/16 of those between columns, so that n x n cells are as much 16:9 as one is.
 *
 * @typedef {{x: number, y: number, w: number, h: number}} Place
 * @typedef {{camera: string, x: number, y: number, w: number, h: number}} SavedTile
 * @typedef {{columns: number, rows: number, unit: {width: number, height: number}, rowGap: number, places: (Place | null)[], pages: number, page: number, scrolls: boolean}} Plan
 * @typedef {{width: number, height: number, gap: number, rowGap?: number}} Area
 */

const RATIO = 16 / 9;
/** Below this width a tile shows nothing useful: the wall scrolls instead. */
const NARROWEST_TILE_PX = 176;
/** A mosaic makes some cameras bigger than others; it has to fill the screen this much better than equal tiles. */
const MOSAIC_GAIN = 1.15;
const PER_PAGE = /** @type {Record<string, number>} */ ({ 1: 1, 4: 4, 9: 9, 16: 16 });

/** How many tiles a page of this kind holds; Infinity for kinds without pages. @param {string} kind */
export function perPage(kind) {
  return PER_PAGE[kind] ?? Number.POSITIVE_INFINITY;
}

/**
 * @param {{kind: string, slugs: string[], area: Area, isNarrow: boolean, page?: number, columns?: number, tiles?: SavedTile[]}} wish
 * @returns {Plan}
 */
export function planWall({ kind, slugs, area, isNarrow, page = 0, columns = 12, tiles = [] }) {
  const size = perPage(kind);
  if (Number.isFinite(size)) return planPages(size, slugs.length, area, isNarrow, page);
  if (kind === "custom" && tiles.some((tile) => slugs.includes(tile.camera)))
    return planCustom(slugs, tiles, columns, area, isNarrow);
  return isNarrow ? stack(slugs.length, 1, area) : planAuto(slugs.length, area);
}

/** @param {number} count @param {Area} area @returns {Plan} */
export function planAuto(count, area) {
  if (count === 0) return onePage(1, 1, { width: area.width, height: area.height }, area.gap, [], false);
  const equal = bestEqual(count, area);
  if (equal.tile.width < NARROWEST_TILE_PX) {
    const columns = Math.max(1, Math.floor((area.width + area.gap) / (NARROWEST_TILE_PX * 1.25 + area.gap)));
    return stack(count, columns, area);
  }
  const mosaic = bestMosaic(count, area);
  if (mosaic && mosaic.covered > equal.covered * MOSAIC_GAIN) {
    return onePage(mosaic.columns, mosaic.rows, mosaic.unit, area.gap / RATIO, mosaic.places, false);
  }
  return equalPlan(count, equal.columns, equal.rows, area);
}

/** The equal grid in which `count` 16:9 tiles are largest. @param {number} count @param {Area} area */
function bestEqual(count, area) {
  let best = { columns: 1, rows: count, tile: { width: 0, height: 0 }, covered: -1 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const tile = fit(columns, rows, area);
    const covered = count * tile.width * tile.height;
    if (covered > best.covered) best = { columns, rows, tile, covered };
  }
  return best;
}

/**
 * Square grids in which the first one to three tiles cover 2 x 2 cells, or the first one 3 x 3, and little of the last row stays empty.
 *
 * @param {number} count @param {Area} area
 */
function bestMosaic(count, area) {
  /** @type {{columns: number, rows: number, unit: {width: number, height: number}, places: Place[], covered: number} | null} */
  let best = null;
  for (let side = 3; side <= 6; side += 1) {
    for (const [big, blocks] of [
      [2, 1],
      [2, 2],
      [2, 3],
      [3, 1],
    ]) {
      const spare = side * side - (count + blocks * (big * big - 1));
      if (big >= side || spare < 0 || spare > side - 2 || blocks > count || blocks > Math.floor(side / big) ** 2)
        continue;
      const unit = fit(side, side, { ...area, rowGap: area.gap / RATIO });
      if (unit.width < NARROWEST_TILE_PX) continue;
      const covered = (side * side - spare) * unit.width * unit.height;
      if (!best || covered > best.covered) {
        best = {
          columns: side,
          rows: side,
          unit,
          places: fill(count, side, big, blocks),
          covered,
        };
      }
    }
  }
  return best;
}

/** Big blocks from the top left, then single cells in reading order. @param {number} count @param {number} side @param {number} big @param {number} blocks */
function fill(count, side, big, blocks) {
  /** @type {Place[]} */
  const places = [];
  const taken = new Set();
  const perRow = Math.floor(side / big);
  for (let index = 0; index < blocks; index += 1) {
    const place = { x: (index % perRow) * big, y: Math.floor(index / perRow) * big, w: big, h: big };
    places.push(place);
    for (let cell = 0; cell < big * big; cell += 1)
      taken.add((place.y + Math.floor(cell / big)) * side + place.x + (cell % big));
  }
  for (let cell = 0; places.length < count; cell += 1) {
    if (!taken.has(cell)) places.push({ x: cell % side, y: Math.floor(cell / side), w: 1, h: 1 });
  }
  return places;
}

/** Equal tiles of two half-columns each, so that a short last row can stand in the middle. @param {number} count @param {number} columns @param {number} rows @param {Area} area @returns {Plan} */
function equalPlan(count, columns, rows, area) {
  const tile = fit(columns, rows, area);
  const unit = { width: (tile.width - area.gap) / 2, height: tile.height };
  const inLastRow = count - (rows - 1) * columns;
  const places = Array.from({ length: count }, (_, index) => {
    const y = Math.floor(index / columns);
    const indent = y === rows - 1 ? columns - inLastRow : 0;
    return { x: (index % columns) * 2 + indent, y, w: 2, h: 1 };
  });
  return onePage(columns * 2, rows, unit, area.gap, places, false);
}

/** @param {number} size @param {number} count @param {Area} area @param {boolean} isNarrow @param {number} page @returns {Plan} */
function planPages(size, count, area, isNarrow, page) {
  const pages = Math.max(1, Math.ceil(count / size));
  const shownPage = Math.min(Math.max(0, page), pages - 1);
  const first = shownPage * size;
  const onThisPage = Math.min(size, count - first);
  const side = Math.round(Math.sqrt(size));
  const plan = isNarrow ? stack(onThisPage, Math.min(side, 2), area) : squarePlan(onThisPage, side, area);
  const places = Array.from({ length: count }, (_, index) => plan.places[index - first] ?? null);
  return { ...plan, places, pages, page: shownPage };
}

/** @param {number} count @param {number} side @param {Area} area @returns {Plan} */
function squarePlan(count, side, area) {
  const places = Array.from({ length: count }, (_, index) => ({
    x: index % side,
    y: Math.floor(index / side),
    w: 1,
    h: 1,
  }));
  return onePage(side, side, fit(side, side, area), area.gap, places, false);
}

/** @param {string[]} slugs @param {SavedTile[]} tiles @param {number} columns @param {Area} area @param {boolean} isNarrow @returns {Plan} */
function planCustom(slugs, tiles, columns, area, isNarrow) {
  const saved = new Map(tiles.map((tile) => [tile.camera, tile]));
  const shown = slugs.map((slug) => saved.get(slug) ?? null);
  if (isNarrow) {
    const order = shown.filter((tile) => tile !== null).sort((a, b) => a.y - b.y || a.x - b.x);
    const plan = stack(order.length, 1, area);
    return { ...plan, places: shown.map((tile) => (tile ? plan.places[order.indexOf(tile)] : null)) };
  }
  const places = shown.map((tile) => tile && { x: tile.x, y: tile.y, w: tile.w, h: tile.h });
  const rows = Math.max(1, ...places.map((place) => (place ? place.y + place.h : 0)));
  const wide = (area.width - area.gap * (columns - 1)) / columns;
  const contained = fit(columns, rows, { ...area, rowGap: area.gap / RATIO });
  // Shrunk to fit the screen when that leaves it readable, else as wide as the screen and scrolled.
  const isReadable = contained.width >= wide * 0.6;
  const unit = isReadable ? contained : { width: wide, height: wide / RATIO };
  return onePage(columns, rows, unit, area.gap / RATIO, places, !isReadable);
}

/** Columns as wide as the area allows, as many rows as it takes. @param {number} count @param {number} columns @param {Area} area @returns {Plan} */
function stack(count, columns, area) {
  const width = (area.width - area.gap * (columns - 1)) / columns;
  const rows = Math.max(1, Math.ceil(count / columns));
  const unit = { width, height: width / RATIO };
  const places = Array.from({ length: count }, (_, index) => ({
    x: index % columns,
    y: Math.floor(index / columns),
    w: 1,
    h: 1,
  }));
  const scrolls = rows * unit.height + (rows - 1) * area.gap > area.height;
  return onePage(columns, rows, unit, area.gap, places, scrolls);
}

/** The largest 16:9 cell of which columns x rows fit. @param {number} columns @param {number} rows @param {Area} area */
function fit(columns, rows, area) {
  const width = Math.max(
    0,
    Math.min(
      (area.width - area.gap * (columns - 1)) / columns,
      ((area.height - (area.rowGap ?? area.gap) * (rows - 1)) / rows) * RATIO,
    ),
  );
  return { width, height: width / RATIO };
}

/** @param {number} columns @param {number} rows @param {{width: number, height: number}} unit @param {number} rowGap @param {(Place | null)[]} places @param {boolean} scrolls @returns {Plan} */
function onePage(columns, rows, unit, rowGap, places, scrolls) {
  return { columns, rows, unit, rowGap, places, pages: 1, page: 0, scrolls };
}

/**
 * A first arrangement to drag about: equal tiles in reading order on `columns` columns.
 *
 * @param {string[]} slugs @param {number} columns
 * @returns {SavedTile[]}
 */
export function startingTiles(slugs, columns = 12) {
  const across = [1, 2, 3, 4].find((side) => slugs.length <= side * side) ?? 6;
  const width = Math.floor(columns / across);
  return slugs.map((camera, index) => ({
    camera,
    x: (index % across) * width,
    y: Math.floor(index / across) * width,
    w: width,
    h: width,
  }));
}

/**
 * The tile an arrow key leads to: the nearest whose middle lies in that direction, sideways distance counting double.
 *
 * @param {{x: number, y: number, w: number, h: number}[]} rects @param {number} from @param {"left" | "right" | "up" | "down"} direction
 * @returns {number} an index, or `from` when there is none
 */
export function neighbour(rects, from, direction) {
  const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction];
  const origin = middle(rects[from]);
  let best = from;
  let bestCost = Number.POSITIVE_INFINITY;
  rects.forEach((rect, index) => {
    const to = middle(rect);
    const along = (to.x - origin.x) * dx + (to.y - origin.y) * dy;
    if (index === from || along <= 1) return;
    const across = Math.abs((to.x - origin.x) * dy) + Math.abs((to.y - origin.y) * dx);
    const cost = along + across * 2;
    if (cost < bestCost) [best, bestCost] = [index, cost];
  });
  return best;
}

/** @param {{x: number, y: number, w: number, h: number}} rect */
function middle(rect) {
  return { x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 };
}
