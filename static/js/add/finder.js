/** The first step: devices that a search found, to choose from. Nothing is searched before somebody asks for it. */

import { call } from "../api.js";
import { element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { deviceDetail, deviceTitle, searchText } from "./add-words.js";

/**
 * @import { Device, Search } from "./add-words.js"
 */

// Events tell it sooner; this is for those that get lost.
const ASK_EVERY_MS = 1_500;

/** Dispatches `choice` when other devices are chosen. */
export class Finder extends EventTarget {
  #list;
  #status;
  #buttons;
  #progress;
  /** @type {Search | null} */
  #search = null;
  /** @type {Map<string, Device>} by address, in the order found */
  #found = new Map();
  /** @type {Set<string>} */
  #chosen = new Set();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #asking;

  /** @param {{list: HTMLElement, status: HTMLElement, progress: HTMLProgressElement, buttons: HTMLButtonElement[]}} parts */
  constructor({ list, status, progress, buttons }) {
    super();
    this.#list = list;
    this.#status = status;
    this.#progress = progress;
    this.#buttons = buttons;
  }

  get chosen() {
    return [...this.#found.values()].filter((device) => this.#chosen.has(device.address));
  }

  /** @param {string} network to look at address by address; empty to call only */
  async search(network) {
    this.#setBusy(true);
    this.#status.textContent = network ? `Looking at ${network} …` : "Calling …";
    try {
      this.#take(await call("discovery/searches/", { method: "POST", body: { network } }));
    } catch (error) {
      this.#setBusy(false);
      this.#status.textContent = error instanceof Error ? error.message : String(error);
      return;
    }
    clearInterval(this.#asking);
    if (this.#search?.state === "running") this.#asking = setInterval(() => this.#ask(), ASK_EVERY_MS);
  }

  /** A message of the events socket. @param {any} news */
  hear(news) {
    if (!this.#search || news.type !== "search" || news.id !== this.#search.id) return;
    if (news.state === "running") this.#take({ ...this.#search, ...news });
    else this.#ask();
  }

  /** @param {string} address @param {string} slug of the camera it has become */
  markAdded(address, slug) {
    const device = this.#found.get(address);
    if (!device) return;
    this.#chosen.delete(address);
    this.#found.set(address, { ...device, is_added: true, camera: slug });
    this.#show();
  }

  async #ask() {
    if (!this.#search) return;
    try {
      this.#take(await call(`discovery/searches/${this.#search.id}/`));
    } catch {
      // Asked again in a moment.
    }
  }

  /** @param {Search} search its devices add to those known */
  #take(search) {
    for (const device of search.found) this.#found.set(device.address, device);
    this.#search = { ...search, found: [...this.#found.values()] };
    this.#status.textContent = searchText(this.#search);
    this.#progress.hidden = search.state !== "running";
    if (search.in_all) this.#progress.value = search.looked_at / search.in_all;
    else this.#progress.removeAttribute("value");
    this.#show();
    if (search.state === "running") return;
    clearInterval(this.#asking);
    this.#setBusy(false);
  }

  /** What is as it was stays, so that the focus does too. */
  #show() {
    const shown = new Map(
      [...this.#list.children].map((item) => [/** @type {HTMLElement} */ (item).dataset.address, item]),
    );
    for (const device of this.#found.values()) {
      const old = /** @type {HTMLElement | undefined} */ (shown.get(device.address));
      const content = JSON.stringify(device);
      if (old?.dataset.content === content) continue;
      const item = this.#item(device, content);
      if (old) old.replaceWith(item);
      else this.#list.append(item);
    }
    this.#list.hidden = this.#found.size === 0;
  }

  /** @param {Device} device @param {string} content */
  #item(device, content) {
    const item = element("li", "device");
    item.dataset.address = device.address;
    item.dataset.content = content;
    const label = element("label", "device-label");
    const box = element("input", "");
    box.type = "checkbox";
    box.checked = this.#chosen.has(device.address);
    box.disabled = device.is_added;
    box.addEventListener("change", () => {
      if (box.checked) this.#chosen.add(device.address);
      else this.#chosen.delete(device.address);
      this.dispatchEvent(new Event("choice"));
    });
    const words = element("span", "device-words");
    const title = element("span", "device-title", deviceTitle(device));
    words.append(title, element("span", "device-detail", deviceDetail(device)));
    label.append(box, words);
    item.append(label);
    if (device.is_added) item.append(this.#badge(device));
    return item;
  }

  /** Beside the label and not in it: a link within would be pressed with it. @param {Device} device */
  #badge({ camera }) {
    const badge = camera ? element("a", "device-badge", "Added") : element("span", "device-badge", "Added");
    if (badge instanceof HTMLAnchorElement) badge.href = `/cameras/${encodeURIComponent(camera ?? "")}/`;
    badge.prepend(icon("check"));
    return badge;
  }

  /** @param {boolean} isBusy */
  #setBusy(isBusy) {
    for (const button of this.#buttons) button.disabled = isBusy;
    this.#list.setAttribute("aria-busy", String(isBusy));
    if (!isBusy) this.#progress.hidden = true;
  }
}
