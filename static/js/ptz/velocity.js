/**
 * Speeds, from what a hand does. Pure.
 *
 * A velocity is in parts of full speed from -1 to 1: `pan` to the right, `tilt` upwards, `zoom` closer, `focus` farther.
 *
 * @typedef {object} Velocity
 * @property {number} pan
 * @property {number} tilt
 * @property {number} zoom
 * @property {number} focus
 */

/** @type {Velocity} */
export const STILL = Object.freeze({ pan: 0, tilt: 0, zoom: 0, focus: 0 });
const AXES = /** @type {(keyof Velocity)[]} */ (["pan", "tilt", "zoom", "focus"]);
/** Within this part of the pad's radius nothing moves; a thumb is not exact. */
const PAD_STILL = 0.18;
const STICK_STILL = 0.15;
/** Steps in which a speed changes: the camera need not hear of every pixel. */
const STEP = 0.05;

/** @param {Velocity} a @param {Velocity} b */
export function isSame(a, b) {
  return AXES.every((axis) => a[axis] === b[axis]);
}

/** @param {Velocity} velocity */
export function isStill(velocity) {
  return isSame(velocity, STILL);
}

/** Several hands at once: their speeds add up. @param {Iterable<Velocity>} all @returns {Velocity} */
export function together(all) {
  const sum = { ...STILL };
  for (const one of all) for (const axis of AXES) sum[axis] = clamp(sum[axis] + one[axis]);
  return sum;
}

/**
 * From a point on the round pad: the farther from its middle, the faster.
 *
 * @param {number} x from -1 to 1, right @param {number} y from -1 to 1, down
 * @returns {Velocity}
 */
export function fromPad(x, y) {
  const [pan, tilt] = eased(x, -y, PAD_STILL);
  return { ...STILL, pan, tilt };
}

/**
 * From a game controller: the left stick turns, the right stick or the triggers zoom.
 *
 * @param {readonly number[]} axes @param {readonly {value: number}[]} buttons
 * @returns {Velocity}
 */
export function fromGamepad(axes, buttons) {
  const [pan, tilt] = eased(axes[0] ?? 0, -(axes[1] ?? 0), STICK_STILL);
  const [, stick] = eased(0, -(axes[3] ?? 0), STICK_STILL);
  const triggers = (buttons[7]?.value ?? 0) - (buttons[6]?.value ?? 0);
  return { ...STILL, pan, tilt, zoom: rounded(clamp(stick + (Math.abs(triggers) > STICK_STILL ? triggers : 0))) };
}

/** Only what the camera has. @param {Velocity} velocity @param {{turns: boolean, zooms: boolean, focuses: boolean}} abilities @returns {Velocity} */
export function within(velocity, abilities) {
  return {
    pan: abilities.turns ? velocity.pan : 0,
    tilt: abilities.turns ? velocity.tilt : 0,
    zoom: abilities.zooms ? velocity.zoom : 0,
    focus: abilities.focuses ? velocity.focus : 0,
  };
}

/** @param {number} x @param {number} y @param {number} still @returns {[number, number]} */
function eased(x, y, still) {
  const length = Math.hypot(x, y);
  if (!Number.isFinite(length) || length <= still) return [0, 0];
  // Gently near the middle, for small corrections; full speed at the edge.
  const speed = Math.min(1, (length - still) / (1 - still)) ** 1.6;
  return [rounded((x / length) * speed), rounded((y / length) * speed)];
}

/** @param {number} value */
function clamp(value) {
  return Math.max(-1, Math.min(1, value));
}

/** @param {number} value */
function rounded(value) {
  return Math.round(Math.round(value / STEP) * STEP * 100) / 100 + 0;
}
