import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { parseForm } from '../form.js';
import type { Schema } from '../params.js';
import { parseParams } from '../params-parse.js';
import { chargeUpdate } from './charges.js';
import { customerCreate, customerUpdate } from './customers.js';
import { eventList } from './events.js';
import {
  paymentIntentCancel,
  paymentIntentCapture,
  paymentIntentConfirm,
  paymentIntentCreate,
  paymentIntentList,
  paymentIntentUpdate,
} from './payment-intents.js';
import { paymentMethodAttach, paymentMethodCreate } from './payment-methods.js';
import { refundCreate } from './refunds.js';
import { tokenCreate } from './tokens.js';
import { webhookEndpointCreate } from './webhook-endpoints.js';

function parse<T>(schema: Schema<T>, text: string) {
  const form = parseForm(text);
  if (!form.ok) throw new Error(form.error.message);
  return parseParams(schema, form.tree);
}

function value<T>(schema: Schema<T>, text: string): T {
  const result = parse(schema, text);
  if (!result.ok) throw new Error(`${result.error.message} (${result.error.param})`);
  return result.value;
}

function error<T>(schema: Schema<T>, text: string) {
  const result = parse(schema, text);
  if (result.ok) throw new Error('accepted');
  return result.error;
}

describe('creating an intent', () => {
  test('takes the examples of the guide', () => {
    const text =
      'amount=1099&currency=USD&payment_method_types[]=card' +
      '&statement_descriptor=Custom+descriptor&setup_future_usage=off_session' +
      '&metadata[order_id]=6735';
    expect(
      JSON.parse(JSON.stringify({ ...value(paymentIntentCreate, text), amount: 1099 })),
    ).toEqual({
      amount: 1099,
      currency: 'usd',
      payment_method_types: ['card'],
      statement_descriptor: 'Custom descriptor',
      setup_future_usage: 'off_session',
      metadata: { order_id: '6735' },
    });
    expect(value(paymentIntentCreate, 'amount=1099&currency=usd').amount).toBe(1099n);
  });

  test.each([
    ['amount=49&currency=usd', 'Amount must be at least $0.50 usd', 'amount'],
    ['amount=100000000&currency=usd', 'Amount must be no more than $999,999.99', 'amount'],
    [
      'amount=1005&currency=kwd',
      'Invalid amount: amounts in kwd must be divisible by 10.',
      'amount',
    ],
    [
      'amount=50&currency=usd&confirm=false&off_session=true',
      'The `off_session` parameter can only be used with `confirm=true`.',
      'off_session',
    ],
    [
      'amount=50&currency=usd&return_url=https://a.example',
      'The `return_url` parameter can only be used with `confirm=true`.',
      'return_url',
    ],
    [
      'amount=50&currency=usd&payment_method=pm_1&payment_method_data[type]=card',
      'You may only specify one of these parameters: payment_method, payment_method_data.',
      'payment_method',
    ],
    [
      'amount=50&currency=usd&automatic_payment_methods[enabled]=true&payment_method_types[]=card',
      'You may only specify one of these parameters: ' +
        'automatic_payment_methods, payment_method_types.',
      'automatic_payment_methods',
    ],
    [
      'amount=50&currency=usd&automatic_payment_methods[allow_redirects]=never',
      'Missing required param: automatic_payment_methods[enabled].',
      'automatic_payment_methods[enabled]',
    ],
    [
      'amount=50&currency=usd&client_secret=x',
      'Received unknown parameter: client_secret',
      'client_secret',
    ],
  ])('refuses %s', (text, message, param) => {
    expect(error(paymentIntentCreate, text)).toMatchObject({ message, param });
  });

  test('an amount below 1 is told apart from one below the minimum', () => {
    expect(error(paymentIntentCreate, 'amount=0&currency=usd')).toMatchObject({
      code: 'parameter_invalid_integer',
      message: expect.stringContaining('charge-amounts).  If you want to save'),
    });
  });
});

describe('other methods of an intent', () => {
  test('update checks an amount only with its currency', () => {
    expect(value(paymentIntentUpdate, 'amount=5').amount).toBe(5n);
    expect(error(paymentIntentUpdate, 'amount=5&currency=usd').code).toBe('amount_too_small');
    expect(value(paymentIntentUpdate, 'description=&receipt_email=&metadata=')).toEqual({
      description: null,
      receipt_email: null,
      metadata: null,
    });
    expect(error(paymentIntentUpdate, 'customer=').code).toBe('parameter_invalid_empty');
  });

  test('confirm takes what a browser sends', () => {
    const text =
      'return_url=https%3A%2F%2Fshop.example%2Fdone&payment_method_data[type]=card' +
      '&payment_method_data[card][number]=4242424242424242&payment_method_data[card][cvc]=123' +
      '&payment_method_data[card][exp_year]=34&payment_method_data[card][exp_month]=12' +
      '&payment_method_data[billing_details][address][country]=GB' +
      '&payment_method_data[pasted_fields]=number&payment_method_data[payment_user_agent]=x' +
      '&payment_method_data[referrer]=https%3A%2F%2Fshop.example' +
      '&payment_method_data[time_on_page]=8000&payment_method_data[guid]=a' +
      '&payment_method_data[client_attribution_metadata][client_session_id]=b' +
      '&expected_payment_method_type=card&use_stripe_sdk=true&key=pk_test_1&_stripe_version=x' +
      '&client_attribution_metadata[client_session_id]=b&client_secret=pi_1_secret_2' +
      '&radar_options[session]=rse_1&mandate_data[customer_acceptance][type]=online' +
      '&mandate_data[customer_acceptance][online][infer_from_client]=true';
    const sent = value(paymentIntentConfirm, text);
    expect(sent.payment_method_data?.card).toMatchObject({ exp_year: 34, exp_month: 12 });
    expect(sent.client_secret).toBe('pi_1_secret_2');
  });

  test('capture of nothing names the amount', () => {
    expect(error(paymentIntentCapture, 'amount_to_capture=0')).toMatchObject({
      message: 'This value must be greater than or equal to 1.',
      param: 'amount',
      code: 'parameter_invalid_integer',
    });
    expect(error(paymentIntentCapture, 'amount_to_capture=-1')).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message: 'Invalid non-negative integer',
      param: 'amount_to_capture',
    });
  });

  test('cancel knows four reasons', () => {
    expect(error(paymentIntentCancel, 'cancellation_reason=expired')).toMatchObject({
      message:
        'Invalid cancellation_reason: must be one of duplicate, fraudulent, ' +
        'requested_by_customer, or abandoned',
    });
  });

  test('list clamps its limit and leaves both cursors to the dialect', () => {
    expect(value(paymentIntentList, '').limit).toBe(10);
    expect(value(paymentIntentList, 'limit=101').limit).toBe(100);
    expect(value(paymentIntentList, 'limit=0').limit).toBe(1);
    const both = value(paymentIntentList, 'starting_after=pi_1&ending_before=pi_2&created[lt]=9');
    expect(both).toEqual({
      limit: 10,
      starting_after: 'pi_1',
      ending_before: 'pi_2',
      created: { lt: 9 },
    });
  });
});

