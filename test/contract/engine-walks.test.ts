import { beforeEach, describe, expect, test } from 'vitest';
import type { Intent } from '../../src/domain/intent.js';
import type { Predicate } from '../../src/domain/rules.js';
import { parsePredicate } from '../../src/domain/rules-parse.js';
import { createCustomer } from '../../src/engine/customers.js';
import type { Engine } from '../../src/engine/engine.js';
import { answerChallenge, cancelIntent, updateIntent } from '../../src/engine/intents.js';
import { attachMethod, createMethod } from '../../src/engine/methods.js';
import { createRule } from '../../src/engine/rules.js';
import { useTestEngine } from '../support/engine-suite.js';
import { startTestJobs } from '../support/jobs.js';
import {
  ACCOUNT,
  capture,
  confirm,
  create,
  createPaid,
  fail,
  PLAIN_CONFIRM,
  refund,
  run,
} from '../support/payments.js';

const made = useTestEngine();
let engine: Engine;

beforeEach(async () => {
  engine = made.engine;
});

const factTypes = async () => (await made.store.scan('facts', null, 100)).map(({ type }) => type);
const attemptStates = async () =>
  (await made.store.scan('attempts', null, 100)).map(({ state }) => state);
const balanceOf = async (ledgerAccount: RegExp) =>
  (await engine.balances(ACCOUNT)).filter((balance) => ledgerAccount.test(balance.ledgerAccount));

const MANUAL = { captureMethod: 'manual' } as const;
const NEEDS_CHALLENGE = 'pm_card_threeDSecure2Required';

async function challenged(over: Parameters<typeof createPaid>[0] = {}): Promise<Intent> {
  const intent = await run(engine, createPaid({ method: NEEDS_CHALLENGE, ...over }));
  expect(intent.state).toBe('awaiting_action');
  return intent;
}

const answer = ({ id, challenge }: Intent, passed: boolean) =>
  answerChallenge(ACCOUNT, id, challenge?.secret ?? '', passed);

describe('paid at once', () => {
  test('created, confirmed, captured', async () => {
    const { id, state } = await run(engine, create());
    expect(state).toBe('awaiting_method');
    const paid = await run(engine, confirm(id));
    expect(paid).toMatchObject({ state: 'captured', captured: 2000n, authorized: 2000n });
    expect(await factTypes()).toEqual(['intent.created', 'intent.paid']);
    expect(await balanceOf(/^merchant/)).toMatchObject([{ posted: 1912n, pending: 0n }]);
    expect(await balanceOf(/^fees/)).toMatchObject([{ posted: 88n }]);
    expect(await fail(engine, confirm(id))).toMatchObject({ failure: 'intent_state' });
    expect(await fail(engine, cancelIntent(ACCOUNT, id, null))).toMatchObject({
      failure: 'intent_state',
    });
  });

  test('paid back in parts, and no more than was paid', async () => {
    const { id } = await run(engine, createPaid());
    await run(engine, refund(id, 500n));
    await run(engine, refund(id, 700n));
    expect(await fail(engine, refund(id, 801n))).toMatchObject({
      failure: 'refund_above_remaining',
      remaining: 800n,
    });
    expect(await run(engine, refund(id))).toMatchObject({ amount: 800n });
    expect(await fail(engine, refund(id, 1n))).toMatchObject({ failure: 'already_refunded' });
    const [intent] = await made.store.scan('intents', null, 1);
    expect(intent).toMatchObject({ state: 'captured', refunded: 2000n });
  });

  test('a decline, then another card', async () => {
    const { id } = await run(engine, create());
    const declined = await fail(engine, confirm(id, 'pm_card_chargeDeclinedInsufficientFunds'));
    expect(declined).toMatchObject({
      failure: 'declined',
      decline: { code: 'card_declined', declineCode: 'insufficient_funds' },
      intent: { state: 'awaiting_method', method: null },
    });
    expect(await run(engine, confirm(id))).toMatchObject({ state: 'captured', lastError: null });
    expect(await attemptStates()).toEqual(['failed', 'captured']);
  });

  test('a decline shows the method: its code checked only where a bank has looked', async () => {
    const shownBy = async (method: string, over = {}) => {
      const command = createPaid({ method, confirm: { ...PLAIN_CONFIRM, ...over } });
      const { intent } = (await fail(engine, command)) as { intent?: Intent };
      return intent?.lastError?.method;
    };
    const declined = await shownBy('pm_card_chargeDeclined');
    expect(declined).toMatchObject({ sealed: null, card: { last4: '0002', cvcCheck: 'pass' } });
    const unasked = await shownBy(NEEDS_CHALLENGE, { refuseAction: true });
    expect(unasked).toMatchObject({ sealed: null, card: { last4: '3220', cvcCheck: 'unchecked' } });
    const text = ':amount: > 1';
    const { predicate } = parsePredicate(text) as { predicate: Predicate };
    await run(engine, createRule(ACCOUNT, { action: 'block', text, predicate }));
    const blocked = await shownBy('pm_card_visa');
    expect(blocked).toMatchObject({ sealed: null, card: { last4: '4242', cvcCheck: 'unchecked' } });
  });

  test('an amount may change until something was paid', async () => {
    const { id } = await run(engine, create());
    await run(engine, updateIntent(ACCOUNT, id, { amount: 3100n }));
    expect(await run(engine, confirm(id))).toMatchObject({ captured: 3100n });
    expect(await fail(engine, updateIntent(ACCOUNT, id, { amount: 1n }))).toMatchObject({
      failure: 'intent_state',
      operation: 'change_amount',
    });
  });
});

