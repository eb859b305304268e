import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Close, liveUrl, parseMessage, parseText, qualityFor, toServer } from "../../static/js/live/protocol.js";

const vectors = JSON.parse(readFileSync(new URL("../fixtures/live_protocol.json", import.meta.url), "utf8"));

/** @param {string} hex @returns {ArrayBuffer} */
const bytes = (hex) => new Uint8Array(hex.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? []).buffer;

/** @param {Uint8Array} data */
const toHex = (data) => Buffer.from(data).toString("hex");

test("every shared header is read as the server means it", () => {
  for (const { name, hex, fields, payload_hex } of vectors.headers) {
    const parsed = parseMessage(bytes(hex));
    assert.ok(parsed.ok, name);
    const { header, payload } = parsed;
    const expected = {
      kind: fields.kind,
      flags: fields.flags,
      isKey: (fields.flags & 1) !== 0,
      isDiscontinuity: (fields.flags & 2) !== 0,
      isBacklog: (fields.flags & 4) !== 0,
      isChanged: (fields.flags & 8) !== 0,
      track: fields.track,
      sequence: fields.sequence,
      // Beyond 2^53 a double holds the nearest value; no such time comes before the year 2255.
      ptsUs: Number(fields.pts_us),
      capturedUs: Number(fields.captured_at_us),
      durationUs: fields.duration_us,
      generation: fields.generation,
      dropped: fields.dropped,
    };
    assert.deepEqual(header, expected, name);
    assert.equal(toHex(payload), payload_hex, name);
  }
});

test("a malformed message is refused with a reason and without an exception", () => {
  for (const { name, hex } of vectors.malformed) {
    const parsed = parseMessage(bytes(hex));
    assert.ok(!parsed.ok && parsed.reason, name);
  }
});

test("no truncation of a message throws", () => {
  const whole = bytes(vectors.headers[0].hex);
  for (let length = 0; length < whole.byteLength; length += 1) {
    assert.equal(parseMessage(whole.slice(0, length)).ok, length >= 32);
  }
});

test("every shared text of the server is understood", () => {
  for (const { name, message } of vectors.server_messages) {
    assert.deepEqual(parseText(JSON.stringify(message)), { ok: true, message }, name);
  }
});

test("text that is no message of ours is refused without an exception", () => {
  const wrong = [
    "",
    "x",
    "null",
    "1",
    '"init"',
    "[]",
    "{}",
    '{"type":1}',
    '{"type":"toString"}',
    '{"type":"later version"}',
  ];
  for (const text of wrong) assert.equal(parseText(text).ok, false, text);
});

test("a message without what makes it useful is refused", () => {
  for (const { message } of vectors.server_messages.filter((/** @type {any} */ one) => one.message.type === "init")) {
    for (const field of ["mode", "rung", "rungs", "generation", "video"]) {
      assert.equal(parseText(JSON.stringify({ ...message, [field]: undefined })).ok, false, field);
      assert.equal(parseText(JSON.stringify({ ...message, [field]: null })).ok, false, field);
    }
    assert.equal(parseText(JSON.stringify({ ...message, video: {} })).ok, false);
  }
});

test("close codes are the server's", () => {
  const { bad_request, unauthenticated, forbidden, not_found, expired, unsupported, too_many } = vectors.close_codes;
  assert.deepEqual(Close, {
    MALFORMED: bad_request,
    NOT_LOGGED_IN: unauthenticated,
    FORBIDDEN: forbidden,
    NO_CAMERA: not_found,
    TICKET: expired,
    MODE_IMPOSSIBLE: unsupported,
    TOO_MANY: too_many,
  });
});

test("what we say is among what the server understands", () => {
  const understood = new Map(
    vectors.viewer_messages
      .filter((/** @type {any} */ one) => one.is_valid)
      .map((/** @type {any} */ { text }) => [text, true]),
  );
  const said = [
    toServer.ack({ seq: 4711, generation: 7 }),
    toServer.ping(3, 1795000000000.25),
    toServer.quality("sub"),
    toServer.audio(true),
    toServer.pause(),
    toServer.resume(),
  ];
  for (const text of said) assert.ok(understood.has(text), text);
  assert.deepEqual(JSON.parse(toServer.ack({ seq: 1, generation: 2, delayMs: 40.6, queue: 3 })), {
    type: "ack",
    seq: 1,
    generation: 2,
    delay_ms: 41,
    queue: 3,
  });
});

test("the address follows the page's scheme and carries the wishes", () => {
  const request = { camera: "garten süd", mode: /** @type {const} */ ("mse"), quality: "sub", audio: true };
  assert.equal(
    liveUrl({ ...request, base: "http://nvr.lan:8000/cameras/x/" }),
    "ws://nvr.lan:8000/ws/live/garten%20s%C3%BCd/?mode=mse&quality=sub&audio=1",
  );
  assert.equal(
    liveUrl({ ...request, base: "https://nvr.example/", ticket: "a:b" }),
    "wss://nvr.example/ws/live/garten%20s%C3%BCd/?mode=mse&quality=sub&audio=1&ticket=a%3Ab",
  );
});

test("a picture size is asked for only where pictures are made", () => {
  assert.equal(qualityFor("mjpeg", "720p"), "720p");
  assert.equal(qualityFor("h264", "720p"), "auto");
  assert.equal(qualityFor("mse", "sub"), "sub");
  assert.equal(qualityFor("mjpeg", "no such thing"), "auto");
});
