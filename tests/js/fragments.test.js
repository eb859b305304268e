import assert from "node:assert/strict";
import { test } from "node:test";
import { stretchDurations } from "../../static/js/live/fragments.js";

/** @param {string} type @param {...number[]} parts of bytes */
function box(type, ...parts) {
  const payload = parts.flat();
  return [...u32(8 + payload.length), ...Buffer.from(type), ...payload];
}

/** @param {number} value */
const u32 = (value) => [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

/** As the server writes it: data offset; duration, size, flags and composition offset of each sample. */
const TRUN = box(
  "trun",
  u32(0x01000f01),
  u32(2),
  u32(100),
  u32(3000),
  u32(17),
  u32(0),
  u32(6000),
  u32(1500),
  u32(9),
  u32(0),
  u32(0),
);

/** @param {number[]} trun */
const fragment = (trun) =>
  new Uint8Array([
    ...box(
      "moof",
      box("mfhd", u32(0), u32(1)),
      box("traf", box("tfhd", u32(0x20000), u32(1)), box("tfdt", u32(0), u32(7)), trun),
    ),
    ...box("mdat", u32(0xdeadbeef)),
  ]);

test("every sample lasts longer and nothing else changes", () => {
  const bytes = fragment(TRUN);
  const before = Buffer.from(bytes).toString("hex");
  assert.equal(stretchDurations(bytes, 4), true);
  const expected = before
    .replace("00000bb800000011", "00002ee000000011")
    .replace("000005dc00000009", "0000177000000009");
  assert.equal(Buffer.from(bytes).toString("hex"), expected);
});

test("a run without durations of its own, or no run at all, is left alone", () => {
  for (const bytes of [
    fragment(box("trun", u32(0x000200), u32(1), u32(17))),
    fragment([]),
    new Uint8Array(0),
    new Uint8Array(64),
  ]) {
    const before = Buffer.from(bytes).toString("hex");
    assert.equal(stretchDurations(bytes, 4), false);
    assert.equal(Buffer.from(bytes).toString("hex"), before);
  }
});

test("no truncation and no lie about sizes throws", () => {
  const whole = fragment(TRUN);
  for (let length = 0; length < whole.length; length += 1) stretchDurations(whole.slice(0, length), 4);
  for (let at = 0; at < whole.length; at += 1) {
    const bent = whole.slice();
    bent[at] = 0xff;
    stretchDurations(bent, 4);
  }
});
