import { beforeEach, describe, expect, test } from 'vitest';
import { REFUND_DETAILS_SECONDS } from '../../src/domain/refund.js';
import { applyCash, fundCash, pretendTransfer, updateCash } from '../../src/engine/cash.js';
import { createCustomer } from '../../src/engine/customers.js';
import { cancelIntent } from '../../src/engine/intents.js';
import type { MethodInput } from '../../src/engine/methods.js';
import { cancelRefund, expireRefund } from '../../src/engine/refund-life.js';
import { createRefund } from '../../src/engine/refunds.js';
import { useTestEngine } from '../support/engine-suite.js';
import { startTestJobs } from '../support/jobs.js';
import {
  ACCOUNT,
  create,
  createPaid,
  fail,
  PLAIN_CONFIRM,
  refund,
  run,
} from '../support/payments.js';

const made = useTestEngine();
let customer: string;

beforeEach(async () => {
  customer = (await run(made.engine, createCustomer(ACCOUNT, {}))).id;
});

const methodData: MethodInput = {
  type: 'customer_balance',
  card: null,
  billing: {},
  metadata: {},
  allowRedisplay: 'unspecified',
  details: {},
};
const pay = (amount: bigint, over = {}) =>
  run(
    made.engine,
    create({
      amount,
      customer,
      methodTypes: ['customer_balance'],
      methodData,
      confirm: PLAIN_CONFIRM,
      ...over,
    } as Parameters<typeof create>[0]),
  );
const fund = (amount: bigint, currency = 'usd') =>
  fundCash(ACCOUNT, customer, { amount, currency, reference: null });
/** Gives the customer money; answers the movement's id. */
const give = (amount: bigint, currency?: string) => made.engine.background(fund(amount, currency));
/** A payment of 2,000 that a customer's cash has paid. */
async function paidByCash(): Promise<string> {
  await give(2000n);
  return (await pay(2000n)).id;
}
const byLetter = (intent: string) =>
  createRefund(ACCOUNT, {
    attempt: null,
    intent,
    amount: 600n,
    reason: null,
    metadata: {},
    instructionsEmail: 'ann@shop.example',
    wire: {},
  });
const intentOf = async (id: string) =>
  (await made.store.scan('intents', null, 100)).find((intent) => intent.id === id);
const balance = async () => (await made.store.scan('cash_balances', null, 9))[0];
const movements = async () =>
  (await made.store.scan('cash_movements', null, 100)).map((move) => [
    move.kind,
    move.amount,
    move.endingBalance,
  ]);

describe('cash', () => {
  test('of a customer is there for a payment, and what is left stays', async () => {
    await give(3000n);
    expect(await pay(2000n)).toMatchObject({ state: 'captured', captured: 2000n });
    expect(await balance()).toMatchObject({ sums: { usd: '1000' }, waiting: [] });
    expect(await movements()).toEqual(
      expect.arrayContaining([
        ['funded', 3000n, 3000n],
        ['applied_to_payment', -2000n, 1000n],
      ]),
    );
  });

  test('that arrives pays what waits for it, the oldest first and in its currency', async () => {
    const first = await pay(2000n);
    const second = await pay(500n);
    expect(first).toMatchObject({ state: 'awaiting_action', asks: { kind: 'transfer' } });
    await give(2000n, 'eur');
    expect(await intentOf(first.id)).toMatchObject({ state: 'awaiting_action' });
    await give(700n);
    // The first gets all of it, as a part.
    expect(await intentOf(first.id)).toMatchObject({ asks: { applied: '700' } });
    expect(await intentOf(second.id)).toMatchObject({ asks: { applied: '0' } });
    await give(1300n);
    expect(await intentOf(first.id)).toMatchObject({ state: 'captured', captured: 2000n });
    expect(await balance()).toMatchObject({ sums: { usd: '0', eur: '2000' } });
    expect(await balance()).toMatchObject({ waiting: [second.id] });
    await give(501n);
    expect(await intentOf(second.id)).toMatchObject({ state: 'captured' });
    expect(await balance()).toMatchObject({ sums: { usd: '1', eur: '2000' }, waiting: [] });
  });

  test('goes back to its customer when what had a part of it is canceled', async () => {
    const { id } = await pay(2000n);
    await give(700n);
    expect(await balance()).toMatchObject({ sums: { usd: '0' }, waiting: [id] });
    await run(made.engine, cancelIntent(ACCOUNT, id, null));
    expect(await balance()).toMatchObject({ sums: { usd: '700' }, waiting: [] });
    expect(await movements()).toContainEqual(['unapplied_from_payment', 700n, 700n]);
  });

  test('needs its customer to be there', async () => {
    const gone = fundCash(ACCOUNT, 'cus_none', { amount: 1n, currency: 'usd', reference: null });
    expect(await fail(made.engine, gone as never)).toMatchObject({
      failure: 'missing',
      kind: 'customer',
    });
  });

  test('is paid back to where it came from, or by the bank to whom a letter asks', async () => {
    const intent = await paidByCash();
    await run(made.engine, refund(intent, 500n));
    expect(await balance()).toMatchObject({ sums: { usd: '500' } });
    expect(await movements()).toContainEqual(['refunded_from_payment', 500n, 500n]);
    await run(made.engine, byLetter(intent));
    expect(await balance()).toMatchObject({ sums: { usd: '500' } });
  });
});

