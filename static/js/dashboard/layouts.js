/** The user's layouts as the server keeps them: one is active, on every device. */

import { call, list } from "../api.js";

/**
 * @import { SavedTile } from "./layout-math.js"
 */

/** @typedef {{id: number | null, name: string, kind: string, columns: number, tiles: SavedTile[]}} Layout */

const FIXED = /** @type {Record<string, string>} */ ({ auto: "Auto", 1: "1", 4: "4", 9: "9", 16: "16" });

export class Layouts {
  /** @type {Layout[]} */
  #known = [];
  /** @type {Promise<void> | undefined} */
  #loading;

  get own() {
    return this.#known.filter((layout) => layout.kind === "custom");
  }

  /** Fetches once; a failed attempt is made again by the next caller. */
  async load() {
    this.#loading ??= list("layouts/").then(
      (layouts) => {
        this.#known = layouts;
      },
      (error) => {
        this.#loading = undefined;
        throw error;
      },
    );
    await this.#loading;
  }

  /** Makes a fixed kind the active one, creating its row at first use. @param {string} kind */
  async chooseKind(kind) {
    await this.load();
    const there = this.#known.find((layout) => layout.kind === kind);
    if (there) await this.choose(there);
    else await this.save({ id: null, name: this.#free(FIXED[kind]), kind, columns: 12, tiles: [] });
  }

  /** @param {Layout} layout */
  async choose(layout) {
    await call(`layouts/${layout.id}/`, { method: "PATCH", body: { is_active: true } });
  }

  /** Creates or changes it, and makes it the active one. @param {Layout} layout @returns {Promise<Layout>} */
  async save({ id, name, kind, columns, tiles }) {
    const body = { name, kind, columns, tiles, is_active: true };
    const saved = await (id === null
      ? call("layouts/", { method: "POST", body })
      : call(`layouts/${id}/`, { method: "PATCH", body }));
    this.#known = [...this.#known.filter((layout) => layout.id !== saved.id), saved];
    return saved;
  }

  /** @param {Layout} layout */
  async remove(layout) {
    await call(`layouts/${layout.id}/`, { method: "DELETE" });
    this.#known = this.#known.filter((other) => other.id !== layout.id);
  }

  /** A name no other layout has. @param {string} wish */
  #free(wish) {
    const names = new Set(this.#known.map((layout) => layout.name));
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? wish : `${wish} (${number})`;
      if (!names.has(name)) return name;
    }
  }

  /** A name for the next layout of one's own. */
  suggestName() {
    return this.#free(this.own.length === 0 ? "My layout" : `My layout ${this.own.length + 1}`);
  }
}
