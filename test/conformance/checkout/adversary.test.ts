import { describe, expect, test } from 'vitest';
import { type DojoShop, ok, stripeId, useDojo, type Wire } from '../dojo/client.js';
import { payable, payWith } from '../dojo/gateway-client.js';
import { byCard, NUMBERS, pageOf } from './page.js';

const fixture = useDojo();

const opened = (id: string) => pageOf(fixture.tender.url, id);

const XSS = '<img src=x onerror=alert(1)>"\'><script>alert(2)</script>';

/** What a hostile merchant would lead his customers to. */
const ADDRESSES = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'blob:https://evil.example/1',
  'file:///etc/passwd',
  'intent://scan/#Intent;scheme=zxing;end',
  '//evil.example/',
  '/relative',
  'https://',
  '',
];

/** A letter in the mailbox: its page, and as it looks. */
async function newestLetter(to: string) {
  const { url } = fixture.tender;
  const list = await (await fetch(`${url}/mailbox`)).text();
  for (const [, id] of list.matchAll(/\/mailbox\/(mail_[\w-]+)/g)) {
    const page = await (await fetch(`${url}/mailbox/${id}`)).text();
    if (!page.includes(to)) continue;
    const letter = await fetch(`${url}/mailbox/${id}/letter`);
    return { list, page, html: await letter.text(), headers: letter.headers };
  }
  throw new Error(`nothing was written to ${to}`);
}

async function savedCustomer({ dojo, stripe }: DojoShop) {
  const customer = await ok(dojo.post('/customers', { name: 'Ada' }));
  const { secret } = await ok(dojo.post(`/customers/${customer.id}/create-secret`));
  const { id } = await stripe.paymentMethods.attach('pm_card_visa', {
    customer: stripeId(customer.id),
  });
  await stripe.paymentMethods.update(id, { allow_redisplay: 'always' });
  return { id: customer.id as string, secret: secret as string, card: id };
}

describe('addresses that a checkout leads to', () => {
  test.each(ADDRESSES)('are of the web alone, not %j', async (url) => {
    const shop = fixture.newShop();
    const fields = [
      { config: { redirectUrl: url } },
      { config: { cancelUrl: url } },
      { actionLink: { url, label: 'More' } },
    ];
    for (const one of fields) {
      const reply = await shop.dojo.post('/payment-intents', {
        amount: { value: 1000, currencyCode: 'GBP' },
        reference: 'r',
        ...one,
      });
      if (reply.status === 400) continue;
      // What a URL's own rules clean up may be taken; what is shown leads to the web.
      const { id } = reply.body;
      const { redirectUrl, cancelUrl, actionLink } = await opened(id).state();
      for (const shown of [redirectUrl, cancelUrl, actionLink?.url])
        if (shown) expect(new URL(shown).protocol).toMatch(/^https?:$/);
    }
  });
});

