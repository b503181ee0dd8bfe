import { beforeEach, describe, expect, test } from 'vitest';
import { applyCash, fundCash, pretendTransfer, updateCash } from '../../src/engine/cash.js';
import { createCustomer } from '../../src/engine/customers.js';
import { cancelIntent } from '../../src/engine/intents.js';
import type { MethodInput } from '../../src/engine/methods.js';
import { createRefund } from '../../src/engine/refunds.js';
import { useTestEngine } from '../support/engine-suite.js';
import { ACCOUNT, create, createPaid, fail, PLAIN_CONFIRM, run } from '../support/payments.js';

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
    await give(2000n);
    const { id: intent } = await pay(2000n);
    const back = (amount: bigint, instructionsEmail: string | null) =>
      createRefund(ACCOUNT, {
        attempt: null,
        intent,
        amount,
        reason: null,
        metadata: {},
        instructionsEmail,
        wire: {},
      });
    await run(made.engine, back(500n, null));
    expect(await balance()).toMatchObject({ sums: { usd: '500' } });
    expect(await movements()).toContainEqual(['refunded_from_payment', 500n, 500n]);
    await run(made.engine, back(600n, 'ann@shop.example'));
    expect(await balance()).toMatchObject({ sums: { usd: '500' } });
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
