/**
 * One event, opened: a larger picture with the place that moved, its footage on request, all that is known of it, and what one can do.
 *
 * Fires `choose` (detail: -1 newer, 1 older), `review`, and `closed`.
 *
 * @import { NvrEvent } from "./event.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { element } from "../exports/dom.js";
import { DetailStage } from "./detail-stage.js";
import { factsOf, placeWords, whatWords } from "./event-words.js";
import { liveAddress, timelineAddress } from "./links.js";

/**
 * @typedef {object} DetailHost
 * @property {() => TimeWords} words
 * @property {() => number} now
 * @property {(slug: string) => {may: string[], role: string} | undefined} camera
 * @property {(id: number, step: 1 | -1) => boolean} hasBeside
 */

export class EventDetail extends EventTarget {
  #host;
  #dialog = /** @type {HTMLDialogElement} */ (document.getElementById("event"));
  #stage;
  /** @type {NvrEvent | null} */
  #event = null;

  /** @param {DetailHost} host */
  constructor(host) {
    super();
    this.#host = host;
    this.#stage = new DetailStage(/** @type {HTMLElement} */ (this.#dialog.querySelector("[data-stage]")));
    const acts = {
      newer: () => this.#fire("choose", -1),
      older: () => this.#fire("choose", 1),
      close: () => this.close(),
      play: () => this.play(),
      review: () => this.#fire("review"),
      export: () => this.#ask("nvr-export"),
      protect: () => this.#ask("nvr-protect"),
    };
    for (const [name, act] of Object.entries(acts)) this.#part(name).addEventListener("click", act);
    this.#dialog.addEventListener("close", () => {
      this.#stage.clear();
      this.#event = null;
      this.#fire("closed");
    });
    // A click beside the dialog closes it.
    this.#dialog.addEventListener("pointerdown", (event) => {
      if (event.target === this.#dialog && isOutside(event, this.#dialog)) this.close();
    });
  }

  get event() {
    return this.#event;
  }

  get dialog() {
    return this.#dialog;
  }

  /** @param {NvrEvent} event */
  open(event) {
    this.#event = event;
    this.#stage.show(event, this.#host.camera(event.camera ?? "")?.role ?? "main", this.#host.words().zone.name);
    this.#show();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
  }

  /** The open one has changed. @param {NvrEvent} event */
  update(event) {
    if (this.#event?.id !== event.id) return;
    this.#event = event;
    this.#stage.update(event);
    this.#show();
  }

  /** In another time zone, or with other neighbours. */
  refresh() {
    if (this.#event) this.#show();
  }

  play() {
    if (this.#event) this.#stage.play();
  }

  close() {
    this.#dialog.close();
  }

  #show() {
    const event = /** @type {NvrEvent} */ (this.#event);
    const words = this.#host.words();
    const title = /** @type {HTMLElement} */ (this.#dialog.querySelector("h2"));
    title.textContent = `${whatWords(event)} · ${placeWords(event)}`;
    const text = /** @type {HTMLElement} */ (this.#dialog.querySelector(".ev-detail-text"));
    text.textContent = event.text;
    text.hidden = !event.text;
    /** @type {HTMLElement} */ (this.#dialog.querySelector("dl")).replaceChildren(
      ...factsOf(event, words, this.#host.now()).map(([name, said]) => {
        const row = element("div", "");
        row.append(element("dt", "", name), element("dd", "", said));
        return row;
      }),
    );
    this.#showActs(event);
  }

  /** @param {NvrEvent} event */
  #showActs(event) {
    const may = this.#host.camera(event.camera ?? "")?.may ?? [];
    const review = this.#part("review");
    review.setAttribute("aria-pressed", String(event.isReviewed));
    review.classList.toggle("button-primary", !event.isReviewed);
    /** @type {HTMLElement} */ (review.querySelector("span")).textContent = event.isReviewed
      ? "Reviewed"
      : "Mark reviewed";
    review.title = event.isReviewed ? "Press to take it back (r)" : "And on to the next (r)";
    for (const [name, address] of /** @type {[string, string][]} */ ([
      ["timeline", timelineAddress(event)],
      ["live", liveAddress(event)],
    ])) {
      const link = /** @type {HTMLAnchorElement} */ (this.#part(name));
      link.hidden = !address;
      if (address) link.href = address;
    }
    this.#part("export").hidden = !may.includes("export");
    this.#part("protect").hidden = !may.includes("protect");
    for (const [name, step] of /** @type {[string, 1 | -1][]} */ ([
      ["newer", -1],
      ["older", 1],
    ])) {
      /** @type {HTMLButtonElement} */ (this.#part(name)).disabled = !this.#host.hasBeside(event.id, step);
    }
  }

  /** Of the dialogs that know how. @param {string} name */
  #ask(name) {
    const event = this.#event;
    if (!event?.camera) return;
    const detail = {
      cameras: [event.camera],
      startMs: event.footageStartMs,
      endMs: Math.min(event.footageEndMs, this.#host.now()),
      done: () => undefined,
    };
    document.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(`[data-do="${name}"]`));
  }

  /** @param {string} name @param {unknown} [detail] */
  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** @param {PointerEvent} event @param {HTMLElement} box */
function isOutside(event, box) {
  const { left, right, top, bottom } = box.getBoundingClientRect();
  return event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
}
