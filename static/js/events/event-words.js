/**
 * What is said about an event, for people. Pure: the present comes in as an argument.
 *
 * @import { NvrEvent } from "./event.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { lengthWords } from "../timeline/time-words.js";

/** @type {Record<string, {title: string, many: string, icon: string}>} */
const KINDS = {
  motion: { title: "Motion", many: "motion", icon: "motion" },
  camera_motion: { title: "Motion, by the camera", many: "motion, by the camera", icon: "motion" },
  line: { title: "Line crossed", many: "lines crossed", icon: "motion" },
  intrusion: { title: "Intrusion", many: "intrusions", icon: "area" },
  tamper: { title: "Tampering", many: "tampering", icon: "warning" },
  sound: { title: "Sound", many: "sounds", icon: "volume" },
  input: { title: "Input", many: "inputs", icon: "bell" },
  camera_down: { title: "Camera down", many: "camera down", icon: "off" },
  gap: { title: "Footage missing", many: "footage missing", icon: "gap" },
  storage: { title: "Storage trouble", many: "storage trouble", icon: "disk" },
  node: { title: "Machine lost", many: "machine lost", icon: "warning" },
};
const OTHER = { title: "Event", many: "events", icon: "bell" };

/** @param {string} kind */
export function kindTitle(kind) {
  return (KINDS[kind] ?? OTHER).title;
}

/** Of static/icons.svg. @param {string} kind */
export function kindIcon(kind) {
  return (KINDS[kind] ?? OTHER).icon;
}

/** What it is about: a camera's name, or the volume or machine. @param {NvrEvent} event */
export function placeWords(event) {
  return event.cameraName || event.subject || "This NVR";
}

/** "Person, car" for motion that was named, else what kind it is. @param {NvrEvent} event */
export function whatWords(event) {
  const names = event.labels.map(({ label }) => label);
  return names.length ? capital(names.join(", ")) : kindTitle(event.kind);
}

/** How long it lasted, or lasts by now. @param {NvrEvent} event @param {number} nowMs */
export function durationMs(event, nowMs) {
  return Math.max(0, (event.isGoingOn ? Math.max(event.endMs, nowMs) : event.endMs) - event.startMs);
}

/** "18 s"; what is shorter than a second still took one. @param {NvrEvent} event @param {number} nowMs */
export function durationWords(event, nowMs) {
  return lengthWords(Math.max(1_000, durationMs(event, nowMs)));
}

/** @param {number} score 0 to 100 */
export function strengthWords(score) {
  const word = score >= 70 ? "strong" : score >= 35 ? "moderate" : "slight";
  return `${word} (${score} of 100)`;
}

/** "person 87 %" @param {{label: string, score: number | null}} label */
export function labelWords({ label, score }) {
  return score === null ? label : `${label} ${Math.round(score * 100)} %`;
}

/**
 * All of it in a sentence, for who can't see the card.
 *
 * @param {NvrEvent} event @param {TimeWords} words @param {number} nowMs
 */
export function summaryWords(event, words, nowMs) {
  const parts = [`${whatWords(event)}, ${placeWords(event)}, ${words.time(event.startMs)}`];
  if (event.zones.length) parts.push(`in ${event.zones.join(", ")}`);
  parts.push(event.isGoingOn ? `going on for ${durationWords(event, nowMs)}` : durationWords(event, nowMs));
  if (event.isReviewed) parts.push("reviewed");
  return parts.join(", ");
}

/** What can be read in the details, in order. @param {NvrEvent} event @param {TimeWords} words @param {number} nowMs @returns {[string, string][]} */
export function factsOf(event, words, nowMs) {
  /** @type {[string, string | false | null][]} */
  const facts = [
    ["When", whenWords(event, words, nowMs)],
    ["How long", event.isGoingOn ? `${durationWords(event, nowMs)}, going on` : durationWords(event, nowMs)],
    ["Where", event.zones.join(", ")],
    ["What", event.labels.map(labelWords).join(", ")],
    ["How strong", event.kind === "motion" && strengthWords(event.score)],
    ["About", event.camera ? "" : event.subject],
    ["Why", event.reason],
    ["Found late", event.isLate && "when older footage was looked through; nobody was told at the time"],
    ["Reviewed", reviewWords(event, words)],
  ];
  return /** @type {[string, string][]} */ (facts.filter(([, text]) => text));
}

/** "Today" or "Yesterday" where it is; empty else. @param {number} day @param {number} today both as from Zone.dayOf */
export function nearDay(day, today) {
  return day === today ? "Today" : day === today - 1 ? "Yesterday" : "";
}

/** "12 new events" @param {number} count */
export function newWords(count) {
  return count === 1 ? "1 new event" : `${count} new events`;
}

/** @param {NvrEvent} event @param {TimeWords} words @param {number} nowMs */
function whenWords(event, words, nowMs) {
  const day = nearDay(words.zone.dayOf(event.startMs), words.zone.dayOf(nowMs));
  const date = day || words.date(event.startMs);
  if (event.isGoingOn) return `${date}, since ${words.time(event.startMs)}`;
  const isOneDay = words.zone.dayOf(event.startMs) === words.zone.dayOf(event.endMs);
  const end = `${isOneDay ? "" : `${words.shortDate(event.endMs)}, `}${words.time(event.endMs)}`;
  return `${date}, ${words.time(event.startMs)} – ${end}`;
}

/** @param {NvrEvent} event @param {TimeWords} words */
function reviewWords(event, words) {
  if (!event.isReviewed) return "not yet";
  const at =
    event.reviewedAtMs === null ? "" : `${words.shortDate(event.reviewedAtMs)}, ${words.time(event.reviewedAtMs)}`;
  return [event.reviewedBy && `by ${event.reviewedBy}`, at].filter(Boolean).join(", ") || "yes";
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
