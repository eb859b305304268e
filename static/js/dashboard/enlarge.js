/** Shows one tile over all others and puts it back. The tile stays where it is in the document, so no player starts anew. */

/**
 * @import { Tile } from "./tile.js"
 */

const MOVE_MS = 220;
const EASING = "cubic-bezier(0.2, 0, 0, 1)";

export class Enlarger {
  /** @type {Tile | null} */
  #tile = null;
  #wall;

  /** @param {HTMLElement} wall */
  constructor(wall) {
    this.#wall = wall;
  }

  get tile() {
    return this.#tile;
  }

  /** @param {Tile} tile */
  toggle(tile) {
    if (this.#tile === tile) this.restore();
    else this.enlarge(tile);
  }

  /** @param {Tile} tile */
  enlarge(tile) {
    const isChange = this.#tile !== null;
    if (this.#tile) this.#putBack(this.#tile);
    const before = tile.element.getBoundingClientRect();
    this.#tile = tile;
    tile.element.classList.add("is-enlarged");
    this.#label(tile, true);
    for (const cell of this.#wall.children) cell.toggleAttribute("inert", cell !== tile.cell);
    if (!isChange) move(tile.element, before);
    tile.opener.focus({ preventScroll: true });
    tile.chooseQuality();
    this.#tell("tile:enlarged", tile);
  }

  restore() {
    const tile = this.#tile;
    if (!tile) return;
    const before = tile.element.getBoundingClientRect();
    this.#putBack(tile);
    move(tile.element, before);
    tile.opener.focus({ preventScroll: true });
  }

  /** @param {Tile} tile */
  #putBack(tile) {
    this.#tile = null;
    tile.element.classList.remove("is-enlarged");
    this.#label(tile, false);
    for (const cell of this.#wall.children) cell.removeAttribute("inert");
    tile.chooseQuality();
    this.#tell("tile:restored", tile);
  }

  /** @param {"tile:enlarged" | "tile:restored"} type @param {Tile} tile */
  #tell(type, tile) {
    tile.element.dispatchEvent(new CustomEvent(type, { bubbles: true, detail: tile }));
  }

  /** @param {Tile} tile @param {boolean} isEnlarged */
  #label(tile, isEnlarged) {
    tile.opener.setAttribute(
      "aria-label",
      isEnlarged ? `Back to all cameras from ${tile.name}` : `Enlarge ${tile.name}`,
    );
    const button = tile.element.querySelector('[data-do="enlarge"]');
    button?.setAttribute("aria-label", isEnlarged ? "Back to all cameras" : "Enlarge");
    button?.setAttribute("title", isEnlarged ? "Back to all cameras (Esc)" : "Enlarge (Enter)");
  }
}

/** Lets an element glide from where it was to where it is now. @param {HTMLElement} element @param {DOMRect} before */
function move(element, before) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const after = element.getBoundingClientRect();
  if (!after.width || !before.width) return;
  const from = `translate(${before.x - after.x}px, ${before.y - after.y}px) scale(${before.width / after.width}, ${before.height / after.height})`;
  // Above its neighbours on the way back too, when it is no longer the enlarged one.
  element.animate(
    [
      { transform: from, transformOrigin: "0 0", zIndex: 20 },
      { transform: "none", transformOrigin: "0 0", zIndex: 20 },
    ],
    { duration: MOVE_MS, easing: EASING },
  );
}
