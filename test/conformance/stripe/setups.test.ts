import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { CARD_ONLY, eventTypes, expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();
const RETURN_URL = 'https://shop.example/back';

const SAVE = { ...CARD_ONLY, confirm: true } as const;

async function newCustomer(stripe: Stripe): Promise<string> {
  return (await stripe.customers.create({})).id;
}

/** Where the customer is sent, by redirect or by the client's script. */
function challengeUrl({ next_action }: Stripe.SetupIntent): string {
  const url =
    next_action?.redirect_to_url?.url ??
    (next_action?.use_stripe_sdk as { stripe_js?: string } | undefined)?.stripe_js;
  if (!url) throw new Error('nothing to be answered');
  return url;
}

function answer(url: string, value: string): Promise<Response> {
  const body = new URLSearchParams({ answer: value });
  return fetch(url, { method: 'POST', body, redirect: 'manual' });
}

describe('saving a card', () => {
  test('a setup is created bare, gets a method, is confirmed, and attaches it', async () => {
    const { stripe } = fixture.newShop();
    const customer = await newCustomer(stripe);
    const created = await stripe.setupIntents.create({
      customer,
      description: 'the first card',
      metadata: { plan: 'gold' },
      ...CARD_ONLY,
    });
    expect(created).toMatchObject({
      id: expect.stringMatching(/^seti_[0-9A-Za-z]{24}$/),
      status: 'requires_payment_method',
      usage: 'off_session',
      customer,
      description: 'the first card',
      metadata: { plan: 'gold' },
      payment_method_types: ['card'],
      automatic_payment_methods: null,
      latest_attempt: null,
      mandate: null,
    });
    expect(created.client_secret).toMatch(new RegExp(`^${created.id}_secret_[0-9A-Za-z]{31}$`));
    const updated = await stripe.setupIntents.update(created.id, {
      payment_method: 'pm_card_visa',
      metadata: { plan: '', more: '1' },
    });
    expect(updated).toMatchObject({ status: 'requires_confirmation', metadata: { more: '1' } });
    const saved = await stripe.setupIntents.confirm(created.id, {
      expand: ['latest_attempt.payment_method', 'payment_method', 'customer'],
    });
    expect(saved).toMatchObject({
      status: 'succeeded',
      payment_method: { customer, card: { checks: { cvc_check: 'pass' } } },
      customer: { id: customer },
      latest_attempt: {
        object: 'setup_attempt',
        status: 'succeeded',
        setup_error: null,
        setup_intent: created.id,
        usage: 'off_session',
        payment_method: { id: updated.payment_method },
        payment_method_details: { type: 'card', card: { last4: '4242', three_d_secure: null } },
      },
      mandate: null,
    });
    const list = await stripe.setupIntents.list({ customer });
    expect(list.data.map(({ id }) => id)).toEqual([created.id]);
    expect(await eventTypes(stripe)).toEqual([
      'customer.created',
      'setup_intent.created',
      'payment_method.attached',
      'setup_intent.succeeded',
    ]);
  });

  test('without a customer nothing is attached, and a later customer can have it', async () => {
    const { stripe } = fixture.newShop();
    const setup = await stripe.setupIntents.create({
      ...SAVE,
      payment_method: 'pm_card_visa',
      usage: 'on_session',
    });
    expect(setup).toMatchObject({ status: 'succeeded', usage: 'on_session', customer: null });
    const customer = await newCustomer(stripe);
    const method = await stripe.paymentMethods.attach(setup.payment_method as string, { customer });
    expect(method.customer).toBe(customer);
    expect(await eventTypes(stripe)).toEqual([
      'setup_intent.created',
      'setup_intent.succeeded',
      'customer.created',
      'payment_method.attached',
    ]);
  });

  test('automatic methods are what a setup takes that names none', async () => {
    const { stripe } = fixture.newShop();
    const setup = await stripe.setupIntents.create({});
    expect(setup.automatic_payment_methods).toEqual({ allow_redirects: 'always', enabled: true });
    expect(setup.payment_method_configuration_details?.id).toMatch(/^pmc_/);
    const none = await stripe.setupIntents.create({
      automatic_payment_methods: { enabled: false },
    });
    expect(none.automatic_payment_methods).toBeNull();
  });

  test('a method described in place is made and saved', async () => {
    const { stripe } = fixture.newShop();
    const customer = await newCustomer(stripe);
    const card = { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' };
    const setup = await stripe.setupIntents.create({
      ...SAVE,
      customer,
      payment_method_data: { type: 'card', card } as never,
      expand: ['payment_method'],
    });
    expect(expanded(setup.payment_method)).toMatchObject({ customer, card: { last4: '4242' } });
  });

  test('the merchant’s own account can be what a method is saved for', async () => {
    const { stripe } = fixture.newShop();
    const setup = await stripe.setupIntents.create({
      ...SAVE,
      payment_method: 'pm_card_visa',
      attach_to_self: true,
      flow_directions: ['inbound', 'outbound'],
      expand: ['latest_attempt'],
    });
    const both = { attach_to_self: true, flow_directions: ['inbound', 'outbound'] };
    expect(setup).toMatchObject({ ...both, status: 'succeeded', latest_attempt: both });
    const own = await stripe.setupIntents.list({ attach_to_self: true });
    expect(own.data.map(({ id }) => id)).toEqual([setup.id]);
    expect((await stripe.setupIntents.list({ attach_to_self: false })).data).toEqual([]);
    const customer = await newCustomer(stripe);
    expect(
      await failure(stripe.setupIntents.create({ attach_to_self: true, customer })),
    ).toMatchObject({ status: 400, code: 'parameters_exclusive' });
  });

  test('lists filter by the saved method', async () => {
    const { stripe } = fixture.newShop();
    const setup = await stripe.setupIntents.create({ ...SAVE, payment_method: 'pm_card_visa' });
    await stripe.setupIntents.create({ ...SAVE, payment_method: 'pm_card_visa' });
    const found = await stripe.setupIntents.list({
      payment_method: setup.payment_method as string,
    });
    expect(found.data.map(({ id }) => id)).toEqual([setup.id]);
  });
});

describe('a challenge', () => {
  async function challenged(stripe: Stripe, more: object = {}): Promise<Stripe.SetupIntent> {
    const setup = await stripe.setupIntents.create({
      ...SAVE,
      payment_method: 'pm_card_authenticationRequired',
      return_url: RETURN_URL,
      ...more,
    });
    expect(setup.status).toBe('requires_action');
    return setup;
  }

  test('is shown by redirect, completed, and saves', async () => {
    const { stripe } = fixture.newShop();
    const customer = await newCustomer(stripe);
    const setup = await challenged(stripe, { customer });
    const url = challengeUrl(setup);
    expect(setup.next_action).toEqual({
      type: 'redirect_to_url',
      redirect_to_url: { return_url: RETURN_URL, url },
    });
    const page = await (await fetch(url)).text();
    expect(page).toContain('Save for later payments');
    const reply = await answer(url, 'complete');
    expect(reply.status).toBe(303);
    const location = new URL(reply.headers.get('location') ?? '');
    expect(Object.fromEntries(location.searchParams)).toEqual({
      setup_intent: setup.id,
      setup_intent_client_secret: setup.client_secret,
      redirect_status: 'succeeded',
    });
    const saved = await stripe.setupIntents.retrieve(setup.id, { expand: ['latest_attempt'] });
    expect(saved).toMatchObject({
      status: 'succeeded',
      next_action: null,
      latest_attempt: {
        id: setup.latest_attempt,
        status: 'succeeded',
        payment_method_details: {
          card: { three_d_secure: { result: 'authenticated', version: '2.2.0' } },
        },
      },
    });
    expect((await eventTypes(stripe)).slice(1)).toEqual([
      'setup_intent.created',
      'setup_intent.requires_action',
      'payment_method.attached',
      'setup_intent.succeeded',
    ]);
    expect((await answer(url, 'complete')).status).toBe(404);
  });

  test('is failed, and the setup waits for another method', async () => {
    const { stripe } = fixture.newShop();
    const setup = await challenged(stripe, { return_url: undefined });
    expect(setup.next_action?.type).toBe('use_stripe_sdk');
    await answer(challengeUrl(setup), 'fail');
    const failed = await stripe.setupIntents.retrieve(setup.id, { expand: ['latest_attempt'] });
    expect(failed).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      last_setup_error: {
        code: 'setup_intent_authentication_failure',
        type: 'invalid_request_error',
        payment_method: { id: setup.payment_method },
      },
      latest_attempt: {
        status: 'failed',
        setup_error: { code: 'setup_intent_authentication_failure' },
      },
    });
    const again = await stripe.setupIntents.confirm(setup.id, { payment_method: 'pm_card_visa' });
    expect(again).toMatchObject({ status: 'succeeded', last_setup_error: null });
    const tries = await stripe.setupAttempts.list({ setup_intent: setup.id });
    expect(tries.data.map(({ status }) => status)).toEqual(['succeeded', 'failed']);
    expect(await eventTypes(stripe)).toEqual([
      'setup_intent.created',
      'setup_intent.requires_action',
      'setup_intent.setup_failed',
      'setup_intent.succeeded',
    ]);
  });

  test('is abandoned for another method, and when the setup is canceled', async () => {
    const { stripe } = fixture.newShop();
    const setup = await challenged(stripe);
    const other = await stripe.setupIntents.confirm(setup.id, {
      payment_method: 'pm_card_threeDSecure2Required',
    });
    expect(other.status).toBe('requires_action');
    expect((await answer(challengeUrl(setup), 'complete')).status).toBe(404);
    const canceled = await stripe.setupIntents.cancel(setup.id, {
      cancellation_reason: 'abandoned',
    });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    const tries = await stripe.setupAttempts.list({ setup_intent: setup.id });
    expect(tries.data.map(({ status }) => status)).toEqual(['abandoned', 'abandoned']);
    expect((await eventTypes(stripe)).at(-1)).toBe('setup_intent.canceled');
  });

  test('comes when the merchant asks for it', async () => {
    const { stripe } = fixture.newShop();
    const setup = await stripe.setupIntents.create({
      ...SAVE,
      payment_method: 'pm_card_visa',
      payment_method_options: { card: { request_three_d_secure: 'any' } },
    });
    expect(setup).toMatchObject({
      status: 'requires_action',
      payment_method_options: { card: { request_three_d_secure: 'any' } },
    });
  });

  test('is answered to nobody who changed the method’s owner meanwhile', async () => {
    const { stripe } = fixture.newShop();
    const setup = await challenged(stripe);
    const customer = await newCustomer(stripe);
    await stripe.paymentMethods.attach(setup.payment_method as string, { customer });
    expect((await answer(challengeUrl(setup), 'complete')).status).toBe(404);
    const stays = await stripe.setupIntents.retrieve(setup.id);
    expect(stays.status).toBe('requires_action');
  });
});

