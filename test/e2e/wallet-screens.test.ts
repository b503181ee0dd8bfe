import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loginIntents, paymentIntents } from '@code-wallet/client';
import { Keypair } from '@code-wallet/keys';
import type { Browser, Page } from 'playwright-core';
import { encodeQR } from 'qr';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, openShop, type Shop, seriousFaults } from './shop.js';
import { fillWallet, makeWallet, openWalletPage, slide, type WalletPage } from './wallet-page.js';

const DOMAIN = 'shop.example';
const VERIFIER = Keypair.fromSeed(new Uint8Array(32).fill(9));
const VERIFIER_KEY = VERIFIER.getPublicKey().toBase58();
const ADDRESS = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';

const folder = mkdtempSync(join(tmpdir(), 'tender-wallet-'));
let site: Server;
let shop: Shop;
let browser: Browser;

beforeAll(async () => {
  // The site of the domain, which publishes its key.
  site = createServer((_, response) => {
    response.end(JSON.stringify({ public_keys: [VERIFIER_KEY] }));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  shop = await openShop({ TENDER_CODE_DOMAINS: `${DOMAIN}=${origin}` });
  browser = await launchBrowser();
  const tipped = await fetch(`${shop.tenderUrl}/admin/code/tip_users/x/ada`, {
    method: 'PUT',
    headers: { authorization: 'Bearer sk_test_tender', 'content-type': 'application/json' },
    body: JSON.stringify({ address: ADDRESS, name: 'Ada Lovelace' }),
  });
  expect(tipped.status).toBe(200);
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
  site?.close();
  rmSync(folder, { recursive: true, force: true });
});

let orders = 0;
function newOrder(): string {
  orders += 1;
  return `screen-${orders}`;
}

const endpoint = (): string => `${shop.tenderUrl}/v1`;

const linkOf = ({ url }: WalletPage, options: object): string =>
  `${url}/#/p=${encodeURIComponent(Buffer.from(JSON.stringify(options)).toString('base64'))}`;

const LOGIN = { domain: DOMAIN, verifier: VERIFIER_KEY };

/** The link of a request to log in, with the intent's id. */
async function loginLink(phone: WalletPage): Promise<{ id: string; link: string }> {
  const options = { mode: 'login', login: LOGIN, idempotencyKey: newOrder() };
  const signers = [VERIFIER];
  const made = await loginIntents.create({ ...options, signers, endpoint: endpoint() } as never);
  const { clientSecret, id } = made as { clientSecret: string; id: string };
  return { id, link: linkOf(phone, { ...options, clientSecret }) };
}

/** The link of a payment that the domain's key has signed. */
async function paymentLink(phone: WalletPage, over: object = {}): Promise<string> {
  const options = {
    mode: 'payment',
    amount: 12.5,
    currency: 'eur',
    destination: ADDRESS,
    login: LOGIN,
    idempotencyKey: newOrder(),
    ...over,
  };
  const made = await paymentIntents.create({
    ...options,
    signers: [VERIFIER],
    endpoint: endpoint(),
  } as never);
  return linkOf(phone, {
    ...options,
    clientSecret: (made as { clientSecret: string }).clientSecret,
  });
}

const sees = (page: Page, heading: string): Promise<void> =>
  page.getByRole('heading', { name: heading, exact: true }).waitFor();

describe('a request of a domain that is verified', () => {
  test('to log in tells the domain, and nobody else, who it is', async () => {
    const phone = await openWalletPage(browser, { tenderUrl: shop.tenderUrl });
    await makeWallet(phone);
    const { id, link } = await loginLink(phone);
    const user = async (): Promise<string | undefined> => {
      const asked = { intent: id, verifier: VERIFIER, endpoint: endpoint() };
      return (await loginIntents.getUserId(asked as never)).userId;
    };
    await phone.page.goto(link);
    await phone.page.locator('.pill', { hasText: '●Verified' }).waitFor();
    expect(await user()).toBeUndefined();
    await phone.page.getByRole('button', { name: 'Log in' }).click();
    await sees(phone.page, 'Logged in');
    const first = await user();
    expect(first).toMatch(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/);
    const again = await loginLink(phone);
    await phone.page.goto(again.link);
    await phone.page.getByRole('button', { name: 'Decline' }).click();
    await sees(phone.page, 'Declined');
    expect(phone.complaints).toEqual([]);
    await phone.page.context().close();
  });

  test('to pay is shown as verified, and paid', async () => {
    const phone = await openWalletPage(browser, { tenderUrl: shop.tenderUrl });
    await makeWallet(phone);
    await fillWallet(phone);
    await phone.page.goto(await paymentLink(phone));
    await phone.page.locator('.pill', { hasText: '●Verified' }).waitFor();
    await phone.page.getByText('€12.50').first().waitFor();
    await slide(phone.page);
    await sees(phone.page, 'Paid');
    await phone.page.getByText(`To ${DOMAIN}`, { exact: true }).waitFor();
    expect(phone.complaints).toEqual([]);
    await phone.page.context().close();
  });
});

test('a tip is as much as the person says', async () => {
  const phone = await openWalletPage(browser, { tenderUrl: shop.tenderUrl });
  await makeWallet(phone);
  await fillWallet(phone);
  await phone.page.goto(`${shop.tenderUrl}/wallet/x/ada`);
  await phone.page.getByText('Ada Lovelace').waitFor();
  await phone.page.getByRole('button', { name: 'Go on' }).click();
  await phone.page.getByText('Enter an amount above zero').waitFor();
  await phone.page.getByLabel('Amount').fill('1.25');
  await phone.page.getByRole('button', { name: 'Go on' }).click();
  await slide(phone.page);
  await sees(phone.page, 'Sent');
  await phone.page.getByRole('button', { name: 'Done' }).click();
  await phone.page.getByText('$48.75').waitFor();
  expect(new URL(phone.page.url()).pathname).toBe('/');
  expect(phone.complaints).toEqual([]);
  await phone.page.context().close();
});

/** A film of a still picture, as Chromium's make-believe camera plays it (YUV4MPEG2, grey). */
function filmOf(text: string): Buffer {
  const [width, height, scale] = [640, 480, 8];
  const rows = encodeQR(text, 'raw', { border: 4 });
  const [left, top] = [(width - rows.length * scale) / 2, (height - rows.length * scale) / 2];
  const luma = Buffer.alloc(width * height, 210);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const cell = rows[Math.floor((y - top) / scale)]?.[Math.floor((x - left) / scale)];
      if (cell !== undefined) luma[y * width + x] = cell ? 24 : 235;
    }
  }
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, chroma]);
  return Buffer.concat([header, frame, frame]);
}

