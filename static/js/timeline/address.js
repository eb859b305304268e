/**
 * What the address of the recordings page keeps: `?camera=a&camera=b&at=2026-11-22T14:03:22.125Z&span=3600`. Pure.
 *
 * @typedef {object} Place
 * @property {string[]} cameras slugs
 * @property {number | null} atMs null for the newest footage
 * @property {number | null} spanMs null for the usual
 */

import { LONGEST_MS, SHORTEST_MS } from "./view.js";

/** @param {string} search of a location @returns {Place} */
export function parsePlace(search) {
  const given = new URLSearchParams(search);
  const at = given.get("at") ?? "";
  // "2026-11-22T14:03Z" and milliseconds since 1970 both can be typed by hand.
  const atMs = /^\d{10,15}$/.test(at) ? Number(at) : Date.parse(at);
  const span = Number(given.get("span") ?? "");
  return {
    cameras: [...new Set(given.getAll("camera").filter(Boolean))],
    atMs: Number.isFinite(atMs) ? Math.round(atMs) : null,
    spanMs: span > 0 && Number.isFinite(span) ? Math.min(LONGEST_MS, Math.max(SHORTEST_MS, span * 1000)) : null,
  };
}

/** @param {Place} place */
export function placeQuery({ cameras, atMs, spanMs }) {
  const query = new URLSearchParams(cameras.map((slug) => ["camera", slug]));
  if (atMs !== null) query.set("at", new Date(Math.round(atMs)).toISOString());
  if (spanMs !== null) query.set("span", String(Number((spanMs / 1000).toPrecision(4))));
  // Colons may stand as they are, and people read these.
  return `?${query.toString().replaceAll("%3A", ":")}`;
}
