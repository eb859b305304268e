const SHOWN_MS = 4_000;
/** Long enough to see that something can be taken back. */
const OFFERED_MS = 9_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Says something short at the foot of the page, and may offer to do something about it.
 *
 * @param {string} text @param {{label: string, act: () => void}} [offer]
 */
export function toast(text, offer) {
  const element = /** @type {HTMLElement} */ (document.getElementById("toast"));
  // Inside a full-screen element, or before a dialog, only their own descendants show.
  (document.fullscreenElement ?? document.querySelector("dialog[open]") ?? document.body).append(element);
  element.textContent = text;
  if (offer) element.append(" ", offerButton(element, offer));
  element.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(hush, offer ? OFFERED_MS : SHOWN_MS);
}

/** What was said has been done, or is over. */
export function hush() {
  const element = document.getElementById("toast");
  if (element) element.hidden = true;
}

/** @param {HTMLElement} element @param {{label: string, act: () => void}} offer */
function offerButton(element, { label, act }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-offer";
  button.textContent = label;
  button.addEventListener("click", () => {
    element.hidden = true;
    act();
  });
  return button;
}
