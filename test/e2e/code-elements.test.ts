import { paymentIntents } from '@code-wallet/client';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { intentKeys } from '../../sdk/code/keys.js';
import {
  atStage,
  type CodePage,
  type CodeShop,
  offerOn,
  openCodeShop,
  PAYMENT,
  type Script,
} from './code-shop.js';
import { seriousFaults } from './shop.js';

/** The button in a shop's page, in a real browser, by the published package and by our script. */

let shop: CodeShop;

beforeAll(async () => {
  shop = await openCodeShop();
});

afterAll(async () => {
  await shop?.close();
  expect(shop?.tender.errors).toEqual([]);
});

const confirmParams = {
  success: { url: '/verify/{{INTENT_ID}}' },
  cancel: { url: '/canceled/{{INTENT_ID}}' },
};

const press = ({ button }: CodePage): Promise<void> =>
  button.getByRole('button', { name: 'Pay with Code' }).click();

const statusOf = async (intent: string): Promise<string> => {
  const asked = { intent, endpoint: `${shop.tender.url}/v1` };
  return (await paymentIntents.getStatus(asked as never)).status;
};

/** A client secret that nobody has used before. */
const newSecret = async (): Promise<string> => (await intentKeys(PAYMENT)).clientSecret;

describe.each<Script>(['published', 'own'])('the button by the %s script', (script) => {
  test('is paid with a wallet that scans the screen, and goes on to the shop', async () => {
    const opened = await shop.open(script, {
      options: { ...PAYMENT, confirmParams },
      hasServer: true,
    });
    await press(opened);
    await atStage(opened, 'waiting');
    const offer = await offerOn(shop, opened);
    await atStage(opened, 'scanned');
    await shop.wallet.pay(offer);
    await opened.page.waitForURL('**/verify/*');
    const intent = new URL(opened.page.url()).pathname.split('/').pop() ?? '';
    expect(await statusOf(intent)).toBe('confirmed');
    await opened.page.close();
  });

  test('tells its success once, for the intent that the server made', async () => {
    const opened = await shop.open(script, { hasServer: true, staysHere: true });
    await press(opened);
    await shop.wallet.pay(await offerOn(shop, opened));
    const { args } = await opened.heard('success');
    expect(await statusOf(args.intent)).toBe('confirmed');
    expect(args.options).toMatchObject({ amount: 0.25, currency: 'usd' });
    // It has gone, and with it whatever could tell more.
    await opened.page.locator('iframe[style*="fixed"]').waitFor({ state: 'detached' });
    expect((await opened.told()).map(({ event }) => event)).toEqual(['invoke', 'success']);
    expect(opened.complaints).toEqual([]);
    await opened.page.close();
  });

  test('is canceled where the wallet declines', async () => {
    const opened = await shop.open(script, {
      options: { ...PAYMENT, confirmParams },
      hasServer: true,
    });
    await press(opened);
    await shop.wallet.reject(await offerOn(shop, opened));
    await opened.page.waitForURL('**/canceled/*');
    await opened.page.close();
  });

  test('is canceled where its request is closed, and can be pressed again', async () => {
    const opened = await shop.open(script, { hasServer: true, staysHere: true });
    await press(opened);
    await atStage(opened, 'waiting');
    await opened.request.getByRole('button', { name: 'Close' }).click();
    expect((await opened.heard('cancel')).args.options.amount).toBe(0.25);
    await opened.page.locator('iframe[style*="fixed"]').waitFor({ state: 'detached' });
    await press(opened);
    await atStage(opened, 'waiting');
    await opened.page.close();
  });

  test('makes the request by itself where the shop has no server', async () => {
    const opened = await shop.open(script, { staysHere: true });
    await press(opened);
    const offer = await offerOn(shop, opened);
    await shop.wallet.pay(offer);
    await opened.heard('success');
    expect(await statusOf(offer.intent)).toBe('confirmed');
    await opened.page.close();
  });

  test('still succeeds when the page is loaded anew in the middle', async () => {
    const options = { ...PAYMENT, clientSecret: await newSecret() };
    const opened = await shop.open(script, { options, staysHere: true });
    await press(opened);
    const offer = await offerOn(shop, opened);
    await opened.page.reload();
    await press(opened);
    await atStage(opened, 'scanned');
    await shop.wallet.pay(offer);
    expect((await opened.heard('success')).args.intent).toBe(offer.intent);
    // Whoever comes back after the payment hears of it, too.
    await opened.page.reload();
    await press(opened);
    expect((await opened.heard('success')).args.intent).toBe(offer.intent);
    await opened.page.close();
  });

  test('that was declined can be paid with the same secret', async () => {
    const options = { ...PAYMENT, clientSecret: await newSecret() };
    const opened = await shop.open(script, { options, staysHere: true });
    await press(opened);
    await shop.wallet.reject(await offerOn(shop, opened));
    await opened.heard('cancel');
    await opened.page.reload();
    await press(opened);
    await shop.wallet.pay(await offerOn(shop, opened));
    await opened.heard('success');
    expect((await opened.told()).map(({ event }) => event)).toEqual(['invoke', 'success']);
    await opened.page.close();
  });

  test('says what the server refuses', async () => {
    const opened = await shop.open(script, { options: { ...PAYMENT, amount: 100_000 } });
    await press(opened);
    await atStage(opened, 'refused');
    const { message } = (await opened.heard('error')).args;
    expect(message).toContain('usd currency has a maximum amount of');
    await opened.page.close();
  });

  test('shows a page of its own', async () => {
    const opened = await shop.open(script, { type: 'page', hasServer: true, staysHere: true });
    await atStage(opened, 'waiting');
    await shop.wallet.pay(await offerOn(shop, opened));
    await opened.heard('success');
    await opened.page.close();
  });
});

