/** The dialog in which a tour is made or changed: which presets, in which order, how long at each. */

import { icon } from "../icons.js";
import { dailyHours, toSchedule } from "./tour-hours.js";

/**
 * @import { Preset } from "./presets.js"
 * @import { Tour, TourStop } from "./tours.js"
 * @typedef {{name: string, resume_after_s: number, stops: TourStop[], schedule?: object}} TourWish
 */

const DWELL_S = 15;

/** @param {Tour | null} tour @param {Preset[]} presets @returns {Promise<TourWish | null>} null when it was cancelled */
export function askForTour(tour, presets) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("tour-dialog"));
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const dialog = /** @type {HTMLDialogElement} */ (copy.querySelector("dialog"));
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (dialog.querySelector(selector));
  const name = /** @type {HTMLInputElement} */ (find('[name="name"]'));
  const resume = /** @type {HTMLInputElement} */ (find('[name="resume_after_s"]'));
  const stops = /** @type {HTMLOListElement} */ (find("[data-stops]"));
  name.value = tour?.name ?? "Tour";
  resume.value = String(tour?.resume_after_s ?? 30);
  const begun = tour?.stops ?? presets.map((preset) => ({ preset: preset.id, dwell_s: DWELL_S }));
  const [from, until] = ["from", "until"].map((part) => /** @type {HTMLInputElement} */ (find(`[name="${part}"]`)));
  const hours = dailyHours(tour?.schedule ?? {});
  [from.value, until.value] = hours ?? ["", ""];
  find("[data-other-hours]").hidden = hours !== null;
  for (const stop of begun) stops.append(makeStop(stop, presets, stops));
  find("[data-add]").addEventListener("click", () =>
    stops.append(makeStop({ preset: presets[0].id, dwell_s: DWELL_S }, presets, stops)),
  );
  find("[data-cancel]").addEventListener("click", () => dialog.close(""));
  find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close("save");
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue !== "save") {
        resolve(null);
        return;
      }
      const wish = {
        name: name.value.trim(),
        resume_after_s: Number(resume.value),
        stops: [...stops.children].map(readStop),
      };
      const schedule = toSchedule(from.value, until.value);
      // Hours that differ by weekday are kept unless others are chosen here.
      resolve(hours === null && schedule === null ? wish : { ...wish, schedule: schedule ?? {} });
    });
  });
}

/** @param {TourStop} stop @param {Preset[]} presets @param {HTMLOListElement} list */
function makeStop(stop, presets, list) {
  const item = document.createElement("li");
  item.className = "tour-stop";
  const preset = document.createElement("select");
  preset.setAttribute("aria-label", "Preset");
  preset.append(...presets.map((one) => new Option(one.name, String(one.id))));
  preset.value = String(stop.preset);
  const dwell = document.createElement("input");
  dwell.type = "number";
  dwell.min = "2";
  dwell.max = "86400";
  dwell.required = true;
  dwell.value = String(stop.dwell_s);
  dwell.setAttribute("aria-label", "Seconds there");
  const unit = document.createElement("span");
  unit.className = "quiet small";
  unit.textContent = "s";
  const speed = document.createElement("select");
  speed.setAttribute("aria-label", "Speed on the way there");
  speed.append(
    new Option("its own speed", ""),
    new Option("slow", "0.25"),
    new Option("medium", "0.5"),
    new Option("fast", "1"),
  );
  speed.value = stop.speed == null ? "" : String(stop.speed);
  if (speed.selectedIndex < 0)
    speed.append(new Option(`${Math.round((stop.speed ?? 0) * 100)} %`, String(stop.speed), true, true));
  const up = toolButton("Earlier", "up");
  up.addEventListener("click", () => {
    item.previousElementSibling?.before(item);
    up.focus();
  });
  const remove = toolButton("Leave out", "close");
  remove.addEventListener("click", () => {
    if (list.children.length > 1) item.remove();
  });
  item.append(preset, dwell, unit, speed, up, remove);
  return item;
}

/** @param {Element} item @returns {TourStop} */
function readStop(item) {
  const [preset, speed] = item.querySelectorAll("select");
  const dwell = /** @type {HTMLInputElement} */ (item.querySelector("input"));
  return {
    preset: Number(preset.value),
    dwell_s: Number(dwell.value),
    speed: speed.value === "" ? null : Number(speed.value),
  };
}

/** @param {string} words @param {string} name */
function toolButton(words, name) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-button";
  button.title = words;
  button.setAttribute("aria-label", words);
  button.append(icon(name));
  return button;
}
