import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FootageMap } from "../../static/js/playback/footage-map.js";
import { JpegShelf } from "../../static/js/playback/jpeg-shelf.js";
import {
  AUDIO_TRACK,
  boxesOf,
  fragmentsOf,
  initOf,
  joined,
  keyPictureOf,
  picturesIn,
  runOf,
  samplesIn,
  trackIn,
  VIDEO_TRACK,
} from "../../static/js/playback/mp4.js";
import { pictureAt } from "../../static/js/playback/pictures.js";
import { parsePlaylist } from "../../static/js/playback/playlist.js";
import {
  correction,
  fastestWhole,
  keyStrideMs,
  MasterClock,
  Stamina,
  waitsFor,
} from "../../static/js/playback/sync.js";
import { gapWords, momentWords, speedWords, unplayableWords } from "../../static/js/playback/words.js";

const BASE = "https://nvr.test/api/v1/cameras/door/playlist.m3u8?start=1&end=2";
const START_MS = 1_795_000_000_000;

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
const bytesOf = (text) => new Uint8Array(Buffer.from(text, "base64"));
const fixture = JSON.parse(readFileSync(new URL("../fixtures/segment.json", import.meta.url), "utf8"));
const INIT = bytesOf(fixture.init);
/** @type {Uint8Array<ArrayBuffer>[]} */
const FRAGMENTS = fixture.fragments.map(bytesOf);

/**
 * @param {number} number @param {number} startedMs @param {{gops?: number, open?: boolean, offsetS?: number, lateMs?: number}} [options]
 * `lateMs`: its first picture arrived so late, by the wall clock, for its media time
 */
function fileText(number, startedMs, { gops = 5, open = false, offsetS = 0, lateMs = 0 } = {}) {
  const media = (START_MS + startedMs) * 90;
  const lines = [
    `#EXT-X-NVR-FILE:STARTED-MS=${START_MS + startedMs + lateMs},MEDIA-START=${media},GENERATION=3,OFFSET=${offsetS * 90_000},CODECS="avc1.640029,mp4a.40.2",RESOLUTION=1920x1080`,
    `#EXT-X-MAP:URI="segments/${number}.mp4",BYTERANGE="1000@0"`,
    "#EXT-X-PROGRAM-DATE-TIME:2026-11-18T11:06:40.000Z",
  ];
  for (let at = 0; at < gops; at += 1)
    lines.push(
      "#EXTINF:2.000000,",
      `#EXT-X-BYTERANGE:5000@${1000 + (offsetS / 2 + at) * 5000}`,
      `segments/${number}.mp4`,
    );
  if (open)
    lines.push(
      `#EXT-X-NVR-OPEN:DURATION=1.000000,URI="segments/${number}.mp4",BYTERANGE="2000@${1000 + gops * 5000}",INIT-BYTES=1000`,
    );
  return lines.join("\n");
}

/** @param {string[]} files @param {{isGrowing?: boolean}} [options] */
function parsed(files, { isGrowing = false } = {}) {
  const text = ["#EXTM3U", files.join("\n#EXT-X-DISCONTINUITY\n"), ...(isGrowing ? [] : ["#EXT-X-ENDLIST"])].join("\n");
  return parsePlaylist(text, BASE);
}

/** @param {number} startMs @param {number} endMs */
const span = (startMs, endMs) => ({ startMs: START_MS + startMs, endMs: START_MS + endMs });

/** @param {string[]} files @param {{isGrowing?: boolean, endMs?: number, nowMs?: number}} [options] */
function mapOf(files, { isGrowing = false, endMs = 100_000, nowMs = 1e9 } = {}) {
  const map = new FootageMap();
  map.merge(parsed(files, { isGrowing }), span(0, endMs), START_MS + nowMs);
  return map;
}

