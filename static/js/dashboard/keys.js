/** The dashboard's keyboard, and the dialog that explains it. */

import { bindKeys, enableShortcuts, shortcutsEnabled } from "../keyboard.js";

/**
 * @import { Arranger } from "./arrange.js"
 * @import { Enlarger } from "./enlarge.js"
 * @import { Tile } from "./tile.js"
 * @import { Wall } from "./wall.js"
 */

const DIRECTIONS = /** @type {const} */ ({ ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" });

/**
 * @param {Wall} wall
 * @param {Enlarger} enlarger
 * @param {Arranger} arranger
 * @param {() => unknown} toggleFullscreen
 */
export function bindDashboardKeys(wall, enlarger, arranger, toggleFullscreen) {
  const showHelp = bindHelp();
  const meant = () => enlarger.tile ?? wall.focused() ?? (wall.shown.length === 1 ? wall.shown[0] : undefined);
  const isOnWall = () => document.activeElement === document.body || wall.element.contains(document.activeElement);
  /** @type {Record<string, (event: KeyboardEvent) => boolean | void>} */
  const actions = {
    f: () => void toggleFullscreen(),
    m: () => meant()?.toggleMute(),
    i: () => meant()?.toggleOverlay(),
    "?": () => showHelp(),
    Escape: () => goBack(enlarger),
    PageUp: () => turn(wall, enlarger, -1),
    PageDown: () => turn(wall, enlarger, 1),
  };
  for (let digit = 1; digit <= 9; digit += 1) {
    actions[digit] = () => {
      const tile = wall.shown[digit - 1];
      if (!tile) return;
      if (enlarger.tile) enlarger.enlarge(tile);
      else tile.opener.focus();
    };
  }
  for (const [key, direction] of Object.entries(DIRECTIONS)) {
    actions[key] = (event) => {
      if (arranger.isOn) return arranger.key(event);
      if (!isOnWall() || wall.shown.length === 0) return false;
      const from = wall.focused();
      if (enlarger.tile) enlarger.enlarge(beside(wall, enlarger.tile, direction));
      else (from ? wall.next(from, direction) : wall.shown[0]).opener.focus();
      return true;
    };
  }
  bindKeys(actions);
}

/** Enlarged tiles follow each other as in a row. @param {Wall} wall @param {Tile} tile @param {"left" | "right" | "up" | "down"} direction */
function beside(wall, tile, direction) {
  const { shown } = wall;
  const step = direction === "right" || direction === "down" ? 1 : -1;
  return shown[(shown.indexOf(tile) + step + shown.length) % shown.length];
}

/** @param {Enlarger} enlarger */
function goBack(enlarger) {
  if (enlarger.tile) enlarger.restore();
  else if (document.body.classList.contains("kiosk")) location.assign("/");
  else return false;
  return true;
}

/** @param {Wall} wall @param {Enlarger} enlarger @param {number} steps */
function turn(wall, enlarger, steps) {
  if (wall.pages < 2) return false;
  enlarger.restore();
  wall.turn(steps);
  return true;
}

/** @returns {() => void} */
function bindHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
  const box = /** @type {HTMLInputElement} */ (document.getElementById("shortcuts-enabled"));
  box.checked = shortcutsEnabled();
  box.addEventListener("change", () => enableShortcuts(box.checked));
  const show = () => dialog.showModal();
  document.getElementById("help-button")?.addEventListener("click", show);
  return show;
}
