/** The events page: what happened, newest first, to be looked through and marked as reviewed. */

import { call } from "./api.js";
import { showConnection } from "./connection-notice.js";
import { Board } from "./events/board.js";
import { EventDetail } from "./events/detail.js";
import { parseEvent } from "./events/event.js";
import { EventFeed } from "./events/event-feed.js";
import { bindEventKeys } from "./events/event-keys.js";
import { FilterBar } from "./events/filter-bar.js";
import { filtersQuery, parseFilters } from "./events/filters.js";
import { bindMovingPreviews } from "./events/moving-previews.js";
import { Reviewing } from "./events/reviewing.js";
import { bindSwipe } from "./events/swipe.js";
import { pageEvents } from "./events.js";
import { bindFootageDialogs } from "./recordings/footage-dialogs.js";
import { keepServerClock, serverNow } from "./recordings/server-clock.js";
import { bindZoneSelect, currentZone } from "./recordings/zone-select.js";
import { TimeWords } from "./timeline/time-words.js";
import { toast } from "./toast.js";

/**
 * @import { EventCard } from "./events/card.js"
 * @import { NvrEvent } from "./events/event.js"
 * @import { Filters } from "./events/filters.js"
 */

const AWAY_MS = 60_000;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const described = document.getElementById("events-cameras");
/** @type {{slug: string, name: string, role: string, may: string[]}[]} */
const cameras = described ? JSON.parse(described.textContent ?? "[]") : [];

function start() {
  let words = new TimeWords(currentZone());
  const searchLink = /** @type {HTMLAnchorElement} */ (byId("search-link"));
  let filters = parseFilters(location.search);
  const host = { words: () => words, now: serverNow };
  const board = new Board({ ...host, fetch: call, hasEvents: "events" in byId("events").dataset });
  const detail = new EventDetail({
    ...host,
    camera: (slug) => cameras.find((camera) => camera.slug === slug),
    hasBeside: (id, step) => board.beside(id, step) !== undefined,
  });
  const reviewing = new Reviewing({
    call,
    changed: (events) => {
      board.change(events);
      for (const event of events) detail.update(event);
    },
    complain: (text) => toast(`Not marked: ${text}`),
  });
  const bar = new FilterBar(host.words, (chosen) => {
    filters = chosen;
    history.pushState(null, "", addressOf(filters, null));
    searchLink.search = searchOf(filters);
    board.load(filters);
  });

  /** @param {NvrEvent} event */
  const open = (event) => {
    detail.open(event);
    history.replaceState(null, "", addressOf(filters, event.id));
  };
  /** @param {1 | -1} step @returns {boolean} */
  const choose = (step) => {
    const next = detail.event && board.beside(detail.event.id, step);
    if (next) open(next);
    return Boolean(next);
  };
  const reviewAll = async () => {
    const done = await reviewing.mark(board.events, true);
    if (!done.length) return;
    toast(`Marked ${done.length} as reviewed.`, {
      label: "Undo",
      act: () =>
        void reviewing.mark(
          done.map((event) => ({ ...event, isReviewed: true })),
          false,
        ),
    });
  };
  const toggle = (/** @type {EventCard} */ { event }) => void reviewing.mark([event], !event.isReviewed);
  const reviewOpen = () => {
    const event = detail.event;
    if (!event) return;
    reviewing.mark([event], !event.isReviewed);
    if (!event.isReviewed && !choose(1)) toast("Reviewed. That was the last one.");
  };

  const { view } = board;
  const cardOf = view.cardOf.bind(view);
  view.root.addEventListener("click", ({ target }) => {
    const card = cardOf(target);
    if (!card || !(target instanceof Element)) return;
    if (target.closest(".ev-review")) toggle(card);
    else if (target.closest(".ev-open")) open(card.event);
  });
  bindMovingPreviews(view.root, cardOf);
  bindSwipe(view.root, cardOf, toggle);
  detail.addEventListener("choose", (event) => choose(/** @type {CustomEvent} */ (event).detail));
  detail.addEventListener("review", reviewOpen);
  board.addEventListener("change", () => {
    detail.refresh();
    say(board.events.length);
    /** @type {HTMLButtonElement} */ (byId("review-all")).disabled = !board.events.some((one) => !one.isReviewed);
  });
  detail.addEventListener("closed", () => {
    const id = Number(new URLSearchParams(location.search).get("event"));
    history.replaceState(null, "", addressOf(filters, null));
    focusCard(view.card(id));
  });
  byId("review-all").addEventListener("click", () => void reviewAll());
  bindEventKeys(board, detail, {
    open: ({ event }) => open(event),
    play: ({ event }) => {
      open(event);
      detail.play();
    },
    review: (card) => {
      // What is marked is done with; what is taken back one wants to look at.
      const next = card.event.isReviewed ? undefined : board.beside(card.event.id, 1);
      toggle(card);
      if (next) focusCard(view.card(next.id));
    },
    reviewAll: () => void reviewAll(),
    choose: (step) => void choose(step),
    reviewOpen,
  });
  bindFootageDialogs({ ...host, name: (slug) => cameras.find((camera) => camera.slug === slug)?.name ?? slug });
  bindZoneSelect(/** @type {HTMLSelectElement} */ (byId("zone")), (zone) => {
    words = new TimeWords(zone);
    bar.refreshDays();
    board.rezone(filters.time !== "");
    detail.refresh();
  });
  listen(board, detail);

  const restore = () => {
    filters = parseFilters(location.search);
    bar.refreshDays();
    bar.show(filters);
    board.load(filters);
    searchLink.search = searchOf(filters);
    const id = Number(new URLSearchParams(location.search).get("event"));
    if (Number.isInteger(id) && id > 0) openById(id, open);
    else if (detail.event) detail.close();
  };
  window.addEventListener("popstate", restore);
  restore();
  document.body.dataset.ready = "";
}

