/** The wall: which tiles there are, where they stand for the chosen layout, and which can be seen. */

import { neighbour, planWall } from "./layout-math.js";
import { Tile } from "./tile.js";

/**
 * @import { Status } from "../words.js"
 * @import { SavedTile } from "./layout-math.js"
 */

const NARROW_PX = 640;

/** @typedef {{kind: string, columns: number, tiles: SavedTile[]}} Arrangement */

export class Wall extends EventTarget {
  element;
  /** @type {Tile[]} */
  tiles = [];
  #template;
  #page = 0;
  #pages = 1;
  /** @type {Arrangement} */
  #arrangement = { kind: "auto", columns: 12, tiles: [] };
  #isHeld = false;
  #seen;

  /** @param {HTMLElement} element @param {HTMLTemplateElement} template */
  constructor(element, template) {
    super();
    this.element = element;
    this.#template = template;
    this.#seen = new IntersectionObserver((entries) => this.#sightChanged(entries), {
      root: null,
      rootMargin: "30% 0px",
    });
    for (const cell of element.querySelectorAll(".cell")) this.#adopt(/** @type {HTMLElement} */ (cell));
    new ResizeObserver(() => this.layOut()).observe(element);
  }

  get page() {
    return this.#page;
  }

  get pages() {
    return this.#pages;
  }

  get shown() {
    return this.tiles.filter((tile) => !tile.cell.hidden);
  }

  /** @param {Arrangement} arrangement */
  arrange(arrangement) {
    this.#arrangement = arrangement;
    this.#page = 0;
    this.layOut();
  }

  /** @param {number} steps wraps around */
  turn(steps) {
    this.#page = (this.#page + steps + this.#pages) % this.#pages;
    this.layOut();
  }

  /** While somebody arranges tiles by hand, the wall keeps its own hands off. @param {boolean} isHeld */
  hold(isHeld) {
    this.#isHeld = isHeld;
    if (!isHeld) this.layOut();
  }

  /** The room there is for tiles, in CSS pixels. */
  area() {
    const style = getComputedStyle(this.element);
    const inner = (/** @type {number} */ size, /** @type {string[]} */ ...paddings) =>
      size - paddings.reduce((sum, padding) => sum + Number.parseFloat(padding), 0);
    return {
      width: inner(this.element.clientWidth, style.paddingLeft, style.paddingRight),
      height: inner(this.element.clientHeight, style.paddingTop, style.paddingBottom),
      gap: Number.parseFloat(style.columnGap) || 0,
    };
  }

  layOut() {
    if (this.#isHeld) return;
    const plan = planWall({
      ...this.#arrangement,
      slugs: this.tiles.map((tile) => tile.slug),
      area: this.area(),
      isNarrow: window.innerWidth < NARROW_PX,
      page: this.#page,
    });
    this.#page = plan.page;
    this.#pages = plan.pages;
    this.element.style.gridTemplateColumns = `repeat(${plan.columns}, ${plan.unit.width}px)`;
    this.element.style.gridTemplateRows = `repeat(${plan.rows}, ${plan.unit.height}px)`;
    this.element.style.rowGap = `${plan.rowGap}px`;
    this.element.toggleAttribute("data-scrolls", plan.scrolls);
    this.tiles.forEach((tile, index) => {
      const place = plan.places[index];
      tile.cell.hidden = !place;
      tile.cell.style.gridArea = place ? `${place.y + 1} / ${place.x + 1} / span ${place.h} / span ${place.w}` : "";
    });
    this.element.setAttribute("data-ready", "");
    for (const tile of this.shown) tile.chooseQuality();
    this.dispatchEvent(new Event("laidout"));
  }

  /** @param {string} slug */
  find(slug) {
    return this.tiles.find((tile) => tile.slug === slug);
  }

  /** @param {{slug: string, name: string, pageUrl: string, may: string[]}} camera @param {Status} status */
  add({ slug, name, pageUrl, may }, status) {
    const cell = /** @type {HTMLElement} */ (this.#template.content.firstElementChild?.cloneNode(true));
    Object.assign(cell.dataset, { camera: slug, ...status });
    /** @type {HTMLAnchorElement} */ (cell.querySelector('[data-do="page"]')).href = pageUrl;
    const recordings = /** @type {HTMLAnchorElement} */ (cell.querySelector('[data-do="recordings"]'));
    recordings.href += `?camera=${encodeURIComponent(slug)}`;
    recordings.hidden = !may.includes("playback");
    const sound = /** @type {HTMLElement} */ (cell.querySelector('[data-do="mute"]'));
    sound.hidden = !may.includes("hear");
    this.element.append(cell);
    this.#adopt(cell).rename(name);
    this.layOut();
  }

  /** @param {Tile} tile */
  drop(tile) {
    this.#seen.unobserve(tile.element);
    this.tiles = this.tiles.filter((other) => other !== tile);
    tile.remove();
    this.layOut();
  }

  /** @param {Tile} from @param {"left" | "right" | "up" | "down"} direction */
  next(from, direction) {
    const shown = this.shown;
    const rects = shown.map((tile) => {
      const { x, y, width, height } = tile.cell.getBoundingClientRect();
      return { x, y, w: width, h: height };
    });
    return shown[neighbour(rects, shown.indexOf(from), direction)];
  }

  /** The tile that has the focus, if one has. */
  focused() {
    return this.tiles.find((tile) => tile.cell.contains(document.activeElement));
  }

  /** @param {HTMLElement} cell */
  #adopt(cell) {
    const tile = new Tile(cell);
    this.tiles.push(tile);
    this.#seen.observe(tile.element);
    return tile;
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #sightChanged(entries) {
    for (const { target, isIntersecting } of entries) {
      this.tiles.find((tile) => tile.element === target)?.setSeen(isIntersecting);
    }
  }
}
