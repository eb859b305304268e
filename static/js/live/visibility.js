/** Whether somebody can see an element: the tab is in front and the element is on the screen, or nearly. */

/** A tile that is about to be scrolled in has its picture when it gets there. */
const MARGIN = "120px";

export class Visibility {
  #element;
  #changed;
  #returned;
  #isOnScreen = false;
  #observer;
  #ends = new AbortController();

  /**
   * @param {Element} element
   * @param {(isVisible: boolean) => void} changed
   * @param {() => void} returned the network came back, or the person did
   */
  constructor(element, changed, returned) {
    this.#element = element;
    this.#changed = changed;
    this.#returned = returned;
    this.#observer = new IntersectionObserver((entries) => this.#observed(entries), { rootMargin: MARGIN });
  }

  get isVisible() {
    return this.#isOnScreen && !document.hidden;
  }

  start() {
    const { signal } = this.#ends;
    document.addEventListener("visibilitychange", () => this.#tell(), { signal });
    window.addEventListener("online", () => this.#returned(), { signal });
    window.addEventListener("pageshow", () => this.#tell(), { signal });
    this.#observer.observe(this.#element);
  }

  stop() {
    this.#ends.abort();
    this.#observer.disconnect();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #observed(entries) {
    this.#isOnScreen = entries[entries.length - 1].isIntersecting;
    this.#tell();
  }

  #tell() {
    this.#changed(this.isVisible);
    if (this.isVisible) this.#returned();
  }
}
