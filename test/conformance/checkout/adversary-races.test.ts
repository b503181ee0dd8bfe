import { expect, test } from 'vitest';
import { ok, stripeId, useDojo, type Wire } from '../dojo/client.js';
import { payable, payWith } from '../dojo/gateway-client.js';
import { byCard, NUMBERS, pageOf } from './page.js';

// What the races leave is audited whole when the file ends.
const fixture = useDojo();

const TILL = { 'software-house-id': 'softwareHouse1' };

const times = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));

test('a checkout that many pages pay at once is paid once', async () => {
  const shop = fixture.newShop();
  const { id } = await shop.newIntent();
  const page = pageOf(fixture.tender.url, id);
  const answers = await Promise.all(times(12, () => page.call('pay', byCard())));
  // The others were late: they are shown that it is paid.
  for (const { status, body } of answers) expect([status, body.status]).toEqual([200, 'paid']);
  const { data } = await shop.stripe.charges.list({ payment_intent: stripeId(id) });
  expect(data).toHaveLength(1);
});

test('a page, a token, a terminal and a key that pay at once pay once', async () => {
  const shop = fixture.newShop();
  const [terminal] = await ok(shop.dojo.get('/terminals', TILL));
  for (let round = 0; round < 4; round += 1) {
    const { id, clientSessionSecret } = await payable(shop);
    const details = { sessionType: 'Sale', sale: { paymentIntentId: id } };
    const sent = { terminalId: terminal.id, details };
    const { id: session } = await ok(shop.dojo.post('/terminal-sessions', sent, TILL));
    const page = pageOf(fixture.tender.url, id);
    await Promise.all([
      shop.advance(30),
      page.call('pay', byCard()),
      payWith(fixture.tender, clientSessionSecret),
      shop.stripe.paymentIntents
        .confirm(stripeId(id), { payment_method: 'pm_card_visa' })
        .catch(() => null),
    ]);
    const { data } = await shop.stripe.charges.list({ payment_intent: stripeId(id) });
    expect(data.map(({ amount_captured }) => amount_captured)).toEqual([1000]);
    const { status } = await ok(shop.dojo.get(`/terminal-sessions/${session}`, TILL));
    expect(['Captured', 'Declined']).toContain(status);
  }
});

test('who cancels, tips and pays at once pays what is asked for, or nothing', async () => {
  const shop = fixture.newShop();
  const config = {
    cancelUrl: 'https://shop.example/',
    payment: { tipsAllowed: true, customAmountAllowed: true },
  };
  for (let round = 0; round < 6; round += 1) {
    const { id } = await shop.newIntent({ config });
    const page = pageOf(fixture.tender.url, id);
    const moves: (() => Promise<unknown>)[] = [
      () => page.call('cancel', {}),
      () => page.call('pay', { ...byCard(), tips: 100, total: 1100 }),
      () => page.call('details', { tips: 200 }),
      () => page.call('details', { amount: 5 }),
      () => page.call('pay', { ...byCard(), total: 1000 }),
      () => shop.dojo.del(`/payment-intents/${id}`),
    ];
    await Promise.all([...moves.slice(round), ...moves.slice(0, round)].map((move) => move()));
    const intent: Wire = await ok(shop.dojo.get(`/payment-intents/${id}?returnCanceled=true`));
    const { data } = await shop.stripe.charges.list({ payment_intent: stripeId(id) });
    const captured = data.reduce((sum, one) => sum + one.amount_captured, 0);
    expect(captured).toBe(intent.status === 'Captured' ? intent.totalAmount.value : 0);
    // Each of the two has said what it saw: no other sum was taken.
    expect([0, 1000, 1100]).toContain(captured);
  }
});

test('an amount that is changed while the bank asks is not paid by the old answer', async () => {
  const shop = fixture.newShop();
  const config = { payment: { customAmountAllowed: true } };
  const { id } = await shop.newIntent({ config });
  const page = pageOf(fixture.tender.url, id);
  const { challenge } = await page.done('pay', byCard(NUMBERS.asks));
  const address = `${fixture.tender.url}${challenge?.url}`;
  const money = { value: 99_000, currencyCode: 'GBP' };
  await ok(shop.dojo.post(`/payment-intents/${id}/amount`, { amount: money }));
  const body = new URLSearchParams({ answer: 'complete' });
  expect((await fetch(address, { method: 'POST', body })).status).toBe(404);
  expect((await page.state()).status).toBe('open');
});

test('a link that another dialect has made is held to the same limit to tries', async () => {
  const shop = fixture.newShop();
  const { id } = await shop.stripe.paymentIntents.create({ amount: 500, currency: 'gbp' });
  const made = (await shop.stripe.rawRequest(
    'POST',
    `/v1/payment_intents/${id}/checkout_link`,
  )) as Wire;
  const link = new URL(made.url).pathname.split('/').at(-1) ?? '';
  const page = pageOf(fixture.tender.url, link);
  const wire = id.replace('pi_', 'pi_sandbox_');
  const refresh = `/payment-intents/${wire}/refresh-client-session-secret`;
  const { clientSessionSecret } = await ok(shop.dojo.post(refresh));
  for (let round = 0; round < 13; round += 1)
    await Promise.all([
      page.call('pay', byCard(NUMBERS.declined)),
      page.call('pay', byCard(NUMBERS.declined)),
      payWith(fixture.tender, clientSessionSecret, { cardNumber: NUMBERS.declined }),
      payWith(fixture.tender, clientSessionSecret, { cardNumber: NUMBERS.declined }),
    ]);
  expect((await page.call('pay', byCard())).status).toBe(429);
  expect((await payWith(fixture.tender, clientSessionSecret)).body.statusCode).toBe(90);
  const { data } = await shop.stripe.charges.list({ payment_intent: id, limit: 100 });
  expect(data).toHaveLength(50);
});
