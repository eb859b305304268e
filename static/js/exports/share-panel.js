/** Links to one export: make one, copy it while it is shown, see how often they were used, revoke them. */

import { ApiError, call, list } from "../api.js";
import { button, element } from "./dom.js";
import { dayText } from "./export-words.js";

const CHOICES = [
  ["24", "1 day"],
  ["1", "1 hour"],
  ["168", "1 week"],
  ["720", "30 days"],
];

export class SharePanel {
  element = element("div", "share-panel");
  #path;
  #choice = element("select", "");
  #made = element("div", "share-made");
  #links = element("ul", "share-links");
  #trouble = element("p", "form-error");

  /** @param {string} exportId */
  constructor(exportId) {
    this.#path = `exports/${exportId}/links/`;
    const label = element("label", "field", "A link for people without an account, valid for");
    for (const [hours, text] of CHOICES) this.#choice.append(new Option(text, hours));
    label.append(this.#choice);
    this.#made.hidden = this.#trouble.hidden = true;
    this.#trouble.setAttribute("role", "alert");
    const make = button("Make a link", "plus", () => this.#make());
    this.element.append(label, make, this.#trouble, this.#made, this.#links);
    this.#load();
  }

  async #make() {
    await this.#try(async () => {
      const link = await call(this.#path, { method: "POST", body: { valid_hours: Number(this.#choice.value) } });
      this.#show(link.url);
      await this.#load();
    });
  }

  /** @param {string} url */
  #show(url) {
    const field = element("input", "");
    field.type = "text";
    field.readOnly = true;
    field.value = url;
    const label = element("label", "field", "It is shown this once");
    label.append(field);
    const copy = button("Copy", "check", async () => {
      field.select();
      // Without https the clipboard is closed to pages; the text stands selected then.
      const isCopied = await navigator.clipboard?.writeText(url).then(
        () => true,
        () => false,
      );
      copy.lastChild?.replaceWith(isCopied ? "Copied" : "Selected: copy it now");
    });
    this.#made.replaceChildren(label, copy);
    this.#made.hidden = false;
    field.focus();
    field.select();
  }

  async #load() {
    await this.#try(async () => {
      const links = await list(this.#path);
      this.#links.replaceChildren(...links.map((link) => this.#row(link)));
    });
  }

  /** @param {{id: number, expires_at: string, revoked_at: string | null, downloads: number}} link */
  #row(link) {
    const row = element("li", "");
    const used = link.downloads === 1 ? "downloaded once" : `downloaded ${link.downloads} times`;
    const isOver = new Date(link.expires_at) < new Date();
    const until = link.revoked_at ? "revoked" : `${isOver ? "expired" : "until"} ${dayText(link.expires_at)}`;
    row.append(element("span", "", `Link ${until}, ${used}`));
    if (!link.revoked_at && !isOver) {
      row.append(
        button("Revoke", "close", () =>
          this.#try(async () => {
            await call(`${this.#path}${link.id}/`, { method: "DELETE" });
            await this.#load();
          }),
        ),
      );
    }
    return row;
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    this.#trouble.hidden = true;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#trouble.textContent = error.message;
      this.#trouble.hidden = false;
    }
  }
}
