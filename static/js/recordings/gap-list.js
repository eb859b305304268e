/**
 * What the timeline shows, in words: gaps with their reasons and protected spans, newest first. For everybody, and for who can't see it.
 *
 * @import { Account } from "../timeline/account.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { gapWords, lengthWords } from "../timeline/time-words.js";

const SHOWN = 40;
const SETTLED_MS = 350;
/** Shorter ones than a two-thousandth of the view are drawn, and not listed. */
const FINEST = 2_000;

/** @typedef {{startMs: number, endMs: number, kind: string, text: string, camera: string}} Line */

export class GapList {
  #details;
  #summary;
  #list;
  #host;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #shown = "";

  /**
   * @param {HTMLDetailsElement} details
   * @param {{words: () => TimeWords, now: () => number, isBusy: () => boolean, names: () => string[], accounts: () => Account[], spanMs: () => number, seek: (atMs: number) => void}} host
   */
  constructor(details, host) {
    this.#details = details;
    this.#summary = /** @type {HTMLElement} */ (details.querySelector("summary span"));
    this.#list = /** @type {HTMLElement} */ (details.querySelector("ol"));
    this.#host = host;
    this.#list.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("button"));
      if (button) host.seek(Number(button.dataset.at));
    });
  }

  /** When the timeline has come to rest. */
  refreshSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#host.isBusy() ? this.refreshSoon() : this.#refresh()), SETTLED_MS);
  }

  #refresh() {
    const names = this.#host.names();
    const finest = this.#host.spanMs() / FINEST;
    const lines = this.#host
      .accounts()
      .flatMap((account, at) => linesOf(account, names[at]))
      .filter((line) => line.endMs - line.startMs >= finest)
      .sort((a, b) => b.startMs - a.startMs);
    const gaps = lines.filter(({ kind }) => kind !== "protected").length;
    const key = JSON.stringify([lines, this.#host.words().zone.name]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#details.classList.toggle("is-empty", lines.length === 0);
    this.#summary.textContent = [count(gaps, "gap"), count(lines.length - gaps, "protected span")]
      .filter(Boolean)
      .join(", ");
    this.#list.replaceChildren(...lines.slice(0, SHOWN).map((line) => this.#item(line, names.length > 1)));
    if (lines.length > SHOWN) {
      const more = document.createElement("li");
      more.className = "quiet small";
      more.textContent = `and ${lines.length - SHOWN} more: zoom in to see them`;
      this.#list.append(more);
    }
  }

  /** @param {Line} line @param {boolean} isNamed */
  #item(line, isNamed) {
    const words = this.#host.words();
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.at = String(line.kind === "protected" ? line.startMs : line.endMs);
    const dot = document.createElement("i");
    dot.className = "gap-dot";
    dot.dataset.kind = line.kind;
    const time = document.createElement("span");
    time.className = "gap-time";
    time.textContent = words.span(line.startMs, line.endMs, this.#host.now());
    const said = document.createElement("span");
    const what = line.kind === "protected" ? (line.text ? `Protected: ${line.text}` : "Protected") : gapWords(line);
    said.textContent = `${isNamed ? `${line.camera}: ` : ""}${what} (${lengthWords(line.endMs - line.startMs)})`;
    button.append(dot, time, said);
    item.append(button);
    return item;
  }
}

/** @param {Account} account @param {string} camera @returns {Line[]} */
function linesOf(account, camera) {
  return [
    ...account.gaps.map((gap) => ({ ...gap, camera })),
    ...account.protections.map(({ startMs, endMs, note }) => ({
      startMs,
      endMs,
      kind: "protected",
      text: note,
      camera,
    })),
  ];
}

/** @param {number} number @param {string} noun */
function count(number, noun) {
  return number ? `${number} ${noun}${number === 1 ? "" : "s"} in view` : "";
}
