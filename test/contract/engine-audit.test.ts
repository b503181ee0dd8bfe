import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.js';
import type { Intent } from '../../src/domain/intent.js';
import { audit } from '../../src/engine/audit.js';
import { createCustomer } from '../../src/engine/customers.js';
import type { Change, Store } from '../../src/storage/store.js';
import { makeTestEngine } from '../support/engine.js';
import { ACCOUNT, capture, createPaid, refund, run, subscribe } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { rowEditor, rowOf, write } from './rows.js';

let testStore: TestStore;
let store: Store;

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());

/** Some of everything: paid, refunded, held, captured in parts, declined, subscribed to. */
beforeEach(async () => {
  store = await testStore.fresh();
  const { engine } = makeTestEngine(store);
  await run(engine, subscribe());
  const { id } = await run(engine, createPaid());
  await run(engine, refund(id, 300n));
  const held = await run(engine, createPaid({ captureMethod: 'manual', amount: 900n }));
  await run(engine, capture(held.id, { amount: 400n, final: false }));
  const customer = await run(engine, createCustomer(ACCOUNT, {}));
  await run(engine, createPaid({ customer: customer.id, futureUsage: 'on_session' }));
  await engine.background(createPaid({ method: 'pm_card_chargeDeclined' }));
  await run(engine, createPaid({ method: 'pm_card_threeDSecure2Required' }));
  expect(await audit(store)).toEqual([]);
});

const { one, alter, remove, plant } = rowEditor(() => store);

const paid = (row: Intent | Attempt) => row.state === 'captured' && row.refunded === 300n;
const held = (row: Intent | Attempt) => row.state === 'authorized';
const kind = (wanted: string) => (row: { kind: string }) => row.kind === wanted;

/** What is broken, how, and what must be said of it. */
const FAULTS: [string, () => Promise<void>, RegExp][] = [
  [
    'an unbalanced transfer',
    () => alter('transfers', kind('refund'), { entries: [['merchant', '-300']] }),
    /do not sum to zero/,
  ],
  [
    'entries that move another amount',
    () =>
      alter('transfers', kind('refund'), {
        entries: [
          ['merchant', '-299'],
          ['network:card', '299'],
        ],
      }),
    /do not move its amount/,
  ],
  [
    'a balance that is not the sum of its entries',
    async () => {
      const balance = (await store.balances(ACCOUNT))[0];
      if (balance === undefined) throw new Error('no balance');
      await write(store, [], [{ ...balance, posted: 1n, pending: 0n }]);
    },
    /its entries sum to/,
  ],
  [
    'a balance of an account without transfers',
    async () => {
      const sums = { currency: 'usd', posted: 1n, pending: 0n };
      await write(store, [], [{ account: 'acct_zzz', ledgerAccount: 'merchant', ...sums }]);
    },
    /has a balance without a transfer/,
  ],
  ['a voided hold', () => alter('transfers', kind('authorization'), { state: 'voided' }), /voided/],
  [
    'a fee above the amount',
    () => alter('transfers', kind('capture'), { fee: 10_000n }),
    /its fee/,
  ],
  ['more captured than authorized', () => alter('intents', paid, { captured: 2001n }), /exceed/],
  ['more refunded than captured', () => alter('intents', paid, { refunded: 2001n }), /refunded/],
  ['a capture too few', () => remove('transfers', kind('capture')), /its captures sum to/],
  [
    'captured without a capture',
    () => alter('intents', paid, { captured: 1999n }),
    /captured is 1999, its parts sum to 2000/,
  ],
  ['a refund too few', () => remove('refunds', () => true), /refunded is 300/],
  ['a refund without a transfer', () => alter('refunds', () => true, { transfer: null }), /has no/],
  [
    'a refund whose transfer moves another amount',
    () => alter('refunds', () => true, { amount: 299n }),
    /moves another amount/,
  ],
  [
    'an attempt with a wrong sum',
    () => alter('attempts', paid, { captured: 1n }),
    /its captures sum to 2000/,
  ],
  [
    'a released amount that no attempt released',
    () => alter('intents', held, { released: 5n }),
    /released is 5/,
  ],
  [
    'a hold of another amount than may be captured',
    () => alter('transfers', kind('authorization'), { settled: 399n }),
    /501 are held, 500 could be captured/,
  ],
  ['a hold that is missing', () => remove('transfers', kind('authorization')), /its hold is/],
  ['a hold that nothing will end', () => remove('jobs', () => true), /no job will expire it/],
  [
    'a hold left behind',
    () => alter('intents', held, { state: 'canceled', captureOpen: false }),
    /are held, 0 could be captured/,
  ],
  [
    'processing without a started attempt',
    () => alter('intents', (row) => row.state === 'awaiting_action', { state: 'processing' }),
    /0 attempts are started in state processing/,
  ],
  [
    'a started attempt that nobody will ask about',
    () => alter('attempts', (row) => row.state === 'failed', { state: 'started' }),
    /no job will recover it/,
  ],
  [
    'an intent paid twice',
    async () => {
      const attempt = await one('attempts', paid);
      await plant({
        table: 'attempts',
        kind: 'insert',
        row: { ...attempt, id: 'ch_twice', captured: 0n, refunded: 0n, transfer: null },
      });
    },
    /it was paid 2 times/,
  ],
  [
    'a latest attempt that is none',
    () => alter('intents', paid, { latestAttempt: 'ch_1' }),
    /none/,
  ],
  ['another currency', () => alter('attempts', paid, { currency: 'eur' }), /in eur, not usd/],
  [
    'a challenge that nobody asked for',
    () => alter('intents', (row) => row.challenge !== null, { state: 'awaiting_method' }),
    /challenge kept/,
  ],
  ['a delivery without its fact', () => remove('facts', () => true), /in facts/],
  [
    'a customer whose clock is not there',
    () => alter('customers', () => true, { clockId: 'clock_none' }),
    /there is no clock_none in clocks/,
  ],
  [
    'a clock that nobody advances',
    () =>
      plant({
        table: 'clocks',
        kind: 'insert',
        row: rowOf('clocks', ACCOUNT, 'clock_1', { status: 'advancing', target: 9 }),
      }),
    /it is advancing and no job advances it/,
  ],
  [
    'a clock with a target that is not being advanced',
    () =>
      plant({
        table: 'clocks',
        kind: 'insert',
        row: rowOf('clocks', ACCOUNT, 'clock_1', { status: 'ready', target: 9 }),
      }),
    /it is ready with the target 9/,
  ],
  ['an attempt without its intent', () => remove('intents', paid), /in intents/],
  ['an attempt without its method', () => remove('methods', () => true), /in methods/],
  ['a method without its customer', () => remove('customers', () => true), /in customers/],
  [
    'a transfer without its source',
    () => alter('transfers', kind('refund'), { source: 're_1' }),
    /there is no re_1 in refunds/,
  ],
];

