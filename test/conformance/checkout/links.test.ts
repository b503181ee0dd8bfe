import { describe, expect, test } from 'vitest';
import { accountNamed } from '../../../src/api/auth.js';
import { makeRates } from '../../../src/api/code/rates.js';
import { makeLimits } from '../../../src/api/code/requests/limits.js';
import { METHOD_ROWS } from '../../../src/domain/checkout-methods.js';
import { currencyDigits } from '../../../src/domain/currency.js';
import { INSTALLATION } from '../../../src/domain/rendezvous.js';
import { answerTo, fund, keyOf, request, submit } from '../../support/wallets.js';
import { ok, stripeId, useDojo } from '../dojo/client.js';
import { byCard, CARD, NUMBERS, pageOf } from './page.js';

const fixture = useDojo();

const page = (link: string) => pageOf(fixture.tender.url, link);

const CARD_ONLY = { payment_method_types: ['card'] };

/** Makes the link of an intent of the Stripe dialect. */
async function linkTo(shop: ReturnType<typeof fixture.newShop>, id: string) {
  const made = await shop.stripe.rawRequest('POST', `/v1/payment_intents/${id}/checkout_link`);
  return made as unknown as { id: string; url: string; payment_intent: string };
}

describe('a link to a Stripe payment intent', () => {
  test('is made when it is asked for, once, and pays', async () => {
    const shop = fixture.newShop();
    const intent = await shop.stripe.paymentIntents.create({
      amount: 2500,
      currency: 'usd',
      description: 'Two chairs',
      ...CARD_ONLY,
    });
    for (const guess of [intent.id, intent.id.replace('pi_', 'pi_sandbox_')])
      expect((await page(guess).call('state')).status).toBe(404);
    const link = await linkTo(shop, intent.id);
    expect(link).toMatchObject({
      object: 'checkout_link',
      payment_intent: intent.id,
      url: `${fixture.tender.url}/checkout/${link.id}`,
    });
    expect(link.id).toMatch(/^link_\w{32}$/);
    expect((await linkTo(shop, intent.id)).id).toBe(link.id);
    expect(await page(link.id).state()).toMatchObject({
      id: link.id,
      description: 'Two chairs',
      total: { value: 2500, currency: 'usd' },
      methods: ['card', 'device_wallet', 'code_wallet'],
      canSave: false,
      canCancel: false,
    });
    expect((await page(link.id).done('pay', byCard())).status).toBe('paid');
    expect((await shop.stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded');
  });

  test('asks the bank where the shop wants that', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.stripe.paymentIntents.create({
      amount: 2500,
      currency: 'usd',
      ...CARD_ONLY,
      payment_method_options: { card: { request_three_d_secure: 'challenge' } },
    });
    const link = await linkTo(shop, id);
    expect((await page(link.id).done('pay', byCard())).status).toBe('challenge');
  });

  test('has a limit to tries that fail, too', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.stripe.paymentIntents.create({
      amount: 2500,
      currency: 'usd',
      ...CARD_ONLY,
    });
    const link = await linkTo(shop, id);
    for (let i = 0; i < 50; i++) await page(link.id).done('pay', byCard(NUMBERS.declined));
    expect((await page(link.id).refused('pay', byCard(), 429)).code).toBe('too_many_tries');
  });

  test('of a Dojo payment intent is the one that it has', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    expect((await linkTo(shop, stripeId(id))).id).toBe(id);
  });

  test('is not made of another merchant’s', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.stripe.paymentIntents.create({
      amount: 2500,
      currency: 'usd',
      ...CARD_ONLY,
    });
    await expect(linkTo(fixture.newShop(), id)).rejects.toThrow('No such payment_intent');
  });
});

