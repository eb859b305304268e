/**
 * The live WebSocket's messages, as docs/live-protocol.md defines them. Pure, and nothing here throws on what a server sent:
 * a parser answers `{ok: true, …}` or `{ok: false, reason}`. tests/fixtures/live_protocol.json is shared with the Python side.
 */

export const VERSION = 1;
export const HEADER_BYTES = 32;

export const Kind = Object.freeze({ ACCESS_UNIT: 1, FRAGMENT: 2, INIT_SEGMENT: 3, JPEG: 4, AUDIO: 5, RAW: 6 });
export const Flag = Object.freeze({ KEY: 1, DISCONTINUITY: 2, BACKLOG: 4, CHANGED: 8 });
export const Track = Object.freeze({ VIDEO: 0, AUDIO: 1 });
export const Close = Object.freeze({
  MALFORMED: 4400,
  NOT_LOGGED_IN: 4401,
  FORBIDDEN: 4403,
  NO_CAMERA: 4404,
  TICKET: 4408,
  MODE_IMPOSSIBLE: 4415,
  TOO_MANY: 4429,
});

/**
 * @typedef {object} Header
 * @property {number} kind
 * @property {number} flags
 * @property {boolean} isKey
 * @property {boolean} isDiscontinuity
 * @property {boolean} isBacklog
 * @property {boolean} isChanged
 * @property {number} track
 * @property {number} sequence
 * @property {number} ptsUs
 * @property {number} capturedUs by the server's clock, since 1970
 * @property {number} durationUs
 * @property {number} generation
 * @property {number} dropped 65535 means that many or more
 *
 * @typedef {"h264" | "mse" | "mjpeg" | "raw"} Mode
 * @typedef {{codec: string, width: number, height: number, mime: string | null}} VideoInfo
 * @typedef {{codec: string, sample_rate: number, channels: number, config: string | null, mime: string | null}} AudioInfo
 * @typedef {{type: "init", mode: Mode, stream: string, rung: string, rungs: string[], generation: number, server_ms: number,
 *   video: VideoInfo, audio: AudioInfo | null}} Init
 * @typedef {{type: "gap", skipped: number, reason: string, text: string}} GapMessage
 * @typedef {{type: "quality", rung: string, reason: string, text: string}} QualityMessage
 * @typedef {{type: "stats", server_ms: number, camera_state: string, camera_reason: string, sent_frames: number, sent_bytes: number,
 *   dropped_frames: number, stream_fps: number, stream_bps: number, queue_ms: number, queue_bytes: number, server_delay_ms: number,
 *   viewers: number}} ServerStats
 * @typedef {{type: "pong", id: number, client_ms: number, server_ms: number}} Pong
 * @typedef {{type: "error", code: string, message: string}} ErrorMessage
 * @typedef {Init | GapMessage | QualityMessage | ServerStats | Pong | ErrorMessage} ServerText
 */

/** @typedef {{ok: false, reason: string}} Refused */

/**
 * @param {ArrayBuffer} buffer
 * @returns {{ok: true, header: Header, payload: Uint8Array<ArrayBuffer>} | Refused} the payload is a view into `buffer`
 */
export function parseMessage(buffer) {
  if (buffer.byteLength < HEADER_BYTES) {
    return {
      ok: false,
      reason: `message of ${buffer.byteLength} bytes is shorter than the ${HEADER_BYTES}-byte header`,
    };
  }
  const view = new DataView(buffer, 0, HEADER_BYTES);
  const version = view.getUint8(0);
  if (version !== VERSION) return { ok: false, reason: `version ${version} is not ${VERSION}` };
  const kind = view.getUint8(1);
  if (kind < Kind.ACCESS_UNIT || kind > Kind.RAW) return { ok: false, reason: `unknown kind ${kind}` };
  const flags = view.getUint8(2);
  const header = {
    kind,
    flags,
    isKey: (flags & Flag.KEY) !== 0,
    isDiscontinuity: (flags & Flag.DISCONTINUITY) !== 0,
    isBacklog: (flags & Flag.BACKLOG) !== 0,
    isChanged: (flags & Flag.CHANGED) !== 0,
    track: view.getUint8(3),
    sequence: view.getUint32(4, true),
    ptsUs: uint64(view, 8),
    capturedUs: uint64(view, 16),
    durationUs: view.getUint32(24, true),
    generation: view.getUint16(28, true),
    dropped: view.getUint16(30, true),
  };
  return { ok: true, header, payload: new Uint8Array(buffer, HEADER_BYTES) };
}

