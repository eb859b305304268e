/**
 * The list on the page: a section for each day, in it the events of its hours. What is there stays the same element, so that focus,
 * pictures and the place one reads at survive every change.
 *
 * @import { NvrEvent } from "./event.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 * @import { Day } from "./grouping.js"
 */

import { element } from "../exports/dom.js";
import { EventCard } from "./card.js";
import { nearDay } from "./event-words.js";
import { groupsOf } from "./grouping.js";

/** @typedef {{section: HTMLElement, title: HTMLElement, note: HTMLElement, list: HTMLElement}} DaySection */

export class ListView {
  #root;
  #words;
  #now;
  /** @type {Map<number, EventCard>} */
  #cards = new Map();
  /** @type {Map<number, DaySection>} */
  #days = new Map();

  /** @param {HTMLElement} root @param {{words: () => TimeWords, now: () => number}} host */
  constructor(root, { words, now }) {
    this.#root = root;
    this.#words = words;
    this.#now = now;
  }

  get root() {
    return this.#root;
  }

  /** @param {number} id */
  card(id) {
    return this.#cards.get(id);
  }

  /** The card that an element lies in. @param {EventTarget | null} target */
  cardOf(target) {
    const item = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(".ev")) : null;
    return item ? this.#cards.get(Number(item.dataset.id)) : undefined;
  }

  /** @param {readonly NvrEvent[]} events newest first */
  show(events) {
    const words = this.#words();
    const nowMs = this.#now();
    const groups = groupsOf([...events], words.zone);
    this.#forget(events, groups);
    for (const event of events) {
      const card = this.#cards.get(event.id);
      if (card) card.show(event, words, nowMs);
      else this.#cards.set(event.id, new EventCard(event, words, nowMs));
    }
    arrange(
      this.#root,
      groups.map((group) => this.#section(group, words, nowMs)),
    );
  }

  /** One that has changed, where it is. @param {NvrEvent} event */
  update(event) {
    this.#cards.get(event.id)?.show(event, this.#words(), this.#now());
  }

  /** What lasts until now is longer by now. */
  tick() {
    for (const card of this.#cards.values()) if (card.event.isGoingOn) this.update(card.event);
  }

  /** @param {readonly NvrEvent[]} events @param {Day[]} groups */
  #forget(events, groups) {
    const ids = new Set(events.map(({ id }) => id));
    for (const id of this.#cards.keys()) if (!ids.has(id)) this.#cards.delete(id);
    const days = new Set(groups.map(({ day }) => day));
    for (const day of this.#days.keys()) if (!days.has(day)) this.#days.delete(day);
  }

  /** @param {Day} group @param {TimeWords} words @param {number} nowMs */
  #section(group, words, nowMs) {
    const parts = this.#days.get(group.day) ?? this.#newSection(group.day);
    const near = nearDay(group.day, words.zone.dayOf(nowMs));
    const date = words.longDate(group.startMs);
    setText(parts.title, near || date);
    setText(parts.note, near ? date : "");
    const items = group.hours.flatMap(({ startMs, events }) =>
      events.map(({ id }, at) => {
        const card = /** @type {EventCard} */ (this.#cards.get(id));
        card.hour = at === 0 ? words.hour(startMs) : "";
        return card.element;
      }),
    );
    arrange(parts.list, items);
    return parts.section;
  }

  /** @param {number} day @returns {DaySection} */
  #newSection(day) {
    const section = element("section", "ev-day-section");
    const head = element("header", "ev-day-head");
    const title = element("h2", "");
    title.id = `day-${day}`;
    const note = element("span", "quiet");
    section.setAttribute("aria-labelledby", title.id);
    const list = element("ol", "ev-grid");
    head.append(title, note);
    section.append(head, list);
    const parts = { section, title, note, list };
    this.#days.set(day, parts);
    return parts;
  }
}

/** Puts the children in order; those that are in their place are not touched. @param {HTMLElement} parent @param {HTMLElement[]} wanted */
export function arrange(parent, wanted) {
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(/** @type {HTMLElement} */ (child))) child.remove();
  let at = parent.firstElementChild;
  for (const one of wanted) {
    if (one === at) at = at.nextElementSibling;
    else parent.insertBefore(one, at);
  }
}

/** @param {HTMLElement} target @param {string} text */
function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}
