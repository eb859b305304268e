/**
 * Where something moves right now, by the news of events: begun, and not ended yet. Pure but for what it fires: `change` (detail: the slug)
 * when a camera begins or ceases to have motion.
 */

/** Without news for so long an end was missed: nobody moves for hours without a change. */
const STALE_MS = 15 * 60_000;

export class MovingNow extends EventTarget {
  #now;
  /** @type {Map<string, Map<number, number>>} per camera the events that go on, and when they were heard of last */
  #going = new Map();

  /** @param {() => number} now milliseconds of any clock */
  constructor(now) {
    super();
    this.#now = now;
  }

  /** @param {string} slug */
  isMoving(slug) {
    return (this.#going.get(slug)?.size ?? 0) > 0;
  }

  /** News of an event, as it comes over the events WebSocket. @param {any} message */
  hear(message) {
    if (message.type !== "event" || message.kind !== "motion" || !message.camera) return;
    // What is found long after it happened moves nowhere now.
    const isOver = message.state === "ended" || message.is_late;
    this.#change(message.camera, (events) => {
      if (isOver) events.delete(message.id);
      else events.set(message.id, this.#now());
    });
  }

  /** What goes on by the API's list, in place of all that was known. @param {{id: number, camera: string | null, isGoingOn: boolean, isLate: boolean}[]} events */
  know(events) {
    const slugs = new Set(this.#going.keys());
    for (const { camera } of events) if (camera) slugs.add(camera);
    for (const slug of slugs) {
      this.#change(slug, (going) => {
        going.clear();
        for (const event of events)
          if (event.camera === slug && event.isGoingOn && !event.isLate) going.set(event.id, this.#now());
      });
    }
  }

  /** Call it now and then. */
  forgetStale() {
    for (const slug of this.#going.keys()) {
      this.#change(slug, (events) => {
        for (const [id, heardMs] of events) if (this.#now() - heardMs > STALE_MS) events.delete(id);
      });
    }
  }

  /** @param {string} slug @param {(events: Map<number, number>) => void} act */
  #change(slug, act) {
    const was = this.isMoving(slug);
    const events = this.#going.get(slug) ?? new Map();
    this.#going.set(slug, events);
    act(events);
    if (was !== this.isMoving(slug)) this.dispatchEvent(new CustomEvent("change", { detail: slug }));
  }
}
