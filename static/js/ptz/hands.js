/**
 * All that may hold a camera at once (keys, buttons, the pad, a game controller), put together into one speed.
 *
 * Whatever happens to the page, everything is let go: another window, another tab, a screen that goes dark.
 */

import { isStill, STILL, together } from "./velocity.js";

/** @import { Velocity } from "./velocity.js" */

export class Hands {
  /** @type {Map<string, Velocity>} */
  #held = new Map();
  #changed;

  /** @param {(velocity: Velocity) => void} changed */
  constructor(changed) {
    this.#changed = changed;
    window.addEventListener("blur", this.letGo);
    window.addEventListener("pagehide", this.letGo);
    document.addEventListener("visibilitychange", this.#hidden);
  }

  /** @param {string} hand @param {Velocity} velocity */
  hold(hand, velocity) {
    if (isStill(velocity)) this.#held.delete(hand);
    else this.#held.set(hand, velocity);
    this.#changed(together(this.#held.values()));
  }

  /** @param {string} hand */
  release(hand) {
    if (this.#held.has(hand)) this.hold(hand, STILL);
  }

  letGo = () => {
    this.#held.clear();
    this.#changed(STILL);
  };

  /** For good. */
  dismiss() {
    this.letGo();
    window.removeEventListener("blur", this.letGo);
    window.removeEventListener("pagehide", this.letGo);
    document.removeEventListener("visibilitychange", this.#hidden);
  }

  #hidden = () => {
    if (document.hidden) this.letGo();
  };
}

/**
 * A button that moves while it is held, by pointer or by its own keys.
 *
 * @param {HTMLElement} button @param {string} hand @param {Velocity} velocity @param {Hands} hands
 */
export function bindHold(button, hand, velocity, hands) {
  const press = () => {
    button.toggleAttribute("data-held", true);
    hands.hold(hand, velocity);
  };
  const release = () => {
    button.toggleAttribute("data-held", false);
    hands.release(hand);
  };
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    press();
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture", "blur"])
    button.addEventListener(type, release);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  button.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (!event.repeat) press();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === "Enter" || event.key === " ") release();
  });
}