describe('the frames', () => {
  const frameOf = async ({ page }: CodePage, part: string): Promise<Frame> => {
    const frame = page.frames().find((each) => each.url().includes(`-request-${part}`));
    if (frame === undefined) throw new Error(`no frame ${part}`);
    return frame;
  };

  test.each(['light', 'dark'] as const)('can be used by everybody, %s', async (appearance) => {
    const opened = await shop.open('own', { options: { ...PAYMENT, appearance } });
    await opened.button.getByRole('button').focus();
    expect(await seriousFaults(await frameOf(opened, 'button'))).toEqual([]);
    await opened.page.keyboard.press('Enter');
    await atStage(opened, 'waiting');
    const frame = await frameOf(opened, 'modal');
    expect(await seriousFaults(frame)).toEqual([]);
    await opened.request.getByLabel('Round code', { exact: true }).check();
    await opened.request.locator('svg.round').waitFor();
    expect(await seriousFaults(frame)).toEqual([]);
    await opened.page.keyboard.press('Escape');
    await opened.heard('cancel');
    await opened.page.close();
  });

  test('fit a small phone, and lead to a wallet on it', async () => {
    const context = await shop.browser.newContext({
      viewport: { width: 320, height: 568 },
      userAgent: 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/147.0 Mobile',
    });
    const opened = await shop.open('own', {}, context);
    await press(opened);
    await atStage(opened, 'waiting');
    const open = opened.request.getByRole('link', { name: 'Open wallet' });
    expect(await open.getAttribute('href')).toMatch(`${shop.tender.url}/wallet#/p=`);
    const app = opened.request.getByRole('link', { name: 'Open the Code app' });
    expect(await app.getAttribute('href')).toMatch(/^codewallet:\/\/.*modal-mobile\/#\/[^/]+\/p=/);
    const frame = await frameOf(opened, 'modal');
    await opened.request.getByText('Scan with another device').click();
    const wide = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
    expect(await frame.evaluate(wide)).toBe(true);
    expect(await seriousFaults(frame)).toEqual([]);
    await context.close();
  });

  test('let nothing of the page in', async () => {
    const opened = await shop.open('own');
    await press(opened);
    await atStage(opened, 'waiting');
    const read = await opened.page.evaluate(`(() => {
      const frame = document.querySelector('iframe[style*=fixed]');
      try { return frame.contentDocument?.title ?? 'nothing' }
      catch { return 'nothing' }
    })()`);
    expect(read).toBe('nothing');
    await opened.page.close();
  });

  test('say that a request has expired', async () => {
    const options = { ...PAYMENT, clientSecret: await newSecret() };
    const opened = await shop.open('own', { options, staysHere: true });
    await press(opened);
    await atStage(opened, 'waiting');
    await shop.tender.advance(25 * 3600);
    await opened.page.reload();
    await press(opened);
    await atStage(opened, 'refused');
    expect((await opened.heard('error')).args.message).toContain('expired');
    await opened.page.close();
  });
});
