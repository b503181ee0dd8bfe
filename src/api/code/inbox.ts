/** Messages that come one by one to a reader who takes them one by one. */
export interface Inbox<T> extends AsyncIterable<T> {
  put(item: T): void;
  /** No more will come; what is there can still be read. */
  end(): void;
}

/** Makes an inbox; `full` is called when `items_max` wait in it, `roomy` when none does again. */
export function makeInbox<T>(
  items_max: number,
  { full, roomy }: { readonly full: () => void; readonly roomy: () => void },
): Inbox<T> {
  const items: T[] = [];
  let isFull = false;
  let hasEnded = false;
  let waiting: ((result: IteratorResult<T, undefined>) => void) | null = null;
  const next = (): Promise<IteratorResult<T, undefined>> => {
    if (items.length > 0) {
      const value = items.shift() as T;
      if (isFull && items.length === 0) {
        isFull = false;
        roomy();
      }
      return Promise.resolve({ done: false, value });
    }
    if (hasEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      waiting = resolve;
    });
  };
  const end = (): void => {
    hasEnded = true;
    waiting?.({ done: true, value: undefined });
    waiting = null;
  };
  return {
    put: (item) => {
      if (hasEnded) return;
      if (waiting !== null) {
        waiting({ done: false, value: item });
        waiting = null;
        return;
      }
      items.push(item);
      if (items.length < items_max || isFull) return;
      isFull = true;
      full();
    },
    end,
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => {
        end();
        return { done: true, value: undefined };
      },
    }),
  };
}
