import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSecret } from '../../src/api/admin/cookie.js';
import { welcomePath } from '../../src/api/admin/welcome.js';
import { accountNamed } from '../../src/api/auth.js';
import { inviteOperator } from '../../src/engine/operators.js';
import { run } from '../support/payments.js';
import { newName, startTestTender, type TestTender } from '../support/tender.js';
import { headingOf, visit } from './dashboard-page.js';
import { launchBrowser, seriousFaults } from './shop.js';

/** The dashboard where operators sign in, and may do what their roles let them. */

let browser: Browser;
let tender: TestTender;

beforeAll(async () => {
  [browser, tender] = await Promise.all([launchBrowser(), startTestTender({ signsIn: true })]);
});
afterAll(async () => {
  await browser?.close();
  expect(tender?.errors).toEqual([]);
  await tender?.stop();
});

const PASSWORD = 'correct horse battery';

const open = (path: string, look: (page: Page) => Promise<void>, account?: string) =>
  visit({ browser, url: tender.url, ...(account && { account }) }, path, look);

/** A payment in an account of its own. */
async function newPayment() {
  const name = newName();
  const { id } = await tender.client(name).paymentIntents.create({
    amount: 2000,
    currency: 'gbp',
    payment_method: 'pm_card_visa',
    confirm: true,
  });
  return { id, account: accountNamed(name) };
}

/** Chooses the password of an invitation on its page, which leads to the dashboard. */
async function choosePassword(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel(/^Password/).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await headingOf(page, 'Overview').waitFor();
}

async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

/** The first admin, as `tender init` makes him, who has chosen his password. */
async function newAdmin(page: Page): Promise<string> {
  const email = `${newName()}@example.com`;
  const secret = newSecret();
  const input = { email, role: 'admin', merchants: null, secret } as const;
  const { id } = await run(tender.engine, inviteOperator(input, 'test'));
  await choosePassword(page, tender.url + welcomePath(id, secret));
  return email;
}

test('who signs in comes to where he wanted to be, and is out after signing out', async () => {
  const { id, account } = await newPayment();
  await open(
    `/intents/${id}`,
    async (page) => {
      await headingOf(page, 'Sign in to Tender').waitFor();
      expect(await seriousFaults(page.mainFrame())).toEqual([]);
      const email = await newAdmin(page);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await headingOf(page, 'Sign in to Tender').waitFor();
      await page.goto(`${tender.url}/dashboard/intents/${id}`);
      await signIn(page, email, 'wrong horse battery');
      await page.getByText('This e-mail address and password do not belong together.').waitFor();
      await signIn(page, email);
      await headingOf(page, '£20.00').waitFor();
      // The cookie alone, as another page could send it, changes nothing.
      const forged = await page.evaluate(
        `fetch('/admin/v1/intents/${id}/refund', { method: 'POST', body: '{}',
          headers: { 'x-account': '${account}' } }).then((reply) => reply.status)`,
      );
      expect(forged).toBe(403);
      await page.getByRole('button', { name: 'Refund' }).waitFor();
      await page.getByText(`${email}, admin`).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await headingOf(page, 'Sign in to Tender').waitFor();
      await page.reload();
      await headingOf(page, 'Sign in to Tender').waitFor();
    },
    account,
  );
});

test('an admin invites a viewer, who may refund only as an operator, until removed', async () => {
  const { id, account } = await newPayment();
  await open(
    '',
    async (admin) => {
      const first = await newAdmin(admin);
      await admin.getByRole('link', { name: 'Operators' }).click();
      const row = (email: string) => admin.getByRole('row', { name: email });
      await row(first).getByText('You').waitFor();
      const email = `${newName()}@example.com`;
      await admin.getByRole('button', { name: 'Invite somebody' }).click();
      await admin.getByLabel('E-mail').fill(email);
      await admin.getByRole('button', { name: 'Make the link' }).click();
      const dialog = admin.getByRole('dialog', { name: 'The link' });
      const link = (await dialog.locator('code').textContent()) ?? '';
      await dialog.getByRole('button', { name: 'Close' }).click();
      await row(email).getByText('Invited').waitFor();
      await open(
        '',
        async (page) => {
          await choosePassword(page, link);
          expect(await page.getByRole('link', { name: 'Operators' }).count()).toBe(0);
          await page.goto(`${tender.url}/dashboard/intents/${id}`);
          await headingOf(page, '£20.00').waitFor();
          expect(await page.getByRole('button', { name: 'Refund' }).count()).toBe(0);
          expect(await page.getByRole('button', { name: 'Edit metadata' }).count()).toBe(0);
          await page.goto(`${tender.url}/dashboard/keys`);
          await headingOf(page, 'API keys').waitFor();
          expect(await page.getByRole('button', { name: 'New key' }).count()).toBe(0);
          await page.goto(`${tender.url}/dashboard/operators`);
          await page.getByRole('heading', { name: 'For admins' }).waitFor();

          await admin.reload();
          await row(email).getByText('Active').waitFor();
          await admin.getByLabel(`Role of ${email}`).selectOption('operator');
          await admin.getByText(`${email} is now operator`).waitFor();
          await page.goto(`${tender.url}/dashboard/intents/${id}`);
          await page.getByRole('button', { name: 'Refund' }).click();
          await page.getByRole('dialog').getByRole('button', { name: 'Refund' }).click();
          await page.locator('.head').getByText('Refunded').waitFor();

          await admin.getByRole('button', { name: `Remove ${email}` }).click();
          await admin.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
          await row(email).waitFor({ state: 'detached' });
          // Whoever still has it open is asked to sign in, and cannot.
          await headingOf(page, 'Sign in to Tender').waitFor();
          await signIn(page, email);
          await page.getByText('do not belong together').waitFor();
        },
        account,
      );
      await admin.goto(`${tender.url}/dashboard/operators/log`);
      for (const what of ['Operator invite', 'Operator role', 'Operator remove'])
        await admin.getByRole('row', { name: what }).filter({ hasText: email }).waitFor();
    },
    account,
  );
});
