import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { subscribe as subscribeDojo } from '../../src/api/dojo/subscriptions.js';
import type { DeliveryTry } from '../../src/domain/subscription.js';
import { updateAccount } from '../../src/engine/accounts.js';
import { audit } from '../../src/engine/audit.js';
import { createCustomer, updateCustomer } from '../../src/engine/customers.js';
import { recordTry } from '../../src/engine/deliveries.js';
import { startJobs } from '../../src/engine/jobs.js';
import { claimMail, sendReceipts } from '../../src/engine/mails.js';
import { createRule, rulesOf } from '../../src/engine/rules.js';
import { SUBSCRIPTIONS_MAX, updateSubscription } from '../../src/engine/subscriptions.js';
import { startWebhooks } from '../../src/engine/webhooks.js';
import { LIMITS } from '../../src/limits.js';
import type { RowTypes, TableName } from '../../src/storage/schema.js';
import type { Store, Transaction } from '../../src/storage/store.js';
import { makeTestEngine, plainCall, type TestEngine } from '../support/engine.js';
import {
  ACCOUNT,
  capture,
  create,
  createPaid,
  refund,
  run,
  subscribe,
} from '../support/payments.js';
import { until } from '../support/sink.js';
import { ON_POSTGRES, openTestStore, type TestStore } from '../support/stores.js';

/**
 * Two processes on one database that want the same thing in the same moment. Each is an engine over
 * a store of its own; `meet` makes sure that they are at it together.
 */

const ROUNDS = 12;
const WEEK_SECONDS = 7 * 24 * 3600;

let opened: TestStore;
let second: Store;
let nodes: readonly [TestEngine, TestEngine];
let meeting: Meeting | null = null;

/** Where each of two waits, once, until the other has come as well. */
interface Meeting {
  readonly at: 'begin' | 'read';
  arrive(node: number): Promise<void>;
}

function newMeeting(at: Meeting['at']): Meeting {
  const here = new Set<number>();
  let open = (): void => {};
  const both = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    at,
    arrive: (node) => {
      here.add(node);
      if (here.size === 2) open();
      return both;
    },
  };
}

/** A node's store, whose transactions come to the meeting as they begin or after they have read. */
function attending(store: Store, node: number): Store {
  const load = async (transaction: Transaction, ...wanted: Parameters<Transaction['load']>) => {
    const loaded = await transaction.load(...wanted);
    if (meeting?.at === 'read') await meeting.arrive(node);
    return loaded;
  };
  return {
    ...store,
    transact: (batchId, body) =>
      store.transact(batchId, async (transaction) => {
        if (meeting?.at === 'begin') await meeting.arrive(node);
        await body({ ...transaction, load: (...wanted) => load(transaction, ...wanted) });
      }),
  };
}

/** Has both nodes do something in transactions that are open at the same time. */
async function meet<T>(at: Meeting['at'], work: (node: TestEngine, n: number) => Promise<T>) {
  meeting = newMeeting(at);
  try {
    return await Promise.all(nodes.map(work));
  } finally {
    meeting = null;
  }
}

const rounds = Array.from({ length: ROUNDS }, (_, round) => round);

beforeAll(async () => {
  if (!ON_POSTGRES) return;
  opened = await openTestStore();
  second = await opened.again();
});
beforeEach(async () => {
  if (!ON_POSTGRES) return;
  await opened.fresh();
  const first = makeTestEngine(attending(opened.store, 0));
  nodes = [first, makeTestEngine(attending(second, 1), { clock: first.clock })];
});
afterEach(async () => {
  if (!ON_POSTGRES) return;
  for (const { logged } of nodes) expect(logged).toEqual([]);
  expect(await audit(opened.store)).toEqual([]);
});
afterAll(async () => {
  await second?.close();
  await opened?.close();
});

const all = <T extends TableName>(table: T): Promise<RowTypes[T][]> =>
  opened.store.scan(table, null, 5_000);

