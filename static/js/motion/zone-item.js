/**
 * One zone in the list: a button that selects it, and when it is selected its name, what it is for, its sensitivity, and its corners.
 *
 * @import { Zone } from "./draft.js"
 * @import { Preset } from "./positions.js"
 * @import { ZoneEditor } from "./zone-editor.js"
 */

import { button, element } from "../exports/dom.js";
import { heldAt } from "./draft.js";
import { area, crossesItself, FEWEST_CORNERS, MOST_CORNERS } from "./polygon.js";
import { holdsWords, lostWords } from "./position-words.js";
import { percentWords } from "./sizes.js";

const KINDS = /** @type {const} */ ([
  ["watch", "Watch"],
  ["ignore", "Ignore"],
]);

export class ZoneItem {
  element = element("li", "zone-item");
  #key;
  #editor;
  #row = element("button", "zone-row");
  #label = element("span", "zone-row-name");
  #place = element("span", "zone-row-place");
  #share = element("span", "zone-row-share");
  #body = element("div", "zone-body");
  #name = element("input", "");
  #kinds = element("fieldset", "zone-kinds");
  #own = element("input", "");
  #sensitivity = element("input", "");
  #level = element("output", "zone-level");
  #sensitive = element("div", "zone-sensitivity");
  #more;
  #fewer;
  #trouble = element("p", "field-error");
  #holds = element("label", "zone-name-field");
  #where = element("select", "");
  #lost = "";

