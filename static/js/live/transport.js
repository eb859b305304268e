/**
 * What the player needs of a way to get and show pictures. Implementations: worker-transport.js (WebCodecs, JPEG), mse-transport.js.
 *
 * @typedef {object} Transport
 * @property {() => void} open
 * @property {() => void} close
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {() => void} nudge try again now if a retry is pending
 * @property {() => void} reconnect
 * @property {(quality: string) => void} setQuality
 * @property {(isWanted: boolean) => void} setAudio
 * @property {(volume: number) => void} setVolume 0 to 1
 * @property {(widthPx: number, heightPx: number) => void} resize the box on the screen, in device pixels
 * @property {() => Promise<Blob | null>} snapshot at full size; null when there is no picture
 *
 * @typedef {SessionEvent | {type: "surface", element: HTMLElement}} TransportEvent
 *   `surface`: this element goes into the page now, and shows the pictures from the next `picture` event on
 * @typedef {(event: TransportEvent) => void} Emit
 */

import { MseTransport } from "./mse-transport.js";
import { WorkerTransport } from "./worker-transport.js";

/**
 * @import { TransportName } from "./chain.js"
 * @import { Mode } from "./protocol.js"
 * @import { SessionEvent, Wish } from "./session.js"
 */

/** @type {Record<TransportName, Mode>} */
const MODES = { webcodecs: "h264", canvas: "h264", mse: "mse", mjpeg: "mjpeg" };

/** What a person reads. @type {Record<TransportName, string>} */
export const TRANSPORT_WORDS = { webcodecs: "WebCodecs", canvas: "WebCodecs, canvas", mse: "MSE", mjpeg: "JPEG" };

/**
 * @param {TransportName} name
 * @param {Omit<Wish, "mode">} wish
 * @param {Emit} emit
 * @returns {Transport}
 */
export function createTransport(name, wish, emit) {
  const full = { ...wish, mode: MODES[name] };
  return name === "mse"
    ? new MseTransport(full, emit)
    : new WorkerTransport(full, emit, name === "webcodecs" ? "track" : "canvas");
}
