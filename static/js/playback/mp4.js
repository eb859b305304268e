/**
 * Takes one track out of our segment files, so that pictures never wait for sound: a browser plays what it has of *all* tracks of a
 * buffer, and a microphone that fails for a second would stop the picture.
 *
 * Knows the boxes that recordings/ writes (streaming/media/fmp4.py): tfhd with nothing but the track, tfdt version 1, trun with duration,
 * size, flags and composition offset of every sample. ISO/IEC 14496-12. Pure; answers null for anything else.
 */

export const VIDEO_TRACK = 1;
export const AUDIO_TRACK = 2;
const SYNC_MASK = 0x00010000;
const TRUN_FLAGS = 0x000f01;

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{type: string, start: number, body: number, end: number}} Box `body`: behind size and type */
/** @typedef {{decodeTime: number, duration: number, compositionOffset: number, size: number, isKey: boolean}} Sample */
/** @typedef {{traf: Box, trun: Box, decodeTime: number, dataOffset: number, samples: Sample[]}} Run */
/** @typedef {{moof: Box, end: number}} Fragment */

/**
 * The boxes from `start` on that lie wholly before `end`.
 * @param {Bytes} bytes @param {number} [start] @param {number} [end] @returns {Box[]}
 */
export function boxesOf(bytes, start = 0, end = bytes.length) {
  const view = viewOf(bytes);
  const found = [];
  let at = start;
  while (at + 8 <= end) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > end) break;
    found.push({ type: typeAt(bytes, at + 4), start: at, body: at + 8, end: at + size });
    at += size;
  }
  return found;
}

/** An init segment with one track only. @param {Bytes} init @param {number} track @returns {Bytes | null} */
export function initOf(init, track) {
  const top = boxesOf(init);
  const moov = top.find(({ type }) => type === "moov");
  const brands = top.find(({ type }) => type === "ftyp");
  if (!moov || !brands) return null;
  /** @type {Bytes[]} */
  const parts = [];
  let hasTrack = false;
  for (const child of boxesOf(init, moov.body, moov.end)) {
    if (child.type === "trak") {
      if (trackOf(init, child, "tkhd", 20) !== track) continue;
      hasTrack = true;
      parts.push(init.slice(child.start, child.end));
    } else if (child.type === "mvex") {
      const extensions = boxesOf(init, child.body, child.end);
      const kept = extensions.filter((box) => box.type === "trex" && viewOf(init).getUint32(box.body + 4) === track);
      parts.push(
        boxed(
          "mvex",
          kept.map((box) => init.slice(box.start, box.end)),
        ),
      );
    } else {
      parts.push(init.slice(child.start, child.end));
    }
  }
  return hasTrack ? joined([init.slice(brands.start, brands.end), boxed("moov", parts)]) : null;
}

/** Whole fragments, moof with its mdat. @param {Bytes} bytes @returns {Fragment[]} */
export function fragmentsOf(bytes) {
  const boxes = boxesOf(bytes);
  const found = [];
  for (let at = 0; at + 1 < boxes.length; at += 1) {
    if (boxes[at].type === "moof" && boxes[at + 1].type === "mdat")
      found.push({ moof: boxes[at], end: boxes[at + 1].end });
  }
  return found;
}

/** @param {Bytes} bytes @param {Box} moof @param {number} track @returns {Run | null} */
export function runOf(bytes, moof, track) {
  const view = viewOf(bytes);
  for (const traf of boxesOf(bytes, moof.body, moof.end)) {
    if (traf.type !== "traf" || trackOf(bytes, traf, "tfhd", 12) !== track) continue;
    const children = boxesOf(bytes, traf.body, traf.end);
    const tfdt = children.find(({ type }) => type === "tfdt");
    const trun = children.find(({ type }) => type === "trun");
    if (!tfdt || !trun || bytes[tfdt.body] !== 1 || (view.getUint32(trun.body) & 0xffffff) !== TRUN_FLAGS) return null;
    const decodeTime = Number(view.getBigUint64(tfdt.body + 4));
    const count = view.getUint32(trun.body + 4);
    if (trun.body + 12 + count * 16 > trun.end) return null;
    const samples = [];
    let time = decodeTime;
    for (let at = trun.body + 12; samples.length < count; at += 16) {
      const duration = view.getUint32(at);
      samples.push({
        decodeTime: time,
        duration,
        size: view.getUint32(at + 4),
        isKey: !(view.getUint32(at + 8) & SYNC_MASK),
        compositionOffset: view.getInt32(at + 12),
      });
      time += duration;
    }
    return { traf, trun, decodeTime, dataOffset: view.getInt32(trun.body + 8), samples };
  }
  return null;
}

/** Some fragments with one track only; null when none has it. @param {Bytes} bytes @param {number} track @returns {Bytes | null} */
export function trackIn(bytes, track) {
  /** @type {Bytes[]} */
  const parts = [];
  for (const fragment of fragmentsOf(bytes)) {
    const run = runOf(bytes, fragment.moof, track);
    if (!run || run.samples.length === 0) continue;
    const data = fragment.moof.start + run.dataOffset;
    const size = run.samples.reduce((sum, sample) => sum + sample.size, 0);
    parts.push(fragmentWith(track, run.decodeTime, run.samples, bytes.subarray(data, data + size)));
  }
  return parts.length ? joined(parts) : null;
}

