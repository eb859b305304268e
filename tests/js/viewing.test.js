import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Viewing } from "../../static/js/live/viewing.js";

/**
 * @import { TransportName } from "../../static/js/live/chain.js"
 * @import { TransportEvent } from "../../static/js/live/transport.js"
 */

/** A transport that reports what the test says and remembers what it was told. */
class FakeTransport {
  /** @type {string[]} */
  told = [];

  /** @param {TransportName} name @param {{quality: string, audio: boolean}} wish @param {(event: TransportEvent) => void} emit */
  constructor(name, wish, emit) {
    this.name = name;
    this.wish = wish;
    this.emit = emit;
  }

  open() {
    this.emit({ type: "connecting" });
  }
  close() {
    this.told.push("close");
  }
  pause() {
    this.told.push("pause");
  }
  resume() {
    this.told.push("resume");
  }
  nudge() {
    this.told.push("nudge");
  }
  reconnect() {
    this.told.push("reconnect");
    this.emit({ type: "lost", loss: { code: 0, message: "", retryInMs: 250 } });
  }
  /** @param {string} quality */
  setQuality(quality) {
    this.told.push(`quality ${quality}`);
  }
  /** @param {boolean} isWanted */
  setAudio(isWanted) {
    this.told.push(`audio ${isWanted}`);
  }
  setVolume() {}
  resize() {}
  async snapshot() {
    return null;
  }
}

const ALL = /** @type {const} */ (["webcodecs", "canvas", "mse", "mjpeg"]);
const H264 = "avc1.640029";
const H265 = "hvc1.1.6.L93.B0";

class World {
  nowMs = 1_000_000;
  /** @type {FakeTransport[]} */
  made = [];
  mseDecodesH265 = false;
  /** @type {Map<string, boolean>} */
  memory = new Map();

  constructor() {
    this.viewing = new Viewing(ALL, "auto", {
      create: (name, wish, emit) => {
        const transport = new FakeTransport(name, wish, emit);
        this.made.push(transport);
        return transport;
      },
      now: () => this.nowMs,
      mseDecodes: (codec) => codec === H264 || this.mseDecodesH265,
      recallDecodes: (codec) => this.memory.get(codec) ?? null,
      rememberDecodes: (codec, decodes) => this.memory.set(codec, decodes),
      leaving: () => {},
      surface: () => {},
      picture: () => {},
      changed: () => {},
    });
  }

  get now() {
    return this.made[this.made.length - 1];
  }

  get names() {
    return this.made.map(({ name }) => name);
  }

  /** @param {string} [codec] @param {string} [rung] @param {string[]} [rungs] */
  init(codec = H264, rung = "main", rungs = ["main", "sub"]) {
    const video = { codec, width: 1280, height: 720, mime: null };
    this.now.emit({
      type: "text",
      message: {
        type: "init",
        mode: "h264",
        stream: rung,
        rung,
        rungs,
        generation: 1,
        server_ms: 0,
        video,
        audio: null,
      },
    });
  }

  /** Pictures arrive and are shown, or only arrive. @param {number} ms @param {{isShown?: boolean, lagMs?: number}} [how] */
  play(ms, { isShown = true, lagMs = 20 } = {}) {
    for (let passedMs = 0; passedMs < ms; passedMs += 250) {
      this.nowMs += 250;
      const delay = { totalMs: lagMs, serverMs: 0, networkMs: 0, playerMs: lagMs };
      this.now.emit({
        type: "progress",
        progress: {
          atMs: this.nowMs,
          receivedFrames: 1,
          receivedBytes: 1,
          shownFrames: 1,
          missedFrames: 0,
          droppedFrames: 0,
          firstShownAtMs: null,
          lastShownAtMs: isShown ? this.nowMs : null,
          lastArrivedAtMs: this.nowMs,
          fps: 25,
          bps: 1,
          delay,
          queue: 0,
          offsetMs: 0,
          roundTripMs: 1,
          captureLeadUs: 0,
          arrivedLateMs: 1,
        },
      });
      this.viewing.tick();
    }
  }

  /** Nothing happens. @param {number} ms */
  wait(ms) {
    for (let passedMs = 0; passedMs < ms; passedMs += 250) {
      this.nowMs += 250;
      this.viewing.tick();
    }
  }
}

/** @type {World} */
let world;
beforeEach(() => {
  world = new World();
  world.viewing.start();
});

test("it begins with the best and plays", () => {
  world.init();
  assert.equal(world.viewing.state, "connecting");
  world.play(1_000);
  assert.equal(world.viewing.state, "playing");
  assert.deepEqual(world.names, ["webcodecs"]);
});

test("two decoding errors lead down, and half a minute later up again", () => {
  world.init();
  world.play(1_000);
  world.now.emit({ type: "trouble", kind: "decode", text: "broken" });
  assert.deepEqual(world.names, ["webcodecs"]);
  world.now.emit({ type: "trouble", kind: "decode", text: "broken" });
  assert.deepEqual(world.names, ["webcodecs", "canvas"]);
  assert.deepEqual(world.made[0].told, ["close"]);
  world.init();
  world.play(25_000);
  assert.deepEqual(world.names, ["webcodecs", "canvas"]);
  world.play(10_000);
  assert.deepEqual(world.names, ["webcodecs", "canvas", "webcodecs"]);
});

test("what a transport says after it was left is not heard", () => {
  world.init();
  world.now.emit({ type: "trouble", kind: "broken", text: "no worker" });
  world.made[0].emit({ type: "lost", loss: { code: 4404, message: "", retryInMs: null } });
  assert.equal(world.viewing.problem, null);
});

test("media without a picture leads down after four seconds", () => {
  world.init();
  world.play(4_250, { isShown: false });
  assert.deepEqual(world.names, ["webcodecs", "canvas"]);
});

