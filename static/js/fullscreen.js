/** @param {HTMLElement} target @param {HTMLElement} button hidden where the browser has no full screen (iPhones) */
export function bindFullscreen(target, button) {
  button.hidden = !document.fullscreenEnabled;
  const toggle = async () => {
    if (!document.fullscreenEnabled) return;
    if (document.fullscreenElement) await document.exitFullscreen();
    else await target.requestFullscreen().catch(() => undefined);
  };
  button.addEventListener("click", toggle);
  document.addEventListener("fullscreenchange", () => {
    const isFull = document.fullscreenElement !== null;
    button.setAttribute("aria-pressed", String(isFull));
  });
  return toggle;
}
