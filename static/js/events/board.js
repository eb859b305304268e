/**
 * What the page shows of the events: fetched page by page, kept up to date by news, never moved under anybody's hands.
 *
 * Fires `change` when the list has changed.
 *
 * @import { NvrEvent } from "./event.js"
 * @import { Filters } from "./filters.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { EventList } from "./event-list.js";
import { EventPages } from "./event-pages.js";
import { newWords } from "./event-words.js";
import { apiQuery, countInUse, matches, NO_FILTERS } from "./filters.js";
import { ListFoot } from "./list-foot.js";
import { ListView } from "./list-view.js";

const TOP_PX = 24;
const TICK_MS = 1_000;
/** A page away from the end is near enough to fetch the next. */
const AHEAD = "900px";

/**
 * @typedef {object} BoardHost
 * @property {(path: string) => Promise<any>} fetch the API's answer
 * @property {() => TimeWords} words
 * @property {() => number} now
 * @property {boolean} hasEvents whether there is any event, of any kind
 */

export class Board extends EventTarget {
  #host;
  #pages;
  #list = new EventList();
  #view;
  #foot;
  #pill = /** @type {HTMLElement} */ (document.getElementById("news"));
  /** @type {Filters} */
  #filters = NO_FILTERS;
  #hasEvents;
  /** So much was missed that the list has a hole at its top. */
  #isBehind = false;

  /** @param {BoardHost} host */
  constructor(host) {
    super();
    this.#host = host;
    this.#hasEvents = host.hasEvents;
    this.#pages = new EventPages(host.fetch);
    const root = /** @type {HTMLElement} */ (document.getElementById("events"));
    const foot = /** @type {HTMLElement} */ (document.getElementById("foot"));
    this.#view = new ListView(root, host);
    this.#foot = new ListFoot(foot, root, () => this.#more());
    this.#pill.addEventListener("click", () => this.showNews());
    const end = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.#scrolled(), {
      rootMargin: AHEAD,
    });
    end.observe(foot);
    // A page that doesn't fill the screen leaves its end in sight, of which no observer tells again.
    this.addEventListener("change", () => {
      end.unobserve(foot);
      end.observe(foot);
    });
    setInterval(() => this.#view.tick(), TICK_MS);
  }

  get view() {
    return this.#view;
  }

  get events() {
    return this.#list.events;
  }

  /** @param {number} id */
  get(id) {
    return this.#list.get(id);
  }

  /** @param {number} id @param {1 | -1} step */
  beside(id, step) {
    return this.#list.beside(id, step);
  }

  /** @param {Filters} filters */
  async load(filters) {
    this.#filters = filters;
    this.#isBehind = false;
    this.#list.clear();
    this.#render();
    this.#foot.loading(true);
    this.#take(await this.#pages.start(apiQuery(filters, this.#host.words().zone, this.#host.now())));
  }

  /** In another time zone the same events have other times, and "today" others. @param {boolean} isAnew */
  rezone(isAnew) {
    if (isAnew) this.load(this.#filters);
    else this.#render();
  }

  /** One that began, changed or ended. @param {NvrEvent} event */
  hear(event) {
    this.#hasEvents = true;
    const isKnown = this.#list.get(event.id) !== undefined;
    if (!isKnown && !this.#isWanted(event)) return;
    // Beyond what was fetched: it comes with its page.
    const last = this.events[this.events.length - 1];
    if (!isKnown && this.#pages.hasMore && last && event.startMs < last.startMs) return;
    if (this.#list.put(event, { holdsBack: this.#isBusy() }) === "changed") this.#view.update(event);
    else this.#render();
    this.#changed();
  }

  /** Changed by this page. @param {NvrEvent[]} events */
  change(events) {
    for (const event of events) {
      if (!this.#list.get(event.id)) continue;
      this.#list.put(event, { holdsBack: true });
      this.#view.update(event);
    }
    this.#changed();
  }

  /** @param {number} id */
  drop(id) {
    if (this.#list.drop(id)) this.#render();
    this.#changed();
  }

  /** Asks for what may have happened unheard. */
  async catchUp() {
    const answer = await this.#pages.newest();
    if (!answer) return;
    const { events, isAll } = answer;
    const hasHole = this.events.length > 0 && !isAll && !events.some(({ id }) => this.#list.isShown(id));
    if (hasHole && !this.#isBusy()) {
      await this.load(this.#filters);
      return;
    }
    this.#isBehind ||= hasHole;
    for (const event of events) this.hear(event);
  }

  /** Shows what waited, at the top. */
  async showNews() {
    scrollTo({ top: 0, behavior: "instant" });
    if (this.#isBehind) {
      await this.load(this.#filters);
    } else {
      this.#list.release();
      this.#render();
      this.#changed();
    }
    this.#view.card(this.events[0]?.id)?.opener.focus({ preventScroll: true });
  }

  /** After a failure a hand decides when to try again. */
  #scrolled() {
    if (!this.#pages.trouble) this.#more();
  }

  async #more() {
    if (this.#pages.isLoading || !this.#pages.hasMore) return;
    this.#foot.loading(this.events.length === 0);
    this.#take(await this.#pages.more());
  }

  /** @param {NvrEvent[] | null} events */
  #take(events) {
    if (!events && !this.#pages.trouble) return;
    if (events?.length) this.#hasEvents = true;
    this.#list.add(events ?? []);
    this.#render();
    this.#foot.settled({
      count: this.events.length,
      hasMore: this.#pages.hasMore,
      trouble: this.#pages.trouble,
    });
    this.#changed();
  }

  /** @param {NvrEvent} event */
  #isWanted(event) {
    const isReviewWanted = this.#filters.review === "all" || event.isReviewed === (this.#filters.review === "done");
    return isReviewWanted && matches(this.#filters, event, this.#host.words().zone, this.#host.now());
  }

  /** Whether something that moves the list would be in somebody's way. */
  #isBusy() {
    const { root } = this.#view;
    const isAtWork = root.contains(document.activeElement) || root.matches(":hover");
    return scrollY > TOP_PX || isAtWork || document.querySelector("dialog[open]") !== null;
  }

  #render() {
    this.#view.show(this.events);
  }

  #changed() {
    const waiting = this.#list.heldCount;
    this.#pill.hidden = waiting === 0;
    const text = this.#isBehind ? "Many new events" : newWords(waiting);
    if (waiting && this.#pill.textContent !== text) this.#pill.textContent = text;
    const isEmpty = this.events.length === 0 && !this.#pages.isLoading && !this.#pages.trouble;
    this.#foot.empty(isEmpty ? this.#whyEmpty() : "");
    this.dispatchEvent(new Event("change"));
  }

  #whyEmpty() {
    if (countInUse(this.#filters)) return "filtered";
    if (!this.#hasEvents) return "nothing";
    return this.#filters.review === "new" ? "done" : "none-done";
  }
}