  /** @param {string} key @param {ZoneEditor} editor */
  constructor(key, editor) {
    this.#key = key;
    this.#editor = editor;
    this.#more = button("Add corner", "plus", () => this.#addCorner(), "button button-small");
    this.#fewer = button("Remove corner", "minus", () => this.#removeCorner(), "button button-small");
    this.#row.type = "button";
    this.#row.append(element("span", "zone-swatch"), this.#label, this.#place, this.#share);
    this.#row.addEventListener("click", () => editor.select(editor.selected?.key === key ? null : key));
    this.#fill();
    this.#trouble.id = `${key}-trouble`;
    this.element.append(this.#row, this.#body);
  }

  /** @param {Zone} zone @param {boolean} isSelected @param {number} sensitivity the camera's @param {Record<"name" | "points" | "sensitivity", string>} errors */
  show(zone, isSelected, sensitivity, errors) {
    this.element.dataset.kind = zone.kind;
    this.#row.setAttribute("aria-expanded", String(isSelected));
    this.#body.hidden = !isSelected;
    this.#label.textContent = zone.name || "Without a name";
    const trouble = Object.values(errors).filter(Boolean).join(" ") || this.#lost || warning(zone);
    this.#share.textContent = trouble && !isSelected ? "look at this" : `${percentWords(area(zone.points) * 100)}`;
    this.#share.title = "Its part of the picture";
    this.element.toggleAttribute("data-trouble", Boolean(trouble));
    this.#trouble.textContent = trouble;
    this.#trouble.hidden = !trouble;
    this.#name.setAttribute("aria-invalid", String(Boolean(errors.name)));
    if (this.#name.value !== zone.name) this.#name.value = zone.name;
    for (const radio of this.#kinds.querySelectorAll("input")) radio.checked = radio.value === zone.kind;
    this.#showSensitivity(zone, sensitivity);
    this.#fewer.title = `Corner ${this.#editor.corner + 1}: the one you touched last`;
    this.#more.disabled = zone.points.length >= MOST_CORNERS;
    this.#fewer.disabled = zone.points.length <= FEWEST_CORNERS;
  }

  /** Before show(). @param {Zone} zone @param {readonly Preset[]} presets @param {string} refused */
  showPlace(zone, presets, refused) {
    this.#lost = refused || lostWords(zone, presets);
    this.#place.textContent = holdsWords(zone, presets);
    this.#holds.hidden = presets.length === 0 && zone.holds_everywhere;
    const options = [["", "all positions"], ...presets.map(({ id, name }) => [String(id), name])];
    const listed = this.#lost ? [["gone", "a position that is gone"], ...options] : options;
    if ([...this.#where.options].map(({ text }) => text).join("\n") !== listed.map(([, words]) => words).join("\n"))
      this.#where.replaceChildren(...listed.map(([value, words]) => new Option(words, value)));
    this.#where.value = this.#lost ? "gone" : String(zone.preset ?? "");
  }

  focusName() {
    this.#name.focus();
    this.#name.select();
  }

  focus() {
    this.#row.focus();
  }

  #fill() {
    const change = (/** @type {Partial<Zone>} */ what, tag = "") => this.#editor.change(this.#key, what, tag);
    const settle = () => this.#editor.settle();
    this.#name.type = "text";
    this.#name.maxLength = 60;
    this.#name.autocomplete = "off";
    this.#name.setAttribute("aria-describedby", `${this.#key}-trouble`);
    this.#name.addEventListener("input", () => change({ name: this.#name.value }, `name ${this.#key}`));
    this.#name.addEventListener("change", settle);
    this.#kinds.append(element("legend", "unseen", "What it is for"));
    for (const [value, words] of KINDS) {
      const radio = element("input", "");
      Object.assign(radio, { type: "radio", name: `kind-${this.#key}`, value });
      radio.addEventListener("change", () => change({ kind: value }));
      this.#kinds.append(labelled(words, radio, "zone-kind"));
    }
    this.#own.type = "checkbox";
    this.#own.addEventListener("change", () =>
      change({ sensitivity: this.#own.checked ? this.#sensitivity.valueAsNumber : null }),
    );
    Object.assign(this.#sensitivity, { type: "range", min: "1", max: "100" });
    this.#sensitivity.setAttribute("aria-label", "Sensitivity of this zone");
    this.#sensitivity.addEventListener("input", () =>
      change({ sensitivity: this.#sensitivity.valueAsNumber }, `sensitivity ${this.#key}`),
    );
    this.#sensitivity.addEventListener("change", settle);
    this.#sensitive.append(labelled("Its own sensitivity", this.#own, "check"), this.#sensitivity, this.#level);
    this.#holds.append(element("span", "", "Holds at"), this.#where);
    this.#where.addEventListener("change", () => {
      if (this.#where.value !== "gone") change(heldAt(Number(this.#where.value) || null));
    });
    const name = element("label", "zone-name-field");
    name.append(element("span", "", "Name"), this.#name);
    const [purpose, acts] = [element("div", "zone-purpose"), element("div", "zone-acts")];
    const remove = button("", "trash", () => this.#remove(), "icon-button");
    remove.title = "Delete this zone";
    remove.setAttribute("aria-label", remove.title);
    purpose.append(this.#kinds, remove);
    acts.append(this.#more, this.#fewer);
    this.#body.append(name, this.#trouble, purpose, this.#holds, this.#sensitive, acts);
  }

  /** @param {Zone} zone @param {number} sensitivity */
  #showSensitivity({ kind, sensitivity: own }, sensitivity) {
    this.#sensitive.hidden = kind === "ignore";
    this.#own.checked = own !== null;
    this.#sensitivity.disabled = own === null;
    this.#sensitivity.value = String(own ?? sensitivity);
    this.#level.textContent = own === null ? `${sensitivity}, as the camera` : String(own);
  }

  /** Behind the corner that was touched last, or the first. */
  #addCorner() {
    const index = this.#editor.insertCorner(this.#editor.corner);
    this.#editor.painter.focusHandle(index);
  }

  #removeCorner() {
    this.#editor.removeCorner(this.#editor.corner);
  }

  #remove() {
    const next = this.element.nextElementSibling ?? this.element.previousElementSibling;
    this.#editor.removeZone(this.#key);
    /** @type {HTMLElement | null | undefined} */ (next?.querySelector(".zone-row"))?.focus();
  }
}

/** @param {Zone} zone */
function warning({ points }) {
  return crossesItself(points) ? "The lines of this zone cross: what lies between them may not be what you mean." : "";
}

/** @param {string} words @param {HTMLInputElement} input @param {string} className */
function labelled(words, input, className) {
  const label = element("label", className);
  label.append(input, words);
  return label;
}