describe('audit finds', () => {
  test.each(FAULTS)('%s', async (_, breakIt, said) => {
    await breakIt();
    const faults = await audit(store);
    expect(faults.filter((fault) => said.test(fault))).not.toEqual([]);
  });
});

describe('audit reads', () => {
  test('every page: faults in the first and in the last row are found', async () => {
    const { engine } = makeTestEngine(store);
    await Promise.all(
      Array.from({ length: 1100 }, (_, i) =>
        run(engine, createPaid({}, `acct_${String(i % 3).padStart(2, '0')}`)),
      ),
    );
    expect(await audit(store)).toEqual([]);
    const intents = await store.scan('intents', null, 2000);
    for (const intent of [intents[0], intents.at(-1)])
      if (intent)
        await plant({ table: 'intents', kind: 'update', row: { ...intent, refunded: 1n } });
    const faults = await audit(store);
    for (const intent of [intents[0], intents.at(-1)])
      expect(faults.join('\n')).toContain(intent?.id);
  });

  test('an intent with more attempts than one list holds', async () => {
    const attempt = await one('attempts', (row) => row.state === 'failed');
    const rows = Array.from({ length: 1500 }, (_, i) => ({
      ...attempt,
      id: `ch_more_${String(i).padStart(5, '0')}`,
    }));
    await plant(...rows.map((row): Change => ({ table: 'attempts', kind: 'insert', row })));
    expect(await audit(store)).toEqual([]);
    const last = { ...attempt, id: 'ch_zzz', released: 7n };
    await plant({ table: 'attempts', kind: 'insert', row: last });
    expect(await audit(store)).toEqual([expect.stringContaining('released is 0')]);
  });

  test('beside a working engine without crying wolf', async () => {
    const { engine } = makeTestEngine(store);
    let working = true;
    const work = (async () => {
      for (let i = 0; working; i++) {
        const { id } = await run(engine, createPaid({ captureMethod: 'manual' }));
        await run(engine, capture(id, { amount: BigInt(1 + (i % 1000)) }));
      }
    })();
    const faults = [...(await audit(store)), ...(await audit(store))];
    working = false;
    await work;
    expect(faults.filter((fault) => !fault.endsWith('were not compared'))).toEqual([]);
  });
});
