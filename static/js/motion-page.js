/** How a camera is watched for motion: zones on its picture, settings, what moves now, and what other settings would have made of the past. */

import { ApiError, call } from "./api.js";
import { showConnection } from "./connection-notice.js";
import { CameraEvents } from "./events.js";
import { areZonesChanged, changedSettings, holdsAt, settingsOf, toApi, unsavedWords, zonesOf } from "./motion/draft.js";
import { HeatMap } from "./motion/heat-map.js";
import { History } from "./motion/history.js";
import { LevelMeter } from "./motion/level-meter.js";
import { showPicture } from "./motion/picture.js";
import { Positions } from "./motion/positions.js";
import { ReplayPanel } from "./motion/replay-panel.js";
import { SaveBar } from "./motion/save-bar.js";
import { SettingsForm } from "./motion/settings-form.js";
import { percentWords, sideOf } from "./motion/sizes.js";
import { StatusCard } from "./motion/status-card.js";
import { bindTools } from "./motion/tools.js";
import { ZoneEditor } from "./motion/zone-editor.js";
import { ZoneList } from "./motion/zone-list.js";
import { toast } from "./toast.js";
import { stateTitle } from "./words.js";

/**
 * @import { Settings, Zone } from "./motion/draft.js"
 */

const ASK_EVERY_MS = 10_000;

/** @template {HTMLElement} [T=HTMLElement] @param {string} id */
const byId = (id) => /** @type {T} */ (document.getElementById(id));
const page = byId("motion");
const slug = page.dataset.camera ?? "";
const address = `cameras/${encodeURIComponent(slug)}/motion/`;
const mayPlayBack = page.dataset.mayPlayBack === "yes";

/** @type {{settings: Settings, zones: readonly Zone[], text: string} | null} what the server has */
let saved = null;
/** @type {Settings | null} what the page has */
let settings = null;
/** @type {History<readonly Zone[]>} */
const steps = new History(/** @type {readonly Zone[]} */ ([]));
/** @type {Record<string, string>} */
let errors = {};
let isSaving = false;
/** Counts what was sent: an answer to what was asked before that may be older than what was saved. */
let sends = 0;
let isOvertaken = false;

const editor = new ZoneEditor(/** @type {SVGSVGElement} */ (document.querySelector(".zone-editor")));
const zoneList = new ZoneList(byId("zones"), byId("no-zones"), editor);
const form = new SettingsForm(byId("settings"));
const meter = new LevelMeter(byId("level"));
const status = new StatusCard(byId("status"), (isOn) => send({ is_on: isOn }).then(carefully));
const tools = bindTools(editor, byId("tools"), { undo: () => travel("undo"), redo: () => travel("redo") });
const saveBar = new SaveBar(byId("save-bar"), { save, discard });
const replay = new ReplayPanel(slug, mayPlayBack, byId("replay"), () => ({ body: draft(), problem: problem() }));
if (mayPlayBack) new HeatMap(slug, byId("heat"), byId("heat-choice"), byId("heat-legend"));
/** @type {HTMLImageElement} */
const presetPicture = byId("preset-picture");
const positions = new Positions(byId("position"), presetPicture, byId("place"));
const veil = showPicture(editor, [presetPicture, byId("heat")], (size) => form.setPicture(size));

// ── What is on the page ────────────────────────────────────────────────

/** @param {any} answer of the API */
function take(answer) {
  saved = savedOf(answer);
  settings = saved.settings;
  errors = {};
  isOvertaken = false;
  steps.reset(saved.zones);
  form.show(settings);
  show();
}

/** What the server now has: zones on the page stay those they were, so that the selected one stays selected. @param {any} answer */
function takeSaved(answer) {
  saved = savedOf(answer);
  isOvertaken = false;
  const ids = new Map(saved.zones.map(({ name, id }) => [name, id]));
  steps.reset(
    steps.present.map((zone) => {
      const name = zone.name.trim().replace(/\s+/g, " ");
      return { ...zone, name, id: ids.get(name) ?? null };
    }),
  );
}

/** @param {any} answer */
function savedOf(answer) {
  const [ofAnswer, zones] = [settingsOf(answer), zonesOf(answer)];
  return { settings: ofAnswer, zones, text: JSON.stringify([ofAnswer, toApi(zones)]) };
}

function show() {
  if (!saved || !settings) return;
  const zones = steps.present;
  editor.show(zones);
  zoneList.show(zones, settings.sensitivity, errors, positions.presets);
  form.refuse(errors);
  tools.show(steps.canUndo, steps.canRedo);
  const changes = unsaved();
  const words = unsavedWords(changes.settings, changes.zones);
  const overtaken = isOvertaken ? "Somebody else has saved other settings meanwhile: yours would replace them." : "";
  const refused = Object.keys(errors).length ? "It was not saved: what is wrong is marked." : "";
  const trouble = problem() || errors[""] || errors.zones || refused || overtaken;
  saveBar.show({ words, trouble, isSaving, isBlocked: Boolean(problem()) });
  byId("level-note").hidden = !words;
}

