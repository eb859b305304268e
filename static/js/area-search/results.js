/**
 * What a search has found: a picture, when, how long, how strongly; each leads to the timeline.
 *
 * @import { TimeWords } from "../timeline/time-words.js"
 * @import { Found } from "./stretches.js"
 */

import { previewAt } from "../events/event.js";
import { button, element } from "../exports/dom.js";
import { placeQuery } from "../timeline/address.js";
import { lengthWords } from "../timeline/time-words.js";
import { shareWords } from "./search-words.js";

const SHOWN = 40;
const PICTURE_PX = 320;
/** Something has moved into sight by then. */
const INTO_MS = 700;
const AROUND = 8;
const SHORTEST_MS = 120_000;
const LONGEST_MS = 6 * 3_600_000;

export class Results {
  #list;
  #foot;
  #words;
  /** @type {Found[]} */
  #found = [];
  #camera = "";
  #shown = SHOWN;
  /** @type {Map<number, HTMLElement>} */
  #items = new Map();

  /** @param {HTMLElement} list @param {HTMLElement} foot @param {() => TimeWords} words */
  constructor(list, foot, words) {
    this.#list = list;
    this.#foot = foot;
    this.#words = words;
  }

  /** @param {string} camera slug */
  clear(camera) {
    this.#camera = camera;
    this.#shown = SHOWN;
    this.show([]);
  }

  /** @param {Found[]} found newest first */
  show(found) {
    this.#found = found;
    this.#render();
  }

  /** In another time zone. */
  rezone() {
    this.#items.clear();
    this.#render();
  }

  /** The first that begins within a stretch, or reaches into it. @param {number} startMs @param {number} endMs */
  goTo(startMs, endMs) {
    const at = this.#found.findLastIndex((one) => one.startMs < endMs && one.endMs > startMs);
    if (at < 0) return;
    this.#shown = Math.max(this.#shown, at + 1);
    this.#render();
    const link = this.#list.children[at]?.querySelector("a");
    link?.scrollIntoView({ block: "center" });
    link?.focus({ preventScroll: true });
  }

  #render() {
    const found = this.#found.slice(0, this.#shown);
    const items = new Map();
    // A newer part of what is found may still grow at its begin: then it is another one.
    for (const one of found) items.set(one.startMs, this.#items.get(one.startMs) ?? this.#item(one));
    this.#items = items;
    this.#list.replaceChildren(...items.values());
    const rest = this.#found.length - found.length;
    this.#foot.replaceChildren();
    if (rest <= 0) return;
    const more = button(`Show ${Math.min(rest, SHOWN)} more of ${rest}`, "down", () => {
      this.#shown += SHOWN;
      this.#render();
    });
    this.#foot.append(more);
  }

  /** @param {Found} one */
  #item(one) {
    const words = this.#words();
    const item = element("li", "area-result");
    const link = element("a", "");
    const spanMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, (one.endMs - one.startMs) * AROUND));
    link.href = `/recordings/${placeQuery({ cameras: [this.#camera], atMs: one.startMs, spanMs })}`;
    const picture = element("span", "ev-picture");
    const image = element("img", "");
    image.alt = "";
    image.loading = "lazy";
    image.src = previewAt(this.#camera, Math.min(one.endMs, one.startMs + INTO_MS), PICTURE_PX);
    image.addEventListener("error", () => image.remove());
    picture.append(image);
    const facts = element("span", "area-facts");
    const score = element("span", "ev-score");
    const bar = element("i", "");
    bar.style.inlineSize = `${Math.max(3, Math.min(100, one.score))}%`;
    score.append(bar);
    // What the camera's settings leave out is found all the same.
    const slight = one.score ? "" : " · too slight for an event";
    facts.append(
      element("strong", "", words.time(one.startMs)),
      element("span", "quiet", words.date(one.startMs)),
      element(
        "span",
        "quiet",
        `${lengthWords(Math.max(1_000, one.endMs - one.startMs))} · ${shareWords(one)}${slight}`,
      ),
      score,
    );
    link.append(picture, facts);
    item.append(link);
    return item;
  }
}
