import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { eventTypes, expanded, failure, useTender } from './shop.js';

const fixture = useTender();

/** Longer than a bank takes here, and shorter than one that takes its time. */
const SOON_SECONDS = 10;
const LATER_SECONDS = 200;

const AGREED = {
  mandate_data: {
    customer_acceptance: {
      type: 'online',
      online: { ip_address: '127.0.0.1', user_agent: 'test' },
    },
  },
} as const;

function sepa(iban: string): Stripe.PaymentIntentCreateParams {
  return {
    amount: 1500,
    currency: 'eur',
    confirm: true,
    ...{ payment_method_types: ['sepa_debit'] },
    payment_method_data: {
      type: 'sepa_debit',
      sepa_debit: { iban },
      billing_details: { name: 'Ada', email: 'ada@example.com' },
    },
    ...AGREED,
  };
}

function ach(account_number: string): Stripe.PaymentIntentCreateParams {
  return {
    amount: 1500,
    currency: 'usd',
    confirm: true,
    ...{ payment_method_types: ['us_bank_account'] },
    payment_method_data: {
      type: 'us_bank_account',
      us_bank_account: {
        account_number,
        routing_number: '110000000',
        account_holder_type: 'individual',
      },
      billing_details: { name: 'Ada' },
    },
    payment_method_options: { us_bank_account: { verification_method: 'instant' } },
    ...AGREED,
  };
}

describe('a SEPA debit', () => {
  test('is processing, then succeeds, told by the events of a delayed method', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({
      ...sepa('AT61 1904 3002 3457 3201'),
      expand: ['latest_charge', 'payment_method'],
    });
    expect(intent).toMatchObject({ status: 'processing', processing: null, amount_received: 0 });
    const pending = expanded<Stripe.Charge>(intent.latest_charge);
    expect(pending).toMatchObject({ status: 'pending', paid: false, captured: false });
    const { sepa_debit: shown } = expanded<Stripe.PaymentMethod>(intent.payment_method);
    expect(shown).toMatchObject({ bank_code: '19043', country: 'AT', last4: '3201' });
    await fixture.tender.advance(SOON_SECONDS);
    const paid = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ['latest_charge.balance_transaction'],
    });
    expect(paid).toMatchObject({ status: 'succeeded', amount_received: 1500 });
    const charge = expanded<Stripe.Charge>(paid.latest_charge);
    expect(charge).toMatchObject({ id: pending.id, status: 'succeeded', paid: true });
    expect(charge.payment_method_details?.sepa_debit).toMatchObject({
      last4: '3201',
      mandate: expect.stringMatching(/^mandate_/),
    });
    expect(charge.balance_transaction).toMatchObject({ amount: 1500, currency: 'eur' });
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'payment_intent.processing',
      'charge.pending',
      'charge.succeeded',
      'payment_intent.succeeded',
    ]);
  });

  test('that takes three minutes is still processing before they are over', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(sepa('AT321904300235473204'));
    await fixture.tender.advance(SOON_SECONDS);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('processing');
    await fixture.tender.advance(LATER_SECONDS);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded');
  });

  test('that fails asks for another method and says why', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(sepa('AT861904300235473202'));
    const from = (await eventTypes(stripe)).length;
    await fixture.tender.advance(SOON_SECONDS);
    const failed = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(failed).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'generic_could_not_process', payment_method_type: 'sepa_debit' },
    });
    expect(failed.latest_charge).toMatchObject({
      status: 'failed',
      failure_code: 'generic_could_not_process',
      failure_message: "The customer's bank could not process this payment.",
    });
    expect(await eventTypes(stripe, from)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
    ]);
  });

  test('needs a mandate', async () => {
    const { stripe } = fixture.newShop();
    const { mandate_data: _, ...bare } = sepa('AT611904300234573201');
    const error = await failure(stripe.paymentIntents.create(bare));
    expect(error).toMatchObject({ status: 400, code: 'payment_intent_mandate_invalid' });
  });

  test.each(['AT611904300234573202', 'XX611904300234573201', 'AT61', ''])(
    'of an IBAN that cannot be one is refused: %s',
    async (iban) => {
      const { stripe } = fixture.newShop();
      const error = await failure(stripe.paymentIntents.create(sepa(iban)));
      expect(error).toMatchObject({ status: 400, type: 'invalid_request_error' });
    },
  );

  test('is in euros and captured at once', async () => {
    const { stripe } = fixture.newShop();
    const base = sepa('AT611904300234573201');
    const dollars = await failure(stripe.paymentIntents.create({ ...base, currency: 'usd' }));
    expect(dollars).toMatchObject({
      message:
        'The currency provided (usd) is invalid. Payments with sepa_debit support the following ' +
        'currencies: eur.',
    });
    const held = await failure(stripe.paymentIntents.create({ ...base, capture_method: 'manual' }));
    expect(held.message).toBe(
      '`capture_method=manual` is not supported by payment method type `sepa_debit`. Use a ' +
        'different capture method.',
    );
  });

  test('can be paid back', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(sepa('DE89370400440532013000'));
    await fixture.tender.advance(SOON_SECONDS);
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund).toMatchObject({ status: 'pending', amount: 1500 });
  });
});

