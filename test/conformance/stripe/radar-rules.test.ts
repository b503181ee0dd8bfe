import { readFileSync } from 'node:fs';
import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { RULE_ATTRIBUTES, RULES_MAX } from '../../../src/domain/rules.js';
import { openDocument, RUN_MS_MAX } from '../../support/document.js';
import { type Body, form, rawClient } from './raw-http.js';
import { failure, PAID, useTender } from './shop.js';

const fixture = useTender();

type Fields = Partial<Stripe.PaymentIntentCreateParams> & object;

/** A merchant, with plain requests for what the official client has no methods for. */
function newShop() {
  const { stripe, name } = fixture.newShop();
  const call = async (method: string, path: string, fields?: Body): Promise<Body> => {
    const { raw, close } = rawClient(fixture.tender.port, name);
    const reply = await raw(method, path, { form: fields && form(fields) });
    close();
    return reply.body;
  };
  const rule = async (action: string, predicate: string): Promise<string> => {
    const made = await call('POST', '/v1/radar/rules', { action, predicate });
    expect(made.error).toBeUndefined();
    return made.id;
  };
  /** Pays, and answers with the charge, whether it was paid or refused. */
  const charge = async (fields: Fields = {}): Promise<Stripe.Charge> => {
    const paying = stripe.paymentIntents.create({ ...PAID, ...fields });
    await paying.catch(() => {});
    const { data } = await stripe.charges.list({ limit: 1 });
    return data[0] as Stripe.Charge;
  };
  return { stripe, name, call, rule, charge };
}

describe('a rule that blocks', () => {
  test('refuses the payment before any bank is asked, and is named by the charge', async () => {
    const { stripe, rule, charge } = newShop();
    const id = await rule('block', ":amount: > 1000 and :card_country: = 'US'");
    const refused = await failure(stripe.paymentIntents.create(PAID));
    expect(refused).toMatchObject({
      status: 402,
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'fraudulent',
    });
    expect(refused.payment_intent).toMatchObject({ status: 'requires_payment_method' });
    const blocked = await stripe.charges.retrieve(refused.charge ?? '');
    expect(blocked).toMatchObject({ status: 'failed', paid: false, failure_code: 'card_declined' });
    expect(blocked.outcome).toMatchObject({
      type: 'blocked',
      reason: 'rule',
      rule: id,
      network_status: 'not_sent_to_network',
    });
    const { checks } = blocked.payment_method_details?.card ?? {};
    expect(checks?.cvc_check).toBe('unchecked');
    expect((await charge({ amount: 1000 })).outcome).toMatchObject({ type: 'authorized' });
    expect((await charge({ payment_method: 'pm_card_br' })).outcome?.type).toBe('authorized');
  });

  test('goes by metadata, as they are when it is tried', async () => {
    const { stripe, rule } = newShop();
    await rule('block', "::metadata[order_type]:: = 'gift'");
    const { id } = await stripe.paymentIntents.create({
      ...PAID,
      confirm: false,
      metadata: { order_type: 'gift' },
    });
    expect((await failure(stripe.paymentIntents.confirm(id))).decline_code).toBe('fraudulent');
    await stripe.paymentIntents.update(id, { metadata: { order_type: 'own' } });
    const again = { payment_method: 'pm_card_visa' };
    expect((await stripe.paymentIntents.confirm(id, again)).status).toBe('succeeded');
  });

  test('stops a challenge from being asked', async () => {
    const { stripe, rule } = newShop();
    const card = { ...PAID, payment_method: 'pm_card_authenticationRequired' };
    expect((await stripe.paymentIntents.create(card)).status).toBe('requires_action');
    await rule('block', ':amount: > 1');
    expect((await failure(stripe.paymentIntents.create(card))).decline_code).toBe('fraudulent');
  });

  test('finds a card by its fingerprint, and a customer by the id', async () => {
    const { stripe, rule, charge } = newShop();
    const first = await charge();
    const fingerprint = first.payment_method_details?.card?.fingerprint;
    const { id: customer } = await stripe.customers.create({});
    const by = [
      await rule('block', `:card_fingerprint: = '${fingerprint}'`),
      await rule('block', `:customer: in ('${customer}')`),
    ];
    expect((await charge()).outcome?.rule).toBe(by[0]);
    const other = { payment_method: 'pm_card_mastercard' };
    expect((await charge(other)).outcome?.type).toBe('authorized');
    expect((await charge({ ...other, customer })).outcome?.rule).toBe(by[1]);
  });

  test('asks nothing of a payment that is not by card', async () => {
    const { stripe, rule } = newShop();
    await rule('block', ':amount: > 1');
    const debit = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_usBankAccount_success',
      mandate_data: { customer_acceptance: { type: 'offline' } },
      ...({ payment_method_types: ['us_bank_account'] } as object),
    });
    expect(debit.status).toBe('processing');
  });
});

