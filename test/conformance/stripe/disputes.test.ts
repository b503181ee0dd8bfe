import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { EVIDENCE_FIELDS } from '../../../src/domain/dispute.js';
import { until } from '../../support/sink.js';
import { answer, available, charged, disputed, newest } from './disputed-payments.js';
import { eventsOf, eventTypes, failure, useTender } from './shop.js';

const fixture = useTender();

const WEEK_SECONDS = 7 * 86_400;

describe('a disputed payment', () => {
  test('succeeds, and loses its money and a fee at once', async () => {
    const { stripe } = fixture.newShop();
    const charge = await charged(stripe, 'createDispute');
    expect(charge).toMatchObject({ disputed: true, paid: true, status: 'succeeded' });
    const { data } = await stripe.disputes.list();
    const [dispute] = data as [Stripe.Dispute];
    expect(dispute.id).toMatch(/^du_[0-9A-Za-z]{24}$/);
    expect(dispute).toMatchObject({
      amount: 10_000,
      charge: charge.id,
      currency: 'usd',
      evidence_details: {
        due_by: dispute.created + WEEK_SECONDS,
        enhanced_eligibility: {},
        has_evidence: false,
        past_due: false,
        submission_count: 0,
        submission_method: 'not_submitted',
      },
      intended_submission_method: null,
      is_charge_refundable: false,
      livemode: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      payment_method_details: {
        card: { brand: 'visa', case_type: 'chargeback', network_reason_code: '10.4' },
        type: 'card',
      },
      reason: 'fraudulent',
      status: 'needs_response',
    });
    for (const field of EVIDENCE_FIELDS) expect(dispute.evidence[field]).toBeNull();
    expect(await available(stripe)).toBe(-11_500);
    expect(await stripe.disputes.retrieve(dispute.id)).toEqual(dispute);
    expect(await eventTypes(stripe)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'payment_intent.succeeded',
    ]);
    for (const type of ['created', 'funds_withdrawn'])
      expect(await newest(stripe, `charge.dispute.${type}`)).toEqual({ object: dispute });
  });

  test('shows in the balance as an adjustment that leads back to its dispute', async () => {
    const { stripe } = fixture.newShop();
    const dispute = await disputed(stripe, 'createDisputeProductNotReceived');
    expect(dispute).toMatchObject({ reason: 'product_not_received', network_reason_code: '13.1' });
    const charge = dispute.charge as string;
    const rows = await stripe.balanceTransactions.list({ expand: ['data.source'] });
    expect(rows.data).toMatchObject([
      {
        amount: -10_000,
        description: `Chargeback withdrawal for ${charge}`,
        fee: 1500,
        fee_details: [{ amount: 1500, description: 'Dispute fee', type: 'stripe_fee' }],
        net: -11_500,
        reporting_category: 'dispute',
        source: { id: dispute.id, object: 'dispute' },
        status: 'available',
        type: 'adjustment',
      },
      { type: 'charge', source: { id: charge } },
    ]);
    const [row] = dispute.balance_transactions as [Stripe.BalanceTransaction];
    expect(await stripe.balanceTransactions.retrieve(row.id)).toEqual(row);
    const listed = async (params: Stripe.BalanceTransactionListParams) =>
      (await stripe.balanceTransactions.list(params)).data.map(({ id }) => id);
    expect(await listed({ type: 'adjustment' })).toEqual([row.id]);
    expect(await listed({ source: dispute.id })).toEqual([]);
    expect((await listed({ source: charge }))[0]).toBe(row.id);
    expect(await listed({ source: charge, type: 'charge' })).toHaveLength(1);
    expect(await listed({ type: 'payout' })).toEqual([]);
  });

  test('is disputed by card number as by name', async () => {
    const { stripe } = fixture.newShop();
    const pay = async (number: string) => {
      const card = { number, exp_month: 12, exp_year: 2040, cvc: '314' };
      const method = await stripe.paymentMethods.create({ type: 'card', card });
      return charged(stripe, '', { payment_method: method.id });
    };
    const status = async (charge: Stripe.Charge) =>
      (await stripe.disputes.list({ charge: charge.id })).data.map((dispute) => dispute.status);
    expect(await status(await pay('4000000000000259'))).toEqual(['needs_response']);
    expect(await status(await pay('4000000000002685'))).toEqual(['needs_response']);
    expect(await status(await pay('4000000000001976'))).toEqual(['warning_needs_response']);
    const warned = await pay('4000000000005423');
    expect(await status(warned)).toEqual([]);
    const warnings = await stripe.radar.earlyFraudWarnings.list({ charge: warned.id });
    expect(warnings.data).toHaveLength(1);
  });

  test('costs the same count of minor units in a currency without decimals', async () => {
    const { stripe } = fixture.newShop();
    const dispute = await disputed(stripe, 'createDispute', { currency: 'jpy' });
    expect(dispute.balance_transactions).toMatchObject([{ amount: -10_000, fee: 1500 }]);
    expect(await available(stripe, 'jpy')).toBe(-11_500);
  });

  test('that was authorized first is disputed when it is captured', async () => {
    const { stripe } = fixture.newShop();
    const charge = await charged(stripe, 'createDispute', { capture_method: 'manual' });
    expect(charge.disputed).toBe(false);
    expect((await stripe.disputes.list()).data).toEqual([]);
    await stripe.paymentIntents.capture(charge.payment_intent as string, {
      amount_to_capture: 4000,
    });
    const { data } = await stripe.disputes.list({
      payment_intent: charge.payment_intent as string,
    });
    expect(data).toMatchObject([{ amount: 4000, status: 'needs_response' }]);
    expect(await available(stripe)).toBe(-5500);
    expect(await eventTypes(stripe, 3)).toEqual([
      'charge.captured',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'payment_intent.succeeded',
    ]);
  });

  test('is disputed once, however often a part of it is captured', async () => {
    const { stripe } = fixture.newShop();
    const charge = await charged(stripe, 'createDispute', { capture_method: 'manual' });
    const intent = charge.payment_intent as string;
    const part = { amount_to_capture: 3000, final_capture: false };
    await stripe.paymentIntents.capture(intent, part);
    await stripe.paymentIntents.capture(intent);
    expect((await stripe.disputes.list()).data).toMatchObject([{ amount: 3000 }]);
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({
      amount_captured: 10_000,
      disputed: true,
    });
    expect(await eventTypes(stripe, 3)).toEqual([
      'charge.captured',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
    ]);
  });

  test('cannot be refunded until the dispute is won', async () => {
    const { stripe } = fixture.newShop();
    const dispute = await disputed(stripe);
    const charge = dispute.charge as string;
    const refused = {
      status: 400,
      code: 'charge_disputed',
      message: `Charge ${charge} has been charged back; cannot issue a refund.`,
    };
    expect(await failure(stripe.refunds.create({ charge }))).toMatchObject(refused);
    const payment_intent = dispute.payment_intent as string;
    expect(await failure(stripe.refunds.create({ payment_intent }))).toMatchObject(refused);
    await stripe.disputes.update(dispute.id, answer('winning_evidence'));
    expect(await failure(stripe.refunds.create({ charge }))).toMatchObject(refused);
    await fixture.tender.advance(5);
    expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({
      is_charge_refundable: true,
    });
    expect(await stripe.refunds.create({ charge })).toMatchObject({ status: 'succeeded' });
    expect(await available(stripe)).toBe(-11_500);
  });
});

