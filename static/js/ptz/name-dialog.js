/** Asks for a name in a dialog. */

let count = 0;

/** @param {string} title @param {string} name what is offered @returns {Promise<string>} empty when it was cancelled */
export function askForName(title, name) {
  count += 1;
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  const form = document.createElement("form");
  form.method = "dialog";
  form.className = "form";
  const heading = document.createElement("h2");
  heading.id = `name-dialog-${count}`;
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", heading.id);
  const field = document.createElement("div");
  field.className = "field";
  const label = document.createElement("label");
  label.htmlFor = `name-input-${count}`;
  label.textContent = "Name";
  const input = document.createElement("input");
  input.type = "text";
  input.id = label.htmlFor;
  input.required = true;
  input.maxLength = 100;
  input.value = name;
  field.append(label, input);
  const end = document.createElement("div");
  end.className = "dialog-end";
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "button";
  cancel.textContent = "Cancel";
  cancel.addEventListener("click", () => dialog.close(""));
  const save = document.createElement("button");
  save.className = "button button-primary";
  save.textContent = "Save";
  end.append(cancel, save);
  form.append(heading, field, end);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close(input.value.trim());
  });
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  input.select();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}
