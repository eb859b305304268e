/** The channels, how they are, and what can be done with them. */

import { call, list } from "../api.js";
import { button, element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";
import { clockTime } from "../words.js";
import { chooseKind, openChannelForm, showSecret } from "./channel-form.js";
import { CHANNEL_KINDS, healthText, whereText } from "./channel-words.js";

/** @import { Channel } from "./channel-words.js" */

export class ChannelsCard {
  /** @type {Channel[]} */
  channels = [];
  #list;
  #nothing;
  #facts;
  #changed;

  /**
   * @param {HTMLElement} card
   * @param {{channels: string[], email: string, isStaff: boolean, mailWorks: boolean}} facts
   * @param {() => void} changed called with each change of the list
   */
  constructor(card, facts, changed) {
    this.#list = /** @type {HTMLElement} */ (card.querySelector("ul"));
    this.#nothing = /** @type {HTMLElement} */ (card.querySelector("[data-nothing]"));
    this.#facts = facts;
    this.#changed = changed;
    card
      .querySelector("[data-add]")
      ?.addEventListener("click", () => chooseKind(facts, (kind) => openChannelForm(kind, null, facts, this.#saved)));
  }

  async refresh() {
    this.channels = await list("notifications/channels/");
    this.#list.replaceChildren(...this.channels.map((channel) => this.#row(channel)));
    this.#nothing.hidden = this.channels.length > 0;
    this.#changed();
  }

  /** @param {Channel} channel */
  #saved = (channel) => {
    this.refresh();
    if (channel.secret) showSecret(channel.secret);
  };

  /** @param {Channel} channel */
  #row(channel) {
    const row = element("li", "notify-row");
    const health = healthText(channel, (at) => clockTime(at, new Date()));
    row.dataset.state = health.state;
    const text = element("div", "notify-text");
    const title = element("h3", "");
    title.append(icon(CHANNEL_KINDS[channel.kind]?.icon ?? "bell"), channel.name);
    const result = element("p", "notify-result small");
    result.setAttribute("role", "status");
    text.append(
      title,
      element("p", "quiet small", whereText(channel)),
      element("p", "notify-health small", health.text),
      result,
    );
    const actions = element("div", "notify-actions");
    const test = button("Test", "check", () => this.#test(channel, test, result));
    actions.append(
      test,
      button("Change", "pencil", () => openChannelForm(channel.kind, channel, this.#facts, this.#saved)),
      button("Remove", "trash", () => this.#remove(channel)),
    );
    for (const action of actions.children) action.setAttribute("aria-label", `${action.textContent} ${channel.name}`);
    row.append(text, actions);
    return row;
  }

  /** @param {Channel} channel @param {HTMLButtonElement} test @param {HTMLElement} result */
  async #test(channel, test, result) {
    test.disabled = true;
    result.dataset.state = "";
    result.textContent = "Sending a test …";
    const answer = await call(`notifications/channels/${channel.id}/test/`, { method: "POST", body: {} }).catch(
      (error) => ({
        is_sent: false,
        text: error.message,
      }),
    );
    test.disabled = false;
    result.dataset.state = answer.is_sent ? "well" : "failing";
    result.textContent = answer.is_sent ? "Sent. It should be there now." : answer.text;
  }

  /** @param {Channel} channel */
  async #remove(channel) {
    if (!window.confirm(`Remove “${channel.name}”? Rules that use it will not tell you by it any more.`)) return;
    await call(`notifications/channels/${channel.id}/`, { method: "DELETE" }).catch((error) => toast(error.message));
    this.refresh();
  }
}
