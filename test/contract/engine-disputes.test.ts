import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Dispute } from '../../src/domain/dispute.js';
import { LEDGER } from '../../src/domain/ledger.js';
import { audit } from '../../src/engine/audit.js';
import { closeDispute, disputeJobId, updateDispute } from '../../src/engine/disputes.js';
import type { Jobs } from '../../src/engine/jobs.js';
import type { RowTypes, TableName } from '../../src/storage/schema.js';
import type { Change } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { startTestJobs } from '../support/jobs.js';
import { ACCOUNT, capture, createPaid, fail, refund, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { rowEditor } from './rows.js';

const WEEK_SECONDS = 7 * 86_400;
const REVIEW_SECONDS = 5;

let testStore: TestStore;
let made: TestEngine;
let jobs: Jobs;

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  made = makeTestEngine(await testStore.fresh());
  jobs = startTestJobs(made, { limits: { jobs_per_look_max: 5 } });
});
afterEach(async () => {
  await jobs.stop();
  expect(made.logged).toEqual([]);
});
afterAll(() => testStore.close());

async function rows<T extends TableName>(table: T): Promise<RowTypes[T][]> {
  return made.store.scan(table, null, 100);
}

async function dispute(): Promise<Dispute> {
  const [row] = await rows('disputes');
  if (row === undefined) throw new Error('nothing is disputed');
  return row;
}

/** Pays with a card whose payments are disputed. */
async function pay(method = 'pm_card_createDispute'): Promise<Dispute> {
  await run(made.engine, createPaid({ method }));
  return dispute();
}

const answer = (id: string, text: string) =>
  run(
    made.engine,
    updateDispute(ACCOUNT, id, { evidence: { uncategorized_text: text }, submit: true }),
  );

async function wait(seconds: number): Promise<void> {
  made.clock.advance(seconds);
  await jobs.runDue();
}

const dues = async () => {
  const now = Math.floor(made.clock.ms / 1000);
  return (await rows('jobs')).map(({ id, dueAt }) => [id, dueAt - now]);
};

async function posted(ledgerAccount: string): Promise<bigint> {
  const balances = await made.store.balances(ACCOUNT);
  return balances.find((balance) => balance.ledgerAccount === ledgerAccount)?.posted ?? 0n;
}

describe('the one job of a dispute', () => {
  test('waits for evidence, then for the decision, and goes', async () => {
    const { id } = await pay();
    const job = disputeJobId(id);
    expect(await dues()).toEqual([[job, WEEK_SECONDS]]);
    await answer(id, 'winning_evidence');
    expect(await dues()).toEqual([[job, REVIEW_SECONDS]]);
    await wait(REVIEW_SECONDS - 1);
    expect((await dispute()).state).toBe('under_review');
    await wait(1);
    expect((await dispute()).state).toBe('won');
    expect(await dues()).toEqual([]);
    expect(await posted(LEDGER.network)).toBe(-2000n);
    expect(await posted(LEDGER.available)).toBe(-1500n);
    expect(await audit(made.store)).toEqual([]);
  });

  test('loses what nobody answers', async () => {
    await pay();
    await wait(WEEK_SECONDS - 1);
    expect((await dispute()).state).toBe('needs_response');
    await wait(1);
    expect((await dispute()).state).toBe('lost');
    expect(await dues()).toEqual([]);
    expect(await posted(LEDGER.network)).toBe(0n);
    expect(await audit(made.store)).toEqual([]);
  });

  test('is dropped while the bank has nothing to decide about, and comes back', async () => {
    const { id } = await pay();
    await answer(id, 'I did send it.');
    expect(await dues()).toEqual([]);
    expect(await audit(made.store)).toEqual([]);
    await answer(id, 'losing_evidence');
    expect(await dues()).toEqual([[disputeJobId(id), REVIEW_SECONDS]]);
    await answer(id, 'No, wait.');
    expect(await dues()).toEqual([]);
  });

  test('goes on waiting for evidence after an inquiry has escalated', async () => {
    const { id } = await pay('pm_card_createDisputeInquiry');
    expect(await posted(LEDGER.available)).toBe(0n);
    await answer(id, 'escalate_inquiry_evidence');
    await wait(REVIEW_SECONDS);
    expect(await dispute()).toMatchObject({ state: 'needs_response', amount: 2000n, fee: 1500n });
    expect(await dues()).toEqual([[disputeJobId(id), WEEK_SECONDS]]);
    expect(await posted(LEDGER.available)).toBe(-3500n);
    expect(await audit(made.store)).toEqual([]);
    await wait(WEEK_SECONDS);
    expect((await dispute()).state).toBe('lost');
    expect(await audit(made.store)).toEqual([]);
  });

  test('finds an inquiry right whose payment was paid back in full meanwhile', async () => {
    const { id, intent } = await pay('pm_card_createDisputeInquiry');
    await run(made.engine, refund(intent));
    const [attempt] = await rows('attempts');
    expect(attempt).toMatchObject({ dispute: id, refunded: 2000n });
    expect(await audit(made.store)).toEqual([]);
  });

  test('does nothing when it is run again', async () => {
    const { id } = await pay();
    await answer(id, 'winning_evidence');
    made.clock.advance(REVIEW_SECONDS);
    await Promise.all([jobs.runDue(), jobs.runDue()]);
    await jobs.runDue();
    expect(await rows('transfers')).toHaveLength(3);
  });
});

