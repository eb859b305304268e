/**
 * Settings and zones as they are on the page, beside those the server has. Pure.
 *
 * @import { Polygon } from "./polygon.js"
 * @import { Week } from "./hours.js"
 * @typedef {object} Settings as the API has them
 * @property {number} sensitivity
 * @property {number} smallest_percent
 * @property {number} shortest_ms
 * @property {number} ends_after_s
 * @property {number} pre_roll_s
 * @property {number} post_roll_s
 * @property {number} analyses_per_s
 * @property {Week} schedule
 * @property {string} time_zone
 * @property {boolean} finds_objects
 * @typedef {"watch" | "ignore"} Kind
 * @typedef {object} Zone `key` is the page's own; `id` is null until it is saved
 * @property {string} key
 * @property {number | null} id
 * @property {string} name
 * @property {Kind} kind
 * @property {Polygon} points
 * @property {number | null} sensitivity null: the camera's
 * @property {number | null} preset where alone it holds; null: everywhere, or (without `holds_everywhere`) nowhere, since that preset is gone
 * @property {boolean} holds_everywhere
 */

export const FIELDS = /** @type {const} */ ([
  "sensitivity",
  "smallest_percent",
  "shortest_ms",
  "ends_after_s",
  "pre_roll_s",
  "post_roll_s",
  "analyses_per_s",
  "schedule",
  "time_zone",
  "finds_objects",
]);
const NAMES = { watch: "Zone", ignore: "Ignored" };

/** @param {Record<string, any>} answer @returns {Settings} */
export function settingsOf(answer) {
  return /** @type {Settings} */ (Object.fromEntries(FIELDS.map((field) => [field, answer[field]])));
}

/** @param {Record<string, any>} answer @returns {Zone[]} */
export function zonesOf(answer) {
  return answer.zones.map((/** @type {any} */ zone) => ({ ...zone, key: `saved-${zone.id}` }));
}

/** What the server is to be told, null when nothing. @param {Settings} saved @param {Settings} draft @returns {Partial<Settings> | null} */
export function changedSettings(saved, draft) {
  const changed = FIELDS.filter((field) => JSON.stringify(saved[field]) !== JSON.stringify(draft[field]));
  return changed.length ? Object.fromEntries(changed.map((field) => [field, draft[field]])) : null;
}

/** Zones in the form of the API. @param {readonly Zone[]} zones */
export function toApi(zones) {
  return zones.map(({ key: _key, ...zone }) => zone);
}

/** @param {readonly Zone[]} saved @param {readonly Zone[]} draft */
export function areZonesChanged(saved, draft) {
  const inOrder = (/** @type {readonly Zone[]} */ zones) =>
    JSON.stringify(
      toApi(zones)
        .map(({ id, name, kind, points, sensitivity, preset, holds_everywhere }) => [
          id,
          name,
          kind,
          points,
          sensitivity,
          preset,
          holds_everywhere,
        ])
        .sort(),
    );
  return inOrder(saved) !== inOrder(draft);
}

/** The first of "Zone 1", "Zone 2" … that is free. @param {readonly Zone[]} zones @param {Kind} kind */
export function freeName(zones, kind) {
  const taken = new Set(zones.map(({ name }) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = `${NAMES[kind]} ${number}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

/** @param {readonly Zone[]} zones @param {string} key @param {Partial<Zone>} change @returns {Zone[]} */
export function withZone(zones, key, change) {
  return zones.map((zone) => (zone.key === key ? { ...zone, ...change } : zone));
}

/** What is not saved, in words; "" when all is. @param {Partial<Settings> | null} settings @param {boolean} hasZones whether zones changed */
export function unsavedWords(settings, hasZones) {
  const count = settings ? Object.keys(settings).length : 0;
  const parts = [
    ...(hasZones ? ["zones"] : []),
    ...(count === 1 ? ["one setting"] : count ? [`${count} settings`] : []),
  ];
  return parts.length ? `Not saved yet: ${parts.join(" and ")}.` : "";
}

/** What a zone becomes that is to hold there. @param {number | null} preset null: everywhere */
export function heldAt(preset) {
  return { preset, holds_everywhere: preset === null };
}

/** Whether it holds while the camera stands at that preset; null: somewhere else. @param {Zone} zone @param {number | null} preset */
export function holdsAt(zone, preset) {
  return zone.holds_everywhere || (preset !== null && zone.preset === preset);
}