describe('ways to pay by country and currency', () => {
  async function open(currency: string, types: string[], amount = 2500) {
    const shop = fixture.newShop();
    const { id } = await shop.stripe.paymentIntents.create({
      amount,
      currency,
      ...{ payment_method_types: types },
    });
    return { shop, page: page((await linkTo(shop, id)).id) };
  }

  test('follow the page’s choice, else the browser’s language, else the merchant', async () => {
    const { page } = await open('eur', ['card', 'sepa_debit']);
    const at = async (query: string, languages: string) => {
      const { body } = await page.call(`state${query}`, undefined, {
        'accept-language': languages,
      });
      return [body.country, body.methods.includes('sepa_debit')];
    };
    expect(await at('', 'en')).toEqual(['US', false]);
    expect(await at('', 'de-AT, en')).toEqual(['AT', true]);
    expect(await at('?country=us', 'de-AT')).toEqual(['US', false]);
    expect(await at('?country=nowhere', 'de-AT')).toEqual(['AT', true]);
    const chosen = await page.done('details', { country: 'DE' });
    expect(chosen).toMatchObject({ country: 'DE' });
    expect(chosen.methods).toContain('sepa_debit');
  });

  const SEPA = {
    method: 'sepa_debit',
    iban: 'AT611904300234573201',
    accountName: 'Ada Lovelace',
    email: 'ada@example.com',
    country: 'AT',
  };

  test('a SEPA debit is made once its holder agrees, and is under way', async () => {
    const { shop, page } = await open('eur', ['card', 'sepa_debit']);
    expect(await page.refused('pay', SEPA, 400)).toMatchObject({ field: 'agreed' });
    const wrong = { ...SEPA, agreed: true, iban: 'AT00' };
    expect(await page.refused('pay', wrong, 400)).toMatchObject({ field: 'iban' });
    const { email: _, ...anonymous } = SEPA;
    expect(await page.refused('pay', { ...anonymous, agreed: true }, 400)).toMatchObject({
      field: 'email',
      code: 'required',
    });
    const begun = await page.done('pay', { ...SEPA, agreed: true });
    expect(begun).toMatchObject({ status: 'processing', receipt: null });
    await shop.advance(10);
    expect(await page.state()).toMatchObject({
      status: 'paid',
      receipt: { method: 'SEPA Direct Debit •••• 3201' },
    });
  });

  test('a SEPA debit does not fit a country that it does not reach', async () => {
    const { page } = await open('eur', ['card', 'sepa_debit']);
    const call = { ...SEPA, agreed: true, country: 'US' };
    expect((await page.refused('pay', call, 409)).code).toBe('method_unavailable');
  });

  test('a US bank account pays dollars in the US', async () => {
    const { shop, page } = await open('usd', ['card', 'us_bank_account']);
    const account = {
      method: 'us_bank_account',
      routingNumber: '110000000',
      accountNumber: '000222222227',
      accountName: 'Ada Lovelace',
      agreed: true,
    };
    const real = { ...account, accountNumber: '123456' };
    expect(await page.refused('pay', real, 400)).toMatchObject({ field: 'accountNumber' });
    expect((await page.done('pay', account)).status).toBe('processing');
    await shop.advance(10);
    const failed = await page.state();
    expect(failed).toMatchObject({ status: 'open', lastError: { code: 'insufficient_funds' } });
    await page.done('pay', { ...account, accountNumber: '000123456789' });
    await shop.advance(10);
    expect((await page.state()).receipt?.method).toBe('Bank account •••• 6789');
  });

  test('what is too much for a wallet is not offered to it', async () => {
    const { page } = await open('usd', ['card'], 25_001);
    expect((await page.state()).methods).not.toContain('code_wallet');
    expect((await page.refused('code', {}, 409)).code).toBe('method_unavailable');
  });
});

describe('a link that leads nowhere', () => {
  test.each([
    'pi_sandbox_0000000000000000000000',
    'si_sandbox_0000000000000000000000',
    'link_00000000000000000000000000000000',
    'x',
    '__proto__',
    '%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00',
    'x'.repeat(5000),
  ])('is said to: %s', async (link) => {
    const { status, body } = await page(link).call('state');
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: 'unknown_link', field: null });
    expect((await page(link).call('pay', byCard())).status).toBe(404);
    const shown = await fetch(`${fixture.tender.url}/checkout/${link}`);
    expect([404, 503]).toContain(shown.status);
  });

  test('is also one to what has no such call', async () => {
    const { id } = await fixture.newShop().newIntent();
    for (const name of ['nothing', '__proto__', 'constructor', 'state/more'])
      expect((await page(id).call(name)).status).toBe(404);
    expect((await page(id).call('pay')).status).toBe(405);
    expect((await page(id).call('state', {})).status).toBe(405);
  });
});

