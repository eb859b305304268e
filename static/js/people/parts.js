/** Parts that several of the details are made of: grants, reasons, and what is in a group. */

import { call } from "../api.js";
import { button, element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { toast } from "../toast.js";
import { changeRight } from "./grant-form.js";
import { reasonText, standingText, summaryText, title, whenText } from "./words.js";

/**
 * @import { Store } from "./store.js"
 * @import { Grant, Right } from "./words.js"
 */

const TIMES = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const timeText = (/** @type {Date} */ at) => TIMES.format(at);

/** Says what went wrong, then shows how things are. @param {Promise<unknown>} change @param {() => Promise<void>} done */
export async function apply(change, done) {
  await change.catch((error) => toast(sentence(error.message)));
  await done();
}

/** @param {string} heading @param {string} help @param {(Node | null)[]} nodes @param {HTMLElement[]} [actions] */
export function card(heading, help, nodes, actions = []) {
  const made = element("section", "card");
  const head = element("div", "card-head");
  head.append(element("h3", "", heading), ...actions);
  made.append(head);
  if (help) made.append(element("p", "quiet small", help));
  made.append(...nodes.filter((node) => node !== null));
  return made;
}

/** @param {Store} store @param {Grant[]} grants @param {(grant: Grant) => string} other whom or what it is about @param {() => Promise<void>} done */
export function grantList(store, grants, other, done) {
  if (grants.length === 0) return element("p", "quiet", "None.");
  const rows = element("ul", "notify-list");
  const sorted = [...grants].sort((a, b) => other(a).localeCompare(other(b)) || a.id - b.id);
  rows.append(...sorted.map((grant) => grantRow(store, grant, other(grant), done)));
  return rows;
}

/** @param {Store} store @param {Grant} grant @param {string} other @param {() => Promise<void>} done */
function grantRow(store, grant, other, done) {
  const row = element("li", "notify-row");
  row.dataset.state = grant.standing === "now" ? "well" : "off";
  const text = element("div", "notify-text");
  text.append(
    element("h4", "", `${title(grant.action)}: ${other}`),
    element("p", "quiet small", capital(whenText(grant, timeText))),
  );
  const standing = standingText(grant.standing);
  if (standing) text.append(element("p", "people-standing small", `Does not count: ${standing}.`));
  const by = grant.granted_by ? `Given by ${grant.granted_by}, ${timeText(new Date(grant.granted_at))}` : "";
  const more = [grant.note, by].filter(Boolean).join(" · ");
  if (more) text.append(element("p", "quiet small", more));
  const take = () => apply(call(`grants/${grant.id}/`, { method: "DELETE" }), done);
  const actions = element("div", "notify-actions");
  const change = button("Change", "pencil", () => changeRight(store, grant, done));
  const remove = button("Take away", "trash", take);
  change.setAttribute("aria-label", `Change: ${title(grant.action)}, ${other}`);
  remove.setAttribute("aria-label", `Take away: ${title(grant.action)}, ${other}`);
  actions.append(change, remove);
  row.append(text, actions);
  return row;
}

/** One name with what may be done, and, opened, why. @param {string} name @param {string} href @param {Right[]} rights @param {string} [why] for whom no reason is needed */
export function rightsRow(name, href, rights, why = "") {
  const row = element("li", "people-rights");
  const details = element("details", "");
  const summary = element("summary", "");
  summary.append(element("strong", "", name), element("span", "quiet", summaryText(rights)));
  const reasons = element("ul", "people-reasons");
  for (const right of rights) {
    const item = element("li", "");
    item.dataset.allowed = String(right.is_allowed);
    item.append(icon(right.is_allowed ? "check" : "close"), element("strong", "", title(right.action)));
    item.append(element("span", "unseen", right.is_allowed ? ": allowed now" : ": not allowed now"));
    const lines = element("ul", "");
    lines.append(...right.reasons.map(({ grant, standing }) => reasonLine(right, grant, standingText(standing))));
    item.append(right.reasons.length || !why ? lines : element("p", "quiet small", why));
    reasons.append(item);
  }
  const link = element("a", "small", `Go to ${name}`);
  link.href = href;
  details.append(summary, reasons, link);
  row.append(details);
  return row;
}

/** @param {Right} right @param {Grant} grant @param {string} standing */
function reasonLine(right, grant, standing) {
  const counts = standing ? `, which does not count: ${standing}` : "";
  return element(
    "li",
    "quiet small",
    `${capital(reasonText(right.action, grant))}, ${whenText(grant, timeText)}${counts}.`,
  );
}

/**
 * What is in a group, and what could be put into it.
 *
 * @param {string} what "person" or the like, for labels
 * @param {{id: string, name: string}[]} inside @param {{id: string, name: string}[]} outside
 * @param {(ids: string[]) => Promise<void>} save all that shall be in it
 */
export function chips(what, inside, outside, save) {
  const host = element("div", "people-chips");
  const ids = inside.map(({ id }) => id);
  for (const { id, name } of inside) {
    const remove = button(name, "close", () => save(ids.filter((one) => one !== id)), "people-chip");
    remove.setAttribute("aria-label", `Take out ${name}`);
    host.append(remove);
  }
  if (outside.length) {
    const select = element("select", "");
    select.setAttribute("aria-label", `Add a ${what}`);
    select.append(new Option(`Add a ${what} …`, ""), ...outside.map(({ id, name }) => new Option(name, id)));
    const add = button("Add", "plus", () => select.value && save([...ids, select.value]));
    add.setAttribute("aria-label", `Add the chosen ${what}`);
    host.append(select, add);
  }
  return host;
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {string} text */
function sentence(text) {
  return `${capital(text).replace(/\.$/, "")}.`;
}
