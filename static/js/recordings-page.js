/** The recordings browser: pictures of a moment, and the timeline that leads to it. */

import { call } from "./api.js";
import { pageEvents } from "./events.js";
import { bindFullscreen } from "./fullscreen.js";
import "./playback/playback.js";
import { Calendar } from "./recordings/calendar.js";
import { Chooser, MOST_LANES, MOST_PICTURES } from "./recordings/chooser.js";
import { bindControls } from "./recordings/controls.js";
import { Deck } from "./recordings/deck.js";
import { bindFootageDialogs } from "./recordings/footage-dialogs.js";
import { noteAt, startedWords } from "./recordings/footage-words.js";
import { GapList } from "./recordings/gap-list.js";
import { SelectionBar } from "./recordings/selection-bar.js";
import { keepServerClock, serverNow } from "./recordings/server-clock.js";
import { bindZoneSelect, currentZone } from "./recordings/zone-select.js";
import { Previews } from "./timeline/previews.js";
import { TimeWords } from "./timeline/time-words.js";
import "./timeline/timeline.js";
import { TimelineStore } from "./timeline/timeline-store.js";
import { endOf } from "./timeline/view.js";
import { DAY_MS } from "./timeline/zone.js";
import { toast } from "./toast.js";

/**
 * @import { Camera } from "./recordings/chooser.js"
 * @import { NvrPlayback } from "./playback/playback.js"
 * @import { NvrTimeline } from "./timeline/timeline.js"
 */

const SECOND_MS = 1_000;
/** Late events come in crowds. */
const LATE_MS = 3_000;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const described = document.getElementById("recordings-cameras");
/** @type {Camera[]} */
const cameras = described ? JSON.parse(described.textContent ?? "[]") : [];

/** @param {string} slug */
const path = (slug) => `cameras/${encodeURIComponent(slug)}/`;
/** @param {string} slug */
const roleOf = (slug) => cameras.find((camera) => camera.slug === slug)?.role ?? "main";

