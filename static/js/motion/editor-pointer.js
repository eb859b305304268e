/**
 * Mouse, pen and finger on the picture.
 *
 * Drawing: a press is a corner, a press on the first one or a double click closes the zone, and a drag that begins one is a rectangle. Else: corners and
 * the selected zone are dragged, a drag from an edge or a press on its middle makes a corner, a press selects.
 *
 * @import { Point, Polygon } from "./polygon.js"
 * @import { Hit } from "./hit-test.js"
 * @import { ZoneEditor } from "./zone-editor.js"
 * @typedef {{down: Point, reachPx: number, hit: Hit | null, from: Polygon, index: number, isDragged: boolean}} Gesture `down` in pixels
 */

import { hitTest, isNear, nextUnder, REACH_PX } from "./hit-test.js";
import { clamped, FEWEST_CORNERS, middleAfter } from "./polygon.js";

/** A hand is not that steady. */
const DRAG_FROM_PX = 4;
/** A second click there is the other half of a double click. */
const SAME_PLACE_PX = 6;
/** Corners this near to the edge of the picture are meant to be on it. */
const SNAP_PX = 7;
const LEAST_RECTANGLE_PX = 12;

/** @param {ZoneEditor} editor */
export function bindPointer(editor) {
  const { svg } = editor;
  /** @type {Gesture | null} */
  let gesture = null;

  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    const down = place(event);
    const reachPx = event.pointerType === "mouse" ? REACH_PX.fine : REACH_PX.coarse;
    const hit = editor.kind ? null : hitTest(editor.zones, editor.selected?.key ?? null, down, size(), reachPx);
    gesture = { down, reachPx, hit, from: editor.selected?.points ?? [], index: -1, isDragged: false };
    if (hit?.kind === "corner") gesture.index = hit.index;
    // A page that is scrolled keeps its finger; whatever can be dragged is followed beyond the picture.
    if (svg.hasAttribute("data-busy")) svg.setPointerCapture(event.pointerId);
    // Else the press would take the focus away from the corner that gets it below.
    event.preventDefault();
    if (hit?.kind === "corner") editor.painter.focusHandle(hit.index);
    else svg.focus({ preventScroll: true });
  });

  svg.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (!gesture) hover(at, event.pointerType);
    else if (gesture.isDragged || distance(at, gesture.down) >= DRAG_FROM_PX) {
      gesture.isDragged = true;
      svg.toggleAttribute("data-dragging", true);
      drag(gesture, at);
    }
  });

  svg.addEventListener("pointerup", (event) => {
    if (!gesture) return;
    const ended = gesture;
    end();
    if (ended.isDragged) drop(ended, place(event));
    else press(ended, place(event));
    editor.settle();
  });

  svg.addEventListener("pointercancel", () => {
    if (gesture?.isDragged && editor.kind) editor.stretch([0, 0], null);
    end();
    editor.settle();
  });
  svg.addEventListener("pointerleave", () => editor.point(null));

  function end() {
    gesture = null;
    svg.removeAttribute("data-dragging");
  }

  /** @param {Point} at @param {string} pointerType */
  function hover(at, pointerType) {
    if (editor.kind) {
      if (editor.corners.length && pointerType !== "touch") editor.point(onPicture(at));
      svg.dataset.under = "";
      return;
    }
    svg.dataset.under = hitTest(editor.zones, editor.selected?.key ?? null, at, size(), REACH_PX.fine)?.kind ?? "";
  }

  /** @param {Gesture} gesture @param {Point} at */
  function drag(gesture, at) {
    const { hit, down, from } = gesture;
    if (editor.kind) {
      if (editor.corners.length === 0) editor.stretch(onPicture(down), onPicture(at));
      else editor.point(onPicture(at));
    } else if (hit && hit.key !== editor.selected?.key) {
      // What is not selected does not move.
    } else if (hit?.kind === "zone") {
      editor.moveZone(from, (at[0] - down[0]) / size().width, (at[1] - down[1]) / size().height);
    } else if (hit) {
      if (gesture.index < 0) gesture.index = editor.insertCorner(hit.index, onPicture(at));
      editor.moveCorner(gesture.index, onPicture(at));
    }
  }

  /** @param {Gesture} gesture @param {Point} at */
  function drop({ down, reachPx, index, hit }, at) {
    if (!editor.kind) {
      if (index >= 0) editor.painter.focusHandle(index);
      else if (hit && !editor.selected) editor.select(hit.key);
    } else if (editor.corners.length > 0) {
      draw(at, reachPx);
    } else if (Math.abs(at[0] - down[0]) < LEAST_RECTANGLE_PX || Math.abs(at[1] - down[1]) < LEAST_RECTANGLE_PX) {
      editor.stretch([0, 0], null);
      draw(down, reachPx);
    } else {
      editor.finishDrawing();
    }
  }

  /** @param {Gesture} gesture @param {Point} at */
  function press({ hit, reachPx }, at) {
    const selected = editor.selected;
    if (editor.kind) draw(at, reachPx);
    else if (hit?.kind === "edge" && selected && isNear(at, middleAfter(selected.points, hit.index), size(), reachPx))
      editor.painter.focusHandle(editor.insertCorner(hit.index));
    else if (!hit) editor.select(null);
    else if (hit.key !== selected?.key) editor.select(hit.key);
    else if (hit.kind === "zone") editor.select(nextUnder(editor.zones, hit.key, onPicture(at)));
  }

  /** @param {Point} at @param {number} reachPx */
  function draw(at, reachPx) {
    const { corners } = editor;
    const last = corners.at(-1);
    if (corners.length >= FEWEST_CORNERS && isNear(at, corners[0], size(), reachPx)) editor.finishDrawing();
    else if (!last || !isNear(at, last, size(), SAME_PLACE_PX)) editor.addCorner(onPicture(at));
    else if (corners.length >= FEWEST_CORNERS) editor.finishDrawing();
  }

  function size() {
    return editor.painter.size;
  }

  /** In pixels from the picture's top left. @param {PointerEvent} event @returns {Point} */
  function place(event) {
    const { left, top } = svg.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** As parts of the picture, on its edge when near to it. @param {Point} at @returns {Point} */
  function onPicture([x, y]) {
    const { width, height } = size();
    return clamped(snapped(x, width) / width, snapped(y, height) / height);
  }
}

/** @param {number} px @param {number} length */
function snapped(px, length) {
  if (px < SNAP_PX) return 0;
  return px > length - SNAP_PX ? length : px;
}

/** @param {Point} one @param {Point} other */
function distance(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}
