import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { validateStripe } from '../../support/schema.js';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { type Body, type Raw, type RawReply, rawClient } from './raw-http.js';

let tender: TestTender;
let raw: Raw;
let close: () => void;
let customer: string;

beforeAll(async () => {
  tender = await startTestTender();
  ({ raw, close } = rawClient(tender.port, newName()));
  customer = (await raw('POST', '/v1/customers', { form: 'name=A' })).body.id;
});

afterEach(() => expect(tender.errors.splice(0)).toEqual([]));

afterAll(async () => {
  close();
  await tender.stop();
});

const INTENTS = '/v1/payment_intents';
const BASE = 'amount=2000&currency=usd';

const post = (path: string, fields: string): Promise<RawReply> =>
  raw('POST', path, { form: fields.replaceAll('{customer}', customer) });

async function accepted(path: string, fields: string): Promise<Body> {
  const { status, body } = await post(path, fields);
  expect(body.error).toBeUndefined();
  expect(status).toBe(200);
  expect(validateStripe(body)).toEqual([]);
  return body;
}

const SHIPPING =
  'shipping[name]=A&shipping[phone]=1&shipping[carrier]=DHL&shipping[tracking_number]=7' +
  '&shipping[address][line1]=1+Road&shipping[address][city]=X&shipping[address][country]=DE';

const SHIPPED = {
  address: {
    city: 'X',
    country: 'DE',
    line1: '1 Road',
    line2: null,
    postal_code: null,
    state: null,
  },
  carrier: 'DHL',
  name: 'A',
  phone: '1',
  tracking_number: '7',
};

/** Parameters that create and update share, and what the intent then shows. */
const KEPT: readonly [fields: string, shown: Body][] = [
  ['application_fee_amount=100', { application_fee_amount: 100 }],
  ['amount_details[discount_amount]=5', { amount_details: { discount_amount: 5 } }],
  ['capture_method=manual', { capture_method: 'manual' }],
  ['capture_method=automatic', { capture_method: 'automatic' }],
  ['capture_method=automatic_async', { capture_method: 'automatic_async' }],
  ['description=For+you', { description: 'For you' }],
  ['excluded_payment_method_types[]=link', { excluded_payment_method_types: ['link'] }],
  ['metadata[a]=1&metadata[b]=2', { metadata: { a: '1', b: '2' } }],
  [
    'payment_details[order_reference]=o1&payment_details[customer_reference]=c1',
    { payment_details: { order_reference: 'o1', customer_reference: 'c1' } },
  ],
  ['payment_method=pm_card_visa', { status: 'requires_confirmation' }],
  [
    'payment_method_data[type]=card&payment_method_data[card][token]=tok_visa',
    { status: 'requires_confirmation' },
  ],
  ['payment_method_options[card][request_three_d_secure]=any', {}],
  ['payment_method_options[card][setup_future_usage]=off_session', {}],
  ['payment_method_types[]=card', { payment_method_types: ['card'] }],
  ['allowed_payment_method_types[]=card', { allowed_payment_method_types: ['card'] }],
  ['receipt_email=a%40example.com', { receipt_email: 'a@example.com' }],
  ['setup_future_usage=off_session', { setup_future_usage: 'off_session' }],
  ['setup_future_usage=on_session', { setup_future_usage: 'on_session' }],
  [SHIPPING, { shipping: SHIPPED }],
  ['statement_descriptor=Shop', { statement_descriptor: 'Shop' }],
  ['statement_descriptor_suffix=Order+1', { statement_descriptor_suffix: 'Order 1' }],
  ['transfer_group=g1', { transfer_group: 'g1' }],
  ['payment_method_configuration=pmc_1', {}],
  ['expand[]=customer', {}],
];

