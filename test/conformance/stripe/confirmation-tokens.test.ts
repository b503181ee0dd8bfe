import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { rawClient } from './raw-http.js';
import { failure, useTender } from './shop.js';

const fixture = useTender();

const SHIPPING = { address: { line1: '1 High Street', city: 'London' }, name: 'Ada', phone: '1' };

/** What stripe.js posts, as a form. */
const TYPED =
  'payment_method_data[type]=card&payment_method_data[card][number]=4242424242424242&' +
  'payment_method_data[card][exp_month]=12&payment_method_data[card][exp_year]=2040&' +
  'payment_method_data[card][cvc]=123&payment_method_data[billing_details][name]=Ada';

/** A token made by a browser: the whole answer. */
async function fromBrowser(name: string, fields: string) {
  const { raw, close } = rawClient(fixture.tender.port, name);
  const reply = await raw('POST', '/v1/confirmation_tokens', {
    as: null,
    form: fields,
    headers: { authorization: `Bearer pk_test_${name}`, 'user-agent': 'a browser' },
  });
  close();
  return reply;
}

const AMOUNT = { amount: 2000, currency: 'usd' } as const;

async function testToken(
  stripe: Stripe,
  more: Parameters<Stripe['testHelpers']['confirmationTokens']['create']>[0] = {},
): Promise<Stripe.ConfirmationToken> {
  return stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa', ...more });
}

