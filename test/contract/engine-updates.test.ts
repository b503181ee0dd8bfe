import { describe, expect, test } from 'vitest';
import { updateAccount } from '../../src/engine/accounts.js';
import { checkoutLink } from '../../src/engine/checkout-links.js';
import { createCustomer, deleteCustomer, updateCustomer } from '../../src/engine/customers.js';
import { updateIntent } from '../../src/engine/intents.js';
import { createRefund, updateAttempt, updateRefund } from '../../src/engine/refunds.js';
import { useTestEngine } from '../support/engine-suite.js';
import { ACCOUNT, create, createPaid, fail, refund, run } from '../support/payments.js';

const made = useTestEngine();

const newCustomer = (input = {}) => run(made.engine, createCustomer(ACCOUNT, input));
/** What was told last, with its snapshots read. */
async function lastFact() {
  const fact = (await made.store.scan('facts', null, 100)).at(-1);
  const read = (text: string | null | undefined) => (text ? JSON.parse(text) : null);
  const { attempt, refund: paidBack, customer } = fact ?? {};
  const subjects = { attempt: read(attempt), refund: read(paidBack), customer: read(customer) };
  return { type: fact?.type, previous: fact?.previous, subjects };
}
async function paidAttempt() {
  const { id, latestAttempt } = await run(made.engine, createPaid());
  if (latestAttempt === null) throw new Error('nobody tried');
  return { intent: id, attempt: latestAttempt };
}

describe('what a merchant says of a refund', () => {
  test('is laid over what there is, and told with what it was', async () => {
    const { intent, attempt } = await paidAttempt();
    const { id } = await run(made.engine, refund(intent, 500n));
    const changed = await run(
      made.engine,
      updateRefund(ACCOUNT, id, (old) => ({ ...old, order: '7' })),
    );
    expect(changed).toMatchObject({ id, metadata: { order: '7' }, amount: 500n });
    expect(await lastFact()).toMatchObject({
      type: 'refund.updated',
      subjects: { refund: { id, metadata: { order: '7' } }, attempt: { id: attempt } },
      previous: { metadata: {} },
    });
  });

  test('is refused where there is none', async () => {
    const failure = await fail(
      made.engine,
      updateRefund(ACCOUNT, 're_none', (old) => old),
    );
    expect(failure).toEqual({
      failure: 'missing',
      kind: 'refund',
      id: 're_none',
      where: 'path',
      param: 'id',
    });
  });
});

describe('a refund', () => {
  const asked = (over: object) =>
    createRefund(ACCOUNT, {
      attempt: null,
      intent: null,
      amount: null,
      reason: null,
      metadata: {},
      instructionsEmail: null,
      wire: {},
      ...over,
    });

  test('names the try that is paid back, or its intent', async () => {
    const { intent, attempt } = await paidAttempt();
    const first = await run(made.engine, asked({ attempt, amount: 500n }));
    expect(first).toMatchObject({ attempt, intent, amount: 500n });
    const rest = await run(made.engine, asked({ intent }));
    expect(rest).toMatchObject({ attempt, intent, amount: 1500n });
    const failure = await fail(made.engine, asked({ attempt }));
    expect(failure).toMatchObject({ failure: 'already_refunded', attempt: { id: attempt } });
  });

  test('of what is not there or not paid says which of the two it is', async () => {
    const { id: intent } = await run(made.engine, create());
    const where = 'body';
    expect(await fail(made.engine, asked({ attempt: 'ch_none' }))).toEqual({
      failure: 'missing',
      kind: 'attempt',
      id: 'ch_none',
      where,
      param: 'charge',
    });
    expect(await fail(made.engine, asked({ intent: 'pi_none' }))).toEqual({
      failure: 'missing',
      kind: 'intent',
      id: 'pi_none',
      where,
      param: 'payment_intent',
    });
    expect(await fail(made.engine, asked({ intent }))).toEqual({
      failure: 'no_charge_to_refund',
      intent,
    });
  });
});

describe('what a merchant says of a try', () => {
  const change = (id: string, changes: Parameters<typeof updateAttempt>[2]) =>
    updateAttempt(ACCOUNT, id, changes);

  test('is laid over what there is, and told with what it was', async () => {
    const { attempt } = await paidAttempt();
    const { id: customer } = await newCustomer();
    await run(made.engine, change(attempt, { wire: { a: 1 }, description: 'first' }));
    const changed = await run(
      made.engine,
      change(attempt, {
        customer,
        description: 'second',
        metadata: (old) => ({ ...old, order: '7' }),
        wire: { b: 2 },
      }),
    );
    const wire = { a: 1, b: 2 };
    const metadata = { order: '7' };
    expect(changed).toMatchObject({ customer, description: 'second', metadata, wire });
    expect(await made.store.scan('attempts', null, 9)).toMatchObject([
      { customer, metadata, wire },
    ]);
    expect(await lastFact()).toMatchObject({
      type: 'attempt.updated',
      subjects: { attempt: { id: attempt, description: 'second' } },
      previous: { customer: null, description: 'first', metadata: {} },
    });
    const kept = await run(made.engine, change(attempt, { receiptEmail: 'a@shop.example' }));
    expect(kept).toMatchObject({ customer, metadata, wire, receiptEmail: 'a@shop.example' });
    expect(await run(made.engine, change(attempt, { customer: null }))).toMatchObject({
      customer: null,
      metadata,
    });
  });

  test('is refused where there is no such try or no such customer', async () => {
    const { attempt } = await paidAttempt();
    expect(await fail(made.engine, change('ch_none', { description: 'x' }))).toEqual({
      failure: 'missing',
      kind: 'attempt',
      id: 'ch_none',
      where: 'path',
      param: 'charge',
    });
    expect(await fail(made.engine, change(attempt, { customer: 'cus_none' }))).toEqual({
      failure: 'missing',
      kind: 'customer',
      id: 'cus_none',
      where: 'body',
      param: 'customer',
    });
    expect(await made.store.scan('attempts', null, 9)).toMatchObject([{ customer: null }]);
  });
});