function start() {
  let words = new TimeWords(currentZone());
  const timeline = /** @type {NvrTimeline} */ (byId("timeline"));
  const playback = /** @type {NvrPlayback} */ (byId("playback"));
  const store = new TimelineStore(
    (slug, startMs, endMs) =>
      call(`${path(slug)}timeline/?start=${Math.floor(startMs)}&end=${Math.ceil(endMs)}&role=${roleOf(slug)}`),
    serverNow,
  );
  timeline.now = serverNow;
  timeline.store = store;
  timeline.words = words;
  timeline.previews = new Previews(
    (slug, startMs, endMs) => call(`${path(slug)}strips/?start=${startMs}&end=${endMs}`),
    (slug, atMs) => `/api/v1/${path(slug)}preview.jpg?at=${atMs}`,
  );
  const deck = new Deck(playback, timeline, store, serverNow);
  const chosen = () => cameras.filter(({ slug }) => deck.cameras.includes(slug));
  const pictured = () => chosen().slice(0, MOST_PICTURES);

  const chooser = new Chooser(byId("chooser"), cameras, (slugs) => {
    deck.keep();
    deck.choose(slugs.slice(0, MOST_LANES));
    history.pushState(null, "", deck.query());
    showCameras();
  });
  const showCameras = () => {
    chooser.show(deck.cameras);
    timeline.cameras = chosen();
    const slugs = pictured().map(({ slug }) => slug);
    byId("screen").dataset.pictures = String(slugs.length);
    playback.names = Object.fromEntries(cameras.map(({ slug, name }) => [slug, name]));
    // The element plays one role of all its cameras.
    playback.setAttribute("stream", slugs.every((slug) => roleOf(slug) === "sub") ? "sub" : "main");
    playback.setAttribute("cameras", slugs.join());
    selectionBar.show(timeline.selection);
    const search = /** @type {HTMLAnchorElement} */ (byId("search-link"));
    search.search = String(new URLSearchParams({ camera: slugs[0] ?? "" }));
    deck.reload();
  };

  const selectionBar = new SelectionBar(byId("selection"), {
    words: () => words,
    cameras: chosen,
    select: (selection) => {
      timeline.selection = selection;
    },
    changed: () => {
      store.forget();
      deck.reload();
    },
  });
  timeline.addEventListener("selectionchange", (event) => {
    selectionBar.show(/** @type {CustomEvent} */ (event).detail.selection);
  });

  const gaps = new GapList(/** @type {HTMLDetailsElement} */ (byId("gaps")), {
    words: () => words,
    now: serverNow,
    isBusy: () => timeline.isBusy,
    names: () => timeline.cameras.map(({ name }) => name),
    accounts: () => timeline.accounts(),
    spanMs: () => timeline.view.spanMs,
    seek: (atMs) => deck.goTo(atMs),
  });
  for (const target of [timeline, store]) {
    for (const name of ["viewchange", "change"]) target.addEventListener(name, () => gaps.refreshSoon());
  }

  const sound = byId("sound");
  sound.addEventListener("click", () => {
    playback.muted = !playback.muted;
    sound.setAttribute("aria-pressed", String(!playback.muted));
  });
  bindFootageDialogs({
    words: () => words,
    now: serverNow,
    name: (slug) => cameras.find((camera) => camera.slug === slug)?.name ?? slug,
  });
  bindCalendar(() => words, deck);
  bindZoneSelect(/** @type {HTMLSelectElement} */ (byId("zone")), (zone) => {
    words = new TimeWords(zone);
    timeline.words = words;
    showTime();
    gaps.refreshSoon();
    selectionBar.show(timeline.selection);
  });
  bindControls(deck, timeline, {
    words: () => words,
    now: serverNow,
    snapshot: () => saveSnapshot(playback, deck.cameras[0] ?? "picture", deck.atMs),
    openCalendar: () => byId("calendar").querySelector("button")?.click(),
    toggleFullscreen: bindFullscreen(byId("screen"), byId("fullscreen")),
  });

  let [shownTime, shownDate] = ["", ""];
  const showTime = () => {
    const [time, date] = [words.time(deck.atMs), words.date(deck.atMs)];
    if (time === shownTime && date === shownDate) return;
    [shownTime, shownDate] = [time, date];
    byId("clock").textContent = time;
    byId("date").textContent = date;
    timeline.setAttribute("aria-valuenow", String(Math.round(deck.atMs / SECOND_MS)));
    timeline.setAttribute("aria-valuemax", String(Math.round(serverNow() / SECOND_MS)));
    timeline.setAttribute("aria-valuetext", `${date}, ${time}`);
  };
  const showNote = () => {
    const { startMs } = timeline.view;
    const known = pictured().map((camera) => ({
      ...camera,
      account: store.lane(camera.slug, Math.min(startMs, deck.atMs), Math.max(endOf(timeline.view), deck.atMs + 1)),
    }));
    deck.settle(known.map(({ account }) => account));
    showNoteOf(noteAt(known, deck.atMs, serverNow(), words), pictured(), deck);
    const trouble = store.trouble
      ? `The timeline can’t be loaded: ${store.trouble}`
      : startedWords(timeline.accounts(), serverNow());
    if (byId("trouble").textContent !== trouble) byId("trouble").textContent = trouble;
    byId("trouble").classList.toggle("is-trouble", store.trouble !== "");
  };
  deck.addEventListener("place", showTime);
  store.addEventListener("change", showNote);
  setInterval(() => {
    if (!timeline.isBusy) showNote();
  }, SECOND_MS / 2);

  const restore = () => {
    deck.restore(
      location.search,
      cameras.map(({ slug }) => slug),
    );
    showCameras();
    showTime();
  };
  window.addEventListener("popstate", restore);
  restore();
  hearOfLateEvents(store, deck);
  document.body.dataset.ready = "";
}

