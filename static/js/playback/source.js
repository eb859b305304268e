/** Asks the server for one camera's footage. */

import { parsePlaylist } from "./playlist.js";

/**
 * @import { Playlist, FootageFile } from "./playlist.js"
 * @import { Span } from "./footage-map.js"
 * @import { Bytes } from "./mp4.js"
 */

/** @typedef {{start_ms: number, end_ms: number, kind: string, reason: string, text: string}} Gap */
/** @typedef {{spans: {start_ms: number, end_ms: number}[], gaps: Gap[]}} Timeline */

const MOST_INITS = 50;

/** `isFinal`: asking again won't help. */
export class FootageError extends Error {
  /** @param {string} words @param {number} status 0 when no answer came @param {string} [url] of a file */
  constructor(words, status, url = "") {
    super(words);
    this.status = status;
    this.url = url;
  }

  get isFinal() {
    return this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429;
  }
}

export class FootageSource {
  #camera;
  #stream;
  #ticket;
  /** @type {Map<string, Promise<Bytes>>} */
  #inits = new Map();

  /** @param {string} camera slug @param {string} stream main or sub @param {string} [ticket] */
  constructor(camera, stream, ticket = "") {
    this.#camera = camera;
    this.#stream = stream;
    this.#ticket = ticket;
  }

  /**
   * @param {Span} window @param {AbortSignal} signal
   * @returns {Promise<{playlist: Playlist, serverNowMs: number}>} rejects with FootageError
   */
  async playlist({ startMs, endMs }, signal) {
    const url = this.#url("playlist.m3u8", { start: startMs, end: endMs, role: this.#stream });
    const response = await asked(url, { signal, cache: "no-cache" });
    const playlist = parsePlaylist(await response.text(), response.url || url);
    return { playlist, serverNowMs: Date.parse(response.headers.get("Date") ?? "") || Date.now() };
  }

  /** @param {Span} window @param {AbortSignal} signal @returns {Promise<Timeline>} rejects with FootageError */
  async timeline({ startMs, endMs }, signal) {
    const url = this.#url("timeline/", { start: startMs, end: endMs, role: this.#stream });
    const response = await asked(url, { signal, cache: "no-cache", headers: { Accept: "application/json" } });
    return response.json();
  }

  /** @param {string} url @param {number} offset @param {number} size @param {AbortSignal} signal @returns {Promise<Bytes>} */
  async bytes(url, offset, size, signal) {
    const response = await asked(url, { signal, headers: { Range: `bytes=${offset}-${offset + size - 1}` } });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return response.status === 200 ? bytes.slice(offset, offset + size) : bytes;
  }

  /**
   * @param {FootageFile} file @returns {Promise<Bytes>} asked for once per kind of file; not aborted by jumps: the next one is likely to
   *   need it
   */
  init(file) {
    const kind = kindOf(file);
    let init = this.#inits.get(kind);
    if (!init) {
      init = this.bytes(file.url, 0, file.initBytes, AbortSignal.timeout(30_000));
      init.catch(() => this.#inits.delete(kind));
      this.#inits.set(kind, init);
      for (const oldest of this.#inits.keys()) if (this.#inits.size > MOST_INITS) this.#inits.delete(oldest);
    }
    return init;
  }

  /** @param {string} name @param {Record<string, string | number>} query */
  #url(name, query) {
    const url = new URL(`/api/v1/cameras/${encodeURIComponent(this.#camera)}/${name}`, location.href);
    for (const [key, value] of Object.entries(query))
      url.searchParams.set(key, String(typeof value === "number" ? Math.floor(value) : value));
    if (this.#ticket) url.searchParams.set("ticket", this.#ticket);
    return url.href;
  }
}

/**
 * Files of one kind have the same init segment, but for what it says of the file: a generation is one set of parameters, and its number is
 * not used again (docs/recording-format.md).
 * @param {FootageFile} file
 */
export function kindOf({ generation, videoCodec, audioCodec, width, height }) {
  return `${generation} ${videoCodec} ${audioCodec} ${width}x${height}`;
}

/** @param {string} url @param {RequestInit} options */
async function asked(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...options });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new FootageError("The server can’t be reached. Trying again …", 0);
  }
  if (!response.ok) throw new FootageError(await wordsFor(response), response.status, url);
  return response;
}

/** @param {Response} response */
async function wordsFor(response) {
  if (response.status === 401) return "You are not logged in.";
  if (response.status === 403) return "You have no right to play back this camera.";
  const detail = await response.json().then(
    (problem) => String(problem.detail ?? ""),
    () => "",
  );
  if (response.status === 404 && !detail.includes("footage")) return "There is no such camera.";
  return detail ? `${detail[0].toUpperCase()}${detail.slice(1)}.` : `The server answered ${response.status}.`;
}
