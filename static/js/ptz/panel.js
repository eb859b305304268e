/** All there is to turn one camera: pad, zoom, focus, presets, who steers; by hand, keys, touch and game controller. */

import { ApiError, call } from "../api.js";
import { bindGamepad } from "./gamepad.js";
import { Hands } from "./hands.js";
import { Helm } from "./helm.js";
import { bindPtzKeys } from "./keys.js";
import { makePad } from "./pad.js";
import { Presets } from "./presets.js";
import { makeSteeringLine } from "./steering-line.js";
import { Tours } from "./tours.js";
import { within } from "./velocity.js";

/**
 * @typedef {object} Ptz what GET …/ptz/ answers
 * @property {boolean} is_set_up
 * @property {boolean} may_move
 * @property {boolean} may_configure
 * @property {any} abilities
 */

/** @param {Ptz} ptz */
export function canBeTurned(ptz) {
  const can = ptz.abilities;
  return ptz.is_set_up && ptz.may_move && Boolean(can && (can.turns || can.zooms || can.moves_by || can.most_presets));
}

export class PtzPanel {
  element = document.createElement("div");
  #slug;
  #helm;
  #say;
  #hands;
  #presets;
  #tours;
  #line;
  /** @type {(() => void)[]} */
  #ends = [];

  /**
   * @param {string} slug @param {Ptz} ptz
   * @param {{say: (words: string) => void, isSmall?: boolean}} options `isSmall`: on a picture, without presets
   */
  constructor(slug, ptz, { say, isSmall = false }) {
    this.#slug = slug;
    this.#say = say;
    this.#helm = new Helm(slug);
    this.#hands = new Hands((velocity) => this.#helm.move(within(velocity, ptz.abilities)));
    this.#line = makeSteeringLine(this.#helm);
    this.element.className = isSmall ? "ptz-panel ptz-panel-small" : "ptz-panel";
    this.element.append(
      makePad(this.#hands, ptz.abilities, () => this.goHome()),
      this.#line.element,
    );
    this.#helm.addEventListener("said", (event) => say(/** @type {CustomEvent} */ (event).detail));
    this.#helm.addEventListener("change", () => this.element.setAttribute("data-state", this.#helm.state));
    const hasPresets = ptz.abilities.most_presets > 0;
    this.#presets = hasPresets ? new Presets(slug, ptz.may_configure && !isSmall, say) : null;
    this.#tours = hasPresets && !isSmall ? new Tours(slug, ptz.may_configure, say) : null;
    if (!isSmall) this.element.append(...[this.#presets, this.#tours].flatMap((part) => (part ? [part.element] : [])));
    this.#ends.push(
      bindPtzKeys(isSmall ? this.element : document, this.#hands, {
        goToPreset: (number) => this.#presets?.goToNumber(number),
        goHome: () => ptz.abilities.has_home && this.goHome(),
      }),
      bindGamepad(this.#hands),
    );
    this.#helm.open();
    // What the camera has may have changed in its own pages; a camera that can't be asked is told of by the helm.
    this.#presets
      ?.load()
      .then(() => (isSmall ? undefined : this.#presets?.sync().catch(() => undefined)))
      .catch((error) => say(error.message));
    this.#tours?.load().catch((error) => say(error.message));
  }

  goHome() {
    this.#try(call(`cameras/${encodeURIComponent(this.#slug)}/ptz/home/`, { method: "POST" }));
  }

  /** Turns towards a point of the picture, from -1 to 1, right and up. @param {number} x @param {number} y */
  centre(x, y) {
    const body = { kind: "centre", pan: round(x), tilt: round(y) };
    this.#try(call(`cameras/${encodeURIComponent(this.#slug)}/ptz/move/`, { method: "POST", body }));
  }

  presetsChanged() {
    this.#presets?.load().catch(() => undefined);
  }

  toursChanged() {
    this.#tours?.load().catch(() => undefined);
  }

  /** Lets go of the camera, for good. */
  dismiss() {
    for (const end of this.#ends) end();
    this.#line.dismiss();
    this.#hands.dismiss();
    this.#helm.close();
    this.element.remove();
  }

  /** @param {Promise<unknown>} work */
  async #try(work) {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#say(error.message);
    }
  }
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 1000) / 1000;
}
