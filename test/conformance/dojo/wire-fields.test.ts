import { describe, expect, test } from 'vitest';
import { dojoSchema, resolveDojo, type Schema } from '../../support/dojo-schema.js';
import { type DojoShop, MINIMAL, ok, problem, useDojo, type Wire } from './client.js';

const tender = useDojo();

type Json = Wire;

/** Values of fields whose meaning a schema cannot tell, by name. */
const KNOWN: Readonly<Record<string, Json>> = {
  currencyCode: 'GBP',
  countryCode: 'GB',
  emailAddress: 'gabriel@dojo.example',
  ipAddress: '127.0.0.1',
  paymentMethods: ['Card', 'Wallet', 'SavedCard'],
  expireAt: '2099-12-31T23:59:58Z',
  autoExpireIn: '1.02:03:04',
  availabilityDate: '2030-01-02T03:04:05Z',
  value: 1234,
};

/** A value with every field of a schema that has any; strings as long as they may be. */
function full(schema: Schema, name: string): Json {
  const own = resolveDojo(schema);
  if (name in KNOWN) return KNOWN[name];
  if (own.anyOf !== undefined) return full(own.anyOf[0] ?? {}, name);
  if (own.enum !== undefined) return own.enum.at(-1);
  if (own.properties !== undefined)
    return Object.fromEntries(
      Object.entries(own.properties).map(([key, value]) => [key, full(value, key)]),
    );
  if (own.type === 'object') return { [`${name} key`]: `${name} value` };
  if (own.type === 'array') return [full(own.items ?? {}, name)];
  if (own.type === 'boolean') return true;
  if (own.type === 'integer') return own.minimum ?? 3;
  if (own.format === 'uri') return `https://shop.example/${name}`;
  return own.maxLength === undefined ? name : name.padEnd(own.maxLength, 'x');
}

const CREATE = dojoSchema('CreatePaymentIntentRequest');

/** Ids must be of what there is, and a secret of a customer's own. */
async function everyField({ stripe, dojo }: DojoShop): Promise<Json> {
  const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' });
  const id = customer.id.replace('cus_', 'cust_sandbox_');
  const { data } = await stripe.customers.listPaymentMethods(customer.id);
  const { secret } = await ok(dojo.post(`/customers/${id}/create-secret`));
  const setup = await stripe.setupIntents.create();
  const body = full(CREATE, 'body');
  return {
    ...body,
    setupIntentId: setup.id.replace('seti_', 'si_sandbox_'),
    customer: {
      ...body.customer,
      id,
      secret,
      savedCardId: data[0]?.id.replace('pm_', 'pm_sandbox_'),
    },
  };
}

/** Fields of the request that no answer shows: it only asks for a token. */
const UNSHOWN = ['generateRemoteToken'];

