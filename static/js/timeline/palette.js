/**
 * The timeline's colours, out of static/css/recordings.css, in which they are registered as colours: so they come resolved for the theme.
 *
 * @typedef {Record<"track" | "recorded" | "fresh" | "line" | "fine" | "ink" | "quiet" | "accent" | "accentInk" | "mark" | "protected" | "event", string>
 *   & {gaps: Record<string, string>, font: string}} Palette
 */

const GAPS = {
  camera_down: "--tl-down",
  write_failure: "--tl-failure",
  overload: "--tl-failure",
  unknown: "--tl-unknown",
  deleted: "--tl-deleted",
  schedule_off: "--tl-off",
  off: "--tl-off",
  clock_set: "--tl-off",
};

/** @param {Element} element @returns {Palette} */
export function readPalette(element) {
  const style = getComputedStyle(element);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    track: colour("--tl-track"),
    recorded: colour("--tl-recorded"),
    fresh: colour("--tl-fresh"),
    line: colour("--tl-line"),
    fine: colour("--tl-fine"),
    ink: colour("--tl-ink"),
    quiet: colour("--tl-quiet"),
    accent: colour("--tl-accent"),
    accentInk: colour("--tl-accent-ink"),
    mark: colour("--tl-mark"),
    protected: colour("--tl-protected"),
    event: colour("--tl-event"),
    gaps: Object.fromEntries(Object.entries(GAPS).map(([kind, name]) => [kind, colour(name)])),
    font: style.fontFamily,
  };
}

/** @param {() => void} changed @returns {() => void} stops watching */
export function watchTheme(changed) {
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  scheme.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    scheme.removeEventListener("change", changed);
  };
}
