/**
 * The keyboard of the events page: on the list, and while an event is open.
 *
 * @import { EventCard } from "./card.js"
 * @import { Board } from "./board.js"
 * @import { EventDetail } from "./detail.js"
 */

import { neighbour } from "../dashboard/layout-math.js";
import { bindKeys, enableShortcuts, shortcutsEnabled } from "../keyboard.js";
import { timelineAddress } from "./links.js";

/** Of so many cards around it the neighbour is looked for. */
const REACH = 24;
const DIRECTIONS = /** @type {const} */ ({ ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" });

/**
 * @typedef {object} KeyHost
 * @property {(card: EventCard) => void} open
 * @property {(card: EventCard) => void} play
 * @property {(card: EventCard) => void} review
 * @property {() => void} reviewAll
 * @property {(step: 1 | -1) => void} choose in the open event
 * @property {() => void} reviewOpen
 */

/** @param {Board} board @param {EventDetail} detail @param {KeyHost} host */
export function bindEventKeys(board, detail, host) {
  const focused = () => board.view.cardOf(document.activeElement);
  /** @param {(card: EventCard) => void} act @returns {() => boolean} */
  const withFocused = (act) => () => {
    const card = focused();
    if (card) act(card);
    return card !== undefined;
  };
  /** @type {Record<string, (event: KeyboardEvent) => boolean | void>} */
  const actions = {
    j: () => step(board, 1),
    k: () => step(board, -1),
    r: withFocused(host.review),
    R: host.reviewAll,
    p: withFocused(host.play),
    t: withFocused(({ event }) => goToTimeline(timelineAddress(event))),
    "?": bindHelp(),
  };
  for (const [key, direction] of Object.entries(DIRECTIONS)) actions[key] = () => move(board, focused(), direction);
  bindKeys(actions);
  bindDetailKeys(detail, host);
}

/** The next card, or the first that can be seen. @param {Board} board @param {1 | -1} by @returns {boolean} */
function step(board, by) {
  const card = board.view.cardOf(document.activeElement);
  const next = card ? board.beside(card.event.id, by) : board.events.find(({ id }) => isSeen(board, id));
  return next ? focus(board, next.id) : false;
}

/** @param {Board} board @param {EventCard | undefined} from @param {"left" | "right" | "up" | "down"} direction @returns {boolean} */
function move(board, from, direction) {
  // Without a card in hand the arrows scroll the page.
  if (!from) return false;
  const { events } = board;
  const at = events.findIndex(({ id }) => id === from.event.id);
  const first = Math.max(0, at - REACH);
  const near = events.slice(first, at + REACH + 1);
  const rects = near.map(({ id }) => {
    const { x, y, width, height } = /** @type {EventCard} */ (board.view.card(id)).element.getBoundingClientRect();
    return { x, y, w: width, h: height };
  });
  const to = near[neighbour(rects, at - first, direction)];
  return to.id === from.event.id ? false : focus(board, to.id);
}

/** @param {Board} board @param {number} id */
function focus(board, id) {
  const opener = board.view.card(id)?.opener;
  opener?.focus({ preventScroll: true });
  opener?.closest(".ev")?.scrollIntoView({ block: "nearest" });
  return opener !== undefined;
}

/** @param {Board} board @param {number} id */
function isSeen(board, id) {
  const rect = board.view.card(id)?.element.getBoundingClientRect();
  return rect !== undefined && rect.bottom > 120 && rect.top < innerHeight;
}

/** @param {EventDetail} detail @param {KeyHost} host */
function bindDetailKeys(detail, host) {
  /** @type {Record<string, () => void>} */
  const actions = {
    j: () => host.choose(1),
    k: () => host.choose(-1),
    ArrowLeft: () => host.choose(-1),
    ArrowRight: () => host.choose(1),
    r: host.reviewOpen,
    p: () => detail.play(),
    t: () => goToTimeline(detail.event ? timelineAddress(detail.event) : ""),
  };
  detail.dialog.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length === 1 && !shortcutsEnabled()) return;
    if (event.target instanceof Element && event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    action();
  });
}

/** @param {string} address */
function goToTimeline(address) {
  if (address) location.assign(address);
}

/** @returns {() => void} */
function bindHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
  const box = /** @type {HTMLInputElement} */ (document.getElementById("shortcuts-enabled"));
  box.checked = shortcutsEnabled();
  box.addEventListener("change", () => enableShortcuts(box.checked));
  const show = () => dialog.showModal();
  document.getElementById("help-button")?.addEventListener("click", show);
  return show;
}
