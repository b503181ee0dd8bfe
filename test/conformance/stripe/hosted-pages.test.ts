import type Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { failure, useTender } from './shop.js';

const fixture = useTender();

const AGREED = {
  mandate_data: {
    customer_acceptance: {
      type: 'online',
      online: { ip_address: '127.0.0.1', user_agent: 'test' },
    },
  },
} as const;

const SECRET = /\/[A-Za-z0-9]{32}$/;

async function open(url: string | null | undefined, form?: Record<string, string>) {
  const sent = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(url ?? '', sent);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** What must hold of every page, whatever it says. */
async function expectClosed(url: string | null | undefined) {
  expect(url).toMatch(SECRET);
  const { headers, text } = await open(url);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; /);
  expect(policy.endsWith("; frame-ancestors 'none'; base-uri 'none'")).toBe(true);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(text).not.toMatch(/<script|_secret_/);
  expect(text).toMatch(/<html lang="en">.*<main>.*<h1>/s);
  const [other] = [...(url ?? '')].toReversed();
  for (const wrong of [
    (url ?? '').slice(0, -1) + (other === 'a' ? 'b' : 'a'),
    (url ?? '').replace(SECRET, ''),
    (url ?? '').replace(SECRET, '/'),
    `${url}/more`,
    (url ?? '').replace(/acct_\w+/, 'acct_other'),
  ])
    expect((await open(wrong)).status).toBe(404);
}

const TYPED = {
  ...{ payment_method_types: ['us_bank_account'] },
  payment_method_data: {
    type: 'us_bank_account',
    us_bank_account: {
      account_number: '000123456789',
      routing_number: '110000000',
      account_holder_type: 'individual',
    },
    billing_details: { name: 'Ada <b>' },
  },
  ...AGREED,
} as const;

describe('the page for deposits', () => {
  const urlOf = ({ next_action }: Stripe.PaymentIntent | Stripe.SetupIntent) =>
    next_action?.verify_with_microdeposits?.hosted_verification_url;

  async function payment(stripe: Stripe) {
    const params = { amount: 1500, currency: 'usd', confirm: true, ...TYPED };
    return stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams);
  }

  async function setup(stripe: Stripe) {
    const params = { confirm: true, ...TYPED };
    return stripe.setupIntents.create(params as Stripe.SetupIntentCreateParams);
  }

  test.each([
    ['the code', { code: ' sm11aa ' }],
    ['the amounts', { first: '45', second: '$0.32' }],
  ])('takes %s for a payment', async (_what, form) => {
    const { stripe } = fixture.newShop();
    const intent = await payment(stripe);
    const url = urlOf(intent);
    await expectClosed(url);
    expect((await open(url)).text).toContain('the account ending in 6789');
    const answered = await open(url, form);
    expect(answered).toMatchObject({ status: 200, text: expect.stringContaining('confirmed') });
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('processing');
    expect((await open(url, form)).status).toBe(404);
  });

  test('takes the code for a setup', async () => {
    const { stripe } = fixture.newShop();
    const intent = await setup(stripe);
    await expectClosed(urlOf(intent));
    expect((await open(urlOf(intent), { code: 'SM11AA' })).status).toBe(200);
    expect((await stripe.setupIntents.retrieve(intent.id)).status).toBe('succeeded');
  });

  test('says what is wrong, and how many tries are left', async () => {
    const { stripe } = fixture.newShop();
    const intent = await payment(stripe);
    const url = urlOf(intent);
    for (const form of [{}, { code: '' }, { first: '32' }, { first: 'x', second: '1000' }])
      expect(await open(url, form)).toMatchObject({
        status: 400,
        text: expect.stringContaining('role="alert">That is not an answer.'),
      });
    expect(await open(url, { first: '1', second: '2' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('2 tries are left'),
    });
    const last = await open(url, { first: '10', second: '11' });
    expect(last.text).toContain('too many wrong answers');
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
    });
    expect((await open(url)).status).toBe(404);
  });
});

