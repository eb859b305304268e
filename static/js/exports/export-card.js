/** An export, as it is now: what it shows, how far it is, and what can be done with it. */

import { ApiError, call } from "../api.js";
import { button, element } from "./dom.js";
import { gapsText, isUnfinished, lengthText, spanText, stateText } from "./export-words.js";
import { SharePanel } from "./share-panel.js";

/** @import { Export } from "./export-words.js" */

export class ExportCard {
  element = element("li", "export");
  #names;
  #gone;
  #export;
  #title = element("h2", "export-title");
  #span = element("p", "quiet small");
  #state = element("p", "export-state");
  #progress = element("progress", "export-progress");
  #notes = element("ul", "export-notes quiet small");
  #actions = element("div", "export-actions");
  #share = element("div", "");
  #trouble = element("p", "form-error");
  #shownState = "";

  /**
   * @param {Export} one
   * @param {Record<string, string>} names of cameras by slug
   * @param {() => void} gone called when it was deleted
   */
  constructor(one, names, gone) {
    this.#names = names;
    this.#gone = gone;
    this.#export = one;
    this.#progress.max = 1;
    this.#progress.setAttribute("aria-label", "Progress");
    this.#trouble.hidden = true;
    this.#trouble.setAttribute("role", "alert");
    const parts = [this.#title, this.#span, this.#progress, this.#state, this.#notes, this.#trouble, this.#actions];
    this.element.append(...parts, this.#share);
    this.show(one);
  }

  get export() {
    return this.#export;
  }

  /** @param {Export} one */
  show(one) {
    this.#export = one;
    this.element.dataset.state = one.state;
    this.#title.textContent =
      one.cameras.map((slug) => this.#names[slug] ?? slug).join(", ") || "Cameras that are gone";
    const pace = one.kind === "timelapse" ? `, timelapse ${one.speed}×` : "";
    this.#span.textContent = `${spanText(one.start_ms, one.end_ms)} (${lengthText(one.end_ms - one.start_ms)}${pace})`;
    this.#progress.hidden = !isUnfinished(one);
    this.#progress.value = one.progress;
    this.#state.textContent = stateText(one);
    const notes = [gapsText(one), ...one.notes].filter(Boolean);
    this.#notes.replaceChildren(...notes.map((note) => element("li", "", note)));
    this.#notes.hidden = notes.length === 0;
    if (one.state !== this.#shownState) this.#showActions(one);
    this.#shownState = one.state;
  }

  /** What the events say, which is less than the whole. @param {Partial<Export>} news */
  update(news) {
    this.show({ ...this.#export, ...news });
  }

  /** @param {Export} one */
  #showActions(one) {
    const path = `exports/${one.id}/`;
    const actions = [];
    if (one.file) {
      const link = element("a", "button button-primary");
      link.href = one.file;
      link.download = one.name;
      link.append(...button("Download", "download", () => undefined).childNodes);
      actions.push(
        link,
        button("Share", "open", () => this.#toggleShare()),
      );
    }
    if (isUnfinished(one)) actions.push(button("Cancel", "close", () => this.#do(`${path}cancel/`, "POST")));
    if (["failed", "cancelled"].includes(one.state)) {
      actions.push(button("Try again", "history", () => this.#do(`${path}retry/`, "POST")));
    }
    if (!isUnfinished(one)) actions.push(button("Delete", "trash", () => this.#delete(path)));
    const hadFocus = this.#actions.contains(document.activeElement);
    this.#actions.replaceChildren(...actions);
    if (hadFocus) actions[0]?.focus();
    if (!one.file) this.#share.replaceChildren();
  }

  #toggleShare() {
    if (this.#share.firstChild) this.#share.replaceChildren();
    else this.#share.append(new SharePanel(this.#export.id).element);
  }

  /** @param {string} path */
  async #delete(path) {
    if (await this.#do(path, "DELETE")) this.#gone();
  }

  /** @param {string} path @param {string} method @returns {Promise<boolean>} */
  async #do(path, method) {
    this.#trouble.hidden = true;
    try {
      const answer = await call(path, { method });
      if (answer) this.show(answer);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#trouble.textContent = error.message;
      this.#trouble.hidden = false;
      return false;
    }
  }
}
