/**
 * What was found, over time: a bar for each stretch, hatched where nothing is known. A bar is a button that leads to its first result.
 *
 * @import { TimeWords } from "../timeline/time-words.js"
 * @import { Bin } from "./bins.js"
 */

import { element } from "../exports/dom.js";

const DAY_MS = 86_400_000;
/** What there is at all is to be seen. */
const LEAST = 0.08;
const LABELS = 6;

export class Histogram {
  #root;
  #choose;

  /** @param {HTMLElement} root @param {(bin: Bin) => void} choose */
  constructor(root, choose) {
    this.#root = root;
    this.#choose = choose;
  }

  /** @param {Bin[]} bins @param {TimeWords} words */
  show(bins, words) {
    const most = Math.max(1, ...bins.map(({ movedMs }) => movedMs));
    const bars = element("div", "area-bars");
    bars.append(...bins.map((bin) => this.#bar(bin, most, words)));
    this.#root.replaceChildren(bars, axis(bins, words));
    this.#root.hidden = bins.length === 0;
  }

  clear() {
    this.#root.replaceChildren();
    this.#root.hidden = true;
  }

  /** @param {Bin} bin @param {number} most @param {TimeWords} words */
  #bar(bin, most, words) {
    const bar = element(bin.movedMs ? "button" : "span", "area-bar");
    const when = whenWords(bin, words);
    const what = bin.count ? `${bin.count} times` : bin.movedMs ? "something moved" : "nothing";
    bar.title = `${when}: ${what}${bin.unknown > 0.02 ? `, ${Math.round(bin.unknown * 100)} % not looked through` : ""}`;
    bar.classList.toggle("is-unknown", bin.unknown > 0.5);
    if (bar instanceof HTMLButtonElement) {
      bar.type = "button";
      bar.setAttribute("aria-label", bar.title);
      bar.addEventListener("click", () => this.#choose(bin));
      const fill = element("i", "");
      fill.style.blockSize = `${Math.max(LEAST, Math.sqrt(bin.movedMs / most)) * 100}%`;
      bar.append(fill);
    }
    return bar;
  }
}

/** @param {Bin} bin @param {TimeWords} words */
function whenWords({ startMs, endMs }, words) {
  if (endMs - startMs > DAY_MS / 2) return words.date(startMs);
  return `${words.shortDate(startMs)}, ${words.hour(startMs)} – ${words.hour(endMs)}`;
}

/** A few of the times beneath. @param {Bin[]} bins @param {TimeWords} words */
function axis(bins, words) {
  const line = element("div", "area-axis");
  line.setAttribute("aria-hidden", "true");
  if (!bins.length) return line;
  const every = Math.max(1, Math.ceil(bins.length / LABELS));
  const isLong = bins[bins.length - 1].endMs - bins[0].startMs > 2 * DAY_MS;
  for (let at = 0; at < bins.length; at += every) {
    const { startMs } = bins[at];
    const label = element("span", "", isLong ? words.shortDate(startMs) : words.hour(startMs));
    label.style.insetInlineStart = `${(at / bins.length) * 100}%`;
    line.append(label);
  }
  return line;
}
