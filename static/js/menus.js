/** Buttons that open a sheet beneath them: one open at a time, closed by Escape, by a click elsewhere and by leaving with Tab. */

/** @param {HTMLElement} menu an element with `data-menu` that holds the button and the sheet */
export function bindMenu(menu) {
  const button = /** @type {HTMLButtonElement} */ (menu.querySelector(":scope > button"));
  const sheet = /** @type {HTMLElement} */ (menu.querySelector(":scope > .menu-sheet"));
  const stop = new Set();
  const close = () => {
    sheet.hidden = true;
    button.setAttribute("aria-expanded", "false");
    for (const undo of stop) undo();
    stop.clear();
  };
  const open = () => {
    sheet.hidden = false;
    button.setAttribute("aria-expanded", "true");
    const outside = (/** @type {Event} */ event) => {
      if (!menu.contains(/** @type {Node} */ (event.target))) close();
    };
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
      button.focus();
    };
    document.addEventListener("pointerdown", outside, true);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", onKey, true);
    stop.add(() => document.removeEventListener("pointerdown", outside, true));
    stop.add(() => document.removeEventListener("focusin", outside));
    stop.add(() => document.removeEventListener("keydown", onKey, true));
  };
  button.addEventListener("click", () => (sheet.hidden ? open() : close()));
  menu.addEventListener("menu:close", close);
}
