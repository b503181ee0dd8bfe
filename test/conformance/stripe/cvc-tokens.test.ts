import { expect, test } from 'vitest';
import { failure, type Shop, useTender } from './shop.js';

const fixture = useTender();

const CARD = { number: '4242424242424242', exp_month: 12, exp_year: 2034 };
const REFUSED_CVC = { ...CARD, number: '4000000000000127' };

async function cvcToken({ browser }: Shop): Promise<string> {
  return (await browser.tokens.create({ cvc_update: { cvc: '123' } })).id;
}

/** The parameters of a card whose security code was typed elsewhere. */
const split = (card: object, token: string): object => ({ card: { ...card, cvc_token: token } });

test('a card takes its security code from a token of its own', async () => {
  const shop = fixture.newShop();
  const { stripe, browser } = shop;
  const params = { type: 'card' as const, ...split(CARD, await cvcToken(shop)) };
  const method = await browser.paymentMethods.create(params);
  expect(method.card?.checks?.cvc_check).toBe('unchecked');
  const bare = await browser.paymentMethods.create({ type: 'card', card: CARD });
  expect(bare.card?.checks?.cvc_check).toBeNull();
  const intent = await stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    payment_method: method.id,
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    expand: ['latest_charge'],
  });
  expect(intent).toMatchObject({
    status: 'succeeded',
    latest_charge: { payment_method_details: { card: { checks: { cvc_check: 'pass' } } } },
  });
});

test('the bank refuses a code that came as a token as it does one that was typed', async () => {
  const shop = fixture.newShop();
  const call = shop.stripe.paymentIntents.create({
    amount: 2000,
    currency: 'usd',
    confirm: true,
    payment_method_types: ['card'],
    payment_method_data: { type: 'card', ...split(REFUSED_CVC, await cvcToken(shop)) },
  } as never);
  expect(await failure(call)).toMatchObject({ status: 402, code: 'incorrect_cvc' });
});

test('a token of a card takes one too', async () => {
  const shop = fixture.newShop();
  const token = await shop.browser.tokens.create(split(CARD, await cvcToken(shop)) as never);
  expect(token.card?.cvc_check).toBe('unchecked');
});

test('such a token is used once', async () => {
  const shop = fixture.newShop();
  const token = await cvcToken(shop);
  const params = { type: 'card' as const, ...split(CARD, token) };
  await shop.browser.paymentMethods.create(params);
  expect(await failure(shop.browser.paymentMethods.create(params))).toMatchObject({
    status: 400,
    code: 'token_already_used',
  });
});

test('a card that is refused leaves the code for the next try', async () => {
  const shop = fixture.newShop();
  const token = await cvcToken(shop);
  const wrong = { type: 'card' as const, ...split({ ...CARD, number: '4242424242424241' }, token) };
  expect(await failure(shop.browser.paymentMethods.create(wrong))).toMatchObject({ status: 402 });
  const right = { type: 'card' as const, ...split(CARD, token) };
  expect((await shop.browser.paymentMethods.create(right)).id).toMatch(/^pm_/);
});

test("another kind of token, another account's or none at all is no security code", async () => {
  const shop = fixture.newShop();
  const card = (await shop.browser.tokens.create({ card: { ...CARD } } as never)).id;
  const foreign = await cvcToken(fixture.newShop());
  for (const token of [card, foreign, 'tok_unknown', '']) {
    const params = { type: 'card' as const, ...split(CARD, token) };
    expect(await failure(shop.browser.paymentMethods.create(params))).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
    });
  }
});
