/**
 * The newest events of one camera, as a short list beside its picture.
 *
 * @import { CameraEvents } from "../events.js"
 * @import { NvrEvent } from "./event.js"
 */

import { call } from "../api.js";
import { element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { clockTime } from "../words.js";
import { parseEvent, pictureOf } from "./event.js";
import { durationWords, kindIcon, whatWords } from "./event-words.js";

const SHOWN = 6;
const PICTURE_PX = 240;
const SETTLED_MS = 400;

/** @param {HTMLElement} list @param {HTMLElement} none said when there is none @param {string} slug @param {CameraEvents} news */
export function showLastEvents(list, none, slug, news) {
  let isDue = false;
  const refresh = async () => {
    isDue = false;
    try {
      const { results } = await call(`events/?camera=${encodeURIComponent(slug)}`);
      const events = results.slice(0, SHOWN).map(parseEvent);
      list.replaceChildren(...events.map(item));
      none.hidden = events.length > 0;
    } catch {
      // What is shown stays; the page itself says that the server is away.
    }
  };
  news.addEventListener("open", refresh);
  news.addEventListener("event", (event) => {
    const message = /** @type {CustomEvent} */ (event).detail;
    if (message.type !== "event" || message.camera !== slug || isDue) return;
    isDue = true;
    setTimeout(refresh, SETTLED_MS);
  });
}

/** @param {NvrEvent} event */
function item(event) {
  const made = element("li", "ev-last");
  made.dataset.kind = event.kind;
  const link = element("a", "");
  link.href = `/events/?review=all&camera=${encodeURIComponent(event.camera ?? "")}&event=${event.id}`;
  const picture = element("span", "ev-picture");
  const symbol = element("span", "ev-symbol");
  symbol.append(icon(kindIcon(event.kind)));
  picture.append(symbol);
  const address = pictureOf(event, PICTURE_PX);
  if (address) {
    const image = element("img", "");
    image.alt = "";
    image.loading = "lazy";
    image.src = address;
    image.addEventListener("error", () => image.remove());
    picture.append(image);
  }
  const now = new Date();
  const facts = element("span", "");
  const how = event.isGoingOn ? "now" : durationWords(event, now.getTime());
  const where = event.zones.length ? ` · ${event.zones.join(", ")}` : "";
  facts.append(
    element("strong", "", clockTime(new Date(event.startMs), now)),
    element("span", "quiet", `${whatWords(event)} · ${how}${where}`),
  );
  link.append(picture, facts);
  made.append(link);
  return made;
}
