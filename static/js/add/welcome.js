/** The last step: cameras that were added, how they are coming up, and their ONVIF. */

import { call } from "../api.js";
import { element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { stateTitle } from "../words.js";

export class Welcome {
  #list;
  /** @type {Map<string, HTMLElement>} by slug */
  #items = new Map();

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {{slug: string, name: string, state: string, record: string}} camera @param {string} onvif where it speaks it; empty for nowhere */
  add({ slug, name, state, record }, onvif) {
    const item = element("li", "added");
    const chip = element("p", "state-chip");
    chip.append(element("span", "state-dot"), element("span", "state-word"));
    const words = element("div", "added-words");
    words.append(element("h3", "", name), chip, element("p", "quiet small added-note"));
    const links = element("div", "added-links");
    links.append(link(`/cameras/${slug}/`, "live", "See it live"));
    if (record !== "off") {
      links.append(link(`/recordings/?${new URLSearchParams({ camera: slug })}`, "history", "Its recordings"));
    }
    links.append(link(`/cameras/${slug}/check/#start`, "pulse", "Check it"));
    item.append(words, links);
    this.#list.append(item);
    this.#items.set(slug, item);
    this.#showState(slug, state, "");
    if (onvif) this.#setUpOnvif(slug, onvif);
  }

  /** A message of the events socket. @param {any} news */
  hear(news) {
    if (news.type === "camera.state") this.#showState(news.camera, news.state, news.reason);
  }

  /** @param {string} slug @param {string} state @param {string} reason */
  #showState(slug, state, reason) {
    const chip = /** @type {HTMLElement | null | undefined} */ (this.#items.get(slug)?.querySelector(".state-chip"));
    if (!chip) return;
    // A camera is opened within three seconds; until then it counts as switched off.
    const shown = state === "off" ? "connecting" : state;
    chip.dataset.state = shown;
    const word = /** @type {HTMLElement} */ (chip.querySelector(".state-word"));
    word.textContent = reason ? `${stateTitle(shown)}: ${reason}` : stateTitle(shown);
  }

  /** So that it can be turned, if it can. What fails here is no reason not to have the camera. @param {string} slug @param {string} address */
  async #setUpOnvif(slug, address) {
    const note = /** @type {HTMLElement} */ (this.#items.get(slug)?.querySelector(".added-note"));
    note.textContent = "Asking it by ONVIF what else it can do …";
    try {
      await call(`cameras/${encodeURIComponent(slug)}/onvif/`, { method: "PUT", body: { address } });
      note.textContent = "Its ONVIF is set up. If it can be turned, its page has the controls.";
    } catch (error) {
      note.textContent = `Its ONVIF is not set up: ${error instanceof Error ? error.message : error}`;
    }
  }
}

/** @param {string} href @param {string} iconName @param {string} text */
function link(href, iconName, text) {
  const made = element("a", "button");
  made.href = href;
  made.append(icon(iconName), text);
  return made;
}
