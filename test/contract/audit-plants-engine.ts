import type { Attempt } from '../../src/domain/attempt.js';
import { ACCOUNT_CLOCK } from '../../src/domain/clock.js';
import type { Intent } from '../../src/domain/intent.js';
import type { TerminalTask } from '../../src/domain/terminal.js';
import { advanceJobId } from '../../src/engine/clocks.js';
import { createCustomer } from '../../src/engine/customers.js';
import { recoveryJobId } from '../../src/engine/pay.js';
import type { RowTypes } from '../../src/storage/schema.js';
import type { Change } from '../../src/storage/store.js';
import { makeTestEngine } from '../support/engine.js';
import { ACCOUNT, capture, createPaid, refund, run, subscribe } from '../support/payments.js';
import type { Plant, Scene } from './audit-scene.js';
import { rowOf, write } from './rows.js';

const paid = (row: Intent | Attempt) => row.state === 'captured' && row.refunded === 300n;
const held = (row: Intent | Attempt) => row.state === 'authorized';
const kind = (wanted: string) => (row: { kind: string }) => row.kind === wanted;

const PLANTS: readonly Plant[] = [
  [
    'an unbalanced transfer',
    ({ alter }) => alter('transfers', kind('refund'), { entries: [['merchant', '-300']] }),
    /do not sum to zero/,
  ],
  [
    'entries that move another amount',
    ({ alter }) =>
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
    async ({ store }) => {
      const balance = (await store.balances(ACCOUNT))[0];
      if (balance === undefined) throw new Error('no balance');
      await write(store, [], [{ ...balance, posted: 1n, pending: 0n }]);
    },
    /its entries sum to/,
  ],
  [
    'a balance of an account without transfers',
    async ({ store }) => {
      const sums = { currency: 'usd', posted: 1n, pending: 0n };
      await write(store, [], [{ account: 'acct_zzz', ledgerAccount: 'merchant', ...sums }]);
    },
    /has a balance without a transfer/,
  ],
  [
    'a voided hold',
    ({ alter }) => alter('transfers', kind('authorization'), { state: 'voided' }),
    /voided/,
  ],
  [
    'a fee above the amount',
    ({ alter }) => alter('transfers', kind('capture'), { fee: 10_000n }),
    /its fee/,
  ],
  [
    'more captured than authorized',
    ({ alter }) => alter('intents', paid, { captured: 2001n }),
    /exceed/,
  ],
  [
    'more refunded than captured',
    ({ alter }) => alter('intents', paid, { refunded: 2001n }),
    /refunded/,
  ],
  [
    'a capture too few',
    ({ remove }) => remove('transfers', kind('capture')),
    /its captures sum to/,
  ],
  [
    'captured without a capture',
    ({ alter }) => alter('intents', paid, { captured: 1999n }),
    /captured is 1999, its parts sum to 2000/,
  ],
  ['a refund too few', ({ remove }) => remove('refunds', () => true), /refunded is 300/],
  [
    'a refund without a transfer',
    ({ alter }) => alter('refunds', () => true, { transfer: null }),
    /has no/,
  ],
  [
    'a refund whose transfer moves another amount',
    ({ alter }) => alter('refunds', () => true, { amount: 299n }),
    /moves another amount/,
  ],
  [
    'an attempt with a wrong sum',
    ({ alter }) => alter('attempts', paid, { captured: 1n }),
    /its captures sum to 2000/,
  ],
  [
    'a released amount that no attempt released',
    ({ alter }) => alter('intents', held, { released: 5n }),
    /released is 5/,
  ],
  [
    'a hold of another amount than may be captured',
    ({ alter }) => alter('transfers', kind('authorization'), { settled: 399n }),
    /501 are held, 500 could be captured/,
  ],
  [
    'a hold that is missing',
    ({ remove }) => remove('transfers', kind('authorization')),
    /its hold is/,
  ],
  [
    'a hold that nothing will end',
    ({ remove }) => remove('jobs', () => true),
    /no job will expire it/,
  ],
  [
    'a hold left behind',
    ({ alter }) => alter('intents', held, { state: 'canceled', captureOpen: false }),
    /are held, 0 could be captured/,
  ],
  [
    'processing without a started attempt',
    ({ alter }) =>
      alter('intents', (row) => row.state === 'awaiting_action', { state: 'processing' }),
    /0 attempts are started in state processing/,
  ],
  [
    'a started attempt that nobody will ask about',
    ({ alter }) => alter('attempts', (row) => row.state === 'failed', { state: 'started' }),
    /no job will recover it/,
  ],
  [
    'an intent paid twice',
    async ({ one, plant }) => {
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
    ({ alter }) => alter('intents', paid, { latestAttempt: 'ch_1' }),
    /none/,
  ],
  [
    'another currency',
    ({ alter }) => alter('attempts', paid, { currency: 'eur' }),
    /in eur, not usd/,
  ],
  [
    'a challenge that nobody asked for',
    ({ alter }) => alter('intents', (row) => row.challenge !== null, { state: 'awaiting_method' }),
    /challenge kept/,
  ],
  ['a delivery without its fact', ({ remove }) => remove('facts', () => true), /in facts/],
  [
    'a customer whose clock is not there',
    ({ alter }) => alter('customers', () => true, { clockId: 'clock_none' }),
    /there is no clock_none in clocks/,
  ],
  [
    'a clock that nobody advances',
    ({ plant }) =>
      plant({
        table: 'clocks',
        kind: 'insert',
        row: rowOf('clocks', ACCOUNT, 'clock_1', { status: 'advancing', target: 9 }),
      }),
    /it is advancing and no job advances it/,
  ],
  [
    'a clock with a target that is not being advanced',
    ({ plant }) =>
      plant({
        table: 'clocks',
        kind: 'insert',
        row: rowOf('clocks', ACCOUNT, 'clock_1', { status: 'ready', target: 9 }),
      }),
    /it is ready with the target 9/,
  ],
  ['an attempt without its intent', ({ remove }) => remove('intents', paid), /in intents/],
  ['an attempt without its method', ({ remove }) => remove('methods', () => true), /in methods/],
  [
    'a method without its customer',
    ({ remove }) => remove('customers', () => true),
    /in customers/,
  ],
  [
    'a transfer without its source',
    ({ alter }) => alter('transfers', kind('refund'), { source: 're_1' }),
    /there is no re_1 in refunds/,
  ],
  [
    'a hold of which more is settled than it holds',
    ({ alter }) => alter('transfers', kind('authorization'), { settled: 901n }),
    /901 of 900 are settled/,
  ],
  [
    'a hold that was posted for nothing',
    ({ alter }) => alter('transfers', kind('authorization'), { state: 'posted', settled: 0n }),
    /it is posted, and nothing settled/,
  ],
  [
    'a capture that is pending',
    ({ alter }) => alter('transfers', kind('capture'), { state: 'pending' }),
    /it is a capture in state pending/,
  ],
  [
    'more captured of an attempt than it is of',
    ({ alter }) => alter('attempts', held, { captured: 901n }),
    /captured and released exceed its amount.*\n.*its hold has 400 settled, captured were 901/,
  ],
  [
    'a captured attempt of which a part is open',
    ({ alter }) => alter('attempts', held, { state: 'captured' }),
    /captured, and part of its amount neither captured nor released/,
  ],
  [
    'a declined attempt that has moved money',
    ({ alter }) => alter('attempts', paid, { state: 'failed' }),
    /has transfers in state failed/,
  ],
  [
    'an attempt that tells of another capture',
    ({ alter }) => alter('attempts', paid, { transfer: 'txn_none' }),
    /its transfer txn_none is none of its captures/,
  ],
  [
    'a hold of an attempt that has ended',
    ({ alter }) => alter('attempts', held, { state: 'released' }),
    /its hold is pending\n.*a job is left to expire it/,
  ],
  [
    'a job that asks about an attempt that has ended',
    async ({ one, plant }) => {
      const { account, id: subject } = await one('attempts', paid);
      const job = await one('jobs', () => true);
      const id = recoveryJobId(subject);
      const row = { ...job, account, id, kind: 'recover_attempt', subject } as const;
      await plant({ table: 'jobs', kind: 'insert', row });
    },
    /a job is left to recover it/,
  ],
  [
    'a failed refund that moved money',
    ({ alter }) => alter('refunds', () => true, { state: 'failed' }),
    /failed, -300 moved.*\n.*it came back and stands/,
  ],
  [
    'a pending refund that nothing settles',
    ({ alter }) => alter('refunds', () => true, { state: 'pending' }),
    /pending, and no job will settle it/,
  ],
  [
    'an authorized intent whose attempt is not',
    ({ alter }) => alter('intents', paid, { state: 'authorized', captureOpen: true }),
    /authorized without an authorized attempt/,
  ],
  [
    'a captured intent whose attempt is not',
    ({ alter }) => alter('intents', held, { state: 'captured', captureOpen: false }),
    /captured without a captured attempt/,
  ],
  [
    'an intent that waits for nothing',
    ({ alter }) => alter('intents', (row) => row.challenge !== null, { challenge: null }),
    /awaits 0 actions/,
  ],
  [
    'a capture that is open though nothing is held',
    ({ alter }) => alter('intents', paid, { captureOpen: true }),
    /capture is open in state captured/,
  ],
  [
    'an intent that was captured for nothing',
    ({ alter }) => alter('intents', paid, { captured: 0n }),
    /captured state without a capture/,
  ],
  [
    'a canceled intent that was captured',
    ({ alter }) => alter('intents', paid, { state: 'canceled' }),
    /captured amount in state canceled/,
  ],
  [
    'an intent that asks for deposits after it was paid',
    ({ alter }) =>
      alter('intents', paid, { asks: { kind: 'deposits' } as NonNullable<Intent['asks']> }),
    /asks for deposits in state captured/,
  ],
  [
    'a clock beyond its target',
    ({ plant }) =>
      plant({
        table: 'clocks',
        kind: 'insert',
        row: rowOf('clocks', ACCOUNT, 'clock_1', {
          status: 'advancing',
          target: 9,
          frozenTime: 10,
        }),
      }),
    /it is beyond its target/,
  ],
  [
    'a clock of an account that is behind',
    ({ plant }) =>
      plant(
        {
          table: 'clocks',
          kind: 'insert',
          row: rowOf('clocks', 'acct_late', 'clock_1', { status: 'ready' }),
        },
        {
          table: 'accounts',
          kind: 'insert',
          row: rowOf('accounts', 'acct_late', 'acct_late', { clockAheadSeconds: -1 }),
        },
      ),
    /the account's clock is behind/,
  ],
  [
    "an account's clock that was deleted",
    ({ plant }) =>
      plant({
        table: 'clocks',
        kind: 'insert',
        row: rowOf('clocks', ACCOUNT, ACCOUNT_CLOCK, { status: 'deleted' }),
      }),
    /it was deleted/,
  ],
  [
    'a job that advances a clock that stands still',
    async ({ one, plant }) => {
      const job = await one('jobs', () => true);
      const kept = {
        id: advanceJobId('clock_1'),
        kind: 'advance_clock',
        subject: 'clock_1',
      } as const;
      await plant(
        {
          table: 'clocks',
          kind: 'insert',
          row: rowOf('clocks', job.account, 'clock_1', { status: 'ready' }),
        },
        { table: 'jobs', kind: 'insert', row: { ...job, ...kept } },
      );
    },
    /it is ready and a job advances it/,
  ],
  [
    'a row that no search finds',
    async ({ one, plant, sql }) => {
      const row = await one('intents', ({ metadata }) => metadata.order_id === 'order_1');
      const { id } = row;
      // What writes it again when this is taken back writes its labels, too.
      await plant({ table: 'intents', kind: 'update', row });
      await sql(`DELETE FROM labels WHERE id = '${id}'`);
    },
    /intents pi_\w+ of \w+: a search by metadata.order_id misses it/,
  ],
  [
    'a thousand faults, and reads no more',
    async ({ one, plant }) => {
      const attempt = await one('attempts', paid);
      const rows = Array.from({ length: 1000 }, (_, i) => ({
        ...attempt,
        id: `ch_none_${i}`,
        intent: 'pi_none',
      }));
      await plant(...rows.map((row): Change => ({ table: 'attempts', kind: 'insert', row })));
    },
    /reading stopped after 1000 faults/,
  ],
];

type Session = Partial<RowTypes['terminal_sessions']>;

/** A card machine's session that has come to its end, and that no job advances. */
const session = (fields: Session): Change => ({
  table: 'terminal_sessions',
  kind: 'insert',
  row: rowOf('terminal_sessions', ACCOUNT, 'tse_1', { state: 'captured', ...fields }),
});
const sale = (intent: string): Session => ({
  task: { kind: 'sale', intent, holderNotPresent: false } as TerminalTask,
  intent: null,
});

const SESSION_PLANTS: readonly Plant[] = [
  [
    'a session that has paid with nothing',
    ({ plant }) => plant(session({ ...sale('pi_1'), subject: null })),
    /it is captured and has moved nothing/,
  ],
  [
    'a session that has paid with what is not there',
    ({ plant }) => plant(session({ ...sale('pi_1'), subject: 'ch_none' })),
    /there is no ch_none that it has moved/,
  ],
  [
    'a session that nothing advances',
    ({ plant }) => plant(session({ ...sale('pi_1'), state: 'initiated' })),
    /it is initiated and no job advances it/,
  ],
  [
    "a session that has paid another's intent",
    async ({ one, plant }) => {
      const { id: subject } = await one('attempts', paid);
      await plant(session({ ...sale('pi_none'), subject }));
    },
    /what it has moved is of pi_/,
  ],
  [
    'a session that has paid out less than it says',
    ({ plant }) =>
      plant(
        session({
          task: {
            kind: 'unlinked_refund',
            amount: '700',
            currency: 'usd',
            holderNotPresent: false,
          },
          intent: null,
          subject: 'txn_none',
        }),
      ),
    /it has paid out 0 in place of 700/,
  ],
  [
    'a transfer that its session does not tell of',
    async ({ alter, plant }) => {
      await plant(session({ ...sale('pi_1'), state: 'declined', subject: null }));
      await alter('transfers', kind('refund'), { source: 'tse_1' });
    },
    /it is the cause of transfers that it does not tell of/,
  ],
];

/** Some of everything: paid, refunded, held, captured in parts, declined, subscribed to. */
export const ENGINE_SCENE: Scene = {
  name: 'payments',
  begin: async (store) => {
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
    await run(engine, createPaid({ metadata: () => ({ order_id: 'order_1' }) }));
  },
  plants: [...PLANTS, ...SESSION_PLANTS],
};
