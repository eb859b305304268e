/** The server's clock: footage is dated by it, and a visitor's may be minutes off. */

/** Answers' dates are whole seconds, and take their time. */
const PRECISION_MS = 2_000;
const ASK_EVERY_MS = 10 * 60_000;

let offsetMs = 0;

/** Milliseconds since 1970 by the server's clock, as far as is known. */
export function serverNow() {
  return Date.now() + offsetMs;
}

/** Asks, and goes on asking: clocks are set right while one watches. */
export async function keepServerClock() {
  setInterval(ask, ASK_EVERY_MS);
  await ask();
}

async function ask() {
  try {
    const sentMs = Date.now();
    const response = await fetch("/healthz", { cache: "no-store" });
    const serverMs = Date.parse(response.headers.get("Date") ?? "");
    const found = serverMs + 500 - (sentMs + Date.now()) / 2;
    if (Number.isFinite(found)) offsetMs = Math.abs(found) < PRECISION_MS ? 0 : Math.round(found);
  } catch {
    // Then the old one stays.
  }
}
