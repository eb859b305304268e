/** The pad on the dashboard's enlarged tile: there while the tile is enlarged, and only for cameras that can be turned. */

import { call } from "../api.js";
import { toast } from "../toast.js";
import { canBeTurned, PtzPanel } from "./panel.js";

/** @param {HTMLElement} wall its tiles tell `tile:enlarged` and `tile:restored` */
export function bindTileControl(wall) {
  /** @type {PtzPanel | null} */
  let panel = null;
  let wanted = 0;
  const dismiss = () => {
    wanted += 1;
    panel?.dismiss();
    panel = null;
  };
  wall.addEventListener("tile:restored", dismiss);
  wall.addEventListener("tile:enlarged", async (event) => {
    dismiss();
    const mine = wanted;
    const { slug, element } = /** @type {CustomEvent} */ (event).detail;
    const ptz = await call(`cameras/${encodeURIComponent(slug)}/ptz/`).catch(() => null);
    if (mine !== wanted || !ptz || !canBeTurned(ptz)) return;
    panel = new PtzPanel(slug, ptz, { say: toast, isSmall: true });
    element.append(panel.element);
  });
}
