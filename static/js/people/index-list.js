/** The lists of people, groups and cameras to choose from, narrowed by what is typed. */

import { element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { hashOf } from "./store.js";

/** @import { Place, Store } from "./store.js" */

export class IndexList {
  #nav;
  #search;
  #none;
  #store;

  /** @param {HTMLElement} nav @param {HTMLInputElement} search @param {HTMLElement} none @param {Store} store */
  constructor(nav, search, none, store) {
    this.#nav = nav;
    this.#search = search;
    this.#none = none;
    this.#store = store;
    search.addEventListener("input", () => this.#narrow());
  }

  /** @param {Place | null} chosen */
  draw(chosen) {
    const { people, groups, cameras, cameraGroups } = this.#store;
    const parts = [
      this.#part(
        "People",
        "user",
        people.map((one) => entry("user", String(one.id), one.username, personMarks(one))),
      ),
      this.#part(
        "Groups of people",
        "person",
        groups.map((one) => entry("group", String(one.id), one.name, [counted(one.members.length, "member")])),
      ),
      this.#part(
        "Cameras",
        "live",
        cameras.map((one) => entry("camera", one.slug, one.name, [])),
      ),
      this.#part(
        "Groups of cameras",
        "four",
        cameraGroups.map((one) => entry("cameras", String(one.id), one.name, [counted(one.cameras.length, "camera")])),
      ),
    ];
    this.#nav.replaceChildren(...parts.filter((part) => part !== null));
    const hash = chosen ? hashOf(chosen) : "";
    for (const link of this.#nav.querySelectorAll("a"))
      if (link.getAttribute("href") === hash) link.setAttribute("aria-current", "true");
    this.#narrow();
  }

  /** @param {string} heading @param {string} iconName @param {HTMLElement[]} entries */
  #part(heading, iconName, entries) {
    if (entries.length === 0) return null;
    const part = element("section", "people-part");
    const title = element("h2", "", heading);
    title.prepend(icon(iconName));
    const items = element("ul", "");
    items.append(...entries);
    part.append(title, items);
    return part;
  }

  #narrow() {
    const wanted = this.#search.value.trim().toLowerCase();
    let shown = 0;
    for (const part of this.#nav.querySelectorAll("section")) {
      const items = [...part.querySelectorAll("li")];
      for (const item of items) item.hidden = !(item.dataset.name ?? "").includes(wanted);
      part.hidden = items.every((item) => item.hidden);
      shown += items.filter((item) => !item.hidden).length;
    }
    this.#none.hidden = shown > 0;
  }
}

/** @param {Place["kind"]} kind @param {string} id @param {string} name @param {string[]} marks */
function entry(kind, id, name, marks) {
  const item = element("li", "");
  item.dataset.name = name.toLowerCase();
  const link = element("a", "people-link");
  link.href = hashOf({ kind, id });
  link.append(element("span", "people-name", name));
  for (const mark of marks) link.append(element("span", "people-mark", mark));
  item.append(link);
  return item;
}

/** @param {import("./store.js").Person} person */
function personMarks(person) {
  const marks = [];
  if (!person.is_active) marks.push("switched off");
  if (person.is_superuser) marks.push("administrator");
  else if (person.may_manage_people) marks.push("manages people");
  return marks;
}

/** @param {number} count @param {string} what */
function counted(count, what) {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