describe('a rule that does not block', () => {
  test('puts a paid charge into review', async () => {
    const { rule, charge } = newShop();
    const id = await rule('review', ":card_funding: = 'credit'");
    const { paid, outcome } = await charge();
    expect([paid, outcome]).toMatchObject([
      true,
      { type: 'manual_review', reason: 'rule', rule: id, network_status: 'approved_by_network' },
    ]);
  });

  test('allows what another blocks, and what was too risky', async () => {
    const { rule, charge } = newShop();
    const risky = await charge({ payment_method: 'pm_card_riskLevelHighest' });
    expect(risky.outcome).toMatchObject({ type: 'authorized', risk_level: 'highest' });
    const number = { payment_method: 'pm_card_radarBlock' };
    expect((await charge(number)).outcome).toMatchObject({
      type: 'blocked',
      reason: 'highest_risk_level',
    });
    await rule('block', ':amount: > 1');
    const id = await rule('allow', ":currency: = 'usd'");
    expect((await charge(number)).outcome).toMatchObject({
      type: 'authorized',
      reason: 'rule',
      rule: id,
      risk_level: 'highest',
    });
    // A bank says no to whatever its merchant allows.
    const declined = await charge({ payment_method: 'pm_card_chargeDeclined' });
    expect(declined.outcome).toMatchObject({ type: 'issuer_declined' });
  });
});

describe('the rules of an account', () => {
  test('are listed, read, and deleted: then they are not asked any more', async () => {
    const { call, rule, charge } = newShop();
    const review = await rule('review', ':amount: > 1');
    const block = await rule('block', ':amount: > 1');
    const { data } = await call('GET', '/v1/radar/rules');
    expect(data.map((one: Body) => one.id)).toEqual([block, review]);
    const read = await call('GET', `/v1/radar/rules/${block}`);
    expect(read).toEqual(data[0]);
    expect(read).toEqual({
      id: block,
      object: 'radar.rule',
      action: 'block',
      created: expect.any(Number),
      livemode: false,
      predicate: ':amount: > 1',
    });
    const before = await charge();
    expect(await call('DELETE', `/v1/radar/rules/${block}`)).toEqual({
      id: block,
      object: 'radar.rule',
      deleted: true,
    });
    expect((await charge()).outcome?.rule).toBe(review);
    expect(before.outcome?.rule).toBe(block);
    const gone = await call('GET', `/v1/radar/rules/${block}`);
    expect(gone.error).toMatchObject({ code: 'resource_missing', message: expect.any(String) });
  });

  test('are refused with the place where one cannot be read', async () => {
    const { call } = newShop();
    const make = (fields: Body) => call('POST', '/v1/radar/rules', fields);
    expect((await make({ action: 'block', predicate: ':amount: > many' })).error).toMatchObject({
      param: 'predicate',
      message:
        'The predicate should have a whole number of minor units, up to 15 digits at character 12.',
    });
    expect((await make({ action: 'ban', predicate: ':amount: > 1' })).error.param).toBe('action');
    expect((await make({ action: 'block' })).error.code).toBe('parameter_missing');
    const expanded = await make({ action: 'block', predicate: ':amount: > 1', 'expand[]': 'x' });
    expect(expanded.error.message).toContain('cannot be expanded');
    expect((await call('GET', '/v1/radar/rules')).data).toEqual([]);
  });

  test('are so many at most', async () => {
    const { call, rule } = newShop();
    for (let i = 0; i < RULES_MAX; i++) await rule('review', `:amount: = ${i}`);
    const beyond = { action: 'block', predicate: ':amount: > 1' };
    expect((await call('POST', '/v1/radar/rules', beyond)).error.message).toBe(
      `You have reached the maximum of ${RULES_MAX} rules for this account.`,
    );
  });
});

test('the document of the rules does what it says', { timeout: RUN_MS_MAX }, async () => {
  const replaced = { 4400: `${fixture.tender.port}` };
  const document = openDocument('docs/integrate/rules.md', { replaced });
  try {
    const made = await document.runAll();
    expect(made).toHaveLength(2);
    for (const { printed } of made) expect(printed).toContain('"object": "radar.rule"');
  } finally {
    document.close();
  }
  const text = readFileSync(new URL('../../../docs/integrate/rules.md', import.meta.url), 'utf8');
  const named = [...text.matchAll(/^\| `:(\w+):` \|/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual([...RULE_ATTRIBUTES].sort());
});
