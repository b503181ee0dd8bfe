import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CheckoutShop, cameTo, fillCard, openCheckoutShop, PAY } from './checkout-page.js';

let shop: CheckoutShop;

beforeAll(async () => {
  shop = await openCheckoutShop();
});
afterAll(async () => {
  await shop?.close();
});

describe('a card', () => {
  test('pays, and the page leads back to the shop', async () => {
    const { id } = await shop.intent();
    const { page, close } = await shop.visit(id);
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', { name: 'Pay £12.40' }).click();
    await cameTo(page, 'Paid');
    expect(await shop.statusOf(id)).toBe('Captured');
    await page.getByText('Visa •••• 4242').waitFor();
    await page.getByText(/^You return to .+ in \d+ s\.$/).waitFor();
    await page.getByRole('link', { name: /^Back to / }).click();
    await page.waitForURL(`${shop.url}/thanks`);
    await close();
  });

  test('leads back by itself when the time is up, and not for who stays', async () => {
    for (const [stays, end] of [[false, `${shop.url}/thanks`] as const, [true, null] as const]) {
      const { id } = await shop.intent();
      const { page, close } = await shop.visit(id);
      await page.clock.install();
      await fillCard(page, '4242424242424242');
      await page.getByRole('button', PAY).click();
      await cameTo(page, 'Paid');
      if (stays) await page.getByRole('button', { name: 'Stay here' }).click();
      await page.clock.runFor(60_000);
      if (end === null) expect(page.url()).toContain(id);
      else await page.waitForURL(end);
      await close();
    }
  });

  test('that is declined is told why, and another one pays', async () => {
    const { id } = await shop.intent();
    const { page, close } = await shop.visit(id);
    await fillCard(page, '4000000000009995');
    await page.getByRole('button', PAY).click();
    const alert = page.locator('.alarm');
    await alert.getByText(/insufficient funds.*your order is kept/).waitFor();
    // What a reload shows is the same.
    await page.reload();
    await alert.getByText(/insufficient funds/).waitFor();
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', PAY).click();
    await cameTo(page, 'Paid');
    expect(await shop.statusOf(id)).toBe('Captured');
    await close();
  });

  test('that is not whole is not sent, and the keyboard is at what is missing', async () => {
    const { id } = await shop.intent({ config: { customerEmail: { collectionRequired: true } } });
    const { page, close } = await shop.visit(id);
    const sent: { url: string; body: string }[] = [];
    page.on('request', (request) =>
      sent.push({ url: request.url(), body: request.postData() ?? '' }),
    );
    await fillCard(page, '4242424242424241');
    await page.keyboard.press('Enter');
    await page.getByText('Your email is incomplete.').waitFor();
    await page.getByText('Your card number is invalid.').waitFor();
    expect(await page.evaluate('document.activeElement.name')).toBe('email');
    await page.keyboard.type('ada@example.com');
    await page.getByLabel('Card number').fill('4242424242424242');
    expect(sent).toEqual([]);
    await page.keyboard.press('Enter');
    await cameTo(page, 'Paid');
    // The card left the page in one call, in no address, and nothing of it is kept.
    const withCard = sent.filter(({ url, body }) => `${url} ${body}`.includes('4242'));
    expect(withCard.map(({ url }) => url)).toEqual([`${shop.tenderUrl}/checkout/${id}/pay`]);
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
    await close();
  });

  test('of a held payment is authorized', async () => {
    const { id } = await shop.intent({ captureMode: 'Manual' });
    const { page, close } = await shop.visit(id);
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', PAY).click();
    await cameTo(page, 'Payment authorized');
    expect(await shop.statusOf(id)).toBe('Authorized');
    await close();
  });
});

