/** The keyboard of the recordings page, and the dialog that explains it. */

import { bindKeys, enableShortcuts, shortcutsEnabled } from "../keyboard.js";

/** @param {Record<string, (event: KeyboardEvent) => boolean | void>} actions by name of the key @param {() => void} pressSpace */
export function bindRecordingsKeys(actions, pressSpace) {
  const showHelp = bindHelp();
  bindKeys({
    ...actions,
    "?": () => showHelp(),
    " ": ({ target }) => {
      // A focused button is pressed by it.
      if (target instanceof Element && target.closest("button, a, summary")) return false;
      pressSpace();
      return true;
    },
  });
}

/** @returns {() => void} */
function bindHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
  const box = /** @type {HTMLInputElement} */ (document.getElementById("shortcuts-enabled"));
  box.checked = shortcutsEnabled();
  box.addEventListener("change", () => enableShortcuts(box.checked));
  const show = () => dialog.showModal();
  document.getElementById("help-button")?.addEventListener("click", show);
  return show;
}
