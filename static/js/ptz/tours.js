/** A camera's tours: which runs and how it is; start and stop; whoever may, makes and changes them. */

import { ApiError, call } from "../api.js";
import { icon } from "../icons.js";
import { askForTour } from "./tour-dialog.js";
import { tourWords } from "./words.js";

/**
 * @typedef {object} TourStop
 * @property {number} preset
 * @property {string} [name]
 * @property {number} dwell_s
 * @property {number | null} [speed]
 *
 * @typedef {object} Tour
 * @property {number} id
 * @property {string} name
 * @property {boolean} is_on
 * @property {string} state
 * @property {string} state_reason
 * @property {number} stop_index
 * @property {number} resume_after_s
 * @property {Record<string, [string, string][]>} schedule
 * @property {TourStop[]} stops
 */

export class Tours {
  element = document.createElement("section");
  #list = document.createElement("ul");
  #root;
  #camera;
  #mayChange;
  #say;

  /** @param {string} slug @param {boolean} mayChange @param {(words: string) => void} say */
  constructor(slug, mayChange, say) {
    this.#camera = `cameras/${encodeURIComponent(slug)}/ptz/`;
    this.#root = `${this.#camera}tours/`;
    this.#mayChange = mayChange;
    this.#say = say;
    this.element.className = "ptz-tours";
    this.element.hidden = true;
    const head = document.createElement("div");
    head.className = "ptz-head";
    const title = document.createElement("h3");
    title.textContent = "Tours";
    head.append(title);
    if (mayChange) {
      const add = document.createElement("button");
      add.type = "button";
      add.className = "button button-small";
      add.append(icon("plus"), "Add tour");
      add.addEventListener("click", () => this.#try(this.#edit(null)));
      head.append(add);
    }
    this.#list.className = "ptz-tour-list";
    this.element.append(head, this.#list);
  }

  async load() {
    /** @type {Tour[]} */
    const tours = await call(this.#root);
    this.element.hidden = tours.length === 0 && !this.#mayChange;
    this.#list.replaceChildren(...tours.map((tour) => this.#row(tour)));
  }

  /** @param {Tour} tour */
  #row(tour) {
    const item = document.createElement("li");
    item.className = "ptz-tour";
    item.dataset.state = tour.state;
    const words = document.createElement("div");
    const name = document.createElement("strong");
    name.textContent = tour.name;
    const state = document.createElement("p");
    state.className = "quiet small";
    state.textContent = tourWords(tour);
    words.append(name, state);
    item.append(words);
    item.append(
      this.#button(tour.is_on ? "Stop" : "Start", tour.is_on ? "stop" : "play", tour, async () => {
        await call(`${this.#root}${tour.id}/${tour.is_on ? "stop" : "start"}/`, { method: "POST" });
      }),
    );
    if (this.#mayChange) {
      item.append(
        this.#button("Change", "pencil", tour, () => this.#edit(tour)),
        this.#button("Delete", "trash", tour, () => call(`${this.#root}${tour.id}/`, { method: "DELETE" })),
      );
    }
    return item;
  }

  /** @param {string} words @param {string} name @param {Tour} tour @param {() => Promise<void>} work */
  #button(words, name, tour, work) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "icon-button";
    button.title = words;
    button.setAttribute("aria-label", `${words}: ${tour.name}`);
    button.append(icon(name));
    button.addEventListener("click", () => this.#try(work()));
    return button;
  }

  /** @param {Tour | null} tour */
  async #edit(tour) {
    const presets = await call(`${this.#camera}presets/`);
    if (presets.length < 2) {
      this.#say("A tour needs two presets at least.");
      return;
    }
    const wish = await askForTour(tour, presets);
    if (!wish) return;
    if (tour) await call(`${this.#root}${tour.id}/`, { method: "PATCH", body: wish });
    else await call(this.#root, { method: "POST", body: wish });
  }

  /** @param {Promise<void>} work */
  async #try(work) {
    try {
      await work;
      await this.load();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#say(error.message);
    }
  }
}
