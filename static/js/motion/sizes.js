/** The smallest size that counts: a slider that is fine where sizes are small, and the size in words. Pure. */

export const STEPS = 60;
const LEAST_PERCENT = 0.02;
const MOST_PERCENT = 50;

/** @param {number} position 0 to STEPS; 0 is no limit */
export function percentAt(position) {
  if (position <= 0) return 0;
  const percent = LEAST_PERCENT * (MOST_PERCENT / LEAST_PERCENT) ** ((position - 1) / (STEPS - 1));
  return Number(percent.toPrecision(2));
}

/** @param {number} percent */
export function positionOf(percent) {
  if (percent < LEAST_PERCENT / 2) return 0;
  const position = 1 + ((STEPS - 1) * Math.log(percent / LEAST_PERCENT)) / Math.log(MOST_PERCENT / LEAST_PERCENT);
  return Math.min(STEPS, Math.max(1, Math.round(position)));
}

/** How wide and high a thing of that size is that has the picture's shape, in parts of the picture. @param {number} percent */
export function sideOf(percent) {
  return Math.sqrt(Math.min(100, Math.max(0, percent)) / 100);
}

/** @param {number} percent @param {{width: number, height: number} | null} picture in pixels, when it is known */
export function sizeWords(percent, picture) {
  if (percent <= 0) return "Anything counts, however small.";
  const share = `${percentWords(percent)} of the picture`;
  if (!picture) return share;
  const [width, height] = [picture.width, picture.height].map((px) => Math.round(px * sideOf(percent)));
  return `${share}, about ${width} × ${height} pixels`;
}

/** "0.1 %" @param {number} percent */
export function percentWords(percent) {
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}
