/** What was sent, what wasn't, and what was not meant to be. */

import { call } from "../api.js";
import { element } from "../exports/dom.js";
import { toast } from "../toast.js";
import { clockTime } from "../words.js";
import { stateText } from "./log-words.js";
import { capital, KINDS } from "./rule-words.js";

/** @import { Channel } from "./channel-words.js" */

const PAGE = 25;

export class LogCard {
  #body;
  #nothing;
  #more;
  #state;
  #channel;
  #shown = 0;

  /** @param {HTMLElement} card */
  constructor(card) {
    this.#body = /** @type {HTMLElement} */ (card.querySelector("tbody"));
    this.#nothing = /** @type {HTMLElement} */ (card.querySelector("[data-nothing]"));
    this.#more = /** @type {HTMLButtonElement} */ (card.querySelector("[data-more]"));
    this.#state = /** @type {HTMLSelectElement} */ (card.querySelector("[name=state]"));
    this.#channel = /** @type {HTMLSelectElement} */ (card.querySelector("[name=channel]"));
    for (const select of [this.#state, this.#channel]) select.addEventListener("change", () => this.refresh());
    this.#more.addEventListener("click", () => this.#load());
  }

  /** @param {Channel[]} channels */
  offer(channels) {
    const chosen = this.#channel.value;
    const options = channels.map(({ id, name }) => new Option(name, String(id)));
    this.#channel.replaceChildren(new Option("All channels", ""), ...options);
    this.#channel.value = channels.some(({ id }) => String(id) === chosen) ? chosen : "";
  }

  async refresh() {
    this.#shown = 0;
    this.#body.replaceChildren();
    await this.#load();
  }

  async #load() {
    const isHeld = this.#state.value === "held";
    this.#channel.disabled = isHeld;
    const query = new URLSearchParams({ limit: String(PAGE), offset: String(this.#shown) });
    if (!isHeld && this.#state.value) query.set("state", this.#state.value);
    if (!isHeld && this.#channel.value) query.set("channel", this.#channel.value);
    try {
      const page = await call(`notifications/${isHeld ? "held-back" : "deliveries"}/?${query}`);
      this.#body.append(...page.results.map((/** @type {any} */ one) => (isHeld ? held(one) : delivery(one))));
      this.#shown += page.results.length;
      this.#more.hidden = !page.next;
      this.#nothing.hidden = this.#shown > 0;
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
  }
}

/** @param {any} one */
function delivery(one) {
  const by = one.device ? `${one.channel_name}: ${one.device}` : one.channel_name;
  return line(one.made_ms, one.title || "A message", `${one.rule} · ${by}`, stateText(one, Date.now()), one.state);
}

/** @param {any} one */
function held(one) {
  const what = `${KINDS[one.kind] ?? one.kind}${one.camera_name ? `: ${one.camera_name}` : ""}`;
  return line(one.at_ms, capital(what), one.rule, `Not told: ${one.why}`, "held");
}

/** @param {number} atMs @param {string} title @param {string} by @param {string} text @param {string} state */
function line(atMs, title, by, text, state) {
  const row = element("tr", "");
  row.dataset.state = state;
  const time = element("time", "", clockTime(new Date(atMs), new Date()));
  time.dateTime = new Date(atMs).toISOString();
  const when = element("td", "");
  when.append(time);
  const what = element("th", "", title);
  what.scope = "row";
  row.append(when, what, element("td", "quiet", by), element("td", "notify-outcome", text));
  return row;
}
