/**
 * The only place that knows how a page gets and drives `<nvr-player>`, so that a page says something when it can't be loaded.
 */

/**
 * @import { NvrPlayer } from "./live/player.js"
 * @typedef {NvrPlayer} Player
 */

export const NO_PLAYER = "The player could not be loaded. Reload the page to try again.";

/** @type {Promise<boolean> | undefined} */
let loading;

/** @returns {Promise<boolean>} whether `<nvr-player>` is there */
export function playerIsThere() {
  loading ??= import("./live/player.js").then(
    () => customElements.get("nvr-player") !== undefined,
    () => false,
  );
  return loading;
}

/**
 * @param {string} slug @param {string} name @param {string} quality
 * @returns {Player} muted, as browsers demand before the first click
 */
export function makePlayer(slug, name, quality) {
  const player = /** @type {Player} */ (document.createElement("nvr-player"));
  player.setAttribute("camera", slug);
  player.setAttribute("label", `Live picture of ${name}`);
  player.setAttribute("quality", quality);
  // The page's own buttons around it are the ones to focus.
  player.setAttribute("tabindex", "-1");
  player.setAttribute("muted", "");
  return player;
}

/** @param {Player} player @param {string} slug */
export async function saveSnapshot(player, slug) {
  const picture = await player.snapshot();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(picture);
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  link.download = `${slug}-${time}.${picture.type === "image/png" ? "png" : "jpg"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
