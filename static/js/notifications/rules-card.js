/** The rules as sentences, with a switch each. */

import { call, list } from "../api.js";
import { button, element } from "../exports/dom.js";
import { toast } from "../toast.js";
import { check } from "./form-dialog.js";
import { openRuleForm } from "./rule-form.js";
import { listed, quietWords, sentence } from "./rule-words.js";

/** @import { Rule } from "./rule-words.js" */
/** @import { Channel } from "./channel-words.js" */
/** @import { Facts } from "./rule-form.js" */

export class RulesCard {
  #list;
  #nothing;
  #facts;
  #channels;

  /** @param {HTMLElement} card @param {Facts} facts @param {() => Channel[]} channels */
  constructor(card, facts, channels) {
    this.#list = /** @type {HTMLElement} */ (card.querySelector("ul"));
    this.#nothing = /** @type {HTMLElement} */ (card.querySelector("[data-nothing]"));
    this.#facts = facts;
    this.#channels = channels;
    card.querySelector("[data-add]")?.addEventListener("click", () => this.#open(null));
  }

  async refresh() {
    const rules = /** @type {Rule[]} */ (await list("notifications/rules/"));
    this.#list.replaceChildren(...rules.map((rule) => this.#row(rule)));
    this.#nothing.hidden = rules.length > 0;
  }

  /** @param {Rule | null} rule */
  #open(rule) {
    openRuleForm(rule, this.#facts, this.#channels(), () => this.refresh());
  }

  /** @param {Rule} rule */
  #row(rule) {
    const row = element("li", "notify-row");
    const quiet = quietWords(rule.muted_until_ms, Date.now());
    row.dataset.state = rule.is_enabled ? (quiet ? "quiet" : "well") : "off";
    const text = element("div", "notify-text");
    const names = new Map(this.#facts.cameras.map(({ slug, name }) => [slug, name]));
    text.append(
      element("h3", "", rule.name),
      element(
        "p",
        "small",
        sentence(rule, (slug) => names.get(slug) ?? slug),
      ),
      element("p", "quiet small", this.#byText(rule)),
    );
    if (!rule.is_enabled) text.append(element("p", "notify-health small", "Off until you switch it on again."));
    else if (quiet) text.append(element("p", "notify-health small", `${quiet}.`));
    const isOn = check("On", rule.is_enabled);
    isOn.input.setAttribute("aria-label", `Rule ${rule.name} is on`);
    isOn.input.addEventListener("change", () => this.#do(`${rule.id}/`, "PATCH", { is_enabled: isOn.input.checked }));
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    /** @param {string} words @param {string} sign @param {object} body */
    const mute = (words, sign, body) => button(words, sign, () => this.#do(`${rule.id}/mute/`, "POST", body));
    const mutes = quiet
      ? [mute("Not quiet", "bell", { minutes: 0 })]
      : [
          mute("Quiet for an hour", "bell-off", { minutes: 60 }),
          mute("Until morning", "moon", { until: "morning", time_zone: zone }),
        ];
    const actions = element("div", "notify-actions");
    actions.append(
      isOn.row,
      ...(rule.is_enabled ? mutes : []),
      button("Change", "pencil", () => this.#open(rule)),
      button("Remove", "trash", () => this.#remove(rule)),
    );
    for (const action of actions.querySelectorAll("button"))
      action.setAttribute("aria-label", `${action.textContent} (${rule.name})`);
    row.append(text, actions);
    return row;
  }

  /** @param {Rule} rule */
  #byText(rule) {
    const known = this.#channels().filter(({ id }) => rule.channels.includes(id));
    const on = known.filter(({ is_enabled: isOn }) => isOn).map(({ name }) => name);
    if (on.length) return `By ${listed(on)}.`;
    return known.length
      ? "Its channels are switched off, so nothing is sent."
      : "It has no channel, so nothing is sent.";
  }

  /** @param {Rule} rule */
  async #remove(rule) {
    if (window.confirm(`Remove the rule “${rule.name}”?`)) await this.#do(`${rule.id}/`, "DELETE");
  }

  /** @param {string} path @param {string} method @param {unknown} [body] */
  async #do(path, method, body) {
    await call(`notifications/rules/${path}`, { method, body }).catch((error) => toast(error.message));
    await this.refresh();
  }
}
