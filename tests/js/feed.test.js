import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Feed } from "../../static/js/live/feed.js";

/** A socket that does what the test says, and a clock that moves when the test says. */
class FakeSocket {
  readyState = 0;
  binaryType = "";
  /** @type {any[]} */
  sent = [];
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: {data: any}) => void) | null} */
  onmessage = null;
  /** @type {((event: {code: number}) => void) | null} */
  onclose = null;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  accept() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** @param {object | ArrayBuffer} data */
  say(data) {
    this.onmessage?.({ data: data instanceof ArrayBuffer ? data : JSON.stringify(data) });
  }

  /** @param {number} code */
  end(code) {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  /** @param {string} type */
  of(type) {
    return this.sent.filter((message) => message.type === type);
  }
}

class World {
  nowMs = 1_000_000;
  /** @type {FakeSocket[]} */
  sockets = [];
  /** @type {any[]} */
  events = [];
  wish = "auto";
  /** @type {{atMs: number, callback: () => void}[]} */
  #timers = [];

  constructor() {
    this.feed = new Feed(
      () => `ws://nvr/?quality=${this.wish}`,
      {
        connecting: () => this.events.push("connecting"),
        text: (message) => this.events.push(message.type),
        media: (header) => this.events.push(header.sequence),
        lost: (loss) => this.events.push(loss),
      },
      {
        openSocket: (url) => {
          const socket = new FakeSocket(url);
          this.sockets.push(socket);
          return /** @type {any} */ (socket);
        },
        now: () => this.nowMs,
        chance: () => 0.999,
        later: (callback, ms) => {
          const timer = { atMs: this.nowMs + ms, callback };
          this.#timers.push(timer);
          return timer;
        },
        cancel: (timer) => {
          this.#timers = this.#timers.filter((one) => one !== timer);
        },
      },
    );
  }

  get socket() {
    return this.sockets[this.sockets.length - 1];
  }

  /** @param {number} ms */
  pass(ms) {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
    }
    this.nowMs = untilMs;
  }

  /** The connection breaks, and the time until the next attempt passes. */
  breaks() {
    this.socket.end(1006);
    this.pass(this.events.at(-1).retryInMs);
  }

  /** Stats once a second, as the server sends them. @param {number} seconds */
  live(seconds) {
    for (let second = 0; second < seconds; second += 1) {
      this.pass(1_000);
      this.socket.say({ type: "stats", camera_state: "live" });
    }
  }
}

const INIT = {
  type: "init",
  mode: "h264",
  rung: "main",
  rungs: ["main"],
  generation: 7,
  video: { codec: "avc1.42c00a" },
};

/** @param {number} sequence @param {number} [bytes] */
function accessUnit(sequence, bytes = 100) {
  const buffer = new ArrayBuffer(32 + bytes);
  const view = new DataView(buffer);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint32(4, sequence, true);
  return buffer;
}

/** @type {World} */
let world;
beforeEach(() => {
  world = new World();
  world.feed.open();
});

test("messages arrive, and what is malformed is left out", () => {
  world.socket.accept();
  world.socket.say(INIT);
  world.socket.say(accessUnit(5));
  world.socket.say(new ArrayBuffer(3));
  world.socket.say({ type: "from a later version" });
  assert.deepEqual(world.events, ["connecting", "init", 5]);
});

test("pings come at once, twice more soon, then every five seconds", () => {
  world.socket.accept();
  world.live(11);
  assert.equal(world.socket.of("ping").length, 5);
  assert.equal(world.socket.of("ping")[0].client_ms, 1_000_000);
});

test("pongs tell the clock offset", () => {
  world.socket.accept();
  world.pass(10);
  world.socket.say({ type: "pong", id: 0, client_ms: 1_000_000, server_ms: 1_005_005 });
  assert.equal(world.feed.clock.offsetMs, 5_000);
});

test("acknowledgements come at once for the first frame, then four times a second, and only for news", () => {
  world.socket.accept();
  world.socket.say(INIT);
  world.feed.shown({ seq: 1, generation: 7 });
  assert.deepEqual(world.socket.of("ack"), [{ type: "ack", seq: 1, generation: 7 }]);
  for (let seq = 2; seq <= 51; seq += 1) {
    world.feed.shown({ seq, generation: 7 });
    world.pass(40);
  }
  const acks = world.socket.of("ack");
  assert.ok(acks.length >= 8 && acks.length <= 10, String(acks.length));
  world.live(2);
  assert.ok(world.socket.of("ack").length <= acks.length + 1);
});

test("much data is acknowledged before its time", () => {
  world.socket.accept();
  world.socket.say(INIT);
  world.feed.shown({ seq: 1, generation: 7 });
  world.socket.say(accessUnit(2, 300_000));
  world.feed.shown({ seq: 2, generation: 7 });
  assert.deepEqual(world.socket.of("ack").at(-1), { type: "ack", seq: 2, generation: 7 });
});

