/** The dialog with a camera's ONVIF settings: where it is asked, what it has told, its own events, home, outputs. */

import { ApiError, call } from "../api.js";

/**
 * @typedef {object} Onvif what GET …/onvif/ answers
 * @property {string} address
 * @property {string} username
 * @property {{manufacturer: string, model: string, firmware: string}} information
 * @property {number | null} clock_ahead_s
 * @property {string} failure
 * @property {boolean} has_events
 * @property {boolean} takes_events
 * @property {string} events_state
 * @property {string} events_reason
 * @property {number} home_after_s
 * @property {string[]} relays
 */

/** @param {string} slug @param {HTMLElement} button @param {() => void} changed */
export function bindOnvifDialog(slug, button, changed) {
  button.addEventListener("click", async () => {
    const found = await call(`cameras/${encodeURIComponent(slug)}/onvif/`).catch(() => null);
    new OnvifDialog(slug, found, changed).show();
  });
}

class OnvifDialog {
  #root;
  #changed;
  #dialog;
  #result;
  #more;

  /** @param {string} slug @param {Onvif | null} found @param {() => void} changed */
  constructor(slug, found, changed) {
    this.#root = `cameras/${encodeURIComponent(slug)}`;
    this.#changed = changed;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById("onvif-dialog"));
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.#dialog = /** @type {HTMLDialogElement} */ (copy.querySelector("dialog"));
    this.#result = this.#find("[data-result]");
    this.#more = this.#find("[data-more]");
    this.#find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#try("Asking the camera …", () => this.#connect());
    });
    this.#find("[data-close]").addEventListener("click", () => this.#dialog.close());
    this.#find("[data-forget]").addEventListener("click", () => this.#try("", () => this.#forget()));
    this.#find('[name="takes_events"]').addEventListener("change", () => this.#try("", () => this.#save()));
    this.#find('[name="home_after_s"]').addEventListener("change", () => this.#try("", () => this.#save()));
    this.#dialog.addEventListener("close", () => this.#dialog.remove());
    if (found) this.#fill(found);
  }

  show() {
    document.body.append(this.#dialog);
    this.#dialog.showModal();
  }

  async #connect() {
    const password = this.#input("password").value;
    const body = { address: this.#input("address").value.trim(), username: this.#input("username").value };
    this.#fill(await call(`${this.#root}/onvif/`, { method: "PUT", body: password ? { ...body, password } : body }));
    this.#input("password").value = "";
    this.#changed();
  }

  async #save() {
    const body = {
      takes_events: this.#input("takes_events").checked,
      home_after_s: Number(this.#input("home_after_s").value),
    };
    this.#fill(await call(`${this.#root}/onvif/`, { method: "PATCH", body }));
  }

  async #forget() {
    await call(`${this.#root}/onvif/`, { method: "DELETE" });
    this.#dialog.close();
    this.#changed();
  }

  /** @param {Onvif} onvif */
  #fill(onvif) {
    this.#more.hidden = false;
    this.#input("address").value = onvif.address;
    this.#input("username").value = onvif.username;
    this.#input("takes_events").checked = onvif.takes_events;
    this.#input("takes_events").disabled = !onvif.has_events;
    this.#input("home_after_s").value = String(onvif.home_after_s);
    this.#find("[data-events]").textContent = eventsWords(onvif);
    this.#say(deviceWords(onvif), onvif.failure !== "");
    const relays = this.#find("[data-relays]");
    relays.hidden = onvif.relays.length === 0;
    this.#find("[data-relay-list]").replaceChildren(...onvif.relays.map((token, index) => this.#relay(token, index)));
  }

  /** @param {string} token @param {number} index */
  #relay(token, index) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `Output ${index + 1}`;
    item.append(name);
    for (const [words, isOn] of /** @type {const} */ ([
      ["On", true],
      ["Off", false],
    ])) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button button-small";
      made.textContent = words;
      made.setAttribute("aria-label", `Output ${index + 1} ${words.toLowerCase()}`);
      made.addEventListener("click", () =>
        this.#try("", async () => {
          await call(`${this.#root}/relays/${encodeURIComponent(token)}/`, { method: "POST", body: { is_on: isOn } });
          this.#say(`Output ${index + 1} is ${words.toLowerCase()}.`, false);
        }),
      );
      item.append(made);
    }
    return item;
  }

  /** @param {string} meanwhile @param {() => Promise<void>} work */
  async #try(meanwhile, work) {
    if (meanwhile) this.#say(meanwhile, false);
    const submit = /** @type {HTMLButtonElement} */ (this.#find('[type="submit"]'));
    submit.disabled = true;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#say(error.message, true);
    } finally {
      submit.disabled = false;
    }
  }

  /** @param {string} words @param {boolean} isBad */
  #say(words, isBad) {
    this.#result.textContent = words;
    this.#result.className = isBad ? "form-error" : "quiet small";
    this.#result.hidden = words === "";
  }

  /** @param {string} selector */
  #find(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (this.#find(`[name="${name}"]`));
  }
}

/** @param {Onvif} onvif */
function deviceWords(onvif) {
  if (onvif.failure) return onvif.failure;
  const { manufacturer, model, firmware } = onvif.information;
  const device = [manufacturer, model].filter(Boolean).join(" ") || "The camera";
  const clock = onvif.clock_ahead_s ?? 0;
  const isWrong = Math.abs(clock) > 5;
  const off = isWrong
    ? ` Its clock is ${Math.round(Math.abs(clock))} s ${clock > 0 ? "ahead" : "behind"}: correct it in the camera.`
    : "";
  return `${device}${firmware ? `, firmware ${firmware}` : ""}, answers.${off}`;
}

/** @param {Onvif} onvif */
function eventsWords(onvif) {
  if (!onvif.has_events) return "This camera tells of no events.";
  if (!onvif.takes_events)
    return "What the camera itself notices (motion, a crossed line, a covered lens, an input) becomes events here.";
  if (onvif.events_state === "listening") return "The camera’s events are heard.";
  return onvif.events_reason || "Connecting to the camera’s events …";
}