describe('held first', () => {
  test('a part is captured, the rest is released', async () => {
    const { id, state } = await run(engine, createPaid(MANUAL));
    expect(state).toBe('authorized');
    expect(await balanceOf(/^merchant$/)).toMatchObject([{ posted: 0n, pending: 2000n }]);
    expect(await fail(engine, capture(id, { amount: 2001n }))).toMatchObject({
      failure: 'amount_above_capturable',
    });
    expect(await fail(engine, refund(id))).toMatchObject({ failure: 'refund_uncaptured' });
    const paid = await run(engine, capture(id, { amount: 1500n }));
    expect(paid).toMatchObject({ state: 'captured', captured: 1500n, released: 500n });
    expect(await balanceOf(/^merchant$/)).toEqual([]);
    expect(await fail(engine, capture(id))).toMatchObject({ failure: 'capture_released' });
    await run(engine, refund(id, 1000n));
    expect(await fail(engine, refund(id, 501n))).toMatchObject({
      failure: 'refund_above_remaining',
    });
    expect(await made.store.scan('jobs', null, 10)).toEqual([]);
  });

  test('captured in parts until nothing is left', async () => {
    const { id } = await run(engine, createPaid(MANUAL));
    const first = await run(engine, capture(id, { amount: 500n, final: false }));
    expect(first).toMatchObject({ state: 'authorized', captured: 500n, captureOpen: true });
    const last = await run(engine, capture(id, { amount: 1500n, final: false }));
    expect(last).toMatchObject({ state: 'captured', captured: 2000n, released: 0n });
    expect(await factTypes()).toEqual([
      'intent.created',
      'intent.authorized',
      'intent.captured_in_part',
      'intent.captured',
    ]);
  });

  test('canceled: the hold is voided', async () => {
    const { id } = await run(engine, createPaid(MANUAL));
    const canceled = await run(engine, cancelIntent(ACCOUNT, id, 'duplicate'));
    expect(canceled).toMatchObject({ state: 'canceled', released: 2000n });
    expect(await attemptStates()).toEqual(['released']);
    expect(await engine.balances(ACCOUNT)).toEqual([]);
    expect(await fail(engine, capture(id))).toMatchObject({ failure: 'intent_state' });
  });

  test('canceled after a part was captured: that part stays paid', async () => {
    const { id } = await run(engine, createPaid(MANUAL));
    await run(engine, capture(id, { amount: 500n, final: false }));
    const ended = await run(engine, cancelIntent(ACCOUNT, id, null));
    expect(ended).toMatchObject({
      state: 'captured',
      captured: 500n,
      released: 1500n,
      canceledAt: null,
    });
    expect(await attemptStates()).toEqual(['captured']);
    await run(engine, refund(id));
  });

  test('a hold ends by the clock after seven days', async () => {
    const { id } = await run(engine, createPaid(MANUAL));
    const jobs = startTestJobs(made);
    const stateNow = async () => (await made.store.scan('intents', null, 1))[0]?.state;
    made.clock.advance(7 * 24 * 3600 - 1);
    await jobs.runDue();
    expect(await stateNow()).toBe('authorized');
    made.clock.advance(1);
    await jobs.runDue();
    await jobs.stop();
    expect(await stateNow()).toBe('canceled');
    expect(await factTypes()).toEqual(['intent.created', 'intent.authorized', 'intent.expired']);
    expect(await fail(engine, capture(id))).toMatchObject({ failure: 'intent_state' });
  });
});

