/** One event in the list: its picture, and beneath it when, where and what. The whole card opens it; a button of its own marks it reviewed. */

import { element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { pictureOf } from "./event.js";
import { durationWords, kindIcon, kindTitle, placeWords, summaryWords } from "./event-words.js";

/**
 * @import { NvrEvent } from "./event.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 */

const PICTURE_PX = 480;

export class EventCard {
  element = element("li", "ev");
  #event;
  #hour = element("h3", "ev-hour");
  #card = element("article", "ev-card");
  #open = element("button", "ev-open");
  #picture = element("span", "ev-picture");
  #image = element("img", "");
  #symbol = element("span", "ev-symbol");
  #badges = element("span", "ev-badges");
  #length = element("span", "ev-length");
  #time = element("time", "");
  #place = element("span", "ev-place");
  #tags = element("span", "ev-tags");
  #score = element("span", "ev-score");
  #bar = element("i", "");
  #review = element("button", "ev-review");
  /** @type {HTMLImageElement | null} */
  #moving = null;
  /** @type {string | null} */
  #shownPicture = null;
  #shown = "";

  /** @param {NvrEvent} event @param {TimeWords} words @param {number} nowMs */
  constructor(event, words, nowMs) {
    this.#event = event;
    this.#build();
    this.show(event, words, nowMs);
  }

  get event() {
    return this.#event;
  }

  /** What has the focus when this one is meant. */
  get opener() {
    return this.#open;
  }

  /** What a swipe moves. */
  get body() {
    return this.#card;
  }

  /** Moving pictures instead of the still one, once they are there. @param {boolean} isMoving */
  set isMoving(isMoving) {
    this.#moving?.remove();
    this.#moving = null;
    if (!isMoving || !this.#event.preview) return;
    this.#moving = element("img", "ev-moving");
    this.#moving.alt = "";
    this.#moving.src = this.#event.preview;
    this.#image.after(this.#moving);
  }

  /** Said above it when it is the first of its hour; else empty. @param {string} text */
  set hour(text) {
    if (this.#hour.textContent !== text) this.#hour.textContent = text;
    this.#hour.hidden = !text;
  }

  /** @param {NvrEvent} event @param {TimeWords} words @param {number} nowMs */
  show(event, words, nowMs) {
    this.#event = event;
    const summary = summaryWords(event, words, nowMs);
    const key = `${summary}/${event.picture}/${event.score}/${event.isLate}/${words.zone.name}`;
    if (key === this.#shown) return;
    this.#shown = key;
    const { dataset } = this.element;
    [dataset.id, dataset.kind] = [String(event.id), event.kind];
    this.element.classList.toggle("is-reviewed", event.isReviewed);
    this.element.classList.toggle("is-going-on", event.isGoingOn);
    this.#open.setAttribute("aria-label", summary);
    this.#time.textContent = words.time(event.startMs);
    this.#time.dateTime = new Date(event.startMs).toISOString();
    this.#place.textContent = placeWords(event);
    this.#length.textContent = durationWords(event, nowMs);
    this.#score.classList.toggle("is-none", event.kind !== "motion");
    this.#bar.style.inlineSize = `${Math.max(3, Math.min(100, event.score))}%`;
    this.#showTags(event);
    this.#showBadges(event);
    this.#showPicture(event);
    this.#showReview(event);
  }

  #build() {
    this.#open.type = this.#review.type = "button";
    this.#image.alt = "";
    this.#image.loading = "lazy";
    this.#image.decoding = "async";
    this.#image.draggable = false;
    // Deleted with its footage, or not made yet.
    this.#image.addEventListener("error", () => {
      this.#image.hidden = true;
    });
    this.#image.addEventListener("load", () => {
      this.#image.hidden = false;
    });
    this.#score.append(this.#bar);
    this.#picture.append(this.#symbol, this.#image, this.#badges, this.#length);
    const line = element("span", "ev-line");
    line.append(this.#time, this.#place);
    const facts = element("span", "ev-facts");
    facts.append(line, this.#tags, this.#score);
    this.#open.append(this.#picture, facts);
    this.#review.append(icon("check"));
    this.#card.append(this.#open, this.#review);
    this.#hour.hidden = true;
    this.element.append(this.#hour, this.#card);
  }

  /** @param {NvrEvent} event */
  #showTags(event) {
    const tags = [];
    if (event.kind !== "motion") tags.push(element("span", "ev-tag ev-tag-kind", kindTitle(event.kind)));
    for (const { label } of event.labels) tags.push(element("span", "ev-tag ev-tag-label", label));
    for (const zone of event.zones) tags.push(element("span", "ev-tag", zone));
    if (event.reason) tags.push(element("span", "ev-reason", event.reason));
    if (!tags.length) tags.push(element("span", "ev-tag ev-tag-kind", kindTitle(event.kind)));
    this.#tags.replaceChildren(...tags);
  }

  /** @param {NvrEvent} event */
  #showBadges(event) {
    const badges = [];
    if (event.isGoingOn) badges.push(element("span", "ev-badge ev-badge-now", "Now"));
    if (event.isLate) badges.push(element("span", "ev-badge", "Found late"));
    this.#badges.replaceChildren(...badges);
  }

  /** @param {NvrEvent} event */
  #showPicture(event) {
    if (this.#symbol.dataset.icon !== event.kind) {
      this.#symbol.dataset.icon = event.kind;
      this.#symbol.replaceChildren(icon(kindIcon(event.kind)));
    }
    const address = pictureOf(event, PICTURE_PX);
    if (address === this.#shownPicture) return;
    this.#shownPicture = address;
    if (address) this.#image.src = address;
    else this.#image.hidden = true;
  }

  /** @param {NvrEvent} event */
  #showReview(event) {
    this.#review.setAttribute("aria-pressed", String(event.isReviewed));
    this.#review.setAttribute("aria-label", `Reviewed: ${placeWords(event)}, ${this.#time.textContent}`);
    this.#review.title = event.isReviewed ? "Reviewed. Press to take it back (r)" : "Mark as reviewed (r)";
  }
}
