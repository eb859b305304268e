/** Says when the page has lost the server, and not before it matters. */

/**
 * @import { CameraEvents } from "./events.js"
 */

const PATIENCE_MS = 2_500;

/** @param {CameraEvents} events */
export function showConnection(events) {
  const notice = /** @type {HTMLElement} */ (document.getElementById("connection-notice"));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  events.addEventListener("lost", () => {
    timer ??= setTimeout(() => {
      notice.textContent = "The server can’t be reached. Trying again …";
      notice.hidden = false;
    }, PATIENCE_MS);
  });
  events.addEventListener("open", () => {
    clearTimeout(timer);
    timer = undefined;
    notice.hidden = true;
  });
  events.addEventListener("refused", () => {
    clearTimeout(timer);
    const link = document.createElement("a");
    link.href = `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = "Sign in again";
    notice.replaceChildren("You are signed out. ", link);
    notice.hidden = false;
  });
}
