import assert from "node:assert/strict";
import { test } from "node:test";

import {
  deviceAddress,
  deviceDetail,
  deviceTitle,
  freeName,
  newCamera,
  outcomeWords,
  searchText,
  shortAddress,
  shownAddress,
  splitLogin,
  streamFacts,
  works,
} from "../../static/js/add/add-words.js";

/** @param {Partial<import("../../static/js/add/add-words.js").Device>} [more] */
const device = (more) => ({
  address: "192.168.1.20",
  onvif: "",
  rtsp_port: null,
  name: "",
  maker: "",
  model: "",
  server: "",
  is_added: false,
  camera: null,
  ...more,
});

/** @param {Partial<import("../../static/js/add/add-words.js").TriedStream>} [more] */
const stream = (more) => ({
  role: "main",
  url: "rtsp://192.168.1.20/a",
  codec: "h264",
  width_px: 1920,
  height_px: 1080,
  rate_fps: 24.97,
  gop_ms: 2000,
  bitrate_bps: 4_120_000,
  sound: "AAC, 16 kHz",
  transport: "tcp",
  picture: "",
  ...more,
});

/** @param {Partial<import("../../static/js/add/add-words.js").Outcome>} [more] */
const outcome = (more) => ({
  way: "onvif",
  device: "",
  firmware: "",
  onvif: "",
  hint: "",
  offers: [],
  streams: [stream()],
  findings: [],
  grade: "good",
  cause: "",
  ...more,
});

/** @param {string} check @param {string} grade @param {Record<string, unknown>} [facts] */
const finding = (check, grade, facts = {}) => ({
  check,
  title: check.toUpperCase(),
  stream: "main",
  grade,
  text: `about ${check}`,
  meaning: "",
  advice: "",
  facts,
});

test("a device is called by the best name it gives, and nothing is said twice", () => {
  assert.equal(deviceTitle(device({ name: "Hall", maker: "Acme" })), "Hall");
  assert.equal(deviceTitle(device({ maker: "Acme", model: "X1" })), "Acme X1");
  assert.equal(deviceTitle(device({ server: "Acme RTSP" })), "Acme RTSP");
  assert.equal(deviceTitle(device()), "192.168.1.20");
  assert.equal(deviceDetail(device({ maker: "Acme", onvif: "http://x" })), "192.168.1.20 · ONVIF");
  assert.equal(deviceDetail(device({ rtsp_port: 8554 })), "RTSP at port 8554");
});

test("a device is tried where it was found", () => {
  const onvif = "http://192.168.1.20:8000/onvif/device_service";
  assert.equal(deviceAddress(device({ onvif, rtsp_port: 554 })), onvif);
  assert.equal(deviceAddress(device({ rtsp_port: 554 })), "192.168.1.20");
  assert.equal(deviceAddress(device({ rtsp_port: 8554 })), "192.168.1.20:8554");
});

test("a search says how far it is", () => {
  const search = { id: 1, state: "running", network: "", looked_at: 0, in_all: 0, found: [device()] };
  assert.match(searchText(search), /^Calling … 1 camera/);
  assert.match(searchText({ ...search, in_all: 254, looked_at: 12, found: [] }), /address 13 of 254 … 0 cameras/);
  assert.match(searchText({ ...search, in_all: 254, looked_at: 254 }), /address 254 of 254/);
  assert.equal(searchText({ ...search, state: "done" }), "1 camera found.");
  assert.equal(searchText({ ...search, state: "done", found: [] }), "No camera answered.");
  assert.match(searchText({ ...search, state: "interrupted" }), /cut off/);
});

test("a pasted login is taken out of the address; what is ambiguous is left to the server", () => {
  assert.deepEqual(splitLogin(" rtsp://admin:p%40ss@192.168.1.20:554/live "), {
    address: "rtsp://192.168.1.20:554/live",
    username: "admin",
    password: "p@ss",
  });
  assert.equal(splitLogin("rtsp://admin:100%@cam/live")?.password, "100%");
  assert.equal(splitLogin("rtsp://admin:p@ss@cam/live"), null);
  assert.equal(splitLogin("rtsp://cam/live"), null);
  assert.equal(splitLogin("rtsp://cam:8554/user@home"), null);
  assert.equal(splitLogin("192.168.1.20"), null);
});