describe.skipIf(!ON_POSTGRES)('two processes and one payment', () => {
  test('one idempotency key is worked on once, and both get its answer', async () => {
    for (const round of rounds) {
      const answers = await meet('begin', ({ engine }) =>
        engine.call(createPaid(), plainCall(createPaid(), { key: `key_${round}` })),
      );
      expect(answers.map(({ replayed }) => replayed).sort()).toEqual([false, true]);
      expect(answers[0]?.body).toBe(answers[1]?.body);
    }
    expect(await all('intents')).toHaveLength(ROUNDS);
    expect(await all('attempts')).toHaveLength(ROUNDS);
  });

  test('one hold is captured once', async () => {
    for (const _ of rounds) {
      const { id } = await run(nodes[0].engine, createPaid({ captureMethod: 'manual' }));
      const ends = await meet('begin', ({ engine }) => engine.background(capture(id)));
      expect(ends.filter((end) => 'failure' in end)).toHaveLength(1);
    }
    expect((await all('intents')).every(({ captured }) => captured === 2000n)).toBe(true);
  });

  test('refunds that are too much together are not both made', async () => {
    for (const _ of rounds) {
      const { id } = await run(nodes[0].engine, createPaid());
      const ends = await meet('begin', ({ engine }) => engine.background(refund(id, 1500n)));
      expect(ends.filter((end) => 'failure' in end)).toHaveLength(1);
    }
    expect(await all('refunds')).toHaveLength(ROUNDS);
  });
});

describe.skipIf(!ON_POSTGRES)('two processes and one row that is read without a lock', () => {
  test('a rule and a setting of one account are both kept', async () => {
    const rule = { action: 'block' as const, text: 'amount > 1', predicate: AMOUNT_OVER_ONE };
    for (const round of rounds) {
      const id = `acct_${round}`;
      const statementDescriptorPrefix = `SHOP ${round}`;
      await run(nodes[0].engine, updateAccount(id, {}));
      await meet('read', async ({ engine }, n) => {
        if (n === 0) await engine.background(createRule(id, rule));
        else await engine.background(updateAccount(id, { statementDescriptorPrefix }));
      });
      const account = (await all('accounts')).find((one) => one.id === id);
      expect(account?.statementDescriptorPrefix).toBe(statementDescriptorPrefix);
      expect(account && rulesOf(account)).toHaveLength(1);
    }
  });

  test('changes of different fields of a customer are both kept', async () => {
    for (const round of rounds) {
      const { id } = await run(nodes[0].engine, createCustomer(ACCOUNT, {}));
      const fields = [{ name: `Ada ${round}` }, { email: `ada${round}@shop.example` }];
      await meet('read', ({ engine }, n) =>
        engine.background(updateCustomer(ACCOUNT, id, fields[n] ?? {})),
      );
      const customer = (await all('customers')).find((one) => one.id === id);
      expect(customer).toMatchObject({ ...fields[0], ...fields[1] });
    }
  });

  test('an endpoint that one switches off and another moves is off and moved', async () => {
    for (const round of rounds) {
      const account = `acct_${round}`;
      const { subscription } = await run(nodes[0].engine, subscribe({}, account));
      const [enabled, url] = [false, `https://shop.example/${round}`];
      await meet('read', ({ engine }, n) =>
        engine.background(
          updateSubscription(account, 'stripe', subscription.id, n === 0 ? { enabled } : { url }),
        ),
      );
      const stored = (await all('subscriptions')).find(({ id }) => id === subscription.id);
      expect(stored).toMatchObject({ enabled, url });
    }
  });

  test('an event gets one subscription', async () => {
    const sent = { url: 'https://shop.example/', description: null };
    for (const round of rounds) {
      const wanted = { ...sent, events: ['payment_intent.captured'] };
      const account = `acct_${round}`;
      const ends = await meet('read', ({ engine }) =>
        engine.background(subscribeDojo(account, wanted)).catch((error: Error) => error),
      );
      expect(ends.filter((end) => end instanceof Error)).toHaveLength(1);
    }
    expect(await all('subscriptions')).toHaveLength(ROUNDS);
  });

  test('there are never more endpoints than there may be', async () => {
    for (let count = 1; count < SUBSCRIPTIONS_MAX; count++) await run(nodes[0].engine, subscribe());
    const ends = await meet('read', ({ engine }) => engine.background(subscribe()));
    expect(ends.filter((end) => 'failure' in end)).toHaveLength(1);
    expect(await all('subscriptions')).toHaveLength(SUBSCRIPTIONS_MAX);
  });

  test('a letter is taken over by one', async () => {
    const { id } = await run(nodes[0].engine, createPaid());
    const letter = { subject: 'Receipt', text: 'Paid.', html: '<p>Paid.</p>' };
    for (const round of rounds) {
      await run(
        nodes[0].engine,
        sendReceipts(ACCOUNT, id, [`a${round}@b.example`], () => letter),
      );
      const seen = (await all('jobs')).find(({ tries, dueAt }) => tries === 0 && dueAt <= now());
      if (seen === undefined) throw new Error('the letter has no job');
      const ends = await meet('read', ({ engine }) => engine.background(claimMail(seen)));
      expect(ends.filter((end) => end === null)).toHaveLength(1);
    }
  });
});

