/** Pictures only: the pointer hides, the screen stays on, pages may turn by themselves (`?kiosk=1&cycle=20`). */

/**
 * @import { Wall } from "./wall.js"
 */

const IDLE_MS = 2_500;
const SHORTEST_CYCLE_S = 3;

/** @param {Wall} wall */
export function startKiosk(wall) {
  hideIdlePointer();
  keepScreenOn();
  const seconds = Number(new URLSearchParams(location.search).get("cycle"));
  if (seconds >= SHORTEST_CYCLE_S) setInterval(() => wall.turn(1), seconds * 1000);
}

function hideIdlePointer() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const moved = () => {
    document.body.removeAttribute("data-idle");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.setAttribute("data-idle", ""), IDLE_MS);
  };
  document.addEventListener("pointermove", moved);
  moved();
}

/** The browser takes the lock back whenever the page is hidden. Missing on plain http; the screen then does what it is set to. */
function keepScreenOn() {
  if (!("wakeLock" in navigator)) return;
  const ask = () => {
    if (document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
