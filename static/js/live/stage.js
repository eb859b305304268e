/** What a player shows: the surface with the picture, the next one behind it, and a note in words over it. */

export class Stage {
  #host;
  #surfaces = document.createElement("div");
  #note = document.createElement("p");
  /** @type {Element | null} */
  #next = null;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
    this.#surfaces.className = "nvr-surfaces";
    this.#note.className = "nvr-note";
    this.#note.setAttribute("role", "status");
  }

  build() {
    this.#host.append(this.#surfaces, this.#note);
  }

  clear() {
    this.#surfaces.replaceChildren();
    this.#next = null;
  }

  /** The next surface waits behind the present one. @param {HTMLElement} element */
  add(element) {
    element.className = "nvr-surface";
    element.tabIndex = -1;
    element.setAttribute("aria-hidden", "true");
    this.#next?.remove();
    this.#next = element;
    this.#surfaces.prepend(element);
  }

  /** The next surface has a picture: the others go. */
  reveal() {
    if (!this.#next) return;
    // Taking a <video> out of the page and putting it back would pause it.
    for (const other of [...this.#surfaces.children]) if (other !== this.#next) other.remove();
    this.#next = null;
  }

  /** What shows the pictures is about to go: its last one stays, as a still. */
  freeze() {
    this.#next?.remove();
    this.#next = null;
    const surface = this.#surfaces.lastElementChild;
    const [width, height] =
      surface instanceof HTMLVideoElement
        ? [surface.videoWidth, surface.videoHeight]
        : surface instanceof HTMLCanvasElement
          ? [surface.width, surface.height]
          : [0, 0];
    if (!width || !height) return;
    const still = document.createElement("canvas");
    still.className = "nvr-surface";
    still.setAttribute("aria-hidden", "true");
    [still.width, still.height] = [width, height];
    still.getContext("2d")?.drawImage(/** @type {HTMLVideoElement | HTMLCanvasElement} */ (surface), 0, 0);
    this.#surfaces.replaceChildren(still);
  }

  /** @param {string} words empty to say nothing */
  say(words) {
    if (this.#note.textContent !== words) this.#note.textContent = words;
    this.#note.hidden = words === "";
  }
}