describe('evidence', () => {
  test('is under review at once, and wins the amount back but not the fee', async () => {
    const { stripe } = fixture.newShop();
    const dispute = await disputed(stripe);
    const before = (await eventsOf(stripe)).length;
    const submitted = await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: 'winning_evidence', customer_name: 'Jenny Rosen' },
    });
    expect(submitted).toMatchObject({
      status: 'under_review',
      evidence: { uncategorized_text: 'winning_evidence', customer_name: 'Jenny Rosen' },
      evidence_details: { has_evidence: true, submission_count: 1, submission_method: 'manual' },
    });
    expect(await newest(stripe, 'charge.dispute.updated')).toMatchObject({
      object: submitted,
      previous_attributes: { status: 'needs_response', evidence: { customer_name: null } },
    });
    await fixture.tender.advance(5);
    const won = await stripe.disputes.retrieve(dispute.id);
    expect(won).toMatchObject({
      status: 'won',
      balance_transactions: [
        dispute.balance_transactions[0],
        {
          amount: 10_000,
          description: `Chargeback reversal for ${dispute.charge}`,
          fee: 0,
          net: 10_000,
          reporting_category: 'dispute_reversal',
          source: dispute.id,
          type: 'adjustment',
        },
      ],
    });
    expect(await available(stripe)).toBe(-1500);
    expect((await stripe.charges.retrieve(dispute.charge as string)).disputed).toBe(true);
    expect(await eventTypes(stripe, before)).toEqual([
      'charge.dispute.updated',
      'charge.updated',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ]);
    expect(await newest(stripe, 'charge.dispute.closed')).toMatchObject({
      object: won,
      previous_attributes: { status: 'under_review' },
    });
    expect(await newest(stripe, 'charge.updated')).toMatchObject({
      object: { id: dispute.charge },
      previous_attributes: {},
    });
  });

  test('that loses leaves the money where it is', async () => {
    const { stripe } = fixture.newShop();
    const { id, charge } = await disputed(stripe);
    await stripe.disputes.update(id, answer('losing_evidence'));
    await fixture.tender.advance(5);
    const lost = await stripe.disputes.retrieve(id);
    expect(lost).toMatchObject({ status: 'lost', is_charge_refundable: false });
    expect(lost.balance_transactions).toHaveLength(1);
    expect(await available(stripe)).toBe(-11_500);
    expect((await eventTypes(stripe)).at(-1)).toBe('charge.dispute.closed');
    expect(await failure(stripe.refunds.create({ charge: charge as string }))).toMatchObject({
      code: 'charge_disputed',
    });
    expect(await failure(stripe.disputes.update(id, answer('more')))).toMatchObject({
      status: 400,
      message: 'This dispute is already closed',
    });
    const noted = await stripe.disputes.update(id, { metadata: { case: '7' } });
    expect(noted).toMatchObject({ status: 'lost', metadata: { case: '7' } });
  });

  test('can be a draft until it is submitted', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await disputed(stripe);
    const draft = await stripe.disputes.update(id, {
      ...answer('winning_evidence'),
      submit: false,
    });
    expect(draft).toMatchObject({
      status: 'needs_response',
      evidence_details: { has_evidence: true, submission_count: 0 },
    });
    expect((await eventTypes(stripe)).at(-1)).toBe('charge.dispute.updated');
    const emptied = await stripe.disputes.update(id, {
      evidence: { uncategorized_text: '' },
      submit: false,
    });
    expect(emptied.evidence_details.has_evidence).toBe(false);
    await stripe.disputes.update(id, { ...answer('winning_evidence'), submit: false });
    expect(await stripe.disputes.update(id, { submit: true })).toMatchObject({
      status: 'under_review',
    });
    await fixture.tender.advance(5);
    expect((await stripe.disputes.retrieve(id)).status).toBe('won');
  });

  test('without a magic text stays under review, until better is sent', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await disputed(stripe);
    await stripe.disputes.update(id, answer('I did send it.'));
    await fixture.tender.advance(2 * WEEK_SECONDS);
    expect((await stripe.disputes.retrieve(id)).status).toBe('under_review');
    const again = await stripe.disputes.update(id, answer('winning_evidence'));
    expect(again.evidence_details).toMatchObject({ submission_count: 2, past_due: true });
    await stripe.disputes.update(id, answer('losing_evidence'));
    await fixture.tender.advance(5);
    expect((await stripe.disputes.retrieve(id)).status).toBe('lost');
  });

  test('takes every field of the client, and refuses what is too long', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await disputed(stripe);
    const evidence: Stripe.DisputeUpdateParams.Evidence = {
      ...Object.fromEntries(EVIDENCE_FIELDS.map((field) => [field, `my ${field}`])),
      enhanced_evidence: {
        visa_compelling_evidence_3: {
          disputed_transaction: { customer_account_id: 'a', merchandise_or_services: 'services' },
          prior_undisputed_transactions: [
            { charge: 'ch_1', shipping_address: { city: 'Bonn' } },
            { charge: 'ch_2' },
          ],
        },
        visa_compliance: { fee_acknowledged: true },
        mastercard_compliance: {},
      },
      appeal: { card: { supporting_files: ['file_1'] } },
    };
    const intended_submission_method = 'prefer_manual';
    const kept = await stripe.disputes.update(id, {
      evidence: { product_description: 'x'.repeat(20_000) },
      intended_submission_method,
      submit: false,
    });
    expect(kept.intended_submission_method).toBe(intended_submission_method);
    const full = await stripe.disputes.update(id, { evidence });
    for (const field of EVIDENCE_FIELDS) expect(full.evidence[field]).toBe(`my ${field}`);
    expect(full.evidence.enhanced_evidence.visa_compelling_evidence_3).toMatchObject({
      disputed_transaction: { customer_account_id: 'a', product_description: null },
      prior_undisputed_transactions: [
        { charge: 'ch_1', shipping_address: { city: 'Bonn', line1: null } },
        { charge: 'ch_2', shipping_address: null },
      ],
    });
    expect(full.evidence).toMatchObject({ appeal: { card: { supporting_files: ['file_1'] } } });
    const tooLong = { evidence: { product_description: 'x'.repeat(20_001) } };
    expect(await failure(stripe.disputes.update(id, tooLong))).toMatchObject({
      status: 400,
      param: 'evidence[product_description]',
    });
    const unknown = { evidence: { excuse: 'none' } as never };
    expect(await failure(stripe.disputes.update(id, unknown))).toMatchObject({
      code: 'parameter_unknown',
    });
  });

  test('that does not come in time loses the dispute', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await disputed(stripe);
    await fixture.tender.advance(WEEK_SECONDS - 60);
    expect((await stripe.disputes.retrieve(id)).status).toBe('needs_response');
    await fixture.tender.advance(60);
    expect((await stripe.disputes.retrieve(id)).status).toBe('lost');
    expect((await eventTypes(stripe)).at(-1)).toBe('charge.dispute.closed');
    expect(await available(stripe)).toBe(10_000 - 290 - 30 - 11_500);
  });
});

