import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CheckoutShop, openCheckoutShop } from './checkout-page.js';

let shop: CheckoutShop;

beforeAll(async () => {
  shop = await openCheckoutShop();
});
afterAll(async () => {
  await shop?.close();
});

const HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';

test('what a merchant writes is text on the page, and runs nothing', async () => {
  const money = { value: 620, currencyCode: 'GBP' };
  const { id } = await shop.intent({
    reference: HOSTILE.slice(0, 60),
    description: HOSTILE,
    config: { title: HOSTILE },
    itemLines: [{ name: HOSTILE, amountTotal: money }],
    taxLines: [{ caption: HOSTILE, subCaption: HOSTILE, amountTotal: money }],
    actionLink: {
      url: 'https://shop.example/?"onmouseover="window.pwned=1',
      action: 'DownloadFile',
      label: HOSTILE.slice(0, 60),
      fileName: HOSTILE,
    },
  });
  const { page, close } = await shop.visit(id);
  await page.getByRole('heading', { name: HOSTILE }).waitFor();
  expect(await page.locator('img[src=x]').count()).toBe(0);
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  await close();
});

test('an inline script is not run, and nothing is fetched from or sent to elsewhere', async () => {
  const { id } = await shop.intent();
  const { page, complaints } = await shop.visit(id);
  await page.evaluate(`
    const add = (name, more) => document.body.append(
      Object.assign(document.createElement(name), more),
    );
    add('script', { textContent: 'window.pwned = 1' });
    add('script', { src: '${shop.url}/evil.js' });
    add('img', { src: '${shop.url}/evil.png' });
    add('iframe', { src: '${shop.url}/evil' });
    add('div', { innerHTML: '<img src=x onerror="window.pwned = 1">' });
    const form = Object.assign(document.createElement('form'), { action: '${shop.url}/evil' });
    document.body.append(form);
    form.submit();
  `);
  const sent = await page.evaluate(`fetch('${shop.url}/evil').then(() => 'sent', () => 'kept')`);
  expect(sent).toBe('kept');
  expect(await page.evaluate('window.pwned')).toBeUndefined();
  expect(page.url()).toBe(`${shop.tenderUrl}/checkout/${id}`);
  const policies = ['script-src', 'img-src', 'frame-src', 'form-action', 'connect-src'];
  for (const policy of policies)
    expect(
      complaints.some((each) => each.includes(policy)),
      policy,
    ).toBe(true);
  await page.context().close();
});

test('another page cannot frame it', async () => {
  const { id } = await shop.intent();
  const { page, complaints } = await shop.visit(id);
  const address = page.url();
  await page.goto(`${shop.url}/thanks`);
  await page.setContent(`<iframe src="${address}"></iframe>`);
  const [frame] = page.frames().slice(1);
  expect(frame?.url()).not.toBe(address);
  expect(await frame?.locator('input').count()).toBe(0);
  expect(complaints.some((each) => each.includes('frame-ancestors'))).toBe(true);
  await page.context().close();
});