test("a playlist is files of groups of pictures", () => {
  const { files, isGrowing } = parsed([fileText(7, 0), fileText(8, 10_000, { gops: 2, offsetS: 4 })]);
  assert.equal(isGrowing, false);
  assert.equal(files.length, 2);
  assert.equal(files[0].url, "https://nvr.test/api/v1/cameras/door/segments/7.mp4");
  assert.deepEqual(files[0].gops[1], { offset: 6000, size: 5000, startS: 2, durationS: 2, isOpen: false });
  assert.deepEqual([files[0].initBytes, files[0].videoCodec, files[0].audioCodec], [1000, "avc1.640029", "mp4a.40.2"]);
  assert.equal(files[1].gops[0].startS, 4);
});

test("the group that is being written is known, and more of it later", () => {
  const { files, isGrowing } = parsed([fileText(7, 0, { gops: 0, open: true })], { isGrowing: true });
  assert.equal(isGrowing, true);
  assert.deepEqual(files[0].gops, [{ offset: 1000, size: 2000, startS: 0, durationS: 1, isOpen: true }]);
});

test("what is no playlist has no files, and nothing throws", () => {
  for (const text of [
    "",
    "<html>",
    "#EXTINF:x,\n#EXT-X-BYTERANGE:5\nseg",
    "#EXT-X-NVR-FILE:\n#EXT-X-MAP:\n#EXTINF:1,\n#EXT-X-BYTERANGE:1@2\nhttp://[",
  ])
    assert.deepEqual(parsePlaylist(text, BASE).files, []);
});

test("a file that continues another is placed at its end, drawn to its own time a little", () => {
  const map = mapOf([fileText(7, 0), fileText(8, 10_000, { lateMs: 80 }), fileText(9, 20_000, { lateMs: -40 })]);
  const starts = map.entries.filter(({ gop }) => gop.startS === 0).map(({ startMs }) => startMs - START_MS);
  assert.deepEqual(starts, [0, 10_010, 20_000]);
  assert.equal(map.gapAt(START_MS + 10_005), null);
});

test("what is placed stays, also when earlier footage is found later", () => {
  const map = new FootageMap();
  map.merge(parsed([fileText(8, 10_000, { lateMs: 80 })]), span(10_000, 20_000), START_MS + 1e9);
  const before = map.entries[0].startMs;
  map.merge(parsed([fileText(7, 0), fileText(8, 10_000, { lateMs: 80 })]), span(0, 20_000), START_MS + 1e9);
  assert.equal(map.find(before)?.startMs, before);
  assert.equal(map.entries.length, 10);
  assert.equal(map.entries[4].endMs, before);
});

test("when the clock was set, its own time counts", () => {
  const map = mapOf([fileText(7, 0), fileText(8, 10_000, { lateMs: 3_600_000 })], { endMs: 4_000_000 });
  assert.equal(map.entries[5].startMs, START_MS + 3_610_000);
});

test("of an hour that was recorded twice the later recording is shown, never one in turn with the other", () => {
  // The clock is set back by 11 s when 7 and 8 are there: 9 says the time from within 7 on again, 10 follows it.
  const files = [7, 8, 9, 10].map((number, at) => fileText(number, at * 10_000, { lateMs: at > 1 ? -11_000 : 0 }));
  const map = mapOf([files[0], files[2], files[1], files[3]]);
  const shown = map.entries.map(({ file, startMs }) => [Number(/(\d+)\.mp4/.exec(file.url)?.[1]), startMs - START_MS]);
  assert.deepEqual(shown.slice(0, 5), [
    [7, 0],
    [7, 2_000],
    [7, 4_000],
    [7, 6_000],
    [7, 8_000],
  ]);
  assert.deepEqual([...new Set(shown.map(([number]) => number))], [7, 9, 10]);
  assert.equal(map.find(START_MS + 9_500)?.file.url.endsWith("/9.mp4"), true);
  for (const [at, entry] of map.entries.entries())
    assert.ok(at === 0 || map.entries[at - 1].endMs <= entry.startMs, "in order, without overlap");
});