describe('the page for bank transfers', () => {
  async function waiting(currency = 'usd', amount = 2000) {
    const { stripe } = fixture.newShop();
    const { id: customer } = await stripe.customers.create();
    const pay = () =>
      stripe.paymentIntents.create({
        amount,
        currency,
        customer,
        confirm: true,
        ...{ payment_method_types: ['customer_balance'] },
        payment_method_data: { type: 'customer_balance' },
        payment_method_options: {
          customer_balance: {
            funding_type: 'bank_transfer',
            bank_transfer: { type: 'us_bank_transfer' },
          },
        },
      });
    const fund = (sum: number) =>
      stripe.testHelpers.customers.fundCashBalance(customer, { amount: sum, currency });
    return { stripe, customer, pay, fund };
  }
  const toldBy = ({ next_action }: Stripe.PaymentIntent) =>
    next_action?.display_bank_transfer_instructions;

  test('shows sum, reference and account, and pretends that the rest has arrived', async () => {
    const { stripe, customer, pay, fund } = await waiting();
    const intent = await pay();
    const told = toldBy(intent);
    const url = told?.hosted_instructions_url;
    await expectClosed(url);
    await fund(500);
    const { text } = await open(url);
    for (const shown of ['15.00 USD', '5.00 USD has arrived', told?.reference, '111222333444'])
      expect(text).toContain(shown);
    const paid = await open(url, {});
    expect(paid).toMatchObject({ status: 200, text: expect.stringContaining('Paid') });
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
    const { data } = await stripe.customers.listCashBalanceTransactions(customer);
    expect(data.filter(({ type }) => type === 'funded').map((one) => one.net_amount)).toEqual([
      1500, 500,
    ]);
    expect((await open(url, {})).status).toBe(404);
  });

  test('sends no money twice where the shop applies it by hand', async () => {
    const { stripe, customer, pay } = await waiting();
    await stripe.customers.updateCashBalance(customer, {
      settings: { reconciliation_mode: 'manual' },
    });
    const intent = await pay();
    const url = toldBy(intent)?.hosted_instructions_url;
    for (const _again of [1, 2])
      expect((await open(url, {})).text).toContain('The shop will apply it');
    expect((await stripe.customers.retrieveCashBalance(customer)).available).toEqual({ usd: 2000 });
    expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('requires_action');
  });

  test('shows what is still missing when an older payment came first', async () => {
    const { stripe, pay } = await waiting();
    const [first, second] = [await pay(), await pay()];
    const { text } = await open(toldBy(second)?.hosted_instructions_url, {});
    expect(text).toContain('Pretend that the transfer has arrived');
    expect((await stripe.paymentIntents.retrieve(first.id)).status).toBe('succeeded');
    expect((await stripe.paymentIntents.retrieve(second.id)).status).toBe('requires_action');
  });

  test.each([
    ['eur', 'DE89370400440532013000'],
    ['gbp', '108800'],
    ['jpy', '0001234'],
    ['mxn', '002180000118359719'],
  ])('has an account to show in %s', async (currency, number) => {
    const { pay } = await waiting(currency);
    const { text } = await open(toldBy(await pay())?.hosted_instructions_url);
    expect(text).toContain(number);
  });
});

describe('the page of a mandate', () => {
  test('shows what was agreed, to whoever has its link', async () => {
    const { stripe } = fixture.newShop();
    const intent = await stripe.paymentIntents.create({
      amount: 1500,
      currency: 'eur',
      confirm: true,
      ...{ payment_method_types: ['sepa_debit'] },
      payment_method_data: {
        type: 'sepa_debit',
        sepa_debit: { iban: 'AT611904300234573201' },
        billing_details: { name: 'Ada <b>&"', email: 'ada@example.com' },
      },
      ...AGREED,
      expand: ['latest_charge'],
    });
    const charge = intent.latest_charge as Stripe.Charge;
    const id = charge.payment_method_details?.sepa_debit?.mandate ?? '';
    const mandate = await stripe.mandates.retrieve(id);
    const { reference, url } = mandate.payment_method_details.sepa_debit ?? {};
    await expectClosed(url);
    const { text } = await open(url);
    for (const shown of [
      reference,
      'Ada &lt;b&gt;&amp;&quot;',
      'AT, ends in 3201',
      '15.00 EUR',
      'In force',
    ])
      expect(text).toContain(shown);
    expect((await open(url, {})).status).toBe(405);
  });
});

test('a link of a connected account leads to it', async () => {
  const { stripe } = fixture.newShop();
  const intent = await stripe.paymentIntents.create(
    {
      amount: 1500,
      currency: 'usd',
      confirm: true,
      ...{ payment_method_types: ['card'] },
      payment_method: 'pm_card_authenticationRequired',
      return_url: 'https://example.com/',
    },
    { stripeAccount: 'acct_connectedone' },
  );
  expect((await open(intent.next_action?.redirect_to_url?.url)).status).toBe(200);
});

test('a page is asked for by its account’s links only', async () => {
  const { stripe } = fixture.newShop();
  const params = { amount: 1500, currency: 'usd', confirm: true, ...TYPED };
  const intent = await stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams);
  const url = intent.next_action?.verify_with_microdeposits?.hosted_verification_url ?? '';
  const elsewhere = url.replace('/microdeposits/', '/instructions/');
  expect((await open(elsewhere)).status).toBe(404);
  expect((await open(url.replace('/microdeposits/', '/mandates/'))).status).toBe(404);
  const again = await failure(stripe.paymentIntents.applyCustomerBalance(intent.id));
  expect(again.code).toBe('payment_intent_unexpected_state');
});
