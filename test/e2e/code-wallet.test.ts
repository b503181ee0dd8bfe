import client from '@code-wallet/client';
import type { Browser, Page } from 'playwright-core';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launchBrowser, openShop, type Shop } from './shop.js';
import {
  fillWallet,
  makeWallet,
  openCodeShop,
  openWalletPage,
  screenWithCode,
  slide,
  type WalletPage,
} from './wallet-page.js';

const DESTINATION = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const FEE_TAKER = '6ayEKjPZgz9XCp5DyLK1LfwzrUvdGn29nKuiJMP4vXpL';

let shop: Shop;
let browser: Browser;

beforeAll(async () => {
  shop = await openShop();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await shop?.close();
});

/** A wallet of its own, with or without test money. */
async function wallet(isFilled = true): Promise<WalletPage> {
  const opened = await openWalletPage(browser, { tenderUrl: shop.tenderUrl });
  await makeWallet(opened);
  if (isFilled) await fillWallet(opened);
  return opened;
}

async function done({ page, complaints }: WalletPage): Promise<void> {
  expect(complaints).toEqual([]);
  await page.context().close();
}

let orders = 0;
const newOrder = (): string => {
  orders += 1;
  return `order-${orders}`;
};

/** A request that a shop's server has made, and the link that its button opens on a phone. */
async function request(at: WalletPage, over: object = {}) {
  const options = {
    mode: 'payment',
    amount: 5,
    currency: 'usd',
    destination: DESTINATION,
    idempotencyKey: newOrder(),
    ...over,
  };
  const endpoint = `${shop.tenderUrl}/v1`;
  const made = await client.paymentIntents.create({ ...options, endpoint } as never);
  const { clientSecret, id } = made as { clientSecret: string; id: string };
  const confirmParams = {
    success: { url: `${shop.url}/verify/{{INTENT_ID}}` },
    cancel: { url: `${shop.url}/basket` },
  };
  const packed = JSON.stringify({ ...options, clientSecret, confirmParams });
  const p = encodeURIComponent(Buffer.from(packed).toString('base64'));
  return { id, link: `${at.url}/#/p=${p}` };
}

async function statusOf(intent: string): Promise<string> {
  const endpoint = `${shop.tenderUrl}/v1`;
  return (await client.paymentIntents.getStatus({ intent, endpoint } as never)).status;
}