test("a third lag leads down", () => {
  world.init();
  for (let times = 0; times < 3; times += 1) {
    world.play(500, { lagMs: 4_000 });
    world.play(2_000);
  }
  assert.deepEqual(world.names, ["webcodecs", "canvas"]);
});

test("a mode that the server can't send leads down for good", () => {
  world.now.emit({ type: "lost", loss: { code: 4415, message: "MJPEG camera", retryInMs: null } });
  assert.deepEqual(world.names, ["webcodecs", "mse"], "both of WebCodecs' transports want the same mode");
  world.now.emit({ type: "lost", loss: { code: 4415, message: "MJPEG camera", retryInMs: null } });
  assert.deepEqual(world.names, ["webcodecs", "mse", "mjpeg"]);
  world.init("mjpeg", "720p", ["720p"]);
  world.play(700_000);
  assert.equal(world.made.length, 3);
});

test("H.265 goes to MSE where that plays it", () => {
  world.mseDecodesH265 = true;
  world.init(H265);
  world.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });
  assert.deepEqual(world.names, ["webcodecs", "mse"]);
  assert.equal(world.now.wish.quality, "auto");
});

test("H.265 gives way to the sub stream, however often it is refused", () => {
  world.init(H265);
  world.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });
  world.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });
  assert.deepEqual(world.now.told, ["quality sub"]);
  world.init(H264, "sub");
  world.play(1_000);
  assert.equal(world.viewing.state, "playing");
  assert.deepEqual(world.names, ["webcodecs"]);
});

test("a codec that was refused once is not tried again", () => {
  world.memory.set(H265, false);
  world.init(H265);
  assert.deepEqual(world.now.told, ["quality sub"]);
});

test("a sub stream that is H.265 too, is missing, or does not come, leads to JPEG", () => {
  world.init(H265);
  world.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });
  world.init(H265, "sub");
  assert.deepEqual(world.names, ["webcodecs", "mse"]);
  world.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });
  world.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });

  const missing = new World();
  missing.viewing.start();
  missing.init(H265, "main", ["main"]);
  missing.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });
  assert.deepEqual(missing.names, ["webcodecs", "mse"]);

  const absent = new World();
  absent.viewing.start();
  absent.init(H265);
  absent.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });
  absent.wait(8_000);
  assert.deepEqual(absent.names, ["webcodecs", "mse"]);
});

test("with everything exhausted it says so, and tries again when it may", () => {
  for (const _ of ALL) world.now.emit({ type: "trouble", kind: "broken", text: "nothing works" });
  world.viewing.tick();
  assert.equal(world.viewing.state, "failed");
  assert.equal(world.viewing.problem?.isFinal, false);
  world.wait(31_000);
  assert.equal(world.made.length, 5);
  assert.equal(world.now.name, "webcodecs");
});

test("a refusal for good is a failure, until somebody comes back", () => {
  world.now.emit({ type: "lost", loss: { code: 4401, message: "", retryInMs: null } });
  assert.equal(world.viewing.state, "failed");
  world.wait(60_000);
  assert.equal(world.made.length, 1);
  world.viewing.nudge();
  assert.equal(world.made.length, 2);
  assert.equal(world.viewing.problem, null);
});

test("a lost connection lets what had trouble try again", () => {
  world.init();
  world.now.emit({ type: "trouble", kind: "broken", text: "once" });
  world.init();
  world.play(1_000);
  world.now.emit({ type: "lost", loss: { code: 1006, message: "", retryInMs: 250 } });
  assert.deepEqual(world.names, ["webcodecs", "canvas", "webcodecs"]);
  assert.equal(world.viewing.state, "connecting");
});

test("a frozen picture makes a new connection by the same transport", () => {
  world.init();
  world.play(1_000);
  world.now.emit({
    type: "text",
    message: /** @type {any} */ ({ type: "stats", camera_state: "live", stream_fps: 25 }),
  });
  world.wait(3_500);
  assert.deepEqual(world.now.told, ["reconnect"]);
  assert.deepEqual(world.names, ["webcodecs"]);
});

test("a camera that is down is waited for", () => {
  world.init();
  world.play(1_000);
  world.now.emit({
    type: "text",
    message: /** @type {any} */ ({ type: "stats", camera_state: "down", stream_fps: 0 }),
  });
  world.wait(20_000);
  assert.equal(world.viewing.state, "waiting");
  assert.equal(world.viewing.isStale, true);
  assert.deepEqual(world.now.told, []);
});

test("hidden it pauses, and on return only new pictures count", () => {
  world.init();
  world.play(1_000);
  world.viewing.setPaused(true);
  assert.equal(world.viewing.state, "paused");
  world.wait(10_000);
  assert.deepEqual(world.now.told, ["pause"]);
  world.viewing.setPaused(false);
  assert.equal(world.viewing.state, "connecting");
  world.play(250);
  assert.equal(world.viewing.state, "playing");
  assert.deepEqual(world.now.told, ["pause", "resume"]);
});

test("another wish for quality is passed on, and clears the record", () => {
  world.init(H265);
  world.now.emit({ type: "trouble", kind: "unsupported", text: "no H.265" });
  world.init(H264, "sub");
  world.viewing.setQuality("main");
  assert.deepEqual(world.now.told, ["quality sub", "quality main"]);
  world.init(H265);
  assert.deepEqual(world.now.told, ["quality sub", "quality main", "quality sub"], "asked for instead, again");
});

test("a transport made later knows what was wished before", () => {
  world.viewing.setAudio(true);
  world.viewing.setQuality("sub");
  world.now.emit({ type: "trouble", kind: "broken", text: "once" });
  assert.deepEqual(world.now.wish, { quality: "sub", audio: true });
});
