/** The presets of a camera as cards with pictures: a press goes there; whoever may, changes them. */

import { ApiError, call } from "../api.js";
import { icon } from "../icons.js";
import { askForName } from "./name-dialog.js";

/**
 * @typedef {object} Preset
 * @property {number} id
 * @property {string} name
 * @property {string | null} picture
 */

export class Presets {
  element = document.createElement("section");
  /** @type {Preset[]} */
  #presets = [];
  #list = document.createElement("ol");
  #empty = document.createElement("p");
  #root;
  #mayChange;
  #say;
  #isEditing = false;

  /** @param {string} slug @param {boolean} mayChange @param {(words: string) => void} say */
  constructor(slug, mayChange, say) {
    this.#root = `cameras/${encodeURIComponent(slug)}/ptz/presets/`;
    this.#mayChange = mayChange;
    this.#say = say;
    this.element.className = "ptz-presets";
    this.#list.className = "ptz-preset-list";
    this.#empty.className = "quiet small";
    this.#empty.textContent = mayChange
      ? "No presets yet. Point the camera at something and store it with “Add”."
      : "This camera has no presets.";
    this.element.append(this.#head(), this.#list, this.#empty);
  }

  /** Asks our server, which knows them without asking the camera. */
  async load() {
    this.#show(await call(this.#root));
  }

  /** Asks the camera. */
  async sync() {
    this.#show(await call(`${this.#root}sync/`, { method: "POST" }));
  }

  /** @param {number} number from 1 */
  goToNumber(number) {
    const preset = this.#presets[number - 1];
    if (preset) this.#try(this.#go(preset));
  }

  #head() {
    const head = document.createElement("div");
    head.className = "ptz-head";
    const title = document.createElement("h3");
    title.textContent = "Presets";
    head.append(title);
    if (this.#mayChange) {
      const add = button("button button-small", "Add", "plus");
      add.title = "Store what the camera sees now";
      add.addEventListener("click", () => this.#try(this.#add()));
      const edit = button("icon-button", "Change presets", "pencil", true);
      edit.setAttribute("aria-pressed", "false");
      edit.addEventListener("click", () => {
        this.#isEditing = !this.#isEditing;
        edit.setAttribute("aria-pressed", String(this.#isEditing));
        this.#show(this.#presets);
        if (this.#isEditing) this.#try(this.sync());
      });
      head.append(add, edit);
    }
    return head;
  }

  /** @param {Preset[]} presets */
  #show(presets) {
    this.#presets = presets;
    this.#list.replaceChildren(...presets.map((preset, index) => this.#card(preset, index)));
    this.#empty.hidden = presets.length > 0;
    this.element.toggleAttribute("data-editing", this.#isEditing);
  }

  /** @param {Preset} preset @param {number} index */
  #card(preset, index) {
    const item = document.createElement("li");
    item.className = "ptz-preset";
    const go = document.createElement("button");
    go.type = "button";
    go.className = "ptz-preset-go";
    go.title = index < 9 ? `Go to ${preset.name} (${index + 1})` : `Go to ${preset.name}`;
    go.addEventListener("click", () => this.#try(this.#go(preset)));
    const picture = document.createElement("span");
    picture.className = "ptz-preset-picture";
    if (preset.picture) {
      const image = document.createElement("img");
      image.src = preset.picture;
      image.alt = "";
      image.loading = "lazy";
      picture.append(image);
    } else {
      picture.append(icon("target"));
    }
    const name = document.createElement("span");
    name.className = "ptz-preset-name";
    name.textContent = preset.name;
    go.append(picture, name);
    if (index < 9) {
      const key = document.createElement("span");
      key.className = "ptz-preset-key";
      key.setAttribute("aria-hidden", "true");
      key.textContent = String(index + 1);
      go.append(key);
    }
    item.append(go);
    if (this.#isEditing) item.append(this.#tools(preset, index));
    return item;
  }

  /** @param {Preset} preset @param {number} index */
  #tools(preset, index) {
    const tools = document.createElement("div");
    tools.className = "ptz-preset-tools";
    const address = `${this.#root}${preset.id}/`;
    const tool = (/** @type {string} */ words, /** @type {string} */ name, /** @type {() => Promise<void>} */ work) => {
      const made = button("icon-button", `${words}: ${preset.name}`, name, true);
      made.title = words;
      made.addEventListener("click", () => this.#try(work()));
      tools.append(made);
      return made;
    };
    tool("Rename", "pencil", async () => {
      const name = await askForName("Rename preset", preset.name);
      if (name) await this.#change(address, { name });
    });
    tool("Store what the camera sees now", "snapshot", async () => {
      await this.#change(address, { store_here: true });
      this.#say(`“${preset.name}” is now what the camera sees.`);
    });
    tool("Move forward", "up", () => this.#swap(index, index - 1)).disabled = index === 0;
    tool("Move back", "down", () => this.#swap(index, index + 1)).disabled = index === this.#presets.length - 1;
    tool("Delete", "trash", async () => {
      await call(address, { method: "DELETE" });
      await this.load();
      this.#say(`“${preset.name}” is deleted.`);
    });
    return tools;
  }

  async #add() {
    const name = await askForName("Store what the camera sees now", `Preset ${this.#presets.length + 1}`);
    if (!name) return;
    await call(this.#root, { method: "POST", body: { name } });
    await this.load();
  }

  /** @param {Preset} preset */
  async #go(preset) {
    await call(`${this.#root}${preset.id}/go/`, { method: "POST", body: {} });
  }

  /** @param {string} address @param {object} body */
  async #change(address, body) {
    await call(address, { method: "PATCH", body });
    await this.load();
  }

  /** @param {number} from @param {number} to */
  async #swap(from, to) {
    const ids = this.#presets.map((preset) => preset.id);
    [ids[from], ids[to]] = [ids[to], ids[from]];
    this.#show(await call(this.#root, { method: "PUT", body: { ids } }));
  }

  /** @param {Promise<void>} work */
  async #try(work) {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#say(error.message);
    }
  }
}

/** @param {string} className @param {string} words @param {string} name @param {boolean} [isIconOnly] */
function button(className, words, name, isIconOnly = false) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.append(icon(name));
  if (isIconOnly) made.setAttribute("aria-label", words);
  else made.append(words);
  return made;
}
