/**
 * The one worker of a page: every tile's socket, decoder and surface live here, so that video never meets the page's main thread.
 * A tile is a number; the page's side of it is worker-transport.js.
 */

import { JpegPlayback } from "./jpeg-playback.js";
import { LiveSession } from "./session.js";
import { CanvasSurface, TrackSurface } from "./surfaces.js";
import { VideoPlayback } from "./video-playback.js";

/**
 * @import { SessionEvent, Wish } from "./session.js"
 * @import { Surface } from "./surfaces.js"
 */

/**
 * @typedef {{tile: number} & (
 *   {type: "open", wish: Wish, writable?: WritableStream<VideoFrame>, canvas?: OffscreenCanvas}
 *   | {type: "close" | "pause" | "resume" | "nudge" | "reconnect"}
 *   | {type: "quality", quality: string}
 *   | {type: "audio", isWanted: boolean}
 *   | {type: "audio-port", port: MessagePort}
 *   | {type: "resize", widthPx: number, heightPx: number}
 *   | {type: "snapshot", request: number})} ToWorker
 *
 * @typedef {{tile: number} & (SessionEvent
 *   | {type: "snapshot", request: number, picture: Blob | null})} FromWorker
 *
 * @typedef {{session: LiveSession, playback: VideoPlayback | JpegPlayback, surface: Surface}} Tile
 */

/** @type {Map<number, Tile>} */
const tiles = new Map();

/** @param {FromWorker} message */
const report = (message) => self.postMessage(message);

/** @param {Extract<ToWorker, {type: "open"}>} message */
function open({ tile, wish, writable, canvas }) {
  const surface = canvas
    ? new CanvasSurface(canvas)
    : new TrackSurface(/** @type {WritableStream<VideoFrame>} */ (writable));
  const session = new LiveSession(wish, (event) => report({ tile, ...event }));
  const playback = wish.mode === "mjpeg" ? new JpegPlayback(session, surface) : new VideoPlayback(session, surface);
  tiles.set(tile, { session, playback, surface });
  session.start(playback);
}

/** @param {Tile} tile @param {Exclude<ToWorker, {type: "open"}>} message */
function handle({ session, playback, surface }, message) {
  switch (message.type) {
    case "close":
      tiles.delete(message.tile);
      return session.close();
    case "pause":
      return session.pause();
    case "resume":
      return session.resume();
    case "nudge":
      return session.nudge();
    case "reconnect":
      return session.reconnect();
    case "quality":
      return session.setQuality(message.quality);
    case "audio":
      return session.setAudio(message.isWanted);
    case "audio-port":
      if (playback instanceof VideoPlayback) playback.audio.port = message.port;
      return;
    case "resize":
      return surface.resize(message.widthPx, message.heightPx);
    case "snapshot":
      playback
        .snapshot()
        .then((picture) => report({ tile: message.tile, type: "snapshot", request: message.request, picture }));
      return;
  }
}

self.onmessage = ({ data }) => {
  const message = /** @type {ToWorker} */ (data);
  if (message.type === "open") return open(message);
  const tile = tiles.get(message.tile);
  if (tile) handle(tile, message);
};
