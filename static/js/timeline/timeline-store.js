/**
 * The accounts of the cameras' time, fetched by tiles, kept, and asked for again near "now". Fires `change` when there is more to draw.
 * While a tile is on its way, what coarser or finer tiles know stands in for it.
 *
 * @import { Account } from "./account.js"
 * @import { Tile } from "./tiles.js"
 */

import { clipped, joined, parseAccount, renewed, startsOf } from "./account.js";
import { childrenOf, endOfTile, keyOf, levelFor, parentOf, refreshMs, tileMs, tilesOf } from "./tiles.js";

const AT_ONCE = 6;
const KEPT = 1_500;
const RETRY_MS = 5_000;
/** What the catalogue may still add or explain before the newest footage. */
const SETTLED_MS = 120_000;
/** Every so often the whole tile is asked for, in case older footage was deleted, protected or found. */
const WHOLE_EVERY = 15;
const SEARCH_MS = [3_600_000, 86_400_000, 30 * 86_400_000];
const SEARCHES = 14;

/**
 * @typedef {object} Entry
 * @property {Tile} tile
 * @property {string} camera
 * @property {Account | null} account null until it came for the first time
 * @property {boolean} isAsked
 * @property {number} nextMs when to ask again; infinite for the past
 * @property {number} renewals
 */

export class TimelineStore extends EventTarget {
  /** The newest complaint of the server, empty when the last answer was fine. */
  trouble = "";
  #fetch;
  #now;
  /** @type {Map<string, Entry>} least recently used first */
  #entries = new Map();
  /** @type {Entry[]} */
  #wanted = [];
  #running = 0;
  /** Counts how often everything was forgotten: what was on its way then is old. */
  #age = 0;
  /** Counts changes, so that what was put together from tiles can be kept until the next one. */
  #version = 0;
  /** @type {Map<string, {version: number, account: Account}>} */
  #lanes = new Map();

  /**
   * @param {(camera: string, startMs: number, endMs: number) => Promise<any>} fetch the API's answer
   * @param {() => number} now the server's clock
   */
  constructor(fetch, now) {
    super();
    this.#fetch = fetch;
    this.#now = now;
  }

  /**
   * Says what is looked at: fetches what is missing or old, the middle first. Call it again when the view or the time has changed.
   *
   * @param {string[]} cameras @param {number} startMs @param {number} endMs
   */
  want(cameras, startMs, endMs) {
    const level = levelFor(endMs - startMs);
    const now = this.#now();
    const middle = (startMs + endMs) / 2 - tileMs(level) / 2;
    const tiles = tilesOf(level, startMs, endMs)
      .filter((tile) => tile.startMs <= now)
      .sort((a, b) => Math.abs(a.startMs - middle) - Math.abs(b.startMs - middle));
    const entries = tiles.flatMap((tile) => cameras.map((camera) => this.#entry(camera, tile)));
    this.#wanted = entries.filter(
      (entry) => !entry.isAsked && (!entry.account || entry.nextMs <= now) && entry.nextMs <= now,
    );
    this.#pump();
  }

  /**
   * What is known of a camera in a window, finest first.
   *
   * @param {string} camera @param {number} startMs @param {number} endMs @returns {Account}
   */
  lane(camera, startMs, endMs) {
    const level = levelFor(endMs - startMs);
    const tiles = tilesOf(level, startMs, endMs);
    const key = `${camera}/${keyOf(tiles[0])}/${tiles.length}`;
    const kept = this.#lanes.get(key);
    if (kept?.version === this.#version) return kept.account;
    const account = joined(tiles.flatMap((tile) => this.#known(camera, tile)));
    if (this.#lanes.size > 200) this.#lanes.clear();
    this.#lanes.set(key, { version: this.#version, account });
    return account;
  }

  /** Whether anything is known of all of a window, however coarse. @param {string} camera @param {number} startMs @param {number} endMs */
  covers(camera, startMs, endMs) {
    return tilesOf(levelFor(endMs - startMs), startMs, Math.min(endMs, this.#now())).every(
      (tile) => this.#known(camera, tile).length > 0,
    );
  }

  /** Forgets what it knows: footage was deleted or protected. */
  forget() {
    this.#age += 1;
    for (const entry of this.#entries.values()) [entry.nextMs, entry.renewals] = [0, 0];
    this.dispatchEvent(new Event("change"));
  }

  /**
   * The next begin of footage after a moment, or the last one before it; further and further away.
   *
   * @param {string[]} cameras @param {number} atMs @param {1 | -1} direction @returns {Promise<number | null>}
   */
  async findStart(cameras, atMs, direction) {
    let edge = atMs;
    for (let turn = 0; turn < SEARCHES; turn += 1) {
      const far = edge + direction * SEARCH_MS[Math.min(turn, SEARCH_MS.length - 1)];
      const [startMs, endMs] = [Math.min(edge, far), Math.max(edge, far)];
      if (direction > 0 && startMs >= this.#now()) return null;
      const answers = await Promise.all(cameras.map((camera) => this.#fetch(camera, startMs, endMs)));
      const starts = answers.flatMap((answer) => startsOf(parseAccount(answer)));
      if (starts.length) return direction > 0 ? Math.min(...starts) : Math.max(...starts);
      edge = far;
    }
    return null;
  }

  /** @param {string} camera @param {Tile} tile @returns {Entry} */
  #entry(camera, tile) {
    const key = `${camera}/${keyOf(tile)}`;
    const entry = this.#entries.get(key) ?? { tile, camera, account: null, isAsked: false, nextMs: 0, renewals: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > KEPT) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
    return entry;
  }

  /** @param {string} camera @param {Tile} tile */
  #account(camera, tile) {
    return this.#entries.get(`${camera}/${keyOf(tile)}`)?.account ?? null;
  }

  /** @param {string} camera @param {Tile} tile @returns {Account[]} */
  #known(camera, tile) {
    const own = this.#account(camera, tile);
    if (own) return [own];
    for (let above = parentOf(tile); above; above = parentOf(above)) {
      const account = this.#account(camera, above);
      if (account) return [clipped(account, tile.startMs, endOfTile(tile))];
    }
    return childrenOf(tile).flatMap((child) => this.#account(camera, child) ?? []);
  }

  #pump() {
    while (this.#running < AT_ONCE) {
      const entry = this.#wanted.shift();
      if (!entry) return;
      this.#ask(entry);
    }
  }

  /** @param {Entry} entry */
  async #ask(entry) {
    const { tile, camera, account } = entry;
    const isTail = account !== null && account.newestMs !== null && entry.renewals % WHOLE_EVERY !== 0;
    const startMs = isTail ? Math.max(tile.startMs, (account?.newestMs ?? 0) - SETTLED_MS) : tile.startMs;
    const endMs = endOfTile(tile);
    this.#running += 1;
    entry.isAsked = true;
    const age = this.#age;
    try {
      const answer = parseAccount(await this.#fetch(camera, Math.min(startMs, endMs - 1), endMs));
      entry.account = isTail && account ? renewed(account, answer) : answer;
      entry.renewals += 1;
      entry.nextMs = endMs + SETTLED_MS < this.#now() ? Number.POSITIVE_INFINITY : this.#now() + refreshMs(tile.level);
      if (age !== this.#age) [entry.nextMs, entry.renewals] = [0, 0];
      this.trouble = "";
    } catch (error) {
      entry.nextMs = this.#now() + RETRY_MS;
      this.trouble = error instanceof Error ? error.message : String(error);
    }
    entry.isAsked = false;
    this.#running -= 1;
    this.#version += 1;
    this.dispatchEvent(new Event("change"));
    this.#pump();
  }
}
