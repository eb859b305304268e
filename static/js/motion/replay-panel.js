/**
 * What the settings on the page would have made of the past: two timelines one over the other, those events that were made and those that would be.
 *
 * @typedef {{startMs: number, endMs: number, zones: string[], score: number, bestAtMs: number | null, picture: string | null}} Shown
 */

import { call, list } from "../api.js";
import { placeQuery } from "../timeline/address.js";
import { clockTime } from "../words.js";
import { analysedWords, compare, comparisonWords } from "./comparison.js";
import { EventTrack } from "./event-track.js";

const HOUR_MS = 3_600_000;
const SHOWN_AROUND_MS = 120_000;

export class ReplayPanel {
  #slug;
  #mayPlayBack;
  #host;
  #wish;
  #button;
  #choice;
  #words;
  #doubt;
  #result;
  #made;
  #would;

  /**
   * @param {string} slug @param {boolean} mayPlayBack @param {HTMLElement} host
   * @param {() => {body: object, problem: string}} wish the settings and zones to try
   */
  constructor(slug, mayPlayBack, host, wish) {
    const find = (/** @type {string} */ name) => /** @type {HTMLElement} */ (host.querySelector(name));
    this.#slug = slug;
    this.#mayPlayBack = mayPlayBack;
    this.#host = host;
    this.#wish = wish;
    this.#button = /** @type {HTMLButtonElement} */ (find("[data-do=replay]"));
    this.#choice = /** @type {HTMLSelectElement} */ (find("select"));
    this.#words = find(".replay-words");
    this.#doubt = find(".replay-doubt");
    this.#result = find(".replay-result");
    const picture = (/** @type {number} */ atMs) =>
      mayPlayBack ? `/api/v1/cameras/${encodeURIComponent(slug)}/preview.jpg?at=${atMs}&width=320` : null;
    const address = (/** @type {number} */ atMs) =>
      mayPlayBack ? `/recordings/${placeQuery({ cameras: [slug], atMs, spanMs: SHOWN_AROUND_MS })}` : null;
    this.#made = mayPlayBack ? new EventTrack(find("[data-track=made]"), { picture, address }) : null;
    this.#would = new EventTrack(find("[data-track=would]"), { picture, address });
    this.#button.addEventListener("click", () => this.run());
  }

  async run() {
    if (this.#host.getAttribute("aria-busy") === "true") return;
    const { body, problem } = this.#wish();
    if (problem) {
      this.#words.textContent = problem;
      return;
    }
    const endMs = Date.now();
    const startMs = endMs - Number(this.#choice.value) * HOUR_MS;
    this.#busy(true);
    try {
      const [would, made] = await Promise.all([
        call(`cameras/${encodeURIComponent(this.#slug)}/motion/replay/`, {
          method: "POST",
          body: { ...body, start: startMs, end: endMs },
        }),
        this.#mayPlayBack
          ? list(`events/?camera=${encodeURIComponent(this.#slug)}&kind=motion&start=${startMs}&end=${endMs}`)
          : [],
      ]);
      this.#show(would, made, startMs, endMs);
    } catch (error) {
      this.#result.hidden = true;
      this.#words.textContent = error instanceof Error ? error.message : "That could not be tried.";
    }
    this.#busy(false);
  }

  /** The settings are others now: what is shown is not what they would do. */
  outdate() {
    this.#host.toggleAttribute("data-outdated", !this.#result.hidden);
  }

  /** @param {any} would @param {any[]} made @param {number} startMs @param {number} endMs */
  #show(would, made, startMs, endMs) {
    const was = made.map(shownOf).sort((one, other) => one.startMs - other.startMs);
    const wouldBe = would.events.map(shownOf);
    const spans = [was, wouldBe].map((events) =>
      events.map((/** @type {Shown} */ event) => ({ start_ms: event.startMs, end_ms: event.endMs })),
    );
    const found = compare(spans[0], spans[1]);
    this.#made?.show(was, found.made, startMs, endMs);
    this.#would.show(wouldBe, found.would, startMs, endMs);
    this.#words.textContent = this.#made
      ? comparisonWords(was.length, wouldBe.length, found)
      : `With these settings: ${wouldBe.length === 1 ? "1 event" : `${wouldBe.length} events`}.`;
    this.#doubt.textContent = analysedWords(would.analysed_ms, endMs - startMs, would.turning_ms);
    this.#doubt.hidden = !this.#doubt.textContent;
    const now = new Date(endMs);
    const [from, to] = this.#host.querySelectorAll(".replay-scale time");
    from.textContent = clockTime(new Date(startMs), now);
    to.textContent = clockTime(now, now);
    this.#result.hidden = false;
    this.#host.removeAttribute("data-outdated");
  }

  /** @param {boolean} isBusy */
  #busy(isBusy) {
    // Not `disabled`: it would lose the focus.
    this.#button.setAttribute("aria-disabled", String(isBusy));
    this.#host.setAttribute("aria-busy", String(isBusy));
    if (isBusy) this.#words.textContent = "Going through what was noted of this time …";
  }
}

/** From either API: events that were made say more. @param {any} event @returns {Shown} */
function shownOf(event) {
  return {
    startMs: event.start_ms,
    endMs: event.end_ms ?? event.seen_until_ms,
    zones: event.zones,
    score: event.peak_score,
    bestAtMs: event.best_at_ms,
    picture: event.picture ?? null,
  };
}
