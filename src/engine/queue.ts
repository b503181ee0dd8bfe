/** Of a full batch, what background work may have when callers want all of it. */
const BACKGROUND_SHARE = 1 / 8;

/**
 * Waiting work, by account: accounts take turns, so that one that floods does not hold up the
 * others; within an account order is kept. Background work goes only where requests leave room.
 */
export class TurnQueue<T> {
  #accounts = new Map<string, T[]>();
  #background: T[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(account: string, item: T, background: boolean): void {
    this.#size++;
    if (background) {
      this.#background.push(item);
      return;
    }
    const queue = this.#accounts.get(account);
    if (queue === undefined) this.#accounts.set(account, [item]);
    else queue.push(item);
  }

  /**
   * Takes up to `max` items: one of each account in turn, then background work. A part is always
   * the background's: what never got a turn would outlive its lease and be done twice.
   */
  take(max: number): T[] {
    const taken: T[] = [];
    const kept = Math.min(this.#background.length, Math.floor(max * BACKGROUND_SHARE));
    const room = max - kept;
    if (this.#accounts.size === 1) {
      const [account, queue] = this.#accounts.entries().next().value as [string, T[]];
      taken.push(...queue.splice(0, room));
      if (queue.length === 0) this.#accounts.delete(account);
    } else this.#takeTurns(taken, room);
    taken.push(...this.#background.splice(0, max - taken.length));
    this.#size -= taken.length;
    return taken;
  }

  #takeTurns(taken: T[], max: number): void {
    const depths = new Map<string, number>();
    let depth = 0;
    for (let progress = true; progress && taken.length < max; depth++) {
      progress = false;
      for (const [account, queue] of this.#accounts) {
        if (taken.length >= max) break;
        const item = queue[depth];
        if (item === undefined) continue;
        taken.push(item);
        depths.set(account, depth + 1);
        progress = true;
      }
    }
    for (const [account, count] of depths) {
      const queue = this.#accounts.get(account) as T[];
      this.#accounts.delete(account);
      // Served accounts go to the end, so that the next batch begins with the others.
      if (count < queue.length) this.#accounts.set(account, queue.slice(count));
    }
  }
}
