/** The fields of a candidate's card: its name, other streams, another login. */

import { button, element } from "../exports/dom.js";
import { icon } from "../icons.js";
import { formatText } from "./add-words.js";

/**
 * @import { Login, Offer, Outcome } from "./add-words.js"
 * @typedef {{key: string, name: string}} Maker
 */

/** @param {string} id @param {string} value @param {() => void} changed @returns {{field: HTMLElement, input: HTMLInputElement}} */
export function nameField(id, value, changed) {
  const field = element("div", "field");
  const label = element("label", "", "Name");
  label.htmlFor = id;
  const input = element("input", "");
  input.type = "text";
  input.id = id;
  input.maxLength = 100;
  input.required = true;
  input.autocomplete = "off";
  input.value = value;
  const error = element("p", "field-error");
  error.id = `${id}-error`;
  input.setAttribute("aria-describedby", error.id);
  input.addEventListener("input", changed);
  field.append(label, input, error);
  return { field, input };
}

/** @param {Outcome} outcome @param {(chosen: {main: string, sub: string}) => unknown} look */
export function streamChoice({ offers, streams }, look) {
  const details = element("details", "candidate-details");
  const url = (/** @type {string} */ role) => streams.find((stream) => stream.role === role)?.url ?? "";
  const main = selectField("Main stream", offers, url("main"));
  const sub = selectField("Sub stream", offers, url("sub"), "none");
  const row = element("div", "candidate-choice");
  const again = button("Look at these", "pulse", () => look({ main: main.select.value, sub: sub.select.value }));
  row.append(main.field, sub.field, again);
  details.append(element("summary", "", "Choose other streams"), row);
  return details;
}

/**
 * Another login, another address, another maker.
 *
 * @param {{address: string, login: Login, maker: string}} now
 * @param {Maker[]} makers empty when the maker makes no difference
 * @param {(again: {address: string, login: Login, maker: string}) => unknown} tryAgain
 */
export function retryForm(now, makers, tryAgain) {
  const form = element("form", "candidate-retry");
  const address = inputField("Address", "text", now.address, "off");
  const username = inputField("User name", "text", now.login.username, "off");
  const password = inputField("Password", "password", now.login.password, "new-password");
  form.append(address.field, username.field, password.field);
  const maker = element("select", "");
  if (makers.length) {
    const field = element("label", "field");
    maker.append(new Option("I don’t know", ""), ...makers.map(({ key, name }) => new Option(name, key)));
    maker.value = now.maker;
    field.append(element("span", "", "Maker"), maker);
    form.append(field);
  }
  const submit = element("button", "button button-primary");
  submit.append(icon("pulse"), "Try again");
  form.append(submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const login = { username: username.input.value, password: password.input.value };
    tryAgain({ address: address.input.value.trim(), login, maker: maker.value });
  });
  return form;
}

/** @param {string} title @param {string} type @param {string} value @param {string} autocomplete */
function inputField(title, type, value, autocomplete) {
  const field = element("label", "field");
  const input = element("input", "");
  input.type = type;
  input.value = value;
  input.setAttribute("autocomplete", autocomplete);
  input.spellcheck = false;
  field.append(element("span", "", title), input);
  return { field, input };
}

/** @param {string} title @param {Offer[]} offers @param {string} chosen @param {string} [none] */
function selectField(title, offers, chosen, none) {
  const field = element("label", "field");
  const select = element("select", "");
  if (none) select.append(new Option(none, ""));
  for (const { url, name, codec, width_px: width, height_px: height } of offers) {
    select.append(new Option([name, formatText(codec, width, height)].filter(Boolean).join(": "), url));
  }
  select.value = chosen;
  field.append(element("span", "", title), select);
  return { field, select };
}
