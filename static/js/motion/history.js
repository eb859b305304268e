/**
 * What was, to go back to. Pure.
 *
 * Steps of one going-on change share a tag ("move 3", "name 2") and are one step back; `seal()` ends it.
 *
 * @template T
 */
export class History {
  /** @type {T[]} */
  #past = [];
  /** @type {T[]} */
  #future = [];
  /** @type {T} */
  #present;
  #tag = "";
  #most;

  /** @param {T} present @param {number} [most] steps that are kept */
  constructor(present, most = 200) {
    this.#present = present;
    this.#most = most;
  }

  get present() {
    return this.#present;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** @param {T} next @param {string} [tag] */
  push(next, tag = "") {
    if (next === this.#present) return;
    if (!tag || tag !== this.#tag) this.#past.push(this.#present);
    if (this.#past.length > this.#most) this.#past.shift();
    this.#tag = tag;
    this.#future = [];
    this.#present = next;
  }

  /** What comes next is another change, whatever its tag. */
  seal() {
    this.#tag = "";
  }

  undo() {
    this.seal();
    if (!this.canUndo) return this.#present;
    this.#future.push(this.#present);
    this.#present = /** @type {T} */ (this.#past.pop());
    return this.#present;
  }

  redo() {
    this.seal();
    if (!this.canRedo) return this.#present;
    this.#past.push(this.#present);
    this.#present = /** @type {T} */ (this.#future.pop());
    return this.#present;
  }

  /** Starts anew: what was is forgotten. @param {T} present */
  reset(present) {
    this.#past = [];
    this.#future = [];
    this.#present = present;
    this.seal();
  }
}
