/** The dialogs that make and change accounts and groups. */

import { call } from "../api.js";
import { check, field, formDialog, textInput } from "../notifications/form-dialog.js";

/** @import { Person, Place, Store } from "./store.js" */

/** @param {(made: Place) => Promise<void>} done */
export function addPerson(done) {
  const name = textInput("text");
  const password = textInput("password");
  const email = textInput("email");
  const save = async () => {
    const body = {
      username: name.value.trim(),
      email: email.value.trim(),
      ...(password.value ? { password: password.value } : {}),
    };
    const made = await call("users/", { method: "POST", body });
    await done({ kind: "user", id: String(made.id) });
  };
  formDialog(
    "Add a person",
    [
      field("User name", name, "What they sign in with."),
      field("Password", password, "Ten characters or more; they can change it. Empty: the account can’t sign in yet."),
      field("E-mail", email, "May stay empty."),
    ],
    { save, saveText: "Add" },
  );
}

/** @param {Store} store @param {Person} person @param {() => Promise<void>} done */
export function changePerson(store, person, done) {
  const inputs = {
    username: textInput("text", person.username),
    first_name: textInput("text", person.first_name),
    last_name: textInput("text", person.last_name),
    email: textInput("email", person.email),
    password: textInput("password", "", "stays as it is"),
  };
  const flags = {
    is_superuser: check("Administrator: may do everything, with every camera and everybody", person.is_superuser),
    is_staff: check("May open the administration", person.is_staff),
    may_manage_people: check("Manages people and their rights", person.may_manage_people),
  };
  const names = [field("First name", inputs.first_name), field("Last name", inputs.last_name)];
  const forAdministrators = [
    field("User name", inputs.username),
    field("E-mail", inputs.email),
    field("New password", inputs.password, "Whatever they have open elsewhere ends."),
    ...Object.values(flags).map(({ row }) => row),
  ];
  const save = async () => {
    const body = /** @type {Record<string, unknown>} */ ({
      first_name: inputs.first_name.value.trim(),
      last_name: inputs.last_name.value.trim(),
    });
    if (store.facts.isSuperuser) {
      for (const key of /** @type {const} */ (["username", "email"])) body[key] = inputs[key].value.trim();
      if (inputs.password.value) body.password = inputs.password.value;
      for (const [key, { input }] of Object.entries(flags))
        if (input.checked !== person[/** @type {keyof typeof flags} */ (key)]) body[key] = input.checked;
    }
    await call(`users/${person.id}/`, { method: "PATCH", body });
    await done();
  };
  formDialog(person.username, [...names, ...(store.facts.isSuperuser ? forAdministrators : [])], { save });
}

/** @param {"group" | "cameras"} kind @param {(made: Place) => Promise<void>} done */
export function addGroup(kind, done) {
  const name = textInput("text");
  const save = async () => {
    const made = await call(pathOf(kind), { method: "POST", body: { name: name.value.trim() } });
    await done({ kind, id: String(made.id) });
  };
  const help =
    kind === "group"
      ? "Whoever is in it has the rights you give to it."
      : "A right on it is one on every camera in it.";
  formDialog(kind === "group" ? "Add a group of people" : "Add a group of cameras", [field("Name", name, help)], {
    save,
    saveText: "Add",
  });
}

/** @param {"group" | "cameras"} kind @param {string} id @param {string} now @param {() => Promise<void>} done */
export function renameGroup(kind, id, now, done) {
  const name = textInput("text", now);
  const save = async () => {
    await call(`${pathOf(kind)}${id}/`, { method: "PATCH", body: { name: name.value.trim() } });
    await done();
  };
  formDialog("Rename the group", [field("Name", name)], { save });
}

/** @param {"group" | "cameras"} kind */
export function pathOf(kind) {
  return kind === "group" ? "groups/" : "camera-groups/";
}
