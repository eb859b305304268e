/**
 * How high the timeline and its lanes are. Pure.
 *
 * @typedef {{rulerPx: number, nameBand: number, lanePx: number, barTop: number, barPx: number, heightPx: number, lanes: number}} LaneLayout
 */

const RULER_PX = 44;
const FOOT_PX = 8;

/** @param {number} lanes @param {boolean} hasNamesAbove narrow screens have no room for names beside the lanes @returns {LaneLayout} */
export function laneLayout(lanes, hasNamesAbove) {
  const barPx = lanes <= 3 ? 26 : lanes <= 6 ? 20 : lanes <= 9 ? 16 : 12;
  const nameBand = hasNamesAbove ? 17 : 0;
  const lanePx = barPx + nameBand + (lanes <= 3 ? 8 : 6);
  return {
    rulerPx: RULER_PX,
    nameBand,
    lanePx,
    barTop: nameBand + 2,
    barPx,
    heightPx: RULER_PX + lanes * lanePx + FOOT_PX,
    lanes,
  };
}

/** @param {LaneLayout} layout @param {number} y @returns {number} index of the lane at a height, the nearest if there is none */
export function laneAt(layout, y) {
  return Math.min(layout.lanes - 1, Math.max(0, Math.floor((y - layout.rulerPx) / layout.lanePx)));
}