/** What only create takes. */
const CREATED: readonly [fields: string, shown: Body][] = [
  [
    'automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never',
    { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } },
  ],
  ['automatic_payment_methods[enabled]=false', { automatic_payment_methods: null }],
  ['confirm=false', { status: 'requires_payment_method' }],
  ['confirmation_method=manual', { confirmation_method: 'manual' }],
  ['on_behalf_of=acct_1', { on_behalf_of: 'acct_1' }],
  ['transfer_data[destination]=acct_1', { transfer_data: { destination: 'acct_1' } }],
  ['use_stripe_sdk=true', {}],
  ['radar_options[session]=rse_1', {}],
];

/** What says how to confirm; each of these pays. */
const CONFIRMING: readonly string[] = [
  'off_session=true',
  'off_session=recurring',
  'error_on_requires_action=true',
  'return_url=https%3A%2F%2Fshop.example%2Fdone',
  'return_url=myapp%3A%2F%2Fdone',
  'use_stripe_sdk=true',
  'radar_options[session]=rse_1',
  'receipt_email=a%40example.com',
  'capture_method=automatic',
  'setup_future_usage=off_session',
  SHIPPING,
  'mandate_data[customer_acceptance][type]=offline',
  'payment_method_options[card][request_three_d_secure]=automatic',
  'payment_method_types[]=card',
];

describe('create takes', () => {
  test.each([...KEPT, ...CREATED])('%s', async (fields, shown) => {
    expect(await accepted(INTENTS, `${BASE}&${fields}`)).toMatchObject(shown);
  });

  test.each(CONFIRMING)('confirm=true with %s', async (fields) => {
    const paying = 'confirm=true&payment_method=pm_card_visa&payment_method_types[0]=card';
    const own = fields.startsWith('payment_method_types')
      ? paying.split('&payment_method_t')[0]
      : paying;
    const { status } = await accepted(INTENTS, `${BASE}&${own}&${fields}`);
    expect(status).toBe('succeeded');
  });

  test('a customer', async () => {
    const body = await accepted(INTENTS, `${BASE}&customer={customer}`);
    expect(body.customer).toBe(customer);
  });
});

describe('update takes', () => {
  test.each(KEPT)('%s', async (fields, shown) => {
    const { id } = await accepted(INTENTS, BASE);
    expect(await accepted(`${INTENTS}/${id}`, fields)).toMatchObject(shown);
  });

  test('amount, currency and customer', async () => {
    const { id } = await accepted(INTENTS, BASE);
    const fields = 'amount=3000&currency=eur&customer={customer}';
    const shown = { amount: 3000, currency: 'eur', customer };
    expect(await accepted(`${INTENTS}/${id}`, fields)).toMatchObject(shown);
  });

  test('an empty text, to unset what can be unset', async () => {
    const set =
      `${BASE}&description=a&receipt_email=a%40example.com&setup_future_usage=on_session` +
      `&statement_descriptor=Shop&transfer_group=g&metadata[a]=1&${SHIPPING}`;
    const { id } = await accepted(INTENTS, set);
    const names = 'description receipt_email setup_future_usage statement_descriptor shipping';
    const unset = `${names} transfer_group metadata`.split(' ').map((name) => `${name}=`);
    expect(await accepted(`${INTENTS}/${id}`, unset.join('&'))).toMatchObject({
      description: null,
      metadata: {},
      receipt_email: null,
      setup_future_usage: null,
      shipping: null,
      statement_descriptor: null,
      transfer_group: null,
    });
  });
});

describe('confirm takes', () => {
  test.each(CONFIRMING)('%s', async (fields) => {
    const { id } = await accepted(INTENTS, `${BASE}&payment_method_types[]=card`);
    const { status } = await accepted(
      `${INTENTS}/${id}/confirm`,
      `payment_method=pm_card_visa&${fields}`,
    );
    expect(status).toBe('succeeded');
  });

  test('the intent’s secret, with a secret key, too', async () => {
    const { id, client_secret } = await accepted(INTENTS, `${BASE}&payment_method_types[]=card`);
    const fields = `client_secret=${client_secret}&payment_method=pm_card_visa`;
    expect((await accepted(`${INTENTS}/${id}/confirm`, fields)).status).toBe('succeeded');
  });
});

