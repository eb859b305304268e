/** When a frame of a <video> is on the screen, as far as requestVideoFrameCallback tells. Pure. */

/** Some refreshes of a slow screen. */
const LONGEST_AHEAD_MS = 100;

/**
 * Chromium's expectedDisplayTime may lie before presentationTime, when the frame came late in its refresh. After the element was out of
 * sight it lies up to a second after it, for good, although every frame is displayed (a screencast shows them all): what is promised
 * for so much later is not believed.
 * @param {{presentationTime: number, expectedDisplayTime: number}} frame both on performance.now()'s clock
 */
export function displayTimeMs({ presentationTime, expectedDisplayTime }) {
  const isBelieved = expectedDisplayTime - presentationTime <= LONGEST_AHEAD_MS;
  return isBelieved ? Math.max(presentationTime, expectedDisplayTime) : presentationTime;
}
