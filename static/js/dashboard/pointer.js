/**
 * Mouse and touch on tiles: a click enlarges; a tap shows the tile's buttons, a double tap enlarges. One tile at a time has sound.
 */

/**
 * @import { Arranger } from "./arrange.js"
 * @import { Enlarger } from "./enlarge.js"
 * @import { Tile } from "./tile.js"
 * @import { Wall } from "./wall.js"
 */

const DOUBLE_TAP_MS = 350;

/** @param {Wall} wall @param {Enlarger} enlarger @param {Arranger} arranger */
export function bindPointer(wall, enlarger, arranger) {
  let pointer = "mouse";
  let tappedAtMs = 0;
  /** @type {Tile | undefined} */
  let tapped;
  wall.element.addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
  });
  wall.element.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const tile = wall.tiles.find((one) => one.cell.contains(target));
    if (!tile || arranger.isOn) return;
    if (target.closest('[data-do="enlarge"]')) enlarger.toggle(tile);
    if (!target.closest(".tile-open")) return;
    // Safari gives a tapped button no focus, and the buttons show by it.
    tile.opener.focus({ preventScroll: true });
    const isTap = pointer === "touch" && event.detail > 0;
    const isDouble = tapped === tile && event.timeStamp - tappedAtMs < DOUBLE_TAP_MS;
    [tapped, tappedAtMs] = isDouble ? [undefined, 0] : [tile, event.timeStamp];
    if (!isTap || isDouble) enlarger.toggle(tile);
  });
  wall.element.addEventListener("tile:sound", (event) => {
    for (const tile of wall.tiles) if (tile !== /** @type {CustomEvent} */ (event).detail) tile.mute();
  });
}