/** News as it comes, and what may have been missed while nobody listened or looked. @param {Board} board @param {EventDetail} detail */
function listen(board, detail) {
  const news = pageEvents();
  const feed = new EventFeed(news, call);
  showConnection(news);
  feed.addEventListener("event", (heard) => {
    const event = /** @type {CustomEvent} */ (heard).detail;
    board.hear(event);
    detail.update(event);
  });
  feed.addEventListener("gone", (heard) => board.drop(/** @type {CustomEvent} */ (heard).detail));
  feed.addEventListener("missed", () => void board.catchUp());
  let hiddenAtMs = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAtMs = Date.now();
    // What others have reviewed meanwhile is no news.
    else if (Date.now() - hiddenAtMs > AWAY_MS) void board.catchUp();
  });
  news.open();
}

/** A link leads to an event, whatever the filters are. @param {number} id @param {(event: NvrEvent) => void} open */
async function openById(id, open) {
  try {
    open(parseEvent(await call(`events/${id}/`)));
  } catch {
    toast("This event is not there any more, or not yours to see.");
  }
}

/** For who doesn't see the list grow. @param {number} count */
function say(count) {
  const text = count === 1 ? "1 event" : `${count} events`;
  if (byId("said").textContent !== text) byId("said").textContent = text;
}

/** The search by area begins with the camera that one looks at. @param {Filters} filters */
function searchOf({ cameras: [slug] }) {
  return slug ? String(new URLSearchParams({ camera: slug })) : "";
}

/** @param {EventCard | undefined} card */
function focusCard(card) {
  card?.opener.focus({ preventScroll: true });
  card?.element.scrollIntoView({ block: "nearest" });
}

/** @param {Filters} filters @param {number | null} id of the open event */
function addressOf(filters, id) {
  const query = new URLSearchParams(filtersQuery(filters));
  if (id !== null) query.set("event", String(id));
  return query.size ? `?${query}` : location.pathname;
}

if (cameras.length) {
  keepServerClock();
  start();
}
