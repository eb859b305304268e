/** The doctor's page of one camera: examines it, shows what is found as it goes, and what was found before. */

import { call } from "./api.js";
import { gradeWord, merged, problems, streamWords, verdict, watched } from "./check/check-words.js";
import { showFindings, showProblems } from "./check/finding-list.js";
import { showConnection } from "./connection-notice.js";
import { CameraEvents } from "./events.js";
import { element } from "./exports/dom.js";
import { toast } from "./toast.js";
import { clockTime } from "./words.js";

/**
 * @import { Change, Diagnosis } from "./check/check-words.js"
 */

// Events tell it sooner; this is for those that get lost, and for an examination that somebody else has started.
const ASK_EVERY_MS = 3_000;
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

const slug = byId("check").dataset.camera ?? "";
const path = `cameras/${encodeURIComponent(slug)}/diagnose/`;
const button = /** @type {HTMLButtonElement} */ (byId("check-start"));
const progress = /** @type {HTMLProgressElement} */ (byId("check-progress"));
/** @type {Diagnosis | null} */
let shown = null;
/** @type {Diagnosis[]} without their findings, the newest first */
let past = [];
/** @type {Record<string, number>} */
let shares = {};

function show() {
  const isRunning = shown?.state === "running";
  button.disabled = isRunning;
  byId("check").setAttribute("aria-busy", String(isRunning));
  byId("check-nothing").hidden = shown !== null;
  byId("check-result").hidden = shown === null;
  if (!shown) return;
  const { state, title, text } = verdict(shown);
  byId("check-verdict").dataset.grade = state;
  setText("check-verdict-title", title);
  setText("check-verdict-text", text);
  setText("check-when", whenText(shown));
  progress.hidden = !isRunning;
  const share = watched(shares);
  if (share === null) progress.removeAttribute("value");
  else progress.value = share;
  showProblems(byId("check-problems-list"), shown.findings);
  byId("check-problems").hidden = problems(shown.findings).length === 0;
  showFindings(byId("check-findings"), shown.findings);
  showChanges(shown);
}

/** @param {Diagnosis} diagnosis */
function whenText({ started_at: startedAt, started_by: by }) {
  const at = clockTime(new Date(startedAt), new Date());
  return by ? `${at}, by ${by}` : at;
}

/** @param {Diagnosis} diagnosis */
function showChanges({ state, compared_with: other, changes }) {
  byId("check-changes").hidden = state === "running" || other === null || changes.length === 0;
  const then = past.find((one) => one.id === other);
  const since = then ? `Changed since ${clockTime(new Date(then.started_at), new Date())}, when it worked` : "";
  setText("check-changes-title", since || "Changed since it worked");
  byId("check-changes-list").replaceChildren(...changes.map(changeItem));
}

/** @param {Change} change */
function changeItem({ title, stream, direction, before, after }) {
  const item = element("li", "change");
  item.dataset.direction = direction;
  const head = element("p", "change-title", title);
  if (stream) head.append(element("span", "quiet", ` · ${streamWords([stream])}`));
  const then = element("p", "change-before");
  then.append(element("span", "change-word", "Then"), before);
  const now = element("p", "change-after");
  now.append(element("span", "change-word", "Now"), after);
  item.append(head, then, now);
  return item;
}

async function showHistory() {
  past = await call(path);
  byId("check-history").hidden = past.length < 2;
  byId("check-history-list").replaceChildren(...past.map(historyItem));
}

/** @param {Diagnosis} diagnosis */
function historyItem(diagnosis) {
  const item = element("li", "");
  const choose = element("button", "check-past");
  choose.type = "button";
  choose.dataset.grade = diagnosis.state === "done" ? diagnosis.grade : diagnosis.state;
  if (diagnosis.id === shown?.id) choose.setAttribute("aria-current", "true");
  const time = element("time", "", clockTime(new Date(diagnosis.started_at), new Date()));
  time.dateTime = diagnosis.started_at;
  const word = diagnosis.state === "done" ? gradeWord(diagnosis.grade) : diagnosis.state;
  choose.append(
    time,
    element("span", "check-past-grade", diagnosis.cause_title ? `${word}: ${diagnosis.cause_title}` : word),
  );
  choose.addEventListener("click", () => carefully(() => look(diagnosis.id)));
  item.append(choose);
  return item;
}

/** @param {number} id */
async function look(id) {
  if (shown?.id !== id) shares = {};
  shown = await call(`${path}${id}/`);
  await showHistory();
  show();
}

async function start() {
  button.disabled = true;
  shares = {};
  try {
    shown = await call(path, { method: "POST" });
  } finally {
    show();
  }
  await showHistory();
}

/** @param {() => Promise<unknown>} work */
function carefully(work) {
  work().catch((error) => toast(error instanceof Error ? error.message : String(error)));
}

/** Leaves an unchanged text alone, so that no screen reader says it again. @param {string} id @param {string} text */
function setText(id, text) {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}

const events = new CameraEvents();
showConnection(events);
events.addEventListener("event", (event) => {
  const news = /** @type {CustomEvent} */ (event).detail;
  if (!shown || news.type !== "diagnosis" || news.camera !== slug || news.id !== shown.id) return;
  if (news.state !== "running") {
    carefully(() => look(news.id));
    return;
  }
  shares = { ...shares, ...news.shares };
  shown = { ...shown, findings: merged(shown.findings, news.findings) };
  show();
});
events.open();
button.addEventListener("click", () => carefully(start));
setInterval(() => {
  if (shown?.state === "running") carefully(() => look(/** @type {Diagnosis} */ (shown).id));
}, ASK_EVERY_MS);

carefully(async () => {
  if (location.hash === "#start") {
    history.replaceState(null, "", location.pathname);
    await start();
    return;
  }
  await showHistory();
  if (past.length) await look(past[0].id);
  else show();
});
