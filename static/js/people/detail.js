/** The right-hand side: one person, group, camera or group of cameras. */

import { call } from "../api.js";
import { button, element } from "../exports/dom.js";
import { giveRight } from "./grant-form.js";
import { changePerson, pathOf, renameGroup } from "./name-forms.js";
import { apply, card, chips, grantList, rightsRow } from "./parts.js";
import { hashOf } from "./store.js";

/**
 * @import { Person, Place, Store } from "./store.js"
 * @import { Right } from "./words.js"
 */

const ADMINISTRATOR = "Administrators need no grant.";

export class Detail {
  #host;
  #store;
  #changed;
  #gone;

  /** @param {HTMLElement} host @param {Store} store @param {() => Promise<void>} changed @param {() => Promise<void>} gone after something was deleted */
  constructor(host, store, changed, gone) {
    this.#host = host;
    this.#store = store;
    this.#changed = changed;
    this.#gone = gone;
  }

  /** @param {Place | null} place */
  async show(place) {
    const name = place && this.#store.nameOf(place);
    if (!place || !name) {
      this.#host.replaceChildren(
        element("p", "card quiet", "Choose somebody to see what they may do, or a camera to see who may use it."),
      );
      return;
    }
    const open = new Set(
      [...this.#host.querySelectorAll("details[open] summary strong")].map(({ textContent }) => textContent),
    );
    const isSame = this.#host.dataset.place === hashOf(place);
    const parts = await this.#parts(place, name);
    const chosen = [...this.#host.querySelectorAll("select")].map((select) => [select.ariaLabel, select.value]);
    this.#host.replaceChildren(element("h2", "people-title", name), ...parts);
    this.#host.dataset.place = hashOf(place);
    if (!isSame) return;
    for (const details of this.#host.querySelectorAll("details"))
      details.open = open.has(details.querySelector("summary strong")?.textContent ?? "");
    for (const select of this.#host.querySelectorAll("select")) {
      const value = chosen.find(([label]) => label === select.ariaLabel)?.[1] ?? "";
      if ([...select.options].some((option) => option.value === value)) select.value = value;
    }
  }

  /** @param {Place} place @param {string} name @returns {Promise<HTMLElement[]>} */
  async #parts(place, name) {
    if (place.kind === "user") return this.#person(place, name);
    if (place.kind === "group") return this.#group(place, name);
    if (place.kind === "camera") return this.#camera(place, name);
    return this.#cameras(place, name);
  }

  /** @param {Place} place @param {string} name */
  async #person(place, name) {
    const person = /** @type {Person} */ (this.#store.people.find(({ id }) => String(id) === place.id));
    /** @type {{camera: {slug: string, name: string}, rights: Right[]}[]} */
    const cameras = await call(`users/${place.id}/rights/`);
    const list = element("ul", "people-list");
    const why = person.is_superuser ? ADMINISTRATOR : "";
    list.append(
      ...cameras.map(({ camera, rights }) =>
        rightsRow(camera.name, hashOf({ kind: "camera", id: camera.slug }), rights, why),
      ),
    );
    const nothing = cameras.length
      ? null
      : element("p", "quiet", "No camera yet. Give a right below, or put them into a group.");
    const off = person.is_active ? "" : "This account is switched off, so nothing of this counts.";
    return [
      this.#account(person),
      this.#groupsOf(person),
      card(`What ${name} may do, and why`, off, [nothing, list]),
      this.#granted(place, `Given to ${name} alone`, ({ what, camera_group }) =>
        camera_group === null ? what : `cameras of “${what}”`,
      ),
    ];
  }

