/**
 * `<nvr-timeline>`: a lane of time for each camera. Give it `cameras`, `store`, `words` and `previews`, then a view by `show()`.
 *
 * Events, none bubbling; moments in `detail` are milliseconds since 1970:
 * `viewchange`; `seek` {atMs, camera}; `scrub` {atMs, phase: start | move | end | cancel}; `selectionchange` {selection, isFinal}.
 * The server's clock comes in as `now`. Styles and colours are in static/css/recordings.css.
 *
 * @import { Account, Span } from "./account.js"
 * @import { Drag } from "./gestures.js"
 * @import { Previews } from "./previews.js"
 * @import { TimelineStore } from "./timeline-store.js"
 * @import { TimeWords } from "./time-words.js"
 * @import { View } from "./view.js"
 */

import { markAt, marked } from "./event-marks.js";
import { Gestures } from "./gestures.js";
import { isOnEvents, laneAt, laneLayout } from "./lane-layout.js";
import { LookingGlass } from "./looking-glass.js";
import { MarksPainter } from "./marks-painter.js";
import { Painter } from "./painter.js";
import { readPalette, watchTheme } from "./palette.js";
import { bounded, endOf, isSame, timeAt, xOf, zoomed } from "./view.js";

const NARROW_PX = 640;
const TICK_MS = 250;
const WANT_EVERY_MS = 120;
const EXACT_BELOW_MS = 20_000;
const CARD_AFTER_TAP_MS = 3_000;
const GRAB = { mouse: 7, touch: 22 };
const MARK_REACH = { mouse: 4, touch: 14 };

export class NvrTimeline extends HTMLElement {
  /** @type {() => number} */
  now = Date.now;
  /** @type {Previews | null} */
  previews = null;
  isSelecting = false;
  #names = document.createElement("ol");
  #surface = document.createElement("div");
  #canvases = [document.createElement("canvas"), document.createElement("canvas")];
  #glass = new LookingGlass();
  /** @type {{slug: string, name: string}[]} */
  #cameras = [];
  /** @type {TimelineStore | null} */
  #store = null;
  /** @type {TimeWords | null} */
  #words = null;
  /** @type {View} */
  #view = { startMs: 0, spanMs: 3_600_000, widthPx: 0 };
  #layout = laneLayout(1, false);
  /** @type {number | null} */
  #playheadMs = null;
  /** @type {number | null} */
  #hoverMs = null;
  /** @type {Span | null} */
  #selection = null;
  #anchorMs = 0;
  /** @type {Painter | null} */
  #painter = null;
  /** @type {MarksPainter | null} */
  #marks = null;
  /** @type {Gestures | null} */
  #gestures = null;
  #frame = 0;
  #isStale = { lanes: true, marks: true };
  #wantedAtMs = 0;
  #isBusy = false;
  #showsEvents = true;
  #nowX = 0;
  /** @type {Set<() => void>} */
  #undo = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #cardTimer;