test("what was appended stays acknowledged while older pictures are displayed", () => {
  world.socket.accept();
  world.socket.say(INIT);
  world.feed.shown({ seq: 0, generation: 7 });
  world.feed.shown({ seq: 4, generation: 7 });
  world.feed.shown({ seq: 2, generation: 7, delayMs: 80 });
  world.live(1);
  assert.deepEqual(world.socket.of("ack").at(-1), { type: "ack", seq: 4, generation: 7, delay_ms: 80 });
  world.feed.shown({ seq: 0xffffffff, generation: 7 });
  world.live(1);
  assert.equal(world.socket.of("ack").at(-1).seq, 4, "before the wrap is older");
});

test("an init starts the numbering anew", () => {
  world.socket.accept();
  world.socket.say(INIT);
  world.feed.shown({ seq: 900, generation: 7 });
  world.socket.say({ ...INIT, generation: 8 });
  world.live(1);
  assert.equal(world.socket.of("ack").length, 1);
  world.feed.shown({ seq: 3, generation: 8 });
  assert.deepEqual(world.socket.of("ack").at(-1), { type: "ack", seq: 3, generation: 8 });
});

test("a lost connection is tried again, later and later, with the wishes of then", () => {
  for (let attempt = 0; attempt < 12; attempt += 1) {
    world.wish = `attempt ${attempt}`;
    world.breaks();
  }
  assert.equal(world.sockets.length, 13);
  assert.equal(world.sockets[12].url, "ws://nvr/?quality=attempt 11");
  const waits = world.events.filter((event) => event.retryInMs).map((event) => event.retryInMs);
  assert.ok(waits[0] <= 250);
  assert.ok(waits.every((wait, index) => index === 0 || wait >= waits[index - 1]));
  assert.ok(waits[11] > 7_000 && waits[11] <= 8_000);
});

test("a connection that lived makes the next attempt soon again", () => {
  for (let attempt = 0; attempt < 8; attempt += 1) world.breaks();
  world.socket.accept();
  world.live(6);
  world.socket.end(1006);
  assert.ok(world.events.at(-1).retryInMs <= 250);
});

test("a refusal for good is not tried again", () => {
  for (const code of [4400, 4401, 4403, 4404, 4408, 4415]) {
    const one = new World();
    one.feed.open();
    one.socket.accept();
    one.socket.say({ type: "error", code: "some", message: "in words" });
    one.socket.end(code);
    one.pass(60_000);
    assert.equal(one.sockets.length, 1);
    assert.deepEqual(one.events.at(-1), { code, message: "in words", retryInMs: null });
  }
});

test("a full server is asked again, but not soon", () => {
  world.socket.accept();
  world.socket.end(4429);
  world.pass(14_000);
  assert.equal(world.sockets.length, 1);
  world.pass(17_000);
  assert.equal(world.sockets.length, 2);
});

test("when the network is back it is tried at once, and only then", () => {
  for (let attempt = 0; attempt < 6; attempt += 1) world.breaks();
  world.socket.end(1006);
  const before = world.sockets.length;
  world.feed.nudge();
  assert.equal(world.sockets.length, before + 1);
  world.feed.nudge();
  assert.equal(world.sockets.length, before + 1);
  world.pass(60);
  world.socket.accept();
  world.live(3);
  assert.equal(world.sockets.length, before + 1);
});

test("silence means that the connection is dead", () => {
  world.socket.accept();
  world.live(3);
  const first = world.socket;
  world.pass(5_600);
  assert.equal(world.sockets.length, 2);
  assert.equal(first.readyState, 3);
  first.end(1006);
  assert.equal(world.sockets.length, 2, "the old socket has no say any more");
});

test("paused it stays connected and silent, and resumes on the same connection", () => {
  world.socket.accept();
  world.feed.pause();
  world.pass(60_000);
  assert.equal(world.sockets.length, 1);
  world.feed.resume();
  assert.deepEqual(
    world.socket.sent.filter(({ type }) => type !== "ping").map(({ type }) => type),
    ["pause", "resume"],
  );
});

test("a connection lost while paused is made again on resuming, not before", () => {
  world.socket.accept();
  world.feed.pause();
  world.socket.end(1006);
  world.pass(60_000);
  assert.equal(world.sockets.length, 1);
  world.feed.resume();
  assert.equal(world.sockets.length, 2);
});

test("a pause before the connection is there is told when it is", () => {
  world.feed.pause();
  world.socket.accept();
  assert.equal(world.socket.of("pause").length, 1);
});

test("closed for good, nothing happens any more", () => {
  world.feed.close();
  world.pass(60_000);
  assert.equal(world.sockets.length, 1);
  assert.equal(world.socket.readyState, 3);
});