describe('a refund whose payee is asked by letter', () => {
  const refundedOf = async (id: string) => (await intentOf(id))?.refunded;

  test.each([
    ['canceled', cancelRefund, null, 'refund_not_cancelable'],
    ['failed', expireRefund, 'unknown', 'refund_not_expirable'],
  ] as const)('may end as %s, once: the payment has it again', async (state, end, why, failure) => {
    const intent = await paidByCash();
    const { id, state: before } = await run(made.engine, byLetter(intent));
    expect([before, await refundedOf(intent)]).toEqual(['awaiting_action', 600n]);
    expect(await run(made.engine, end(ACCOUNT, id))).toMatchObject({ state, failureReason: why });
    expect(await refundedOf(intent)).toBe(0n);
    expect(await made.store.scan('jobs', null, 9)).toEqual([]);
    expect(await fail(made.engine, end(ACCOUNT, id))).toEqual({ failure, refund: id });
    await run(made.engine, refund(intent, 2000n));
    expect(await refundedOf(intent)).toBe(2000n);
  });

  test('that nobody answers fails by itself', async () => {
    const intent = await paidByCash();
    await run(made.engine, byLetter(intent));
    const jobs = startTestJobs(made);
    made.clock.advance(REFUND_DETAILS_SECONDS - 1);
    await jobs.runDue();
    expect(await refundedOf(intent)).toBe(600n);
    made.clock.advance(1);
    await jobs.runDue();
    await jobs.stop();
    expect(await refundedOf(intent)).toBe(0n);
    expect(await made.store.scan('refunds', null, 9)).toMatchObject([
      { state: 'failed', failureReason: 'unknown' },
    ]);
  });

  test('cannot be ended where there is none', async () => {
    for (const end of [cancelRefund, expireRefund])
      expect(await fail(made.engine, end(ACCOUNT, 're_none'))).toMatchObject({
        failure: 'missing',
        kind: 'refund',
        id: 're_none',
      });
  });
});

describe('cash that is applied by hand', () => {
  const byHand = () => run(made.engine, updateCash(ACCOUNT, customer, 'manual'));
  const apply = (id: string, amount: bigint | null, currency: string | null = null) =>
    applyCash(ACCOUNT, id, { amount, currency });

  test('stays where it is until it is asked for', async () => {
    expect(await byHand()).toMatchObject({ mode: 'manual', id: customer, sums: {} });
    const { id } = await pay(2000n);
    await give(2500n);
    expect(await intentOf(id)).toMatchObject({ state: 'awaiting_action' });
    expect(await run(made.engine, apply(id, 500n))).toMatchObject({ asks: { applied: '500' } });
    expect(await run(made.engine, apply(id, null, 'usd'))).toMatchObject({ state: 'captured' });
    expect(await balance()).toMatchObject({ sums: { usd: '500' }, mode: 'manual', waiting: [] });
  });

  test('is refused where there is too little, and too much, and in another currency', async () => {
    await byHand();
    const { id } = await pay(2000n);
    await give(1000n);
    const short = { failure: 'cash_short', intent: { id } };
    const wrong = { failure: 'cash_amount', intent: { id } };
    expect(await fail(made.engine, apply(id, null))).toMatchObject(short);
    expect(await fail(made.engine, apply(id, 1001n))).toMatchObject(short);
    expect(await fail(made.engine, apply(id, 2001n))).toMatchObject(wrong);
    expect(await fail(made.engine, apply(id, 500n, 'eur'))).toMatchObject(wrong);
    expect(await run(made.engine, apply(id, 1000n))).toMatchObject({ asks: { applied: '1000' } });
  });

  test('pays nothing that does not wait for it', async () => {
    const { id } = await run(made.engine, createPaid());
    expect(await fail(made.engine, apply(id, 1n))).toMatchObject({
      failure: 'intent_state',
      operation: 'apply_cash',
    });
  });

  test('is chosen, and the choice can be read and taken back', async () => {
    await byHand();
    const read = await run(made.engine, updateCash(ACCOUNT, customer, null));
    expect(read.mode).toBe('manual');
    const changed = await run(made.engine, updateCash(ACCOUNT, customer, 'automatic'));
    expect(changed.mode).toBe('automatic');
    expect(await fail(made.engine, updateCash(ACCOUNT, 'cus_none', 'manual'))).toMatchObject({
      failure: 'missing',
    });
  });
});

describe('a transfer that is only said to have come', () => {
  const secretOf = (intent: Awaited<ReturnType<typeof pay>>): string =>
    intent.asks?.kind === 'transfer' ? intent.asks.secret : '';

  test('pays what was missing', async () => {
    const intent = await pay(2000n);
    await give(500n);
    const paid = await run(made.engine, pretendTransfer(ACCOUNT, intent.id, secretOf(intent)));
    expect(paid).toMatchObject({ state: 'captured', captured: 2000n });
    expect(await balance()).toMatchObject({ sums: { usd: '0' } });
  });

  test('needs the secret of its instructions, and what waits', async () => {
    const intent = await pay(2000n);
    const { id } = intent;
    const refusal = { failure: 'intent_state', operation: 'apply_cash' };
    const tell = (of: string, secret: string) => pretendTransfer(ACCOUNT, of, secret);
    expect(await fail(made.engine, tell(id, 'guess'))).toMatchObject(refusal);
    expect(await fail(made.engine, tell('pi_none', 'guess'))).toMatchObject({ failure: 'missing' });
    await run(made.engine, tell(id, secretOf(intent)));
    expect(await fail(made.engine, tell(id, secretOf(intent)))).toMatchObject(refusal);
    const card = await run(made.engine, createPaid());
    expect(await fail(made.engine, tell(card.id, ''))).toMatchObject(refusal);
  });

  test('brings nothing where the customer has it already', async () => {
    await run(made.engine, updateCash(ACCOUNT, customer, 'manual'));
    const intent = await pay(2000n);
    await give(2000n);
    await run(made.engine, pretendTransfer(ACCOUNT, intent.id, secretOf(intent)));
    expect(await movements()).toEqual([['funded', 2000n, 2000n]]);
  });
});
