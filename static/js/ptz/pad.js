/** The round pad: drag in it to turn, faster towards its edge; four arrows that turn while they are held; home in its middle. */

import { icon as svg } from "../icons.js";
import { bindHold } from "./hands.js";
import { fromPad, STILL } from "./velocity.js";

/**
 * @import { Hands } from "./hands.js"
 * @typedef {{turns: boolean, zooms: boolean, focuses: boolean, has_home: boolean}} PadAbilities
 */

/** How fast the buttons turn. */
const STEADY = 0.5;
const ARROWS = /** @type {const} */ ([
  ["up", "Up", { ...STILL, tilt: STEADY }],
  ["right", "Right", { ...STILL, pan: STEADY }],
  ["down", "Down", { ...STILL, tilt: -STEADY }],
  ["left", "Left", { ...STILL, pan: -STEADY }],
]);

/** @param {Hands} hands @param {PadAbilities} abilities @param {() => void} goHome @returns {HTMLElement} only with what the camera has */
export function makePad(hands, abilities, goHome) {
  const element = document.createElement("div");
  element.className = "ptz-pad";
  if (abilities.turns) element.append(makeDisc(hands, abilities.has_home ? goHome : null));
  else if (abilities.has_home) element.append(makeHome(goHome));
  if (abilities.zooms) {
    element.append(
      makePair(
        hands,
        "Zoom",
        ["minus", "Wider", { ...STILL, zoom: -STEADY }],
        ["plus", "Closer", { ...STILL, zoom: STEADY }],
      ),
    );
  }
  if (abilities.focuses) {
    element.append(
      makePair(
        hands,
        "Focus",
        ["minus", "Focus nearer", { ...STILL, focus: -STEADY }],
        ["plus", "Focus farther", { ...STILL, focus: STEADY }],
      ),
    );
  }
  return element;
}

/** @param {Hands} hands @param {(() => void) | null} goHome */
function makeDisc(hands, goHome) {
  const disc = document.createElement("div");
  disc.className = "ptz-disc";
  disc.setAttribute("role", "group");
  disc.setAttribute("aria-label", "Turn the camera");
  const knob = document.createElement("span");
  knob.className = "ptz-knob";
  knob.hidden = true;
  disc.append(knob);
  for (const [name, words, velocity] of ARROWS) {
    const button = makeButton(`ptz-arrow ptz-${name}`, words, name === "up" ? "up" : name);
    bindHold(button, `button-${name}`, velocity, hands);
    disc.append(button);
  }
  if (goHome) disc.append(makeHome(goHome));
  bindDrag(disc, knob, hands);
  return disc;
}

/** @param {HTMLElement} disc @param {HTMLElement} knob @param {Hands} hands */
function bindDrag(disc, knob, hands) {
  /** @type {number | null} */
  let pointer = null;
  const steer = (/** @type {PointerEvent} */ event) => {
    const box = disc.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 - 1;
    const y = ((event.clientY - box.top) / box.height) * 2 - 1;
    const length = Math.max(1, Math.hypot(x, y));
    knob.style.setProperty("--x", String(x / length));
    knob.style.setProperty("--y", String(y / length));
    hands.hold("pad", fromPad(x / length, y / length));
  };
  const end = (/** @type {PointerEvent} */ event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    knob.hidden = true;
    hands.release("pad");
  };
  disc.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || pointer !== null || /** @type {Element} */ (event.target).closest("button")) return;
    pointer = event.pointerId;
    disc.setPointerCapture(event.pointerId);
    knob.hidden = false;
    steer(event);
  });
  disc.addEventListener("pointermove", (event) => {
    if (event.pointerId === pointer) steer(event);
  });
  for (const type of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]))
    disc.addEventListener(type, end);
  disc.addEventListener("contextmenu", (event) => event.preventDefault());
}

/**
 * @param {Hands} hands @param {string} title
 * @param {[string, string, import("./velocity.js").Velocity]} less @param {[string, string, import("./velocity.js").Velocity]} more
 */
function makePair(hands, title, less, more) {
  const pair = document.createElement("div");
  pair.className = "ptz-pair";
  pair.setAttribute("role", "group");
  pair.setAttribute("aria-label", title);
  const label = document.createElement("span");
  label.className = "ptz-pair-title";
  label.textContent = title;
  const [minus, plus] = [less, more].map(([icon, words, velocity]) => {
    const button = makeButton("ptz-step", words, icon);
    bindHold(button, `button-${words}`, velocity, hands);
    return button;
  });
  pair.append(plus, label, minus);
  return pair;
}

/** @param {() => void} goHome */
function makeHome(goHome) {
  const button = makeButton("ptz-home", "Home position", "home");
  button.addEventListener("click", goHome);
  return button;
}

/** @param {string} className @param {string} words @param {string} icon */
function makeButton(className, words, icon) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.setAttribute("aria-label", words);
  button.title = words;
  button.append(svg(icon));
  return button;
}