/** What is found long after it happened lies where the timeline asks no more. @param {TimelineStore} store @param {Deck} deck */
function hearOfLateEvents(store, deck) {
  let isDue = false;
  pageEvents().addEventListener("event", (event) => {
    const { type, is_late: isLate, camera } = /** @type {CustomEvent} */ (event).detail;
    if (type !== "event" || !isLate || !deck.cameras.includes(camera) || isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      store.forget();
    }, LATE_MS);
  });
}

/** @param {() => TimeWords} words @param {Deck} deck */
function bindCalendar(words, deck) {
  const menu = byId("calendar");
  const time = /** @type {HTMLInputElement} */ (byId("time-of-day"));
  const close = () => menu.dispatchEvent(new Event("menu:close"));
  const day = () => words().zone.dayOf(deck.atMs);
  const calendar = new Calendar(byId("calendar-sheet"), {
    words,
    today: () => words().zone.dayOf(serverNow()),
    chosen: day,
    coverage: (from, to) =>
      Promise.all(
        deck.cameras.map(async (slug) => {
          const query = new URLSearchParams({ from, to, tz: words().zone.name, role: roleOf(slug) });
          return (await call(`${path(slug)}coverage/?${query}`)).days;
        }),
      ),
    choose: (wanted) => {
      const { zone } = words();
      // The same time of that day, so that one can look at several mornings.
      const timeOfDay = zone.toWall(deck.atMs) - day() * DAY_MS;
      deck.goTo(zone.fromWall(wanted * DAY_MS + timeOfDay), { isJump: true });
      close();
      menu.querySelector("button")?.focus();
    },
  });
  new MutationObserver(() => {
    if (byId("calendar-sheet").hidden) return;
    time.value = new Date(words().zone.toWall(deck.atMs)).toISOString().slice(11, 19);
    calendar.open();
  }).observe(byId("calendar-sheet"), { attributes: true, attributeFilter: ["hidden"] });
  time.addEventListener("change", () => {
    const timeOfDay = Date.parse(`1970-01-01T${time.value}Z`);
    if (Number.isFinite(timeOfDay)) deck.goTo(words().zone.fromWall(day() * DAY_MS + timeOfDay), { isJump: true });
  });
}

/**
 * @param {import("./recordings/footage-words.js").Note | null} note
 * @param {Camera[]} pictured @param {Deck} deck
 */
function showNoteOf(note, pictured, deck) {
  const box = byId("note");
  const key = JSON.stringify(note);
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  box.hidden = !note;
  box.replaceChildren();
  if (!note) return;
  // The pictures themselves say why there is nothing at a moment; here is what one can do about it.
  box.classList.toggle("is-offer", note.offer === "next" || note.offer === "newest");
  const title = document.createElement("p");
  title.className = "rec-note-title";
  title.textContent = note.title;
  const text = document.createElement("p");
  text.textContent = note.text;
  box.append(title, text);
  const settings = pictured.find((camera) => camera.settings)?.settings;
  if (note.offer === "settings" && settings) {
    const link = document.createElement("a");
    link.className = "button";
    link.href = settings;
    link.textContent = "Open its settings";
    box.append(link);
  } else if (note.offer === "next" || note.offer === "newest") {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = note.offer === "next" ? "To the next footage" : "To the newest footage";
    button.addEventListener("click", async () => {
      const isFound = await deck.jump(note.offer === "next" ? 1 : -1).catch(() => false);
      if (!isFound) toast("There is none.");
    });
    box.append(button);
  }
}

/** @param {NvrPlayback} playback @param {string} slug @param {number} atMs */
async function saveSnapshot(playback, slug, atMs) {
  try {
    const picture = await playback.snapshot();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = `${slug}-${new Date(atMs).toISOString().slice(0, 23).replaceAll(":", "-")}.jpg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch {
    toast("There is no picture to save here.");
  }
}

if (cameras.length) {
  keepServerClock();
  start();
}