describe('every field of a payment intent', () => {
  test('is accepted, kept and shown', async () => {
    const shop = tender.newShop();
    const sent = await everyField(shop);
    const shown = await shop.newIntent(sent);
    const { secret: _, savedCardId: __, ...customer } = sent.customer;
    const expected = { ...sent, customer };
    for (const name of UNSHOWN) delete expected[name];
    expect(shown).toMatchObject(expected);
    expect(shown.totalAmount).toEqual({ value: 4 * 1234, currencyCode: 'GBP' });
    expect(shown.clientSessionSecret).toMatch(/^[\w-]{160}$/);
    expect(JSON.stringify(shown)).not.toContain(sent.customer.secret);
    expect(await ok(shop.dojo.get(`/payment-intents/${shown.id}`))).toEqual(shown);
  });

  test('may be null where the description says so', async () => {
    const { newIntent } = tender.newShop();
    const nulls = Object.entries(CREATE.properties ?? {})
      .filter(([, { anyOf }]) => anyOf !== undefined)
      .map(([name]) => [name, null]);
    expect(nulls.length).toBeGreaterThan(15);
    const { id: _, ...plain } = await newIntent();
    const { id: __, ...shown } = await newIntent(Object.fromEntries(nulls));
    const other = { createdAt: '', updatedAt: '', expireAt: '', paymentLink: '' };
    expect({ ...shown, ...other }).toEqual({ ...plain, ...other });
  });

  test('is found whatever the case of its name', async () => {
    const { dojo } = tender.newShop();
    const sent = {
      Amount: { Value: 700, CurrencyCode: 'gbp' },
      REFERENCE: 'Order 7',
      CaptureMode: 'manual',
    };
    expect(await ok(dojo.post('/payment-intents', sent))).toMatchObject({
      amount: { value: 700, currencyCode: 'GBP' },
      reference: 'Order 7',
      captureMode: 'Manual',
    });
  });

  test('is seen by the Stripe dialect where that has it', async () => {
    const shop = tender.newShop();
    const sent = await everyField(shop);
    const { id } = await shop.newIntent(sent);
    const intent = await shop.stripe.paymentIntents.retrieve(id.replace('_sandbox_', '_'));
    const { address1, address2, city, state, postcode } = sent.shippingDetails.address;
    expect(intent).toMatchObject({
      amount: 4 * 1234,
      currency: 'gbp',
      capture_method: 'manual',
      description: sent.description,
      metadata: sent.metadata,
      receipt_email: sent.customer.emailAddress,
      shipping: {
        name: sent.shippingDetails.name,
        address: {
          line1: address1,
          line2: address2,
          city,
          state,
          postal_code: postcode,
          country: 'GB',
        },
      },
    });
  });
});

interface Violation {
  /** Where it is, as errors name it: `Customer.EmailAddress`, or `$.amount` for a wrong type. */
  readonly field: string;
  readonly body: Json;
}

const pascal = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

const isObject = (schema: Schema) => schema.properties !== undefined;

/** The schema itself, without the choice of null. */
const bare = (schema: Schema): Schema => {
  const own = resolveDojo(schema);
  return own.anyOf === undefined ? own : bare(own.anyOf[0] ?? {});
};

/** Every way in which one field of a body breaks its schema, with the rest as it should be. */
function violations(schema: Schema, good: Json, field = '', json = '$'): Violation[] {
  return Object.entries(bare(schema).properties ?? {}).flatMap(([name, property]) => {
    const own = bare(property);
    const at = field === '' ? pascal(name) : `${field}.${pascal(name)}`;
    const path = `${json}.${name}`;
    const wrong = (where: string, value: Json) => ({
      field: where,
      body: { ...good, [name]: value },
    });
    const inner = isObject(own)
      ? violations(own, full(property, name), at, path).map((one) => wrong(one.field, one.body))
      : [];
    const items = own.type === 'array' ? bare(own.items ?? {}) : {};
    const listed = isObject(items)
      ? violations(items, full(items, name), `${at}[0]`, `${path}[0]`).map((one) =>
          wrong(one.field, [one.body]),
        )
      : [];
    const { [name]: _, ...without } = good;
    return [
      ...inner,
      ...listed,
      wrong(path, own.type === 'string' ? { not: 'text' } : 'not that'),
      ...(bare(schema).required?.includes(name) ? [{ field: at, body: without }] : []),
      ...(own.maxLength === undefined ? [] : [wrong(at, 'x'.repeat(own.maxLength + 1))]),
      ...(own.minLength === undefined ? [] : [wrong(at, '')]),
      ...(own.format === 'uri' ? [wrong(at, 'javascript:alert(1)')] : []),
      ...(own.minimum === undefined ? [] : [wrong(at, own.minimum - 1)]),
      ...(own.maximum === undefined ? [] : [wrong(at, own.maximum + 1)]),
    ];
  });
}

/** The path of an operation with a body, and a body that it accepts. */
const BODIES: readonly (readonly [path: string, schema: string, good: Json])[] = [
  ['/payment-intents', 'CreatePaymentIntentRequest', MINIMAL],
  ['/payment-intents/ID/captures', 'CreateCaptureRequest', { amount: 1 }],
  ['/payment-intents/ID/tips-amount', 'SetTipsAmountRequest', { tipsAmount: MINIMAL.amount }],
  ['/payment-intents/ID/amount', 'SetAmountRequest', { amount: MINIMAL.amount }],
  ['/payment-intents/ID/receipt', 'SendEmailReceiptRequest', { emails: ['a@b.example'] }],
  ['/payment-intents/ID/refunds', 'CreateRefundRequest', { amount: 1 }],
  ['/payment-intents/search', 'SearchPaymentIntentRequest', {}],
];