describe('an ACH debit', () => {
  test.each([
    ['000111111113', 'account_closed'],
    ['000111111116', 'no_account'],
    ['000222222227', 'insufficient_funds'],
    ['000333333335', 'debit_not_authorized'],
  ])('from %s fails later with %s', async (number, code) => {
    const { stripe } = fixture.newShop();
    const { id, status } = await stripe.paymentIntents.create(ach(number));
    expect(status).toBe('processing');
    await fixture.tender.advance(SOON_SECONDS);
    const failed = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(failed.status).toBe('requires_payment_method');
    expect(failed.latest_charge).toMatchObject({ status: 'failed', failure_code: code });
  });

  test('of a test name succeeds and shows the account', async () => {
    const { stripe } = fixture.newShop();
    const { payment_method_data: _, ...rest } = ach('');
    const params = { ...rest, payment_method: 'pm_usBankAccount_success' };
    const { id } = await stripe.paymentIntents.create(params);
    await fixture.tender.advance(SOON_SECONDS);
    const paid = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
    expect(paid.status).toBe('succeeded');
    const details = expanded<Stripe.Charge>(paid.latest_charge).payment_method_details;
    expect(details?.us_bank_account).toMatchObject({
      last4: '6789',
      routing_number: '110000000',
      bank_name: 'STRIPE TEST BANK',
    });
  });

  test('that stays processing does so for days', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(ach('000000000009'));
    await fixture.tender.advance(LATER_SECONDS);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('processing');
  });

  test('of numbers that cannot be an account is refused', async () => {
    const { stripe } = fixture.newShop();
    const account = await failure(stripe.paymentIntents.create(ach('12x')));
    expect(account.code).toBe('account_number_invalid');
    const type = 'us_bank_account' as const;
    const routing = { account_number: '000123456789', routing_number: '110000001' };
    const error = await failure(stripe.paymentMethods.create({ type, [type]: routing }));
    expect(error.code).toBe('routing_number_invalid');
  });
});

