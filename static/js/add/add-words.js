/** What the assistant says and sends. Pure. */

/**
 * @import { Finding } from "../check/check-words.js"
 * @typedef {{address: string, onvif: string, rtsp_port: number | null, name: string, maker: string, model: string, server: string,
 *   is_added: boolean, camera: string | null}} Device
 * @typedef {{role: string, url: string, codec: string, width_px: number, height_px: number, rate_fps: number, gop_ms: number,
 *   bitrate_bps: number, sound: string, transport: string, picture: string}} TriedStream
 * @typedef {{url: string, name: string, codec: string, width_px: number, height_px: number}} Offer
 * @typedef {{way: string | null, device: string, firmware: string, onvif: string, hint: string, offers: Offer[], streams: TriedStream[],
 *   findings: Finding[], grade: string, cause: string}} Outcome
 * @typedef {{id: number, state: string, network: string, looked_at: number, in_all: number, found: Device[]}} Search
 * @typedef {{username: string, password: string}} Login
 */

const CODECS = /** @type {Record<string, string>} */ ({ h264: "H.264", h265: "H.265", mjpeg: "MJPEG" });
// What redacted addresses have where a password was.
const HIDDEN = "=***";

/** @param {Device} device */
export function deviceTitle({ name, maker, model, server, address }) {
  return name || [maker, model].filter(Boolean).join(" ") || server || address;
}

/** What stands below the title, without repeating it. @param {Device} device */
export function deviceDetail(device) {
  const title = deviceTitle(device);
  const parts = [device.address, [device.maker, device.model].filter(Boolean).join(" "), device.server];
  const kinds = [device.onvif ? "ONVIF" : "", device.rtsp_port ? `RTSP at port ${device.rtsp_port}` : ""];
  return [...parts, ...kinds].filter((part) => part && part !== title).join(" · ");
}

/** Where a found device is to be tried. @param {Device} device */
export function deviceAddress({ onvif, address, rtsp_port: port }) {
  if (onvif) return onvif;
  return port && port !== 554 ? `${address}:${port}` : address;
}

/** @param {Search} search */
export function searchText({ state, looked_at: lookedAt, in_all: inAll, found }) {
  const count = found.length === 1 ? "1 camera" : `${found.length} cameras`;
  if (state === "interrupted") return `The search was cut off. ${count} so far.`;
  if (state === "running") {
    if (!inAll) return `Calling … ${count} so far.`;
    return `Looking at address ${Math.min(lookedAt + 1, inAll)} of ${inAll} … ${count} so far.`;
  }
  return found.length ? `${count} found.` : "No camera answered.";
}

/**
 * Takes a pasted login out of an RTSP address, so that it is neither shown nor kept there. What is ambiguous is left to the server.
 *
 * @param {string} text
 * @returns {{address: string, username: string, password: string} | null} null when there is none
 */
export function splitLogin(text) {
  const match = /^(\s*rtsps?:\/\/)([^/?#@:]+):([^/?#@]*)@([^@]+)$/i.exec(text);
  if (!match) return null;
  return { address: match[1].trim() + match[4].trim(), username: decoded(match[2]), password: decoded(match[3]) };
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address as it may be shown: a password inside it is hidden. @param {string} address */
export function shownAddress(address) {
  return address.replace(/((?:\b|_)(?:password|passwd|pass|pwd)=)(?!\{password\})[^&/\s]*/gi, "$1…");
}

/** Without where on a device its ONVIF is, which tells nobody anything. @param {string} address */
export function shortAddress(address) {
  return shownAddress(address).replace(/^https?:\/\/([^/]+)\/.*$/, "$1");
}

/** @param {string} codec @param {number} widthPx @param {number} heightPx */
export function formatText(codec, widthPx, heightPx) {
  const size = widthPx && heightPx ? `${widthPx} × ${heightPx}` : "";
  return [CODECS[codec] ?? codec, size].filter(Boolean).join(", ");
}

/** Names and values. @param {TriedStream} stream @returns {[string, string][]} */
export function streamFacts(stream) {
  /** @type {[string, string][]} */
  const facts = [
    ["Format", formatText(stream.codec, stream.width_px, stream.height_px)],
    ["Pictures", `${Math.round(stream.rate_fps)} a second`],
    ["Bitrate", bitrateText(stream.bitrate_bps)],
  ];
  if (stream.codec !== "mjpeg") {
    facts.push(["Keyframes", stream.gop_ms ? `every ${(stream.gop_ms / 1000).toFixed(1)} s` : "more than 3 s apart"]);
  }
  facts.push(["Sound", stream.sound || "none"]);
  return facts;
}

/** @param {number} bps */
export function bitrateText(bps) {
  return bps >= 1_000_000 ? `${(bps / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bps / 1000)} kbit/s`;
}

/**
 * @param {string[]} wishes the best first; empty ones count for nothing
 * @param {string[]} taken names of other cameras
 */
export function freeName(wishes, taken) {
  const stem = (wishes.find((wish) => wish.trim()) ?? "Camera").trim().slice(0, 90);
  const others = new Set(taken.map((name) => name.toLowerCase()));
  if (!others.has(stem.toLowerCase())) return stem;
  let number = 2;
  while (others.has(`${stem} ${number}`.toLowerCase())) number += 1;
  return `${stem} ${number}`;
}

/** Whether it can be added: it showed a picture. @param {Outcome} outcome */
export function works({ streams }) {
  return streams.some((stream) => stream.role === "main");
}

/** @param {Outcome} outcome @returns {{state: string, title: string, text: string}} */
export function outcomeWords(outcome) {
  const first = outcome.findings.find((finding) => finding.check === outcome.cause && finding.grade === outcome.grade);
  const text = first?.text ?? "";
  if (!works(outcome))
    return { state: "bad", title: first ? `No picture yet: ${first.title}` : "No picture yet", text };
  if (outcome.grade === "good" || onlyLacksSub(outcome)) return { state: "good", title: "It works", text: "" };
  return { state: "look", title: `It works. Worth a look: ${first?.title ?? ""}`, text };
}

/** @param {Outcome} outcome */
function onlyLacksSub({ findings }) {
  return findings.every(
    ({ grade, check, facts }) => grade === "good" || (check === "sub_stream" && facts.has_sub === false),
  );
}

/**
 * @param {{name: string, address: string, login: Login, outcome: Outcome, record: string, motion: boolean}} choice
 * @returns {object} what POST cameras/ wants
 */
export function newCamera({ name, address, login, outcome, record, motion }) {
  const streams = outcome.streams.map(({ role, url }) => ({ role, url: url.includes(HIDDEN) ? address : url }));
  return { name, username: login.username, password: login.password, streams, record, motion };
}
