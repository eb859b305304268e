/**
 * Protecting and deleting a span: what exactly will happen is said before it does. Both need a right on each of the cameras, which the
 * server checks.
 *
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { call } from "../api.js";
import { lengthWords } from "../timeline/time-words.js";
import { toast } from "../toast.js";
import { bytesWords } from "./calendar-math.js";

/** @typedef {{cameras: string[], startMs: number, endMs: number, done: () => void}} Wish */

/** @param {{words: () => TimeWords, now: () => number, name: (slug: string) => string}} host */
export function bindFootageDialogs(host) {
  for (const act of /** @type {const} */ (["protect", "delete"])) {
    const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById(`${act}-dialog`));
    // A page may have only one of them.
    if (!dialog) continue;
    const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    const error = /** @type {HTMLElement} */ (dialog.querySelector(".form-error"));
    /** @type {Wish | null} */
    let wish = null;
    document.addEventListener(`nvr-${act}`, (event) => {
      event.preventDefault();
      wish = /** @type {Wish} */ (/** @type {CustomEvent} */ (event).detail);
      const span = host.words().span(wish.startMs, wish.endMs, host.now());
      const what = /** @type {HTMLElement} */ (dialog.querySelector("[data-what]"));
      what.textContent = `${wish.cameras.map(host.name).join(", ")}: ${span} (${lengthWords(wish.endMs - wish.startMs)})`;
      error.hidden = true;
      form.reset();
      dialog.showModal();
    });
    form.addEventListener("submit", async (event) => {
      if (/** @type {SubmitEvent} */ (event).submitter?.getAttribute("value") !== "yes" || !wish) return;
      event.preventDefault();
      const given = wish;
      form.inert = true;
      try {
        toast(
          act === "protect" ? await protect(given, String(new FormData(form).get("note") ?? "")) : await remove(given),
        );
        dialog.close();
      } catch (problem) {
        error.textContent = problem instanceof Error ? problem.message : String(problem);
        error.hidden = false;
      }
      // One camera's part may have been done though another's was refused.
      form.inert = false;
      given.done();
    });
  }
}

/** @param {Wish} wish @param {string} note */
async function protect({ cameras, startMs, endMs }, note) {
  for (const camera of cameras)
    await call("protections/", { method: "POST", body: { camera, start: startMs, end: endMs, note } });
  return "Protected: nobody and no rule deletes it.";
}

/** @param {Wish} wish */
async function remove({ cameras, startMs, endMs }) {
  let sizeBytes = 0;
  for (const camera of cameras) {
    const path = `cameras/${encodeURIComponent(camera)}/footage/delete/`;
    sizeBytes += (await call(path, { method: "POST", body: { start: startMs, end: endMs } })).size_bytes;
  }
  return sizeBytes ? `Deleted ${bytesWords(sizeBytes)}.` : "There was nothing to delete.";
}
