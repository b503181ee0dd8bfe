/** Parts of a period: what is in it is spread over so many turns, so that no turn is long. */
const SLOTS = 20;

/** Visits every item once a period, by one timer for all of them. */
export interface Wheel<T> {
  /** The first visit is a whole period later. Answers the item's place, for `remove`. */
  add(item: T): number;
  remove(item: T, place: number): void;
  stop(): void;
}

/** Makes a wheel that turns only while it holds something. */
export function makeWheel<T>(period_ms: number, visit: (item: T) => void): Wheel<T> {
  const slots = Array.from({ length: SLOTS }, () => new Set<T>());
  let at = 0;
  let held = 0;
  let timer: NodeJS.Timeout | null = null;
  const turn = (): void => {
    at = (at + 1) % SLOTS;
    for (const item of slots[at] as Set<T>) visit(item);
  };
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  return {
    add: (item) => {
      slots[at]?.add(item);
      held += 1;
      timer ??= setInterval(turn, Math.max(1, period_ms / SLOTS)).unref();
      return at;
    },
    remove: (item, place) => {
      if (slots[place]?.delete(item) !== true) return;
      held -= 1;
      if (held === 0) stop();
    },
    stop,
  };
}
