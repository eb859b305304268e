/** The dialogs that give a right, and that change when one counts. */

import { call } from "../api.js";
import { element } from "../exports/dom.js";
import { check, field, formDialog, textInput } from "../notifications/form-dialog.js";
import { hoursFields } from "./hours-fields.js";
import { ACTIONS, title } from "./words.js";

/**
 * @import { Place, Store } from "./store.js"
 * @import { Action, Grant } from "./words.js"
 */

/** @param {Store} store @param {Place} place who or what is known already @param {() => Promise<void>} done */
export function giveRight(store, place, done) {
  const isWho = place.kind === "user" || place.kind === "group";
  const other = isWho ? cameraChoice(store) : peopleChoice(store);
  const when = whenFields(null, store.facts.timeZone);
  const { fieldset, chosen } = actionChoice(store.facts.actions);
  const given = `${place.kind}-${place.id}`;
  const save = async () => {
    const actions = chosen();
    if (!other.value) throw new Error(isWho ? "Choose a camera or a group of cameras." : "Choose somebody.");
    if (actions.length === 0) throw new Error("Choose what may be done.");
    const body = { ...target(isWho ? given : other.value), ...target(isWho ? other.value : given), ...when.values() };
    await giveAll(actions, body);
    await done();
  };
  const name = store.nameOf(place);
  formDialog(
    isWho ? `What ${name} may do` : `Who may use ${name}`,
    [field(isWho ? "With" : "Who", other), fieldset, ...when.nodes],
    { save, saveText: "Allow" },
  );
}

/** @param {Store} store @param {Grant} grant @param {() => Promise<void>} done */
export function changeRight(store, grant, done) {
  const when = whenFields(grant, store.facts.timeZone);
  const save = async () => {
    await call(`grants/${grant.id}/`, { method: "PATCH", body: when.values() });
    await done();
  };
  formDialog(`${title(grant.action)}: ${grant.who}, ${grant.what}`, when.nodes, { save });
}

/** What is granted already is no fault when several are. @param {Action[]} actions @param {object} body */
async function giveAll(actions, body) {
  for (const action of actions) {
    await call("grants/", { method: "POST", body: { ...body, action } }).catch((error) => {
      if (error.status !== 409 || actions.length === 1) throw error;
    });
  }
}

/** @param {Action[]} actions */
function actionChoice(actions) {
  const fieldset = element("fieldset", "notify-group");
  fieldset.append(element("legend", "", "May"));
  const boxes = actions.map((action) => {
    const { row, input } = check(ACTIONS[action].title, action === "view");
    const help = element("p", "field-help", ACTIONS[action].help);
    help.id = `people-help-${action}`;
    input.setAttribute("aria-describedby", help.id);
    const both = element("div", "people-action");
    both.append(row, help);
    fieldset.append(both);
    return { action, input };
  });
  return { fieldset, chosen: () => boxes.filter(({ input }) => input.checked).map(({ action }) => action) };
}

/** @param {Grant | null} grant @param {string} timeZone */
function whenFields(grant, timeZone) {
  const hours = hoursFields(grant?.hours ?? null, timeZone);
  const from = textInput("datetime-local", localTime(grant?.valid_from));
  const until = textInput("datetime-local", localTime(grant?.valid_until));
  const note = textInput("text", grant?.note ?? "", "for example: while we are away");
  note.maxLength = 200;
  const times = element("div", "notify-times");
  times.append(field("From", from, "Empty: at once."), field("Until", until, "Empty: without an end."));
  return {
    nodes: [...hours.nodes, times, field("What for", note)],
    values: () => ({
      hours: hours.week(),
      valid_from: moment(from.value),
      valid_until: moment(until.value),
      note: note.value.trim(),
    }),
  };
}

/** @param {Store} store */
function cameraChoice(store) {
  const select = element("select", "");
  select.append(new Option("Choose …", ""));
  if (store.cameraGroups.length) {
    select.append(
      options(
        "Groups of cameras",
        store.cameraGroups.map(({ id, name }) => new Option(name, `cameras-${id}`)),
      ),
    );
  }
  select.append(
    options(
      "Cameras",
      store.cameras.map(({ slug, name }) => new Option(name, `camera-${slug}`)),
    ),
  );
  return select;
}

/** @param {Store} store */
function peopleChoice(store) {
  const select = element("select", "");
  select.append(new Option("Choose …", ""));
  if (store.groups.length) {
    select.append(
      options(
        "Groups of people",
        store.groups.map(({ id, name }) => new Option(name, `group-${id}`)),
      ),
    );
  }
  const people = store.people.filter((one) => !one.is_superuser);
  if (people.length)
    select.append(
      options(
        "People",
        people.map(({ id, username }) => new Option(username, `user-${id}`)),
      ),
    );
  return select;
}

/** @param {string} label @param {HTMLOptionElement[]} its */
function options(label, its) {
  const group = element("optgroup", "");
  group.label = label;
  group.append(...its);
  return group;
}

/** @param {string} value "user-3" and the like @returns {object} what the API calls it */
function target(value) {
  const [kind, id] = [value.slice(0, value.indexOf("-")), value.slice(value.indexOf("-") + 1)];
  if (kind === "camera") return { camera: id };
  return { [{ user: "user", group: "user_group", cameras: "camera_group" }[kind] ?? ""]: Number(id) };
}

/** For an input of this browser's time. @param {string | null | undefined} iso */
function localTime(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {string} local */
function moment(local) {
  return local ? new Date(local).toISOString() : null;
}
