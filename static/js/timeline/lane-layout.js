/**
 * How high the timeline and its lanes are. Pure.
 *
 * A lane has, from its top: its name where there is no room beside it, a strip for events, and the bar of its footage.
 *
 * @typedef {object} LaneLayout
 * @property {number} rulerPx
 * @property {number} nameBand
 * @property {number} lanePx
 * @property {number} eventsTop
 * @property {number} eventsPx
 * @property {number} barTop
 * @property {number} barPx
 * @property {number} heightPx
 * @property {number} lanes
 */

const RULER_PX = 44;
const FOOT_PX = 8;

/** @param {number} lanes @param {boolean} hasNamesAbove narrow screens have no room for names beside the lanes @returns {LaneLayout} */
export function laneLayout(lanes, hasNamesAbove) {
  const [eventsPx, barPx, gapPx] =
    lanes <= 3 ? [12, 22, 7] : lanes <= 6 ? [9, 18, 6] : lanes <= 9 ? [7, 14, 5] : [5, 9, 4];
  const nameBand = hasNamesAbove ? 17 : 0;
  const lanePx = nameBand + eventsPx + barPx + gapPx;
  return {
    rulerPx: RULER_PX,
    nameBand,
    lanePx,
    eventsTop: nameBand + 1,
    eventsPx,
    barTop: nameBand + eventsPx + 2,
    barPx,
    heightPx: RULER_PX + lanes * lanePx + FOOT_PX,
    lanes,
  };
}

/** Whether a height is that of a lane's events, not of its footage. @param {LaneLayout} layout @param {number} y */
export function isOnEvents(layout, y) {
  const lane = Math.floor((y - layout.rulerPx) / layout.lanePx);
  return lane >= 0 && lane < layout.lanes && y - layout.rulerPx - lane * layout.lanePx < layout.barTop;
}

/** @param {LaneLayout} layout @param {number} y @returns {number} index of the lane at a height, the nearest if there is none */
export function laneAt(layout, y) {
  return Math.min(layout.lanes - 1, Math.max(0, Math.floor((y - layout.rulerPx) / layout.lanePx)));
}
