/**
 * Everybody and everything the page is about, as the API has it.
 *
 * @import { Grant } from "./words.js"
 *
 * @typedef {object} Person
 * @property {number} id
 * @property {string} username
 * @property {string} first_name
 * @property {string} last_name
 * @property {string} email
 * @property {boolean} is_active
 * @property {boolean} is_superuser
 * @property {boolean} is_staff
 * @property {boolean} may_manage_people
 * @property {boolean} may_change
 * @property {number[]} groups
 * @property {string | null} last_login
 * @typedef {{id: number, name: string, members: number[], has_permissions: boolean}} Group
 * @typedef {{id: number, name: string, cameras: string[]}} CameraGroup
 * @typedef {{slug: string, name: string}} Camera
 * @typedef {{me: number, isSuperuser: boolean, timeZone: string, actions: import("./words.js").Action[], cameras: Camera[]}} Facts
 * @typedef {{kind: "user" | "group" | "camera" | "cameras", id: string}} Place
 */

import { list } from "../api.js";

export class Store {
  /** @type {Person[]} */
  people = [];
  /** @type {Group[]} */
  groups = [];
  /** @type {CameraGroup[]} */
  cameraGroups = [];
  /** @type {Grant[]} */
  grants = [];

  /** @param {Facts} facts */
  constructor(facts) {
    this.facts = facts;
  }

  get cameras() {
    return this.facts.cameras;
  }

  async refresh() {
    [this.people, this.groups, this.cameraGroups, this.grants] = await Promise.all([
      list("users/"),
      list("groups/"),
      list("camera-groups/"),
      list("grants/"),
    ]);
  }

  /** What was granted there itself, not through a group. @param {Place} place */
  grantsOf({ kind, id }) {
    const key = /** @type {const} */ ({ user: "user", group: "user_group", camera: "camera", cameras: "camera_group" })[
      kind
    ];
    return this.grants.filter((grant) => String(grant[key]) === id);
  }

  /** @param {Place} place @returns {string} its name; empty when there is no such thing (any more) */
  nameOf({ kind, id }) {
    if (kind === "user") return this.people.find((one) => String(one.id) === id)?.username ?? "";
    if (kind === "group") return this.groups.find((one) => String(one.id) === id)?.name ?? "";
    if (kind === "cameras") return this.cameraGroups.find((one) => String(one.id) === id)?.name ?? "";
    return this.cameras.find(({ slug }) => slug === id)?.name ?? "";
  }
}

/** "#camera-front-door" and the like. @param {string} hash @returns {Place | null} */
export function placeOf(hash) {
  const found = /^#(user|group|camera|cameras)-(.+)$/.exec(hash);
  return found && { kind: /** @type {Place["kind"]} */ (found[1]), id: decodeURIComponent(found[2]) };
}

/** @param {Place} place */
export function hashOf({ kind, id }) {
  return `#${kind}-${encodeURIComponent(id)}`;
}
