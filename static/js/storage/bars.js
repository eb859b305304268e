/** Stacked bars per day on a canvas, by uPlot, in the page's own colours. */

import Plot from "../../vendor/uplot-1.6.32/uPlot.esm.js";
import { sizeText } from "./amounts.js";

/** The library has no types beside its module. */
const uPlot = /** @type {any} */ (Plot);
const HUES = [172, 28, 212, 330, 88, 260, 48, 190, 0, 140];

/** One colour per place in the list, the same in both themes. @param {number} index */
export function seriesColor(index) {
  return `hsl(${HUES[index % HUES.length]} ${index < HUES.length ? 55 : 30}% 52%)`;
}

/**
 * @param {HTMLElement} host
 * @param {string[]} days
 * @param {number[][]} edges upper edges in bytes, lowest series first
 * @param {string[]} names
 * @param {number} heightPx
 */
export function drawBars(host, days, edges, names, heightPx) {
  const ink = getComputedStyle(host).color;
  const line = getComputedStyle(host).outlineColor;
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  // The highest first: each lower one is drawn over it.
  const order = edges.map((_, index) => index).reverse();
  const bars = uPlot.paths.bars({ size: [0.72, 48], radius: 0.12 });
  const options = {
    width: Math.max(host.clientWidth, 200),
    height: heightPx,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: [-0.6, days.length - 0.4] },
      y: {
        range: (/** @type {unknown} */ _, /** @type {number} */ __, /** @type {number} */ max) => [0, max * 1.08 || 1],
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) =>
          ticks.map((tick) => (days[tick] ?? "").slice(5)),
      },
      { ...axis, size: 64, values: (/** @type {unknown} */ _, /** @type {number[]} */ ticks) => ticks.map(sizeText) },
    ],
    series: [
      {},
      ...order.map((index) => ({
        label: names[index],
        paths: bars,
        fill: seriesColor(index),
        width: 0,
        points: { show: false },
      })),
    ],
  };
  host.replaceChildren();
  const data = /** @type {any} */ ([days.map((_, index) => index), ...order.map((index) => edges[index])]);
  return new uPlot(options, data, host);
}
