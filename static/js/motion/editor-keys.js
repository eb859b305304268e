/**
 * Keys on the picture: on a corner that has the focus, and while a zone is drawn.
 *
 * @import { ZoneEditor } from "./zone-editor.js"
 */

/** Parts of the picture. */
const STEP = 0.005;
const LONG_STEP = 0.05;
const DIRECTIONS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/** @param {ZoneEditor} editor */
export function bindKeys(editor) {
  editor.svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = editor.painter.focusedHandle;
    const isTaken = editor.kind ? drawingKey(event.key) : index !== null ? cornerKey(index, event) : zoneKey(event.key);
    if (isTaken) event.preventDefault();
  });
  editor.svg.addEventListener("keyup", (event) => {
    if (event.key in DIRECTIONS) editor.settle();
  });

  /** @param {string} key */
  function drawingKey(key) {
    if (key === "Enter") editor.finishDrawing();
    else if (key === "Escape") editor.cancelDrawing();
    else if (key === "Backspace") editor.dropCorner();
    else return false;
    return true;
  }

  /** @param {number} index @param {KeyboardEvent} event */
  function cornerKey(index, { key, shiftKey }) {
    const direction = DIRECTIONS[key];
    if (direction) {
      const step = shiftKey ? LONG_STEP : STEP;
      editor.nudgeCorner(index, direction[0] * step, direction[1] * step);
    } else if (key === "Delete" || key === "Backspace") {
      editor.removeCorner(index);
      editor.painter.focusHandle(Math.max(0, index - 1));
    } else if (key === "Insert" || key === "+") editor.painter.focusHandle(editor.insertCorner(index));
    else return zoneKey(key);
    return true;
  }

  /** @param {string} key */
  function zoneKey(key) {
    if (!editor.selected) return false;
    if (key === "Escape") editor.select(null);
    else if (key === "Delete") editor.removeZone(editor.selected.key);
    else return false;
    return true;
  }
}
