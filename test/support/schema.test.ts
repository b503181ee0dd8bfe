import { describe, expect, test } from 'vitest';
import { validateStripe } from './schema.js';

/** A plain create (amount, currency, metadata) as recorded from the live API on 2026-08-26. */
const recorded = {
  id: 'pi_3UHm0cHIBYZYyePr1yR58MlE',
  object: 'payment_intent',
  allowed_payment_method_types: null,
  amount: 4900,
  amount_capturable: 0,
  amount_details: { tip: {} },
  amount_received: 0,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods: { allow_redirects: 'always', enabled: true },
  canceled_at: null,
  cancellation_reason: null,
  capture_method: 'automatic_async',
  client_secret: 'pi_3UHm0cHIBYZYyePr1yR58MlE_secret_0123456789012345678901234',
  confirmation_method: 'automatic',
  created: 1789915586,
  currency: 'usd',
  customer: null,
  customer_account: null,
  description: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: null,
  livemode: false,
  managed_payments: { enabled: false },
  metadata: { p: 's04' },
  next_action: null,
  on_behalf_of: null,
  payment_method: null,
  payment_method_configuration_details: { id: 'pmc_1', parent: null },
  payment_method_options: {
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: 'automatic',
    },
    link: { persistent_token: null },
  },
  payment_method_types: ['card', 'link'],
  payment_record: null,
  processing: null,
  receipt_email: null,
  review: null,
  setup_future_usage: null,
  shared_payment_granted_token: null,
  shipping: null,
  source: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  status: 'requires_payment_method',
  transfer_data: null,
  transfer_group: null,
};

const deletedCustomer = { id: 'cus_1', object: 'customer', deleted: true };

const list = (...data: unknown[]) => ({
  object: 'list',
  data,
  has_more: false,
  url: '/v1/payment_intents',
});

const event = (object: unknown) => ({
  id: 'evt_1',
  object: 'event',
  api_version: '2026-10-28.endive',
  created: 1789915586,
  data: { object },
  livemode: false,
  pending_webhooks: 1,
  request: { id: 'req_1', idempotency_key: null },
  type: 'payment_intent.created',
});

describe('validateStripe', () => {
  test('accepts a recorded payment intent', () => {
    expect(validateStripe(recorded)).toEqual([]);
  });

  test('names what is missing, too much and of the wrong type', () => {
    const { currency: _, ...rest } = recorded;
    const errors = validateStripe({ ...rest, amount: '4900', charges: [] });
    expect(errors.sort()).toEqual([
      "/: missing field 'currency'",
      "/: undeclared field 'charges'",
      '/amount: must be number, is "4900"',
    ]);
  });

  test('reports undeclared fields of nested objects', () => {
    const details = { id: 'pmc_1', parent: null, extra: 1 };
    expect(validateStripe({ ...recorded, payment_method_configuration_details: details })).toEqual([
      "/payment_method_configuration_details: undeclared field 'extra'",
    ]);
  });

  test('leaves metadata free in its keys, not in its values', () => {
    expect(validateStripe({ ...recorded, metadata: { anything: 'goes' } })).toEqual([]);
    expect(validateStripe({ ...recorded, metadata: { count: 1 } })).toHaveLength(1);
  });

  test('an expandable field is null, an id or the object', () => {
    expect(validateStripe({ ...recorded, customer: 'cus_1' })).toEqual([]);
    expect(validateStripe({ ...recorded, customer: deletedCustomer })).toEqual([]);
    expect(validateStripe({ ...recorded, customer: 5 })).toEqual([
      '/customer: must be null or string or object, is 5',
    ]);
    const living = validateStripe({ ...recorded, customer: { id: 'cus_1', object: 'customer' } });
    expect(living).toContain("/customer: missing field 'livemode'");
    expect(living.join()).not.toContain('deleted');
    expect(validateStripe({ ...recorded, customer: { object: 'refund' } })).toEqual([
      '/customer/object: must be one of customer, is "refund"',
    ]);
  });

  test('validates what is in lists, search results and events', () => {
    const broken = { ...recorded, status: null };
    expect(validateStripe(list(recorded, deletedCustomer))).toEqual([]);
    expect(validateStripe(list(recorded, broken))).toEqual([
      '/data/1/status: must be string, is null',
    ]);
    expect(validateStripe({ ...list(recorded), object: 'search_result' })).toEqual([
      "/: missing field 'next_page'",
    ]);
    const found = { ...list(broken), object: 'search_result', next_page: null, total_count: 1 };
    expect(validateStripe(found)).toEqual(['/data/0/status: must be string, is null']);
    expect(validateStripe(event(recorded))).toEqual([]);
    expect(validateStripe(event(broken))).toEqual(['/data/object/status: must be string, is null']);
    expect(validateStripe(event(undefined)).length).toBeGreaterThan(0);
  });

  test('a deleted object without a definition of its own has an id and nothing else', () => {
    const deleted = { id: 'we_1', object: 'webhook_endpoint', deleted: true };
    expect(validateStripe(deleted)).toEqual([]);
    expect(validateStripe({ ...deleted, url: 'https://example.com' })).toEqual([
      "/: undeclared field 'url'",
    ]);
  });

  test.each([
    'payment_intent',
    'setup_intent',
    'payment_method',
    'customer',
    'charge',
    'refund',
    'balance',
    'balance_transaction',
    'webhook_endpoint',
    'dispute',
    'mandate',
    'setup_attempt',
    'token',
    'account',
    'confirmation_token',
    'ephemeral_key',
    'customer_session',
    'event',
    'list',
    'search_result',
    'test_helpers.test_clock',
    'radar.early_fraud_warning',
    'card',
    'bank_account',
    'file',
  ])('knows %s', (object) => {
    const errors = validateStripe({ object });
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.join()).not.toContain('no definition');
  });

  test('refuses what it does not know', () => {
    expect(validateStripe({ object: 'teapot' })).toEqual(["/object: no definition for 'teapot'"]);
    expect(validateStripe({})).toEqual(["/: missing field 'object'"]);
    expect(validateStripe(null)).toEqual(['/: must be an object, is null']);
  });
});