describe('on a test clock', () => {
  test('the time for evidence, and for the decision, is over when the clock says so', async () => {
    const { stripe } = fixture.newShop();
    const start = 1_900_000_000;
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
    const customer = await stripe.customers.create({ test_clock: clock.id });
    const more = { customer: customer.id };
    const answered = await disputed(stripe, 'createDispute', more);
    const ignored = await disputed(stripe, 'createDispute', more);
    expect(ignored).toMatchObject({
      created: start,
      evidence_details: { due_by: start + WEEK_SECONDS },
    });
    await stripe.disputes.update(answered.id, answer('winning_evidence'));
    const status = async ({ id }: Stripe.Dispute) => (await stripe.disputes.retrieve(id)).status;
    const advance = async (seconds: number) => {
      const clocks = stripe.testHelpers.testClocks;
      await clocks.advance(clock.id, { frozen_time: start + seconds });
      await until(async () => (await clocks.retrieve(clock.id)).status === 'ready');
    };
    expect(await status(answered)).toBe('under_review');
    await advance(5);
    expect([await status(answered), await status(ignored)]).toEqual(['won', 'needs_response']);
    await advance(WEEK_SECONDS);
    expect(await status(ignored)).toBe('lost');
  });
});

describe('closing a dispute', () => {
  test('loses it at once, and can be done once', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await disputed(stripe);
    const before = (await eventsOf(stripe)).length;
    expect(await stripe.disputes.close(id)).toMatchObject({ status: 'lost' });
    expect(await eventTypes(stripe, before)).toEqual(['charge.dispute.closed', 'charge.updated']);
    expect(await failure(stripe.disputes.close(id))).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: 'This dispute is already closed',
    });
    expect(await available(stripe)).toBe(-11_500);
  });

  test('is possible while the bank looks at evidence, and ends that', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await disputed(stripe);
    await stripe.disputes.update(id, answer('winning_evidence'));
    await stripe.disputes.close(id);
    await fixture.tender.advance(5);
    expect((await stripe.disputes.retrieve(id)).status).toBe('lost');
  });
});

