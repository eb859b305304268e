/** What is said about channels. Pure. */

/**
 * @typedef {object} Channel
 * @property {number} id
 * @property {string} name
 * @property {string} kind
 * @property {boolean} is_enabled
 * @property {Record<string, any>} details
 * @property {string | null} secret
 * @property {string | null} failing_since
 * @property {string} failing_reason
 * @property {string | null} last_sent_at
 */

export const CHANNEL_KINDS = /** @type {Record<string, {title: string, icon: string, text: string}>} */ ({
  push: {
    title: "My devices",
    icon: "device",
    text: "Messages with a picture in the browsers where you switched them on.",
  },
  email: { title: "E-mail", icon: "mail", text: "With the picture in it." },
  webhook: { title: "Webhook", icon: "hook", text: "For programs: signed JSON to an address." },
  mqtt: {
    title: "MQTT and Home Assistant",
    icon: "broker",
    text: "Tells a broker all the time what the cameras are up to. Home Assistant finds them by itself.",
  },
  apprise: {
    title: "Another service",
    icon: "spark",
    text: "Telegram, ntfy, Pushover, Matrix, Slack and a hundred others, by an address of Apprise.",
  },
});

/** Where its messages go. @param {Channel} channel */
export function whereText({ kind, details }) {
  if (kind === "push") return details.devices === 1 ? "1 device" : `${details.devices} devices`;
  if (kind === "email") return `To ${details.to}`;
  if (kind === "webhook") return `To ${details.host}, signed${details.has_picture ? ", with the picture" : ""}`;
  if (kind === "mqtt")
    return `${details.host}, port ${details.port}${details.has_tls ? ", TLS" : ""}, topics below “${details.prefix}”`;
  return `By ${details.service}`;
}

/** @param {Channel} channel @param {(at: Date) => string} timeText @returns {{state: "off" | "failing" | "well" | "new", text: string}} */
export function healthText(channel, timeText) {
  if (!channel.is_enabled) return { state: "off", text: "Switched off." };
  if (channel.failing_since) {
    return {
      state: "failing",
      text: `Fails since ${timeText(new Date(channel.failing_since))}: ${channel.failing_reason}`,
    };
  }
  const isBroker = channel.kind === "mqtt";
  if (channel.last_sent_at) {
    return {
      state: "well",
      text: `${isBroker ? "Connected" : "Last message"} ${timeText(new Date(channel.last_sent_at))}.`,
    };
  }
  return { state: "new", text: isBroker ? "Not connected yet." : "Nothing sent yet." };
}
