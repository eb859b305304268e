/** In which time zone the page tells times: the browser's unless another one was chosen, which this browser then keeps. */

import { Zone } from "../timeline/zone.js";

const KEPT = "nvr.time-zone";

/** @returns {Zone} */
export function currentZone() {
  for (const name of [localStorage.getItem(KEPT), browserZone(), "UTC"]) {
    try {
      if (name) return new Zone(name);
    } catch {
      // A zone that this browser doesn't know: the next one.
    }
  }
  return new Zone("UTC");
}

/** @param {HTMLSelectElement} select @param {(zone: Zone) => void} changed */
export function bindZoneSelect(select, changed) {
  const own = browserZone();
  const names = [...new Set([own, "UTC", ...(Intl.supportedValuesOf?.("timeZone") ?? [])])];
  select.replaceChildren(
    ...names.map((name) => new Option(name === own ? `${place(name)} (here)` : place(name), name)),
  );
  select.value = currentZone().name;
  select.addEventListener("change", () => {
    if (select.value === own) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, select.value);
    changed(new Zone(select.value));
  });
}

function browserZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** @param {string} name */
function place(name) {
  return name.replaceAll("_", " ");
}