/** Lets time pass for the account that requests belong to, and what is due happen. */
async function passTime(seconds: number): Promise<void> {
  const { port } = shop.child;
  const clocks = `http://127.0.0.1:${port}/v1/test_helpers/test_clocks/account`;
  const headers = {
    authorization: `Basic ${Buffer.from('sk_test_tender:').toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const clock = (await (await fetch(clocks, { headers })).json()) as { frozen_time: number };
  const body = `frozen_time=${clock.frozen_time + seconds}`;
  await fetch(`${clocks}/advance`, { method: 'POST', headers, body });
  const isReady = async (): Promise<boolean> => {
    const { status } = (await (await fetch(clocks, { headers })).json()) as { status: string };
    return status === 'ready';
  };
  await vi.waitUntil(isReady, { timeout: 20_000, interval: 50 });
}

const sees = (page: Page, heading: string): Promise<void> =>
  page.getByRole('heading', { name: heading, exact: true }).waitFor();

/** Gives the wallet a picture, as a person chooses one. */
async function scanPicture({ page }: WalletPage, picture: Buffer): Promise<void> {
  await page.getByRole('button', { name: 'Scan a code' }).click();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'screen.png', mimeType: 'image/png', buffer: picture });
}

describe('a shop on one screen, a wallet on another', () => {
  const options = { amount: 5, currency: 'usd', destination: DESTINATION };

  test('what is scanned from a picture of the screen is paid, and the shop hears', async () => {
    const phone = await wallet();
    const page = await openCodeShop(shop, { ...options, idempotencyKey: newOrder() });
    await scanPicture(phone, await screenWithCode(page));
    await sees(phone.page, 'Pay');
    await slide(phone.page);
    await sees(phone.page, 'Paid');
    const { event, intent } = await page.result();
    expect(event).toBe('success');
    expect(await statusOf(intent)).toBe('confirmed');
    await phone.page.getByRole('button', { name: 'Done' }).click();
    await phone.page.getByText('$45.00').waitFor();
    await phone.page.getByText('Paid to a shop').waitFor();
    await done(phone);
  });

  test('what the wallet declines is canceled at the shop', async () => {
    const phone = await wallet(false);
    const page = await openCodeShop(shop, { ...options, idempotencyKey: newOrder() });
    await scanPicture(phone, await screenWithCode(page));
    await phone.page.getByRole('button', { name: 'Decline' }).click();
    await sees(phone.page, 'Declined');
    expect((await page.result()).event).toBe('cancel');
    await done(phone);
  });

  test('a shop that is loaded again in the middle still hears of it', async () => {
    const phone = await wallet();
    const page = await openCodeShop(shop, { ...options, idempotencyKey: newOrder() });
    await scanPicture(phone, await screenWithCode(page));
    await sees(phone.page, 'Pay');
    await page.page.reload();
    await screenWithCode(page);
    await slide(phone.page);
    await sees(phone.page, 'Paid');
    expect((await page.result()).event).toBe('success');
    await done(phone);
  });

  test('a picture without a code is said to have none', async () => {
    const phone = await wallet(false);
    await scanPicture(phone, await phone.page.screenshot());
    await phone.page.getByText('No code was found in that picture.').waitFor();
    await done(phone);
  });
});

describe('a link to the wallet', () => {
  test('is paid by keyboard, and leads to the shop’s confirmation page', async () => {
    const phone = await wallet();
    const { id, link } = await request(phone);
    await phone.page.goto(link);
    await sees(phone.page, 'Pay');
    await phone.page.getByRole('button', { name: /^Slide to/ }).focus();
    for (let press = 0; press < 3; press += 1) await phone.page.keyboard.press('ArrowRight');
    expect(await statusOf(id)).toBe('pending');
    await phone.page.keyboard.press('ArrowRight');
    await phone.page.waitForURL(`${shop.url}/verify/${id}`);
    expect(await statusOf(id)).toBe('confirmed');
    await done(phone);
  });

  test('is paid by two presses, and not by one', async () => {
    const phone = await wallet();
    const { id, link } = await request(phone, {
      fees: [{ destination: FEE_TAKER, basisPoints: 150 }],
    });
    await phone.page.goto(link);
    await sees(phone.page, 'Pay');
    const bill = await phone.page.locator('.lines').innerText();
    expect(bill.replace(/\s+/g, ' ')).toBe(
      'To E8ot…T9jR $4.925 Fee of 1.5% to 6ayE…vXpL $0.075 Network fee None You pay $5.00',
    );
    const thumb = phone.page.getByRole('button', { name: /^Slide to/ });
    await thumb.press('Enter');
    await phone.page.getByText('Press again to pay $5.00', { exact: true }).waitFor();
    expect(await statusOf(id)).toBe('pending');
    await thumb.press('Enter');
    await sees(phone.page, 'Paid');
    await done(phone);
  });

  test('that is let go half-way pays nothing, and is opened again by a reload', async () => {
    const phone = await wallet();
    const { id, link } = await request(phone);
    await phone.page.goto(link);
    await sees(phone.page, 'Pay');
    await slide(phone.page, 0.6);
    await phone.page.reload();
    await sees(phone.page, 'Pay');
    expect(await statusOf(id)).toBe('pending');
    await slide(phone.page);
    await sees(phone.page, 'Paid');
    await phone.page.goto('about:blank');
    await phone.page.goto(link);
    await sees(phone.page, 'Already paid');
    expect(await phone.page.getByRole('link').getAttribute('href')).toBe(
      `${shop.url}/verify/${id}`,
    );
    await done(phone);
  });

  test('waits until somebody without a wallet has made one', async () => {
    const phone = await openWalletPage(browser, { tenderUrl: shop.tenderUrl });
    const { id, link } = await request(phone);
    // By way of Tender itself, whose redirect keeps what follows the address.
    await phone.page.goto(link.replace(phone.url, `${shop.tenderUrl}/wallet`));
    await phone.page.getByText('A shop has sent you here').waitFor();
    await makeWallet(phone);
    await sees(phone.page, 'Pay');
    await phone.page.getByText('You have $0.00, which is not enough for this.').waitFor();
    await expect(phone.page.getByRole('button', { name: /^Slide to/ }).count()).resolves.toBe(0);
    await phone.page.getByRole('button', { name: 'Get test money' }).click();
    await slide(phone.page);
    await phone.page.waitForURL(`${shop.url}/verify/${id}`);
    await done(phone);
  });

  test('that is declined leads to where the shop wants it', async () => {
    const phone = await wallet(false);
    const { id, link } = await request(phone);
    await phone.page.goto(link);
    await phone.page.getByRole('button', { name: 'Decline' }).click();
    await phone.page.waitForURL(`${shop.url}/basket`);
    expect(await statusOf(id)).toBe('pending');
    await done(phone);
  });

  test('to a request that the shop has canceled pays nothing', async () => {
    const phone = await wallet();
    const { id, link } = await request(phone);
    await phone.page.goto(link);
    await sees(phone.page, 'Pay');
    const stripe = new Stripe('sk_test_tender', {
      host: '127.0.0.1',
      port: shop.child.port,
      protocol: 'http',
    });
    const [newest] = (await stripe.paymentIntents.list({ limit: 1 })).data;
    await stripe.paymentIntents.cancel(newest?.id ?? '');
    await slide(phone.page);
    await phone.page.getByText('was canceled').waitFor();
    for (const name of [/^Slide to/, 'Decline'])
      await expect(phone.page.getByRole('button', { name }).count()).resolves.toBe(0);
    expect(await statusOf(id)).toBe('pending');
    await phone.page.goto('about:blank');
    await phone.page.goto(`${phone.url}/`);
    await phone.page.getByText('$50.00').first().waitFor();
    await done(phone);
  });

  test('to a request whose time is over pays nothing, and says so when it is opened', async () => {
    const phone = await wallet();
    const open = await request(phone);
    const { link } = await request(phone);
    await phone.page.goto(open.link);
    await sees(phone.page, 'Pay');
    await passTime(25 * 3600);
    await slide(phone.page);
    await phone.page.getByText('has expired').waitFor();
    expect(await statusOf(open.id)).toBe('pending');
    await phone.page.goto('about:blank');
    await phone.page.goto(link);
    await phone.page.getByText('ran out of time').waitFor();
    await phone.page.goto('about:blank');
    await phone.page.goto(`${phone.url}/`);
    await phone.page.getByText('$50.00').first().waitFor();
    await done(phone);
  });

  test('that was tampered with is not believed', async () => {
    const phone = await wallet();
    const { link } = await request(phone);
    const [place, packed = ''] = link.split('#/p=');
    const options = JSON.parse(Buffer.from(decodeURIComponent(packed), 'base64').toString());
    const cheaper = Buffer.from(JSON.stringify({ ...options, amount: 1 })).toString('base64');
    await phone.page.goto(`${place}#/p=${encodeURIComponent(cheaper)}`);
    await sees(phone.page, 'Nothing to pay here');
    await phone.page.goto(`${place}#/p=%%%`);
    await sees(phone.page, 'Not a code');
    await done(phone);
  });
});

