import type { RowTypes, TableName } from '../storage/schema.js';
import type { Key, Store } from '../storage/store.js';

/** Reads rows one by one that are wanted by many at once. */
export interface RowLoader {
  /** The row, or null. Answers come in the order in which they were asked for. */
  load<T extends TableName>(key: Key<T>): Promise<RowTypes[T] | null>;
}

/**
 * Collects the keys that are asked for while the last read is under way, and reads them as one. One
 * read at a time keeps the answers in order, also where a store has several connections.
 */
export function makeRowLoader(store: Pick<Store, 'load'>): RowLoader {
  let asked: { key: Key; resolve: (row: never) => void; reject: (error: unknown) => void }[] = [];
  let reading = false;

  async function readAll(): Promise<void> {
    reading = true;
    await null;
    while (asked.length > 0) {
      const batch = asked;
      asked = [];
      const keys = new Map(batch.map(({ key }) => [nameOf(key), key]));
      try {
        const { rows } = await store.load([...keys.values()], []);
        const found = new Map([...keys.keys()].map((name, i) => [name, rows[i] ?? null]));
        for (const { key, resolve } of batch) resolve(found.get(nameOf(key)) as never);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    reading = false;
  }

  return {
    load: (key) =>
      new Promise((resolve, reject) => {
        asked.push({ key, resolve, reject });
        if (!reading) void readAll();
      }),
  };
}

function nameOf({ table, account, id }: Key): string {
  return JSON.stringify([table, account, id]);
}