test("gaps are where there is nothing for longer than a late picture", () => {
  const map = mapOf([fileText(7, 0), fileText(8, 11_000), fileText(9, 60_000)]);
  assert.equal(map.gapAt(START_MS + 5_000), null);
  assert.equal(map.gapAt(START_MS + 10_500), null);
  assert.deepEqual(map.gapAt(START_MS + 30_000), span(21_000, 60_000));
  assert.equal(map.after(START_MS + 30_000)?.startMs, START_MS + 60_000);
  assert.equal(map.before(START_MS + 30_000)?.endMs, START_MS + 21_000);
  assert.equal(map.knownUntil(START_MS + 30_000), START_MS + 100_000);
});

test("of what grows nothing is known beyond what was written", () => {
  const map = mapOf([fileText(7, 0, { open: true })], { isGrowing: true, nowMs: 12_000 });
  assert.equal(map.isGrowing, true);
  assert.equal(map.newestMs, START_MS + 11_000);
  assert.equal(map.knownUntil(START_MS + 11_500), START_MS + 11_500);
  map.merge(parsed([fileText(7, 0, { gops: 6 })], { isGrowing: true }), span(0, 100_000), START_MS + 60_000);
  assert.equal(map.entries.length, 6);
  assert.equal(map.knownUntil(START_MS + 30_000), START_MS + 40_000, "what is older than twenty seconds won't come");
  assert.deepEqual(map.gapAt(START_MS + 30_000)?.startMs, START_MS + 12_000);
});

test("keyframes alone are so far apart, each until the next, and end at gaps", () => {
  const map = mapOf([fileText(7, 0), fileText(8, 10_000), fileText(9, 60_000)]);
  const found = map
    .thinned(START_MS, START_MS + 100_000, 5_000)
    .map(({ startMs, endMs }) => [startMs - START_MS, endMs - START_MS]);
  assert.deepEqual(found, [
    [0, 6_000],
    [6_000, 10_000],
    [10_000, 16_000],
    [16_000, 20_000],
    [60_000, 66_000],
    [66_000, 70_000],
  ]);
});

test("steps go to the next picture across groups, files and gaps, and back again", async () => {
  const map = mapOf([fileText(7, 0, { gops: 1 }), fileText(8, 2_000, { gops: 1 }), fileText(9, 60_000, { gops: 1 })]);
  /** @param {import("../../static/js/playback/footage-map.js").Entry} entry */
  const pictures = async ({ startMs }) => [0, 500, 1_000, 1_500].map((at) => startMs + at);
  let at = START_MS + 1_010;
  const seen = [];
  for (let step = 0; step < 8; step += 1) {
    const next = await pictureAt(map, pictures, at, 1);
    if (next === null) break;
    seen.push(next - START_MS);
    at = next;
  }
  assert.deepEqual(seen, [1_500, 2_000, 2_500, 3_000, 3_500, 60_000, 60_500, 61_000]);
  for (const expected of seen.slice(0, -1).reverse()) {
    at = (await pictureAt(map, pictures, at, -1)) ?? 0;
    assert.equal(at - START_MS, expected);
  }
  assert.equal(await pictureAt(map, pictures, START_MS + 1_500, 3), START_MS + 3_000);
  assert.equal(await pictureAt(map, pictures, START_MS + 61_500, 1), null);
  assert.equal(await pictureAt(map, pictures, START_MS, -1), null);
});

test("reordered pictures are shown later than their group begins", async () => {
  const map = mapOf([fileText(7, 0, { gops: 2 })]);
  /** @param {import("../../static/js/playback/footage-map.js").Entry} entry */
  const pictures = async ({ startMs }) => [80, 1_080].map((at) => startMs + at);
  assert.equal(await pictureAt(map, pictures, START_MS + 2_040, 1), START_MS + 2_080);
  assert.equal(await pictureAt(map, pictures, START_MS + 2_040, -1), START_MS + 80);
});

test("the clock counts footage, at any speed, and stands", () => {
  const clock = new MasterClock();
  clock.set(START_MS, 1_000);
  assert.equal(clock.at(5_000), START_MS);
  clock.run(true, 5_000);
  clock.setRate(4, 6_000);
  assert.equal(clock.at(7_000), START_MS + 5_000);
  clock.run(false, 7_000);
  assert.equal(clock.at(9_000), START_MS + 5_000);
  clock.setRate(99, 9_000);
  assert.equal(clock.rate, 16);
});

