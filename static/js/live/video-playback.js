/** Access units to pictures by WebCodecs, in the worker. */

import { AudioPlayback } from "./audio-playback.js";
import { DropRule } from "./drop-rule.js";
import { Track } from "./protocol.js";

/**
 * @import { Header, Init } from "./protocol.js"
 * @import { LiveSession, Playback, Shown } from "./session.js"
 * @import { Surface } from "./surfaces.js"
 */

/**
 * @implements {Playback}
 */
export class VideoPlayback {
  #session;
  #surface;
  #audio;
  #rule = new DropRule();
  /** @type {VideoDecoder | null} */
  #decoder = null;
  /** @type {VideoDecoderConfig | null} */
  #config = null;
  #outputs = 0;
  #hasShown = false;
  /** What the decoder holds, by presentation time. @type {Map<number, Shown>} */
  #inDecoder = new Map();
  /** @type {((picture: Blob | null) => void) | null} */
  #wantsSnapshot = null;

  /**
   * @param {LiveSession} session
   * @param {Surface} surface
   */
  constructor(session, surface) {
    this.#session = session;
    this.#surface = surface;
    this.#audio = new AudioPlayback((format) => session.audioFormat(format));
  }

  get queue() {
    return this.#inDecoder.size;
  }

  get audio() {
    return this.#audio;
  }

  /** @param {Init} init */
  configure(init) {
    // No description: the access units are Annex B with their parameter sets in band.
    this.#config = { codec: init.video.codec, optimizeForLatency: true };
    this.#hasShown = false;
    this.#discard();
    this.#audio.configure(init.audio);
  }

  /**
   * @param {Header} header
   * @param {Uint8Array<ArrayBuffer>} payload
   * @param {number} arrivedAtMs
   */
  accept(header, payload, arrivedAtMs) {
    if (header.track === Track.AUDIO) return this.#audio.accept(header, payload);
    if (!this.#config) return;
    const ageMs = this.#session.ageMs(header.capturedUs);
    if (!this.#rule.accepts(header, { queue: this.#liveInDecoder(), ageMs })) {
      this.#session.dropped(1);
      return;
    }
    try {
      this.#decoder ??= this.#open(this.#config);
      this.#inDecoder.set(header.ptsUs, { ...header, arrivedAtMs });
      this.#decoder.decode(
        new EncodedVideoChunk({
          type: header.isKey ? "key" : "delta",
          timestamp: header.ptsUs,
          duration: header.durationUs,
          data: payload,
        }),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  /** An idle decoder in a hidden tab is taken away by the browser, so it is given back before. */
  pause() {
    this.#discard();
    this.#audio.pause();
  }

  close() {
    this.#discard();
    this.#audio.close();
    this.#surface.close();
  }

  /** The next picture at full size. @returns {Promise<Blob | null>} */
  snapshot() {
    return new Promise((resolve) => {
      this.#wantsSnapshot?.(null);
      this.#wantsSnapshot = resolve;
    });
  }

  /** @param {VideoDecoderConfig} config */
  #open(config) {
    this.#outputs = 0;
    /** @type {VideoDecoder} */
    const decoder = new VideoDecoder({
      output: (frame) => (decoder === this.#decoder ? this.#decoded(frame) : frame.close()),
      error: (error) => decoder === this.#decoder && this.#failed(error),
    });
    decoder.configure(config);
    return decoder;
  }

  /** @param {VideoFrame} frame */
  #decoded(frame) {
    this.#outputs += 1;
    const shown = this.#inDecoder.get(frame.timestamp);
    for (const ptsUs of this.#inDecoder.keys()) if (ptsUs <= frame.timestamp) this.#inDecoder.delete(ptsUs);
    if (!shown) return frame.close();
    // Of a backlog the first picture is shown, so that there is one at once, and then nothing until it is live.
    if (shown.isBacklog && this.#hasShown) {
      frame.close();
      this.#session.acknowledge(shown);
      return;
    }
    this.#hasShown = true;
    if (this.#wantsSnapshot) this.#takeSnapshot(frame);
    this.#surface.show(frame, (isShown) => {
      if (isShown) return this.#session.shown(shown);
      this.#session.dropped(1);
      this.#session.acknowledge(shown);
    });
  }

  #liveInDecoder() {
    let live = 0;
    for (const { isBacklog } of this.#inDecoder.values()) if (!isBacklog) live += 1;
    return live;
  }

  /** @param {VideoFrame} frame */
  #takeSnapshot(frame) {
    const resolve = this.#wantsSnapshot;
    this.#wantsSnapshot = null;
    const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
    canvas.getContext("2d")?.drawImage(frame, 0, 0);
    canvas.convertToBlob({ type: "image/jpeg", quality: 0.92 }).then(resolve, () => resolve?.(null));
  }

  /** @param {unknown} error */
  async #failed(error) {
    const text = error instanceof Error ? error.message : String(error);
    const config = this.#config;
    const hadOutput = this.#outputs > 0;
    this.#discard();
    const supported =
      hadOutput || !config || (await VideoDecoder.isConfigSupported(config).catch(() => null))?.supported;
    // Nothing more is tried until the next `init`.
    if (!supported && this.#config === config) this.#config = null;
    this.#session.trouble(
      supported ? "decode" : "unsupported",
      supported ? text : `this browser does not decode ${config?.codec}`,
    );
  }

  #discard() {
    this.#rule.waitForKey();
    this.#inDecoder.clear();
    const decoder = this.#decoder;
    this.#decoder = null;
    if (decoder && decoder.state !== "closed") decoder.close();
  }
}
