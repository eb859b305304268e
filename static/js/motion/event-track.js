/**
 * One line of events in a window of time, each a link to its moment, with a card that shows it.
 *
 * @import { Shown } from "./replay-panel.js"
 * @typedef {{picture: (atMs: number) => string | null, address: (atMs: number) => string | null}} Places null for who may not play back
 */

import { clockTime, duration } from "../words.js";

/** Parts of the line: narrower ones could not be pointed at. */
const LEAST_WIDTH = 0.006;

export class EventTrack {
  #line;
  #count;
  #card;
  #places;

  /** @param {HTMLElement} host @param {Places} places */
  constructor(host, places) {
    this.#line = /** @type {HTMLElement} */ (host.querySelector(".replay-line"));
    this.#count = /** @type {HTMLElement} */ (host.querySelector(".replay-count"));
    this.#card = /** @type {HTMLElement} */ (host.querySelector(".replay-card"));
    this.#places = places;
    host.addEventListener("pointerleave", () => this.#hide());
    host.addEventListener("focusout", () => this.#hide());
    host.addEventListener("keydown", (event) => event.key === "Escape" && this.#hide());
  }

  /** @param {Shown[]} events @param {boolean[]} isInBoth @param {number} startMs @param {number} endMs */
  show(events, isInBoth, startMs, endMs) {
    this.#hide();
    this.#count.textContent = String(events.length);
    const part = (/** @type {number} */ atMs) => Math.min(1, Math.max(0, (atMs - startMs) / (endMs - startMs)));
    this.#line.replaceChildren(
      ...events.map((event, index) => {
        const left = Math.min(part(event.startMs), 1 - LEAST_WIDTH);
        const width = Math.max(part(event.endMs) - left, LEAST_WIDTH);
        return this.#mark(event, isInBoth[index], left, width, new Date(endMs));
      }),
    );
  }

  /** @param {Shown} event @param {boolean} isInBoth @param {number} left @param {number} width @param {Date} now */
  #mark(event, isInBoth, left, width, now) {
    const address = this.#places.address(event.startMs);
    const mark = document.createElement(address ? "a" : "span");
    mark.className = "replay-mark";
    mark.toggleAttribute("data-alone", !isInBoth);
    mark.style.left = `${left * 100}%`;
    mark.style.width = `${width * 100}%`;
    mark.tabIndex = 0;
    const words = wordsOf(event, now);
    if (mark instanceof HTMLAnchorElement) mark.href = address ?? "";
    else mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", isInBoth ? words : `${words} Only here.`);
    const show = () => this.#show(event, words, left + width / 2);
    mark.addEventListener("pointerenter", show);
    mark.addEventListener("focus", show);
    return mark;
  }

  /** @param {Shown} event @param {string} words @param {number} at part of the line */
  #show(event, words, at) {
    const address = event.picture ?? this.#places.picture(event.bestAtMs ?? event.startMs);
    const text = document.createElement("p");
    text.textContent = words;
    this.#card.replaceChildren(text);
    if (address) {
      const picture = document.createElement("img");
      Object.assign(picture, { src: address, alt: "" });
      picture.addEventListener("error", () => picture.remove());
      this.#card.prepend(picture);
    }
    this.#card.style.setProperty("--at", String(at));
    this.#card.hidden = false;
  }

  #hide() {
    this.#card.hidden = true;
  }
}

/** @param {Shown} event @param {Date} now */
function wordsOf({ startMs, endMs, zones, score }, now) {
  const length =
    endMs - startMs < 60_000 ? `${Math.max(1, Math.round((endMs - startMs) / 1000))} s` : duration(endMs - startMs);
  const where = zones.length ? `, in ${zones.join(", ")}` : "";
  return `${clockTime(new Date(startMs), now)}, ${length}, strength ${score}${where}.`;
}
