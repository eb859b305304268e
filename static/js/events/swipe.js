/**
 * A finger that draws a card sideways does something with it. Up and down stays the page's own.
 *
 * @import { EventCard } from "./card.js"
 */

const BEGIN_PX = 12;
const ENOUGH_PX = 84;
const MOST_PX = 132;

/** @param {HTMLElement} root @param {(target: EventTarget | null) => EventCard | undefined} cardOf @param {(card: EventCard) => void} act */
export function bindSwipe(root, cardOf, act) {
  /** @type {{card: EventCard, pointer: number, x: number, y: number, dx: number, isSwiping: boolean} | null} */
  let drag = null;
  let swallowsClick = false;

  root.addEventListener("pointerdown", (event) => {
    swallowsClick = false;
    const card = event.pointerType === "mouse" || drag ? undefined : cardOf(event.target);
    if (card) drag = { card, pointer: event.pointerId, x: event.clientX, y: event.clientY, dx: 0, isSwiping: false };
  });
  root.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.isSwiping && Math.abs(dx) > BEGIN_PX && Math.abs(dx) > 1.5 * Math.abs(dy)) {
      drag.isSwiping = true;
      drag.card.element.classList.add("is-swiped");
      drag.card.body.setPointerCapture(event.pointerId);
    }
    if (!drag.isSwiping) return;
    drag.dx = Math.max(-MOST_PX, Math.min(MOST_PX, dx));
    drag.card.body.style.translate = `${drag.dx}px`;
    drag.card.element.classList.toggle("is-enough", Math.abs(drag.dx) >= ENOUGH_PX);
  });
  /** @param {PointerEvent} event @param {boolean} isDone */
  const end = (event, isDone) => {
    if (drag?.pointer !== event.pointerId) return;
    const { card, dx, isSwiping } = drag;
    drag = null;
    card.body.style.translate = "";
    card.element.classList.remove("is-swiped", "is-enough");
    swallowsClick = isSwiping;
    if (isSwiping && isDone && Math.abs(dx) >= ENOUGH_PX) act(card);
  };
  root.addEventListener("pointerup", (event) => end(event, true));
  root.addEventListener("pointercancel", (event) => end(event, false));
  root.addEventListener(
    "click",
    (event) => {
      if (!swallowsClick) return;
      swallowsClick = false;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}
