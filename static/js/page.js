/** What every page has: the colour switch, the menus of the header, the number of events to review, and the service worker. */

import { bindMenu } from "./menus.js";
import { bindThemeToggle } from "./theme.js";
import { countUnreviewed } from "./unreviewed.js";
import { bindSignOut, registerWorker } from "./worker-door.js";

for (const button of document.querySelectorAll("[data-theme-toggle]")) bindThemeToggle(button);
for (const menu of document.querySelectorAll("[data-menu]")) bindMenu(/** @type {HTMLElement} */ (menu));
for (const form of document.querySelectorAll("[data-sign-out]")) bindSignOut(/** @type {HTMLFormElement} */ (form));
const badges = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-unreviewed]"));
if (badges.length) countUnreviewed([...badges]);
// Only when the page has what it needs itself.
if (document.readyState === "complete") registerWorker();
else window.addEventListener("load", () => registerWorker(), { once: true });
