/** What stands beneath the list, or in its place: more is coming, that was all, something went wrong, nothing is there and why. */

import { button, element } from "../exports/dom.js";

const SKELETONS = 10;

/** @typedef {"" | "nothing" | "done" | "none-done" | "filtered"} Emptiness why there is no event */

export class ListFoot {
  #root;
  #list;
  #retry;
  #shown = "";

  /** @param {HTMLElement} root @param {HTMLElement} list @param {() => void} retry */
  constructor(root, list, retry) {
    this.#root = root;
    this.#list = list;
    this.#retry = retry;
  }

  /** @param {boolean} isFirst nothing is there yet */
  loading(isFirst) {
    this.#list.setAttribute("aria-busy", "true");
    this.empty("");
    this.#show(isFirst ? "first" : "more", () => skeletons(isFirst ? SKELETONS : SKELETONS / 2));
  }

  /** @param {{count: number, hasMore: boolean, trouble: string}} state */
  settled({ count, hasMore, trouble }) {
    this.#list.setAttribute("aria-busy", "false");
    if (trouble) this.#show(trouble, () => [this.#trouble(trouble)]);
    else if (hasMore || !count) this.#show("", () => []);
    else this.#show(`end ${count}`, () => [element("p", "ev-end quiet small", `That was all: ${countWords(count)}.`)]);
  }

  /** @param {Emptiness} why */
  empty(why) {
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-empty]")))
      one.hidden = one.dataset.empty !== why;
  }

  /** @param {string} key @param {() => HTMLElement[]} make */
  #show(key, make) {
    if (key === this.#shown) return;
    this.#shown = key;
    this.#root.replaceChildren(...make());
  }

  /** @param {string} text */
  #trouble(text) {
    const box = element("div", "ev-trouble");
    box.setAttribute("role", "alert");
    box.append(
      element("p", "", `The events can’t be loaded: ${text}`),
      button("Try again", "history", () => this.#retry()),
    );
    return box;
  }
}

/** @param {number} count */
function skeletons(count) {
  const grid = element("div", "ev-grid");
  grid.setAttribute("aria-hidden", "true");
  for (let at = 0; at < count; at += 1) {
    const one = element("div", "ev ev-skeleton");
    one.append(element("span", "ev-picture skeleton"), element("span", "skeleton"), element("span", "skeleton"));
    grid.append(one);
  }
  return [grid];
}

/** @param {number} count */
function countWords(count) {
  return count === 1 ? "1 event" : `${count} events`;
}