describe('test cards, saved and then charged without their holder', () => {
  async function saved(stripe: Stripe, card: string, usage: 'on_session' | 'off_session') {
    const customer = await newCustomer(stripe);
    let setup = await stripe.setupIntents.create({
      ...SAVE,
      customer,
      payment_method: card,
      usage,
    });
    const asked = setup.status === 'requires_action';
    if (asked) await answer(challengeUrl(setup), 'complete');
    setup = await stripe.setupIntents.retrieve(setup.id);
    expect(setup.status).toBe('succeeded');
    const method = setup.payment_method as string;
    const charge = () =>
      stripe.paymentIntents.create({
        ...PAID,
        customer,
        payment_method: method,
        off_session: true,
      });
    return { asked, charge };
  }

  test.each([
    ['pm_card_visa', false],
    ['pm_card_authenticationRequiredOnSetup', true],
    ['pm_card_authenticationRequiredSetupForOffSession', true],
    ['pm_card_threeDSecureOptional', false],
  ])('%s pays', async (card, isAsked) => {
    const { stripe } = fixture.newShop();
    const { asked, charge } = await saved(stripe, card, 'off_session');
    expect(asked).toBe(isAsked);
    expect((await charge()).status).toBe('succeeded');
  });

  test('one that was set up for its holder’s presence alone asks for the holder', async () => {
    const { stripe } = fixture.newShop();
    const card = 'pm_card_authenticationRequiredOnSetup';
    const { charge } = await saved(stripe, card, 'on_session');
    expect(await failure(charge())).toMatchObject({ code: 'authentication_required' });
  });

  test('one that always asks asks again', async () => {
    const { stripe } = fixture.newShop();
    const { charge } = await saved(stripe, 'pm_card_authenticationRequired', 'off_session');
    expect(await failure(charge())).toMatchObject({ code: 'authentication_required' });
  });

  test.each([['pm_card_chargeCustomerFail', 'generic_decline']])(
    '%s is saved and then declined',
    async (card, declineCode) => {
      const { stripe } = fixture.newShop();
      const { charge } = await saved(stripe, card, 'off_session');
      expect(await failure(charge())).toMatchObject({ decline_code: declineCode });
    },
  );
});

