/**
 * "Test connection" under each stream of the camera form: tries what stands in the form just now, saved or not, and says in words
 * what came of it.
 */

const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("connection-test"));

/** @typedef {{ok: boolean, code: string, text: string, details: Record<string, string>}} Verdict */

class ConnectionTest {
  #row;
  #button;
  #verdict;
  #running = false;

  /** @param {HTMLElement} row one stream's part of the form @param {HTMLTemplateElement} template */
  constructor(row, template) {
    const part = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    this.#row = row;
    this.#button = /** @type {HTMLButtonElement} */ (part.querySelector("button"));
    this.#verdict = /** @type {HTMLElement} */ (part.querySelector("[role=status]"));
    this.#button.addEventListener("click", () => this.#run());
    row.append(part);
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    this.#button.disabled = true;
    const startedAtMs = Date.now();
    this.#show("running", "Connecting …");
    const ticking = setInterval(() => {
      this.#show("running", `Connecting … ${Math.round((Date.now() - startedAtMs) / 1000)} s`);
    }, 1000);
    try {
      const { ok, text, details } = await this.#ask();
      this.#show(ok ? "ok" : "failed", text, details);
    } catch (error) {
      this.#show("failed", error instanceof Error ? error.message : String(error));
    } finally {
      clearInterval(ticking);
      this.#button.disabled = false;
      this.#running = false;
    }
  }

  /** @returns {Promise<Verdict>} */
  async #ask() {
    const { url = "", camera = "" } = template?.dataset ?? {};
    const body = new FormData();
    body.set("camera", camera);
    for (const name of ["url", "transport"]) body.set(name, this.#inRow(name)?.value ?? "");
    if (/** @type {HTMLInputElement | null} */ (this.#inRow("verify_tls"))?.checked) body.set("verify_tls", "on");
    for (const name of ["username", "password", "csrfmiddlewaretoken"]) body.set(name, this.#inForm(name)?.value ?? "");
    if (this.#inForm("clear_password")?.checked) body.set("clear_password", "on");
    let response;
    try {
      response = await fetch(url, { method: "POST", body, credentials: "same-origin", redirect: "error" });
    } catch {
      throw new Error("The server can’t be reached, or you are not logged in any more.");
    }
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
      throw new Error(
        response.status === 403 ? "You have no right to test this." : `The server answered ${response.status}.`,
      );
    }
    return await response.json();
  }

  /** @param {string} name @returns {HTMLInputElement | HTMLSelectElement | null} */
  #inRow(name) {
    return this.#row.querySelector(`[name$="-${name}"]`);
  }

  /** @param {string} name @returns {HTMLInputElement | null} */
  #inForm(name) {
    return /** @type {HTMLFormElement} */ (this.#row.closest("form")).querySelector(`[name="${name}"]`);
  }

  /** @param {string} state @param {string} text @param {Record<string, string>} [details] */
  #show(state, text, details = {}) {
    this.#verdict.dataset.state = state;
    const sentence = document.createElement("p");
    sentence.textContent = text;
    const list = document.createElement("dl");
    for (const [name, value] of Object.entries(details)) {
      const term = document.createElement("dt");
      term.textContent = name;
      const description = document.createElement("dd");
      description.textContent = value;
      list.append(term, description);
    }
    this.#verdict.replaceChildren(sentence, ...(list.children.length ? [list] : []));
  }
}

/** @param {ParentNode} place */
function equip(place) {
  if (!template) return;
  for (const row of place.querySelectorAll(".inline-related[id^='streams-']:not(.empty-form)")) {
    if (row instanceof HTMLElement && !row.querySelector(".connection-test")) new ConnectionTest(row, template);
  }
}

equip(document);
document.addEventListener("formset:added", () => equip(document));