describe('other objects', () => {
  test('a payment method needs a type, and no customer', () => {
    expect(error(paymentMethodCreate, 'card[token]=tok_visa').message).toBe(
      'Missing required param: type.',
    );
    expect(error(paymentMethodCreate, 'type=card&customer=cus_1')).toMatchObject({
      message: expect.stringMatching(/^You cannot attach a PaymentMethod to a Customer during/),
    });
    expect(error(paymentMethodAttach, '')).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message: 'Must provide customer or customer_account.',
      code: 'parameter_missing',
    });
  });

  test('a customer', () => {
    expect(value(customerCreate, 'source=tok_visa&balance=-50&address[line2]=')).toEqual({
      source: 'tok_visa',
      balance: -50n,
      address: { line2: null },
    });
    expect(error(customerCreate, 'tax_exempt=x').message).toBe(
      'Invalid tax_exempt: must be one of none, reverse, or exempt',
    );
    expect(error(customerUpdate, 'invoice_settings[nope]=1')).toMatchObject({
      message: 'Received unknown parameter: invoice_settings[nope]',
      param: 'invoice_settings[nope]',
    });
    expect(error(customerUpdate, 'email=x').message).toBe('Invalid email address: x');
    expect(error(customerUpdate, 'name[0]=x').message).toBe('Invalid string: {"0":"x"}');
  });

  test('a refund', () => {
    expect(error(refundCreate, 'reason=x&charge=ch_1')).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message: 'Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer',
      param: 'reason',
    });
    expect(error(refundCreate, 'amount=5').code).toBe('parameter_missing');
    expect(value(refundCreate, 'payment_intent=pi_1&amount=5').amount).toBe(5n);
  });

  test('a token, a charge, a list of events, a webhook endpoint', () => {
    expect(error(tokenCreate, 'key=pk_test_1').message).toContain('You must supply either a card');
    const card = 'card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034';
    expect(value(tokenCreate, `${card}&muid=x`).card).toMatchObject({ exp_month: 12 });
    expect(value(chargeUpdate, 'fraud_details[user_report]=')).toEqual({
      fraud_details: { user_report: null },
    });
    expect(error(eventList, 'type=a&types[]=b').code).toBe('parameters_exclusive');
    const endpoint = 'url=https://a.example&enabled_events[]=*&enabled_events[]=charge.updated';
    expect(value(webhookEndpointCreate, endpoint).enabled_events).toEqual(['*', 'charge.updated']);
    expect(error(webhookEndpointCreate, `${endpoint}&enabled_events[]=nope`).param).toBe(
      'enabled_events[2]',
    );
  });
});

test('the official client writes bodies that parse', async () => {
  const bodies: string[] = [];
  const client = new Stripe('sk_test_1', {
    httpClient: Stripe.createFetchHttpClient(async (_url, init) => {
      bodies.push(String(init?.body));
      return Response.json({ id: 'pi_1', object: 'payment_intent' });
    }),
  });
  await client.paymentIntents.create({
    amount: 1099,
    currency: 'usd',
    confirm: true,
    off_session: true,
    metadata: { 'a b': 'é & +', n: 7, gone: null },
    shipping: { name: 'J', address: { line1: '1', city: 'X' } },
    payment_method_options: { card: { request_three_d_secure: 'any', network: 'visa' } },
    amount_details: {
      line_items: [{ product_name: 'a', quantity: 1, unit_cost: 5 }],
    },
    expand: ['latest_charge', 'customer'],
  });
  const sent = value(paymentIntentCreate, bodies[0] ?? '');
  expect(sent).toMatchObject({
    amount: 1099n,
    off_session: true,
    shipping: { name: 'J', address: { line1: '1', city: 'X' } },
    payment_method_options: { card: { request_three_d_secure: 'any', network: 'visa' } },
    expand: ['latest_charge', 'customer'],
  });
  expect(sent.metadata).toHaveProperty('gone', null);
  expect(sent.amount_details?.line_items).toHaveLength(1);
});
