/**
 * An event as the API tells it. Pure.
 *
 * @typedef {{label: string, score: number | null}} Label `score` from 0 to 1
 * @typedef {object} NvrEvent
 * @property {number} id
 * @property {string | null} camera slug; null when it is about the whole installation
 * @property {string} cameraName
 * @property {string} kind motion, camera_down, storage, gap, node
 * @property {boolean} isGoingOn
 * @property {number} startMs
 * @property {number} endMs when it was seen last, while it goes on
 * @property {number} footageStartMs
 * @property {number} footageEndMs
 * @property {number} score 0 to 100
 * @property {string[]} zones
 * @property {Label[]} labels
 * @property {[number, number, number, number] | null} box x, y, width, height: parts of the picture
 * @property {number | null} bestAtMs
 * @property {string} subject
 * @property {string} reason
 * @property {string} text
 * @property {string} picture address, empty without one
 * @property {string} preview address of the short animation, empty without one
 * @property {boolean} isLate
 * @property {boolean} isReviewed
 * @property {string} reviewedBy
 * @property {number | null} reviewedAtMs
 */

/** @param {any} answer @returns {NvrEvent} */
export function parseEvent(answer) {
  const seenUntilMs = answer.seen_until_ms ?? answer.start_ms;
  return {
    id: answer.id,
    camera: answer.camera ?? null,
    cameraName: String(answer.camera_name ?? answer.camera ?? ""),
    kind: String(answer.kind ?? ""),
    isGoingOn: answer.state === "going_on",
    startMs: answer.start_ms,
    endMs: Math.max(answer.start_ms, answer.end_ms ?? seenUntilMs),
    footageStartMs: answer.footage_start_ms ?? answer.start_ms,
    footageEndMs: answer.footage_end_ms ?? answer.end_ms ?? seenUntilMs,
    score: Number(answer.peak_score ?? 0),
    zones: (answer.zones ?? []).map(String),
    labels: parseLabels(answer.labels),
    box: isBox(answer.box) ? answer.box : null,
    bestAtMs: answer.best_at_ms ?? null,
    subject: String(answer.subject ?? ""),
    reason: String(answer.reason ?? ""),
    text: String(answer.text ?? ""),
    picture: answer.picture ?? "",
    preview: answer.preview ?? "",
    isLate: Boolean(answer.is_late),
    isReviewed: Boolean(answer.reviewed_at),
    reviewedBy: String(answer.reviewed_by ?? ""),
    reviewedAtMs: answer.reviewed_at ? Date.parse(answer.reviewed_at) : null,
  };
}

/** The likeliest first. @param {any} labels names, or names with scores @returns {Label[]} */
export function parseLabels(labels) {
  return (labels ?? [])
    .map((/** @type {any} */ one) =>
      typeof one === "string" ? { label: one, score: null } : { label: String(one.label), score: one.score ?? null },
    )
    .sort((/** @type {Label} */ a, /** @type {Label} */ b) => (b.score ?? 0) - (a.score ?? 0));
}

/** Newest first, as the API sorts them. @param {NvrEvent} a @param {NvrEvent} b */
export function newestFirst(a, b) {
  return b.startMs - a.startMs || b.id - a.id;
}

/** The picture to show: its own, or else the footage's where it is to be seen. @param {NvrEvent} event @param {number} widthPx */
export function pictureOf(event, widthPx) {
  if (event.picture) return event.picture;
  // What is about a camera that was down has no footage to show.
  return event.camera && event.kind === "motion"
    ? previewAt(event.camera, event.bestAtMs ?? event.startMs, widthPx)
    : "";
}

/** @param {string} camera @param {number} atMs @param {number} widthPx */
export function previewAt(camera, atMs, widthPx) {
  return `/api/v1/cameras/${encodeURIComponent(camera)}/preview.jpg?at=${Math.round(atMs)}&width=${widthPx}`;
}

/** @param {unknown} box */
function isBox(box) {
  return Array.isArray(box) && box.length === 4 && box.every((part) => typeof part === "number");
}
