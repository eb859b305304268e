/** This browser's switch, and the list of one's devices. */

import { call, list } from "../api.js";
import { button, element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";
import { clockTime } from "../words.js";
import * as push from "./push.js";

export class DevicesCard {
  #card;
  #title;
  #text;
  #switch;
  #list;
  #changed;

  /** @param {HTMLElement} card @param {() => void} changed called when a device came or went */
  constructor(card, changed) {
    this.#card = card;
    this.#title = /** @type {HTMLElement} */ (card.querySelector("[data-title]"));
    this.#text = /** @type {HTMLElement} */ (card.querySelector("[data-text]"));
    this.#switch = /** @type {HTMLButtonElement} */ (card.querySelector("[data-switch]"));
    this.#list = /** @type {HTMLElement} */ (card.querySelector("ul"));
    this.#changed = changed;
    this.#switch.addEventListener("click", () => this.#toggle());
  }

  async refresh() {
    const state = await push.look();
    this.#card.dataset.state = state.state;
    this.#title.textContent = state.title;
    this.#text.textContent = state.text;
    this.#switch.hidden = !["on", "off"].includes(state.state);
    this.#switch.textContent = state.state === "on" ? "Switch off here" : "Switch on here";
    this.#switch.classList.toggle("button-primary", state.state === "off");
    const [devices, own] = await Promise.all([list("notifications/push/subscriptions/"), push.ownDigest()]);
    this.#list.replaceChildren(...devices.map((device) => this.#row(device, device.digest === own)));
    this.#list.hidden = devices.length === 0;
  }

  async #toggle() {
    this.#switch.disabled = true;
    try {
      if (this.#card.dataset.state === "on") await push.switchOff();
      else await push.switchOn();
      this.#changed();
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
    this.#switch.disabled = false;
    await this.refresh();
  }

  /** @param {{id: number, name: string, failing_reason: string, last_sent_at: string | null}} device @param {boolean} isThis */
  #row(device, isThis) {
    const row = element("li", "notify-row");
    row.dataset.state = device.failing_reason ? "failing" : "well";
    const text = element("div", "notify-text");
    const title = element("h3", "");
    title.append(icon("device"), isThis ? `${device.name} (this one)` : device.name);
    const last = device.last_sent_at
      ? `Last message ${clockTime(new Date(device.last_sent_at), new Date())}.`
      : "Nothing sent yet.";
    text.append(
      title,
      element("p", "notify-health small", device.failing_reason ? `Fails: ${device.failing_reason}` : last),
    );
    const remove = button("Remove", "trash", () => this.#remove(device.id, isThis));
    remove.setAttribute("aria-label", `Remove ${device.name}`);
    const actions = element("div", "notify-actions");
    actions.append(remove);
    row.append(text, actions);
    return row;
  }

  /** @param {number} id @param {boolean} isThis */
  async #remove(id, isThis) {
    try {
      if (isThis) await push.switchOff();
      else await call(`notifications/push/subscriptions/${id}/`, { method: "DELETE" });
      this.#changed();
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
    await this.refresh();
  }
}
