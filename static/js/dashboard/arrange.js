/**
 * Arranging the wall by hand: tiles are dragged and resized with gridstack, or moved with the keyboard, then saved as a layout.
 * gridstack is fetched when first needed and takes the tiles over as they stand, so that pictures go on moving.
 */

import { startingTiles } from "./layout-math.js";

/**
 * @import { Layout } from "./layouts.js"
 * @import { Tile } from "./tile.js"
 * @import { Wall } from "./wall.js"
 */

const COLUMNS = 12;
const SMALLEST = 2;
const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/**
 * @typedef {{x: number, y: number, w: number, h: number, el: HTMLElement}} Node
 * @typedef {{engine: {nodes: Node[]}, update: (el: HTMLElement, to: object) => void, removeWidget: (el: HTMLElement, removeDom: boolean) => void,
 *   makeWidget: (el: HTMLElement, at?: object) => void, _sortDom: () => void, destroy: (removeDom: boolean) => void}} Grid
 */

export class Arranger {
  #wall;
  #bar;
  #name;
  #tray;
  /** @type {Grid | null} */
  #grid = null;
  /** @type {Layout | null} */
  #layout = null;
  #save;

  /**
   * @param {Wall} wall
   * @param {HTMLElement} bar
   * @param {(layout: Layout) => Promise<void>} save rejects with what is wrong
   */
  constructor(wall, bar, save) {
    this.#wall = wall;
    this.#bar = bar;
    this.#save = save;
    this.#name = /** @type {HTMLInputElement} */ (bar.querySelector("#arrange-name"));
    this.#tray = /** @type {HTMLElement} */ (bar.querySelector("#arrange-tray"));
    bar.querySelector("#arrange-cancel")?.addEventListener("click", () => this.#finish());
    bar.querySelector("#arrange-save")?.addEventListener("click", () => this.#saved());
    wall.element.addEventListener("click", (event) => this.#clicked(/** @type {Element} */ (event.target)));
  }

  get isOn() {
    return this.#layout !== null;
  }

  /** @param {Layout} layout its tiles are where to start; without any, equal ones are made */
  async start(layout) {
    const GridStack = await gridstack(this.#wall.element.dataset.gridstack ?? "");
    this.#layout = layout;
    this.#name.value = layout.name;
    this.#wall.hold(true);
    document.body.classList.add("arranging");
    this.#bar.hidden = false;
    const slugs = this.#wall.tiles.map((tile) => tile.slug);
    const places = new Map(
      (layout.tiles.length ? layout.tiles : startingTiles(slugs, COLUMNS)).map((tile) => [tile.camera, tile]),
    );
    for (const tile of this.#wall.tiles) {
      const place = places.get(tile.slug);
      tile.cell.hidden = !place;
      tile.cell.style.gridArea = "";
      if (place) this.#enter(tile, place);
    }
    const area = this.#wall.area();
    this.#grid = GridStack.init(
      {
        column: COLUMNS,
        cellHeight: Math.round((area.width / COLUMNS) * (9 / 16)),
        margin: area.gap / 2,
        float: true,
        animate: !matchMedia("(prefers-reduced-motion: reduce)").matches,
        draggable: { handle: ".tile" },
        resizable: { handles: "se, sw, ne, nw" },
        alwaysShowResizeHandle: true,
      },
      this.#wall.element,
    );
    // It would put the tiles' elements in reading order after each change, and a player that is taken out and put back starts anew.
    this.#grid._sortDom = () => undefined;
    this.#fillTray();
    this.#wall.shown[0]?.opener.focus();
  }

  /** Moves or resizes the tile with the focus. @param {KeyboardEvent} event @returns {boolean} whether it was for us */
  key(event) {
    const step = ARROWS[event.key];
    const node = this.#nodeOf(this.#wall.focused());
    if (!step || !node || !this.#grid) return false;
    const [dx, dy] = step;
    const to = event.shiftKey
      ? { w: clamp(node.w + dx, SMALLEST, COLUMNS - node.x), h: Math.max(SMALLEST, node.h + dy) }
      : { x: clamp(node.x + dx, 0, COLUMNS - node.w), y: Math.max(0, node.y + dy) };
    this.#grid.update(node.el, to);
    return true;
  }

  /** @param {Element} target */
  #clicked(target) {
    const action = target.closest("[data-arrange]")?.getAttribute("data-arrange");
    const tile = this.#wall.tiles.find((one) => one.cell.contains(target));
    const node = this.#nodeOf(tile);
    if (!action || !tile || !node || !this.#grid) return;
    if (action === "hide") this.#leave(tile);
    else {
      const by = action === "bigger" ? 1 : -1;
      this.#grid.update(node.el, {
        w: clamp(node.w + by, SMALLEST, COLUMNS - node.x),
        h: Math.max(SMALLEST, node.h + by),
      });
    }
  }

  /** @param {Tile} tile @param {{x: number, y: number, w: number, h: number}} place */
  #enter(tile, { x, y, w, h }) {
    tile.cell.classList.add("grid-stack-item");
    tile.element.classList.add("grid-stack-item-content");
    for (const [name, value] of Object.entries({ x, y, w, h, "min-w": SMALLEST, "min-h": SMALLEST }))
      tile.cell.setAttribute(`gs-${name}`, String(value));
  }

  /** @param {Tile} tile */
  #leave(tile) {
    this.#grid?.removeWidget(tile.cell, false);
    this.#clean(tile);
    tile.cell.hidden = true;
    this.#fillTray();
  }

