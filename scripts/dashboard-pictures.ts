/**
 * Takes pictures of the dashboard over a shop's four weeks, from the built pages in a real browser:
 * those of docs/operate with `npx tsx scripts/dashboard-pictures.ts`, and with a folder every place
 * in light and dark, on a desk and on a phone, to be looked at.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { accountNamed } from '../src/api/auth.js';
import { claimDestination } from '../src/engine/destinations.js';
import { inviteOperator } from '../src/engine/operators.js';
import { launchBrowser } from '../test/e2e/shop.js';
import { run } from '../test/support/payments.js';
import { openSink } from '../test/support/sink.js';
import { startTestTender, type TestTender } from '../test/support/tender.js';
import { answerTo, fund, keyOf, request, submit } from '../test/support/wallets.js';

const FOLDER = fileURLToPath(new URL('../docs/operate/images/', import.meta.url));
/** What a page of the documents may weigh per picture. */
const PICTURE_BYTES_MAX = 150_000;
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const DAYS = 28;
const DAY_SECONDS = 86_400;
const GOODS = ['Field guide to birds', 'Notebook', 'Fountain pen', 'Ink, blue-black', 'Atlas'];

type Client = ReturnType<TestTender['client']>;

/** A day's payments: some are declined, some held, some given back. */
async function trade(client: Client, customers: readonly string[], day: number): Promise<void> {
  for (let at = 0; at < 3 + ((day * 5) % 7); at += 1) {
    const number = day * 10 + at;
    const isDeclined = number % 9 === 4;
    const name = isDeclined ? 'visa_chargeDeclinedInsufficientFunds' : 'visa';
    const payment = await client.paymentIntents
      .create({
        amount: 900 + ((number * 7919) % 90) * 100,
        currency: 'usd',
        payment_method: number % 5 === 2 ? 'pm_card_mastercard' : `pm_card_${name}`,
        capture_method: number % 13 === 6 ? 'manual' : 'automatic',
        description: GOODS[number % GOODS.length] ?? '',
        metadata: { order_id: String(6000 + number) },
        ...(customers[number % 4] && { customer: customers[number % 4] }),
        confirm: true,
      })
      .catch(() => null);
    if (payment?.status === 'succeeded' && number % 11 === 3)
      await client.refunds.create({ payment_intent: payment.id, amount: 500 });
  }
  await client.paymentIntents.create({ amount: 1200, currency: 'usd', description: 'Basket' });
}

/** Four weeks of a shop; answers the payment that is shown as a timeline, and an endpoint. */
async function fill(tender: TestTender, hooks: string) {
  const client = tender.client('tender');
  const account = accountNamed('tender');
  const customers: string[] = [];
  for (const name of ['Ada Lovelace', 'Grace Hopper']) {
    const email = `${name.split(' ')[0]?.toLowerCase()}@example.com`;
    const given = { name, email, payment_method: 'pm_card_visa', metadata: { level: 'gold' } };
    customers.push((await client.customers.create(given)).id);
  }
  for (let day = 0; day < DAYS; day += 1) {
    await trade(client, customers, day);
    await tender.advance(DAY_SECONDS);
  }
  const endpoint = await client.webhookEndpoints.create({
    url: hooks,
    enabled_events: ['payment_intent.succeeded', 'charge.refunded'],
  });
  const buy = { amount: 3100, currency: 'usd', confirm: true } as const;
  await client.paymentIntents.create({ ...buy, payment_method: 'pm_card_createDispute' });
  const shown = await client.paymentIntents.create({
    amount: 4200,
    currency: 'usd',
    description: 'Atlas and notebook',
    metadata: { order_id: '6735' },
    capture_method: 'manual',
  });
  const declined = { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' };
  await client.paymentIntents.confirm(shown.id, declined).catch(() => null);
  await client.paymentIntents.confirm(shown.id, { payment_method: 'pm_card_visa' });
  await client.paymentIntents.capture(shown.id);
  await client.refunds.create({ payment_intent: shown.id, amount: 1200 });
  const { engine } = tender;
  const [owner, till] = [keyOf('owner'), keyOf('till')];
  await run(engine, claimDestination(account, till.address, 'key'));
  await fund(engine, owner, 200_000_000_000n);
  for (let at = 0; at < 2; at += 1) {
    const asked = await request(engine, { destination: till, merchant: account });
    await submit(engine, answerTo(asked, owner, till));
  }
  for (const [name, role] of [
    ['ada', 'admin'],
    ['grace', 'viewer'],
  ] as const) {
    const input = { email: `${name}@example.com`, role, merchants: null, secret: name.repeat(8) };
    await run(engine, inviteOperator(input, 'tender init'));
  }
  await tender.advance(1);
  return { payment: shown.id, endpoint: endpoint.id };
}

async function openPlace(browser: Browser, address: string, look: BrowserContextOptions) {
  const context = await browser.newContext({ locale: 'en-GB', ...look });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('h1').waitFor();
  return page;
}

async function take(page: Page, path: string, isWhole: boolean): Promise<void> {
  await page.screenshot({ path, animations: 'disabled', caret: 'hide', fullPage: isWhole });
  console.log(`${path} ${Math.ceil(statSync(path).size / 1000)} kB`);
}

/** Every place, to be looked at. */
async function takeAll(browser: Browser, url: string, folder: string, places: readonly string[]) {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const viewport of [DESK, PHONE]) {
      const page = await openPlace(browser, `${url}/dashboard`, { viewport, colorScheme });
      for (const place of places) {
        await page.goto(`${url}/dashboard${place}`);
        await page.locator('h1').waitFor();
        await page.evaluate(
          "document.querySelectorAll('details.card').forEach((each) => { each.open = true; })",
        );
        const name = `${place.replaceAll(/\W+/g, '-').slice(1, 20) || 'overview'}`;
        await take(page, join(folder, `${name}-${colorScheme}-${viewport.width}.png`), true);
      }
      await page.context().close();
    }
}

/** The pictures of docs/operate. */
async function takeForDocs(browser: Browser, url: string, payment: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const pictures = [
    ['dashboard-overview', '', { viewport: DESK, colorScheme: 'light' }],
    ['dashboard-timeline', `/intents/${payment}`, { viewport: DESK, colorScheme: 'light' }],
    ['dashboard-phone', '/intents', { viewport: PHONE, colorScheme: 'dark' }],
  ] as const;
  for (const [name, place, look] of pictures) {
    const page = await openPlace(browser, `${url}/dashboard${place}`, look);
    const path = join(FOLDER, `${name}.png`);
    await take(page, path, false);
    if (statSync(path).size > PICTURE_BYTES_MAX) throw new Error(`${name}.png is too large`);
    await page.context().close();
  }
}

const [, , folder] = process.argv;
process.env.TENDER_TEST_STORE ??= 'sqlite';
const sink = await openSink((response) => {
  response.statusCode = 503;
  response.end('The till is closed until nine.');
});
const tender = await startTestTender();
const browser = await launchBrowser();
try {
  const { payment, endpoint } = await fill(tender, sink.url);
  const places = ['', '/intents', `/intents/${payment}`, '/customers', '/disputes', '/endpoints'];
  places.push(`/endpoints/${endpoint}`, '/wallets', '/ledger', '/ledger/merchant?currency=usd');
  places.push('/keys', '/audit', '/operators', '/operators/log', '/settings');
  if (folder === undefined) await takeForDocs(browser, tender.url, payment);
  else {
    mkdirSync(folder, { recursive: true });
    await takeAll(browser, tender.url, folder, places);
  }
} finally {
  await browser.close();
  await tender.stop();
  await sink.close();
}
