/**
 * Plays the samples that the worker sends, on the audio thread. Waits for a little stock before it starts, and throws away what
 * would make the sound lag behind the picture.
 */

const START_WITH_S = 0.06;
const LONGEST_S = 0.2;

class LiveAudio extends AudioWorkletProcessor {
  /** @type {Float32Array[][]} */
  #blocks = [];
  /** Of the first block. */
  #offset = 0;
  #stock = 0;
  #isPlaying = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      const port = /** @type {MessagePort} */ (data);
      port.onmessage = ({ data: planes }) => (planes === "flush" ? this.#flush() : this.#add(planes));
    };
  }

  /** @param {Float32Array[]} planes */
  #add(planes) {
    this.#blocks.push(planes);
    this.#stock += planes[0].length;
    if (this.#stock > LONGEST_S * sampleRate) this.#skipTo(START_WITH_S * sampleRate);
    if (this.#stock >= START_WITH_S * sampleRate) this.#isPlaying = true;
  }

  #flush() {
    this.#blocks = [];
    this.#offset = this.#stock = 0;
    this.#isPlaying = false;
  }

  /** @param {number} samples to keep */
  #skipTo(samples) {
    let surplus = Math.floor(this.#stock - samples);
    while (surplus > 0) {
      const left = this.#blocks[0][0].length - this.#offset;
      const step = Math.min(left, surplus);
      this.#advance(step);
      surplus -= step;
    }
  }

  /** @param {number} samples at most what is left of the first block */
  #advance(samples) {
    this.#offset += samples;
    this.#stock -= samples;
    if (this.#offset < this.#blocks[0][0].length) return;
    this.#blocks.shift();
    this.#offset = 0;
  }

  /** @param {Float32Array[][]} _inputs @param {Float32Array[][]} outputs */
  process(_inputs, outputs) {
    const output = outputs[0];
    const wanted = output[0].length;
    let done = 0;
    while (this.#isPlaying && done < wanted && this.#blocks.length) {
      const planes = this.#blocks[0];
      const step = Math.min(wanted - done, planes[0].length - this.#offset);
      for (let channel = 0; channel < output.length; channel += 1) {
        const plane = planes[Math.min(channel, planes.length - 1)];
        output[channel].set(plane.subarray(this.#offset, this.#offset + step), done);
      }
      this.#advance(step);
      done += step;
    }
    if (done < wanted) this.#isPlaying = false;
    return true;
  }
}

registerProcessor("live-audio", LiveAudio);
