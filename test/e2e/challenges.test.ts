import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop, type ShopPage, typeCard } from './shop.js';

const ALWAYS_ASKS = '4000002760003184';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

const SCRIPT = `
const card = stripe.elements().create('card', { hidePostalCode: true });
card.mount('#card');
window.stripe = stripe;
window.pay = async (secret) => done(await stripe.confirmCardPayment(secret, {
  payment_method: { card },
}));
card.on('ready', () => done({ ready: true }));
`;

async function cardPage(): Promise<ShopPage> {
  const page = await shop.open('<button>Pay</button><div id="card"></div>', SCRIPT);
  await page.result();
  return page;
}

async function asked(page: ShopPage, number = ALWAYS_ASKS) {
  const intent = await shop.stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });
  await typeCard(page, '#card', number);
  await page.page.getByRole('button', { name: 'Pay' }).focus();
  await page.page.evaluate(`void pay(${JSON.stringify(intent.client_secret)})`);
  await page.page.getByRole('dialog', { name: 'Confirm your payment' }).waitFor();
  return intent;
}

const question = (page: ShopPage, name: string) =>
  page.page.frameLocator('dialog iframe').getByRole('button', { name });

const statusOf = async (id: string): Promise<string> =>
  (await shop.stripe.paymentIntents.retrieve(id)).status;

describe('3-D Secure in the dialog', () => {
  test.each([[ALWAYS_ASKS], ['4000000000003220'], ['4000002500003155'], ['4000003800000446']])(
    'completed, pays with %s',
    async (number) => {
      const page = await cardPage();
      const { id } = await asked(page, number);
      await question(page, 'Complete authentication').click();
      expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
      expect(await page.page.getByRole('dialog').count()).toBe(0);
      expect(page.complaints).toEqual([]);
      await page.page.close();
    },
  );

  test('failed, is an error that holds the intent, which another card then pays', async () => {
    const page = await cardPage();
    const { id, client_secret } = await asked(page);
    await question(page, 'Fail authentication').click();
    const { error } = await page.result();
    expect(error).toMatchObject({
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      payment_intent: { id, status: 'requires_payment_method' },
    });
    await typeCard(page, '#card', '4242424242424242');
    await page.page.evaluate(`void pay(${JSON.stringify(client_secret)})`);
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    await page.page.close();
  });

  test.each([
    ['4000008400001629', 'generic_decline'],
    ['4000008260003178', 'insufficient_funds'],
  ])('completed, and %s declined then, is the decline', async (number, declineCode) => {
    const page = await cardPage();
    await asked(page, number);
    await question(page, 'Complete authentication').click();
    expect((await page.result()).error).toMatchObject({
      type: 'card_error',
      code: 'card_declined',
      decline_code: declineCode,
      payment_intent: { status: 'requires_payment_method' },
    });
    await page.page.close();
  });

  test.each([
    ['its button', (page: ShopPage) => page.page.getByRole('button', { name: 'Close' }).click()],
    [
      'Escape in the bank’s page',
      async (page: ShopPage) => {
        await question(page, 'Complete authentication').focus();
        await page.page.keyboard.press('Escape');
      },
    ],
    [
      'Escape',
      async (page: ShopPage) => {
        await page.page.getByRole('button', { name: 'Close' }).focus();
        await page.page.keyboard.press('Escape');
      },
    ],
  ])('closed by %s, leaves the intent as it was and gives the focus back', async (_, close) => {
    const page = await cardPage();
    const { id } = await asked(page);
    await close(page);
    const { error } = await page.result();
    expect(error.code).toBe('payment_intent_authentication_failure');
    expect(error.payment_intent).toMatchObject({ id, status: 'requires_action' });
    expect(await statusOf(id)).toBe('requires_action');
    expect(await page.page.evaluate('document.activeElement.textContent')).toBe('Pay');
    await page.page.close();
  });

  test('hears the bank’s page alone', async () => {
    const page = await cardPage();
    const { id } = await asked(page);
    // The page itself, and a frame of a stranger, say that it was answered.
    await page.page.evaluate(`
      const word = { tender: 'challenge_done', version: 1 };
      postMessage(word, '*');
      const frame = document.createElement('iframe');
      frame.srcdoc = '<script>parent.postMessage(' + JSON.stringify(word) + ", '*')</" + 'script>';
      document.body.append(frame);
    `);
    await page.page.waitForTimeout(500);
    expect(await page.page.getByRole('dialog').count()).toBe(1);
    expect(await page.page.evaluate('results.length')).toBe(0);
    await question(page, 'Complete authentication').click();
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    await page.page.close();
  });

  test('keeps the keyboard inside', async () => {
    const page = await cardPage();
    await asked(page);
    const places = new Set<unknown>();
    for (let presses = 0; presses < 8; presses += 1) {
      await page.page.keyboard.press('Tab');
      places.add(await page.page.evaluate('document.activeElement.tagName'));
    }
    // `BODY` is the browser's own address bar; the button behind the dialog is never reached.
    expect(places).not.toContain('BUTTON');
    expect(places).toContain('DIV');
    await page.page.close();
  });
});

describe('what is confirmed on the server', () => {
  const method = 'pm_card_authenticationRequired';

  test('by hand: handleCardAction, then the server confirms again', async () => {
    const page = await cardPage();
    const intent = await shop.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      confirmation_method: 'manual',
      confirm: true,
      payment_method: method,
      payment_method_types: ['card'],
      use_stripe_sdk: true,
    } as never);
    const { id, client_secret } = intent;
    await page.page.evaluate(
      `void stripe.handleCardAction(${JSON.stringify(client_secret)}).then(done)`,
    );
    await question(page, 'Complete authentication').click();
    const { paymentIntent } = await page.result();
    expect(paymentIntent).toMatchObject({ id, status: 'requires_confirmation' });
    expect((await shop.stripe.paymentIntents.confirm(id)).status).toBe('succeeded');
    // There is nothing to do any more, and that is what it says.
    await page.page.evaluate(
      `void stripe.handleCardAction(${JSON.stringify(client_secret)}).then(done)`,
    );
    expect((await page.result()).error).toMatchObject({
      code: 'payment_intent_unexpected_state',
      payment_intent: { id, status: 'succeeded' },
    });
    await page.page.close();
  });

  test('with an address to return to: handleNextAction leads to the bank and back', async () => {
    const page = await cardPage();
    const { id, client_secret } = await shop.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      confirm: true,
      payment_method: method,
      return_url: `${shop.url}/back`,
    });
    const options = JSON.stringify({ clientSecret: client_secret });
    await page.page.evaluate(`void stripe.handleNextAction(${options})`);
    await page.page.getByRole('button', { name: 'Complete authentication' }).click();
    await page.page.waitForURL(`${shop.url}/back?**`);
    const { searchParams } = new URL(page.page.url());
    expect(searchParams.get('payment_intent')).toBe(id);
    expect(searchParams.get('redirect_status')).toBe('succeeded');
    expect(await statusOf(id)).toBe('succeeded');
    await page.page.close();
  });
});