/**
 * Exact up to 2^53: microseconds until the year 2255.
 * @param {DataView} view
 * @param {number} offset
 */
function uint64(view, offset) {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}

/** The fields without which a message of this type is of no use. */
/** @type {Record<string, Record<string, string>>} */
const REQUIRED = {
  init: { mode: "string", rung: "string", rungs: "object", generation: "number", video: "object" },
  gap: { skipped: "number", reason: "string" },
  quality: { rung: "string", reason: "string" },
  stats: { camera_state: "string" },
  pong: { client_ms: "number", server_ms: "number" },
  error: { code: "string", message: "string" },
};

/**
 * Messages of an unknown type are refused by reason, so that a newer server's additions are ignored and not fatal.
 * @param {string} text
 * @returns {{ok: true, message: ServerText} | Refused}
 */
export function parseText(text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return { ok: false, reason: "not JSON" };
  }
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return { ok: false, reason: "not an object" };
  const required = Object.hasOwn(REQUIRED, message.type) ? REQUIRED[message.type] : null;
  if (!required) return { ok: false, reason: `unknown type ${JSON.stringify(message.type)}` };
  for (const [field, type] of Object.entries(required)) {
    if (typeof message[field] !== type || message[field] === null) {
      return { ok: false, reason: `${message.type} without ${field}` };
    }
  }
  if (message.type === "init" && typeof message.video.codec !== "string")
    return { ok: false, reason: "init without video.codec" };
  return { ok: true, message };
}

/**
 * @param {object} request
 * @param {string} request.base the page's address; its scheme decides between ws and wss
 * @param {string} request.camera the slug
 * @param {Mode} request.mode
 * @param {string} request.quality
 * @param {boolean} request.audio
 * @param {string | null} [request.ticket]
 */
export function liveUrl({ base, camera, mode, quality, audio, ticket = null }) {
  const url = new URL(`/ws/live/${encodeURIComponent(camera)}/`, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("mode", mode);
  url.searchParams.set("quality", quality);
  url.searchParams.set("audio", audio ? "1" : "0");
  if (ticket) url.searchParams.set("ticket", ticket);
  return url.href;
}

const STREAMS = ["auto", "main", "sub"];
const SIZES = ["1080p", "720p", "480p", "360p", "180p"];

/**
 * What to ask for in this mode when somebody wishes for `wish`: a picture size means nothing where whole streams are sent.
 * @param {Mode} mode
 * @param {string} wish
 */
export function qualityFor(mode, wish) {
  if (STREAMS.includes(wish)) return wish;
  return (mode === "mjpeg" || mode === "raw") && SIZES.includes(wish) ? wish : "auto";
}

export const toServer = Object.freeze({
  /** @param {{seq: number, generation: number, delayMs?: number, queue?: number}} shown */
  ack({ seq, generation, delayMs, queue }) {
    /** @type {Record<string, unknown>} */
    const message = { type: "ack", seq, generation };
    if (delayMs !== undefined) message.delay_ms = Math.round(delayMs);
    if (queue !== undefined) message.queue = queue;
    return JSON.stringify(message);
  },
  /** @param {number} id @param {number} clientMs */
  ping: (id, clientMs) => JSON.stringify({ type: "ping", id, client_ms: clientMs }),
  /** @param {string} rung */
  quality: (rung) => JSON.stringify({ type: "quality", rung }),
  /** @param {boolean} enabled */
  audio: (enabled) => JSON.stringify({ type: "audio", enabled }),
  pause: () => '{"type":"pause"}',
  resume: () => '{"type":"resume"}',
});