test('the camera reads a code', async () => {
  const film = join(folder, 'film.y4m');
  writeFileSync(film, filmOf(ADDRESS));
  const filming = await launchBrowser([
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
  ]);
  const phone = await openWalletPage(filming, { tenderUrl: shop.tenderUrl });
  await makeWallet(phone);
  await phone.page.getByRole('button', { name: 'Scan a code' }).click();
  await sees(phone.page, 'Send');
  expect(await phone.page.getByLabel('Address').inputValue()).toBe(ADDRESS);
  expect(phone.complaints).toEqual([]);
  await filming.close();
});

describe.each([
  ['light', 390, false],
  ['dark', 320, true],
])('every screen, %s, %i pixels wide', (name, width, dark) => {
  let phone: WalletPage;
  const shots = process.env.TENDER_TEST_SHOTS;
  let shown = 0;

  /** What axe finds, and what does not fit; a picture where one is asked for. */
  async function check(screen: string): Promise<void> {
    const { page } = phone;
    shown += 1;
    if (shots) await page.screenshot({ path: `${shots}/${name}-${shown}-${screen}.png` });
    expect(await seriousFaults(page.mainFrame())).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const small = await page.evaluate(
      `[...document.querySelectorAll('button, a, input, select')]
        .filter((e) => e.getClientRects().length > 0 && !e.matches('.unseen, .unseen *'))
        .filter((e) => e.getBoundingClientRect().height < 44)
        .map((e) => e.outerHTML)`,
    );
    expect(small).toEqual([]);
  }

  beforeAll(async () => {
    phone = await openWalletPage(browser, { tenderUrl: shop.tenderUrl, width, height: 720, dark });
  });
  afterAll(() => phone.page.context().close());

  test('before there is a wallet', async () => {
    const { page } = phone;
    await page.getByRole('button', { name: 'Create a wallet' }).waitFor();
    await check('welcome');
    await page.getByRole('button', { name: 'Restore with 12 words' }).click();
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('12 words, not 0.').waitFor();
    await check('restore');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'Create a wallet' }).click();
    await check('words');
    await page.getByRole('button', { name: 'I wrote them down' }).click();
    await check('confirm');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'Skip for now' }).click();
    await page.getByText('$0.00').waitFor();
    await check('empty');
  });

  test('of a payment', async () => {
    const { page } = phone;
    await page.goto(await paymentLink(phone));
    await page.getByText('which is not enough').waitFor();
    await check('not-enough');
    await page.getByRole('button', { name: 'Get test money' }).click();
    await page.getByRole('button', { name: /^Slide to/ }).waitFor();
    await check('pay');
    await slide(page);
    await sees(page, 'Paid');
    await check('paid');
    const fees = [{ destination: VERIFIER_KEY, basisPoints: 250 }];
    const unsigned = { login: undefined, fees, amount: 3, currency: 'usd' };
    await page.goto(await paymentLink(phone, unsigned));
    await page.getByText('Unverified').waitFor();
    await check('unverified');
    await page.getByRole('button', { name: 'Decline' }).click();
    await sees(page, 'Declined');
    await check('declined');
    await page.goto(`${phone.url}/#/p=nothing`);
    await sees(page, 'Not a code');
    await check('not-a-code');
  });

  test('of a login and a tip', async () => {
    const { page } = phone;
    await page.goto((await loginLink(phone)).link);
    await sees(page, 'Log in');
    await check('login');
    await page.goto(`${phone.url}/x/ada`);
    await page.getByText('Ada Lovelace').waitFor();
    await page.getByLabel('Amount').fill('2');
    await check('tip');
    await page.getByRole('button', { name: 'Go on' }).click();
    await sees(page, 'Tip Ada Lovelace');
    await check('review');
  });

  test('of the wallet itself', async () => {
    const { page } = phone;
    await page.goto(`${phone.url}/#/`);
    await page.getByText('Paid to a shop').waitFor();
    await check('home');
    for (const [place, heading] of [
      ['scan', 'Scan'],
      ['send', 'Send'],
      ['receive', 'Receive'],
      ['activity', 'Activity'],
      ['settings', 'Settings'],
    ] as const) {
      await page.goto(`${phone.url}/#/${place}`);
      await sees(page, heading);
      if (place === 'scan') await page.getByText('No camera was found.').waitFor();
      if (place === 'activity') await page.getByText('Test money').waitFor();
      await check(place);
    }
    await page.getByRole('button', { name: 'Show the words' }).click();
    await check('ask');
    await page.getByRole('button', { name: 'Show them' }).click();
    await sees(page, 'Recovery phrase');
    await check('phrase');
    expect(phone.complaints).toEqual([]);
  });
});