describe('a setup’s link', () => {
  const TERMS = 'In case of no-show we charge the booking fee.';
  const SETUP = {
    reference: 'Table 4',
    merchantInitiatedTransactionType: 'NoShow',
    terms: TERMS,
    config: { customerEmail: { collectionRequired: true }, cancelUrl: 'https://shop.example/' },
  };

  async function open() {
    const shop = fixture.newShop();
    const { id } = await ok(shop.dojo.post('/setup-intents', SETUP));
    const status = async () => (await ok(shop.dojo.get(`/setup-intents/${id}`))).status;
    return { shop, id, page: page(id), status };
  }

  test('saves a card once its holder agrees', async () => {
    const { page, status, id, shop } = await open();
    expect(await page.state()).toMatchObject({
      id,
      purpose: 'setup',
      status: 'open',
      terms: TERMS,
      reference: 'Table 4',
      methods: ['card'],
      total: null,
    });
    const call = byCard(CARD.number, { email: 'ada@example.com' });
    expect(await page.refused('pay', call, 400)).toMatchObject({ field: 'agreed' });
    expect(await page.done('pay', { ...call, agreed: true })).toMatchObject({
      status: 'saved',
      receipt: null,
      sendsMail: false,
    });
    expect(await status()).toBe('Authorized');
    const setup = await ok(shop.dojo.get(`/setup-intents/${id}`));
    expect(setup.customer).toMatchObject({ emailAddress: 'ada@example.com' });
    const again = await page.done('pay', { ...call, agreed: true });
    expect(again.status).toBe('saved');
  });

  test('tells of a refusal and of the bank’s question', async () => {
    const { page } = await open();
    const more = { email: 'ada@example.com', agreed: true };
    const refused = await page.done('pay', byCard(NUMBERS.declined, more));
    expect(refused).toMatchObject({ status: 'open', lastError: { code: 'card_declined' } });
    const asked = await page.done('pay', byCard(NUMBERS.asks, more));
    expect(asked.challenge?.url).toMatch(/^\/challenge\/acct_\w+\/seti_\w+\/\w+\?embedded=1$/);
  });

  test('can be called off', async () => {
    const { page, status, id, shop } = await open();
    expect((await page.done('cancel', {})).status).toBe('canceled');
    expect((await page.done('details', { email: 'ada@example.com' })).status).toBe('canceled');
    expect((await page.refused('receipt', { email: 'ada@example.com' }, 409)).code).toBe('over');
    expect((await page.refused('code', {}, 409)).code).toBe('method_unavailable');
    expect(await status().catch(() => shop.dojo.get(`/setup-intents/${id}`))).toBeDefined();
  });
});

describe('what the page shows', () => {
  test('is all that the shop has sent for it, and nothing unsafe', async () => {
    const { id } = await fixture.newShop().newIntent({
      description: 'Lunch',
      itemLines: [
        {
          id: '1',
          quantity: 2,
          name: 'Soup',
          amountTotal: { value: 900, currencyCode: 'GBP' },
          modifiers: [
            {
              id: 'm',
              name: 'Bread',
              quantity: 2,
              amountPerModifier: { value: 50, currencyCode: 'GBP' },
            },
            {
              id: 'n',
              name: 'Loyal',
              quantity: 1,
              amountPerModifier: { value: -10, currencyCode: 'GBP' },
            },
          ],
        },
      ],
      taxLines: [
        {
          id: 't',
          caption: 'VAT',
          subCaption: '20 %',
          amountTotal: { value: 100, currencyCode: 'GBP' },
        },
      ],
      config: {
        title: 'Café',
        redirectUrl: 'https://shop.example/done?order=1',
        details: { showTotal: false, showReference: false },
      },
      actionLink: { url: 'https://shop.example/menu.pdf', action: 'DownloadFile', label: 'Menu' },
    });
    expect(await page(id).state()).toMatchObject({
      title: 'Café',
      description: 'Lunch',
      reference: '',
      total: null,
      sold: { value: 1000 },
      lines: [
        {
          name: 'Soup',
          note: '2 × Bread (+£0.50), Loyal (−£0.10)',
          quantity: 2,
          total: { value: 900, currency: 'gbp' },
        },
      ],
      taxes: [{ name: 'VAT', note: '20 %', total: { value: 100, currency: 'gbp' } }],
      redirectUrl: 'https://shop.example/done?order=1',
      actionLink: { url: 'https://shop.example/menu.pdf', label: 'Menu', fileName: 'download' },
    });
  });

  test('is of one merchant, whoever else has a key', async () => {
    const [one, other] = [fixture.newShop(), fixture.newShop()];
    const { id } = await one.newIntent();
    // The link is all there is: no account is named in it, and none can be.
    expect((await page(id).call('state?account=acct_other')).status).toBe(200);
    await ok(
      other.dojo.post('/payment-intents', {
        amount: { value: 1, currencyCode: 'GBP' },
        reference: 'x',
      }),
    );
    expect((await page(id).done('pay', byCard())).status).toBe('paid');
    expect((await other.stripe.charges.list()).data).toEqual([]);
  });
});

