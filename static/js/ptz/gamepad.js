/** Turning by game controller. Browsers tell nothing of its sticks by events, so they are looked at with each picture while one is there. */

import { fromGamepad, isSame, STILL } from "./velocity.js";

/** @import { Hands } from "./hands.js" */

/** @param {Hands} hands @returns {() => void} ends it */
export function bindGamepad(hands) {
  let frame = 0;
  let last = STILL;
  const look = () => {
    const pads = navigator.getGamepads?.().filter((pad) => pad?.connected) ?? [];
    if (pads.length === 0) {
      frame = 0;
      hands.release("gamepad");
      return;
    }
    const now = pads[0] ? fromGamepad(pads[0].axes, pads[0].buttons) : STILL;
    if (!isSame(now, last)) hands.hold("gamepad", now);
    last = now;
    frame = requestAnimationFrame(look);
  };
  const start = () => {
    if (!frame) frame = requestAnimationFrame(look);
  };
  window.addEventListener("gamepadconnected", start);
  start();
  return () => {
    window.removeEventListener("gamepadconnected", start);
    cancelAnimationFrame(frame);
  };
}
