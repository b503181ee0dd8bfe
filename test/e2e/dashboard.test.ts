import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountNamed } from '../../src/api/auth.js';
import { claimDestination } from '../../src/engine/destinations.js';
import { run } from '../support/payments.js';
import { openSink } from '../support/sink.js';
import { newName, startTestTender, type TestTender } from '../support/tender.js';
import { answerTo, fund, keyOf, request, submit } from '../support/wallets.js';
import { headingOf, soon, visit } from './dashboard-page.js';
import { launchBrowser, seriousFaults } from './shop.js';

/** The dashboard in a browser, on a server as it runs: what it shows and does really happens. */

let browser: Browser;
let tender: TestTender;

beforeAll(async () => {
  [browser, tender] = await Promise.all([launchBrowser(), startTestTender()]);
});
afterAll(async () => {
  await browser?.close();
  expect(tender?.errors).toEqual([]);
  await tender?.stop();
});

/** A merchant with an account of his own. */
function newShop() {
  const name = newName();
  const account = accountNamed(name);
  const client = tender.client(name);
  const pay = (more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    client.paymentIntents.create({
      amount: 2000,
      currency: 'gbp',
      payment_method: 'pm_card_visa',
      confirm: true,
      ...more,
    });
  const open = (path: string, look: (page: Page) => Promise<void>, options = {}) =>
    visit({ browser, url: tender.url, account, ...options }, path, look);
  return { account, client, pay, open };
}

const rowsOf = (page: Page) => page.locator('.rows .row');
const headOf = (page: Page) => page.locator('.head');

describe('the overview', () => {
  test('teaches how to make a payment, and shows the first one by itself', async () => {
    const { pay, open } = newShop();
    await open('', async (page) => {
      await page.getByRole('heading', { name: 'No payment yet' }).waitFor();
      await page.getByText('/v1/payment_intents').waitFor();
      await pay({ amount: 6300, currency: 'usd' });
      await page.locator('.figure-box', { hasText: 'Captured' }).getByText('$63.00').waitFor();
      const payment_method = 'pm_card_visa_chargeDeclinedInsufficientFunds';
      await expect(pay({ payment_method, currency: 'usd' })).rejects.toThrow();
      const declines = page.locator('.panel', { hasText: 'Declines by reason' });
      await declines.getByText('Your card has insufficient funds').waitFor();
      await soon(() => page.locator('.chart:visible svg').count()).toBe(2);
      await page.keyboard.press('t');
      const numbers = page.getByRole('region', { name: 'Volume a day' });
      await numbers.getByRole('cell', { name: '$63.00' }).waitFor();
      expect(await numbers.getByRole('row').count()).toBe(31);
      expect(await page.locator('.chart:visible').count()).toBe(0);
    });
  });
});

describe('the list of intents', () => {
  test('is filtered and searched, and its address says how', async () => {
    const { pay, open } = newShop();
    await pay({ description: 'Tea', metadata: { order_id: '6735' } });
    await pay({ description: 'Milk', capture_method: 'manual' });
    await pay({ description: 'Bread' });
    await open('/intents', async (page) => {
      await soon(() => rowsOf(page).count()).toBe(3);
      await page.getByLabel('Status').selectOption('authorized');
      await soon(() => rowsOf(page).allTextContents()).toEqual([expect.any(String)]);
      await page.getByRole('link', { name: /Milk/ }).waitFor();
      await page.getByLabel('Status').selectOption('');
      await soon(() => rowsOf(page).count()).toBe(3);
      await page.keyboard.press('Escape');
      await page.locator('body').press('/');
      await page.keyboard.type('order_id:6735');
      await soon(() => rowsOf(page).count()).toBe(1);
      expect(new URL(page.url()).search).toBe('?q=order_id%3A6735');
      await page.reload();
      await page.getByRole('link', { name: /Tea/ }).waitFor();
      expect(await rowsOf(page).count()).toBe(1);
      await page.getByRole('searchbox').fill('nothing is called so');
      await page.getByRole('heading', { name: 'No intent is like that' }).waitFor();
      await page.getByRole('button', { name: 'Clear the filters' }).click();
      await page.getByRole('link', { name: /Bread/ }).waitFor();
    });
  });

  test('shows a new intent by itself, and is walked and left by keys alone', async () => {
    const { pay, open } = newShop();
    await pay({ amount: 1100, description: 'Older' });
    await pay({ amount: 1200, description: 'Old' });
    await open('/intents', async (page) => {
      await soon(() => rowsOf(page).count()).toBe(2);
      await pay({ amount: 1300, description: 'Just now' });
      await page.getByRole('link', { name: /Just now/ }).waitFor();
      expect(await rowsOf(page).first().textContent()).toContain('Just now');
      for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
      await soon(() => page.locator('.row:focus').textContent()).toContain('Old');
      await page.keyboard.press('Enter');
      await headingOf(page, '£12.00').waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('i');
      await headingOf(page, 'Intents').waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('?');
      expect(await page.getByRole('searchbox').inputValue()).toBe('?');
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      const help = page.getByRole('dialog', { name: 'Keys' });
      await help.getByText('Operators').waitFor();
      await page.keyboard.press('Escape');
      await help.waitFor({ state: 'detached' });
    });
  });

  test('is taken along as CSV', async () => {
    const { pay, open } = newShop();
    const { id } = await pay({ metadata: { table: 'seven' } });
    await open('/intents', async (page) => {
      const coming = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Export CSV' }).click();
      const file = readFileSync(await (await coming).path(), 'utf8');
      expect(file.split('\r\n')[0]).toContain('metadata.table');
      expect(file.split('\r\n')[1]).toContain(id);
    });
  });
});

describe('an intent', () => {
  test('is a timeline that grows while it is looked at, with every dialect’s word', async () => {
    const { client, pay, open } = newShop();
    const { id } = await pay();
    await open('/intents', async (page) => {
      await rowsOf(page).first().click();
      await headingOf(page, '£20.00').waitFor();
      for (const word of ['payment_intent.succeeded', 'SUBMITTED'])
        await page.locator('.words').getByText(word).first().waitFor();
      await client.refunds.create({ payment_intent: id, amount: 500 });
      await headOf(page).getByText('Part refunded').waitFor();
      expect(await page.locator('.entry .mark').allTextContents()).toContain('↺');
    });
  });

  test('is refunded in part by keys, and an amount above the rest is not sent', async () => {
    const { client, pay, open } = newShop();
    const { id } = await pay();
    await open(`/intents/${id}`, async (page) => {
      await page.keyboard.press('r');
      const dialog = page.getByRole('dialog', { name: 'Refund' });
      await dialog.getByLabel(/^Amount/).fill('99999');
      await page.keyboard.press('Enter');
      await dialog.getByText('Type an amount up to £20.00.').waitFor();
      await dialog.getByLabel(/^Amount/).fill('2.35');
      await page.keyboard.press('Enter');
      await headOf(page).getByText('Part refunded').waitFor();
      const { data } = await client.refunds.list({ payment_intent: id });
      expect(data.map(({ amount }) => amount)).toEqual([235]);
      await page.goto(`${tender.url}/dashboard/audit`);
      await page.getByRole('cell', { name: 'Intent refund' }).waitFor();
    });
  });

  test('that is held is captured in part, another is canceled', async () => {
    const { client, pay, open } = newShop();
    const held = await pay({ capture_method: 'manual' });
    const other = await pay({ capture_method: 'manual' });
    await open(`/intents/${held.id}`, async (page) => {
      await page.getByRole('button', { name: 'Capture' }).click();
      await page.getByLabel(/^Amount/).fill('5');
      await page.getByRole('dialog').getByRole('button', { name: 'Capture' }).click();
      await headOf(page).getByText('Captured').waitFor();
      expect((await client.paymentIntents.retrieve(held.id)).amount_received).toBe(500);
      await page.goto(`${tender.url}/dashboard/intents/${other.id}`);
      await page.getByRole('button', { name: 'Cancel the intent' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Cancel the intent' }).click();
      await headOf(page).getByText('Canceled').waitFor();
      expect((await client.paymentIntents.retrieve(other.id)).status).toBe('canceled');
    });
  });

  test('and its charge have metadata, which is edited and leads to what has the same', async () => {
    const { client, pay, open } = newShop();
    const { id, latest_charge } = await pay({ metadata: { order_id: '15' } });
    await open(`/intents/${id}`, async (page) => {
      await page.getByRole('button', { name: 'Edit metadata', exact: true }).click();
      await page.getByRole('button', { name: 'Add a line' }).click();
      await page.getByLabel('Key').last().fill('order_id');
      await page.getByLabel('Value').last().fill('twice');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('A key stands there twice.').waitFor();
      await page.getByLabel('Key').last().fill('table');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('link', { name: 'twice' }).waitFor();
      await page.getByRole('button', { name: 'Edit metadata of the charge' }).click();
      await page.getByLabel('Value').last().fill('16');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('link', { name: '16', exact: true }).waitFor();
      const { metadata } = await client.paymentIntents.retrieve(id);
      expect(metadata).toEqual({ order_id: '15', table: 'twice' });
      expect((await client.charges.retrieve(String(latest_charge))).metadata).toEqual({
        order_id: '16',
      });
      await page.getByRole('link', { name: 'twice' }).click();
      await headingOf(page, 'Intents').waitFor();
      await soon(() => rowsOf(page).count()).toBe(1);
      expect(new URL(page.url()).search).toBe('?q=table%3Atwice');
    });
  });

  test('that is not there says so', () =>
    newShop().open('/intents/pi_nobody', (page) =>
      headingOf(page, 'There is nothing here').waitFor(),
    ));
});

test('a customer has cards, payments of his own, and metadata that finds him', async () => {
  const { client, pay, open } = newShop();
  const ada = await client.customers.create({
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    payment_method: 'pm_card_visa',
  });
  await client.customers.create({ name: 'Grace Hopper' });
  await pay({ description: 'Hers', customer: ada.id });
  await pay({ description: 'Nobody’s' });
  await open('/customers', async (page) => {
    await page.getByText('Ada Lovelace').click();
    await page.getByText('Visa •••• 4242').waitFor();
    await page.getByRole('button', { name: 'Edit metadata' }).click();
    await page.getByLabel('Key').fill('level');
    await page.getByLabel('Value').fill('gold');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'gold' }).click();
    await soon(() => page.locator('.card').count()).toBe(1);
    expect(await page.getByRole('searchbox').inputValue()).toBe('level:gold');
    await page.getByRole('link', { name: 'Show them' }).click();
    await page.getByRole('link', { name: /Hers/ }).waitFor();
    expect(await rowsOf(page).count()).toBe(1);
    await page.getByRole('link', { name: /Hers/ }).click();
    await page.getByRole('link', { name: ada.id }).click();
    await headingOf(page, 'Customers').waitFor();
    await page.getByText('Visa •••• 4242').waitFor();
  });
});

test('a dispute is answered with evidence, another is accepted', async () => {
  const { client, pay, open } = newShop();
  await pay({ payment_method: 'pm_card_createDispute', amount: 3100 });
  await pay({ payment_method: 'pm_card_createDispute', amount: 3200 });
  await open('/disputes', async (page) => {
    const card = (amount: string) => page.locator('.card', { hasText: amount });
    await card('£31.00').getByRole('button', { name: 'Give evidence' }).click();
    await page.getByLabel('Name of the customer').fill('Ada Lovelace');
    await page.getByRole('button', { name: 'Save' }).click();
    await card('£31.00').getByText('Ada Lovelace').waitFor();
    await card('£31.00').getByRole('button', { name: 'Give evidence' }).click();
    await page.getByLabel(/^Submit it/).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await card('£31.00').getByText('Under review').waitFor();
    await card('£32.00').getByRole('button', { name: 'Accept the dispute' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Accept it' }).click();
    await card('£32.00').getByText('Lost').waitFor();
    expect(await card('£32.00').getByRole('button', { name: 'Give evidence' }).count()).toBe(0);
    const { data } = await client.disputes.list();
    expect(data.map(({ status }) => status)).toEqual(['lost', 'under_review']);
  });
});

test('a delivery that failed shows what was sent and answered, and is sent again', async () => {
  const { client, pay, open } = newShop();
  let status = 500;
  const sink = await openSink((response) => {
    response.statusCode = status;
    response.end(status === 500 ? 'The till is closed' : 'Thank you');
  });
  try {
    const endpoint = await client.webhookEndpoints.create({
      url: sink.url,
      enabled_events: ['payment_intent.succeeded'],
    });
    await open('/endpoints', async (page) => {
      await page.getByRole('link', { name: sink.url }).click();
      await page.getByRole('heading', { name: 'Nothing was sent yet' }).waitFor();
      const { id } = await pay();
      const first = page.locator('details.card').last();
      await first.getByText('Waiting').waitFor();
      await first.locator('summary').click();
      await first.getByText('The till is closed').waitFor();
      await first.getByText('status 500').waitFor();
      expect(await first.locator('pre').first().textContent()).toContain(id);
      status = 200;
      await first.getByRole('button', { name: 'Send it again' }).click();
      await soon(() => page.locator('details.card').count()).toBe(2);
      const second = page.locator('details.card').first();
      await second.getByText('Delivered').waitFor();
      await second.locator('summary').click();
      await second.getByText('Thank you').waitFor();
      await page.getByRole('link', { name: '← Webhooks' }).click();
      await page.getByRole('button', { name: 'Switch off' }).click();
      await page.locator('.pill', { hasText: 'Off' }).waitFor();
      const { status: now } = await client.webhookEndpoints.retrieve(endpoint.id);
      expect(now).toBe('disabled');
    });
  } finally {
    await sink.close();
  }
});

test('a key is made and shown once, rolled, and revoked', async () => {
  const { open } = newShop();
  const statusOf = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    return (await fetch(`${tender.url}/v1/balance`, { headers })).status;
  };
  await open('/keys', async (page) => {
    const shown = async (): Promise<string> => {
      const dialog = page.getByRole('dialog', { name: 'The key' });
      const key = await dialog.locator('code').textContent();
      await dialog.getByRole('button', { name: 'Close' }).click();
      await dialog.waitFor({ state: 'detached' });
      return key ?? '';
    };
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('Till');
    await page.getByRole('button', { name: 'Make it' }).click();
    const made = await shown();
    expect(await statusOf(made)).toBe(200);
    await page.getByRole('button', { name: 'Roll Till' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll' }).click();
    const rolled = await shown();
    expect([await statusOf(made), await statusOf(rolled)]).toEqual([401, 200]);
    // The list is asked for anew: before that, the button is the old key's.
    await page.getByRole('cell', { name: 'Revoked' }).waitFor();
    await page.getByRole('button', { name: 'Revoke Till' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await soon(() => page.getByRole('cell', { name: 'Revoked' }).count()).toBe(2);
    expect(await statusOf(rolled)).toBe(401);
    expect(await page.locator('main').textContent()).not.toContain(rolled);
  });
});

test('the ledger leads from a balance to its transfers, and from one to its payment', async () => {
  const { pay, open } = newShop();
  const { id } = await pay();
  await open('/ledger', async (page) => {
    await page.getByRole('link', { name: 'Card networks' }).click();
    await headingOf(page, 'Card networks, GBP').waitFor();
    await page.getByRole('cell', { name: '-£20.00' }).waitFor();
    await page.getByRole('link', { name: id }).click();
    await headingOf(page, '£20.00').waitFor();
  });
});

test('what wallets have paid is told, with where to and how it is settled', async () => {
  const { account, open } = newShop();
  const { engine } = tender;
  const [owner, till] = [keyOf(`owner of ${account}`), keyOf(`till of ${account}`)];
  await run(engine, claimDestination(account, till.address, 'key'));
  await fund(engine, owner, 100_000_000_000n);
  const asked = await request(engine, { destination: till, merchant: account });
  await submit(engine, answerTo(asked, owner, till));
  await open('/wallets', async (page) => {
    const line = page.getByRole('row', { name: 'On the ledger' });
    await line.getByText('500000 kin').waitFor();
    await line.getByText('$5.00').waitFor();
    await page.getByRole('button', { name: `Copy ${till.address}` }).waitFor();
    await line.getByRole('link').click();
    await headingOf(page, '$5.00').waitFor();
  });
});

test('the prefix on statements is set, and the clock of the account goes forward', async () => {
  const { client, pay, open } = newShop();
  await open('/settings', async (page) => {
    await page.getByLabel('Prefix on statements').fill('1');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Type 2 to 10 characters/).waitFor();
    await page.getByLabel('Prefix on statements').fill('CORNER');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Prefix saved').waitFor();
    const { latest_charge } = await pay({ statement_descriptor_suffix: 'TEA' });
    const charge = await client.charges.retrieve(String(latest_charge));
    expect(charge.calculated_statement_descriptor).toBe('CORNER* TEA');
    await page.getByRole('button', { name: 'A week' }).click();
    await page.getByText(/^(7 d|6 d 23 h)/).waitFor();
    expect(await page.getByLabel('Prefix on statements').inputValue()).toBe('CORNER');
  });
});

const PLACES = [
  ['', 'Overview'],
  ['/intents', 'Intents'],
  ['/customers', 'Customers'],
  ['/disputes', 'Disputes'],
  ['/endpoints', 'Webhooks'],
  ['/wallets', 'Wallets'],
  ['/ledger', 'Ledger'],
  ['/ledger/merchant?currency=gbp', 'Available, GBP'],
  ['/keys', 'API keys'],
  ['/audit', 'Operator log'],
  ['/operators', 'Operators'],
  ['/operators/log', 'Sign-ins'],
  ['/settings', 'Settings'],
] as const;

/** An account in which most places have something to show. */
async function fullShop() {
  const shop = newShop();
  const { client, pay } = shop;
  await client.customers.create({ name: 'Ada Lovelace', email: 'ada@example.com' });
  await client.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/a/very/long/path/that/has/to/be/broken/somewhere',
    enabled_events: ['charge.failed'],
  });
  await pay({ payment_method: 'pm_card_createDispute' });
  const { id } = await pay({ metadata: { order_id: '6735' }, description: 'A long '.repeat(20) });
  return { ...shop, id };
}

test.each(['light', 'dark'] as const)(
  'every place fits a narrow phone, %s',
  async (colorScheme) => {
    const { id, open } = await fullShop();
    const look = async (page: Page): Promise<void> => {
      for (const [path, title] of [...PLACES, [`/intents/${id}`, '£20.00'] as const]) {
        await page.goto(`${tender.url}/dashboard${path}`);
        await headingOf(page, title).waitFor();
        const root = 'document.documentElement';
        const tooWide = await page.evaluate(`${root}.scrollWidth - ${root}.clientWidth`);
        expect([path, tooWide]).toEqual([path, 0]);
        expect([path, ...(await seriousFaults(page.mainFrame()))]).toEqual([path]);
      }
    };
    await open('', look, { viewport: { width: 320, height: 640 }, colorScheme });
  },
);
