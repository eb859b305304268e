/** How a dragged thing goes on when it is let go. Pure: times come in as arguments. */

const MEMORY_MS = 90;
const HALF_LIFE_MS = 130;
const SLOWEST_PX_PER_MS = 0.02;
/** A hand that rests before it lets go wants no more movement. */
const REST_MS = 50;

export class Glide {
  /** @type {{x: number, atMs: number}[]} */
  #samples = [];

  /** @param {number} x @param {number} atMs */
  sample(x, atMs) {
    this.#samples.push({ x, atMs });
    while (this.#samples.length > 2 && atMs - this.#samples[0].atMs > MEMORY_MS) this.#samples.shift();
  }

  /** Pixels per millisecond at the moment of letting go. @param {number} atMs */
  velocity(atMs) {
    const [first, last] = [this.#samples[0], this.#samples[this.#samples.length - 1]];
    if (!first || last.atMs === first.atMs || atMs - last.atMs > REST_MS) return 0;
    const velocity = (last.x - first.x) / (last.atMs - first.atMs);
    return Math.abs(velocity) < SLOWEST_PX_PER_MS ? 0 : velocity;
  }
}

/**
 * @param {number} velocity pixels per millisecond @param {number} elapsedMs
 * @returns {{dx: number, velocity: number}} how far it went meanwhile, and how fast it is then: 0 when it has come to rest
 */
export function glided(velocity, elapsedMs) {
  const rest = 0.5 ** (elapsedMs / HALF_LIFE_MS);
  const after = velocity * rest;
  return {
    dx: (velocity - after) * (HALF_LIFE_MS / Math.LN2),
    velocity: Math.abs(after) < SLOWEST_PX_PER_MS ? 0 : after,
  };
}
