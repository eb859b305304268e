/**
 * Moving pictures of an event while a pointer, the focus or a finger rests on its card. Not for who asked for less motion.
 *
 * @import { EventCard } from "./card.js"
 */

const REST_MS = 160;
const HOLD_MS = 420;
const SLIP_PX = 10;

/** @param {HTMLElement} root @param {(target: EventTarget | null) => EventCard | undefined} cardOf */
export function bindMovingPreviews(root, cardOf) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {EventCard | undefined} */
  let shown;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let from = { x: 0, y: 0 };
  let isHeld = false;

  const stop = () => {
    clearTimeout(timer);
    if (shown) shown.isMoving = false;
    shown = undefined;
  };
  /** @param {EventCard | undefined} card @param {number} afterMs @param {() => void} [begun] */
  const start = (card, afterMs, begun) => {
    if (card === shown) return;
    stop();
    if (!card || calm.matches) return;
    shown = card;
    timer = setTimeout(() => {
      card.isMoving = true;
      begun?.();
    }, afterMs);
  };
  root.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") start(cardOf(event.target), REST_MS);
  });
  root.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") stop();
  });
  root.addEventListener("focusin", (event) => {
    if (event.target instanceof Element && event.target.matches(":focus-visible")) start(cardOf(event.target), REST_MS);
  });
  root.addEventListener("focusout", stop);
  root.addEventListener("pointerdown", (event) => {
    isHeld = false;
    if (event.pointerType === "mouse") return;
    from = { x: event.clientX, y: event.clientY };
    start(cardOf(event.target), HOLD_MS, () => {
      isHeld = true;
    });
  });
  root.addEventListener("pointermove", (event) => {
    const isSlipped = Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP_PX;
    if (event.pointerType !== "mouse" && isSlipped) stop();
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
    root.addEventListener(name, (event) => {
      if (event.pointerType !== "mouse") stop();
    });
  }
  // What a resting finger ends with is no tap, and its menu would cover the picture.
  root.addEventListener("contextmenu", (event) => {
    if (isHeld) event.preventDefault();
  });
  root.addEventListener(
    "click",
    (event) => {
      if (!isHeld) return;
      isHeld = false;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}