describe('capture, cancel and refund take', () => {
  const paying = `${BASE}&payment_method_types[]=card&payment_method=pm_card_visa&confirm=true`;

  test.each([
    'amount_to_capture=500',
    'amount_to_capture=2000&final_capture=true',
    'metadata[a]=1',
    'statement_descriptor=Shop',
    'statement_descriptor_suffix=Order',
    'application_fee_amount=0',
    'amount_details[discount_amount]=1',
    'payment_details[order_reference]=o',
    'transfer_data[amount]=1',
    'expand[]=latest_charge',
  ])('capture: %s', async (fields) => {
    const { id } = await accepted(INTENTS, `${paying}&capture_method=manual`);
    expect((await accepted(`${INTENTS}/${id}/capture`, fields)).status).toBe('succeeded');
  });

  test.each(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'])(
    'cancel: %s',
    async (reason) => {
      const { id } = await accepted(INTENTS, BASE);
      const body = await accepted(`${INTENTS}/${id}/cancel`, `cancellation_reason=${reason}`);
      expect([body.status, body.cancellation_reason]).toEqual(['canceled', reason]);
    },
  );

  test.each(['automatic', 'expired', 'void_invoice'])('cancel refuses %s', async (reason) => {
    const { id } = await accepted(INTENTS, BASE);
    const { status, body } = await post(`${INTENTS}/${id}/cancel`, `cancellation_reason=${reason}`);
    expect(status).toBe(400);
    expect(body.error.message).toBe(
      'Invalid cancellation_reason: must be one of duplicate, fraudulent, ' +
        'requested_by_customer, or abandoned',
    );
  });

  test.each([
    ['amount=500', { amount: 500 }],
    ['reason=duplicate', { reason: 'duplicate', amount: 2000 }],
    ['reason=fraudulent', { reason: 'fraudulent' }],
    ['reason=requested_by_customer', { reason: 'requested_by_customer' }],
    ['metadata[a]=1', { metadata: { a: '1' } }],
    ['instructions_email=a%40example.com', {}],
    ['refund_application_fee=false&reverse_transfer=false', {}],
    ['expand[]=charge', {}],
  ])('refund: %s', async (fields, shown) => {
    const { id } = await accepted(INTENTS, paying);
    const body = await accepted('/v1/refunds', `payment_intent=${id}&${fields}`);
    expect(body).toMatchObject({ object: 'refund', status: 'succeeded', ...shown });
  });
});

describe('an unknown parameter', () => {
  test.each([
    [INTENTS, `${BASE}&shipping[name]=A&shipping[address][planet]=B`, 'shipping[address][planet]'],
    [INTENTS, `${BASE}&payment_method_options[card][wat]=1`, 'payment_method_options[card][wat]'],
    [INTENTS, `${BASE}&__proto__=1`, '__proto__'],
    [INTENTS, `${BASE}&constructor[prototype][x]=1`, 'constructor'],
    [INTENTS, `${BASE}&a]b=1`, 'a]b'],
    [INTENTS, `${BASE}&a[b=1`, 'a[b'],
    ['/v1/customers', 'address[zip]=1', 'address[zip]'],
    ['/v1/refunds', 'charge=ch_1&toString=1', 'toString'],
    ['/v1/webhook_endpoints', 'url=https%3A%2F%2Fa.example&enabled_events[]=*&secret=1', 'secret'],
  ])('at %s of %s is named', async (path, fields, name) => {
    const { status, body } = await post(path, fields);
    expect(status).toBe(400);
    expect(body.error).toEqual({
      code: 'parameter_unknown',
      doc_url: 'https://stripe.com/docs/error-codes/parameter-unknown',
      message: `Received unknown parameter: ${name}`,
      param: name,
      type: 'invalid_request_error',
    });
  });
});