describe('a confirmation token', () => {
  test('that a browser made pays once, with what the customer entered', async () => {
    const { name, stripe } = fixture.newShop();
    const { status, body } = await fromBrowser(
      name,
      `${TYPED}&return_url=https://shop.example/back&setup_future_usage=off_session&` +
        'shipping[name]=Ada&shipping[address][line1]=1 High Street&client_context[mode]=payment&' +
        'mandate_data[customer_acceptance][type]=online&' +
        'mandate_data[customer_acceptance][online][infer_from_client]=true',
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'confirmation_token',
      mandate_data: { customer_acceptance: { online: { user_agent: 'a browser' } } },
      payment_intent: null,
      payment_method_preview: { type: 'card', card: { last4: '4242' } },
      setup_future_usage: 'off_session',
      use_stripe_sdk: true,
    });
    expect(body.expires_at - body.created).toBe(12 * 3600);
    expect(body.payment_method_preview).not.toHaveProperty('id');
    expect(JSON.stringify(body)).not.toContain('4242424242424242');
    const customer = await stripe.customers.create({});
    const paid = await stripe.paymentIntents.create({
      ...AMOUNT,
      customer: customer.id,
      confirm: true,
      confirmation_token: body.id,
    });
    expect(paid).toMatchObject({
      status: 'succeeded',
      setup_future_usage: 'off_session',
      shipping: { name: 'Ada', address: { line1: '1 High Street' } },
    });
    const saved = await stripe.paymentMethods.retrieve(String(paid.payment_method));
    expect(saved).toMatchObject({ customer: customer.id, billing_details: { name: 'Ada' } });
    const used = await stripe.confirmationTokens.retrieve(body.id);
    expect(used.payment_intent).toBe(paid.id);
  });

  test('is good for one intent, even when the payment is declined', async () => {
    const { stripe } = fixture.newShop();
    const token = await testToken(stripe, { payment_method: 'pm_card_chargeDeclined' });
    const intent = await stripe.paymentIntents.create(AMOUNT);
    const pay = () => stripe.paymentIntents.confirm(intent.id, { confirmation_token: token.id });
    expect(await failure(pay())).toMatchObject({ status: 402, code: 'card_declined' });
    const again = await failure(pay());
    expect(again).toMatchObject({ status: 400, param: 'confirmation_token' });
    expect(again.message).toContain('already been used');
  });

  test('is not used up by a request that is refused', async () => {
    const { stripe } = fixture.newShop();
    const { id: confirmation_token } = await testToken(stripe);
    const done = await stripe.paymentIntents.create(AMOUNT);
    await stripe.paymentIntents.cancel(done.id);
    const error = await failure(stripe.paymentIntents.confirm(done.id, { confirmation_token }));
    expect(error.code).toBe('payment_intent_unexpected_state');
    const paid = await stripe.paymentIntents.create({
      ...AMOUNT,
      confirm: true,
      confirmation_token,
    });
    expect(paid.status).toBe('succeeded');
  });

  test('of which two intents are confirmed at once pays one of them', async () => {
    const { stripe } = fixture.newShop();
    const { id: confirmation_token } = await testToken(stripe);
    const pay = () =>
      stripe.paymentIntents.create({ ...AMOUNT, confirm: true, confirmation_token });
    const ends = await Promise.allSettled([pay(), pay(), pay()]);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('ends after twelve hours', async () => {
    const { stripe } = fixture.newShop();
    const { id: confirmation_token } = await testToken(stripe);
    await fixture.tender.advance(12 * 3600 + 1);
    const error = await failure(
      stripe.paymentIntents.create({ ...AMOUNT, confirm: true, confirmation_token }),
    );
    expect(error.message).toContain('has expired');
  });

  test('asks for a challenge in the page, and returns where it says', async () => {
    const { stripe } = fixture.newShop();
    const card = { payment_method: 'pm_card_authenticationRequired' };
    const here = await testToken(stripe, { ...card, return_url: 'https://shop.example/back' });
    const intent = await stripe.paymentIntents.create({
      ...AMOUNT,
      confirm: true,
      confirmation_token: here.id,
    });
    expect(intent.next_action?.type).toBe('use_stripe_sdk');
    const there = await testToken(stripe, { ...card, return_url: 'https://shop.example/back' });
    const sent = await stripe.paymentIntents.create({
      ...AMOUNT,
      confirm: true,
      confirmation_token: there.id,
      use_stripe_sdk: false,
    });
    expect(sent.next_action?.redirect_to_url?.return_url).toBe('https://shop.example/back');
  });

  test('says less than the request that it comes with', async () => {
    const { stripe } = fixture.newShop();
    const token = await testToken(stripe, { shipping: SHIPPING, setup_future_usage: 'on_session' });
    expect(token.shipping).toMatchObject({ name: 'Ada' });
    const paid = await stripe.paymentIntents.create({
      ...AMOUNT,
      confirm: true,
      confirmation_token: token.id,
      shipping: { ...SHIPPING, name: 'Grace' },
    });
    expect(paid.shipping?.name).toBe('Grace');
    expect(paid.setup_future_usage).toBe('on_session');
  });

  test('can make its method the customer’s default', async () => {
    const { name, stripe } = fixture.newShop();
    const { body } = await fromBrowser(
      name,
      `${TYPED}&setup_future_usage=off_session&set_as_default_payment_method=true`,
    );
    const customer = await stripe.customers.create({});
    const { payment_method } = await stripe.paymentIntents.create({
      ...AMOUNT,
      customer: customer.id,
      confirm: true,
      confirmation_token: body.id,
    });
    const { invoice_settings } = (await stripe.customers.retrieve(customer.id)) as Stripe.Customer;
    expect(invoice_settings.default_payment_method).toBe(payment_method);
  });

  test('saves a method with a setup intent, once', async () => {
    const { stripe } = fixture.newShop();
    const { id: confirmation_token } = await testToken(stripe);
    const customer = await stripe.customers.create({});
    const fields = { customer: customer.id, confirm: true, confirmation_token };
    const setup = await stripe.setupIntents.create(fields);
    expect(setup.status).toBe('succeeded');
    const used = await stripe.confirmationTokens.retrieve(confirmation_token);
    expect([used.setup_intent, used.payment_intent]).toEqual([setup.id, null]);
    const again = await failure(stripe.setupIntents.create(fields));
    expect(again).toMatchObject({ status: 400, param: 'confirmation_token' });
    const later = { amount: 2000, currency: 'usd', confirm: true, confirmation_token } as const;
    expect((await failure(stripe.paymentIntents.create(later))).status).toBe(400);
  });

  test('is refused where it cannot be used', async () => {
    const { name, stripe, browser } = fixture.newShop();
    const { id: confirmation_token } = await testToken(stripe);
    const errors = await Promise.all([
      failure(stripe.paymentIntents.create({ ...AMOUNT, confirm: true, confirmation_token: 'x' })),
      failure(stripe.paymentIntents.create({ ...AMOUNT, confirmation_token })),
      failure(
        stripe.paymentIntents.create({
          ...AMOUNT,
          confirm: true,
          confirmation_token,
          payment_method: 'pm_card_visa',
        }),
      ),
      failure(stripe.confirmationTokens.retrieve('ctoken_none')),
      failure(browser.confirmationTokens.retrieve(confirmation_token)),
      failure(browser.testHelpers.confirmationTokens.create({})),
      failure(fixture.newShop().stripe.confirmationTokens.retrieve(confirmation_token)),
    ]);
    expect(errors.map(({ status, code, param }) => [status, code, param])).toEqual([
      [400, 'resource_missing', 'confirmation_token'],
      [400, undefined, 'confirmation_token'],
      [400, 'parameters_exclusive', 'payment_method'],
      [404, 'resource_missing', 'confirmation_token'],
      [403, 'secret_key_required', undefined],
      [403, 'secret_key_required', undefined],
      [404, 'resource_missing', 'confirmation_token'],
    ]);
    expect(errors[0]?.message).toBe("No such confirmation_token: 'x'");
    const { status, body } = await fromBrowser(name, TYPED.replace('4242&', '4241&'));
    expect([status, body.error.code]).toEqual([402, 'incorrect_number']);
  });
});
