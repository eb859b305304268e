/** The page's part of the sound: an AudioContext at the track's own rate and the worklet that plays what the worker sends. */

export class AudioOutput {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {GainNode | null} */
  #gain = null;
  #volume;
  #isClosed = false;

  /** @param {number} volume 0 to 1 */
  constructor(volume) {
    this.#volume = volume;
  }

  /** @param {number} volume 0 to 1 */
  set volume(volume) {
    this.#volume = volume;
    if (this.#gain) this.#gain.gain.value = volume;
  }

  /**
   * @param {number} sampleRate
   * @param {number} channels
   * @returns {Promise<MessagePort>} takes arrays of planes of samples
   */
  async open(sampleRate, channels) {
    const context = new AudioContext({ sampleRate, latencyHint: "interactive" });
    this.#context = context;
    await context.audioWorklet.addModule(new URL("./audio.worklet.js", import.meta.url));
    if (this.#isClosed) throw new Error("closed");
    const node = new AudioWorkletNode(context, "live-audio", {
      numberOfInputs: 0,
      outputChannelCount: [Math.min(channels, 2)],
    });
    this.#gain = new GainNode(context, { gain: this.#volume });
    node.connect(this.#gain).connect(context.destination);
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage(port1, [port1]);
    // Without a gesture of the person this stays suspended, and a later call after one lets it go on.
    context.resume().catch(() => {});
    return port2;
  }

  close() {
    this.#isClosed = true;
    this.#context?.close().catch(() => {});
    this.#context = null;
  }
}
