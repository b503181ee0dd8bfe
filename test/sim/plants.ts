import type { Command } from '../../src/engine/command.js';
import type { Engine } from '../../src/engine/engine.js';
import type { Work } from '../../src/engine/work.js';
import type { RowTypes, TableName } from '../../src/storage/schema.js';
import type { Change, Changes, Store } from '../../src/storage/store.js';
import type { Plant } from './world.js';

/**
 * Bugs that such systems are known to have, each put between honest parts: nothing of the engine
 * has a switch for them. The simulation is worth what it finds of them.
 */

/** What a store writes, changed on the way. */
function writing(store: Store, change: (changes: Changes) => Changes): Store {
  return {
    ...store,
    transact: (batchId, body) =>
      store.transact(batchId, (transaction) =>
        body({ ...transaction, write: (changes) => transaction.write(change(changes)) }),
      ),
  };
}

/** Of the changes that insert into a table, leaves one out. */
function without(changes: Changes, table: TableName): Changes {
  const gone = changes.changes.find((one) => one.table === table && one.kind === 'insert');
  return { ...changes, changes: changes.changes.filter((one) => one !== gone) };
}

/** A command that sees other rows than are stored. */
function seeing<T>(
  command: Command<T>,
  see: (table: TableName, row: object) => object,
): Command<T> {
  const decide = (work: Work) => {
    const get = work.get.bind(work);
    const seen = <N extends TableName>(table: N, id: string): RowTypes[N] | null => {
      const row = get(table, id);
      return row === null ? null : (see(table, row) as RowTypes[N]);
    };
    Object.defineProperty(work, 'get', { value: seen, configurable: true });
    try {
      return command.decide(work);
    } finally {
      Reflect.deleteProperty(work, 'get');
    }
  };
  return { ...command, decide };
}

/** Jobs are written in a transaction of their own, once the one that needs them has committed. */
function jobsLater(store: Store): Store {
  const late: Change[] = [];
  const honest = writing(store, ({ changes, postings }) => {
    const jobs = changes.filter(({ table, kind }) => table === 'jobs' && kind === 'insert');
    late.push(...jobs);
    return { postings, changes: changes.filter((one) => !jobs.includes(one)) };
  });
  return {
    ...honest,
    transact: async (batchId, body) => {
      const end = await honest.transact(batchId, body);
      const changes = late.splice(0);
      if (changes.length > 0)
        void store
          .transact(`${batchId}_jobs`, ({ write }) => write({ changes, postings: [] }))
          .catch(() => {});
      return end;
    },
  };
}

/** A second answer about an attempt finds it as if there had been none. */
function forgetful(engine: Engine): Engine {
  const fresh = (table: TableName, row: object): object => {
    const state = 'state' in row ? row.state : null;
    if (table === 'attempts' && state === 'captured') return { ...row, state: 'started' };
    return table === 'intents' && state === 'captured' ? { ...row, state: 'processing' } : row;
  };
  return { ...engine, background: (command) => engine.background(seeing(command, fresh)) };
}

/** Every kind of bug, by the invariant that it breaks. */
export const PLANTS: readonly Plant[] = [
  {
    name: 'an answer is not kept with its work',
    tamper: ({ chance }) => ({
      store: (store) =>
        writing(store, (all) => (chance.hits(0.1) ? without(all, 'idempotency') : all)),
    }),
  },
  {
    name: 'a capture is made twice',
    tamper: ({ chance }) => ({
      engine: (engine) => ({
        ...engine,
        call: async (command, call) => {
          const answer = await engine.call(command, call);
          const again = call.idempotency?.path === 'capture' && chance.hits(0.6);
          if (again) void engine.background(command).catch(() => {});
          return answer;
        },
      }),
    }),
  },
  {
    name: 'an event is not in the outbox',
    tamper: ({ chance }) => ({
      store: (store) =>
        writing(store, (all) => (chance.hits(0.05) ? without(all, 'deliveries') : all)),
    }),
  },
  {
    name: 'more is paid back than was paid',
    tamper: () => ({
      engine: (engine) => ({
        ...engine,
        call: (command, call) =>
          engine.call(
            call.idempotency?.path === 'refund'
              ? seeing(command, (_, row) => ('refunded' in row ? { ...row, refunded: 0n } : row))
              : command,
            call,
          ),
      }),
    }),
  },
  {
    name: 'a balance does not follow its transfer',
    tamper: ({ chance }) => ({
      store: (store) =>
        writing(store, ({ changes, postings }) => ({
          changes,
          postings: chance.hits(0.1) ? postings.slice(1) : postings,
        })),
    }),
  },
  {
    name: 'a webhook is delivered before it is answered',
    tamper: ({ chance }) => ({
      sender: (sender) => ({
        post: (url, message) => {
          const honest = sender.post(url, message);
          if (!chance.hits(0.2)) return honest;
          const done = { status: 200, error: null, response: null };
          return Promise.resolve({ atMs: 0, durationMs: 0, ...done });
        },
      }),
    }),
  },
  {
    name: 'a job is not written with what needs it',
    tamper: () => ({ store: jobsLater }),
  },
  {
    name: "a rail's late answer is brought in twice",
    chaos: { remoteCards: true },
    tamper: () => ({ settling: forgetful }),
  },
  { name: 'a stale row is written over a newer one', unlocked: true, chaos: { shared: true } },
  { name: 'a commit is answered before it is on disk', unsynced: true },
];