  /** @param {Person} person */
  #account(person) {
    const facts = [
      person.is_superuser ? "Administrator: may do everything." : "",
      person.may_manage_people && !person.is_superuser ? "Manages people and their rights." : "",
      [person.first_name, person.last_name].join(" ").trim(),
      person.email,
      person.last_login ? `Last signed in ${new Date(person.last_login).toLocaleString()}.` : "Has not signed in yet.",
    ];
    const nodes = facts.filter(Boolean).map((fact) => element("p", "small", fact));
    if (!person.may_change) {
      nodes.push(element("p", "quiet small", "Only an administrator can change this account."));
      return card("Account", "", nodes);
    }
    const isMe = person.id === this.#store.facts.me;
    const change = () => call(`users/${person.id}/`, { method: "PATCH", body: { is_active: !person.is_active } });
    const actions = [button("Change", "pencil", () => changePerson(this.#store, person, this.#changed))];
    if (!isMe) {
      const text = person.is_active ? "Switch off" : "Switch on";
      actions.push(
        button(text, person.is_active ? "off" : "check", () => apply(change(), this.#changed)),
        button("Delete", "trash", () =>
          this.#remove(`users/${person.id}/`, `${person.username}, with their exports, layouts and notifications`),
        ),
      );
    }
    const help = person.is_active ? "" : "Switched off: can’t sign in, and what was open is closed.";
    return card("Account", help, nodes, actions);
  }

  /** @param {Person} person */
  #groupsOf(person) {
    const named = this.#store.groups.map(({ id, name }) => ({ id: String(id), name }));
    const inside = named.filter(({ id }) => person.groups.includes(Number(id)));
    const outside = named.filter((group) => !inside.includes(group));
    const save = (/** @type {string[]} */ ids) =>
      apply(call(`users/${person.id}/`, { method: "PATCH", body: { groups: ids.map(Number) } }), this.#changed);
    const none = named.length ? null : element("p", "quiet", "There are no groups of people yet.");
    return card("Groups", "", [none, chips("group", inside, outside, save)]);
  }

  /** @param {Place} place @param {string} name */
  async #group(place, name) {
    const group = this.#store.groups.find(({ id }) => String(id) === place.id);
    const named = this.#store.people.map(({ id, username }) => ({ id: String(id), name: username }));
    const inside = named.filter(({ id }) => group?.members.includes(Number(id)));
    const outside = named.filter((one) => !inside.includes(one));
    const save = (/** @type {string[]} */ ids) =>
      apply(call(`groups/${place.id}/`, { method: "PATCH", body: { members: ids.map(Number) } }), this.#changed);
    return [
      card(
        "Members",
        "Everybody in it has the rights below.",
        [chips("person", inside, outside, save)],
        this.#groupActions("group", place.id, name),
      ),
      this.#granted(place, `Given to everybody in ${name}`, ({ what, camera_group }) =>
        camera_group === null ? what : `cameras of “${what}”`,
      ),
    ];
  }

  /** @param {Place} place @param {string} name */
  async #camera(place, name) {
    /** @type {{user: {id: number, username: string, is_active: boolean, is_superuser: boolean}, rights: Right[]}[]} */
    const people = await call(`cameras/${encodeURIComponent(place.id)}/who/`);
    const list = element("ul", "people-list");
    list.append(
      ...people.map(({ user, rights }) =>
        rightsRow(
          user.username,
          hashOf({ kind: "user", id: String(user.id) }),
          rights,
          user.is_superuser ? ADMINISTRATOR : "",
        ),
      ),
    );
    const groups = this.#store.cameraGroups
      .filter(({ cameras }) => cameras.includes(place.id))
      .map((one) => `“${one.name}”`);
    const help = groups.length ? `It is in ${groups.join(", ")}; rights on these are in here too.` : "";
    return [
      card(`Who may see ${name}, and why`, help, [list]),
      this.#granted(place, `Given on ${name} alone`, ({ who, user_group }) =>
        user_group === null ? who : `everybody in “${who}”`,
      ),
    ];
  }

  /** @param {Place} place @param {string} name */
  async #cameras(place, name) {
    const group = this.#store.cameraGroups.find(({ id }) => String(id) === place.id);
    const named = this.#store.cameras.map((one) => ({ id: one.slug, name: one.name }));
    const inside = named.filter(({ id }) => group?.cameras.includes(id));
    const outside = named.filter((one) => !inside.includes(one));
    const save = (/** @type {string[]} */ ids) =>
      apply(call(`camera-groups/${place.id}/`, { method: "PATCH", body: { cameras: ids } }), this.#changed);
    return [
      card(
        "Cameras",
        "The rights below are rights on all of them.",
        [chips("camera", inside, outside, save)],
        this.#groupActions("cameras", place.id, name),
      ),
      this.#granted(place, `Given on all cameras in ${name}`, ({ who, user_group }) =>
        user_group === null ? who : `everybody in “${who}”`,
      ),
    ];
  }

  /** @param {Place} place @param {string} heading @param {(grant: import("./words.js").Grant) => string} other */
  #granted(place, heading, other) {
    const give = button("Give a right", "plus", () => giveRight(this.#store, place, this.#changed));
    return card(heading, "", [grantList(this.#store, this.#store.grantsOf(place), other, this.#changed)], [give]);
  }

  /** @param {"group" | "cameras"} kind @param {string} id @param {string} name */
  #groupActions(kind, id, name) {
    return [
      button("Rename", "pencil", () => renameGroup(kind, id, name, this.#changed)),
      button("Delete", "trash", () =>
        this.#remove(
          `${pathOf(kind)}${id}/`,
          `the group ${name}, with the rights given ${kind === "group" ? "to" : "on"} it`,
        ),
      ),
    ];
  }

  /** @param {string} path @param {string} what */
  #remove(path, what) {
    if (window.confirm(`Delete ${what}?`)) apply(call(path, { method: "DELETE" }), this.#gone);
  }
}