  connectedCallback() {
    if (!this.#painter) this.#build();
    const sizes = new ResizeObserver(() => this.#resized());
    sizes.observe(this.#surface);
    const timer = setInterval(() => this.#tick(), TICK_MS);
    const stopWatching = watchTheme(() => requestAnimationFrame(() => this.#recolour()));
    this.#undo.add(() => sizes.disconnect());
    this.#undo.add(() => clearInterval(timer));
    this.#undo.add(stopWatching);
  }

  disconnectedCallback() {
    for (const undo of this.#undo) undo();
    this.#undo.clear();
    this.#gestures?.stop();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  get view() {
    return this.#view;
  }

  get cameras() {
    return this.#cameras;
  }

  set cameras(cameras) {
    this.#cameras = cameras;
    this.#names.replaceChildren(
      ...cameras.map(({ name }) => {
        const item = document.createElement("li");
        item.textContent = name;
        item.title = name;
        return item;
      }),
    );
    this.#arrange();
    this.#wantedAtMs = 0;
    this.#invalidate(true);
  }

  /** @param {TimelineStore} store */
  set store(store) {
    this.#store = store;
    const redraw = () => this.#invalidate(true);
    store.addEventListener("change", redraw);
    this.#undo.add(() => store.removeEventListener("change", redraw));
  }

  /** @param {TimeWords} words */
  set words(words) {
    this.#words = words;
    if (this.#painter) this.#painter.palette = readPalette(this);
    this.#invalidate(true);
  }

  get playheadMs() {
    return this.#playheadMs;
  }

  set playheadMs(atMs) {
    if (atMs === this.#playheadMs) return;
    this.#playheadMs = atMs;
    this.#invalidate(false);
  }

  get selection() {
    return this.#selection;
  }

  set selection(selection) {
    this.#selection = selection;
    this.#invalidate(false);
    this.#fire("selectionchange", { selection, isFinal: true });
  }

  get showsEvents() {
    return this.#showsEvents;
  }

  set showsEvents(showsEvents) {
    this.#showsEvents = showsEvents;
    this.#invalidate(true);
  }

  /** Whether a hand is on it. */
  get isBusy() {
    return this.#isBusy;
  }

  /** @param {{startMs: number, spanMs: number}} view */
  show(view) {
    const next = bounded({ ...view, widthPx: this.#view.widthPx }, this.now());
    if (isSame(next, this.#view)) return;
    this.#view = next;
    this.#invalidate(true);
    this.#fire("viewchange", next);
  }

  /** Around the playhead if that can be seen, else around the middle. @param {number} factor */
  zoom(factor) {
    const x = this.#playheadMs === null ? -1 : xOf(this.#view, this.#playheadMs);
    const isSeen = x >= 0 && x <= this.#view.widthPx;
    this.show(zoomed(this.#view, factor, isSeen ? x : this.#view.widthPx / 2));
  }

  /** What is known of the stretch in view, one account for each camera. @returns {Account[]} */
  accounts() {
    const { startMs } = this.#view;
    return this.#cameras.map(({ slug }) =>
      /** @type {TimelineStore} */ (this.#store).lane(slug, startMs, endOf(this.#view)),
    );
  }

  #build() {
    this.#names.className = "tl-names";
    this.#surface.className = "tl-surface";
    this.#surface.append(...this.#canvases, this.#glass.element);
    this.append(this.#names, this.#surface);
    const palette = readPalette(this);
    this.#painter = new Painter(this.#canvases[0], palette);
    this.#marks = new MarksPainter(this.#canvases[1], palette);
    this.#gestures = new Gestures(this.#surface, {
      view: () => this.#view,
      show: (view) => this.#showByHand(view),
      meaning: (x, y, isTouch) => this.#meaning(x, y, isTouch),
      click: (x, y, isTouch) => this.#clicked(x, y, isTouch),
      drag: (drag, x, y, phase) => this.#dragged(drag, x, y, phase),
      hover: (x, y) => this.#hovered(x, y),
      leave: () => this.#left(),
      busy: (isBusy) => this.#setBusy(isBusy),
    });
  }

  #arrange() {
    const isNarrow = this.offsetWidth > 0 && this.offsetWidth < NARROW_PX;
    this.#layout = laneLayout(Math.max(1, this.#cameras.length), isNarrow);
    this.toggleAttribute("narrow", isNarrow);
    this.style.setProperty("--tl-ruler", `${this.#layout.rulerPx}px`);
    this.style.setProperty("--tl-lane", `${this.#layout.lanePx}px`);
    this.style.setProperty("--tl-height", `${this.#layout.heightPx}px`);
  }

  #resized() {
    this.#arrange();
    const scale = window.devicePixelRatio || 1;
    const width = this.#surface.clientWidth;
    for (const painter of [this.#painter, this.#marks]) painter?.resize(width, this.#layout.heightPx, scale);
    this.#gestures?.measure();
    const isFirst = this.#view.widthPx === 0;
    this.#view = { ...this.#view, widthPx: width };
    // A resized canvas is empty until it is drawn again: at once, or it flickers.
    this.#isStale = { lanes: true, marks: true };
    this.#draw();
    if (isFirst) this.#fire("viewchange", this.#view);
  }

  #recolour() {
    const palette = readPalette(this);
    if (this.#painter) this.#painter.palette = palette;
    if (this.#marks) this.#marks.palette = palette;
    this.#invalidate(true);
  }

  /** @param {boolean} isAll false when only what moves over the lanes has changed */
  #invalidate(isAll) {
    this.#isStale.marks = true;
    if (isAll) this.#isStale.lanes = true;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw() {
    if (!this.#store || !this.#words || this.#view.widthPx === 0) return;
    const nowMs = this.now();
    const scene = { view: this.#view, layout: this.#layout, words: this.#words, nowMs };
    if (this.#isStale.lanes) {
      if (performance.now() - this.#wantedAtMs > WANT_EVERY_MS) this.#want();
      this.#painter?.paint({ ...scene, accounts: this.accounts(), showsEvents: this.#showsEvents });
      this.#nowX = xOf(this.#view, nowMs);
    }
    const isExact = this.#view.spanMs < EXACT_BELOW_MS;
    this.#marks?.paint({
      ...scene,
      playheadMs: this.#playheadMs,
      hoverMs: this.#hoverMs,
      selection: this.#selection,
      isExact,
    });
    this.#isStale = { lanes: false, marks: false };
  }

  #want() {
    this.#wantedAtMs = performance.now();
    const { startMs, spanMs } = this.#view;
    this.#store?.want(
      this.#cameras.map(({ slug }) => slug),
      startMs,
      startMs + spanMs,
    );
  }

  /** Time goes on: what grows is drawn when it has grown by half a pixel, and asked for. */
  #tick() {
    if (document.hidden || this.#view.widthPx === 0) return;
    this.#want();
    const x = xOf(this.#view, this.now());
    const wasSeen = this.#nowX >= 0 && this.#nowX <= this.#view.widthPx;
    if (Math.abs(x - this.#nowX) >= 0.5 && (wasSeen || (x >= 0 && x <= this.#view.widthPx))) this.#invalidate(true);
  }

  /** @param {View} view */
  #showByHand(view) {
    this.#dropHover();
    this.show(view);
  }

  /** @param {number} x @param {number} y @param {boolean} isTouch @returns {Drag} */
  #meaning(x, y, isTouch) {
    const reach = isTouch ? GRAB.touch : GRAB.mouse;
    const isNear = (/** @type {number | undefined} */ atMs) =>
      atMs !== undefined && Math.abs(xOf(this.#view, atMs) - x) <= reach;
    if (this.#selection && y > this.#layout.rulerPx) {
      if (isNear(this.#selection.startMs)) return "start";
      if (isNear(this.#selection.endMs)) return "end";
    }
    if (this.#playheadMs !== null) {
      const isOnPill = y < this.#layout.rulerPx && Math.abs(xOf(this.#view, this.#playheadMs) - x) < 40;
      if (isOnPill || isNear(this.#playheadMs)) return "scrub";
    }
    return this.isSelecting ? "select" : "pan";
  }

  /** @param {Drag} drag @param {number} x @param {number} y @param {"start" | "move" | "end" | "cancel"} phase */
  #dragged(drag, x, y, phase) {
    const atMs = Math.min(timeAt(this.#view, Math.max(0, Math.min(this.#view.widthPx, x))), this.now());
    if (drag === "scrub") {
      this.#playheadMs = atMs;
      this.#invalidate(false);
      if (phase === "start" || phase === "move") this.#preview(atMs, x, y);
      else this.#dropHover();
      this.#fire("scrub", { atMs, phase });
      return;
    }
    if (phase === "start") {
      const edges = this.#selection;
      if (drag === "start" && edges) this.#anchorMs = edges.endMs;
      else if (drag === "end" && edges) this.#anchorMs = edges.startMs;
      else this.#anchorMs = atMs;
    }
    this.#selection = { startMs: Math.min(this.#anchorMs, atMs), endMs: Math.max(this.#anchorMs, atMs) };
    this.#preview(atMs, x, y);
    const isFinal = phase === "end" || phase === "cancel";
    if (isFinal) this.#dropHover();
    this.#invalidate(false);
    this.#fire("selectionchange", { selection: this.#selection, isFinal });
  }

  /** @param {number} x @param {number} y @param {boolean} isTouch */
  #clicked(x, y, isTouch) {
    const mark = this.#markAt(x, y, isTouch);
    const atMs = mark?.isNarrow ? mark.event.startMs : Math.min(timeAt(this.#view, x), this.now());
    this.#fire("seek", { atMs, camera: this.#cameras[laneAt(this.#layout, y)]?.slug ?? "" });
    if (!isTouch) return;
    this.#preview(atMs, x, y, mark);
    clearTimeout(this.#cardTimer);
    this.#cardTimer = setTimeout(() => this.#dropHover(), CARD_AFTER_TAP_MS);
  }

  /** @param {number} x @param {number} y */
  #hovered(x, y) {
    const meaning = this.#meaning(x, y, false);
    const mark = this.#markAt(x, y, false);
    this.#surface.dataset.cursor = meaning === "pan" && mark ? "mark" : meaning;
    this.#hoverMs = timeAt(this.#view, x);
    this.#invalidate(false);
    this.#preview(this.#hoverMs, x, y, mark);
  }

  /** The event that is pointed at, if any. @param {number} x @param {number} y @param {boolean} isTouch */
  #markAt(x, y, isTouch) {
    const camera = this.#cameras[laneAt(this.#layout, y)];
    if (!this.#showsEvents || !camera || !this.#store || !isOnEvents(this.#layout, y)) return null;
    const { events } = this.#store.lane(camera.slug, this.#view.startMs, endOf(this.#view));
    return markAt(marked(events), this.#view, x, isTouch ? MARK_REACH.touch : MARK_REACH.mouse);
  }

  /** @param {number} atMs @param {number} x @param {number} y @param {ReturnType<typeof markAt>} [mark] what is pointed at */
  #preview(atMs, x, y, mark = null) {
    clearTimeout(this.#cardTimer);
    const camera = this.#cameras[laneAt(this.#layout, y)];
    if (!this.#words || !camera || !this.#store) return;
    const account = this.#store.lane(camera.slug, this.#view.startMs, endOf(this.#view));
    const name = this.#cameras.length > 1 ? camera.name : "";
    const place = { view: this.#view, words: this.#words, nowMs: this.now(), previews: this.previews };
    if (mark?.isNarrow) this.#glass.lookAt({ name }, mark.event, mark.count, x, place);
    else {
      const known = this.#showsEvents ? account : { ...account, events: [] };
      this.#glass.look({ slug: camera.slug, name }, known, atMs, x, place);
    }
  }

  #left() {
    if (!this.#isBusy) this.#dropHover();
  }

  #dropHover() {
    clearTimeout(this.#cardTimer);
    if (this.#hoverMs === null && !this.#glass.isShown) return;
    this.#hoverMs = null;
    this.#glass.putAway();
    this.#invalidate(false);
  }

  /** @param {boolean} isBusy */
  #setBusy(isBusy) {
    if (isBusy === this.#isBusy) return;
    this.#isBusy = isBusy;
    this.toggleAttribute("busy", isBusy);
    if (!isBusy) this.#want();
  }

  /** @param {string} name @param {unknown} detail */
  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define("nvr-timeline", NvrTimeline);
