/** Being quiet for a while: all rules at once. */

import { call } from "../api.js";
import { toast } from "../toast.js";
import { quietWords } from "./rule-words.js";

const LOOK_EVERY_MS = 30_000;

export class MuteBar {
  #bar;
  #state;
  #untilMs = 0;

  /** @param {HTMLElement} bar */
  constructor(bar) {
    this.#bar = bar;
    this.#state = /** @type {HTMLElement} */ (bar.querySelector("[data-mute-state]"));
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const bodies = /** @type {Record<string, object>} */ ({
      hour: { minutes: 60 },
      morning: { until: "morning", time_zone: zone },
      end: { minutes: 0 },
    });
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (bar.querySelectorAll("[data-mute]"))) {
      button.addEventListener("click", () => this.#ask(bodies[button.dataset.mute ?? "end"]));
    }
    const until = /** @type {HTMLFormElement} */ (bar.querySelector("form"));
    until.addEventListener("submit", (event) => {
      event.preventDefault();
      const at = new Date(String(new FormData(until).get("until")));
      if (Number.isNaN(at.getTime()) || at.getTime() <= Date.now()) toast("Choose a moment that is still to come.");
      else this.#ask({ until: String(at.getTime()) });
    });
    setInterval(() => this.#show(), LOOK_EVERY_MS);
  }

  async refresh() {
    this.#untilMs = (await call("notifications/mute/")).muted_until_ms ?? 0;
    this.#show();
  }

  /** @param {object} body */
  async #ask(body) {
    try {
      this.#untilMs = (await call("notifications/mute/", { method: "POST", body })).muted_until_ms ?? 0;
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
    this.#show();
  }

  #show() {
    const words = quietWords(this.#untilMs, Date.now());
    this.#bar.dataset.state = words ? "quiet" : "on";
    this.#state.textContent = words ? `${words}: nobody is told on your behalf.` : "Messages are on.";
  }
}
