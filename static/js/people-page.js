/** The people page: on the left whom or what to look at, on the right what may be done and why. The address says what is shown. */

import { Detail } from "./people/detail.js";
import { IndexList } from "./people/index-list.js";
import { addGroup, addPerson } from "./people/name-forms.js";
import { hashOf, placeOf, Store } from "./people/store.js";
import { toast } from "./toast.js";

/** @import { Place } from "./people/store.js" */

const LOOK_EVERY_MS = 30_000;
const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const store = new Store(JSON.parse(part("facts").textContent ?? "{}"));
const search = /** @type {HTMLInputElement} */ (part("people-search"));
const index = new IndexList(part("people-lists"), search, part("people-none"), store);
const detail = new Detail(part("people-detail"), store, refresh, leave);

async function refresh() {
  const place = placeOf(location.hash);
  try {
    await store.refresh();
    index.draw(place);
    await detail.show(place);
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
  }
  document.querySelector("main")?.setAttribute("aria-busy", "false");
}

/** What was shown is gone. */
async function leave() {
  history.replaceState(null, "", location.pathname);
  await refresh();
}

/** The change of the address draws it. @param {Place} made */
async function go(made) {
  if (location.hash === hashOf(made)) await refresh();
  else location.hash = hashOf(made);
}

addEventListener("hashchange", async () => {
  await refresh();
  part("people-detail").focus();
});
for (const add of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-add]"))) {
  const what = add.dataset.add;
  add.addEventListener("click", () =>
    what === "user" ? addPerson(go) : addGroup(what === "group" ? "group" : "cameras", go),
  );
}
setInterval(() => {
  const isBusy = document.querySelector("dialog[open]") || document.querySelector("#people-detail select:focus");
  if (document.visibilityState === "visible" && !isBusy) refresh();
}, LOOK_EVERY_MS);
await refresh();
