import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { TEST_CARDS, type TestCard } from '../../../src/rails/card/test-cards.js';
import { expanded, failure, PAID, useTender } from './shop.js';

const fixture = useTender();

/** What is documented of test cards, by the end of their numbers; the others pay. */
const DECLINES: Readonly<Record<string, readonly [code: string, declineCode: string | null]>> = {
  '4000000000000002': ['card_declined', 'generic_decline'],
  '4000000000009995': ['card_declined', 'insufficient_funds'],
  '4000000000009987': ['card_declined', 'lost_card'],
  '4000000000009979': ['card_declined', 'stolen_card'],
  '4000000000000069': ['expired_card', null],
  '4000000000000127': ['incorrect_cvc', null],
  '4000000000000119': ['processing_error', null],
  '4000000000006975': ['card_declined', 'card_velocity_exceeded'],
  '4000000000000341': ['card_declined', 'generic_decline'],
  '4100000000000019': ['card_declined', 'fraudulent'],
  '4000008400001280': ['card_declined', 'generic_decline'],
  '4456530000001070': ['processing_error', null],
  '5200000000001070': ['processing_error', null],
};

const CHALLENGED = [
  '4000002500003155',
  '4000002760003184',
  '4000003800000446',
  '4000008260003178',
  '4000008400001629',
  '4000000000003220',
  '4000008400000027',
  '4000000000003063',
  '4000582600000094',
  '4000582600000045',
  '4000582600000102',
  '4000582600000110',
  '4456530000001096',
  '4456530000000007',
  '5200000000001096',
  '4111111111111111',
];

/** Pays by the card; how it ended, in one line. */
async function pay(stripe: Stripe, card: TestCard, method: object): Promise<string> {
  const call = stripe.paymentIntents.create({
    ...PAID,
    payment_method: undefined,
    ...method,
  } as never);
  const declined = DECLINES[card.number];
  if (declined === undefined) return (await call).status;
  const { status, code, decline_code } = await failure(call);
  return `${status} ${code} ${decline_code ?? null}`;
}

function expectedOf({ number }: TestCard): string {
  const declined = DECLINES[number];
  if (declined !== undefined) return `402 ${declined.join(' ')}`.replace(/ $/, ' null');
  return CHALLENGED.includes(number) ? 'requires_action' : 'succeeded';
}

describe('every test card', () => {
  const tables = { unlisted: [...Object.keys(DECLINES), ...CHALLENGED] };

  test('of the expectations is a test card', () => {
    const numbers = new Set(TEST_CARDS.map(({ number }) => number));
    expect(tables.unlisted.filter((number) => !numbers.has(number))).toEqual([]);
  });

  test('acts as documented when its number is typed', async () => {
    const { stripe } = fixture.newShop();
    const ends: Record<string, string> = {};
    for (const card of TEST_CARDS) {
      const method = await stripe.paymentMethods.create({
        type: 'card',
        card: { number: card.number, exp_month: 12, exp_year: 2040, cvc: '123' },
      });
      expect(method.card).toMatchObject({
        brand: card.brand,
        country: card.country,
        funding: card.funding,
        last4: card.number.slice(-4),
        exp_month: 12,
        exp_year: 2040,
        regulated_status: 'unregulated',
        checks: { cvc_check: 'unchecked' },
      });
      ends[card.number] = await pay(stripe, card, { payment_method: method.id });
    }
    expect(ends).toEqual(
      Object.fromEntries(TEST_CARDS.map((card) => [card.number, expectedOf(card)])),
    );
  });

  test('acts the same by each of its names, as method and as token', async () => {
    const { stripe } = fixture.newShop();
    const ends: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const card of TEST_CARDS)
      for (const name of card.names) {
        const token = { payment_method_data: { type: 'card', card: { token: `tok_${name}` } } };
        ends[`pm_card_${name}`] = await pay(stripe, card, { payment_method: `pm_card_${name}` });
        ends[`tok_${name}`] = await pay(stripe, card, token);
        expected[`pm_card_${name}`] = expectedOf(card);
        expected[`tok_${name}`] = expectedOf(card);
      }
    expect(ends).toEqual(expected);
  });
});

