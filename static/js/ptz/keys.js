/** Turning by keyboard: arrows turn and + and - zoom for as long as they are held; digits go to presets, h goes home. */

import { isShortcut } from "../keyboard.js";
import { STILL } from "./velocity.js";

/**
 * @import { Hands } from "./hands.js"
 * @import { Velocity } from "./velocity.js"
 */

const STEADY = 0.5;
/** @type {Record<string, Velocity>} */
const HELD = {
  ArrowUp: { ...STILL, tilt: STEADY },
  ArrowDown: { ...STILL, tilt: -STEADY },
  ArrowRight: { ...STILL, pan: STEADY },
  ArrowLeft: { ...STILL, pan: -STEADY },
  "+": { ...STILL, zoom: STEADY },
  "=": { ...STILL, zoom: STEADY },
  "-": { ...STILL, zoom: -STEADY },
};

/**
 * @param {Document | HTMLElement} target what the keys are for: a page, or only while something within has the focus
 * @param {Hands} hands
 * @param {{goToPreset: (number: number) => void, goHome: () => void}} once
 * @returns {() => void} ends it
 */
export function bindPtzKeys(target, hands, once) {
  /** By the physical key: shift may be let go before it. @type {Map<string, string>} */
  const down = new Map();
  const onDown = (/** @type {any} */ event) => {
    if (!isShortcut(event)) return;
    if (event.key in HELD) {
      event.preventDefault();
      if (event.repeat) return;
      down.set(event.code, `key-${event.key}`);
      hands.hold(`key-${event.key}`, HELD[event.key]);
    } else if (/^[1-9]$/.test(event.key) && !event.repeat) {
      event.preventDefault();
      once.goToPreset(Number(event.key));
    } else if (event.key === "h" && !event.repeat) {
      event.preventDefault();
      once.goHome();
    }
  };
  const onUp = (/** @type {any} */ event) => {
    const hand = down.get(event.code);
    if (hand === undefined) return;
    down.delete(event.code);
    hands.release(hand);
  };
  target.addEventListener("keydown", onDown);
  document.addEventListener("keyup", onUp);
  return () => {
    target.removeEventListener("keydown", onDown);
    document.removeEventListener("keyup", onUp);
  };
}
