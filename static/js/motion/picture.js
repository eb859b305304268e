/** The picture that zones are drawn on: live as on the camera's page, or the last one when the camera has none now. */

import { makePlayer, NO_PLAYER, playerIsThere } from "../player-door.js";
import { Veil } from "../veil.js";
import { PictureFrame } from "./picture-frame.js";

/**
 * @import { ZoneEditor } from "./zone-editor.js"
 */

const WORDS_EVERY_MS = 30_000;

/**
 * @param {ZoneEditor} editor @param {HTMLElement[]} layers what else lies over it @param {(size: {width: number, height: number}) => void} known told the picture's size
 * @returns {Veil} to be told the camera's state
 */
export function showPicture(editor, layers, known) {
  const viewer = /** @type {HTMLElement} */ (document.getElementById("viewer"));
  const tile = /** @type {HTMLElement} */ (viewer.querySelector(".tile"));
  const frame = new PictureFrame(tile, [editor.svg, ...layers], (size) => editor.resize(size));
  const take = (/** @type {{width: number, height: number}} */ size) => {
    if (!size.width) return;
    frame.setPicture(size);
    known(size);
  };
  const veil = new Veil(viewer);
  const still = /** @type {HTMLImageElement} */ (viewer.querySelector(".tile-still"));
  still.addEventListener("load", () => take({ width: still.naturalWidth, height: still.naturalHeight }));
  setInterval(() => veil.refresh(), WORDS_EVERY_MS);
  play(viewer, veil, take);
  return veil;
}

/** @param {HTMLElement} viewer @param {Veil} veil @param {(size: {width: number, height: number}) => void} take */
async function play(viewer, veil, take) {
  if (!(await playerIsThere())) {
    veil.fail(NO_PLAYER);
    return;
  }
  const player = makePlayer(viewer.dataset.camera ?? "", viewer.dataset.name ?? "", "auto");
  player.addEventListener("statechange", () => veil.setPlayerState(player.state));
  player.addEventListener("statschange", () => take({ width: player.stats.width, height: player.stats.height }));
  viewer.querySelector(".tile-picture")?.append(player);
}