describe('a wallet in a browser', () => {
  test('sends to another one, by its code', async () => {
    const [from, to] = [await wallet(), await wallet(false)];
    await to.page.getByRole('button', { name: 'Receive' }).click();
    await to.page.getByRole('img', { name: 'QR code of your address' }).waitFor();
    await scanPicture(from, await to.page.screenshot());
    await sees(from.page, 'Send');
    await from.page.getByLabel('Amount').fill('2,50');
    await from.page.getByRole('button', { name: 'Go on' }).click();
    await slide(from.page);
    await sees(from.page, 'Sent');
    await to.page.getByRole('button', { name: 'Back' }).click();
    await to.page.getByText('Received').waitFor();
    await to.page.getByText('$2.50').first().waitFor();
    for (const each of [from, to]) await done(each);
  });

  test('is brought back by its 12 words', async () => {
    const first = await openWalletPage(browser, { tenderUrl: shop.tenderUrl });
    await first.page.getByRole('button', { name: 'Create a wallet' }).click();
    const words = await first.page.locator('.words li').allInnerTexts();
    expect(words).toHaveLength(12);
    await first.page.getByRole('button', { name: 'I wrote them down' }).click();
    const asked = await first.page.locator('label').allInnerTexts();
    for (const label of asked) {
      await first.page.getByLabel(label, { exact: true }).fill('wrong');
    }
    await first.page.getByRole('button', { name: 'Confirm' }).click();
    await first.page.getByText('That is another word.').first().waitFor();
    for (const label of asked) {
      const word = words[Number(label.replace('Word ', '')) - 1] ?? '';
      await first.page.getByLabel(label, { exact: true }).fill(word);
    }
    await first.page.getByRole('button', { name: 'Confirm' }).click();
    await fillWallet(first);
    const second = await openWalletPage(browser, { tenderUrl: shop.tenderUrl });
    await second.page.getByRole('button', { name: 'Restore with 12 words' }).click();
    await second.page.getByLabel('Recovery phrase').fill(`${words.join('  ').toUpperCase()} `);
    await second.page.getByRole('button', { name: 'Restore' }).click();
    await second.page.getByText('$50.00').first().waitFor();
    for (const each of [first, second]) await done(each);
  });

  test('keeps keys that no script can read', async () => {
    const phone = await wallet(false);
    await phone.page.getByRole('button', { name: 'Scan a code' }).waitFor();
    const kept = await phone.page.evaluate(
      `new Promise((resolve) => {
        const opening = indexedDB.open('tender-wallet');
        opening.onsuccess = () => {
          const store = opening.result.transaction('wallet').objectStore('wallet');
          const request = store.get('kept');
          request.onsuccess = async () => {
            const { owner, domains } = request.result.keys;
            const read = await crypto.subtle.exportKey('pkcs8', owner).catch((e) => e.name);
            resolve({ read, owner: owner.extractable, domains: domains.extractable });
          };
        };
      })`,
    );
    expect(kept).toEqual({ read: 'InvalidAccessError', owner: false, domains: false });
    await done(phone);
  });

  test('shows its words to whoever insists, and can forget them, and itself', async () => {
    const phone = await wallet(false);
    await phone.page.getByRole('button', { name: 'Settings' }).click();
    await phone.page.getByRole('button', { name: 'Show the words' }).click();
    await phone.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await expect(phone.page.locator('.words').count()).resolves.toBe(0);
    await phone.page.getByRole('button', { name: 'Show the words' }).click();
    await phone.page.getByRole('dialog').getByRole('button', { name: 'Show them' }).click();
    await expect(phone.page.locator('.words li').count()).resolves.toBe(12);
    await phone.page.getByRole('button', { name: 'Back' }).click();
    await phone.page.getByRole('button', { name: 'Erase this wallet' }).click();
    await phone.page.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
    await phone.page.getByRole('button', { name: 'Create a wallet' }).waitFor();
    await phone.page.reload();
    await phone.page.getByRole('button', { name: 'Create a wallet' }).waitFor();
    await done(phone);
  });

  test('shows its balance in a currency of choice, and remembers it', async () => {
    const phone = await wallet();
    await phone.page.getByLabel('Currency of the balance').selectOption('kin');
    await phone.page.locator('.amount', { hasText: '5,000,000 kin' }).waitFor();
    await phone.page.reload();
    await phone.page.locator('.amount', { hasText: '5,000,000 kin' }).waitFor();
    await done(phone);
  });

  test('opens without a network, and says that it hears nothing', async () => {
    const phone = await wallet();
    await phone.page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await phone.page.waitForFunction('navigator.serviceWorker.controller !== null');
    await phone.page.context().setOffline(true);
    await phone.page.reload();
    await phone.page.getByText('No connection. Trying again.').waitFor();
    await phone.page.getByRole('button', { name: 'Settings' }).click();
    await sees(phone.page, 'Settings');
    await phone.page.getByRole('button', { name: 'Back' }).click();
    await phone.page.context().setOffline(false);
    await phone.page.getByText('$50.00').first().waitFor();
    const cached = await phone.page.evaluate(
      `caches.keys().then(async ([name]) => {
        const requests = await (await caches.open(name)).keys();
        return requests.map(({ url }) => new URL(url).pathname);
      })`,
    );
    expect((cached as string[]).filter((path) => path.startsWith('/v1'))).toEqual([]);
    expect(cached).toContain('/');
    await phone.page.context().close();
  });
});