describe('a debit that is under way', () => {
  test.each([
    ['SEPA', sepa('AT321904300235473204')],
    ['ACH', ach('000000000009')],
  ])('can be canceled: %s', async (_name, params) => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(params);
    const from = (await eventTypes(stripe)).length;
    const canceled = await stripe.paymentIntents.cancel(
      id,
      { cancellation_reason: 'abandoned' },
      { idempotencyKey: `cancel-${id}` },
    );
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
      amount_received: 0,
    });
    expect(await eventTypes(stripe, from)).toEqual(['charge.failed', 'payment_intent.canceled']);
    await fixture.tender.advance(LATER_SECONDS);
    const { status, latest_charge } = await stripe.paymentIntents.retrieve(id, {
      expand: ['latest_charge'],
    });
    expect(status).toBe('canceled');
    expect(latest_charge).toMatchObject({ status: 'failed', paid: false, failure_code: null });
    expect(await eventTypes(stripe, from)).toHaveLength(2);
    const again = await failure(stripe.paymentIntents.cancel(id));
    expect(again.code).toBe('payment_intent_unexpected_state');
  });

  test('cannot be canceled once it is paid', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(sepa('AT611904300234573201'));
    await fixture.tender.advance(SOON_SECONDS);
    const late = await failure(stripe.paymentIntents.cancel(id));
    expect(late.code).toBe('payment_intent_unexpected_state');
  });
});

describe('an account whose number was typed', () => {
  const { payment_method_options: _, ...plain } = ach('000123456789');

  test('is to be confirmed by deposits where nothing is said', async () => {
    const { stripe } = fixture.newShop();
    const automatic = {
      payment_method_options: { us_bank_account: { verification_method: 'automatic' } },
    } as const;
    for (const params of [plain, { ...plain, ...automatic }])
      expect(await stripe.paymentIntents.create(params)).toMatchObject({
        status: 'requires_action',
        next_action: { type: 'verify_with_microdeposits' },
      });
  });

  test('counts as confirmed from then on, for setups and for payments', async () => {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const { payment_method_data, mandate_data } = plain;
    const setup = await stripe.setupIntents.create({
      customer,
      confirm: true,
      ...{ payment_method_types: ['us_bank_account'] },
      payment_method_data: payment_method_data as Stripe.SetupIntentCreateParams.PaymentMethodData,
      mandate_data: mandate_data as Stripe.SetupIntentCreateParams.MandateData,
    });
    expect(setup.status).toBe('requires_action');
    const saved = await stripe.setupIntents.verifyMicrodeposits(setup.id, { amounts: [32, 45] });
    expect(saved.status).toBe('succeeded');
    const paid = await stripe.paymentIntents.create({
      amount: 1500,
      currency: 'usd',
      customer,
      confirm: true,
      ...{ payment_method_types: ['us_bank_account'] },
      payment_method: saved.payment_method as string,
    });
    expect(paid.status).toBe('processing');
  });
});

describe('an account that small deposits confirm', () => {
  const asking = {
    ...ach('000123456789'),
    payment_method_options: { us_bank_account: { verification_method: 'microdeposits' } },
  } as const;

  test('is debited once the code or the amounts are right', async () => {
    const { stripe } = fixture.newShop();
    for (const answer of [{ descriptor_code: 'SM11AA' }, { amounts: [32, 45] }]) {
      const intent = await stripe.paymentIntents.create(asking);
      expect(intent).toMatchObject({
        status: 'requires_action',
        latest_charge: null,
        next_action: { type: 'verify_with_microdeposits' },
      });
      const verified = await stripe.paymentIntents.verifyMicrodeposits(intent.id, answer);
      expect(verified).toMatchObject({ status: 'processing', next_action: null });
      await fixture.tender.advance(SOON_SECONDS);
      expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    }
  });

  test('may be tried again after a wrong answer, and not after too many', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.paymentIntents.create(asking);
    const wrong = await failure(stripe.paymentIntents.verifyMicrodeposits(id, { amounts: [1, 2] }));
    expect(wrong.code).toBe('payment_method_microdeposit_verification_amounts_mismatch');
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_action');
    const many = await failure(
      stripe.paymentIntents.verifyMicrodeposits(id, { amounts: [10, 11] }),
    );
    expect(many.code).toBe('payment_method_microdeposit_verification_attempts_exceeded');
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe('requires_payment_method');
    const late = await failure(
      stripe.paymentIntents.verifyMicrodeposits(id, { amounts: [32, 45] }),
    );
    expect(late.code).toBe('intent_invalid_state');
  });
});
