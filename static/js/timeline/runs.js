/**
 * From spans of time to runs of pixels: what no eye can tell apart is drawn once. Pure.
 *
 * @import { Span } from "./account.js"
 * @import { View } from "./view.js"
 */

import { firstEndingAfter } from "./account.js";

/**
 * Pairs of begin and end in whole device pixels, in order and apart. Every span takes at least one pixel.
 *
 * @param {Span[]} spans sorted, without overlap @param {View} view @param {number} scale device pixels for one of the view's
 * @returns {number[]}
 */
export function runsOf(spans, view, scale) {
  const runs = [];
  const width = Math.round(view.widthPx * scale);
  const perMs = (view.widthPx * scale) / view.spanMs;
  const endMs = view.startMs + view.spanMs;
  let from = -1;
  let to = -1;
  for (let at = firstEndingAfter(spans, view.startMs); at < spans.length; at += 1) {
    const span = spans[at];
    if (span.startMs >= endMs) break;
    const start = Math.max(0, Math.round((span.startMs - view.startMs) * perMs));
    const end = Math.min(width, Math.max(start + 1, Math.round((span.endMs - view.startMs) * perMs)));
    if (start <= to && from >= 0) {
      to = Math.max(to, end);
      continue;
    }
    if (from >= 0) runs.push(from, to);
    [from, to] = [start, end];
  }
  if (from >= 0) runs.push(from, to);
  return runs;
}
