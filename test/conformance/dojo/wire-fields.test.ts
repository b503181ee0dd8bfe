import { describe, expect, test } from 'vitest';
import { dojoSchema } from '../../support/dojo-schema.js';
import { type DojoShop, MINIMAL, ok, problem, useDojo } from './client.js';
import { full, type Json } from './schema-values.js';

const tender = useDojo();

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

describe('a body that breaks the rules beside its schema', () => {
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
    'is refused at $field',
    async ({ body, field }) => {
      const { dojo } = tender.newShop();
      const refused = await problem(dojo.post('/payment-intents', body), 400);
      expect(Object.keys(refused.errors)).toEqual([field]);
    },
  );
});
