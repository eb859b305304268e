/**
 * Events by day and hour of a time zone's wall clock. Pure.
 *
 * @import { NvrEvent } from "./event.js"
 * @import { Zone } from "../timeline/zone.js"
 *
 * @typedef {{key: string, startMs: number, events: NvrEvent[]}} Hour `startMs` is its first moment
 * @typedef {{day: number, startMs: number, hours: Hour[], count: number}} Day `day` as from Zone.dayOf
 */

const HOUR_MS = 3_600_000;

/** @param {NvrEvent[]} events newest first @param {Zone} zone @returns {Day[]} newest first */
export function groupsOf(events, zone) {
  /** @type {Day[]} */
  const days = [];
  for (const event of events) {
    const day = zone.dayOf(event.startMs);
    let group = days[days.length - 1];
    if (group?.day !== day) {
      group = { day, startMs: zone.startOfDay(day), hours: [], count: 0 };
      days.push(group);
    }
    group.count += 1;
    addToHour(group, event, zone);
  }
  return days;
}

/** @param {Day} group @param {NvrEvent} event @param {Zone} zone */
function addToHour(group, event, zone) {
  // An hour that the clock shows twice is two: they have different offsets.
  const offsetMs = zone.offsetMs(event.startMs);
  const startMs = Math.floor((event.startMs + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs;
  const last = group.hours[group.hours.length - 1];
  if (last?.startMs === startMs) last.events.push(event);
  else group.hours.push({ key: `${group.day}/${startMs}`, startMs, events: [event] });
}
