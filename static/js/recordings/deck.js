/**
 * Where the page is in time: drives the pictures and the timeline together, and keeps the address that restores them.
 *
 * Fires `place` when time, cameras or zoom have changed, and `playing` when playback has started, stopped or changed its speed.
 *
 * @import { Account } from "../timeline/account.js"
 * @import { NvrPlayback } from "../playback/playback.js"
 * @import { NvrTimeline } from "../timeline/timeline.js"
 * @import { TimelineStore } from "../timeline/timeline-store.js"
 */

import { parsePlace, placeQuery } from "../timeline/address.js";
import { endOf, following, placedAt, shows } from "../timeline/view.js";
import { beginAfter } from "./footage-words.js";

const KEEP_MS = 400;
/** A resting finger sees the picture itself, not only its preview. */
const REST_MS = 160;
/** So far behind "now" there surely is something to play. */
const NEWEST_MS = 8_000;

export class Deck extends EventTarget {
  #playback;
  #timeline;
  #store;
  #now;
  #atMs = 0;
  /** Whether nobody has said yet what is to be seen. */
  #isUnasked = false;
  /** @type {string[]} */
  #cameras = [];
  /** @type {{wasPlaying: boolean} | null} */
  #scrub = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #keeping;

  /** @param {NvrPlayback} playback @param {NvrTimeline} timeline @param {TimelineStore} store @param {() => number} now */
  constructor(playback, timeline, store, now) {
    super();
    this.#playback = playback;
    this.#timeline = timeline;
    this.#store = store;
    this.#now = now;
    playback.addEventListener("timechange", () => this.#played());
    for (const name of ["play", "pause", "ratechange"]) playback.addEventListener(name, () => this.#changed("playing"));
    playback.addEventListener("pause", () => this.#keepSoon());
    timeline.addEventListener("viewchange", () => this.#keepSoon());
    timeline.addEventListener("seek", (event) => this.goTo(/** @type {CustomEvent} */ (event).detail.atMs));
    timeline.addEventListener("scrub", (event) => this.#scrubbed(/** @type {CustomEvent} */ (event).detail));
  }

  get atMs() {
    return this.#atMs;
  }

  get cameras() {
    return this.#cameras;
  }

  get isPlaying() {
    return !this.#playback.paused;
  }

  get rate() {
    return this.#playback.rate;
  }

  set rate(rate) {
    this.#playback.rate = rate;
  }

  /** @param {string[]} cameras slugs */
  choose(cameras) {
    this.#cameras = cameras;
    this.#changed("place");
  }

  /**
   * @param {number} atMs
   * @param {{isStep?: boolean, isJump?: boolean}} [options] `isJump`: the back button comes back from it, and it is shown in the middle
   */
  goTo(atMs, { isJump = false } = {}) {
    this.#isUnasked = false;
    if (isJump) this.keep();
    this.#setTime(Math.min(Math.round(atMs), this.#now()));
    if (isJump) history.pushState(null, "", this.query());
    if (!shows(this.#timeline.view, this.#atMs)) this.#timeline.show(placedAt(this.#timeline.view, this.#atMs));
    this.#load();
    this.#keepSoon();
  }

  /** The newest footage there is. */
  goToNow() {
    this.goTo(this.#now() - NEWEST_MS, { isJump: true });
    this.#timeline.show(placedAt(this.#timeline.view, this.#now(), 0.92));
  }

  /** @param {number} ms */
  nudge(ms) {
    this.goTo(this.#atMs + ms);
  }

  /** To the next begin of footage, or the one before. @param {1 | -1} direction @returns {Promise<boolean>} false when there is none */
  async jump(direction) {
    // Just after a begin one wants the one before it.
    const from = direction > 0 ? this.#atMs + 1 : this.#atMs - 2_000;
    const atMs = await this.#store.findStart(this.#cameras, from, direction);
    if (atMs === null) return false;
    this.goTo(atMs, { isJump: true });
    return true;
  }

  /**
   * To where something else is: `find` says when, from here on.
   *
   * @param {(cameras: string[], atMs: number) => Promise<number | null>} find @returns {Promise<boolean>} false when there is none
   */
  async jumpTo(find) {
    const atMs = await find(this.#cameras, this.#atMs);
    if (atMs === null) return false;
    this.goTo(atMs, { isJump: true });
    return true;
  }

  toggle() {
    this.#playback.toggle();
  }

  /** @param {number} frames */
  step(frames) {
    this.#playback.step(frames);
  }

  /** Shows what the address says. @param {string} search @param {string[]} known slugs */
  restore(search, known) {
    const place = parsePlace(search);
    const cameras = place.cameras.filter((slug) => known.includes(slug));
    this.#cameras = cameras.length ? cameras : known.slice(0, 1);
    const { view } = this.#timeline;
    this.#isUnasked = place.atMs === null;
    const atMs = place.atMs ?? this.#now() - NEWEST_MS;
    this.#setTime(atMs);
    this.#timeline.show(
      placedAt({ ...view, spanMs: place.spanMs ?? view.spanMs }, atMs, place.atMs === null ? 0.88 : 0.5),
    );
    this.#changed("place");
  }

  /** A camera that was just added has its first footage later than where the page began. @param {Account[]} accounts of what is pictured */
  settle(accounts) {
    const atMs = this.#isUnasked && !this.isPlaying ? beginAfter(accounts, this.#atMs) : null;
    if (atMs !== null) this.goTo(atMs);
  }

  /** Loads what is at the present time, for cameras that were just chosen. */
  reload() {
    this.#load();
  }

  query() {
    return placeQuery({ cameras: this.#cameras, atMs: this.#atMs, spanMs: this.#timeline.view.spanMs });
  }

  /** Puts the present place into the address. */
  keep() {
    clearTimeout(this.#keeping);
    history.replaceState(null, "", this.query());
  }

  #keepSoon() {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => (this.#timeline.isBusy ? this.#keepSoon() : this.keep()), KEEP_MS);
  }

  #load() {
    this.#playback.load(this.#atMs);
  }

  #played() {
    const atMs = this.#playback.currentMs;
    if (this.#scrub || !Number.isFinite(atMs) || atMs <= 0) return;
    const before = this.#atMs;
    this.#setTime(atMs);
    if (this.isPlaying && !this.#timeline.isBusy) this.#timeline.show(following(this.#timeline.view, before, atMs));
    if (!this.isPlaying) this.#keepSoon();
  }

  /** @param {{atMs: number, phase: "start" | "move" | "end" | "cancel"}} detail */
  #scrubbed({ atMs, phase }) {
    this.#isUnasked = false;
    if (phase === "start") {
      this.#scrub = { wasPlaying: this.isPlaying };
      if (this.isPlaying) this.toggle();
    }
    this.#setTime(atMs);
    clearTimeout(this.#resting);
    if (phase === "end" || phase === "cancel") {
      const wasPlaying = this.#scrub?.wasPlaying ?? false;
      this.#scrub = null;
      this.goTo(atMs);
      if (wasPlaying) this.toggle();
    } else {
      this.#resting = setTimeout(() => this.#playback.load(Math.round(atMs)), REST_MS);
    }
  }

  /** @param {number} atMs */
  #setTime(atMs) {
    this.#atMs = atMs;
    this.#timeline.playheadMs = atMs;
    this.#changed("place");
  }

  /** @param {string} name */
  #changed(name) {
    this.dispatchEvent(new Event(name));
  }

  /** Whether the playhead is where one looks. */
  get isInView() {
    const { view } = this.#timeline;
    return this.#atMs >= view.startMs && this.#atMs <= endOf(view);
  }
}