describe('a customer', () => {
  const attached = async (customer: string) =>
    (await made.store.scan('methods', null, 9)).filter((method) => method.customer === customer);

  test('is changed in what is said, and the change is told', async () => {
    const { id } = await newCustomer({ name: 'Ann', email: 'a@shop.example', wire: { a: 1 } });
    const changed = await run(
      made.engine,
      updateCustomer(ACCOUNT, id, { name: 'Bob', wire: { b: 2 } }),
    );
    expect(changed).toMatchObject({ name: 'Bob', email: 'a@shop.example', wire: { a: 1, b: 2 } });
    expect(await lastFact()).toMatchObject({
      type: 'customer.updated',
      previous: { name: 'Ann' },
    });
  });

  test('that is deleted leaves its methods used up, and those of others alone', async () => {
    const { id } = await newCustomer({ method: 'pm_card_visa' });
    const { id: other } = await newCustomer({ method: 'pm_card_mastercard' });
    const [own] = await attached(id);
    const [foreign] = await attached(other);
    if (own === undefined || foreign === undefined) throw new Error('nothing is attached');
    const gone = await run(
      made.engine,
      deleteCustomer(ACCOUNT, id, [own.id, foreign.id, 'pm_none']),
    );
    expect(gone).toMatchObject({ id, deleted: true });
    expect(await attached(other)).toEqual([foreign]);
    const left = (await made.store.scan('methods', null, 9)).find((method) => method.id === own.id);
    expect(left).toMatchObject({ customer: null, consumed: true });
    expect(await lastFact()).toMatchObject({
      type: 'customer.deleted',
      subjects: { customer: { id, deleted: 0 } },
    });
    const again = await fail(made.engine, deleteCustomer(ACCOUNT, id, []));
    expect(again).toMatchObject({ failure: 'missing', kind: 'customer', id, where: 'path' });
  });

  test('pays by default with what is attached to it, and with nothing else', async () => {
    const { id } = await newCustomer({ method: 'pm_card_visa', defaultMethod: 'pm_card_visa' });
    const [own] = await attached(id);
    const choose = (customer: string, defaultMethod: string | null) =>
      updateCustomer(ACCOUNT, customer, { defaultMethod });
    expect(await made.store.scan('customers', null, 9)).toMatchObject([{ defaultMethod: own?.id }]);
    expect(await run(made.engine, choose(id, null))).toMatchObject({ defaultMethod: null });
    expect(await run(made.engine, choose(id, own?.id ?? ''))).toMatchObject({
      defaultMethod: own?.id,
    });
    const { id: other } = await newCustomer();
    expect(await fail(made.engine, choose(other, own?.id ?? ''))).toMatchObject({
      failure: 'method_customer_mismatch',
      customer: other,
    });
    expect(await fail(made.engine, choose(other, 'pm_none'))).toEqual({
      failure: 'missing',
      kind: 'method',
      id: 'pm_none',
      where: 'body',
      param: 'invoice_settings[default_payment_method]',
    });
  });
});

test('a payment that is made can be told of still, and not changed in its amount', async () => {
  const { id } = await run(made.engine, createPaid());
  const told = await run(made.engine, updateIntent(ACCOUNT, id, { description: 'two chairs' }));
  expect(told).toMatchObject({ state: 'captured', description: 'two chairs', amount: 2000n });
  const refusal = { failure: 'intent_state', operation: 'change_amount' };
  const change = (input: object) => fail(made.engine, updateIntent(ACCOUNT, id, input));
  expect(await change({ amount: 2001n })).toMatchObject(refusal);
  expect(await change({ currency: 'eur' })).toMatchObject(refusal);
  const same = { amount: 2000n, currency: 'usd' };
  expect(await run(made.engine, updateIntent(ACCOUNT, id, same))).toMatchObject(same);
});

test('a checkout has one link, which leads to its intent', async () => {
  const { id } = await run(made.engine, create());
  const entry = await run(made.engine, checkoutLink(ACCOUNT, id));
  expect(entry).toMatchObject({
    id: expect.stringMatching(/^link_[0-9A-Za-z]{32}$/),
    kind: 'intent',
    subject: id,
  });
  expect(await run(made.engine, checkoutLink(ACCOUNT, id))).toEqual(entry);
  expect(await made.store.scan('directory', null, 9)).toEqual([entry]);
  expect(await fail(made.engine, checkoutLink(ACCOUNT, 'pi_none'))).toMatchObject({
    failure: 'missing',
  });
});

test('what an account says of itself gets its row once, and is changed in it after', async () => {
  const change = (statementDescriptorPrefix: string) =>
    run(made.engine, updateAccount('acct_new', { statementDescriptorPrefix }));
  expect(await change('FIRST')).toMatchObject({
    statementDescriptorPrefix: 'FIRST',
    created: Math.floor(made.clock.ms / 1000),
  });
  expect(await change('SECOND')).toMatchObject({ statementDescriptorPrefix: 'SECOND' });
  const stored = (await made.store.scan('accounts', null, 9)).filter(({ id }) => id === 'acct_new');
  expect(stored).toMatchObject([{ statementDescriptorPrefix: 'SECOND' }]);
});
