/**
 * What stands in front of a player while there is no live picture: state, reason, since when, and the last picture in grey.
 *
 * The host element carries the camera's status in `data-state`, `data-reason`, `data-since`, and in `data-view` what is to be seen:
 * `starting` (nothing yet), `moving` (the player plays), `stopped` (the camera has no picture) or `failed` (the player is missing).
 */

import { still } from "./api.js";
import { clockTime, sinceText, stateTitle } from "./words.js";

/**
 * @import { Status } from "./words.js"
 */

/** States of a camera in which no player could show anything live. */
const RESTING = new Set(["down", "off"]);
/** States in which the player itself says what is the matter, and greys what it still shows. */
const SPEAKING = new Set(["stalled", "waiting", "failed"]);

export class Veil {
  #host;
  #image;
  #note;
  #playerState = "";
  #failure = "";
  #stillOf = "";
  #pictureUrl = "";

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
    this.#image = /** @type {HTMLImageElement} */ (host.querySelector(".tile-still"));
    this.#note = /** @type {HTMLElement} */ (host.querySelector(".tile-still-note"));
    this.refresh();
  }

  get view() {
    return this.#host.dataset.view;
  }

  /** @param {Status} status */
  setStatus({ state, reason, since }) {
    Object.assign(this.#host.dataset, { state, reason, since });
    this.refresh();
  }

  /** @param {string} state the player's `state` attribute; empty when there is no player */
  setPlayerState(state) {
    this.#playerState = state;
    this.refresh();
  }

  /** @param {string} text */
  fail(text) {
    this.#failure = text;
    this.refresh();
  }

  /** Also called once a minute, for the time since. */
  refresh() {
    const { state = "off", reason = "", since = "" } = this.#host.dataset;
    const view = this.#view(state);
    this.#host.dataset.view = view;
    const now = new Date();
    const words =
      this.#failure && state === "live"
        ? ["No player", this.#failure, ""]
        : [stateTitle(state), reason, sinceText(since, now)];
    [".tile-state", ".tile-reason", ".tile-since"].forEach((name, index) => {
      /** @type {HTMLElement} */ (this.#host.querySelector(name)).textContent =
        view === "stopped" || view === "failed" ? words[index] : "";
    });
    if (view === "stopped" || view === "failed") this.#showStill(`${state} ${since}`);
    else this.#dropStill();
  }

  /** @param {string} state */
  #view(state) {
    if (RESTING.has(state)) return "stopped";
    if (this.#failure) return "failed";
    if (this.#playerState === "playing") return "moving";
    if (state === "connecting") return "stopped";
    return SPEAKING.has(this.#playerState) ? "moving" : "starting";
  }

  /** Fetched once per change of state. @param {string} occasion */
  async #showStill(occasion) {
    if (this.#stillOf === occasion) return;
    this.#stillOf = occasion;
    const found = await still(this.#host.dataset.camera ?? "");
    if (this.#stillOf !== occasion || !found) return;
    this.#releasePicture();
    this.#pictureUrl = URL.createObjectURL(found.picture);
    this.#image.src = this.#pictureUrl;
    this.#image.hidden = false;
    this.#note.textContent = found.takenAt ? `Last picture: ${clockTime(found.takenAt, new Date())}` : "Last picture";
    this.#note.hidden = false;
  }

  #dropStill() {
    this.#stillOf = "";
    this.#image.hidden = true;
    this.#note.hidden = true;
    this.#releasePicture();
  }

  #releasePicture() {
    if (this.#pictureUrl) URL.revokeObjectURL(this.#pictureUrl);
    this.#pictureUrl = "";
    this.#image.removeAttribute("src");
  }
}