describe('at the same moment', () => {
  test('closing twice closes once', async () => {
    const { id } = await pay();
    const ends = await Promise.all(
      [1, 2].map(() => made.engine.background(closeDispute(ACCOUNT, id))),
    );
    expect(ends.map((end) => ('failure' in end ? end.failure : end.state)).sort()).toEqual([
      'dispute_closed',
      'lost',
    ]);
    expect(await audit(made.store)).toEqual([]);
  });

  test('a capture and its refund are decided in order', async () => {
    const method = 'pm_card_createDispute';
    const intent = await run(made.engine, createPaid({ method, captureMethod: 'manual' }));
    const [, refunded] = await Promise.all([
      run(made.engine, capture(intent.id)),
      fail(made.engine, refund(intent.id)),
    ]);
    expect(refunded).toMatchObject({ failure: 'attempt_disputed', attempt: intent.latestAttempt });
  });
});

const { plant } = rowEditor(() => made.store);

async function alter<T extends TableName>(table: T, by: Partial<RowTypes[T]>, kind?: string) {
  const all = (await rows(table)) as (RowTypes[T] & { kind?: string })[];
  const found = all.find((row) => kind === undefined || row.kind === kind);
  await plant({ table, kind: 'update', row: { ...found, ...by } } as unknown as Change);
}

/** What is broken, how, and what must be said of it. */
const FAULTS: [string, () => Promise<void>, RegExp][] = [
  ['a win without its money', () => alter('disputes', { state: 'won' }), /won, -2000 moved/],
  [
    'an inquiry that took money',
    () => alter('disputes', { state: 'warning_needs_response' }),
    /warning_needs_response, -2000 moved/,
  ],
  ['another amount', () => alter('disputes', { amount: 1999n }), /needs_response, -2000 moved/],
  ['another fee', () => alter('disputes', { fee: 1n }), /its fee is 1, its transfers charge 1500/],
  [
    'a transfer that it does not tell of',
    () => alter('disputes', { withdrawn: null }),
    /tells of other transfers/,
  ],
  [
    'a charge that does not know of its dispute',
    () => alter('attempts', { dispute: null }),
    /its attempt does not know of it/,
  ],
  [
    'a charge with a dispute that is not there',
    () => alter('attempts', { dispute: 'du_none' }),
    /its dispute du_none is none of its payment's/,
  ],
  [
    'a refund of what the bank took',
    () => alter('attempts', { refunded: 1n }),
    /it takes more than was paid/,
  ],
  [
    'a fee that its entries do not move',
    () => alter('transfers', { fee: 1400n }, 'dispute'),
    /its entries do not move its amount/,
  ],
  [
    'a dispute that nothing takes further',
    async () => {
      const [row] = await rows('jobs');
      const change = { table: 'jobs', kind: 'delete', row } as Change;
      await plant(change);
    },
    /no job will take it further/,
  ],
  [
    'a job that is left over',
    () => alter('disputes', { state: 'lost' }),
    /a job is left to take it further/,
  ],
];

describe('the audit finds', () => {
  test.each(FAULTS)('%s', async (_, breakIt, said) => {
    await pay();
    expect(await audit(made.store)).toEqual([]);
    await breakIt();
    expect((await audit(made.store)).join('\n')).toMatch(said);
  });
});
