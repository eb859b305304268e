/** The notifications page: devices, channels, rules, quiet hours, and what came of it. */

import { ChannelsCard } from "./notifications/channels-card.js";
import { DevicesCard } from "./notifications/devices-card.js";
import { LogCard } from "./notifications/log-card.js";
import { MuteBar } from "./notifications/mute-bar.js";
import { refresh as refreshPush } from "./notifications/push.js";
import { RulesCard } from "./notifications/rules-card.js";
import { toast } from "./toast.js";

const LOOK_EVERY_MS = 30_000;
const facts = JSON.parse(document.getElementById("facts")?.textContent ?? "{}");
const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

const log = new LogCard(part("log"));
const failing = part("failing");
const channels = new ChannelsCard(part("channels"), facts, () => {
  log.offer(channels.channels);
  rules.refresh().catch(say);
  const failed = channels.channels.filter((one) => one.is_enabled && one.failing_since);
  failing.hidden = failed.length === 0;
  failing.textContent = failed.length
    ? `Messages don’t arrive by ${failed.map(({ name }) => name).join(", ")}: see below why.`
    : "";
});
const rules = new RulesCard(part("rules"), facts, () => channels.channels);
const devices = new DevicesCard(part("devices"), () => channels.refresh().catch(say));
const mute = new MuteBar(part("mute"));

/** @param {Error} error */
function say(error) {
  toast(error.message);
}

await Promise.all([channels.refresh(), devices.refresh(), mute.refresh(), log.refresh()]).catch(say);
document.querySelector("main")?.setAttribute("aria-busy", "false");
refreshPush().catch(() => undefined);
setInterval(() => {
  if (document.visibilityState === "visible" && !document.querySelector("dialog[open]"))
    mute.refresh().catch(() => undefined);
}, LOOK_EVERY_MS);
