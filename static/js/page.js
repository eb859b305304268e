/** What every page has: the colour switch and the menus of the header. */

import { bindMenu } from "./menus.js";
import { bindThemeToggle } from "./theme.js";

for (const button of document.querySelectorAll("[data-theme-toggle]")) bindThemeToggle(button);
for (const menu of document.querySelectorAll("[data-menu]")) bindMenu(/** @type {HTMLElement} */ (menu));
