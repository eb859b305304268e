/** Audio frames to samples by AudioDecoder, in the worker; the samples go straight to the audio thread over a port. */

/** @import { AudioInfo, Header } from "./protocol.js" */

/** @type {Record<string, string>} */
const WEBCODECS_NAME = { alaw: "alaw", ulaw: "ulaw", opus: "opus" };

export class AudioPlayback {
  #announce;
  /** @type {AudioDecoder | null} */
  #decoder = null;
  /** @type {AudioDecoderConfig | null} */
  #config = null;
  /** @type {MessagePort | null} */
  #port = null;
  #announced = "";

  /** @param {(format: {sampleRate: number, channels: number}) => void} announce told when samples of a new format are there */
  constructor(announce) {
    this.#announce = announce;
  }

  /** @param {MessagePort | null} port to the audio worklet */
  set port(port) {
    this.#port?.close();
    this.#port = port;
  }

  /** @param {AudioInfo | null} info */
  configure(info) {
    this.#discard();
    this.#announced = "";
    this.#config = null;
    if (!info || typeof AudioDecoder === "undefined") return;
    this.#config = {
      codec: WEBCODECS_NAME[info.codec] ?? info.codec,
      sampleRate: info.sample_rate,
      numberOfChannels: info.channels,
    };
    if (info.config) this.#config.description = Uint8Array.from(atob(info.config), (c) => c.charCodeAt(0));
  }

  /** @param {Header} header @param {Uint8Array<ArrayBuffer>} payload */
  accept(header, payload) {
    // What was said before we came is not worth hearing: it would only have to be caught up with.
    if (!this.#config || header.isBacklog) return;
    try {
      this.#decoder ??= this.#open(this.#config);
      this.#decoder.decode(
        new EncodedAudioChunk({ type: "key", timestamp: header.ptsUs, duration: header.durationUs, data: payload }),
      );
    } catch {
      this.#failed();
    }
  }

  pause() {
    this.#discard();
    this.#port?.postMessage("flush");
  }

  close() {
    this.#discard();
    this.port = null;
  }

  /** @param {AudioDecoderConfig} config */
  #open(config) {
    /** @type {AudioDecoder} */
    const decoder = new AudioDecoder({
      output: (data) => (decoder === this.#decoder ? this.#decoded(data) : data.close()),
      error: () => decoder === this.#decoder && this.#failed(),
    });
    decoder.configure(config);
    return decoder;
  }

  /** @param {AudioData} data */
  #decoded(data) {
    const format = `${data.sampleRate}/${data.numberOfChannels}`;
    if (format !== this.#announced) {
      this.#announced = format;
      this.#announce({ sampleRate: data.sampleRate, channels: data.numberOfChannels });
    }
    if (this.#port) {
      const planes = Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
        const plane = new Float32Array(data.numberOfFrames);
        data.copyTo(plane, { planeIndex, format: "f32-planar" });
        return plane;
      });
      this.#port.postMessage(
        planes,
        planes.map((plane) => plane.buffer),
      );
    }
    data.close();
  }

  /** Sound is the lesser part: a damaged frame costs a moment of it and never the picture. */
  #failed() {
    const config = this.#config;
    this.#discard();
    if (!config) return;
    AudioDecoder.isConfigSupported(config).then(
      ({ supported }) => {
        if (!supported && this.#config === config) this.#config = null;
      },
      () => {},
    );
  }

  #discard() {
    const decoder = this.#decoder;
    this.#decoder = null;
    if (decoder && decoder.state !== "closed") decoder.close();
  }
}