test("a password inside an address is not shown", () => {
  assert.equal(shownAddress("rtsp://cam/user=a&password=geheim&channel=1"), "rtsp://cam/user=a&password=…&channel=1");
  assert.equal(shownAddress("rtsp://cam/user=a_password=geheim"), "rtsp://cam/user=a_password=…");
  const plain = "rtsp://cam/password={password}&compass=north";
  assert.equal(shownAddress(plain), plain);
  assert.equal(shortAddress("http://192.168.1.20:8000/onvif/device_service"), "192.168.1.20:8000");
  assert.equal(shortAddress("rtsp://cam/user=a&password=geheim"), "rtsp://cam/user=a&password=…");
});

test("measured facts are in units people know", () => {
  assert.deepEqual(streamFacts(stream()), [
    ["Format", "H.264, 1920 × 1080"],
    ["Pictures", "25 a second"],
    ["Bitrate", "4.1 Mbit/s"],
    ["Keyframes", "every 2.0 s"],
    ["Sound", "AAC, 16 kHz"],
  ]);
  const poor = new Map(streamFacts(stream({ bitrate_bps: 640_400, gop_ms: 0, sound: "" })));
  const told = [poor.get("Bitrate"), poor.get("Keyframes"), poor.get("Sound")];
  assert.deepEqual(told, ["640 kbit/s", "more than 3 s apart", "none"]);
  assert.equal(new Map(streamFacts(stream({ codec: "mjpeg" }))).has("Keyframes"), false);
});

test("a name that is taken gets a number", () => {
  assert.equal(freeName(["", " Hall "], []), "Hall");
  assert.equal(freeName([""], []), "Camera");
  assert.equal(freeName(["Hall"], ["hall", "Hall 2"]), "Hall 3");
});

test("an outcome says whether it works, and what is worth a look", () => {
  assert.equal(outcomeWords(outcome()).state, "good");
  assert.equal(works(outcome({ streams: [stream({ role: "sub" })] })), false);
  const slow = outcome({ grade: "look", cause: "keyframes", findings: [finding("keyframes", "look")] });
  const title = "It works. Worth a look: KEYFRAMES";
  assert.deepEqual(outcomeWords(slow), { state: "look", title, text: "about keyframes" });
  const lacking = [finding("sub_stream", "look", { has_sub: false })];
  assert.equal(outcomeWords(outcome({ grade: "look", cause: "sub_stream", findings: lacking })).state, "good");
  const refused = outcome({ streams: [], grade: "bad", cause: "login", findings: [finding("login", "bad")] });
  assert.deepEqual(outcomeWords(refused), { state: "bad", title: "No picture yet: LOGIN", text: "about login" });
});

test("what is added is what was found; a password that the answer hides is sent as it was typed", () => {
  const found = outcome({ streams: [stream(), stream({ role: "sub", url: "rtsp://192.168.1.20/b" })] });
  const login = { username: "u", password: "p" };
  const choice = { name: "Hall", address: "192.168.1.20", login, record: "continuous", motion: false };
  assert.deepEqual(newCamera({ ...choice, outcome: found }), {
    name: "Hall",
    username: "u",
    password: "p",
    streams: [
      { role: "main", url: "rtsp://192.168.1.20/a" },
      { role: "sub", url: "rtsp://192.168.1.20/b" },
    ],
    record: "continuous",
    motion: false,
  });
  const hidden = outcome({ streams: [stream({ url: "rtsp://192.168.1.20/live?password=***" })] });
  const typed = "rtsp://192.168.1.20/live?password=secret";
  const sent = /** @type {any} */ (newCamera({ ...choice, address: typed, outcome: hidden }));
  assert.deepEqual(sent.streams, [{ role: "main", url: typed }]);
});