describe('challenged', () => {
  test('a right answer pays', async () => {
    const intent = await challenged();
    expect(await attemptStates()).toEqual([]);
    const paid = await run(engine, answer(intent, true));
    expect(paid).toMatchObject({ state: 'captured', challenge: null });
    expect(await fail(engine, answer(intent, true))).toMatchObject({ failure: 'intent_state' });
  });

  test('a wrong answer refuses the method', async () => {
    const intent = await challenged();
    expect(await fail(engine, answer(intent, false))).toMatchObject({
      failure: 'declined',
      decline: { code: 'payment_intent_authentication_failure' },
      intent: { state: 'awaiting_method', method: null },
    });
    expect(await run(engine, confirm(intent.id))).toMatchObject({ state: 'captured' });
  });

  test('somebody who does not know the secret changes nothing', async () => {
    const { id } = await challenged();
    expect(await fail(engine, answerChallenge(ACCOUNT, id, 'guess', true))).toMatchObject({
      failure: 'intent_state',
      operation: 'answer_challenge',
    });
  });

  test('with manual confirmation the answer waits to be confirmed', async () => {
    const intent = await challenged({ confirmationMethod: 'manual' });
    const waiting = await run(engine, answer(intent, true));
    expect(waiting).toMatchObject({
      state: 'awaiting_confirmation',
      authenticated: '2.2.0',
    });
    expect(await run(engine, confirm(intent.id, null))).toMatchObject({ state: 'captured' });
  });

  test('a passed challenge does not hold for another amount', async () => {
    const intent = await challenged({ confirmationMethod: 'manual' });
    await run(engine, answer(intent, true));
    await run(engine, updateIntent(ACCOUNT, intent.id, { amount: 9000n }));
    const again = await run(engine, confirm(intent.id, null));
    expect(again).toMatchObject({ state: 'awaiting_action', amount: 9000n });
  });

  test('a passed challenge does not hold for another method', async () => {
    const intent = await challenged({ confirmationMethod: 'manual' });
    await run(engine, answer(intent, true));
    const again = await run(engine, confirm(intent.id, NEEDS_CHALLENGE));
    expect(again.state).toBe('awaiting_action');
  });

  test('a caller that refuses actions is declined, and the intent waits for a method', async () => {
    const pay = createPaid({
      method: NEEDS_CHALLENGE,
      confirm: { ...PLAIN_CONFIRM, refuseAction: true },
    });
    expect(await fail(engine, pay)).toMatchObject({
      failure: 'action_refused',
      intent: { state: 'awaiting_method' },
    });
  });
});

describe('methods and customers', () => {
  const newMethod = () =>
    createMethod(ACCOUNT, {
      type: 'card',
      card: { number: '4242 4242 4242 4242', expMonth: 12, expYear: 2030, cvc: '123' },
      billing: {},
      metadata: {},
      allowRedisplay: 'unspecified',
      details: null,
    });

  test('a method without a customer pays once', async () => {
    const method = await run(engine, newMethod());
    await run(engine, createPaid({ method: method.id }));
    expect(await fail(engine, createPaid({ method: method.id }))).toMatchObject({
      failure: 'method_consumed',
      method: method.id,
    });
    const { id } = await run(engine, createCustomer(ACCOUNT, {}));
    expect(await fail(engine, attachMethod(ACCOUNT, method.id, id))).toMatchObject({
      failure: 'method_consumed',
    });
  });

  test('a payment for later use attaches its method', async () => {
    const customer = await run(engine, createCustomer(ACCOUNT, {}));
    const paid = await run(
      engine,
      createPaid({ customer: customer.id, futureUsage: 'off_session' }),
    );
    const [method] = await made.store.scan('methods', null, 5);
    expect(method).toMatchObject({
      id: paid.method,
      customer: customer.id,
      setUpFor: 'off_session',
      consumed: false,
    });
    const again = createPaid({ customer: customer.id, method: paid.method });
    expect(await run(engine, again)).toMatchObject({ state: 'captured' });
  });

  test("the customer's default method pays where none is named", async () => {
    const customer = await run(
      engine,
      createCustomer(ACCOUNT, { method: 'pm_card_visa', defaultMethod: 'pm_card_visa' }),
    );
    expect(customer.defaultMethod).not.toBeNull();
    const { id } = await run(engine, create({ customer: customer.id }));
    expect(await run(engine, confirm(id, null))).toMatchObject({
      state: 'captured',
      method: customer.defaultMethod,
    });
  });

  test("a customer's method does not pay for others", async () => {
    const customer = await run(engine, createCustomer(ACCOUNT, { method: 'pm_card_visa' }));
    const [method] = await made.store.scan('methods', null, 5);
    const own = method?.id ?? '';
    expect(method?.customer).toBe(customer.id);
    expect(await fail(engine, createPaid({ method: own }))).toMatchObject({
      failure: 'method_customer_missing',
    });
    const other = await run(engine, createCustomer(ACCOUNT, {}));
    expect(await fail(engine, createPaid({ method: own, customer: other.id }))).toMatchObject({
      failure: 'method_customer_mismatch',
    });
  });
});
