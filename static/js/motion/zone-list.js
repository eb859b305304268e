/**
 * The zones as a list beside the picture: everything that can be done to them there can be done here too.
 *
 * @import { Zone } from "./draft.js"
 * @import { Preset } from "./positions.js"
 * @import { ZoneEditor } from "./zone-editor.js"
 */

import { ZoneItem } from "./zone-item.js";

export class ZoneList {
  #list;
  #none;
  #editor;
  /** @type {Map<string, ZoneItem>} */
  #items = new Map();

  /** @param {HTMLElement} list @param {HTMLElement} none what stands there without a zone @param {ZoneEditor} editor */
  constructor(list, none, editor) {
    this.#list = list;
    this.#none = none;
    this.#editor = editor;
  }

  /**
   * @param {readonly Zone[]} zones @param {number} sensitivity the camera's
   * @param {Record<string, string>} errors by field, "zones.1.name" @param {readonly Preset[]} presets
   */
  show(zones, sensitivity, errors, presets) {
    const selected = this.#editor.selected?.key ?? null;
    for (const [key, item] of this.#items) {
      if (zones.some((zone) => zone.key === key)) continue;
      item.element.remove();
      this.#items.delete(key);
    }
    zones.forEach((zone, index) => {
      let item = this.#items.get(zone.key);
      if (!item) {
        item = new ZoneItem(zone.key, this.#editor);
        this.#items.set(zone.key, item);
      }
      const of = (/** @type {string} */ field) => errors[`zones.${index}.${field}`] ?? "";
      item.showPlace(zone, presets, of("preset"));
      item.show(zone, zone.key === selected, sensitivity, {
        name: of("name") || of("id"),
        points: of("points"),
        sensitivity: of("sensitivity"),
      });
      // Moved only when it must be: what has the focus would lose it.
      if (this.#list.children[index] !== item.element)
        this.#list.insertBefore(item.element, this.#list.children[index] ?? null);
    });
    this.#none.hidden = zones.length > 0;
  }

  /** Puts the cursor into the name. @param {string} key */
  name(key) {
    this.#items.get(key)?.focusName();
  }

  /** @param {string} key */
  focus(key) {
    this.#items.get(key)?.focus();
  }
}
