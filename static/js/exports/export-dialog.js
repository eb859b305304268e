/**
 * <nvr-export-dialog>: exports a span. It says beforehand what it will weigh and miss, and shows it being made.
 *
 * Opened by `open({cameras, startMs, endMs})` (slugs), or by an `nvr-export` event on the document with that as its detail. Names of cameras
 * are in the attribute `names`, JSON by slug. `state` in the attribute: closed, asking, ready, refused, making.
 */

import { ApiError, call } from "../api.js";
import { sizeText } from "../storage/amounts.js";
import { button, element } from "./dom.js";
import { ExportCard } from "./export-card.js";
import { ExportFeed } from "./export-feed.js";
import { gapsText, lengthText, spanText } from "./export-words.js";

/** @typedef {{cameras: string[], startMs: number, endMs: number}} Wish */

const SPEEDS = [10, 30, 60, 120, 300, 600, 1800];

export class NvrExportDialog extends HTMLElement {
  /** @type {Wish} */
  #wish = { cameras: [], startMs: 0, endMs: 0 };
  #dialog = element("dialog", "dialog export-dialog");
  #what = element("p", "quiet");
  #kind = element("select", "");
  #speed = element("select", "");
  #speedField = element("label", "field", "Speed");
  #expected = element("p", "export-expected");
  #form = element("form", "form");
  #begin = element("button", "button button-primary", "Export");
  #result = element("ul", "exports");
  #names = /** @type {Record<string, string>} */ ({});
  /** Which question the newest answer belongs to. */
  #asked = 0;
  /** @type {ExportCard | null} */
  #card = null;
  /** @type {ExportFeed | null} */
  #feed = null;

  connectedCallback() {
    if (this.#dialog.isConnected) return;
    this.#names = JSON.parse(this.getAttribute("names") ?? "{}");
    this.#build();
    this.setAttribute("state", "closed");
    document.addEventListener("nvr-export", this.#onWish);
  }

  disconnectedCallback() {
    document.removeEventListener("nvr-export", this.#onWish);
    this.#feed?.close();
  }

  /** @param {Wish} wish */
  open(wish) {
    this.#wish = wish;
    this.#card = null;
    this.#result.replaceChildren();
    const cameras = wish.cameras.map((slug) => this.#names[slug] ?? slug).join(", ");
    const length = lengthText(wish.endMs - wish.startMs);
    this.#what.textContent = `${cameras}: ${spanText(wish.startMs, wish.endMs)} (${length})`;
    this.#form.hidden = false;
    this.#dialog.showModal();
    this.#ask();
  }

  #onWish = (/** @type {Event} */ event) => {
    event.preventDefault();
    this.open(/** @type {CustomEvent} */ (event).detail);
  };

  #build() {
    const title = element("h2", "", "Export");
    title.id = "export-dialog-title";
    this.#dialog.setAttribute("aria-labelledby", title.id);
    const kindField = element("label", "field", "Make");
    this.#kind.append(new Option("a film", "video"), new Option("a timelapse", "timelapse"));
    for (const speed of SPEEDS) this.#speed.append(new Option(`${speed} times as fast`, String(speed), speed === 60));
    kindField.append(this.#kind);
    this.#speedField.append(this.#speed);
    this.#speedField.hidden = true;
    this.#kind.addEventListener("change", () => {
      this.#speedField.hidden = this.#kind.value !== "timelapse";
      this.#ask();
    });
    this.#speed.addEventListener("change", () => this.#ask());
    this.#expected.setAttribute("role", "status");
    this.#begin.type = "submit";
    const actions = element("div", "dialog-end");
    actions.append(
      button("Not now", "close", () => this.#dialog.close()),
      this.#begin,
    );
    this.#form.append(kindField, this.#speedField, this.#expected, actions);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#make();
    });
    this.#dialog.addEventListener("close", () => this.#closed());
    this.#dialog.append(title, this.#what, this.#form, this.#result);
    this.append(this.#dialog);
  }

  #body() {
    const { cameras, startMs, endMs } = this.#wish;
    const kind = this.#kind.value;
    return { cameras, start: startMs, end: endMs, kind, speed: Number(this.#speed.value) };
  }

  async #ask() {
    this.#asked += 1;
    const asked = this.#asked;
    this.setAttribute("state", "asking");
    this.#begin.disabled = true;
    this.#expected.textContent = "Looking at what there is …";
    try {
      const found = await call("exports/estimate/", { method: "POST", body: this.#body() });
      if (asked !== this.#asked) return;
      const isThere = found.recorded_ms > 0;
      this.setAttribute("state", isThere ? "ready" : "refused");
      this.#begin.disabled = !isThere;
      const files = found.files > 1 ? `, ${found.files} films in a zip` : "";
      const gaps = gapsText(found);
      this.#expected.textContent = isThere
        ? `About ${sizeText(found.expected_bytes)}${files}${gaps ? `. ${gaps}` : ""}.`
        : "There is no footage in this span.";
    } catch (error) {
      if (asked === this.#asked) this.#refuse(error);
    }
  }

  async #make() {
    this.#begin.disabled = true;
    try {
      const made = await call("exports/", { method: "POST", body: this.#body() });
      this.setAttribute("state", "making");
      this.#form.hidden = true;
      this.#card = new ExportCard(made, this.#names, () => this.#dialog.close());
      const more = element("p", "export-more small");
      const link = element("a", "", "All exports");
      link.href = "/recordings/exports/";
      more.append("It goes on when you close this. ", link);
      const end = element("div", "dialog-end");
      const close = button("Close", "check", () => this.#dialog.close());
      end.append(close);
      const rest = element("li", "export-rest");
      rest.append(more, end);
      this.#result.replaceChildren(this.#card.element, rest);
      close.focus();
      this.#follow();
    } catch (error) {
      this.#refuse(error);
    }
  }

  #follow() {
    const feed = new ExportFeed();
    this.#feed = feed;
    const refresh = async () => {
      const card = this.#card;
      if (card) card.show(await call(`exports/${card.export.id}/`).catch(() => card.export));
    };
    feed.addEventListener("refresh", refresh);
    feed.addEventListener("progress", (event) => {
      const { export: id, ...news } = /** @type {CustomEvent} */ (event).detail;
      const card = this.#card;
      if (card?.export.id !== id) return;
      if (news.state === card?.export.state) card?.update(news);
      else refresh();
    });
    feed.open();
  }

  #closed() {
    this.#feed?.close();
    this.#feed = null;
    this.#asked += 1;
    this.setAttribute("state", "closed");
  }

  /** @param {unknown} error */
  #refuse(error) {
    if (!(error instanceof ApiError)) throw error;
    this.setAttribute("state", "refused");
    this.#begin.disabled = true;
    this.#expected.textContent = error.message;
  }
}

customElements.define("nvr-export-dialog", NvrExportDialog);