  /** Buttons for the cameras that are left out, which bring them back. */
  #fillTray() {
    const left = this.#wall.tiles.filter((tile) => tile.cell.hidden);
    this.#tray.hidden = left.length === 0;
    this.#tray.replaceChildren(
      "Left out:",
      ...left.map((tile) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button";
        button.textContent = tile.name;
        button.setAttribute("aria-label", `Put ${tile.name} back`);
        button.addEventListener("click", () => this.#bringBack(tile));
        return button;
      }),
    );
  }

  /** @param {Tile} tile */
  #bringBack(tile) {
    const bottom = Math.max(0, ...(this.#grid?.engine.nodes ?? []).map((node) => node.y + node.h));
    tile.cell.hidden = false;
    this.#enter(tile, { x: 0, y: bottom, w: 4, h: 4 });
    this.#grid?.makeWidget(tile.cell);
    this.#fillTray();
    tile.opener.focus();
  }

  async #saved() {
    const layout = this.#layout;
    const nodes = this.#grid?.engine.nodes ?? [];
    if (!layout) return;
    const tiles = nodes.map(({ el, x, y, w, h }) => ({ camera: el.dataset.camera ?? "", x, y, w: w ?? 1, h: h ?? 1 }));
    const name = this.#name.value.trim() || layout.name;
    await this.#save({ ...layout, name, kind: "custom", columns: COLUMNS, tiles }).then(
      () => this.#finish(),
      () => this.#name.focus(),
    );
  }

  #finish() {
    this.#grid?.destroy(false);
    this.#grid = null;
    this.#layout = null;
    for (const tile of this.#wall.tiles) this.#clean(tile);
    const { element } = this.#wall;
    for (const name of [...element.classList])
      if (name.startsWith("grid-stack") || name.startsWith("gs-")) element.classList.remove(name);
    element.removeAttribute("style");
    document.body.classList.remove("arranging");
    this.#bar.hidden = true;
    this.#wall.hold(false);
  }

  /** @param {Tile} tile */
  #clean({ cell, element }) {
    cell.classList.remove("grid-stack-item");
    element.classList.remove("grid-stack-item-content");
    for (const name of cell.getAttributeNames()) if (name.startsWith("gs-")) cell.removeAttribute(name);
    for (const handle of cell.querySelectorAll(":scope > .ui-resizable-handle")) handle.remove();
    cell.removeAttribute("style");
  }

  /** @param {Tile | undefined} tile */
  #nodeOf(tile) {
    return this.#grid?.engine.nodes.find((node) => node.el === tile?.cell);
  }
}

/** @param {string} url @returns {Promise<{init: (options: object, element: HTMLElement) => Grid}>} */
async function gridstack(url) {
  await import(url);
  return /** @type {any} */ (globalThis).GridStack;
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
