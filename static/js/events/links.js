/**
 * Where an event leads. Pure.
 *
 * @import { NvrEvent } from "./event.js"
 */

import { placeQuery } from "../timeline/address.js";

/** The timeline shows this much more than the event itself. */
const AROUND = 6;
const SHORTEST_S = 120;
const LONGEST_S = 6 * 3_600;

/** The recordings page at its begin, with its footage selected; empty for what has no footage. @param {NvrEvent} event */
export function timelineAddress(event) {
  if (!event.camera) return "";
  const lengthS = (event.footageEndMs - event.footageStartMs) / 1_000;
  const spanMs = Math.min(LONGEST_S, Math.max(SHORTEST_S, lengthS * AROUND)) * 1_000;
  return `/recordings/${placeQuery({ cameras: [event.camera], atMs: event.startMs, spanMs })}`;
}

/** @param {NvrEvent} event */
export function liveAddress(event) {
  return event.camera ? `/cameras/${encodeURIComponent(event.camera)}/` : "";
}
