/** The dashboard: puts wall, layouts, keyboard and events together. */

import { showConnection } from "./connection-notice.js";
import { Arranger } from "./dashboard/arrange.js";
import { Enlarger } from "./dashboard/enlarge.js";
import { bindDashboardKeys } from "./dashboard/keys.js";
import { startKiosk } from "./dashboard/kiosk.js";
import { LayoutMenu } from "./dashboard/layout-menu.js";
import { Layouts } from "./dashboard/layouts.js";
import { keepInStep } from "./dashboard/live-list.js";
import { markMotion } from "./dashboard/motion-marks.js";
import { bindPager } from "./dashboard/pager.js";
import { bindPointer } from "./dashboard/pointer.js";
import { Wall } from "./dashboard/wall.js";
import { pageEvents } from "./events.js";
import { bindFullscreen } from "./fullscreen.js";
import { bindTileControl } from "./ptz/tile-control.js";

const byId = (/** @type {string} */ id) => document.getElementById(id);

const wall = new Wall(
  /** @type {HTMLElement} */ (byId("wall")),
  /** @type {HTMLTemplateElement} */ (byId("tile-template")),
);
const enlarger = new Enlarger(wall.element);
const events = pageEvents();
showConnection(events);
keepInStep(wall, enlarger, events);
markMotion(wall, events);
events.open();

if (!wall.element.hidden) {
  /** @type {LayoutMenu} */
  let menu;
  const arranger = new Arranger(wall, /** @type {HTMLElement} */ (byId("arrange-bar")), (layout) => menu.save(layout));
  menu = new LayoutMenu(
    wall,
    new Layouts(),
    arranger,
    /** @type {HTMLElement} */ (document.querySelector(".segments")),
  );
  bindPager(wall, enlarger);
  bindPointer(wall, enlarger, arranger);
  bindTileControl(wall.element);
  const toggleFullscreen = bindFullscreen(
    /** @type {HTMLElement} */ (byId("main")),
    /** @type {HTMLElement} */ (byId("fullscreen")),
  );
  bindDashboardKeys(wall, enlarger, arranger, toggleFullscreen);
  if (document.body.classList.contains("kiosk")) startKiosk(wall);
}
