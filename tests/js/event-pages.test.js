import assert from "node:assert/strict";
import { test } from "node:test";
import { EventFeed } from "../../static/js/events/event-feed.js";
import { EventPages } from "../../static/js/events/event-pages.js";
import { Reviewing } from "../../static/js/events/reviewing.js";

/** @param {number} id */
const answerOf = (id) => ({ id, camera: "door", kind: "motion", start_ms: id * 1_000, end_ms: id * 1_000 + 500 });
const query = (/** @type {string} */ text) => new URLSearchParams(text);

/** A server of so many events, in pages of two, that can be made to fail or to wait. @param {number} count */
function server(count) {
  const state = {
    asked: /** @type {string[]} */ ([]),
    failure: "",
    gate: /** @type {Promise<unknown>} */ (Promise.resolve()),
  };
  const fetch = async (/** @type {string} */ path) => {
    state.asked.push(path);
    await state.gate;
    if (state.failure) throw new Error(state.failure);
    const first = Number(new URL(path, "http://x/").searchParams.get("cursor") ?? count);
    const results = [first, first - 1].filter((id) => id > 0).map(answerOf);
    return {
      next: first - 2 > 0 ? `https://another.name/api/v1/events/?reviewed=false&cursor=${first - 2}` : null,
      results,
    };
  };
  return { state, fetch };
}

test("pages follow each other by the cursor, by whatever name the server calls itself", async () => {
  const { state, fetch } = server(5);
  const pages = new EventPages(fetch);
  const found = [
    await pages.start(query("reviewed=false")),
    await pages.more(),
    await pages.more(),
    await pages.more(),
  ];
  assert.deepEqual(
    found.map((events) => events?.map(({ id }) => id)),
    [[5, 4], [3, 2], [1], undefined],
  );
  assert.deepEqual(state.asked[1], "/api/v1/events/?reviewed=false&cursor=3");
  assert.equal(pages.hasMore, false);
});

test("a page that failed can be asked for again", async () => {
  const { state, fetch } = server(4);
  const pages = new EventPages(fetch);
  await pages.start(query(""));
  state.failure = "The database is locked.";
  assert.equal(await pages.more(), null);
  assert.equal(pages.trouble, "The database is locked.");
  state.failure = "";
  assert.deepEqual(
    (await pages.more())?.map(({ id }) => id),
    [2, 1],
  );
  assert.equal(pages.trouble, "");
});

test("what was overtaken by another choice is forgotten, its failure too", async () => {
  const { state, fetch } = server(4);
  /** @type {(value?: unknown) => void} */
  let open = () => undefined;
  state.gate = new Promise((done) => {
    open = done;
  });
  const pages = new EventPages(fetch);
  const first = pages.start(query("camera=a"));
  const second = pages.start(query("camera=b"));
  open();
  assert.equal(await first, null);
  assert.equal((await second)?.length, 2);
  assert.equal(await pages.more().then((events) => events?.length), 2);
});

test("only one page is asked for at a time", async () => {
  const { state, fetch } = server(6);
  const pages = new EventPages(fetch);
  await pages.start(query(""));
  await Promise.all([pages.more(), pages.more(), pages.more()]);
  assert.equal(state.asked.length, 2);
});

/** @param {string} type @param {unknown} [detail] */
const said = (type, detail) => new CustomEvent(type, { detail });
const news = (/** @type {number} */ id) => said("event", { type: "event", state: "begun", id, camera: "door" });
/** Lets the time pass in which news is gathered, and the answers come. @param {import("node:test").TestContext} context */
const settled = (context) => {
  context.mock.timers.tick(1_000);
  return new Promise((done) => setImmediate(done));
};

test("news asks the API once for each event, however often it is told of", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const source = new EventTarget();
  /** @type {string[]} */
  const asked = [];
  const feed = new EventFeed(source, async (path) => {
    asked.push(path);
    if (path === "events/2/") throw Object.assign(new Error("not there"), { status: 404 });
    return answerOf(Number(path.split("/")[1]));
  });
  /** @type {unknown[]} */
  const heard = [];
  feed.addEventListener("event", (event) => heard.push(/** @type {CustomEvent} */ (event).detail.id));
  feed.addEventListener("gone", (event) => heard.push(`gone ${/** @type {CustomEvent} */ (event).detail}`));
  for (const id of [1, 1, 2, 1]) source.dispatchEvent(news(id));
  source.dispatchEvent(said("event", { type: "motion.level", id: 7, camera: "door" }));
  await settled(context);
  assert.deepEqual(asked, ["events/1/", "events/2/"]);
  assert.deepEqual(heard.sort(), [1, "gone 2"]);
});

test("a storm of news, and a connection that came back, ask for the newest page", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const source = new EventTarget();
  let missed = 0;
  const feed = new EventFeed(source, async () => assert.fail("one by one"));
  feed.addEventListener("missed", () => {
    missed += 1;
  });
  source.dispatchEvent(said("open"));
  assert.equal(missed, 0);
  source.dispatchEvent(said("open"));
  assert.equal(missed, 1);
  for (let id = 1; id <= 40; id += 1) source.dispatchEvent(news(id));
  await settled(context);
  assert.equal(missed, 2);
});

const event = (/** @type {number} */ id, isReviewed = false) =>
  /** @type {any} */ ({ ...answerOf(id), isReviewed, reviewedBy: "", reviewedAtMs: null });

/** @param {(path: string, options: any) => Promise<any>} call */
function reviewing(call) {
  const shown = /** @type {string[]} */ ([]);
  const complaints = /** @type {string[]} */ ([]);
  const made = new Reviewing({
    call,
    changed: (events) => shown.push(events.map(({ id, isReviewed }) => `${id}${isReviewed ? "+" : "-"}`).join()),
    complain: (text) => complaints.push(text),
  });
  return { made, shown, complaints };
}

test("one is marked by itself, many together, and those that are marked already not again", async () => {
  globalThis.document ??= /** @type {any} */ (new EventTarget());
  /** @type {any[]} */
  const calls = [];
  const { made, shown } = reviewing(async (path, { body }) => {
    calls.push([path, body]);
    return { changed: 1, is_complete: calls.length !== 2 };
  });
  assert.equal((await made.mark([event(1), event(2, true)], true)).length, 1);
  assert.equal((await made.mark([event(3), event(4)], true)).length, 2);
  assert.deepEqual(await made.mark([event(5, true)], true), []);
  const many = ["events/review/", { ids: [3, 4], reviewed: true }];
  // It did not come to an end the first time.
  assert.deepEqual(calls, [["events/1/", { reviewed: true }], many, many]);
  assert.deepEqual(shown, ["1+", "3+,4+"]);
});

test("what the server refuses is taken back and told", async () => {
  globalThis.document ??= /** @type {any} */ (new EventTarget());
  const { made, shown, complaints } = reviewing(async () => {
    throw new Error("The database is locked.");
  });
  assert.deepEqual(await made.mark([event(1)], true), []);
  assert.deepEqual(shown, ["1+", "1-"]);
  assert.deepEqual(complaints, ["The database is locked."]);
});
