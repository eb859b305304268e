/** One camera on its way in: tried, looked at, named, added. A card of its own in the second step. */

import { call } from "../api.js";
import { problems } from "../check/check-words.js";
import { showProblems } from "../check/finding-list.js";
import { element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { freeName, newCamera, outcomeWords, shortAddress, splitLogin, streamFacts, works } from "./add-words.js";
import { nameField, retryForm, streamChoice } from "./candidate-form.js";

/**
 * @import { Login, Outcome } from "./add-words.js"
 * @import { Maker } from "./candidate-form.js"
 */

// Without them a camera could not be reached at all, whoever made it.
const ABOUT_THE_MAKER = ["description", "port", "rtsp"];
let count = 0;

/** Dispatches `change` when it can be added, or can't any more. */
export class Candidate extends EventTarget {
  #number = ++count;
  // Of this page only; the server hands it back in events to the same person.
  #token = `trial-${Date.now()}-${this.#number}`;
  /** @type {Outcome | null} */
  #outcome = null;
  #isTrying = false;
  #makers;
  #takenNames;
  #maker = "";
  /** @type {{main: string, sub: string} | null} */
  #chosen = null;
  #body = element("div", "candidate-body");
  #status = element("p", "candidate-status");
  #picture = element("div", "candidate-picture");
  /** @type {HTMLInputElement | null} */
  #name = null;

  /**
   * @param {{address: string, title: string, names: string[], login: Login, foundAt?: string}} place `names` are what it may be called, the
   *   best first; `foundAt` is the address that a search found
   * @param {{makers: () => Maker[], takenNames: () => string[]}} world
   */
  constructor({ address, title, names, login, foundAt = "" }, { makers, takenNames }) {
    super();
    this.address = address;
    this.title = title;
    this.names = names;
    this.login = login;
    this.foundAt = foundAt;
    this.#makers = makers;
    this.#takenNames = takenNames;
    this.element = element("li", "card candidate");
    this.#status.setAttribute("role", "status");
    this.element.append(this.#picture, this.#body);
    this.#show("Waiting for its turn …");
  }

  get canBeAdded() {
    return !this.#isTrying && this.#outcome !== null && works(this.#outcome);
  }

  get isTrying() {
    return this.#isTrying;
  }

  get name() {
    return this.#name?.value.trim() ?? "";
  }

  get onvif() {
    return this.#outcome?.onvif ?? "";
  }

  async try() {
    const before = this.#outcome;
    this.#isTrying = true;
    this.#show("Looking for the camera …");
    this.dispatchEvent(new Event("change"));
    let complaint = "";
    try {
      this.#outcome = await call("discovery/trials/", { method: "POST", body: this.#wish() });
      // A look at chosen streams tells nothing of what was offered.
      if (this.#chosen && before && this.#outcome) this.#outcome = { ...this.#outcome, ...whatWasKnown(before) };
    } catch (error) {
      this.#outcome = null;
      complaint = error instanceof Error ? error.message : String(error);
    }
    this.#isTrying = false;
    this.#show(complaint);
    this.dispatchEvent(new Event("change"));
  }

  /** A message of the events socket. @param {any} news */
  hear(news) {
    if (news.type === "trial" && news.token === this.#token && this.#isTrying && news.text) {
      this.#status.textContent = news.text;
    }
  }

  /** Adds it. Rejects with ApiError. @param {{record: string, motion: boolean}} settings @returns {Promise<any>} the camera */
  async add({ record, motion }) {
    const outcome = /** @type {Outcome} */ (this.#outcome);
    const body = newCamera({ name: this.name, address: this.address, login: this.login, outcome, record, motion });
    return await call("cameras/", { method: "POST", body });
  }

  /** @param {string} text below the name field; empty takes it away */
  complain(text) {
    const place = this.#body.querySelector(".field-error");
    if (place) place.textContent = text;
    this.#name?.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) this.#name?.focus();
  }

  #wish() {
    const { address, login } = this;
    const chosen = this.#chosen ? { chosen: this.#chosen } : {};
    return { address, ...login, maker: this.#maker, token: this.#token, ...chosen };
  }

  /** @param {string} [words] what is being done, or why nothing was */
  #show(words = "") {
    const outcome = this.#outcome;
    const isWaiting = this.#isTrying || (!outcome && !this.#body.children.length);
    this.#picture.replaceChildren();
    this.#picture.classList.toggle("skeleton", isWaiting);
    if (isWaiting || !outcome) {
      this.element.dataset.state = isWaiting ? "trying" : "bad";
      this.#status.textContent = words;
      this.#body.replaceChildren(this.#head(), this.#status, ...(isWaiting ? [] : [this.#retry([])]));
      return;
    }
    const verdict = outcomeWords(outcome);
    this.element.dataset.state = verdict.state;
    this.#showPicture(outcome);
    this.#status.textContent = verdict.title;
    const parts = works(outcome) ? this.#worked(outcome) : this.#failed(outcome);
    this.#body.replaceChildren(this.#head(), this.#status, ...parts);
  }

  #head() {
    const head = element("div", "candidate-head");
    const where = [shortAddress(this.address), this.#outcome?.device ?? ""];
    const text = where.filter((part) => part && part !== this.title).join(" · ");
    head.append(element("h3", "", this.title), element("p", "quiet small", text));
    return head;
  }

  /** @param {Outcome} outcome */
  #showPicture(outcome) {
    const source = outcome.streams.find((stream) => stream.picture)?.picture;
    if (source) {
      const image = element("img", "");
      image.src = source;
      image.alt = `What ${this.title} shows`;
      this.#picture.append(image);
    } else {
      this.#picture.append(icon("warning"), element("p", "", "No picture"));
    }
  }

  /** @param {Outcome} outcome @returns {HTMLElement[]} */
  #worked(outcome) {
    const wish = this.name || freeName([...this.names, outcome.device], this.#takenNames());
    const { field, input } = nameField(`name-${this.#number}`, wish, () => this.complain(""));
    this.#name = input;
    const parts = [field, streamTable(outcome)];
    const found = problems(outcome.findings).length;
    if (found) parts.push(this.#details(`What could be better (${found})`, outcome));
    if (outcome.offers.length > 1) {
      const look = (/** @type {{main: string, sub: string}} */ chosen) => {
        this.#chosen = chosen;
        return this.try();
      };
      parts.push(streamChoice(outcome, look));
    }
    return parts;
  }

  /** @param {Outcome} outcome @returns {HTMLElement[]} */
  #failed(outcome) {
    const list = element("ul", "problems");
    showProblems(list, outcome.findings);
    const retry = this.#retry(ABOUT_THE_MAKER.includes(outcome.cause) ? this.#makers() : []);
    if (!outcome.hint) return [list, retry];
    const hint = element("p", "candidate-hint");
    hint.append(icon("info"), element("span", "", outcome.hint));
    return [list, hint, retry];
  }

  /** @param {string} title @param {Outcome} outcome */
  #details(title, { findings }) {
    const details = element("details", "candidate-details");
    const list = element("ul", "problems");
    showProblems(list, findings);
    details.append(element("summary", "", title), list);
    return details;
  }

  /** @param {Maker[]} makers */
  #retry(makers) {
    const now = { address: this.address, login: this.login, maker: this.#maker };
    return retryForm(now, makers, ({ address, login, maker }) => {
      const pasted = splitLogin(address);
      this.address = pasted?.address ?? address;
      this.login = pasted ? { username: pasted.username, password: pasted.password } : login;
      this.#maker = maker;
      this.#chosen = null;
      return this.try();
    });
  }
}

/** @param {Outcome} outcome */
function streamTable({ streams }) {
  const table = element("div", "candidate-streams");
  for (const stream of streams) {
    const part = element("div", "candidate-stream");
    const facts = element("dl", "candidate-facts");
    for (const [name, value] of streamFacts(stream)) {
      const row = element("div", "");
      row.append(element("dt", "", name), element("dd", "", value));
      facts.append(row);
    }
    part.append(element("h4", "", stream.role === "main" ? "Main stream" : "Sub stream"), facts);
    table.append(part);
  }
  return table;
}

/** @param {Outcome} outcome */
function whatWasKnown({ way, device, firmware, onvif, hint, offers }) {
  return { way, device, firmware, onvif, hint, offers };
}