/**
 * What some fragments hold of a track, one by one.
 * @param {Bytes} bytes @param {number} track @returns {(Sample & {data: Bytes})[]}
 */
export function samplesIn(bytes, track) {
  return fragmentsOf(bytes).flatMap(({ moof }) => {
    const run = runOf(bytes, moof, track);
    let at = run ? moof.start + run.dataOffset : 0;
    return (run?.samples ?? []).map((sample) => {
      at += sample.size;
      return { ...sample, data: bytes.subarray(at - sample.size, at) };
    });
  });
}

/** When the pictures of some fragments are shown, in order, in ticks of the file. @param {Bytes} bytes @returns {number[]} */
export function picturesIn(bytes) {
  const times = fragmentsOf(bytes).flatMap((fragment) => {
    const run = runOf(bytes, fragment.moof, VIDEO_TRACK);
    return run ? run.samples.map((sample) => sample.decodeTime + sample.compositionOffset) : [];
  });
  return times.sort((a, b) => a - b);
}

/**
 * A fragment with nothing but the keyframe at the beginning of some bytes, shown for `durationTicks`.
 * @param {Bytes} bytes the beginning of a group of pictures @param {number} durationTicks
 * @returns {{fragment: Bytes | null, neededBytes: number}} without a fragment: ask for so many bytes; 0 when it is none of ours
 */
export function keyPictureOf(bytes, durationTicks) {
  if (bytes.length < 8) return { fragment: null, neededBytes: 8 };
  const moofBytes = viewOf(bytes).getUint32(0);
  if (typeAt(bytes, 4) !== "moof") return { fragment: null, neededBytes: 0 };
  if (moofBytes > bytes.length) return { fragment: null, neededBytes: moofBytes + 8 };
  const run = runOf(bytes, boxesOf(bytes, 0, moofBytes)[0], VIDEO_TRACK);
  const first = run?.samples[0];
  if (!run || !first) return { fragment: null, neededBytes: 0 };
  const neededBytes = run.dataOffset + first.size;
  if (neededBytes > bytes.length) return { fragment: null, neededBytes };
  const sample = { ...first, duration: Math.max(1, Math.round(durationTicks)) };
  const fragment = fragmentWith(VIDEO_TRACK, run.decodeTime, [sample], bytes.subarray(run.dataOffset, neededBytes));
  return { fragment, neededBytes };
}

/** @param {number} track @param {number} decodeTime @param {Sample[]} samples @param {Bytes} data @returns {Bytes} */
function fragmentWith(track, decodeTime, samples, data) {
  const trunBytes = 20 + 16 * samples.length;
  const trafBytes = 8 + 16 + 20 + trunBytes;
  const moofBytes = 8 + 16 + trafBytes;
  const bytes = new Uint8Array(moofBytes + 8 + data.length);
  const view = viewOf(bytes);
  let at = 0;
  /** @param {number} size @param {string} type @param {...number} words */
  const put = (size, type, ...words) => {
    view.setUint32(at, size);
    for (let index = 0; index < 4; index += 1) bytes[at + 4 + index] = type.charCodeAt(index);
    at += 8;
    for (const word of words) {
      view.setUint32(at, word >>> 0);
      at += 4;
    }
  };
  put(moofBytes, "moof");
  put(16, "mfhd", 0, 1);
  put(trafBytes, "traf");
  put(16, "tfhd", 0x020000, track);
  put(20, "tfdt", 0x01000000, Math.floor(decodeTime / 2 ** 32), decodeTime % 2 ** 32);
  put(trunBytes, "trun", 0x01000000 | TRUN_FLAGS, samples.length, moofBytes + 8);
  for (const { duration, size, isKey, compositionOffset } of samples) {
    for (const word of [duration, size, isKey ? 0x02000000 : 0x01010000, compositionOffset]) {
      view.setInt32(at, word | 0);
      at += 4;
    }
  }
  put(8 + data.length, "mdat");
  bytes.set(data, at);
  return bytes;
}

/** @param {Bytes} bytes @param {Box} parent @param {string} type @param {number} idAt from the start of the box @returns {number} */
function trackOf(bytes, parent, type, idAt) {
  const box = boxesOf(bytes, parent.body, parent.end).find((child) => child.type === type);
  return box && box.start + idAt + 4 <= box.end ? viewOf(bytes).getUint32(box.start + idAt) : 0;
}

/** @param {string} type @param {Bytes[]} parts */
function boxed(type, parts) {
  const head = new Uint8Array(8);
  viewOf(head).setUint32(
    0,
    parts.reduce((sum, part) => sum + part.length, 8),
  );
  for (let index = 0; index < 4; index += 1) head[4 + index] = type.charCodeAt(index);
  return joined([head, ...parts]);
}

/** @param {Bytes[]} parts @returns {Bytes} */
export function joined(parts) {
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** @param {Bytes} bytes @param {number} at */
function typeAt(bytes, at) {
  return String.fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

/** @param {Bytes} bytes */
function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