describe('a decline', () => {
  test.each([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline', 'Your card was declined.'],
    [
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'card_declined',
      'insufficient_funds',
      'Your card has insufficient funds.',
    ],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined, 'Your card has expired.'],
    [
      'pm_card_chargeDeclinedIncorrectCvc',
      'incorrect_cvc',
      undefined,
      "Your card's security code is incorrect.",
    ],
    [
      'pm_card_chargeDeclinedProcessingError',
      'processing_error',
      undefined,
      'An error occurred while processing your card. Try again in a little bit.',
    ],
  ])('of %s says why, with the objects as they were', async (name, code, decline, message) => {
    const { stripe } = fixture.newShop();
    const error = await failure(stripe.paymentIntents.create({ ...PAID, payment_method: name }));
    expect(error).toMatchObject({
      status: 402,
      type: 'card_error',
      code,
      message,
      doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      advice_code: 'try_again_later',
      network_decline_code: '01',
      payment_method: { object: 'payment_method', card: { checks: { cvc_check: 'pass' } } },
      payment_intent: {
        object: 'payment_intent',
        status: 'requires_payment_method',
        payment_method: null,
        latest_charge: error.charge,
        last_payment_error: {
          code,
          charge: error.charge,
          message,
          payment_method_type: 'card',
          type: 'card_error',
        },
      },
    });
    expect(error.decline_code).toBe(decline);
    expect(error).not.toHaveProperty('param');
    const reason = decline ?? code;
    expect(await stripe.charges.retrieve(error.charge ?? '')).toMatchObject({
      status: 'failed',
      paid: false,
      captured: false,
      amount_captured: 0,
      balance_transaction: null,
      failure_code: code,
      failure_message: message,
      outcome: {
        network_status: 'declined_by_network',
        reason,
        seller_message: 'The bank did not return any further details with this decline.',
        type: 'issuer_declined',
      },
    });
  });

  test('for want of authentication has no charge and no advice', async () => {
    const { stripe } = fixture.newShop();
    const error = await failure(
      stripe.paymentIntents.create({
        ...PAID,
        payment_method: 'pm_card_authenticationRequired',
        off_session: true,
      }),
    );
    expect(error).toMatchObject({
      status: 402,
      code: 'authentication_required',
      decline_code: 'authentication_required',
      message: 'Your card was declined. This transaction requires authentication.',
      payment_intent: {
        status: 'requires_payment_method',
        payment_method: null,
        latest_charge: null,
      },
      payment_method: { card: { checks: { cvc_check: 'unchecked' } } },
    });
    for (const field of ['charge', 'advice_code', 'network_decline_code', 'param'])
      expect(error).not.toHaveProperty(field);
    const events = await stripe.events.list();
    expect(events.data.map(({ type }) => type)).toEqual([
      'payment_intent.payment_failed',
      'payment_intent.created',
    ]);
  });

  test('on attaching has an empty param and no objects', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const error = await failure(
      stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer }),
    );
    expect(error).toMatchObject({
      status: 402,
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
      param: '',
    });
    for (const field of ['charge', 'payment_intent', 'payment_method', 'setup_intent'])
      expect(error).not.toHaveProperty(field);
    const saved = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    expect(saved.card?.checks?.cvc_check).toBe('pass');
    const charged = await failure(
      stripe.paymentIntents.create({ ...PAID, customer, payment_method: saved.id }),
    );
    expect(charged).toMatchObject({ code: 'card_declined', payment_method: { customer } });
  });
});

describe('card data that no card has', () => {
  const card = { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' };

  test.each([
    [
      { number: '4242424242424241' },
      'incorrect_number',
      'number',
      'Your card number is incorrect.',
    ],
    [{ exp_month: 13 }, 'invalid_expiry_month', 'exp_month', undefined],
    [{ exp_year: 2001 }, 'invalid_expiry_year', 'exp_year', undefined],
    [{ cvc: '12' }, 'invalid_cvc', 'cvc', "Your card's security code is invalid."],
  ])('%j is refused before it is kept', async (wrong, code, param, message) => {
    const { stripe } = fixture.newShop();
    const error = await failure(
      stripe.paymentMethods.create({ type: 'card', card: { ...card, ...wrong } }),
    );
    expect(error).toMatchObject({ status: 402, type: 'card_error', code, param });
    if (message !== undefined) expect(error.message).toBe(message);
  });

  test('a number that could be real is refused when it is charged', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentMethods.create({
      type: 'card',
      card: { ...card, number: '4012888888881881' },
    });
    const error = await failure(stripe.paymentIntents.create({ ...PAID, payment_method: id }));
    expect(error).toMatchObject({ code: 'card_declined', decline_code: 'test_mode_live_card' });
  });
});

test('funds of the bypass card are available at once', async () => {
  const { stripe } = fixture.newShop();
  const intent = await stripe.paymentIntents.create({
    ...PAID,
    payment_method: 'pm_card_bypassPending',
    expand: ['latest_charge.balance_transaction'],
  });
  const transaction = expanded(expanded(intent.latest_charge).balance_transaction);
  expect(transaction).toMatchObject({ status: 'available', net: 1912 });
  const balance = await stripe.balance.retrieve();
  expect(balance.available).toMatchObject([{ amount: 1912, currency: 'usd' }]);
  expect(balance.pending).toMatchObject([{ amount: 0 }]);
});