describe('news', () => {
  test('are told as soon as there are some', async () => {
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    const { tag } = await page(id).state();
    const waits = page(id).call(`updates?seen=${tag}`);
    await shop.stripe.paymentIntents.confirm(stripeId(id), { payment_method: 'pm_card_visa' });
    const { status, body } = await waits;
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'paid' });
    expect(body.tag).not.toBe(tag);
  });

  test('are told at once to who has seen something else', async () => {
    const { id } = await fixture.newShop().newIntent();
    expect((await page(id).call('updates?seen=else')).body.status).toBe('open');
    expect((await page(id).call('updates')).body.status).toBe('open');
  });
});

describe('a Code request’s rendezvous', () => {
  test('is a link to its checkout, too, which shows how it stands', async () => {
    const { engine } = fixture.tender;
    const [payer, destination] = [keyOf('checkout payer'), keyOf('checkout shop')];
    await fund(engine, payer, 60_000_000_000n);
    const shop = fixture.newShop();
    const id = await request(engine, { destination, merchant: accountNamed(shop.name) });
    expect(await page(id).state()).toMatchObject({ id, status: 'open', methods: [] });
    for (const name of ['pay', 'code'])
      expect((await page(id).refused(name, byCard(), 409)).code).toBe('method_unavailable');
    await submit(engine, answerTo(id, payer, destination));
    expect(await page(id).state()).toMatchObject({ status: 'paid', receipt: { method: 'Wallet' } });
  });
});

describe('a code for wallets', () => {
  test('is made on demand, the same for the same sum', async () => {
    const { id } = await fixture.newShop().newIntent();
    const made = await page(id).call('code', {});
    expect(made.status).toBe(200);
    expect(made.body).toEqual({
      payload: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      svg: expect.stringContaining('<svg'),
      walletUrl: expect.stringContaining('/wallet'),
    });
    expect((await page(id).call('code', {})).body.payload).toBe(made.body.payload);
  });

  test('is no link to the checkout that shows it', async () => {
    const { tender } = fixture;
    const shop = fixture.newShop();
    const { id } = await shop.newIntent();
    await page(id).call('code', {});
    const where = { column: 'intent', value: stripeId(id) };
    const { found } = await tender.store.load(
      [],
      [{ table: 'requests', account: INSTALLATION, where }],
    );
    const [request] = found[0] ?? [];
    expect(request).toBeDefined();
    expect((await page(request?.id ?? '').call('state')).status).toBe(404);
  });

  test('is offered where wallets can pay: the table agrees with their limits', () => {
    const limits = makeLimits('usd250', makeRates(Date.now));
    const rows = METHOD_ROWS.filter(({ method }) => method === 'code_wallet');
    expect(rows.length).toBeGreaterThan(3);
    for (const { currencies, least, most } of rows) {
      const [currency = ''] = currencies ?? [];
      const bounds = limits(currency);
      const unit = 10 ** (currencyDigits(currency) ?? 0);
      expect(Number(most) / unit, currency).toBeLessThanOrEqual(bounds?.max ?? 0);
      expect(Number(most) / unit, currency).toBeGreaterThan((bounds?.max ?? 0) * 0.95);
      expect(Number(least) / unit, currency).toBeGreaterThanOrEqual(bounds?.min ?? 0);
    }
  });
});
