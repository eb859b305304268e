/** The service worker in a world of its own: it is a classic script, so it is run as one. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const SOURCE = readFileSync(new URL("../../static/js/sw.js", import.meta.url), "utf8");
const ORIGIN = "https://nvr.example";

/** @param {{windows?: any[], network?: (request: any) => Promise<any>}} [world] */
function started({ windows = [], network = async () => "from the network" } = {}) {
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {};
  /** @type {any} */
  const seen = { shown: [], opened: [], deleted: [], posted: [], isSkipped: false, isClaimed: false };
  const self = {
    ABOUT: { version: "v2", shell: ["/offline/", "/static/nvr.css"], icon: "/icon.png", badge: "/badge.png" },
    location: { origin: ORIGIN },
    addEventListener: (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) => {
      listeners[type] = listener;
    },
    skipWaiting: async () => {
      seen.isSkipped = true;
    },
    caches: {
      open: async (/** @type {string} */ name) => ({
        addAll: async (/** @type {string[]} */ urls) => {
          seen.kept = [name, ...urls];
        },
      }),
      keys: async () => ["shell-v1", "shell-v2"],
      delete: async (/** @type {string} */ name) => seen.deleted.push(name),
      match: async (/** @type {string} */ path) => `kept ${path}`,
    },
    registration: {
      showNotification: async (/** @type {string} */ title, /** @type {any} */ options) =>
        seen.shown.push({ title, ...options }),
      pushManager: {
        subscribe: async (/** @type {any} */ options) => ({ toJSON: () => ({ endpoint: "new", ...options }) }),
      },
    },
    clients: {
      claim: async () => {
        seen.isClaimed = true;
      },
      matchAll: async () => windows,
      openWindow: async (/** @type {string} */ url) => seen.opened.push(url),
    },
    cookieStore: { get: async () => ({ value: "token" }) },
  };
  const fetch = async (/** @type {any} */ request, /** @type {any} */ options) => {
    if (options) seen.posted.push([request, options]);
    return network(request);
  };
  vm.runInNewContext(SOURCE, { self, URL, Response, fetch, Date, Number, String });
  return {
    seen,
    /** @param {string} type @param {object} event */
    async fire(type, event) {
      /** @type {any} */
      let outcome;
      listeners[type]({
        ...event,
        waitUntil: (/** @type {any} */ work) => {
          outcome = work;
        },
        respondWith: (/** @type {any} */ answer) => {
          outcome = answer;
        },
      });
      return outcome;
    },
  };
}

const pushed = (/** @type {unknown} */ message) => ({ data: { json: () => message } });
const plain = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value));

test("it keeps the files of the offline page, and takes over at once", async () => {
  const { seen, fire } = started();
  await fire("install", {});
  await fire("activate", {});
  assert.deepEqual(plain(seen.kept), ["shell-v2", "/offline/", "/static/nvr.css"]);
  assert.deepEqual(plain(seen.deleted), ["shell-v1"]);
  assert.ok(seen.isSkipped && seen.isClaimed);
});

test("a message is shown with its picture", async () => {
  const { seen, fire } = started();
  const message = { id: "a1", title: "Motion at Door", body: "At 12:00.", path: "/events/?event=7", at_ms: 5 };
  await fire("push", pushed({ ...message, picture: "/push/picture/x.jpg" }));
  assert.deepEqual(plain(seen.shown[0]), {
    title: "Motion at Door",
    body: "At 12:00.",
    icon: "/icon.png",
    badge: "/badge.png",
    tag: "a1",
    timestamp: 5,
    data: { path: "/events/?event=7" },
    image: "/push/picture/x.jpg",
  });
  await fire("push", pushed(message));
  assert.ok(!("image" in seen.shown[1]));
});

test("whatever comes, something is shown: a browser takes offence at nothing", async () => {
  const { seen, fire } = started();
  const broken = {
    json: () => {
      throw new SyntaxError();
    },
  };
  for (const data of [null, broken, { json: () => null }, { json: () => 5 }, { json: () => ({ title: 5 }) }]) {
    await fire("push", { data });
  }
  assert.equal(seen.shown.length, 5);
  assert.ok(seen.shown.every((/** @type {any} */ one) => one.title === "NVR"));
});

test("nothing leads to another server", async () => {
  const { seen, fire } = started();
  await fire("push", pushed({ title: "T", path: "https://evil.example/", picture: "//evil.example/a.jpg" }));
  assert.equal(seen.shown[0].data.path, "/");
  assert.ok(!("image" in seen.shown[0]));
  await fire("notificationclick", { notification: { close() {}, data: { path: "javascript:alert(1)" } } });
  assert.deepEqual(plain(seen.opened), [`${ORIGIN}/`]);
});

test("a click goes to the window that shows it, else to one that can be led there, else to a new one", async () => {
  /** @type {string[]} */
  const log = [];
  const window = (/** @type {string} */ url, isOurs = true) => ({
    url,
    focus: async () => log.push(`focus ${url}`),
    navigate: async (/** @type {string} */ to) => {
      if (!isOurs) throw new TypeError();
      log.push(`${url} to ${to}`);
    },
  });
  const click = { notification: { close: () => log.push("close"), data: { path: "/events/?event=7" } } };
  const there = `${ORIGIN}/events/?event=7`;
  await started({ windows: [window(`${ORIGIN}/`), window(there)] }).fire("notificationclick", click);
  assert.deepEqual(log.splice(0), ["close", `focus ${there}`]);
  await started({ windows: [window("a", false), window("b")] }).fire("notificationclick", click);
  assert.deepEqual(log.splice(0), ["close", `b to ${there}`, "focus b"]);
  const alone = started();
  await alone.fire("notificationclick", click);
  assert.deepEqual(plain(alone.seen.opened), [there]);
});

test("without a network a page becomes the offline page, and nothing else is answered", async () => {
  const network = async () => {
    throw new TypeError("no network");
  };
  const { fire } = started({ network });
  const get = (/** @type {string} */ path, mode = "no-cors", method = "GET") => ({
    request: { url: `${ORIGIN}${path}`, mode, method },
  });
  assert.equal(await fire("fetch", get("/recordings/", "navigate")), "kept /offline/");
  assert.equal(await fire("fetch", get("/static/nvr.css")), "kept /static/nvr.css");
  assert.equal(await fire("fetch", get("/api/v1/cameras/")), undefined);
  assert.equal(await fire("fetch", get("/", "navigate", "POST")), undefined);
  const online = started();
  assert.equal(await online.fire("fetch", get("/", "navigate")), "from the network");
  const early = { ...get("/", "navigate"), preloadResponse: Promise.resolve("preloaded") };
  assert.equal(await online.fire("fetch", early), "preloaded");
});

test("a subscription that the browser renews is told to the server", async () => {
  const { seen, fire } = started();
  await fire("pushsubscriptionchange", { oldSubscription: { options: { userVisibleOnly: true } } });
  const [address, { headers, body }] = plain(seen.posted[0]);
  assert.equal(address, "/api/v1/notifications/push/subscriptions/");
  assert.equal(headers["X-CSRFToken"], "token");
  assert.equal(JSON.parse(body).endpoint, "new");
});
