/**
 * Longer durations for the samples of a fragment, in place: moof/traf/trun (ISO/IEC 14496-12, 8.8.8). Pure, never throws.
 *
 * A fragment leaves the server before the next picture has come, so its duration is a guess. Where the next one starts more than two
 * durations later (a lost or a late picture), Media Source Extensions take that for a discontinuity and drop everything up to the next
 * keyframe (Coded Frame Processing, step 6). Durations that overlap the next sample do no harm.
 */

const MOOF = 0x6d6f6f66;
const TRAF = 0x74726166;
const TRUN = 0x7472756e;
const HAS_DATA_OFFSET = 0x1;
const HAS_FIRST_FLAGS = 0x4;
const HAS_DURATION = 0x100;
/** Size, flags, composition offset: what else there may be for each sample. */
const OTHER_FIELDS = [0x200, 0x400, 0x800];

/**
 * @param {Uint8Array} fragment
 * @param {number} factor
 * @returns {boolean} false when there was nothing to stretch
 */
export function stretchDurations(fragment, factor) {
  const view = new DataView(fragment.buffer, fragment.byteOffset, fragment.byteLength);
  const moof = find(view, MOOF, 0, view.byteLength);
  const traf = moof && find(view, TRAF, moof.start, moof.end);
  const trun = traf && find(view, TRUN, traf.start, traf.end);
  if (!trun || trun.end - trun.start < 8) return false;
  const flags = view.getUint32(trun.start) & 0xffffff;
  if (!(flags & HAS_DURATION)) return false;
  const step = 4 + 4 * OTHER_FIELDS.filter((field) => flags & field).length;
  let at = trun.start + 8 + (flags & HAS_DATA_OFFSET ? 4 : 0) + (flags & HAS_FIRST_FLAGS ? 4 : 0);
  for (let count = view.getUint32(trun.start + 4); count > 0 && at + step <= trun.end; count -= 1, at += step) {
    view.setUint32(at, Math.min(0xffffffff, Math.round(view.getUint32(at) * factor)));
  }
  return true;
}

/**
 * @param {DataView} view
 * @param {number} type
 * @param {number} start
 * @param {number} end
 * @returns {{start: number, end: number} | null} the payload's bounds
 */
function find(view, type, start, end) {
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > end) return null;
    if (view.getUint32(at + 4) === type) return { start: at + 8, end: at + size };
    at += size;
  }
  return null;
}
