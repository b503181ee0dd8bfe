import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dojoCall, dojoIntent, newDojoIntent, openDojoPage } from './dojo-shop.js';
import { openShop, type Shop, type ShopPage, seriousFaults } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

const script = (more = '{}') => `
window.heard = [];
const config = Object.assign({
  containerId: 'demo-payment',
  paymentDetails: { paymentToken: token },
  buttonConfig: { color: 'black', type: 'buy' },
  emailRequired: true,
  billingAddressRequired: true,
  shippingAddressRequired: true,
  callbacks: {
    onPaymentInitiated: () => heard.push('initiated'),
    onPaymentCancelled: () => heard.push('cancelled'),
  },
}, ${more});
window.wallet = new Dojo.WalletPayment(config, (errors) => heard.push(errors), done);
`;

const button = ({ page }: ShopPage, name = 'Buy with wallet') => page.getByRole('button', { name });
const sheet = ({ page }: ShopPage) => page.getByRole('dialog', { name: 'Simulated wallet' });
const heard = ({ page }: ShopPage) => page.evaluate('window.heard');

async function shoot({ page }: ShopPage, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/wallet-${name}.png` });
}

describe('a wallet’s button of Dojo’s script', () => {
  test('pays, and tells the shop what it asks for', async () => {
    const intent = await newDojoIntent(shop, { paymentMethods: ['Card', 'Wallet'] });
    const page = await openDojoPage(shop, intent.clientSessionSecret, script());
    await button(page).click();
    expect(await sheet(page).getByText('No real card is charged.').isVisible()).toBe(true);
    await sheet(page).getByRole('button', { name: 'Pay' }).click();
    expect(await page.result()).toMatchObject({ statusCode: 0, message: 'Successful' });
    expect(await heard(page)).toEqual(['initiated']);
    expect(await dojoIntent(shop, intent)).toMatchObject({
      status: 'Captured',
      customer: { emailAddress: 'ada@example.com' },
      billingAddress: { countryCode: 'GB', address1: '1 Test Street' },
      shippingDetails: { name: 'Ada Example', address: { city: 'London' } },
    });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('tells no more than the shop asks for', async () => {
    const intent = await newDojoIntent(shop);
    const none =
      '{ emailRequired: false, billingAddressRequired: false, shippingAddressRequired: false }';
    const page = await openDojoPage(shop, intent.clientSessionSecret, script(none));
    await button(page).click();
    expect(await sheet(page).getByText('ada@example.com').count()).toBe(0);
    await sheet(page).getByRole('button', { name: 'Pay' }).click();
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    expect(await dojoIntent(shop, intent)).not.toHaveProperty('billingAddress');
    await page.page.close();
  });

  test.each([
    ['its button', ({ page }: ShopPage) => page.getByRole('button', { name: 'Cancel' }).click()],
    ['Escape', ({ page }: ShopPage) => page.keyboard.press('Escape')],
  ])('is cancelled by %s, and can be pressed again', async (_, cancel) => {
    const intent = await newDojoIntent(shop);
    const page = await openDojoPage(shop, intent.clientSessionSecret, script());
    await button(page).click();
    await sheet(page).waitFor();
    await cancel(page);
    await sheet(page).waitFor({ state: 'detached' });
    expect(await heard(page)).toEqual(['cancelled']);
    expect((await dojoIntent(shop, intent)).status).toBe('Created');
    await button(page).click();
    await sheet(page).getByRole('button', { name: 'Pay' }).click();
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    await page.page.close();
  });

  test('tells of a token that is used up, and goes on with a new one', async () => {
    const intent = await newDojoIntent(shop);
    const page = await openDojoPage(shop, 'nothing', script());
    await button(page).click();
    await sheet(page).getByRole('button', { name: 'Pay' }).click();
    expect(await page.result()).toMatchObject({ statusCode: 404 });
    expect(await heard(page)).toEqual([
      'initiated',
      [{ errorType: 'walletFailed', message: 'There is no such token.' }],
    ]);
    const refresh = `/payment-intents/${intent.id}/refresh-client-session-secret`;
    const { clientSessionSecret } = await dojoCall(shop, 'POST', refresh);
    await page.page.evaluate(`wallet.updatePaymentToken(${JSON.stringify(clientSessionSecret)})`);
    await button(page).click();
    await sheet(page).getByRole('button', { name: 'Pay' }).click();
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    await page.page.close();
  });

  test.each([
    ['light', 900, 'black', 'checkout', 'Check out with wallet'],
    ['dark', 320, 'white', 'plain', 'Wallet'],
  ] as const)(
    'has nothing serious for axe in %s at %i pixels',
    async (colorScheme, width, colour, type, name) => {
      const { clientSessionSecret: token } = await newDojoIntent(shop);
      const look = script(`{ buttonConfig: ${JSON.stringify({ colour, type })} }`);
      const style =
        ':root { color-scheme: light dark } body { background: Canvas; color: CanvasText }';
      const page = await openDojoPage(shop, token, look, style);
      await page.page.emulateMedia({ colorScheme });
      await page.page.setViewportSize({ width, height: 640 });
      await shoot(page, `button-${colorScheme}-${width}`);
      expect(await seriousFaults(page.page.mainFrame())).toEqual([]);
      await button(page, name).click();
      await sheet(page).waitFor();
      await shoot(page, `sheet-${colorScheme}-${width}`);
      expect(await seriousFaults(page.page.mainFrame())).toEqual([]);
      await page.page.close();
    },
  );
});