describe('texts of a hostile merchant and customer', () => {
  test('are texts in the state, and in the letter nothing but text', async () => {
    const shop = fixture.newShop();
    const gbp = (value: number) => ({ value, currencyCode: 'GBP' });
    const { id } = await shop.newIntent({
      reference: XSS.slice(0, 60),
      description: XSS,
      config: { title: XSS, customerEmail: { collectionRequired: true } },
      itemLines: [{ name: XSS, amountTotal: gbp(500) }],
      taxLines: [{ caption: XSS, subCaption: XSS, amountTotal: gbp(500) }],
      actionLink: {
        url: `https://shop.example/${encodeURIComponent(XSS)}`,
        action: 'DownloadFile',
        label: XSS.slice(0, 60),
        fileName: `../../${XSS}`,
      },
    });
    const page = opened(id);
    const told = await page.call('state');
    expect(told.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(told.headers.get('x-content-type-options')).toBe('nosniff');
    const to = `o'brien+${Date.now()}@example.com`;
    await page.done('pay', { ...byCard(), card: { ...byCard().card, name: XSS }, email: to });
    await page.done('receipt', { email: to });
    const { list, page: shown, html, headers } = await newestLetter(to);
    for (const text of [list, shown, html]) {
      expect(text).not.toMatch(/<img|<script>alert|onerror=alert\(1\)>"/);
      expect(text).toContain('&lt;img');
    }
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(headers.get('content-security-policy')).not.toContain('script-src');
  });

  test.each([
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com\nb@example.com',
    'a@example.com,b@example.com',
    'a,b@example.com',
    'a;b@example.com',
    '<a@example.com>',
    'a@example.com>',
    '"a"@example.com',
    'Ada <a@example.com>',
    'a@exa\u0000mple.com',
    'a@exam\u007fple.com',
    'a\u0008@example.com',
    'a(b)@example.com',
    'a@[127.0.0.1]',
    `${'a'.repeat(250)}@example.com`,
    'a@@example.com',
    '@',
  ])('are no addresses of letters: %j', async (email) => {
    const shop = fixture.newShop();
    const intent = await payable(shop);
    await payWith(fixture.tender, intent.clientSessionSecret);
    const path = `/payment-intents/${intent.id}/receipt`;
    const asked = await shop.dojo.post(path, { emails: ['good@example.com', email] });
    expect(asked.status).toBe(400);
    const page = opened(intent.id);
    expect((await page.call('receipt', { email })).status).toBe(400);
    const mails = await fixture.tender.store.scan('mails', null, 1000);
    expect(
      mails.filter((mail) => (mail as { intent: string }).intent === stripeId(intent.id)),
    ).toEqual([]);
  });
});

describe('a link', () => {
  test('opens only what it was made for', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const customer = await savedCustomer(shop);
    const core = stripeId(id);
    for (const link of [
      core,
      id.toLowerCase(),
      `${id}%00`,
      `${id}%2f..`,
      customer.id,
      stripeId(customer.id),
      customer.card,
      '__proto__',
      'constructor-constructor-constructor',
    ]) {
      const { status } = await opened(link).call('state');
      expect(status, link).toBe(404);
      expect((await opened(link).call('pay', byCard())).status, link).toBe(404);
    }
  });

  test.each(['__proto__', 'constructor', 'toString', 'state/../pay', '%70ay', 'updates%00'])(
    'has no call %s',
    async (name) => {
      const { id } = await fixture.newShop().newIntent();
      expect((await fetch(`${opened(id).address}/${name}`)).status).toBeGreaterThanOrEqual(400);
    },
  );

  test('of what is canceled or too late pays nothing', async () => {
    const shop = fixture.newShop();
    const [gone, late] = [await shop.newIntent(), await shop.newIntent()];
    await ok(shop.dojo.del(`/payment-intents/${gone.id}`));
    await shop.advance(31 * 86_400);
    for (const [{ id }, status] of [
      [gone, 'canceled'],
      [late, 'expired'],
    ] as const) {
      const page = opened(id);
      expect((await page.call('pay', byCard())).body.status).toBe(status);
      expect((await page.call('details', { email: 'a@example.com' })).body.status).toBe(status);
      expect((await page.call('code', {})).status).toBe(409);
      expect((await page.call('receipt', { email: 'a@example.com' })).status).toBe(409);
      const { data } = await shop.stripe.charges.list({ payment_intent: stripeId(id) });
      expect(data).toEqual([]);
    }
  });

  test('tells nothing of the shop’s keys, its customers or its books', async () => {
    const shop = fixture.newShop();
    const customer = await savedCustomer(shop);
    const { id } = await shop.newIntent({
      customer: { id: customer.id },
      metadata: { margin: 'internal-margin' },
      requestSecurity: { ipAddress: '203.0.113.7', device: 'internal-device' },
      paymentMethods: ['Card', 'SavedCard'],
    });
    const { text } = await opened(id).call('state');
    expect(text).not.toMatch(/internal-|203\.0\.113\.7|acct_|acc_|cus_|cust_|sk_|4242/);
    const asked = await fetch(`${fixture.tender.url}/payment-intents/public/${id}`, {
      headers: { version: '2022-04-07' },
    });
    expect(await asked.text()).not.toMatch(/internal-|203\.0\.113\.7|acct_|acc_|sk_|4242/);
  });
});

describe('a hostile customer', () => {
  test('pays with no card of somebody else’s', async () => {
    const shop = fixture.newShop();
    const [ada, bob] = [await savedCustomer(shop), await savedCustomer(shop)];
    const takes = { paymentMethods: ['Card', 'SavedCard'] };
    const proven = await shop.newIntent({ customer: { secret: ada.secret }, ...takes });
    const named = await shop.newIntent({ customer: { id: ada.id }, ...takes });
    const nobody = await shop.newIntent(takes);
    for (const [{ id }, card] of [
      [proven, bob.card],
      [named, ada.card],
      [nobody, ada.card],
    ] as const) {
      const page = opened(id);
      const call = { method: 'saved_card', savedCard: card, cvc: '123' };
      expect((await page.call('pay', call)).status).toBeGreaterThanOrEqual(400);
      expect((await page.state()).status).toBe('open');
    }
    // Nor is a card of his kept with a customer who has not shown himself.
    await opened(named.id).call('pay', { ...byCard(), save: true });
    const { savedPaymentMethods } = await ok(
      shop.dojo.get(`/customers/public/${ada.id}/payment-methods`, {
        authorization: `Basic ${ada.secret}`,
      }),
    );
    expect(savedPaymentMethods).toHaveLength(1);
  });

  test.each([[{ amount: 1 }], [{ tips: 500 }], [{ tips: 0, amount: 999 }]])(
    'changes no amount that the shop has fixed: %j',
    async (change) => {
      const shop = fixture.newShop();
      const intent = await shop.newIntent({ tipsAmount: { value: 5, currencyCode: 'GBP' } });
      const page = opened(intent.id);
      for (const name of ['details', 'pay']) {
        const { status, body } = await page.call(name, { ...byCard(), ...change });
        expect([status, body.error?.code], name).toEqual([403, 'not_allowed']);
      }
      const after: Wire = await ok(shop.dojo.get(`/payment-intents/${intent.id}`));
      expect([after.status, after.totalAmount.value]).toEqual(['Created', 1005]);
    },
  );

  test.each([-1, 0, 1.5, 100_000_000, 2 ** 53, '1', null, [1], true])(
    'sets no amount of %j',
    async (amount) => {
      const shop = fixture.newShop();
      const config = { payment: { customAmountAllowed: true, tipsAllowed: true } };
      const intent = await shop.newIntent({ config });
      const page = opened(intent.id);
      await page.call('details', { amount });
      if (amount !== 0) await page.call('details', { tips: amount });
      const { totalAmount } = await ok(shop.dojo.get(`/payment-intents/${intent.id}`));
      expect(totalAmount.value).toBe(1000);
    },
  );

  test('opens no way to pay by calling another country his own', async () => {
    const shop = fixture.newShop();
    const intent = await shop.newIntent();
    const page = opened(intent.id);
    for (const country of ['US', 'DE', 'XX', 'us', '__']) {
      const { methods } = (await page.call(`state?country=${country}`)).body;
      expect(methods).not.toContain('us_bank_account');
      expect(methods).not.toContain('sepa_debit');
    }
    const debit = {
      method: 'us_bank_account',
      routingNumber: '110000000',
      accountNumber: '000123456789',
      accountName: 'Ada',
      country: 'US',
      agreed: true,
    };
    expect((await page.call('pay', debit)).status).toBe(409);
    expect((await page.state()).status).toBe('open');
  });

  test('tests some cards, and then no more', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const page = opened(id);
    for (let round = 0; round < 13; round += 1)
      await Promise.all(
        Array.from({ length: 4 }, () => page.call('pay', byCard(NUMBERS.declined))),
      );
    const { status, body } = await page.call('pay', byCard());
    expect([status, body.error.code]).toEqual([429, 'too_many_tries']);
    const { paymentEvents } = await ok(shop.dojo.get(`/payment-intents/${id}`));
    expect(paymentEvents).toHaveLength(50);
  });

  test('is told of stolen cards no more than of others that are refused', async () => {
    const { id } = await fixture.newShop().newIntent();
    const page = opened(id);
    const first = (await page.call('pay', byCard(NUMBERS.stolen))).body.lastError;
    const second = (await page.call('pay', byCard(NUMBERS.declined))).body.lastError;
    expect(first).toEqual(second);
  });

  test('asks for many receipts, and gets some', async () => {
    const { id } = await fixture.newShop().newIntent();
    const page = opened(id);
    await page.done('pay', byCard());
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        page.call('receipt', { email: `victim${i}@example.com` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  });
});
