import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop, type ShopPage, typePayment } from './shop.js';

const ALWAYS_ASKS = '4000002760003184';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

const newIntent = (): Promise<Stripe.PaymentIntent> =>
  shop.stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });

const BODY = `<form><input id="email" aria-label="Email for the receipt">
<div id="payment"></div><button>Pay</button></form>`;

/** A checkout as shops write it: the form's submit pays. */
const SCRIPT = `
window.stripe = stripe;
window.elements = stripe.elements(settings.elements);
window.payment = elements.create('payment');
payment.on('ready', () => done({ ready: true }));
payment.mount('#payment');
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  done(await stripe.confirmPayment({ elements, redirect: 'if_required' }));
});
`;

async function checkout(): Promise<{ page: ShopPage; id: string }> {
  const { id, client_secret } = await newIntent();
  const page = await shop.open(BODY, SCRIPT, { elements: { clientSecret: client_secret } });
  expect(await page.result()).toEqual({ ready: true });
  return { page, id };
}

const payButton = ({ page }: ShopPage) => page.getByRole('button', { name: 'Pay' });

const answer = ({ page }: ShopPage, name: string) =>
  page.frameLocator('dialog iframe').getByRole('button', { name });

/** What has the focus: in the page, or in the frame or the dialog that has it there. */
async function focused({ page }: ShopPage): Promise<string> {
  const names = await Promise.all(
    page.frames().map((frame) =>
      frame.evaluate(`(() => {
        if (!document.hasFocus()) return '';
        const at = document.activeElement;
        return at === document.body || at.tagName === 'IFRAME' || at.shadowRoot
          ? '' : at.name || at.id || at.textContent;
      })()`),
    ),
  );
  return names.join('');
}

describe('3-D Secure in a payment element', () => {
  test('failed, is paid with another card', async () => {
    const { page, id } = await checkout();
    await typePayment(page, '#payment', ALWAYS_ASKS);
    await payButton(page).click();
    await answer(page, 'Fail authentication').click();
    const { error } = await page.result();
    expect(error).toMatchObject({
      code: 'payment_intent_authentication_failure',
      payment_intent: { id, status: 'requires_payment_method' },
    });
    await typePayment(page, '#payment', '4242424242424242');
    await payButton(page).click();
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('abandoned, is paid with another card', async () => {
    const { page, id } = await checkout();
    await typePayment(page, '#payment', ALWAYS_ASKS);
    await payButton(page).click();
    await page.page.getByRole('button', { name: 'Close' }).click();
    expect((await page.result()).error.payment_intent.status).toBe('requires_action');
    await typePayment(page, '#payment', '4242424242424242');
    await payButton(page).click();
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    await page.page.close();
  });
});

describe('a payment element lives with its page', () => {
  test('beside one of another group, and each pays its own', async () => {
    const intents = [await newIntent(), await newIntent()];
    const script = `
      let ready = 0;
      window.stripe = stripe;
      window.groups = settings.secrets.map((clientSecret, i) => {
        const elements = stripe.elements({ clientSecret });
        const payment = elements.create('payment');
        payment.on('ready', () => { if (++ready === 2) done({}); });
        payment.mount('#payment' + i);
        return elements;
      });`;
    const body = '<div id="payment0"></div><div id="payment1"></div>';
    const page = await shop.open(body, script, {
      secrets: intents.map(({ client_secret }) => client_secret),
    });
    await page.result();
    await typePayment(page, '#payment1', '5555555555554444');
    await typePayment(page, '#payment0', '4242424242424242');
    const brands: string[] = [];
    for (const [i, { id }] of intents.entries()) {
      const group = `groups[${i}]`;
      await page.page.evaluate(
        `void stripe.confirmPayment({ elements: ${group}, redirect: 'if_required' }).then(done)`,
      );
      const { paymentIntent } = await page.result();
      expect(paymentIntent).toMatchObject({ id, status: 'succeeded' });
      const method = await shop.stripe.paymentMethods.retrieve(paymentIntent.payment_method);
      brands.push(method.card?.brand ?? '');
    }
    expect(brands).toEqual(['visa', 'mastercard']);
    await page.page.close();
  });

  test('taken off the page and put there again, it is empty and pays', async () => {
    const { page, id } = await checkout();
    await typePayment(page, '#payment', '4000000000009995');
    await page.page.evaluate(`payment.unmount()`);
    expect(await page.page.locator('iframe').count()).toBe(0);
    await page.page.evaluate(`payment.mount('#payment')`);
    expect(await page.result()).toEqual({ ready: true });
    expect(await page.fields('#payment').locator('[name=number]').inputValue()).toBe('');
    await typePayment(page, '#payment', '4242424242424242');
    await payButton(page).click();
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('with its fields in line with the page’s own', async () => {
    const { page } = await checkout();
    const own = await page.page.locator('#payment').boundingBox();
    const number = await page.fields('#payment').locator('[name=number]').boundingBox();
    expect([number?.x, number?.width]).toEqual([own?.x, own?.width]);
    await page.page.close();
  });
});

describe('the keyboard', () => {
  test('submits the page’s form by Enter in a field', async () => {
    const { page, id } = await checkout();
    await typePayment(page, '#payment', '4242424242424242');
    await page.fields('#payment').locator('[name=cvc]').press('Enter');
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    await page.page.close();
  });

  test('alone leads from the first field through the bank’s question to the end', async () => {
    const { page, id } = await checkout();
    const { keyboard } = page.page;
    await page.page.locator('#email').focus();
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('number');
    await keyboard.type(`${ALWAYS_ASKS}1234123`);
    // A full code leads to what is to be typed next; the country is chosen already.
    expect(await focused(page)).toBe('postalCode');
    await keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('country');
    await keyboard.press('Tab');
    await keyboard.type('12345');
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('Pay');
    await keyboard.press('Shift+Tab');
    expect(await focused(page)).toBe('postalCode');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await answer(page, 'Complete authentication').waitFor();
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('answer');
    await keyboard.press('Enter');
    expect((await page.result()).paymentIntent).toMatchObject({ id, status: 'succeeded' });
    expect(await focused(page)).toBe('Pay');
    await page.page.close();
  });
});
