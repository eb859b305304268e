const SHOWN_MS = 4_000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Says something short at the foot of the page. @param {string} text */
export function toast(text) {
  const element = /** @type {HTMLElement} */ (document.getElementById("toast"));
  // Inside a full-screen element only its own descendants show.
  (document.fullscreenElement ?? document.body).append(element);
  element.textContent = text;
  element.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(hush, SHOWN_MS);
}

/** What was said has been done, or is over. */
export function hush() {
  const element = document.getElementById("toast");
  if (element) element.hidden = true;
}
