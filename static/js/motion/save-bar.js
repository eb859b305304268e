/** The bar at the foot of the page while something is not saved: what, whether it can be, and the buttons for it. */

export class SaveBar {
  #bar;
  #words;
  #save;
  #discard;

  /** @param {HTMLElement} bar @param {{save: () => void, discard: () => void}} acts */
  constructor(bar, { save, discard }) {
    this.#bar = bar;
    this.#words = /** @type {HTMLElement} */ (bar.querySelector("#save-words"));
    this.#save = /** @type {HTMLButtonElement} */ (bar.querySelector("#save"));
    this.#discard = /** @type {HTMLButtonElement} */ (bar.querySelector("#discard"));
    this.#save.addEventListener("click", save);
    this.#discard.addEventListener("click", discard);
  }

  /**
   * @param {{words: string, trouble: string, isSaving: boolean, isBlocked: boolean}} now `words` are "" when all is saved; `isBlocked`: it can't be
   *   saved as it is
   */
  show({ words, trouble, isSaving, isBlocked }) {
    const isHidden = !words && !isBlocked && !isSaving;
    // The focus goes with the buttons: to where one was, not to the top of the page.
    if (isHidden && this.#bar.contains(document.activeElement))
      document.getElementById("main")?.focus({ preventScroll: true });
    this.#bar.hidden = isHidden;
    const text = isSaving ? "Saving …" : trouble || words;
    if (this.#words.textContent !== text) this.#words.textContent = text;
    this.#bar.toggleAttribute("data-trouble", Boolean(trouble) && !isSaving);
    // Not `disabled`: a button that is would lose the focus while it saves.
    for (const button of [this.#save, this.#discard]) button.setAttribute("aria-disabled", String(isSaving));
    this.#save.disabled = isBlocked;
  }
}