describe('the bank asks', () => {
  test.each([
    ['Complete authentication', 'Paid', 'Captured'],
    ['Fail authentication', null, 'Created'],
  ])('and %s is what it came to', async (answer, title, status) => {
    const { id } = await shop.intent();
    const { page, close } = await shop.visit(id);
    await fillCard(page, '4000002760003184');
    await page.getByRole('button', PAY).click();
    const bank = page.frameLocator('dialog iframe');
    await bank.getByRole('button', { name: answer }).click();
    if (title === null)
      await page
        .locator('.alarm')
        .getByText(/not confirmed/)
        .waitFor();
    else await cameTo(page, title);
    expect(await shop.statusOf(id)).toBe(status);
    await close();
  });

  test('and a question that was closed can be opened again', async () => {
    const { id } = await shop.intent();
    const { page, close } = await shop.visit(id);
    await fillCard(page, '4000002760003184');
    await page.getByRole('button', PAY).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Confirm with my bank' }).click();
    const bank = page.frameLocator('dialog iframe');
    await bank.getByRole('button', { name: 'Complete authentication' }).click();
    await cameTo(page, 'Paid');
    await close();
  });
});

describe('the amount', () => {
  test('takes a share or a sum as a tip', async () => {
    const { id } = await shop.intent({ config: { payment: { tipsAllowed: true } } });
    const { page, close } = await shop.visit(id);
    await page.getByLabel('12.5%').check();
    await page.getByRole('button', { name: 'Pay £13.95' }).waitFor();
    await page.getByLabel('Own amount').check();
    await page.getByLabel('Tip (GBP)').fill('3.2');
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', { name: 'Pay £15.60' }).click();
    await cameTo(page, 'Paid');
    const { tipsAmount, totalAmount } = await shop.dojo('GET', `/payment-intents/${id}`);
    expect({ tips: tipsAmount.value, total: totalAmount.value }).toEqual({
      tips: 320,
      total: 1560,
    });
    await close();
  });

  test('is the customer’s to choose where the shop says so', async () => {
    const { id } = await shop.intent({ config: { payment: { customAmountAllowed: true } } });
    const { page, close } = await shop.visit(id);
    const amount = page.getByLabel('Amount (GBP)');
    await amount.fill('0');
    await fillCard(page, '4242424242424242');
    await page.getByRole('button', PAY).click();
    await page.getByText('Enter an amount such as 12.40.').waitFor();
    await amount.fill('25');
    await page.getByRole('button', { name: 'Pay £25.00' }).click();
    await cameTo(page, 'Paid');
    const paid = await shop.dojo('GET', `/payment-intents/${id}`);
    expect(paid.amount.value).toBe(2500);
    await close();
  });
});

describe('a customer who is known', () => {
  test('saves a card, and pays the next order by its security code', async () => {
    const customer = await shop.dojo('POST', '/customers', { emailAddress: 'ada@example.com' });
    const own = async (): Promise<object> => {
      const { secret } = await shop.dojo('POST', `/customers/${customer.id}/create-secret`);
      return {
        customer: { id: customer.id, secret },
        paymentMethods: ['Card', 'SavedCard'],
      };
    };
    const first = await shop.visit((await shop.intent(await own())).id);
    await fillCard(first.page, '4242424242424242');
    await first.page.getByLabel('Save this card').check();
    await first.page.getByRole('button', PAY).click();
    await cameTo(first.page, 'Paid');
    await first.close();
    const { id } = await shop.intent(await own());
    const { page, close } = await shop.visit(id);
    await page.getByLabel(/^Visa .*4242/).check();
    await page.locator('[name=cvc]:visible').fill('123');
    await page.getByRole('button', PAY).click();
    await cameTo(page, 'Paid');
    expect(await shop.statusOf(id)).toBe('Captured');
    await close();
  });
});

test('a wallet of the device pays, and says that it is simulated', async () => {
  const { id } = await shop.intent({ paymentMethods: ['Card', 'Wallet'] });
  const { page, close } = await shop.visit(id);
  await page.getByLabel('Device wallet').check();
  await page.getByRole('button', { name: 'Pay with device wallet' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText(/^Simulated/).waitFor();
  await sheet.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: 'Pay with device wallet' }).click();
  await sheet.getByRole('button', { name: 'Pay' }).click();
  await cameTo(page, 'Paid');
  await close();
});