describe('cards that banks will not have saved', () => {
  test.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'expired_card'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', 'processing_error'],
  ])('%s ends with %s, %s', async (card, code, declineCode) => {
    const { stripe } = fixture.newShop();
    const setup = await stripe.setupIntents.create({ ...CARD_ONLY });
    const error = await failure(stripe.setupIntents.confirm(setup.id, { payment_method: card }));
    expect(error).toMatchObject({
      status: 402,
      type: 'card_error',
      code,
      decline_code: declineCode,
      payment_method: { card: { checks: { cvc_check: 'pass' } } },
      setup_intent: { id: setup.id, status: 'requires_payment_method', payment_method: null },
    });
    expect(error).not.toHaveProperty('payment_intent');
    expect(error).not.toHaveProperty('charge');
    const after = await stripe.setupIntents.retrieve(setup.id, { expand: ['latest_attempt'] });
    expect(after).toMatchObject({
      last_setup_error: { code, decline_code: declineCode, message: error.message },
      latest_attempt: { status: 'failed', setup_error: { code } },
    });
    expect(after.last_setup_error).not.toHaveProperty('payment_method_type');
    expect(await eventTypes(stripe)).toEqual(['setup_intent.created', 'setup_intent.setup_failed']);
  });

  test('an expired one names its expiry and the bank’s advice', async () => {
    const { stripe } = fixture.newShop();
    const card = 'pm_card_chargeDeclinedExpiredCard';
    const error = await failure(stripe.setupIntents.create({ ...SAVE, payment_method: card }));
    expect(error).toMatchObject({
      param: 'exp_month',
      message: 'Your card has expired.',
      advice_code: 'confirm_card_data',
      network_advice_code: '03',
      network_decline_code: '54',
    });
  });
});