describe('an inquiry', () => {
  test('moves no money, and lets the payment be refunded', async () => {
    const { stripe } = fixture.newShop();
    const inquiry = await disputed(stripe, 'createDisputeInquiry');
    expect(inquiry).toMatchObject({
      balance_transactions: [],
      is_charge_refundable: true,
      payment_method_details: { card: { case_type: 'inquiry' } },
      status: 'warning_needs_response',
    });
    expect(await available(stripe)).toBe(0);
    expect(await eventTypes(stripe, 1)).toEqual([
      'charge.succeeded',
      'charge.dispute.created',
      'payment_intent.succeeded',
    ]);
    const charge = inquiry.charge as string;
    await stripe.refunds.create({ charge });
    expect(await stripe.disputes.retrieve(inquiry.id)).toMatchObject({
      is_charge_refundable: false,
    });
    await stripe.disputes.update(inquiry.id, answer('escalate_inquiry_evidence'));
    await fixture.tender.advance(5);
    // There is nothing left that the bank could take.
    expect(await stripe.disputes.retrieve(inquiry.id)).toMatchObject({
      balance_transactions: [],
      status: 'warning_closed',
    });
  });

  test('becomes a dispute about what was not refunded when it escalates', async () => {
    const { stripe } = fixture.newShop();
    const { id, charge } = await disputed(stripe, 'createDisputeInquiry');
    await stripe.refunds.create({ charge: charge as string, amount: 4000 });
    const asked = await stripe.disputes.update(id, answer('escalate_inquiry_evidence'));
    expect(asked.status).toBe('warning_under_review');
    const before = (await eventsOf(stripe)).length;
    await fixture.tender.advance(5);
    const dispute = await stripe.disputes.retrieve(id);
    expect(dispute).toMatchObject({
      amount: 6000,
      balance_transactions: [{ amount: -6000, fee: 1500 }],
      is_charge_refundable: false,
      payment_method_details: { card: { case_type: 'chargeback' } },
      status: 'needs_response',
    });
    expect(await available(stripe)).toBe(-11_500);
    expect(await eventTypes(stripe, before)).toEqual([
      'charge.dispute.updated',
      'charge.dispute.funds_withdrawn',
      'charge.updated',
    ]);
    expect((await newest(stripe, 'charge.dispute.updated')).previous_attributes).toMatchObject({
      balance_transactions: [],
      status: 'warning_under_review',
    });
    await stripe.disputes.update(id, answer('winning_evidence'));
    await fixture.tender.advance(5);
    expect((await stripe.disputes.retrieve(id)).status).toBe('won');
    expect(await available(stripe)).toBe(-4000 - 1500);
  });

  test('ends without a loss, whether it is answered, closed or ignored', async () => {
    const { stripe } = fixture.newShop();
    const [answered, closed, ignored] = [
      await disputed(stripe, 'createDisputeInquiry'),
      await disputed(stripe, 'createDisputeInquiry'),
      await disputed(stripe, 'createDisputeInquiry'),
    ];
    await stripe.disputes.update(answered.id, answer('winning_evidence'));
    expect((await stripe.disputes.close(closed.id)).status).toBe('warning_closed');
    await fixture.tender.advance(WEEK_SECONDS);
    for (const { id } of [answered, ignored]) {
      expect((await stripe.disputes.retrieve(id)).status).toBe('warning_closed');
      expect(await failure(stripe.disputes.close(id))).toMatchObject({
        message: 'This dispute is already closed',
      });
    }
    const rows = await stripe.balanceTransactions.list({ type: 'adjustment' });
    expect(rows.data).toEqual([]);
  });
});
