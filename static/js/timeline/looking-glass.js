/**
 * What is under the pointer: the picture of that moment, and in words what there is, or why there is nothing.
 *
 * @import { Account, Happening } from "./account.js"
 * @import { Previews } from "./previews.js"
 * @import { TimeWords } from "./time-words.js"
 * @import { View } from "./view.js"
 */

import { kindTitle } from "../events/event-words.js";
import { itemAt, overlapping } from "./account.js";
import { marked } from "./event-marks.js";
import { PreviewCard } from "./preview-card.js";
import { gapWords, lengthWords } from "./time-words.js";

/** A view longer than this has several days in it. */
const DATED_FROM_MS = 3 * 86_400_000;

export class LookingGlass {
  #card = new PreviewCard();
  /** @type {Previews | null} */
  #previews = null;

  get element() {
    return this.#card.element;
  }

  get isShown() {
    return this.#card.isShown;
  }

  /**
   * @param {{slug: string, name: string}} camera an empty name is not said
   * @param {Account} account @param {number} atMs @param {number} x
   * @param {{view: View, words: TimeWords, nowMs: number, previews: Previews | null}} place
   */
  look(camera, account, atMs, x, { view, words, nowMs, previews }) {
    const isRecorded = itemAt(account.spans, atMs) !== undefined;
    const date = view.spanMs > DATED_FROM_MS ? `${words.shortDate(atMs)}, ` : "";
    const said = [camera.name, ...describe(account, atMs, nowMs, isRecorded)].filter(Boolean).join(" · ");
    this.#previews = previews;
    this.#card.show(x, view.widthPx, `${date}${words.time(atMs)}`, said);
    if (isRecorded && previews) {
      previews.want(camera.slug, Math.round(atMs), (preview) => {
        if (this.#card.isShown) this.#card.picture(preview);
      });
    } else {
      previews?.stop();
      this.#card.picture(null);
    }
  }

  /**
   * An event as a whole, with its own picture: where it is too narrow to mean a moment of it.
   *
   * @param {{name: string}} camera an empty name is not said @param {Happening} event @param {number} count how many there are
   * @param {number} x @param {{view: View, words: TimeWords, previews: Previews | null}} place
   */
  lookAt(camera, event, count, x, { view, words, previews }) {
    const date = view.spanMs > DATED_FROM_MS ? `${words.shortDate(event.startMs)}, ` : "";
    const more = count > 1 ? `the strongest of ${count} events here` : "";
    const said = [camera.name, markWords(event), lengthWords(event.endMs - event.startMs), more];
    this.#card.show(x, view.widthPx, `${date}${words.time(event.startMs)}`, said.filter(Boolean).join(" · "));
    previews?.wantPicture(`/api/v1/events/${event.id}/picture.jpg`, (preview) => {
      if (this.#card.isShown) this.#card.picture(preview);
    });
  }

  putAway() {
    this.#previews?.stop();
    this.#card.hide();
  }
}

/** @param {Account} account @param {number} atMs @param {number} nowMs @param {boolean} isRecorded */
function describe(account, atMs, nowMs, isRecorded) {
  const kept = itemAt(account.protections, atMs);
  const happening = overlapping(marked(account.events), atMs, atMs + 1).map(markWords);
  const more = [...happening, kept && (kept.note ? `Protected: ${kept.note}` : "Protected")];
  if (isRecorded) return more;
  const gap = itemAt(account.gaps, atMs);
  if (gap) return [`${gapWords(gap)} (${lengthWords(gap.endMs - gap.startMs)})`, ...more];
  if (atMs > nowMs) return ["Still to come"];
  return account.newestMs !== null && atMs >= account.newestMs ? ["Being written"] : [];
}

/** @param {Happening} event */
function markWords({ kind, zones, labels }) {
  return [labels.length ? labels.join(", ") : kindTitle(kind), zones.length ? `in ${zones.join(", ")}` : ""]
    .filter(Boolean)
    .join(" ");
}
