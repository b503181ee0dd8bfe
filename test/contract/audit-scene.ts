import type { Change, Changes, Store } from '../../src/storage/store.js';
import type { TestStore } from '../support/stores.js';
import { rowEditor, write } from './rows.js';

/** What a plant breaks things with. */
export type Editor = ReturnType<typeof rowEditor> & {
  readonly store: Store;
  /** Runs SQL past the store, which nothing takes back. */
  readonly sql: (text: string) => Promise<unknown>;
};

/** What is broken, how, and what must be said of it. */
export type Plant = readonly [what: string, breakIt: (edit: Editor) => Promise<void>, said: RegExp];

/** Sound data of one kind, and the ways in which it is broken. */
export interface Scene {
  readonly name: string;
  begin(store: Store): Promise<void>;
  readonly plants: readonly Plant[];
}

/** An editor, and what takes back all that was written with it, the latest first. */
export function undoableEditor({ store, sql }: TestStore): {
  edit: Editor;
  undo(): Promise<void>;
} {
  const undone: Changes[] = [];
  const recording: Store = {
    ...store,
    transact: (id, body) =>
      store.transact(id, (transaction) =>
        body({
          load: transaction.load,
          write: async (changes) => {
            undone.unshift(await inverse(store, changes));
            await transaction.write(changes);
          },
        }),
      ),
  };
  return {
    edit: { ...rowEditor(() => recording), store: recording, sql },
    undo: async () => {
      for (const { changes, postings } of undone) await write(store, changes, postings);
    },
  };
}

async function inverse(store: Store, { changes, postings }: Changes): Promise<Changes> {
  const { rows } = await store.load(
    changes.map(({ table, row: { account, id } }) => ({ table, account, id })),
    [],
  );
  return {
    changes: changes.map(({ table, row }, i): Change => {
      const before = rows[i] ?? null;
      return before === null
        ? { table, kind: 'delete', row }
        : { table, kind: 'update', row: before };
    }),
    postings: postings.map((posting) => ({
      ...posting,
      posted: -posting.posted,
      pending: -posting.pending,
    })),
  };
}
