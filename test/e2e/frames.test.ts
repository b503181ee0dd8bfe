import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeState, FrameKind, FrameSetup } from '../../sdk/browser/protocol.js';
import { type Child, startChild } from '../crash/child.js';
import { type OpenFrame, openFrame, setupOf, startFrameShop } from './frame-shop.js';
import { launchBrowser } from './shop.js';

const WAIT_MS_MAX = 10_000;
const VISA = '4242424242424242';
const data = mkdtempSync(join(tmpdir(), 'tender-frames-'));
let browser: Browser;
let shop: { server: Server; url: string };
let child: Child;
let tender: string;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  child = await startChild(data);
  tender = `http://127.0.0.1:${child.port}`;
  shop = await startFrameShop();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => shop?.server.close(resolve));
  await child?.stop();
  rmSync(data, { recursive: true, force: true });
});

beforeEach(async () => {
  page = await browser.newPage({ locale: 'en-US', viewport: { width: 640, height: 800 } });
  page.setDefaultTimeout(WAIT_MS_MAX);
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(shop.url);
});

afterEach(async () => {
  const passed = (await page.evaluate('window.passed')) as string[];
  // Whatever the test did: no message has told a number or a code, however it was written.
  const digits = passed.map((message) => message.replace(/[\s-]/g, ''));
  for (const secret of [VISA, '4000056655665556', '378282246310005', '"987"', 'DE893704'])
    expect(digits.filter((message) => message.includes(secret))).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

const open = (kind: FrameKind, more: Partial<FrameSetup> = {}): Promise<OpenFrame> =>
  openFrame(page, tender, setupOf(kind, more));

async function lastState(frame: OpenFrame): Promise<ChangeState | undefined> {
  const messages = await frame.messages();
  return messages.flatMap((each) => (each.type === 'change' ? [each.state] : [])).at(-1);
}

const NEW_METHOD = { what: 'payment_method', params: {}, parts: null } as const;

describe('the fields of a card in one line', () => {
  test('take a card typed in one go, and make a payment method of it', async () => {
    const frame = await open('card');
    await frame.inside.locator('[name=cardnumber]').click();
    await page.keyboard.type(`${VISA}123498794107`);
    const value = (name: string) => frame.inside.locator(`[name=${name}]`).inputValue();
    expect(await value('cardnumber')).toBe('4242 4242 4242 4242');
    expect([await value('exp-date'), await value('cvc')]).toEqual(['12 / 34', '987']);
    await expect
      .poll(() => lastState(frame))
      .toEqual({
        elementType: 'card',
        empty: false,
        complete: true,
        brand: 'visa',
        error: null,
        value: { postalCode: '94107' },
        autofilled: false,
      });
    const params = { billing_details: { name: 'Ada' }, metadata: { order: '7' } };
    expect(await frame.ask({ ...NEW_METHOD, params })).toMatchObject({
      ok: true,
      value: {
        object: 'payment_method',
        card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
        billing_details: { name: 'Ada', address: { postal_code: '94107' } },
      },
    });
    expect(await frame.ask({ what: 'token', params: {}, parts: null })).toMatchObject({
      ok: true,
      value: { object: 'token', card: { last4: '4242', address_zip: '94107' } },
    });
  });

  test('say what is wrong, where it is typed and when it is left', async () => {
    const frame = await open('card');
    const number = frame.inside.locator('[name=cardnumber]');
    await number.pressSequentially('4242424242424241');
    await expect
      .poll(async () => (await lastState(frame))?.error)
      .toEqual({
        type: 'validation_error',
        code: 'invalid_number',
        message: 'Your card number is invalid.',
      });
    expect(await number.getAttribute('aria-invalid')).toBe('true');
    await number.fill('4242');
    await frame.inside.locator('[name=cvc]').focus();
    await expect.poll(async () => (await lastState(frame))?.error?.code).toBe('incomplete_number');
    await number.fill(VISA);
    await frame.inside.locator('[name=exp-date]').fill('12 / 20');
    await expect
      .poll(async () => (await lastState(frame))?.error?.message)
      .toBe("Your card's expiration year is in the past.");
  });

  test('are asked before the API is: nothing incomplete is sent', async () => {
    const frame = await open('card');
    expect(await frame.ask(NEW_METHOD)).toMatchObject({
      ok: false,
      error: { type: 'validation_error', code: 'incomplete_number' },
    });
  });

  test('speak the language of the page, also where the API refuses', async () => {
    const frame = await open('card', { locale: 'de', options: { hidePostalCode: true } });
    expect(await frame.inside.locator('html').getAttribute('lang')).toBe('de');
    const number = frame.inside.locator('[name=cardnumber]');
    await number.pressSequentially('4242424242424241');
    await expect
      .poll(async () => (await lastState(frame))?.error?.message)
      .toBe('Ihre Kartennummer ist ungültig.');
    await number.fill('');
    await page.keyboard.type(`${VISA}1234987`);
    const error = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' };
    const headers = { 'access-control-allow-origin': '*' };
    await page.route('**/v1/payment_methods', (route) =>
      route.fulfill({ status: 402, headers, json: { error: { ...error, message: 'No.' } } }),
    );
    const message = 'Ihre Karte ist nicht ausreichend gedeckt.';
    expect(await frame.ask(NEW_METHOD)).toEqual({ ok: false, error: { ...error, message } });
    await page.route('**/v1/payment_methods', (route) => route.abort());
    expect(await frame.ask(NEW_METHOD)).toMatchObject({
      error: { type: 'api_connection_error', message: expect.stringContaining('Verbindung') },
    });
    // The browser says so too.
    expect(complaints.splice(0)).toHaveLength(2);
  });

  test('go back by Backspace, and keep the caret in the middle of a number', async () => {
    const frame = await open('card');
    const number = frame.inside.locator('[name=cardnumber]');
    await number.click();
    await page.keyboard.type('42424242');
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Backspace');
    expect(await number.inputValue()).toBe('4244 242');
    await page.keyboard.type('9');
    expect(await number.inputValue()).toBe('4249 4242');
    await frame.inside.locator('[name=exp-date]').focus();
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    expect(await number.inputValue()).toBe('4249 424');
  });

  test('tell of focus, Enter and Escape, and are cleared and disabled', async () => {
    const frame = await open('card');
    await frame.send({ type: 'focus' });
    await page.keyboard.type('42');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await frame.send({ type: 'clear' });
    await frame.send({ type: 'blur' });
    await expect
      .poll(async () => (await frame.messages()).map(({ type }) => type))
      .toContain('blur');
    const types = (await frame.messages()).map(({ type }) => type);
    for (const type of ['ready', 'focus', 'change', 'submit', 'escape', 'height'])
      expect(types).toContain(type);
    await expect.poll(async () => (await lastState(frame))?.empty).toBe(true);
    await frame.send({ type: 'update', setup: setupOf('card', { options: { disabled: true } }) });
    const number = frame.inside.locator('[name=cardnumber]');
    await expect.poll(() => number.isDisabled()).toBe(true);
  });

  test.each([240, 288, 320, 400])('fit a width of %i px', async (width) => {
    await page.setViewportSize({ width, height: 600 });
    const frame = await open('card');
    await frame.inside.locator('[name=cardnumber]').click();
    await page.keyboard.type(`${VISA}1234`);
    const inside = page.frames().at(-1);
    const overflow = 'document.documentElement.scrollWidth - innerWidth';
    expect(await inside?.evaluate(overflow)).toBeLessThanOrEqual(0);
    expect(await inside?.evaluate("document.querySelector('.last4').textContent")).toBe('4242');
  });
});

describe('a split card', () => {
  test('is put together without its parts meeting on the page', async () => {
    const number = await open('cardNumber');
    const expiry = await open('cardExpiry');
    const cvc = await open('cardCvc');
    await number.inside.locator('input').pressSequentially(VISA);
    await expiry.inside.locator('input').pressSequentially('1234');
    await cvc.inside.locator('input').pressSequentially('987');
    const [month, code] = [await expiry.ask({ what: 'part' }), await cvc.ask({ what: 'part' })];
    expect(month).toEqual({ ok: true, value: { expMonth: 12, expYear: 2034 } });
    expect(code).toEqual({ ok: true, value: { cvcToken: expect.stringMatching(/^tok_/) } });
    const parts = Object.assign({}, ...[month, code].map((each) => each.ok && each.value));
    expect(await number.ask({ ...NEW_METHOD, parts })).toMatchObject({
      ok: true,
      value: { card: { last4: '4242', exp_year: 2034, checks: { cvc_check: 'unchecked' } } },
    });
    await expect
      .poll(() => lastState(number))
      .toMatchObject({ elementType: 'cardNumber', brand: 'visa' });
  });

  test('asks for the four digits of the brand that it is told', async () => {
    const cvc = await open('cardCvc');
    await cvc.send({ type: 'brand', brand: 'amex' });
    await cvc.inside.locator('input').pressSequentially('987');
    await expect.poll(async () => (await lastState(cvc))?.complete).toBe(false);
    await cvc.inside.locator('input').pressSequentially('6');
    await expect.poll(async () => (await lastState(cvc))?.complete).toBe(true);
  });
});

describe('a payment form', () => {
  const several = {
    ...(setupOf('payment').payment as NonNullable<FrameSetup['payment']>),
    methodTypes: ['card', 'sepa_debit', 'us_bank_account', 'klarna'],
  };

  test('makes a card with its country and postal code', async () => {
    const frame = await open('payment');
    await frame.inside.getByLabel('Card number').click();
    await page.keyboard.type(`${VISA}1234987`);
    await expect.poll(async () => (await lastState(frame))?.complete).toBe(false);
    await frame.inside.getByLabel('ZIP code').fill('94107');
    await expect
      .poll(() => lastState(frame))
      .toMatchObject({ complete: true, value: { type: 'card' } });
    await frame.inside.getByLabel('Country').selectOption('DE');
    await expect.poll(() => frame.inside.getByLabel('ZIP code').count()).toBe(0);
    expect(await frame.ask(NEW_METHOD)).toMatchObject({
      ok: true,
      value: { card: { last4: '4242' }, billing_details: { address: { country: 'DE' } } },
    });
  });

  test('changes between types, and keeps what was typed when it is drawn anew', async () => {
    const frame = await open('payment', { payment: several });
    await frame.inside.getByLabel('Card number').fill(VISA);
    await frame.inside.getByText('SEPA Direct Debit').click();
    await frame.inside.getByLabel('IBAN').pressSequentially('DE89370400440532013000');
    await frame.inside.getByLabel('Full name').fill('Ada Lovelace');
    await frame.inside.getByLabel('Email').fill('ada@example.com');
    await expect
      .poll(() => lastState(frame))
      .toMatchObject({ complete: true, value: { type: 'sepa_debit' } });
    await frame.inside.getByText('you authorise (A) the shop').waitFor();
    const german = setupOf('payment', { payment: several, locale: 'de' });
    await frame.send({ type: 'update', setup: german });
    await frame.inside.getByText('SEPA-Lastschrift').waitFor();
    expect(await frame.inside.getByLabel('IBAN').inputValue()).toBe('DE89 3704 0044 0532 0130 00');
    await frame.inside.getByText('Karte', { exact: true }).click();
    expect(await frame.inside.getByLabel('Kartennummer').inputValue()).toContain('4242');
    await frame.inside.getByText('Klarna').click();
    await expect
      .poll(() => lastState(frame))
      .toMatchObject({ complete: true, value: { type: 'klarna' } });
  });

  test('offers saved cards, and a closed accordion asks for a choice', async () => {
    const saved = [{ id: 'pm_1', brand: 'visa', last4: '4242', expMonth: 3, expYear: 2031 }];
    const frame = await open('payment', { payment: { ...several, saved } });
    await frame.inside.getByText('03 / 31').waitFor();
    expect(await frame.ask(NEW_METHOD)).toMatchObject({ ok: true, value: { id: 'pm_1' } });
    await frame.inside.getByText('Use another payment method').click();
    expect(await frame.ask({ what: 'validate' })).toMatchObject({
      ok: false,
      error: { code: 'incomplete_number' },
    });
    const closed = await openFrame(
      page,
      tender,
      setupOf('payment', {
        payment: several,
        options: { layout: { type: 'accordion', defaultCollapsed: true } },
      }),
      'closed',
    );
    expect(await closed.ask({ what: 'validate' })).toMatchObject({
      error: { code: 'incomplete_payment_method' },
    });
    await closed.inside.getByText('US bank account').click();
    await closed.inside.getByLabel('Routing number').fill('110000001');
    await expect
      .poll(async () => (await lastState(closed))?.error?.code)
      .toBe('invalid_routing_number');
    await closed.send({ type: 'collapse' });
    await expect.poll(async () => (await lastState(closed))?.collapsed).toBe(true);
  });

  test('takes the look of the shop, and nothing that only looks like one', async () => {
    const frame = await open('payment', {
      appearance: {
        theme: 'night',
        variables: { colorPrimary: 'rgb(1, 2, 3)', colorText: 'red;} body{display:none' },
        rules: {
          '.Input': { borderColor: 'rgb(4, 5, 6)', backgroundImage: 'url(https://a.example)' },
          'body, .Label': { color: 'rgb(7, 8, 9)' },
        },
      },
    });
    const style = (selector: string, name: string) =>
      page
        .frames()
        .at(-1)
        ?.evaluate(`getComputedStyle(document.querySelector('${selector}')).${name}`);
    expect(await style('.Input', 'borderColor')).toBe('rgb(4, 5, 6)');
    expect(await style('.Input', 'backgroundImage')).toBe('none');
    expect(await style('.Label', 'color')).toBe('rgb(7, 8, 9)');
    expect(await style('body', 'display')).toBe('block');
    expect(await frame.inside.locator('html').getAttribute('data-theme')).toBe('dark');
  });
});

describe('a frame keeps to itself', () => {
  test('with headers that let it do nothing but its work', async () => {
    const response = await fetch(`${tender}/frames/element.html`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain('sandbox allow-scripts allow-forms;');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`connect-src ${tender};`);
    expect(policy).not.toMatch(/unsafe|allow-same-origin|'self'|\*(?!$)/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const [script = ''] = /https?:[^" ]*\.js/.exec(await response.text()) ?? [];
    const asset = await fetch(script, { headers: { 'accept-encoding': 'br' } });
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-encoding')).toBe('br');
    expect((await fetch(`${tender}/frames/../package.json`)).status).toBe(404);
    expect((await fetch(`${tender}/frames/%2e%2e/package.json`)).status).toBe(404);
    const posted = await fetch(`${tender}/frames/element.html`, { method: 'POST' });
    expect(posted.status).toBe(405);
  });

  test('and cannot be read, by its embedder or a page of its own server', async () => {
    await open('card');
    const read = `(() => { try { return document.querySelector('iframe').contentDocument?.title
      ?? null } catch { return 'refused' } })()`;
    expect(await page.evaluate(read)).toBeNull();
    await page.goto(`${tender}/frames/element.html`);
    expect(await page.evaluate('self.origin')).toBe('null');
    await page.goto(shop.url);
  });

  test('is not connected from another origin than it was told', async () => {
    const frame = `window.openFrame('${tender}', 'other', ${JSON.stringify(setupOf('card'))}`;
    await page.evaluate(`void ${frame}, 'https://other.example')`);
    await page.frameLocator('#other').locator('main').waitFor({ state: 'attached' });
    await page.evaluate(`new Promise((resolve) => setTimeout(resolve, 300))`);
    expect(await page.evaluate('window.passed')).toEqual([]);
    const connect = `const { port1, port2 } = new MessageChannel();
      port1.postMessage({ type: 'setup', setup: ${JSON.stringify(setupOf('card'))} });
      document.querySelector('#other').contentWindow.postMessage(
        { tender: 'connect', version: 1 }, '*', [port2]);`;
    await page.evaluate(`(() => { ${connect} })()`);
    await page.evaluate(`new Promise((resolve) => setTimeout(resolve, 300))`);
    expect(await page.frameLocator('#other').locator('input').count()).toBe(0);
    // The browser says that the greeting found nobody of that origin.
    expect(complaints.splice(0).every((each) => each.includes('postMessage'))).toBe(true);
  });

  test('takes the first port only', async () => {
    const frame = await open('card');
    const other = setupOf('card', { options: { hidePostalCode: true } });
    await page.evaluate(`(() => { const { port1, port2 } = new MessageChannel();
      window.second = []; port1.onmessage = ({ data }) => window.second.push(data);
      port1.postMessage({ type: 'setup', setup: ${JSON.stringify(other)} });
      document.querySelector('iframe').contentWindow.postMessage(
        { tender: 'connect', version: 1 }, '*', [port2]); })()`);
    await frame.inside.locator('[name=cardnumber]').fill('4242');
    expect(await page.evaluate('window.second')).toEqual([]);
    expect(await frame.inside.locator('[name=postal]').count()).toBe(1);
  });
});

describe('everybody can use', () => {
  const offered = {
    ...(setupOf('payment').payment as NonNullable<FrameSetup['payment']>),
    methodTypes: ['card', 'sepa_debit', 'us_bank_account'],
  };
  const states: [string, FrameKind, Partial<FrameSetup>][] = [
    ['the line', 'card', {}],
    ['a line in the dark', 'card', { colorScheme: 'dark' }],
    ['the number', 'cardNumber', {}],
    ['the expiry', 'cardExpiry', {}],
    ['the code', 'cardCvc', {}],
    ['the form', 'payment', { payment: offered }],
    ['a form at night', 'payment', { payment: offered, appearance: { theme: 'night' } }],
    ['a flat form', 'payment', { payment: offered, appearance: { theme: 'flat' } }],
    ['a floating form', 'payment', { payment: offered, appearance: { labels: 'floating' } }],
    ['an accordion', 'payment', { payment: offered, options: { layout: 'accordion' } }],
  ];

  test.each(states)('%s, with its faults', async (_, kind, more) => {
    const frame = await open(kind, more);
    if (kind === 'payment') {
      const saved = [{ id: 'pm_1', brand: 'visa', last4: '4242', expMonth: 3, expYear: 2031 }];
      const setup = setupOf(kind, { ...more, payment: { ...offered, saved } });
      await frame.send({ type: 'update', setup });
      await frame.inside.getByText('Use another payment method').click();
    }
    await frame.ask({ what: 'validate' });
    const inside = page.frames().at(-1);
    // What is light is made for a page that is dark.
    const isDark = more.colorScheme === 'dark' || more.appearance?.theme === 'night';
    if (isDark) await inside?.evaluate("document.body.style.background = '#101513'");
    await inside?.evaluate(axe.source);
    const found = (await inside?.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, impact }) => impact + " " + id))',
    )) as string[];
    expect(found.filter((each) => /^(serious|critical)/.test(each))).toEqual([]);
  });
});
