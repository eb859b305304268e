import assert from "node:assert/strict";
import { test } from "node:test";
import { TimelineStore } from "../../static/js/timeline/timeline-store.js";

const HOUR = 3_600_000;
const NOW = Date.parse("2026-11-22T14:00Z");

/** A server whose camera has recorded everything between two moments, and that counts what it is asked. */
class Server {
  /** @type {{camera: string, start: number, end: number}[]} */
  asked = [];
  now = NOW;
  recordedFrom = NOW - 10 * HOUR;
  isBroken = false;

  fetch = async (/** @type {string} */ camera, /** @type {number} */ start, /** @type {number} */ end) => {
    this.asked.push({ camera, start, end });
    if (this.isBroken) throw new Error("The database is locked.");
    const [from, to] = [Math.max(start, this.recordedFrom), Math.min(end, this.now)];
    return {
      camera,
      start_ms: start,
      end_ms: end,
      spans: from < to ? [{ start_ms: from, end_ms: to }] : [],
      gaps:
        start < this.recordedFrom
          ? [{ start_ms: start, end_ms: Math.min(end, this.recordedFrom), kind: "unknown", text: "" }]
          : [],
      events: [],
      protections: [],
      newest_ms: this.now,
    };
  };

  store() {
    return new TimelineStore(this.fetch, () => this.now);
  }
}

/** @param {TimelineStore} store @param {number} count answers to wait for @returns {Promise<void>} */
function answers(store, count) {
  let seen = 0;
  return new Promise((done) => {
    store.addEventListener("change", () => {
      seen += 1;
      if (seen === count) done();
    });
  });
}

test("the past is fetched once, what reaches now again and only its end", async () => {
  const server = new Server();
  const store = server.store();
  store.want(["a"], NOW - HOUR, NOW);
  await answers(store, server.asked.length);
  const first = server.asked.length;
  store.want(["a"], NOW - HOUR, NOW);
  assert.equal(server.asked.length, first);
  server.now += 3_000;
  store.want(["a"], NOW - HOUR, NOW);
  assert.equal(server.asked.length, first + 1);
  const tail = server.asked[first];
  assert.ok(tail.end - tail.start < HOUR, "the whole tile was fetched again");
  await answers(store, 1);
  const lane = store.lane("a", NOW - HOUR, NOW);
  assert.equal(lane.spans.length, 1);
  assert.equal(lane.spans[0].endMs, server.now);
});

test("coarser tiles stand in while one zooms in", async () => {
  const server = new Server();
  const store = server.store();
  store.want(["a"], NOW - 12 * HOUR, NOW);
  await answers(store, server.asked.length);
  assert.deepEqual(store.lane("a", NOW - 60_000, NOW - 30_000).spans.length, 1);
  assert.ok(store.covers("a", NOW - 60_000, NOW - 30_000));
  assert.ok(!store.covers("b", NOW - 60_000, NOW - 30_000));
});

test("few are asked at once, and those that nobody looks at any more not at all", async () => {
  const server = new Server();
  const store = server.store();
  const cameras = Array.from({ length: 16 }, (_, index) => `camera-${index}`);
  store.want(cameras, NOW - 100 * HOUR, NOW - 50 * HOUR);
  assert.equal(server.asked.length, 6);
  store.want(["camera-3"], NOW - HOUR, NOW - HOUR / 2);
  await answers(store, 7);
  assert.ok(server.asked.slice(6).every(({ camera, start }) => camera === "camera-3" && start > NOW - 3 * HOUR));
});

test("a failure is told, waited for, and forgotten", async () => {
  const server = new Server();
  const store = server.store();
  server.isBroken = true;
  store.want(["a"], NOW - 60_000, NOW - 50_000);
  await answers(store, 1);
  assert.equal(store.trouble, "The database is locked.");
  const asked = server.asked.length;
  store.want(["a"], NOW - 60_000, NOW - 50_000);
  assert.equal(server.asked.length, asked);
  server.isBroken = false;
  server.now += 6_000;
  store.want(["a"], NOW - 60_000, NOW - 50_000);
  await answers(store, 1);
  assert.equal(store.trouble, "");
});

test("begins of footage are found further and further away", async () => {
  const server = new Server();
  const store = server.store();
  server.recordedFrom = NOW - 20 * 24 * HOUR;
  assert.equal(await store.findStart(["a"], NOW - HOUR, -1), server.recordedFrom);
  assert.equal(await store.findStart(["a"], NOW - HOUR, 1), null);
});