const now = (): number => Math.floor(nodes[0].clock.ms / 1000);
const AMOUNT_OVER_ONE = {
  kind: 'compare',
  subject: { attribute: 'amount' },
  comparison: '>',
  value: '1',
} as const;

describe.skipIf(!ON_POSTGRES)('two processes and one piece of work', () => {
  test('a due job has one effect', async () => {
    const made = rounds.map(() => run(nodes[0].engine, createPaid({ captureMethod: 'manual' })));
    await Promise.all(made);
    nodes[0].clock.advance(WEEK_SECONDS);
    const workers = nodes.map(({ engine, store, clock, logged }) =>
      startJobs({
        engine,
        store,
        nowMs: () => clock.ms,
        driver: { drive: async () => true },
        limits: LIMITS.jobs,
        logError: (error, what) => void logged.push({ error, what }),
      }),
    );
    await Promise.all(workers.map((worker) => worker.runDue()));
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(await all('jobs')).toEqual([]);
    const ended = (await all('facts')).filter(({ type }) => type === 'intent.expired');
    expect(new Set(ended.map(({ intentId }) => intentId)).size).toBe(ROUNDS);
    expect(ended).toHaveLength(ROUNDS);
  });

  test('a delivery is sent by one', async () => {
    await run(nodes[0].engine, subscribe());
    const sent: string[] = [];
    const post = async (_url: string, { body }: { readonly body: string }) => {
      sent.push(JSON.parse(body).id);
      return { status: 200, durationMs: 1, error: null, response: null, atMs: 0 };
    };
    const workers = nodes.map(({ engine, store, clock, keys, logged }) =>
      startWebhooks({
        engine,
        store,
        sender: { post },
        openSecret: keys.openSecret,
        nowMs: () => clock.ms,
        // Both look as often as they can, also for what the other has written.
        limits: { ...LIMITS.webhooks, delivery_poll_ms: 1 },
        logError: (error, what) => void logged.push({ error, what }),
      }),
    );
    const paid = rounds.flatMap(() => nodes.map(({ engine }) => run(engine, create())));
    await Promise.all(paid);
    await until(async () => (await all('deliveries')).every(({ state }) => state === 'delivered'));
    await Promise.all(workers.map((worker) => worker.stop()));
    expect(sent).toHaveLength(ROUNDS * 2);
    expect(new Set(sent).size).toBe(ROUNDS * 2);
  });

  test('a delivery that both have tried stays delivered where one try arrived', async () => {
    await run(nodes[0].engine, subscribe());
    const tried = (status: number): DeliveryTry => {
      return { status, durationMs: 1, error: null, response: null, atMs: 0 };
    };
    for (const _ of rounds) {
      await run(nodes[0].engine, create());
      const waiting = (await all('deliveries')).find(({ state }) => state === 'waiting');
      if (waiting === undefined) throw new Error('nothing waits');
      const statuses = [200, 500];
      await meet('begin', ({ engine }, n) =>
        run(engine, recordTry(waiting, tried(statuses[n] ?? 0))),
      );
      const ended = (await all('deliveries')).find(({ id }) => id === waiting.id);
      expect(ended).toMatchObject({ state: 'delivered' });
    }
  });
});
