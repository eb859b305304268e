/** The layout buttons of the toolbar and the menu of one's own layouts. */

import { ApiError } from "../api.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";

/**
 * @import { Arranger } from "./arrange.js"
 * @import { Layout, Layouts } from "./layouts.js"
 * @import { Wall } from "./wall.js"
 */

const NARROW_PX = 640;

export class LayoutMenu {
  #wall;
  #layouts;
  #arranger;
  #segments;
  #menu;
  #sheet;
  #kind;
  /** @type {number | null} */
  #id;

  /**
   * @param {Wall} wall
   * @param {Layouts} layouts
   * @param {Arranger} arranger
   * @param {HTMLElement} segments
   */
  constructor(wall, layouts, arranger, segments) {
    this.#wall = wall;
    this.#layouts = layouts;
    this.#arranger = arranger;
    this.#segments = segments;
    this.#menu = /** @type {HTMLElement} */ (segments.querySelector("[data-menu]"));
    this.#sheet = /** @type {HTMLElement} */ (segments.querySelector(".menu-sheet"));
    const { kind = "auto", layout = "", columns = "12", tiles = "[]" } = wall.element.dataset;
    this.#kind = kind;
    this.#id = layout ? Number(layout) : null;
    wall.arrange({ kind, columns: Number(columns), tiles: JSON.parse(tiles) });
    for (const button of segments.querySelectorAll("[data-kind]")) {
      const own = button.getAttribute("data-kind") ?? "auto";
      button.addEventListener("click", () => (own === "custom" ? this.#openMenu() : this.#chooseKind(own)));
    }
    this.#show();
  }

  /** What the arranger calls; also after a new name. @param {Layout} layout */
  async save(layout) {
    await reported(async () => this.#use(await this.#layouts.save(layout)));
  }

  /** @param {string} kind */
  async #chooseKind(kind) {
    this.#kind = kind;
    this.#id = null;
    this.#wall.arrange({ kind, columns: 12, tiles: [] });
    this.#show();
    await reported(() => this.#layouts.chooseKind(kind)).catch(() => undefined);
  }

  /** @param {Layout} layout */
  #use(layout) {
    this.#kind = layout.kind;
    this.#id = layout.id;
    this.#wall.arrange(layout);
    this.#show();
  }

  #show() {
    for (const button of this.#segments.querySelectorAll("[data-kind]")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-kind") === this.#kind));
    }
  }

  async #openMenu() {
    await reported(() => this.#layouts.load()).then(
      () => this.#fill(),
      () => this.#close(),
    );
  }

  #fill() {
    const { own } = this.#layouts;
    /** @type {HTMLElement[]} */
    const rows = own.map((layout) => this.#row(layout));
    const current = own.find((layout) => layout.id === this.#id);
    if (window.innerWidth < NARROW_PX) {
      rows.push(
        text(
          own.length
            ? "Arranging takes a wider screen."
            : "Make layouts of your own on a wider screen; they then show here too.",
        ),
      );
    } else {
      if (rows.length) rows.push(document.createElement("hr"));
      if (current) rows.push(this.#item("pencil", `Arrange “${current.name}”`, () => this.#arranger.start(current)));
      rows.push(this.#item("plus", "New layout", () => this.#arranger.start(this.#fresh())));
    }
    this.#sheet.replaceChildren(...rows);
  }

  /** @returns {Layout} */
  #fresh() {
    return { id: null, name: this.#layouts.suggestName(), kind: "custom", columns: 12, tiles: [] };
  }

  /** @param {Layout} layout */
  #row(layout) {
    const row = document.createElement("div");
    row.className = "menu-row";
    const choose = this.#item("check", layout.name, async () => {
      this.#use(layout);
      await reported(() => this.#layouts.choose(layout)).catch(() => undefined);
    });
    choose.setAttribute("aria-pressed", String(layout.id === this.#id));
    const remove = this.#item("trash", "", () => this.#remove(layout));
    remove.setAttribute("aria-label", `Delete ${layout.name}`);
    row.append(choose, remove);
    return row;
  }

  /** @param {Layout} layout */
  async #remove(layout) {
    if (!(await confirmed(`Delete the layout “${layout.name}”?`))) return;
    await reported(() => this.#layouts.remove(layout)).catch(() => undefined);
    if (layout.id === this.#id) await this.#chooseKind("auto");
  }

  /** @param {string} name @param {string} label @param {() => unknown} action */
  #item(name, label, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(icon(name), label);
    button.addEventListener("click", () => {
      this.#close();
      action();
    });
    return button;
  }

  #close() {
    this.#menu.dispatchEvent(new Event("menu:close"));
  }
}

/** @param {string} words */
function text(words) {
  const paragraph = document.createElement("p");
  paragraph.className = "menu-title";
  paragraph.textContent = words;
  return paragraph;
}

/** @param {string} question @returns {Promise<boolean>} */
function confirmed(question) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("confirm"));
  /** @type {HTMLElement} */ (document.getElementById("confirm-text")).textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }),
  );
}

/** Says what went wrong, and lets the caller know. @template T @param {() => Promise<T>} action @returns {Promise<T>} */
async function reported(action) {
  try {
    return await action();
  } catch (error) {
    toast(error instanceof ApiError ? `Not saved: ${error.message}` : "Not saved.");
    throw error;
  }
}
