/**
 * The buttons below the picture: to draw, to take back; and while a zone is drawn, how that is done.
 *
 * @import { ZoneEditor } from "./zone-editor.js"
 */

import { FEWEST_CORNERS } from "./polygon.js";

/**
 * @param {ZoneEditor} editor @param {HTMLElement} host @param {{undo: () => void, redo: () => void}} travel
 * @returns {{show: (canUndo: boolean, canRedo: boolean) => void}}
 */
export function bindTools(editor, host, { undo, redo }) {
  const find = (/** @type {string} */ name) =>
    /** @type {HTMLButtonElement} */ (host.querySelector(`[data-do=${name}]`));
  const idle = /** @type {HTMLElement} */ (host.querySelector(".motion-tools"));
  const busy = /** @type {HTMLElement} */ (host.querySelector(".motion-drawing"));
  const hint = /** @type {HTMLElement} */ (host.querySelector(".motion-hint"));
  let startedBy = find("watch");

  for (const kind of /** @type {const} */ (["watch", "ignore"]))
    find(kind).addEventListener("click", () => {
      startedBy = find(kind);
      editor.startDrawing(kind);
      editor.svg.focus({ preventScroll: true });
    });
  find("undo").addEventListener("click", undo);
  find("redo").addEventListener("click", redo);
  find("rectangle").addEventListener("click", () => editor.useRectangle());
  find("done").addEventListener("click", () => editor.finishDrawing());
  find("cancel").addEventListener("click", () => editor.cancelDrawing());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && editor.kind && !event.defaultPrevented) editor.cancelDrawing();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) undo();
    else if (key === "y" || (key === "z" && event.shiftKey)) redo();
    else return;
    event.preventDefault();
  });

  editor.addEventListener("drawing", () => {
    const wasBusy = !busy.hidden;
    const hadFocus = busy.contains(document.activeElement);
    idle.hidden = Boolean(editor.kind);
    busy.hidden = !editor.kind;
    if (wasBusy && busy.hidden && (hadFocus || document.activeElement === document.body)) startedBy.focus();
    const left = FEWEST_CORNERS - editor.corners.length;
    find("done").disabled = left > 0;
    hint.textContent = hintFor(editor.kind === "ignore" ? "to ignore" : "to watch", editor.corners.length);
  });

  return {
    show: (canUndo, canRedo) => {
      find("undo").disabled = !canUndo || Boolean(editor.kind);
      find("redo").disabled = !canRedo || Boolean(editor.kind);
    },
  };
}

/** @param {string} purpose @param {number} corners */
function hintFor(purpose, corners) {
  if (corners === 0) return `Zone ${purpose}: set its corners one after the other, or drag a rectangle.`;
  if (corners < FEWEST_CORNERS) return "Set the next corner.";
  return "Set the next corner, or close the zone on its first one or by a double click.";
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    target.closest("input:not([type=range], [type=radio], [type=checkbox]), textarea") !== null
  );
}
