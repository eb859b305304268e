/** One camera on the wall: mounts the player while it can be seen, and answers to its buttons. */

import { makePlayer, NO_PLAYER, playerIsThere, saveSnapshot } from "../player-door.js";
import { toast } from "../toast.js";
import { Veil } from "../veil.js";

/**
 * @import { Player } from "../player-door.js"
 * @import { Status } from "../words.js"
 */

/** From this many device pixels on, the sub stream looks soft. A band, so that resizing does not make it flap. */
const MAIN_FROM_PX = 1100;
const SUB_BELOW_PX = 960;
/** A tile that scrolls out of sight keeps its player for a moment. */
const LINGER_MS = 1_500;

export class Tile {
  cell;
  element;
  opener;
  #veil;
  #quality = "sub";
  /** @type {Player | null} */
  #player = null;
  #isWanted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #leaving;

  /** @param {HTMLElement} cell the list item from templates/_tile.html */
  constructor(cell) {
    this.cell = cell;
    this.element = /** @type {HTMLElement} */ (cell.querySelector(".tile"));
    this.opener = /** @type {HTMLButtonElement} */ (cell.querySelector(".tile-open"));
    this.#veil = new Veil(cell);
    this.element.addEventListener("statechange", () => this.#veil.setPlayerState(this.#player?.state ?? ""));
    this.#tool("mute").addEventListener("click", () => this.toggleMute());
    this.#tool("overlay").addEventListener("click", () => this.toggleOverlay());
    this.#tool("snapshot").addEventListener("click", () => this.saveSnapshot());
  }

  get slug() {
    return this.cell.dataset.camera ?? "";
  }

  get name() {
    return this.cell.dataset.name ?? "";
  }

  get state() {
    return this.cell.dataset.state ?? "off";
  }

  get isEnlarged() {
    return this.element.classList.contains("is-enlarged");
  }

  /** @param {Status} status */
  setStatus(status) {
    this.#veil.setStatus(status);
    if (status.state === "off") this.#unmount();
    else if (this.#isWanted) this.#mount();
  }

  /** Whether something moves there now. @param {boolean} isMoving */
  setMoving(isMoving) {
    this.cell.toggleAttribute("data-moving", isMoving);
    const said = /** @type {HTMLElement} */ (this.element.querySelector(".tile-motion"));
    said.hidden = !isMoving;
  }

  /** @param {string} name */
  rename(name) {
    this.cell.dataset.name = name;
    this.element.setAttribute("aria-label", name);
    this.opener.setAttribute("aria-label", this.isEnlarged ? `Back to all cameras from ${name}` : `Enlarge ${name}`);
    for (const [selector, words] of [
      [".tile-tools", name],
      [".tile-arrange", `Arrange ${name}`],
      ['[data-do="recordings"]', `Recordings of ${name}`],
      ['[data-do="page"]', `Open the page of ${name}`],
    ]) {
      this.element.querySelector(selector)?.setAttribute("aria-label", words);
    }
    /** @type {HTMLElement} */ (this.element.querySelector(".tile-name")).textContent = name;
  }

  refreshWords() {
    this.#veil.refresh();
  }

  /** @param {boolean} isSeen */
  setSeen(isSeen) {
    this.#isWanted = isSeen;
    clearTimeout(this.#leaving);
    if (isSeen) this.#mount();
    else this.#leaving = setTimeout(() => this.#unmount(), LINGER_MS);
  }

  /** Picks the stream for the size the tile has now: the enlarged one gets the best there is. */
  chooseQuality() {
    const widthPx = this.element.clientWidth * devicePixelRatio;
    if (this.isEnlarged || widthPx >= MAIN_FROM_PX) this.#quality = "auto";
    else if (widthPx < SUB_BELOW_PX) this.#quality = "sub";
    if (this.#player && this.#player.getAttribute("quality") !== this.#quality) this.#player.quality = this.#quality;
  }

  toggleMute() {
    if (!this.#player || this.#tool("mute").hidden) return;
    this.#player.muted = !this.#player.muted;
    this.#press("mute", !this.#player.muted);
    this.element.dispatchEvent(new CustomEvent("tile:sound", { bubbles: true, detail: this }));
  }

  mute() {
    if (!this.#player || this.#player.muted) return;
    this.#player.muted = true;
    this.#press("mute", false);
  }

  toggleOverlay() {
    if (!this.#player) return;
    this.#press("overlay", this.#player.toggleAttribute("overlay"));
  }

  async saveSnapshot() {
    try {
      if (this.#player) await saveSnapshot(this.#player, this.slug);
    } catch {
      toast("There is no picture to save yet.");
    }
  }

  remove() {
    this.#isWanted = false;
    this.#unmount();
    this.cell.remove();
  }

  async #mount() {
    if (this.#player || this.state === "off") return;
    if (!(await playerIsThere())) return this.#veil.fail(NO_PLAYER);
    if (this.#player || !this.#isWanted || this.state === "off") return;
    this.#player = makePlayer(this.slug, this.name, this.#quality);
    this.element.querySelector(".tile-picture")?.append(this.#player);
  }

  #unmount() {
    clearTimeout(this.#leaving);
    this.#player?.remove();
    this.#player = null;
    this.#press("mute", false);
    this.#press("overlay", false);
    this.#veil.setPlayerState("");
  }

  /** @param {string} what */
  #tool(what) {
    return /** @type {HTMLElement} */ (this.element.querySelector(`[data-do="${what}"]`));
  }

  /** @param {string} what @param {boolean} isPressed */
  #press(what, isPressed) {
    this.#tool(what).setAttribute("aria-pressed", String(isPressed));
  }
}
