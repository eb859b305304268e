/**
 * Single-key shortcuts, which a person can switch off (WCAG 2.1.4): `bindKeys` calls the action of the pressed key unless somebody
 * is typing, a dialog is open, or a modifier is held.
 */

const SWITCH = "nvr.shortcuts";

export function shortcutsEnabled() {
  return localStorage.getItem(SWITCH) !== "off";
}

/** @param {boolean} isEnabled */
export function enableShortcuts(isEnabled) {
  if (isEnabled) localStorage.removeItem(SWITCH);
  else localStorage.setItem(SWITCH, "off");
}

/**
 * @param {Record<string, (event: KeyboardEvent) => boolean | void>} actions by `KeyboardEvent.key`; one that answers false leaves the key to the browser
 */
export function bindKeys(actions) {
  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || !isShortcut(event)) return;
    if (action(event) !== false) event.preventDefault();
  });
}

/** Whether a pressed key may be taken for a shortcut. @param {KeyboardEvent} event */
export function isShortcut(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key.length === 1 && !shortcutsEnabled()) return false;
  return !isTyping(event.target) && document.querySelector("dialog[open]") === null;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.closest("input, select, textarea, [contenteditable]") !== null;
}
