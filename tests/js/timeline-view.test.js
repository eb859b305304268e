import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePlace, placeQuery } from "../../static/js/timeline/address.js";
import { Glide, glided } from "../../static/js/timeline/glide.js";
import {
  bounded,
  endOf,
  following,
  LONGEST_MS,
  panned,
  pinched,
  SHORTEST_MS,
  timeAt,
  xOf,
  zoomed,
} from "../../static/js/timeline/view.js";

const HOUR = 3_600_000;
const START = Date.parse("2026-11-22T14:00Z");
const view = { startMs: START, spanMs: HOUR, widthPx: 1000 };
const near = (/** @type {number} */ a, /** @type {number} */ b) => assert.ok(Math.abs(a - b) < 1, `${a} is not ${b}`);

test("zooming keeps what is under the pointer there, as far as it goes", () => {
  const under = timeAt(view, 250);
  for (const factor of [0.5, 0.9, 2, 40]) near(timeAt(zoomed(view, factor, 250), 250), under);
  let deep = view;
  for (let turn = 0; turn < 100; turn += 1) deep = zoomed(deep, 0.7, 250);
  assert.equal(deep.spanMs, SHORTEST_MS);
  near(timeAt(deep, 250), under);
  for (let turn = 0; turn < 100; turn += 1) deep = zoomed(deep, 1.7, 250);
  assert.equal(deep.spanMs, LONGEST_MS);
});

test("two fingers keep what they hold", () => {
  const [a, b] = [timeAt(view, 400), timeAt(view, 600)];
  const apart = pinched(view, [400, 600], [300, 800]);
  near(timeAt(apart, 300), a);
  near(timeAt(apart, 800), b);
  near(xOf(panned(view, 30), a), 430);
});

test("the future is not looked at, but now need not stick to the edge", () => {
  const now = START + HOUR;
  near(endOf(bounded({ ...view, startMs: now + 10 * HOUR }, now)), now + HOUR / 10);
  assert.deepEqual(bounded(view, now), view);
});

test("the view follows a playhead it shows, not one that was left behind", () => {
  const at = START + 0.95 * HOUR;
  near(xOf(following(view, at - 100, at), at), 900);
  assert.equal(following(view, START - 1000, START + 0.95 * HOUR), view);
  assert.equal(following(view, START + 1000, START + 2000), view);
});

test("a thrown timeline glides to rest, one that is held stays", () => {
  const glide = new Glide();
  for (let at = 0; at <= 80; at += 16) glide.sample(at * 2, at);
  const thrown = glide.velocity(82);
  near(thrown, 2);
  assert.equal(glide.velocity(300), 0);
  let [velocity, travelled, frames] = [thrown, 0, 0];
  while (velocity && frames < 1000) {
    const step = glided(velocity, 16);
    travelled += step.dx;
    velocity = step.velocity;
    frames += 1;
  }
  assert.ok(travelled > 200 && travelled < 600 && frames < 100, `${travelled} px in ${frames} frames`);
});

test("an address says where one was, and takes what people type", () => {
  const place = { cameras: ["front-door", "yard"], atMs: Date.parse("2026-11-22T14:03:22.125Z"), spanMs: 3_600_000 };
  const query = placeQuery(place);
  assert.equal(query, "?camera=front-door&camera=yard&at=2026-11-22T14:03:22.125Z&span=3600");
  assert.deepEqual(parsePlace(query), place);
  assert.deepEqual(parsePlace(""), { cameras: [], atMs: null, spanMs: null });
  assert.deepEqual(parsePlace("?at=nonsense&span=-5&camera=a&camera=a"), { cameras: ["a"], atMs: null, spanMs: null });
  assert.equal(parsePlace("?at=2026-11-22T15:03%2B01:00").atMs, Date.parse("2026-11-22T14:03Z"));
  assert.equal(parsePlace("?at=1795356202125").atMs, 1795356202125);
  assert.equal(parsePlace("?span=0.0001").spanMs, SHORTEST_MS);
});
