/**
 * The service worker: shows messages that are pushed, and a page of our own when the network is away.
 *
 * It is served at /sw.js by nvr/pages/app.py, which puts `self.ABOUT` in front of it. It keeps nothing of what the pages show: what it
 * has in its cache are the files of the offline page. So a new version may take over at once; no page is left without its own files.
 */
(() => {
  const worker = /** @type {any} */ (self);
  const { version, shell, icon, badge } =
    /** @type {{version: string, shell: string[], icon: string, badge: string}} */ (worker.ABOUT);
  const CACHE = `shell-${version}`;
  const UNREADABLE = { title: "NVR", body: "Something happened. Open the NVR to see what.", path: "/events/" };

  worker.addEventListener("install", (/** @type {any} */ event) => {
    event.waitUntil(
      worker.caches
        .open(CACHE)
        .then((/** @type {Cache} */ cache) => cache.addAll(shell))
        .catch(() => undefined)
        .then(() => worker.skipWaiting()),
    );
  });

  worker.addEventListener("activate", (/** @type {any} */ event) => {
    event.waitUntil(takeOver());
  });

  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    if (request.method !== "GET") return;
    if (request.mode === "navigate") event.respondWith(page(event));
    else if (shell.includes(new URL(request.url).pathname)) {
      event.respondWith(fetch(request).catch(() => kept(new URL(request.url).pathname)));
    }
  });

  worker.addEventListener("push", (/** @type {any} */ event) => {
    const message = read(event.data);
    event.waitUntil(worker.registration.showNotification(message.title, options(message)));
  });

  worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
    event.notification.close();
    event.waitUntil(show(event.notification.data?.path));
  });

  worker.addEventListener("pushsubscriptionchange", (/** @type {any} */ event) => {
    event.waitUntil(subscribeAgain(event));
  });

  async function takeOver() {
    for (const name of await worker.caches.keys()) if (name !== CACHE) await worker.caches.delete(name);
    await worker.registration.navigationPreload?.enable();
    await worker.clients.claim();
  }

  /** @param {any} event */
  async function page(event) {
    try {
      return (await event.preloadResponse) ?? (await fetch(event.request));
    } catch {
      return kept(shell[0]);
    }
  }

  /** @param {string} path */
  async function kept(path) {
    return (await worker.caches.match(path)) ?? Response.error();
  }

  /** What was pushed, whatever it is. @param {{json(): any} | null} data @returns {Record<string, any>} */
  function read(data) {
    try {
      const message = data?.json();
      return typeof message?.title === "string" ? message : UNREADABLE;
    } catch {
      return UNREADABLE;
    }
  }

  /** @param {Record<string, any>} message */
  function options(message) {
    const shown = /** @type {Record<string, any>} */ ({
      body: String(message.body ?? ""),
      icon,
      badge,
      // The same message again takes the place of the first.
      tag: String(message.id ?? "nvr"),
      timestamp: Number(message.at_ms) || Date.now(),
      data: { path: ours(message.path) },
    });
    const picture = message.picture ? ours(message.picture) : "/";
    if (picture !== "/") shown.image = picture;
    return shown;
  }

  /** A path of this server; the first page for anything else. @param {unknown} path */
  function ours(path) {
    try {
      const url = new URL(String(path ?? "/"), worker.location.origin);
      return url.origin === worker.location.origin ? url.pathname + url.search : "/";
    } catch {
      return "/";
    }
  }

  /** In a window that is open, else in a new one. @param {unknown} path */
  async function show(path) {
    const url = new URL(ours(path), worker.location.origin).href;
    const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = windows.find((/** @type {any} */ client) => client.url === url);
    if (there) return there.focus();
    for (const client of windows) {
      try {
        await client.navigate(url);
        return await client.focus();
      } catch {
        // A window that is not ours to steer (yet): another one, or a new one.
      }
    }
    return worker.clients.openWindow(url);
  }

  /** A browser may renew its subscription by itself. Without the cookie's word the notifications page does it at the next visit. */
  async function subscribeAgain(/** @type {any} */ event) {
    const old = event.oldSubscription;
    const subscription =
      event.newSubscription ?? (old && (await worker.registration.pushManager.subscribe(old.options)));
    const token = await worker.cookieStore?.get("csrftoken");
    if (!subscription || !token) return;
    await fetch("/api/v1/notifications/push/subscriptions/", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token.value },
      body: JSON.stringify({ ...subscription.toJSON(), name: "This browser, renewed" }),
    });
  }
})();
