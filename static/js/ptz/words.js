/** Who steers, and how a tour is, in words. Pure. */

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

/** @param {{state: string, state_reason: string, stop_index: number, stops: {name?: string}[]}} tour */
export function tourWords({ state, state_reason, stop_index, stops }) {
  const count = stops.length === 1 ? "1 stop" : `${stops.length} stops`;
  switch (state) {
    case "running":
      return `Running: ${stops[stop_index]?.name ?? "on its way"}, ${count}.`;
    case "paused":
      return `Paused. ${state_reason}`.trim();
    case "waiting":
      return state_reason || "Waiting for its hours.";
    case "failing":
      return `Failing: ${state_reason}`;
    default:
      return `Off, ${count}.`;
  }
}
