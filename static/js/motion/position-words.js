/**
 * Where zones hold, in words. Pure.
 *
 * @import { Zone } from "./draft.js"
 * @import { Preset } from "./positions.js"
 */

/** What the picture shows. @param {Preset} preset @param {boolean} isElsewhere the camera looks elsewhere now */
export function placeWords({ name, picture }, isElsewhere) {
  if (!isElsewhere) return `Live: the camera stands at “${name}”.`;
  if (picture) return `The stored picture of “${name}”: the camera looks elsewhere now.`;
  return `There is no stored picture of “${name}”, and the camera looks elsewhere now: send it there before you draw.`;
}

/** "" for a camera with one position. @param {Zone} zone @param {readonly Preset[]} presets */
export function holdsWords({ holds_everywhere: isEverywhere, preset }, presets) {
  if (isEverywhere) return "";
  const name = presets.find(({ id }) => id === preset)?.name;
  return name ?? "position gone";
}

/** @param {Zone} zone @param {readonly Preset[]} presets */
export function lostWords(zone, presets) {
  return zone.holds_everywhere || presets.some(({ id }) => id === zone.preset)
    ? ""
    : "The position of this zone is gone from the camera: it holds nowhere. Choose another, or delete it.";
}
