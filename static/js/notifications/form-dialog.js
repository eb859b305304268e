/** A dialog with a form: it saves, says what was refused, and closes when it was taken. */

import { button, element } from "../exports/dom.js";

let count = 0;

/**
 * @param {string} title
 * @param {Node[]} fields
 * @param {{save: () => Promise<void>, saveText?: string}} how `save` rejects with words for the person
 * @returns {HTMLDialogElement} open; gone when it is closed
 */
export function formDialog(title, fields, { save, saveText = "Save" }) {
  const dialog = element("dialog", "dialog notify-dialog");
  const heading = element("h2", "", title);
  count += 1;
  heading.id = `notify-dialog-${count}`;
  dialog.setAttribute("aria-labelledby", heading.id);
  const form = element("form", "form");
  form.noValidate = true;
  const trouble = element("p", "form-error");
  trouble.setAttribute("role", "alert");
  trouble.hidden = true;
  const submit = element("button", "button button-primary", saveText);
  const end = element("div", "dialog-end");
  end.append(
    button("Cancel", "close", () => dialog.close()),
    submit,
  );
  form.append(...fields, trouble, end);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    form.inert = true;
    try {
      await save();
      dialog.close();
    } catch (error) {
      trouble.textContent = plain(error instanceof Error ? error.message : String(error));
      trouble.hidden = false;
      trouble.scrollIntoView({ block: "nearest" });
    }
    form.inert = false;
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(heading, form);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Without the names of fields that people never see. @param {string} text */
function plain(text) {
  const words = text.replace(/(^|; )(settings|cameras|channels|kinds)?\.?(\w+)?: /g, "$1");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @template {HTMLElement} T
 * @param {string} text
 * @param {T} input
 * @param {string} [help]
 * @returns {HTMLElement}
 */
export function field(text, input, help = "") {
  const row = element("div", "field");
  const label = element("label", "", text);
  count += 1;
  input.id ||= `notify-field-${count}`;
  label.htmlFor = input.id;
  row.append(label, input);
  if (help) {
    const note = element("p", "field-help", help);
    note.id = `${input.id}-help`;
    input.setAttribute("aria-describedby", note.id);
    row.append(note);
  }
  return row;
}

/** @param {string} type @param {string} [value] @param {string} [placeholder] */
export function textInput(type, value = "", placeholder = "") {
  const input = element("input", "");
  input.type = type;
  input.value = value;
  input.placeholder = placeholder;
  if (type === "password") input.autocomplete = "new-password";
  else input.autocomplete = "off";
  return input;
}

/** @param {string} text @param {boolean} isChecked @returns {{row: HTMLLabelElement, input: HTMLInputElement}} */
export function check(text, isChecked) {
  const row = element("label", "check");
  const input = element("input", "");
  input.type = "checkbox";
  input.checked = isChecked;
  row.append(input, text);
  return { row, input };
}

/** @param {[string, string][]} options value and text @param {string} value */
export function choice(options, value) {
  const select = element("select", "");
  for (const [key, text] of options) select.append(new Option(text, key, false, key === value));
  return select;
}

/** @param {string} title @param {Node[]} rows */
export function group(title, rows) {
  const set = element("fieldset", "notify-group");
  set.append(element("legend", "", title), ...rows);
  return set;
}
