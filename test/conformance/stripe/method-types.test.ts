import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import {
  paymentMethodTypes,
  unmodelledMethodTypes,
} from '../../../src/api/stripe/schema/payment-method-types.js';
import { failure, useTender } from './shop.js';

const fixture = useTender();

const AMOUNT = { amount: 2000, currency: 'usd' } as const;
const NONE_LEFT = (what: string) => ({
  status: 400,
  message:
    `No valid payment method types for this ${what} Intent. Please ensure that you have ` +
    'activated payment methods compatible with your chosen currency in your dashboard ' +
    '(https://dashboard.stripe.com/settings/payments).',
});

/** Types that the newest typings no longer let one name, and every server takes. */
const types = (...payment_method_types: string[]): object => ({ payment_method_types });

describe('the types that a payment takes', () => {
  test('are those that were named, without the excluded ones', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({
      ...AMOUNT,
      ...types('card', 'us_bank_account'),
      excluded_payment_method_types: ['us_bank_account'],
    });
    expect(intent).toMatchObject({
      payment_method_types: ['card'],
      excluded_payment_method_types: ['us_bank_account'],
    });
    const account: Stripe.PaymentIntentConfirmParams = {
      payment_method_data: {
        type: 'us_bank_account',
        us_bank_account: {
          account_number: '000123456789',
          routing_number: '110000000',
          account_holder_type: 'individual',
        },
        billing_details: { name: 'Ada' },
      },
    };
    expect(await failure(stripe.paymentIntents.confirm(intent.id, account))).toMatchObject({
      status: 400,
      code: 'payment_intent_incompatible_payment_method',
    });
  });

  test('are the account’s where none was named, and again once nothing is excluded', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({
      ...AMOUNT,
      excluded_payment_method_types: ['klarna'],
    });
    const excluding = (excluded_payment_method_types: [] | ['card'] | '') =>
      stripe.paymentIntents.update(id, { excluded_payment_method_types });
    expect(await failure(excluding(['card']))).toMatchObject(NONE_LEFT('Payment'));
    const all = await excluding('');
    expect(all).toMatchObject({
      payment_method_types: ['card'],
      excluded_payment_method_types: null,
    });
  });

  test('stay excluded when others are named later', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create({
      ...AMOUNT,
      ...types('card', 'us_bank_account'),
      excluded_payment_method_types: ['us_bank_account'],
    });
    const allowed_payment_method_types = ['us_bank_account', 'link', 'card'] as const;
    const named = await stripe.paymentIntents.update(id, {
      allowed_payment_method_types: [...allowed_payment_method_types],
    });
    expect(named.payment_method_types).toEqual(['link', 'card']);
    const confirmed = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      excluded_payment_method_types: ['link'],
    });
    expect(confirmed).toMatchObject({ status: 'succeeded', payment_method_types: ['card'] });
  });

  test('must leave one to pay with, when it is made and when it is paid', async () => {
    const { stripe } = fixture.newShop();
    const excluded: Pick<Stripe.PaymentIntentCreateParams, 'excluded_payment_method_types'> = {
      excluded_payment_method_types: ['card'],
    };
    const none = { ...NONE_LEFT('Payment') };
    expect(await failure(stripe.paymentIntents.create({ ...AMOUNT, ...excluded }))).toMatchObject(
      none,
    );
    const { id } = await stripe.paymentIntents.create(AMOUNT);
    const paying = { payment_method: 'pm_card_visa', ...excluded };
    expect(await failure(stripe.paymentIntents.confirm(id, paying))).toMatchObject(none);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      excluded_payment_method_types: null,
      status: 'requires_payment_method',
    });
  });

  test('are cards where automatic methods are off and nothing is named', async () => {
    const { stripe } = fixture.newShop();
    const off = { automatic_payment_methods: { enabled: false } };
    const intent = await stripe.paymentIntents.create({ ...AMOUNT, ...off });
    expect(intent).toMatchObject({
      automatic_payment_methods: null,
      payment_method_configuration_details: null,
      payment_method_types: ['card'],
    });
    const setup = await stripe.setupIntents.create({
      ...off,
      excluded_payment_method_types: ['us_bank_account'],
    });
    expect(setup).toMatchObject({
      automatic_payment_methods: null,
      payment_method_types: ['card'],
    });
  });
});

describe('the types that a setup takes', () => {
  test('are those that are left, of which there must be one', async () => {
    const { stripe } = fixture.newShop();
    const setup = await stripe.setupIntents.create({
      ...types('card', 'us_bank_account'),
      excluded_payment_method_types: ['card'],
    });
    expect(setup.payment_method_types).toEqual(['us_bank_account']);
    const card = { payment_method: 'pm_card_visa' };
    expect(await failure(stripe.setupIntents.confirm(setup.id, card))).toMatchObject({
      status: 400,
      param: 'payment_method',
    });
    const none = failure(
      stripe.setupIntents.update(setup.id, {
        excluded_payment_method_types: ['card', 'us_bank_account'],
      }),
    );
    expect(await none).toMatchObject(NONE_LEFT('Setup'));
    const nothing = failure(
      stripe.setupIntents.create({ excluded_payment_method_types: ['card'] }),
    );
    expect(await nothing).toMatchObject(NONE_LEFT('Setup'));
  });
});

describe('the options of an intent', () => {
  test.each([...paymentMethodTypes, ...unmodelledMethodTypes])('are whole for %s', async (type) => {
    const { stripe } = fixture.newShop();
    const create = (currency: string) =>
      stripe.paymentIntents.create({ amount: 2000, currency, ...types(type) });
    const intent = await create('usd').catch(() => create('eur'));
    expect(intent.payment_method_types).toEqual([type]);
    const setup = await stripe.setupIntents.create(types(type));
    expect(setup.payment_method_types).toEqual([type]);
  });
});