describe('a body that breaks its schema', () => {
  test.each(BODIES)(
    'of POST %s is refused with the field in the errors',
    async (path, name, good) => {
      const { dojo, newIntent } = tender.newShop();
      const { id } = await newIntent();
      const found = violations(dojoSchema(name), good);
      expect(found.length).toBeGreaterThan(1);
      for (const { field, body } of found) {
        const headers = { idempotencyKey: 'one' };
        const refused = await problem(dojo.post(path.replace('ID', id), body, headers), 400);
        expect(refused.title).toBe('One or more validation errors occurred.');
        expect(Object.keys(refused.errors), JSON.stringify(body).slice(0, 300)).toEqual([field]);
      }
    },
  );

  const MISFITS: readonly (readonly [body: Json, field: string])[] = [
    [{ ...MINIMAL, amount: { value: 1000, currencyCode: 'USD' } }, 'Amount.CurrencyCode'],
    [{ ...MINIMAL, amount: { value: 0, currencyCode: 'GBP' } }, 'Amount.Value'],
    [{ ...MINIMAL, amount: { value: 1.5, currencyCode: 'GBP' } }, '$.amount.value'],
    [{ ...MINIMAL, tipsAmount: { value: 1, currencyCode: 'EUR' } }, 'TipsAmount.CurrencyCode'],
    [{ ...MINIMAL, tipsAmount: { value: -1, currencyCode: 'GBP' } }, 'TipsAmount.Value'],
    [{ ...MINIMAL, paymentMethods: ['Cash'] }, '$.paymentMethods[0]'],
    [{ ...MINIMAL, expireAt: '2001-01-01T00:00:00Z' }, 'ExpireAt'],
    [{ ...MINIMAL, expireAt: 'tomorrow' }, '$.expireAt'],
    [{ ...MINIMAL, autoExpireIn: '00:00:30', autoExpireAction: 'Release' }, 'AutoExpireIn'],
    [{ ...MINIMAL, autoExpireIn: '7.00:00:00', autoExpireAction: 'Release' }, 'AutoExpireIn'],
    [{ ...MINIMAL, autoExpireIn: '24:00:00', autoExpireAction: 'Release' }, '$.autoExpireIn'],
    [{ ...MINIMAL, autoExpireIn: '00:00:31' }, 'AutoExpireAction'],
    [{ ...MINIMAL, customer: { id: 'cust_sandbox_000000000000000' } }, 'Customer.Id'],
    [{ ...MINIMAL, customer: { id: 'nobody' } }, 'Customer.Id'],
    [{ ...MINIMAL, customer: { secret: 'cs_sandbox_none' } }, 'Customer.Secret'],
    [{ ...MINIMAL, customer: { emailAddress: 'nobody' } }, 'Customer.EmailAddress'],
    [{ ...MINIMAL, customer: { savedCardId: 'pm_sandbox_00000000000' } }, 'Customer.SavedCardId'],
    [{ ...MINIMAL, setupIntentId: 'pi_sandbox_000000000000' }, 'SetupIntentId'],
    [{ ...MINIMAL, reference: 'a\u0000b' }, 'Reference'],
    [{ ...MINIMAL, metadata: { long: 'x'.repeat(501) } }, 'Metadata.long'],
    [{ ...MINIMAL, itemLines: [null] }, 'ItemLines[0]'],
    ['null', ''],
    ['', ''],
    ['{', '$'],
    ['[]', '$'],
  ];
  test.each(MISFITS.map(([body, field]) => ({ field, body })))(
    'or the rules beside it is refused at $field',
    async ({ body, field }) => {
      const { dojo } = tender.newShop();
      const refused = await problem(dojo.post('/payment-intents', body), 400);
      expect(Object.keys(refused.errors)).toEqual([field]);
    },
  );
});