test("a picture that is off is nudged, and jumps only when far off", () => {
  assert.deepEqual(correction(10, 1), { kind: "rate", rate: 1 });
  assert.deepEqual(correction(50, 1), { kind: "rate", rate: 1.1 });
  assert.deepEqual(correction(-50, 1), { kind: "rate", rate: 0.9 });
  assert.deepEqual(correction(299, 1), { kind: "rate", rate: 1.25 });
  assert.deepEqual(correction(301, 1), { kind: "seek" });
  assert.deepEqual(correction(-301, 0.5), { kind: "seek" });
  assert.deepEqual(correction(2_400, 16), { kind: "rate", rate: 16 });
  assert.equal(correction(301, 2).kind, "rate");
});

test("many cameras and high speeds are shown by keyframes", () => {
  assert.ok(fastestWhole(1) >= fastestWhole(4));
  assert.ok(fastestWhole(4) >= fastestWhole(9));
  assert.equal(keyStrideMs(16, 1), 2_000);
  assert.equal(keyStrideMs(8, 9), 4_000);
});

test("a decoder that loses a quarter of its time does not keep up", () => {
  const stamina = new Stamina();
  assert.equal(stamina.fails(1_000, 0, 4), false);
  assert.equal(stamina.fails(2_000, 1_000, 4), false);
  assert.equal(stamina.fails(3_100, 3_000, 4), true);
  assert.equal(stamina.fails(5_200, 3_000 + 8_000, 4), false);
});

test("the clock waits for cameras, but not for ever", () => {
  assert.equal(waitsFor([{ isLoading: true, sinceMs: 0 }], 1_000), true);
  assert.equal(waitsFor([{ isLoading: true, sinceMs: 0 }], 10_000), false);
  assert.equal(waitsFor([{ isLoading: false, sinceMs: 9_999 }], 10_000), false);
});

test("an init segment with one track", () => {
  const video = initOf(INIT, VIDEO_TRACK);
  assert.ok(video);
  const [brands, moov, ...rest] = boxesOf(video);
  assert.deepEqual([brands.type, moov.type, rest.length], ["ftyp", "moov", 0]);
  const children = boxesOf(video, moov.body, moov.end).map(({ type }) => type);
  assert.deepEqual(children, ["mvhd", "trak", "mvex"]);
  assert.ok(Buffer.from(video).includes("avc1"));
  assert.ok(!Buffer.from(video).includes("mp4a"));
  const audio = initOf(INIT, AUDIO_TRACK);
  assert.ok(audio && Buffer.from(audio).includes("mp4a"));
  assert.equal(initOf(INIT, 3), null);
  assert.equal(initOf(INIT.slice(0, 40), VIDEO_TRACK), null);
});

test("one track of fragments, byte for byte", () => {
  const whole = joined(FRAGMENTS);
  const video = trackIn(whole, VIDEO_TRACK);
  assert.ok(video);
  const fragments = fragmentsOf(video);
  assert.equal(fragments.length, 2, "the one with sound only is none");
  const run = runOf(video, fragments[1].moof, VIDEO_TRACK);
  assert.ok(run);
  assert.equal(run.decodeTime, 2 ** 33 + 10_800);
  assert.deepEqual(
    run.samples.map(({ size }) => size),
    [10, 11, 12],
  );
  assert.deepEqual(
    run.samples.map(({ compositionOffset }) => compositionOffset),
    [7200, 3600, 3600],
  );
  const data = fragments[1].moof.start + run.dataOffset;
  assert.deepEqual([...video.slice(data, data + 10)], Array(10).fill(3));
  assert.equal(fragments[1].end, video.length);
  const audio = trackIn(whole, AUDIO_TRACK);
  assert.equal(audio && fragmentsOf(audio).length, 3);
  assert.equal(trackIn(FRAGMENTS[2], VIDEO_TRACK), null);
});

