/**
 * The buttons and keys around the pictures.
 *
 * @import { NvrTimeline } from "../timeline/timeline.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 * @import { Deck } from "./deck.js"
 */

import { call } from "../api.js";
import { zoomWords } from "../timeline/time-words.js";
import { placedAt } from "../timeline/view.js";
import { toast } from "../toast.js";
import { findEvent } from "./event-seeker.js";
import { bindRecordingsKeys } from "./keys.js";

const NUDGE_MS = 5_000;
const ZOOM = 2;
/** Just after an event began one wants the one before it. */
const JUST_MS = 2_000;
const SHOWS_EVENTS = "nvr.timeline-events";

/**
 * @param {Deck} deck @param {NvrTimeline} timeline
 * @param {{words: () => TimeWords, now: () => number, snapshot: () => unknown, openCalendar: () => void, toggleFullscreen: () => unknown}} host
 */
export function bindControls(deck, timeline, host) {
  const button = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (document.querySelector(`[data-do="${name}"]`));
  const rate = /** @type {HTMLSelectElement} */ (document.getElementById("rate"));
  const jump = async (/** @type {1 | -1} */ direction) => {
    const isFound = await deck.jump(direction).catch(() => false);
    if (!isFound) toast(direction > 0 ? "No later recording." : "No earlier recording.");
  };
  const jumpToEvent = async (/** @type {1 | -1} */ direction) => {
    const isFound = await deck
      .jumpTo((cameras, atMs) =>
        findEvent(
          (query) => call(`events/?${query}`),
          cameras,
          direction > 0 ? atMs : atMs - JUST_MS,
          direction,
          host.now(),
        ),
      )
      .catch(() => false);
    if (!isFound) toast(direction > 0 ? "No later event." : "No earlier event.");
  };
  const actions = {
    previous: () => void jump(-1),
    back: () => deck.step(-1),
    toggle: () => deck.toggle(),
    forward: () => deck.step(1),
    next: () => void jump(1),
    now: () => deck.goToNow(),
    snapshot: () => void host.snapshot(),
    select: () => toggleSelecting(timeline, button("select")),
    "event-before": () => void jumpToEvent(-1),
    "event-next": () => void jumpToEvent(1),
    events: () => showEvents(timeline, button("events"), !timeline.showsEvents),
    "zoom-out": () => timeline.zoom(ZOOM),
    "zoom-in": () => timeline.zoom(1 / ZOOM),
  };
  for (const [name, action] of Object.entries(actions)) button(name).addEventListener("click", action);
  // After a click Space plays, as before it; who came by keyboard presses the button with it.
  button("toggle")
    .closest('[role="toolbar"]')
    ?.addEventListener("mousedown", (event) => {
      if (/** @type {Element} */ (event.target).closest("button")) event.preventDefault();
    });
  rate.addEventListener("change", () => {
    deck.rate = Number(rate.value);
  });
  deck.addEventListener("playing", () => showPlaying(deck, button("toggle"), rate));
  bindSpan(timeline, deck);
  showEvents(timeline, button("events"), localStorage.getItem(SHOWS_EVENTS) !== "off");
  const faster = (/** @type {number} */ steps) => {
    const at = Math.min(rate.options.length - 1, Math.max(0, rate.selectedIndex + steps));
    deck.rate = Number(rate.options[at].value);
  };
  bindRecordingsKeys(
    {
      ArrowLeft: (event) => (event.shiftKey ? deck.step(-1) : deck.nudge(-NUDGE_MS)),
      ArrowRight: (event) => (event.shiftKey ? deck.step(1) : deck.nudge(NUDGE_MS)),
      "+": actions["zoom-in"],
      "=": actions["zoom-in"],
      "-": actions["zoom-out"],
      Home: () => {
        const { zone } = host.words();
        deck.goTo(zone.startOfDay(zone.dayOf(deck.atMs)), { isJump: true });
      },
      End: actions.now,
      n: actions.next,
      p: actions.previous,
      e: actions["event-next"],
      b: actions["event-before"],
      v: actions.events,
      s: actions.select,
      d: () => host.openCalendar(),
      f: () => void host.toggleFullscreen(),
      m: () => document.getElementById("sound")?.click(),
      ",": () => faster(-1),
      ".": () => faster(1),
      "[": () => selectFrom(timeline, deck.atMs, "start"),
      "]": () => selectFrom(timeline, deck.atMs, "end"),
      Escape: () => {
        if (!timeline.selection && !timeline.isSelecting) return false;
        if (timeline.isSelecting) actions.select();
        timeline.selection = null;
        return true;
      },
    },
    () => deck.toggle(),
  );
}

/** Kept by this browser. @param {NvrTimeline} timeline @param {HTMLElement} button @param {boolean} isOn */
function showEvents(timeline, button, isOn) {
  timeline.showsEvents = isOn;
  button.setAttribute("aria-pressed", String(isOn));
  document.getElementById("legend")?.toggleAttribute("data-without-events", !isOn);
  if (isOn) localStorage.removeItem(SHOWS_EVENTS);
  else localStorage.setItem(SHOWS_EVENTS, "off");
}

/** @param {NvrTimeline} timeline @param {HTMLElement} button */
function toggleSelecting(timeline, button) {
  timeline.isSelecting = !timeline.isSelecting;
  timeline.toggleAttribute("selecting", timeline.isSelecting);
  button.setAttribute("aria-pressed", String(timeline.isSelecting));
  if (timeline.isSelecting) toast("Drag over the timeline to select a span.");
}

/** Moves one edge of the selection here; without one, it gets a tenth of what is shown. @param {NvrTimeline} timeline @param {number} atMs @param {"start" | "end"} edge */
function selectFrom(timeline, atMs, edge) {
  const length = timeline.view.spanMs / 10;
  const { startMs, endMs } = timeline.selection ?? { startMs: atMs, endMs: atMs };
  if (edge === "start")
    timeline.selection = { startMs: atMs, endMs: endMs > atMs ? endMs : Math.min(timeline.now(), atMs + length) };
  else timeline.selection = { startMs: startMs < atMs ? startMs : atMs - length, endMs: atMs };
}

/** @param {Deck} deck @param {HTMLElement} button @param {HTMLSelectElement} rate */
function showPlaying(deck, button, rate) {
  const text = deck.isPlaying ? "Pause" : "Play";
  button.setAttribute("aria-pressed", String(deck.isPlaying));
  button.setAttribute("aria-label", text);
  button.title = `${text} (Space)`;
  rate.value = String(deck.rate);
}

/** How much time is shown: said, and chosen. @param {NvrTimeline} timeline @param {Deck} deck */
function bindSpan(timeline, deck) {
  const select = /** @type {HTMLSelectElement} */ (document.getElementById("span"));
  const present = /** @type {HTMLOptionElement} */ (document.getElementById("span-now"));
  let shown = 0;
  const show = () => {
    const { spanMs } = timeline.view;
    if (spanMs === shown) return;
    shown = spanMs;
    present.textContent = zoomWords(spanMs);
    select.value = "";
  };
  timeline.addEventListener("viewchange", show);
  show();
  select.addEventListener("change", () => {
    const view = { ...timeline.view, spanMs: Number(select.value) };
    const middle = timeline.view.startMs + timeline.view.spanMs / 2;
    timeline.show(placedAt(view, deck.isInView ? deck.atMs : middle));
    select.value = "";
  });
}
