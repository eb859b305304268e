/** "When did something move here?": an area on a camera's picture, a time, and all that moved in it. */

import { call } from "./api.js";
import { binsOf } from "./area-search/bins.js";
import { Drawing } from "./area-search/drawing.js";
import { Histogram } from "./area-search/histogram.js";
import { parsePlace, placeQuery } from "./area-search/place.js";
import { Results } from "./area-search/results.js";
import { SearchRun } from "./area-search/search-run.js";
import { outcomeWords, unknownWords } from "./area-search/search-words.js";
import { SpanChoice } from "./area-search/span-choice.js";
import { foundIn, totalsOf } from "./area-search/stretches.js";
import { previewAt } from "./events/event.js";
import { keepServerClock, serverNow } from "./recordings/server-clock.js";
import { bindZoneSelect, currentZone } from "./recordings/zone-select.js";
import { parseAccount } from "./timeline/account.js";
import { TimeWords } from "./timeline/time-words.js";

/**
 * @import { Area } from "./area-search/area.js"
 * @import { Stretch } from "./area-search/stretches.js"
 */

const STILL_PX = 1_280;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const described = document.getElementById("events-cameras");
/** @type {{slug: string, name: string, role: string, detects: boolean}[]} */
const cameras = described ? JSON.parse(described.textContent ?? "[]") : [];

function start() {
  let words = new TimeWords(currentZone());
  const place = parsePlace(location.search, serverNow());
  const select = /** @type {HTMLSelectElement} */ (byId("camera"));
  const go = /** @type {HTMLButtonElement} */ (byId("go"));
  const drawing = new Drawing(byId("surface"));
  const results = new Results(byId("results"), byId("more"), () => words);
  const histogram = new Histogram(byId("histogram"), ({ startMs, endMs }) => results.goTo(startMs, endMs));
  /** @type {SearchRun | null} */
  let run = null;

  const changed = () => {
    run?.stop();
    keep();
    go.disabled = drawing.area === null;
    byId("hint").textContent = hintFor(drawing);
  };
  const span = new SpanChoice(byId("span"), { words: () => words, now: serverNow, changed }, place);
  const keep = () => {
    history.replaceState(null, "", placeQuery({ camera: select.value, area: drawing.area, ...span.choice }));
  };
  const showRun = () => {
    if (!run) return;
    const found = foundIn(run.parts);
    const totals = totalsOf(run.parts, run.footage);
    const isOver = run.progress === 1 || run.isStopped || run.trouble !== "";
    const { isStopped } = run;
    byId("outcome").textContent = outcomeWords({ ...totals, count: found.length, isOver, isStopped });
    byId("unknown").textContent = isOver ? unknownWords(totals) : "";
    byId("trouble").hidden = !run.trouble;
    byId("trouble").textContent = `The search ended early: ${run.trouble}`;
    const progress = /** @type {HTMLProgressElement} */ (byId("progress"));
    progress.hidden = isOver;
    progress.value = run.progress;
    byId("stop").hidden = isOver;
    histogram.show(run.parts.length ? binsOf(run.span, found, run.parts, run.footage, words.zone) : [], words);
    results.show(found);
  };
  const search = () => {
    const polygon = drawing.area;
    if (!polygon) return;
    run?.stop();
    keep();
    const mine = searchOf(select.value, span.choice, polygon);
    run = mine;
    byId("outcome-box").hidden = false;
    byId("before").hidden = true;
    results.clear(select.value);
    histogram.clear();
    for (const name of ["progress", "end"]) mine.addEventListener(name, () => mine === run && showRun());
    showRun();
    mine.run();
  };

  for (const tool of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-tool]"))) {
    tool.addEventListener("click", () => {
      drawing.tool = tool.dataset.tool === "polygon" ? "polygon" : "rectangle";
      for (const one of document.querySelectorAll("[data-tool]"))
        one.setAttribute("aria-pressed", String(one === tool));
      byId("hint").textContent = hintFor(drawing);
    });
  }
  byId("whole").addEventListener("click", () => {
    drawing.area = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
  });
  byId("none").addEventListener("click", () => {
    drawing.area = null;
  });
  drawing.addEventListener("change", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.isFinal) changed();
  });
  select.addEventListener("change", () => {
    showStill(select.value);
    changed();
  });
  go.addEventListener("click", search);
  byId("stop").addEventListener("click", () => {
    run?.stop();
    showRun();
  });
  bindZoneSelect(/** @type {HTMLSelectElement} */ (byId("zone")), (zone) => {
    words = new TimeWords(zone);
    span.show();
    results.rezone();
    showRun();
  });

  if (cameras.some(({ slug }) => slug === place.camera)) select.value = place.camera;
  showStill(select.value);
  drawing.area = place.area;
  // A link that says all is meant to be followed to its end.
  if (place.area) search();
  document.body.dataset.ready = "";
}

/** @param {string} slug @param {Stretch} span @param {Area} polygon */
function searchOf(slug, span, polygon) {
  const path = `cameras/${encodeURIComponent(slug)}/`;
  const role = cameras.find((one) => one.slug === slug)?.role ?? "main";
  return new SearchRun(
    { startMs: Math.floor(span.startMs), endMs: Math.ceil(span.endMs) },
    ({ startMs, endMs }) =>
      call(`${path}motion/search/`, { method: "POST", body: { start: startMs, end: endMs, polygon } }),
    async ({ startMs, endMs }) => {
      const query = new URLSearchParams({ start: String(startMs), end: String(endMs), role });
      return parseAccount(await call(`${path}timeline/?${query}`)).spans;
    },
  );
}

/** The newest picture of its footage, or its last one at all. @param {string} slug */
function showStill(slug) {
  const image = /** @type {HTMLImageElement} */ (byId("still"));
  const camera = cameras.find((one) => one.slug === slug);
  const addresses = [
    `${previewAt(slug, serverNow(), STILL_PX)}&role=${camera?.role ?? "main"}`,
    `/api/v1/cameras/${encodeURIComponent(slug)}/snapshot.jpg`,
  ];
  const note = byId("still-note");
  note.hidden = true;
  byId("off-note").hidden = camera?.detects ?? true;
  image.onload = () => {
    image.hidden = false;
    byId("surface").style.aspectRatio = `${image.naturalWidth} / ${image.naturalHeight}`;
  };
  image.onerror = () => {
    const next = addresses.shift();
    if (next) image.src = next;
    else [image.hidden, note.hidden] = [true, false];
  };
  image.onerror(new Event("error"));
}

/** @param {Drawing} drawing */
function hintFor(drawing) {
  if (drawing.area)
    return "Drag the corners, or all of it. With the keyboard: arrows move it, Shift and arrows make it larger.";
  if (drawing.tool === "polygon") return "Click corner after corner; on the first one it is closed.";
  return "Drag a rectangle over the part of the picture that matters.";
}

if (cameras.length) {
  keepServerClock();
  start();
}
