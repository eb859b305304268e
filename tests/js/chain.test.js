import assert from "node:assert/strict";
import { test } from "node:test";
import { Chain, FIRST_PENALTY_MS, LONGEST_PENALTY_MS, transportsFor } from "../../static/js/live/chain.js";

const CHROMIUM = {
  isFirefox: false,
  videoDecoder: true,
  trackGenerator: true,
  offscreenCanvas: true,
  mediaSource: true,
};

test("each browser gets its chain", () => {
  assert.deepEqual(transportsFor(CHROMIUM), ["webcodecs", "canvas", "mse", "mjpeg"]);
  assert.deepEqual(transportsFor({ ...CHROMIUM, trackGenerator: false }), ["canvas", "mse", "mjpeg"]);
  assert.deepEqual(transportsFor({ ...CHROMIUM, isFirefox: true, trackGenerator: false }), ["mse", "mjpeg"]);
  assert.deepEqual(transportsFor({ ...CHROMIUM, videoDecoder: false }), ["mse", "mjpeg"], "plain http");
  assert.deepEqual(transportsFor({ ...CHROMIUM, videoDecoder: false, mediaSource: false }), ["mjpeg"]);
});

test("a forced transport is the only one, if this browser has it at all", () => {
  assert.deepEqual(transportsFor(CHROMIUM, "mse"), ["mse"]);
  assert.deepEqual(transportsFor({ ...CHROMIUM, isFirefox: true }, "canvas"), ["canvas"]);
  assert.deepEqual(transportsFor({ ...CHROMIUM, videoDecoder: false }, "webcodecs"), []);
});

test("a failure leads down, and back up when its penalty is over", () => {
  const chain = new Chain(["webcodecs", "mse", "mjpeg"]);
  chain.failed("webcodecs", 0);
  assert.equal(chain.best(1), "mse");
  assert.equal(chain.better("mse", FIRST_PENALTY_MS - 1), null);
  assert.equal(chain.better("mse", FIRST_PENALTY_MS), "webcodecs");
});

test("penalties double up to a limit, and good play forgives", () => {
  const chain = new Chain(["webcodecs", "mse"]);
  chain.failed("webcodecs", 0);
  chain.failed("webcodecs", 0);
  assert.equal(chain.best(2 * FIRST_PENALTY_MS - 1), "mse");
  assert.equal(chain.best(2 * FIRST_PENALTY_MS), "webcodecs");
  for (let times = 0; times < 20; times += 1) chain.failed("webcodecs", 0);
  assert.equal(chain.best(LONGEST_PENALTY_MS), "webcodecs");
  chain.playedWell("webcodecs");
  chain.failed("webcodecs", 0);
  assert.equal(chain.best(FIRST_PENALTY_MS), "webcodecs");
});

test("a new connection lets trouble be tried again, but not the impossible", () => {
  const chain = new Chain(["webcodecs", "canvas", "mse"]);
  chain.failed("webcodecs", 0, "impossible");
  chain.failed("canvas", 0);
  chain.reconnected();
  assert.equal(chain.best(1), "canvas");
  chain.forgetAll();
  assert.equal(chain.best(1), "webcodecs");
});

test("with everything failed it says when something comes free", () => {
  const chain = new Chain(["webcodecs", "mse"]);
  chain.failed("webcodecs", 0, "impossible");
  assert.equal(chain.nextTryAtMs, null);
  chain.failed("mse", 1000);
  assert.equal(chain.best(1001), null);
  assert.equal(chain.nextTryAtMs, 1000 + FIRST_PENALTY_MS);
});