test("when pictures are shown", () => {
  const base = 2 ** 33;
  assert.deepEqual(
    picturesIn(joined(FRAGMENTS)),
    [7_200, 7_200, 10_800, 18_000, 18_000, 21_600].map((at) => base + at),
  );
});

test("the keyframe alone, from the beginning of a group", () => {
  const [first] = FRAGMENTS;
  assert.deepEqual(keyPictureOf(first.slice(0, 4), 90), { fragment: null, neededBytes: 8 });
  const { neededBytes: head } = keyPictureOf(first.slice(0, 20), 90);
  assert.ok(head > 20);
  const { fragment: none, neededBytes } = keyPictureOf(first.slice(0, head), 90);
  assert.equal(none, null);
  const { fragment } = keyPictureOf(first.slice(0, neededBytes), 180_000);
  assert.ok(fragment);
  const run = runOf(fragment, fragmentsOf(fragment)[0].moof, VIDEO_TRACK);
  assert.deepEqual(run?.samples, [
    { decodeTime: 2 ** 33, duration: 180_000, compositionOffset: 7_200, size: 10, isKey: true },
  ]);
  assert.deepEqual([...fragment.slice(-10)], Array(10).fill(0));
  assert.deepEqual(keyPictureOf(INIT, 90), { fragment: null, neededBytes: 0 });
});

test("bytes cut anywhere are read as far as they go", () => {
  const whole = joined(FRAGMENTS);
  for (let size = 0; size < whole.length; size += 7) {
    const found = fragmentsOf(whole.slice(0, size)).length;
    assert.ok(found <= 3);
    picturesIn(whole.slice(0, size));
    keyPictureOf(whole.slice(0, size), 90);
  }
});

test("a shelf of JPEG pictures tells what is shown, what follows, and where there is nothing", () => {
  const shelf = new JpegShelf();
  /** @param {number} fromMs @param {number} count @param {number} [mark] */
  const pictures = (fromMs, count, mark = 0) =>
    Array.from({ length: count }, (_, at) => ({
      startMs: fromMs + at * 40,
      endMs: fromMs + at * 40 + 40,
      data: Uint8Array.of(mark),
    }));
  shelf.add(pictures(2_000, 5));
  shelf.add(pictures(1_000, 5));
  assert.deepEqual([shelf.at(999), shelf.at(1_200), shelf.after(1_200)?.startMs], [null, null, 2_000]);
  assert.equal(shelf.at(1_199)?.startMs, 1_160);
  assert.deepEqual([shelf.heldUntil(1_010), shelf.heldUntil(1_500), shelf.heldUntil(2_199)], [1_200, 1_500, 2_200]);
  shelf.add(pictures(1_120, 22, 7));
  assert.equal(shelf.at(1_119)?.data[0], 0);
  assert.equal(shelf.at(1_120)?.data[0], 7);
  assert.equal(shelf.heldUntil(1_000), 2_200);
  shelf.keep({ startMs: 1_150, endMs: 1_300 });
  assert.deepEqual([shelf.at(1_090), shelf.at(1_150)?.startMs, shelf.after(1_299)], [null, 1_120, null]);
});

test("samples are taken out of fragments one by one, whole", () => {
  for (const fragment of FRAGMENTS) {
    const run = runOf(fragment, fragmentsOf(fragment)[0].moof, VIDEO_TRACK);
    const samples = samplesIn(fragment, VIDEO_TRACK);
    assert.deepEqual(
      samples.map(({ data }) => data.length),
      (run?.samples ?? []).map(({ size }) => size),
    );
  }
});

test("words", () => {
  assert.equal(
    gapWords({ start_ms: 0, end_ms: 1, kind: "camera_down", reason: "x", text: "The camera was down" }),
    "No recording: The camera was down",
  );
  assert.equal(gapWords(null), "No recording");
  assert.match(unplayableWords("hvc1.1.6.L93.B0"), /H\.265/);
  assert.equal(speedWords(0.25), "0.25×");
  assert.equal(momentWords(START_MS + 125, "UTC", "en-GB"), "18 Nov 2026, 11:06:40.125 UTC");
});