function unsaved() {
  return {
    settings: saved && settings && changedSettings(saved.settings, settings),
    zones: saved !== null && areZonesChanged(saved.zones, steps.present),
  };
}

/** Why it can't be sent as it is; "" when it can. */
function problem() {
  return Object.keys(form.problems).length
    ? "Something in the settings can’t be saved as it is: it is marked there."
    : "";
}

/** All of it, as the API takes it. */
function draft() {
  return { ...settings, zones: toApi(steps.present) };
}

/** @param {"undo" | "redo"} way */
function travel(way) {
  steps[way]();
  errors = {};
  replay.outdate();
  show();
}

// ── To the server and back ─────────────────────────────────────────────

async function save() {
  if (isSaving) return;
  const changes = unsaved();
  isSaving = true;
  show();
  try {
    await send({ ...changes.settings, ...(changes.zones ? { zones: toApi(steps.present) } : {}) }, takeSaved);
  } finally {
    isSaving = false;
    show();
  }
}

function discard() {
  if (!saved || isSaving) return;
  settings = saved.settings;
  form.show(settings);
  steps.push(saved.zones);
  errors = {};
  replay.outdate();
  show();
  toast(steps.canUndo ? "Discarded. Undo brings the zones back." : "Discarded.");
}

/** @param {object} body @param {(answer: any) => void} [taken] */
async function send(body, taken) {
  sends += 1;
  try {
    const answer = await call(address, { method: "PATCH", body });
    sends += 1;
    errors = {};
    taken?.(answer);
    tell(answer);
    if (taken) toast("Saved. It holds from the next pictures on.");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    errors = Object.keys(error.errors).length ? error.errors : { "": error.message };
    toast(error.message);
    const [zone] = /zones\.(\d+)/.exec(Object.keys(errors).join(" "))?.slice(1) ?? [];
    if (zone) editor.select(steps.present[Number(zone)]?.key ?? null);
  }
}

async function ask() {
  const before = sends;
  const answer = await call(address);
  if (before !== sends) return;
  tell(answer);
  if (saved?.text === savedOf(answer).text) return;
  const { settings: changed, zones } = unsaved();
  if (!saved || (!changed && !zones && !problem() && !isSaving && !editor.kind)) take(answer);
  else if (!isSaving) {
    isOvertaken = true;
    show();
  }
}

function carefully() {
  return ask().catch((error) => {
    if (!saved) byId("status-words").textContent = error instanceof Error ? error.message : "";
  });
}

/** @param {any} answer */
function tell(answer) {
  positions.show(answer.presets, answer.standing_at);
  byId("position-help").hidden = answer.presets.length === 0;
  status.show(answer);
  meter.setOn(answer.status.is_on, answer.status.lag_ms);
}

/** @param {{state: string, reason: string, changed_at: string}} message */
function showState({ state, reason, changed_at: since }) {
  veil.setStatus({ state, reason, since });
  byId("state-chip").dataset.state = state;
  byId("state-word").textContent = stateTitle(state);
  byId("state-reason").textContent = ["down", "connecting"].includes(state) ? reason : "";
}

/** The picture is that of the position at which the selected zone holds. */
function follow() {
  const { selected } = editor;
  if (selected && !holdsAt(selected, editor.preset)) positions.chosen = selected.preset;
}

// ── What people do ─────────────────────────────────────────────────────

editor.addEventListener("change", (event) => {
  const { zones, tag } = /** @type {CustomEvent} */ (event).detail;
  steps.push(zones, tag);
  errors = {};
  replay.outdate();
  show();
  follow();
});
editor.addEventListener("settled", () => steps.seal());
editor.addEventListener("select", () => {
  follow();
  show();
});
positions.addEventListener("choose", () => {
  editor.preset = positions.chosen;
  show();
});
editor.addEventListener("say", (event) => {
  byId("said").textContent = /** @type {CustomEvent} */ (event).detail.text;
});
form.addEventListener("change", (event) => {
  settings = /** @type {CustomEvent} */ (event).detail.settings;
  errors = {};
  replay.outdate();
  show();
});
form.addEventListener("sizing", (event) => {
  const { percent } = /** @type {CustomEvent} */ (event).detail;
  editor.painter.ghost(percent === null || percent === 0 ? null : sideOf(percent), percentWords(percent ?? 0));
});
addEventListener("beforeunload", (event) => {
  const { settings: changed, zones } = unsaved();
  if (changed || zones || problem()) event.preventDefault();
});

const events = new CameraEvents();
showConnection(events);
events.addEventListener("open", carefully);
events.addEventListener("event", (event) => {
  const message = /** @type {CustomEvent} */ (event).detail;
  if (message.camera !== slug) return;
  if (message.type === "motion.level") meter.add(message);
  if (message.type === "camera.state") showState(message);
  if (message.type === "camera.removed") location.assign("/");
});
events.open();
carefully();
setInterval(() => document.visibilityState === "visible" && carefully(), ASK_EVERY_MS);
