/** Who steers, in words. Pure. */

/**
 * @param {{by: string | null, until_ms: number | null}} steering @param {string} me @param {number} nowMs
 * @returns {string} empty when nobody does
 */
export function steeringWords(steering, me, nowMs) {
  if (steering.by === null || steering.until_ms === null) return "";
  const leftS = Math.ceil((steering.until_ms - nowMs) / 1000);
  if (leftS <= 0) return "";
  if (steering.by === me) return "You are steering.";
  return `${steering.by} is steering. Free in ${leftS} s, unless ${steering.by} goes on.`;
}
