/** The bar of `<nvr-playback controls>`: play, steps, speed, time, gaps, picture, sound, full screen; and the keys that do the same. */

import { bindFullscreen } from "../fullscreen.js";
import { icon } from "../icons.js";
import { SPEEDS } from "./sync.js";
import { momentWords, speedWords } from "./words.js";

/** @import { NvrPlayback } from "./playback.js" */

const LEAP_MS = 10_000;

export class TransportBar {
  element = document.createElement("div");
  #playback;
  #play = button("play", "Play");
  #back = button("frame-back", "One picture back");
  #on = button("frame-on", "One picture on");
  #speed = document.createElement("select");
  #time = document.createElement("time");
  #skip = button("next", "Skip gaps");
  #picture = button("snapshot", "Save this picture");
  #sound = button("muted", "Sound");
  #volume = document.createElement("input");
  #full = button("expand", "Full screen");

  /** @param {NvrPlayback} playback */
  constructor(playback) {
    this.#playback = playback;
    this.element.className = "nvr-transport";
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", "Playback");
    this.#speed.setAttribute("aria-label", "Speed");
    for (const speed of SPEEDS) this.#speed.append(new Option(speedWords(speed), String(speed)));
    this.#volume.type = "range";
    this.#volume.max = "1";
    this.#volume.step = "0.05";
    this.#volume.setAttribute("aria-label", "Volume");
    const space = document.createElement("span");
    space.className = "nvr-transport-space";
    this.element.append(this.#back, this.#play, this.#on, this.#speed, this.#time, space);
    this.element.append(this.#skip, this.#sound, this.#volume, this.#picture, this.#full);
    this.#bind();
  }

  /** What changes seldom. */
  update() {
    const { paused, rate, muted, skipGaps, volume } = this.#playback;
    this.element.hidden = !this.#playback.hasAttribute("controls");
    show(this.#play, paused ? "play" : "pause", paused ? "Play" : "Pause");
    show(this.#sound, muted ? "muted" : "volume", muted ? "Sound on" : "Sound off");
    this.#skip.setAttribute("aria-pressed", String(skipGaps));
    this.#volume.value = String(volume);
    this.#volume.hidden = muted;
    const value = String(rate);
    if (![...this.#speed.options].some((option) => option.value === value))
      this.#speed.append(new Option(speedWords(rate), value));
    this.#speed.value = value;
  }

  /** @param {number} ms */
  tick(ms) {
    if (this.element.hidden) return;
    this.#time.textContent = momentWords(ms, this.#playback.timeZone);
    this.#time.dateTime = new Date(Math.floor(ms)).toISOString();
  }

  #bind() {
    const playback = this.#playback;
    this.#play.addEventListener("click", () => playback.toggle());
    this.#back.addEventListener("click", () => playback.step(-1));
    this.#on.addEventListener("click", () => playback.step(1));
    this.#speed.addEventListener("change", () => {
      playback.rate = Number(this.#speed.value);
    });
    this.#skip.addEventListener("click", () => {
      playback.skipGaps = !playback.skipGaps;
    });
    this.#sound.addEventListener("click", () => {
      playback.muted = !playback.muted;
    });
    this.#volume.addEventListener("input", () => {
      playback.volume = Number(this.#volume.value);
    });
    this.#picture.addEventListener("click", () => this.#save());
    bindFullscreen(playback, this.#full);
    playback.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const isTyping = event.target instanceof HTMLSelectElement || event.target instanceof HTMLInputElement;
    if (this.element.hidden || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target instanceof HTMLButtonElement;
    const action = this.#actionFor(event.key);
    if (!action || (isButton && (event.key === " " || event.key === "Enter"))) return;
    event.preventDefault();
    action();
  }

  /** @param {string} key @returns {(() => unknown) | undefined} */
  #actionFor(key) {
    const playback = this.#playback;
    /** @type {Record<string, () => unknown>} */
    const actions = {
      " ": () => playback.toggle(),
      k: () => playback.toggle(),
      ",": () => playback.step(-1),
      ".": () => playback.step(1),
      ArrowLeft: () => playback.load(playback.currentMs - LEAP_MS),
      ArrowRight: () => playback.load(playback.currentMs + LEAP_MS),
      "<": () => this.#changeSpeed(-1),
      ">": () => this.#changeSpeed(1),
      m: () => this.#sound.click(),
      g: () => this.#skip.click(),
      s: () => this.#save(),
      f: () => this.#full.click(),
    };
    return actions[key];
  }

  /** @param {1 | -1} direction */
  #changeSpeed(direction) {
    const { rate } = this.#playback;
    const next = direction > 0 ? SPEEDS.find((speed) => speed > rate) : SPEEDS.findLast((speed) => speed < rate);
    if (next) this.#playback.rate = next;
  }

  async #save() {
    const { leadingCamera, currentMs } = this.#playback;
    const picture = await this.#playback.snapshot(leadingCamera).catch(() => null);
    if (!picture) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    link.download = `${leadingCamera}-${new Date(Math.floor(currentMs)).toISOString().replaceAll(":", "-")}.jpg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

/** @param {string} name of the icon @param {string} title */
function button(name, title) {
  const element = document.createElement("button");
  element.type = "button";
  show(element, name, title);
  return element;
}

/** @param {HTMLElement} element @param {string} name @param {string} title */
function show(element, name, title) {
  if (element.dataset.icon === name && element.title === title) return;
  element.dataset.icon = name;
  element.title = title;
  element.setAttribute("aria-label", title);
  element.replaceChildren(icon(name));
}
