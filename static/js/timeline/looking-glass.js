/**
 * What is under the pointer: the picture of that moment, and in words what there is, or why there is nothing.
 *
 * @import { Account } from "./account.js"
 * @import { Previews } from "./previews.js"
 * @import { TimeWords } from "./time-words.js"
 * @import { View } from "./view.js"
 */

import { itemAt } from "./account.js";
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

  putAway() {
    this.#previews?.stop();
    this.#card.hide();
  }
}

/** @param {Account} account @param {number} atMs @param {number} nowMs @param {boolean} isRecorded */
function describe(account, atMs, nowMs, isRecorded) {
  const kept = itemAt(account.protections, atMs);
  const more = [itemAt(account.events, atMs)?.text, kept && (kept.note ? `Protected: ${kept.note}` : "Protected")];
  if (isRecorded) return more;
  const gap = itemAt(account.gaps, atMs);
  if (gap) return [`${gapWords(gap)} (${lengthWords(gap.endMs - gap.startMs)})`, ...more];
  if (atMs > nowMs) return ["Still to come"];
  return account.newestMs !== null && atMs >= account.newestMs ? ["Being written"] : [];
}
