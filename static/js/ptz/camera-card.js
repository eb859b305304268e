/** The card "Turn" on a camera's page, and clicks on the picture that turn the camera towards what was clicked. */

import { call } from "../api.js";
import { toast } from "../toast.js";
import { canBeTurned, PtzPanel } from "./panel.js";
import { picturePoint } from "./picture-point.js";

/**
 * @param {string} slug
 * @param {{card: HTMLElement, viewer: HTMLElement, centre: HTMLButtonElement, pictureSize: () => {width: number, height: number}}} page
 * @returns {{changed: () => Promise<void>, presetsChanged: () => void, toursChanged: () => void}}
 */
export function bindPtzCard(slug, { card, viewer, centre, pictureSize }) {
  /** @type {PtzPanel | null} */
  let panel = null;
  const surface = /** @type {HTMLElement} */ (viewer.querySelector(".tile-picture"));

  async function changed() {
    const ptz = await call(`cameras/${encodeURIComponent(slug)}/ptz/`);
    panel?.dismiss();
    panel = null;
    const isThere = canBeTurned(ptz);
    card.hidden = !isThere;
    centre.hidden = !(isThere && ptz.abilities.moves_by);
    if (!isThere) return;
    panel = new PtzPanel(slug, ptz, { say: toast });
    card.append(panel.element);
  }

  centre.addEventListener("click", () => {
    const isOn = centre.getAttribute("aria-pressed") !== "true";
    centre.setAttribute("aria-pressed", String(isOn));
    viewer.toggleAttribute("data-centring", isOn);
  });
  surface.addEventListener("click", (event) => {
    if (!panel || !viewer.hasAttribute("data-centring")) return;
    const point = picturePoint(surface.getBoundingClientRect(), pictureSize(), event.clientX, event.clientY);
    if (point) panel.centre(point.x, point.y);
  });
  changed().catch(() => undefined);
  return { changed, presetsChanged: () => panel?.presetsChanged(), toursChanged: () => panel?.toursChanged() };
}
