/** Making and changing a channel. What is secret is never shown: an empty field keeps what is stored. */

import { call } from "../api.js";
import { button, element } from "../exports/dom.js";
import { CHANNEL_KINDS } from "./channel-words.js";
import { check, field, formDialog, textInput } from "./form-dialog.js";

/** @import { Channel } from "./channel-words.js" */
/** @typedef {{nodes: Node[], settings: () => Record<string, unknown>}} Fields */

const KEPT = "stored; leave empty to keep it";

/** @param {{channels: string[], email: string, isStaff: boolean, mailWorks: boolean}} facts @param {(kind: string) => void} chosen */
export function chooseKind(facts, chosen) {
  const dialog = element("dialog", "dialog notify-dialog");
  const heading = element("h2", "", "How do you want to be told?");
  heading.id = "notify-kind-title";
  dialog.setAttribute("aria-labelledby", heading.id);
  const list = element("ul", "notify-kinds");
  for (const kind of facts.channels.filter((one) => one !== "push")) {
    const { title, icon, text } = CHANNEL_KINDS[kind];
    const choose = button(title, icon, () => {
      dialog.close();
      chosen(kind);
    });
    const row = element("li", "");
    row.append(choose, element("p", "quiet small", text));
    list.append(row);
  }
  const end = element("div", "dialog-end");
  end.append(button("Cancel", "close", () => dialog.close()));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(heading, element("p", "quiet small", "Messages to this very device are switched on above."), list, end);
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * @param {string} kind
 * @param {Channel | null} channel null for a new one
 * @param {{email: string, isStaff: boolean, mailWorks: boolean}} facts
 * @param {(saved: Channel) => void} saved
 */
export function openChannelForm(kind, channel, facts, saved) {
  const name = textInput("text", channel?.name ?? CHANNEL_KINDS[kind].title);
  name.maxLength = 60;
  const isOn = check("Switched on", channel?.is_enabled ?? true);
  const fields = FORMS[kind](channel, facts);
  const title = channel ? `Change “${channel.name}”` : CHANNEL_KINDS[kind].title;
  formDialog(title, [field("Name", name), ...fields.nodes, isOn.row], {
    save: async () => {
      const body = {
        name: name.value.trim(),
        is_enabled: isOn.input.checked,
        ...(kind === "push" ? {} : { settings: fields.settings() }),
      };
      const path = channel ? `notifications/channels/${channel.id}/` : "notifications/channels/";
      saved(await call(path, { method: channel ? "PATCH" : "POST", body: channel ? body : { ...body, kind } }));
    },
  });
}

/** The key a receiver needs to verify messages: told once. @param {string} secret */
export function showSecret(secret) {
  const input = textInput("text", secret);
  input.readOnly = true;
  const dialog = formDialog(
    "The secret of this webhook",
    [field("It is shown this once", input, "Your program verifies with it who sent a message. Store it there now.")],
    { save: async () => undefined, saveText: "I have stored it" },
  );
  dialog.querySelector(".dialog-end > .button:not(.button-primary)")?.remove();
  input.focus();
  input.select();
}

/** @type {Record<string, (channel: Channel | null, facts: {email: string, isStaff: boolean, mailWorks: boolean}) => Fields>} */
const FORMS = {
  push: () => ({ nodes: [], settings: () => ({}) }),
  email: (channel, facts) => {
    const to = textInput("email", channel?.details.to ?? facts.email);
    to.readOnly = !facts.isStaff;
    const own = facts.email
      ? "The address of your account."
      : "Your account has no address yet: ask the administrator to enter it.";
    const server = facts.mailWorks
      ? ""
      : "This server has no mail server yet (NVR_EMAIL_HOST), so nothing will arrive until it has. ";
    return {
      nodes: [field("Address", to, server + (facts.isStaff ? "" : own))],
      settings: () => ({ to: to.value.trim() }),
    };
  },
  webhook: (channel) => {
    const url = textInput("url", "", channel ? KEPT : "https://");
    const picture = check("Send the picture along", channel?.details.has_picture ?? true);
    const where = channel ? `Now at ${channel.details.host}. ` : "";
    return {
      nodes: [
        field("Address", url, `${where}Addresses in the private network work only if the administrator allows them.`),
        picture.row,
      ],
      settings: () => ({ ...filled({ url: url.value }), has_picture: picture.input.checked }),
    };
  },
  mqtt: (channel) => {
    const now = channel?.details ?? {};
    const inputs = {
      host: textInput("text", now.host ?? "", "192.168.1.5"),
      port: textInput("number", now.port ? String(now.port) : "", "1883"),
      username: textInput("text", now.username ?? ""),
      password: textInput("password", "", now.has_password ? KEPT : ""),
      prefix: textInput("text", now.prefix ?? "nvr"),
      discovery: textInput("text", now.discovery ?? "homeassistant"),
    };
    const tls = check("Encrypted (TLS)", now.has_tls ?? false);
    const verifies = check("Verify its certificate", now.verifies ?? true);
    return {
      nodes: [
        field("Broker", inputs.host),
        field("Port", inputs.port, "Empty: 1883, or 8883 when encrypted."),
        tls.row,
        verifies.row,
        field("User name", inputs.username),
        field("Password", inputs.password),
        field("Topics begin with", inputs.prefix),
        field("Home Assistant’s discovery topic", inputs.discovery, "Empty if you don’t use Home Assistant."),
      ],
      settings: () => ({
        host: inputs.host.value.trim(),
        port: inputs.port.value ? Number(inputs.port.value) : null,
        has_tls: tls.input.checked,
        verifies: verifies.input.checked,
        username: inputs.username.value.trim(),
        prefix: inputs.prefix.value.trim(),
        discovery: inputs.discovery.value.trim(),
        ...filled({ password: inputs.password.value }),
      }),
    };
  },
  apprise: (channel) => {
    const url = textInput("text", "", channel ? KEPT : "ntfys://ntfy.sh/my-topic");
    const help = "As Apprise’s documentation says for your service, for example tgram://bot-token/chat-id.";
    return { nodes: [field("Address", url, help)], settings: () => filled({ url: url.value }) };
  },
};

/** @param {Record<string, string>} given @returns {Record<string, string>} what was typed in */
function filled(given) {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim() !== ""));
}
