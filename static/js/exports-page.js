/** One's own exports, with their progress as they are made. */

import { call, list } from "./api.js";
import { showConnection } from "./connection-notice.js";
import { pageEvents } from "./events.js";
import { ExportCard } from "./exports/export-card.js";
import { ExportFeed } from "./exports/export-feed.js";
import { toast } from "./toast.js";

const container = /** @type {HTMLElement} */ (document.getElementById("exports"));
const nothing = /** @type {HTMLElement} */ (document.getElementById("no-exports"));
const names = JSON.parse(document.getElementById("camera-names")?.textContent ?? "{}");
/** @type {Map<string, ExportCard>} */
const cards = new Map();

/** @param {string} id */
function remove(id) {
  cards.get(id)?.element.remove();
  cards.delete(id);
  nothing.hidden = cards.size > 0;
}

async function refresh() {
  const found = await list("exports/");
  for (const id of cards.keys()) if (!found.some((one) => one.id === id)) remove(id);
  for (const one of found) {
    const card = cards.get(one.id) ?? new ExportCard(one, names, () => remove(one.id));
    card.show(one);
    cards.set(one.id, card);
  }
  const order = found.map((one) => /** @type {ExportCard} */ (cards.get(one.id)).element);
  if (order.some((each, at) => container.children[at] !== each)) container.replaceChildren(...order);
  container.setAttribute("aria-busy", "false");
  nothing.hidden = cards.size > 0;
}

const carefully = () => refresh().catch((error) => toast(error.message));
const feed = new ExportFeed(pageEvents());
showConnection(feed.events);
feed.addEventListener("refresh", carefully);
feed.addEventListener("progress", async (event) => {
  const { export: id, ...news } = /** @type {CustomEvent} */ (event).detail;
  const card = cards.get(id);
  if (news.state === "deleted") remove(id);
  else if (card && news.state === card.export.state) card.update(news);
  // The end of one brings more than its state.
  else if (card) card.show(await call(`exports/${id}/`).catch(() => card.export));
  else carefully();
});
feed.open();
carefully();
