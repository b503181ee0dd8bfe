import { describe, expect, test } from 'vitest';
import { eventsOf, failure, useTender } from './shop.js';

const fixture = useTender();

/** A bank account whose holder agreed to be charged. */
const SAVED_ACCOUNT = {
  ...{ payment_method_types: ['sepa_debit'] },
  confirm: true,
  payment_method_data: {
    type: 'sepa_debit',
    sepa_debit: { iban: 'AT611904300234573201' },
    billing_details: { name: 'Ada', email: 'ada@example.com' },
  },
  mandate_data: {
    customer_acceptance: {
      type: 'online',
      online: { ip_address: '127.0.0.1', user_agent: 'test' },
    },
  },
} as const;

describe('customers', () => {
  test('are made with nothing', async () => {
    const { stripe } = fixture.newShop();
    const customer = await stripe.customers.create();
    expect(customer.id).toMatch(/^cus_[0-9A-Za-z]{14}$/);
    expect(customer).toMatchObject({
      address: null,
      balance: 0,
      currency: null,
      customer_account: null,
      default_source: null,
      delinquent: false,
      description: null,
      discount: null,
      email: null,
      invoice_prefix: expect.stringMatching(/^[0-9A-Z]{8}$/),
      invoice_settings: {
        custom_fields: null,
        default_payment_method: null,
        footer: null,
        rendering_options: null,
      },
      livemode: false,
      metadata: {},
      name: null,
      next_invoice_sequence: 1,
      phone: null,
      preferred_locales: [],
      shipping: null,
      tax_exempt: 'none',
      test_clock: null,
    });
  });

  test('are updated, and the event tells exactly what changed', async () => {
    const { stripe } = fixture.newShop();
    const customer = await stripe.customers.create({
      email: 'ada@example.com',
      metadata: { a: '1', b: '2' },
      payment_method: 'pm_card_visa',
    });
    const [method] = (await stripe.paymentMethods.list({ customer: customer.id })).data;
    const chosen = { invoice_settings: { default_payment_method: method?.id ?? '' } };
    const updated = await stripe.customers.update(customer.id, {
      email: '',
      name: 'Ada',
      metadata: { b: '', c: '3' },
      tax_exempt: 'exempt',
      expand: ['invoice_settings.default_payment_method'],
      ...chosen,
    });
    expect(updated).toMatchObject({
      email: null,
      name: 'Ada',
      metadata: { a: '1', c: '3' },
      tax_exempt: 'exempt',
      invoice_settings: { default_payment_method: { id: method?.id } },
    });
    const told = await eventsOf(stripe);
    expect(told.map(({ type }) => type)).toEqual([
      'customer.created',
      'payment_method.attached',
      'customer.updated',
    ]);
    expect(told[2]?.data.previous_attributes).toEqual({
      email: 'ada@example.com',
      name: null,
      metadata: { b: '2', c: null },
      tax_exempt: 'none',
      invoice_settings: { default_payment_method: null },
    });
    expect(told[2]?.data.object).toMatchObject({ name: 'Ada', ...chosen });
    expect(told[0]?.data.object).toMatchObject({ email: 'ada@example.com', name: null });
  });

  test('are listed, newest first, and by their address', async () => {
    const { stripe } = fixture.newShop();
    const first = await stripe.customers.create({ email: 'ada@example.com' });
    const second = await stripe.customers.create({ email: 'bob@example.com' });
    expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([second.id, first.id]);
    const { data } = await stripe.customers.list({ email: 'ada@example.com' });
    expect(data.map(({ id }) => id)).toEqual([first.id]);
  });

  test('that are deleted say so, and take part in nothing', async () => {
    const { stripe } = fixture.newShop();
    const { id } = await stripe.customers.create({ name: 'Ada', payment_method: 'pm_card_visa' });
    const gone = { id, object: 'customer', deleted: true };
    expect(await stripe.customers.del(id)).toEqual(gone);
    expect(await stripe.customers.retrieve(id)).toEqual(gone);
    expect((await stripe.customers.list()).data).toEqual([]);
    expect((await stripe.paymentMethods.list({ customer: id })).data).toEqual([]);
    const missing = { code: 'resource_missing', message: `No such customer: '${id}'` };
    expect(await failure(stripe.customers.update(id, { name: 'Bob' }))).toMatchObject({
      status: 404,
      param: 'id',
      ...missing,
    });
    expect(await failure(stripe.customers.del(id))).toMatchObject({ status: 404, ...missing });
    const payment = { amount: 500, currency: 'usd', customer: id };
    expect(await failure(stripe.paymentIntents.create(payment))).toMatchObject({
      status: 400,
      param: 'customer',
      ...missing,
    });
    // A deleted customer is still a place in the list.
    expect((await stripe.customers.list({ starting_after: id })).data).toEqual([]);
    const deletion = (await eventsOf(stripe)).find(({ type }) => type === 'customer.deleted');
    expect(deletion?.data.object).toMatchObject({ id, name: 'Ada' });
    expect(deletion?.data.object).not.toHaveProperty('deleted');
  });

  test.each(['of his own', 'with his test clock'])(
    'who are deleted %s owe nothing',
    async (how) => {
      const { stripe } = fixture.newShop();
      const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_600_000_000 });
      const { id } = await stripe.customers.create({ test_clock: clock.id });
      const setup = await stripe.setupIntents.create({ customer: id, ...SAVED_ACCOUNT });
      const mandate = setup.mandate as string;
      expect(await stripe.mandates.retrieve(mandate)).toMatchObject({ status: 'active' });
      await (how === 'of his own'
        ? stripe.customers.del(id)
        : stripe.testHelpers.testClocks.del(clock.id));
      expect(await stripe.mandates.retrieve(mandate)).toMatchObject({ status: 'inactive' });
      const told = (await eventsOf(stripe)).find(({ type }) => type === 'mandate.updated');
      expect(told?.data).toMatchObject({
        object: { id: mandate, status: 'inactive' },
        previous_attributes: { status: 'active' },
      });
    },
  );

  test('who are not there are missing', async () => {
    const { stripe } = fixture.newShop();
    expect(await failure(stripe.customers.retrieve('cus_none'))).toMatchObject({
      status: 404,
      code: 'resource_missing',
      param: 'id',
      message: "No such customer: 'cus_none'",
    });
    expect(await failure(stripe.customers.list({ starting_after: 'cus_none' }))).toMatchObject({
      status: 400,
      code: 'resource_missing',
      param: 'starting_after',
    });
    expect(await failure(stripe.customers.create({ email: 'nowhere' }))).toMatchObject({
      status: 400,
      message: 'Invalid email address: nowhere',
    });
    expect(await failure(stripe.customers.create({ tax_exempt: 'maybe' as never }))).toMatchObject({
      message: 'Invalid tax_exempt: must be one of none, reverse, or exempt',
    });
  });

  test('whose first method is refused are not made', async () => {
    const { stripe } = fixture.newShop();
    const declined = stripe.customers.create({ payment_method: 'pm_card_chargeDeclined' });
    expect(await failure(declined)).toMatchObject({ status: 402, code: 'card_declined' });
    expect((await stripe.customers.list()).data).toEqual([]);
    expect(await eventsOf(stripe)).toEqual([]);
  });
});
