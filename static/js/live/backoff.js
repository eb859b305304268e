/** When to try again. Pure: chance comes in as a number in [0, 1). */

export const FIRST_DELAY_MS = 250;
export const LONGEST_DELAY_MS = 8_000;
const GROWTH = 1.6;

/** A server that is full is not asked again sooner than this. */
export const TOO_MANY_DELAY_MS = 15_000;

/**
 * The upper half of the delay is left to chance, so that all tiles of all viewers don't come back in the same instant.
 * @param {number} attempt 0 for the first one after a loss
 * @param {number} chance in [0, 1)
 */
export function delayMs(attempt, chance) {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * GROWTH ** attempt);
  return longest * (0.5 + 0.5 * chance);
}

/** @param {number} chance in [0, 1) */
export function tooManyDelayMs(chance) {
  return TOO_MANY_DELAY_MS * (1 + chance);
}
