/** What every page has: the colour switch, the menus of the header and, signed in, the number of events to review. */

import { bindMenu } from "./menus.js";
import { bindThemeToggle } from "./theme.js";
import { countUnreviewed } from "./unreviewed.js";

for (const button of document.querySelectorAll("[data-theme-toggle]")) bindThemeToggle(button);
for (const menu of document.querySelectorAll("[data-menu]")) bindMenu(/** @type {HTMLElement} */ (menu));
const badges = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-unreviewed]"));
if (badges.length) countUnreviewed([...badges]);
