import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { validateStripe } from '../../support/schema.js';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { type Body, form, type Raw, rawClient } from './raw-http.js';

let tender: TestTender;
let raw: Raw;
let close: () => void;
let customer: Body;
let intent: Body;
let refund: Body;

beforeAll(async () => {
  tender = await startTestTender();
  ({ raw, close } = rawClient(tender.port, newName()));
  customer = (await raw('POST', '/v1/customers', { form: 'name=A' })).body;
  const attach = `/v1/payment_methods/pm_card_visa/attach`;
  const method = (await raw('POST', attach, { form: `customer=${customer.id}` })).body;
  await raw('POST', `/v1/customers/${customer.id}`, {
    form: `invoice_settings[default_payment_method]=${method.id}`,
  });
  const fields = {
    amount: 2000,
    currency: 'usd',
    'payment_method_types[]': 'card',
    customer: customer.id,
    payment_method: method.id,
    confirm: true,
  };
  intent = (await raw('POST', '/v1/payment_intents', { form: form(fields) })).body;
  refund = (await raw('POST', '/v1/refunds', { form: `payment_intent=${intent.id}&amount=5` }))
    .body;
});

afterEach(() => expect(tender.errors.splice(0)).toEqual([]));

afterAll(async () => {
  close();
  await tender.stop();
});

async function expanded(path: string, ...paths: string[]): Promise<Body> {
  const query = paths.map((one) => `expand[]=${one}`).join('&');
  const { status, body } = await raw('GET', `${path}?${query}`);
  expect(body.error).toBeUndefined();
  expect(status).toBe(200);
  expect(validateStripe(body)).toEqual([]);
  return body;
}

const atIntent = (): string => `/v1/payment_intents/${intent.id}`;

describe('expand', () => {
  test('gives the object in place of its id', async () => {
    const whole = await expanded(atIntent(), 'customer', 'latest_charge', 'payment_method');
    expect(whole.customer.id).toBe(customer.id);
    expect(whole.latest_charge.id).toBe(intent.latest_charge);
    expect(whole.payment_method.id).toBe(intent.payment_method);
    const { customer: a, latest_charge: b, payment_method: c, ...rest } = whole;
    expect({ ...rest, customer: a.id, latest_charge: b.id, payment_method: c.id }).toEqual(intent);
  });

  test('goes four levels deep', async () => {
    const path = 'latest_charge.payment_intent.payment_method.customer';
    const whole = await expanded(atIntent(), path);
    expect(whole.latest_charge.payment_intent.payment_method.customer.id).toBe(customer.id);
  });

  test('goes back and forth', async () => {
    const { latest_charge: charge } = await expanded(
      atIntent(),
      'latest_charge.balance_transaction.source',
      'latest_charge.refunds.data.charge',
    );
    expect(charge.balance_transaction.source.id).toBe(charge.id);
    expect(charge.refunds).toMatchObject({ object: 'list', total_count: 1, has_more: false });
    expect(charge.refunds.data[0].id).toBe(refund.id);
    expect(charge.refunds.data[0].charge.id).toBe(charge.id);
  });

  test('inside of a hash', async () => {
    const path = 'invoice_settings.default_payment_method';
    const whole = await expanded(`/v1/customers/${customer.id}`, path);
    expect(whole.invoice_settings.default_payment_method.id).toBe(intent.payment_method);
  });

  test('of what is null leaves null', async () => {
    const whole = await expanded(atIntent(), 'application', 'on_behalf_of', 'review');
    expect([whole.application, whole.on_behalf_of, whole.review]).toEqual([null, null, null]);
  });

  test('twice the same is once', async () => {
    const whole = await expanded(atIntent(), 'customer', 'customer');
    expect(whole.customer.id).toBe(customer.id);
  });

  test('of writes expands what they leave', async () => {
    const { body } = await raw('POST', atIntent(), {
      form: 'description=new&expand[]=latest_charge.customer',
    });
    expect(body.latest_charge.customer.name).toBe('A');
    const created = await raw('POST', '/v1/refunds', {
      form: `payment_intent=${intent.id}&amount=5&expand[]=charge&expand[]=payment_intent`,
    });
    expect(created.body.charge.amount_refunded).toBe(10);
    expect(created.body.payment_intent.id).toBe(intent.id);
  });

  test('in lists begins with data', async () => {
    const whole = await expanded('/v1/payment_intents', 'data.customer', 'data.latest_charge');
    expect(whole.data[0].customer.name).toBe('A');
    expect(whole.data[0].latest_charge.object).toBe('charge');
    const deep = await expanded('/v1/charges', 'data.payment_intent.payment_method.customer');
    expect(deep.data[0].payment_intent.payment_method.customer.id).toBe(customer.id);
  });

  test('goes through what may be one of several kinds, where it is of the right one', async () => {
    const { status, body } = await raw(
      'GET',
      '/v1/balance_transactions?expand[]=data.source.charge.payment_intent' +
        '&expand[]=data.source.refunds',
    );
    expect(status).toBe(200);
    const sources: Body[] = body.data.map(({ source }: Body) => source);
    const refunded = sources.find(({ id }) => id === refund.id);
    const charge = { object: 'charge', payment_intent: { id: intent.id } };
    expect(refunded).toMatchObject({ object: 'refund', charge });
    expect(refunded).not.toHaveProperty('refunds');
    expect(sources.at(-1)).toMatchObject({
      object: 'charge',
      payment_intent: intent.id,
      refunds: { data: expect.arrayContaining([expect.objectContaining({ id: refund.id })]) },
    });
    expect(validateStripe(body)).toEqual([]);
  });

  test('of data alone does nothing', async () => {
    const plain = (await raw('GET', '/v1/payment_intents')).body;
    expect(await expanded('/v1/payment_intents', 'data')).toEqual(plain);
  });
});

describe('expand refuses', () => {
  const list = '/v1/payment_intents';

  test.each([
    ['what is no property', null, 'foo', 'foo'],
    ['and names the first segment alone', null, 'a.b.c', 'a'],
    ['a property that is no object', null, 'amount', 'amount'],
    ['what every object of the language has', null, 'constructor', 'constructor'],
    ['what no object of the wire has', null, '__proto__', '__proto__'],
    ['a method of objects', null, 'toString', 'toString'],
  ])('%s', async (_, path, field, named) => {
    const { status, body } = await raw('GET', `${path ?? atIntent()}?expand[]=${field}`);
    expect(status).toBe(400);
    expect(body.error).toEqual({
      message: `This property cannot be expanded (${named}).`,
      type: 'invalid_request_error',
    });
  });

  test('in lists what lacks data, and says how', async () => {
    const { status, body } = await raw('GET', `${list}?expand[]=foo`);
    expect(status).toBe(400);
    expect(body.error).toEqual({
      message:
        "This property cannot be expanded (foo). You may want to try expanding 'data.foo' instead.",
      type: 'invalid_request_error',
    });
  });

  test('five levels', async () => {
    const path = 'latest_charge.payment_intent.latest_charge.payment_intent.customer';
    for (const [at, sent] of [
      [atIntent(), path],
      [list, `data.${path}`],
    ]) {
      const { status, body } = await raw('GET', `${at}?expand[]=${sent}`);
      expect(status).toBe(400);
      expect(body.error.message).toBe(
        `You cannot expand more than 4 levels of a property at once. Property: ${sent}`,
      );
    }
  });

  test('before anything is done', async () => {
    const { status } = await raw('POST', atIntent(), { form: 'description=lost&expand[]=foo' });
    expect(status).toBe(400);
    expect((await raw('GET', atIntent())).body.description).not.toBe('lost');
  });
});
