import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop, type ShopPage, seriousFaults, typePayment } from './shop.js';

const LOCALES = ['en', 'de', 'fr', 'es', 'it', 'nl'];
const TYPES = ['card', 'sepa_debit', 'us_bank_account'];
const SCHEMES = ['light', 'dark'] as const;
type Scheme = (typeof SCHEMES)[number];

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

/** A page that is light or dark as its reader likes it. */
const BODY = `<style>:root { color-scheme: light dark } body { margin: 8px }</style><main>
<h1>Checkout</h1><div id="element"></div></main>`;

const SCRIPT = `
window.stripe = stripe;
const elements = stripe.elements({ ...settings.elements, appearance: settings.appearance });
window.elements = elements;
window.element = elements.create(settings.type, settings.element);
element.on('ready', () => done({ ready: true }));
element.mount('#element');
`;

interface Look {
  readonly scheme?: Scheme;
  readonly width?: number;
  readonly forcedColors?: 'active';
  readonly reducedMotion?: 'reduce';
}

/** Opens a page and, as its looks are read when it is drawn, once more with this one. */
async function open(settings: object, look: Look = {}): Promise<ShopPage> {
  const page = await shop.open(BODY, SCRIPT, settings);
  await page.result();
  const { scheme: colorScheme = 'light', width = 640, ...media } = look;
  await page.page.setViewportSize({ width, height: 900 });
  await page.page.emulateMedia({ colorScheme, ...media });
  await page.page.reload();
  await page.result();
  return page;
}

const form = (locale = 'en') => ({
  type: 'payment',
  options: { locale },
  elements: { mode: 'payment', amount: 2000, currency: 'eur', paymentMethodTypes: TYPES },
});

/** In a page and all its frames. A frame is clear: in the dark it is given the page's ground. */
async function faults(page: Page, scheme: Scheme = 'light'): Promise<string[]> {
  const found: string[] = [];
  for (const frame of page.frames()) {
    const isClear = frame.url().includes('/frames/') && scheme === 'dark';
    if (isClear) await frame.evaluate("document.body.style.background = '#121212'");
    found.push(...(await seriousFaults(frame)));
  }
  return found;
}

async function chooseType({ fields }: ShopPage, type: string): Promise<void> {
  await fields('#element').locator(`label[for=method-${type}]`).click();
}

/** Marks what is missing, so that faults are there to be judged too. */
const insist = ({ page }: ShopPage) => page.evaluate('elements.submit()');

const widthOver = 'document.documentElement.scrollWidth - innerWidth';

describe('everybody can use what stands on a shop’s page', () => {
  test.each(SCHEMES)('a card in one line and in three fields, %s', async (scheme) => {
    for (const type of ['card', 'cardNumber', 'cardExpiry', 'cardCvc']) {
      const page = await open({ type }, { scheme });
      expect(await faults(page.page, scheme)).toEqual([]);
      expect(page.complaints).toEqual([]);
      await page.page.close();
    }
  });

  // Colours do not go by the language: one in the dark stands for all.
  const looks = [...LOCALES.map((locale) => [locale, 'light']), ['de', 'dark']] as [
    string,
    Scheme,
  ][];
  test.each(looks)('a form with each of its types, in %s, %s', async (locale, scheme) => {
    const page = await open(form(locale), { scheme });
    for (const type of TYPES) {
      await chooseType(page, type);
      await insist(page);
      expect(await faults(page.page, scheme)).toEqual([]);
    }
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('a form on a screen of 320 pixels, with the longest words', async () => {
    const page = await open(form('de'), { width: 320 });
    for (const type of TYPES) {
      await chooseType(page, type);
      await insist(page);
      for (const frame of page.page.frames())
        expect(await frame.evaluate(widthOver)).toBeLessThanOrEqual(0);
      // Everything is there to be seen: the frame is as high as what is in it.
      const inside = page.page.frames().at(-1);
      const hidden = "document.querySelector('main').scrollHeight - innerHeight";
      await expect.poll(() => inside?.evaluate(hidden)).toBeLessThanOrEqual(0);
    }
    await page.page.close();
  });

  test('a form without motion, where none is wanted', async () => {
    const page = await open(form(), { reducedMotion: 'reduce' });
    const moving = `[...document.querySelectorAll('*')].filter((each) => {
      const { transitionDuration, animationName } = getComputedStyle(each);
      return !/^0s(, 0s)*$/.test(transitionDuration) || animationName !== 'none' }).length`;
    expect(await page.page.frames().at(-1)?.evaluate(moving)).toBe(0);
    await page.page.close();
  });

  test('a form in the reader’s own few colours', async () => {
    const page = await open(form(), { forcedColors: 'active' });
    await insist(page);
    const style = (selector: string, property: string) =>
      page.page
        .frames()
        .at(-1)
        ?.evaluate(`getComputedStyle(document.querySelector('${selector}')).${property}`);
    expect(await style('.Tab--selected', 'outlineStyle')).toBe('solid');
    expect(await style('.Tab:not(.Tab--selected)', 'outlineStyle')).toBe('none');
    expect(await style('.Input--invalid', 'borderStyle')).toBe('dashed');
    expect(await style('.Input[name=country]', 'borderStyle')).toBe('solid');
    await page.page.close();
  });

  test('a form that is read aloud: every field has its name and says what is wrong', async () => {
    const page = await open(form());
    await insist(page);
    const title = await page.page.locator('#element iframe').getAttribute('title');
    expect(title).toBe('Secure payment input frame');
    const heard = await page.fields('#element').locator('body').ariaSnapshot();
    for (const line of [
      'group "Payment method"',
      'radio "Card" [checked]',
      'radio "SEPA Direct Debit"',
      'textbox "Card number"',
      'alert: Your card number is incomplete.',
      'textbox "Expiration date"',
      'textbox "Security code"',
      'combobox "Country"',
    ])
      expect(heard).toContain(line);
    await page.page.close();
  });
});

async function challenged(look: Look = {}): Promise<{ page: ShopPage; secret: string }> {
  const intent = await shop.stripe.paymentIntents.create({ amount: 2000, currency: 'usd' });
  const secret = intent.client_secret ?? '';
  const page = await open({ type: 'payment', elements: { clientSecret: secret } }, look);
  await typePayment(page, '#element', '4000002760003184');
  await page.page.evaluate(
    `void stripe.confirmPayment({ elements, redirect: 'if_required' }).then(done)`,
  );
  await page.page.frameLocator('dialog iframe').getByRole('button').first().waitFor();
  return { page, secret };
}

describe('everybody can answer the bank', () => {
  test.each(SCHEMES)('in the dialog, %s', async (scheme) => {
    const { page } = await challenged({ scheme });
    expect(await faults(page.page, scheme)).toEqual([]);
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('in a dialog that says what it is', async () => {
    const { page } = await challenged();
    const heard = await page.page.getByRole('dialog').ariaSnapshot();
    for (const line of ['dialog "Confirm your payment"', 'heading "Confirm your payment"'])
      expect(heard).toContain(line);
    expect(heard).toContain('button "Close"');
    await page.page.close();
  });

  test('in a dialog on a screen of 320 pixels', async () => {
    const { page } = await challenged({ width: 320 });
    for (const frame of page.page.frames())
      expect(await frame.evaluate(widthOver)).toBeLessThanOrEqual(0);
    await page.page.close();
  });

  test.each(
    SCHEMES.flatMap((scheme) => [
      [scheme, 'Complete authentication', 'Confirmed'] as const,
      [scheme, 'Fail authentication', 'Not confirmed'] as const,
    ]),
  )('on its own page, %s: %s', async (colorScheme, button, heading) => {
    const { next_action } = await shop.stripe.paymentIntents.create({
      amount: 2000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_authenticationRequired',
      use_stripe_sdk: true,
    } as never);
    const url = String(next_action?.use_stripe_sdk?.stripe_js);
    const page = await shop.openHtml('<!doctype html><title>Shop</title>');
    await page.page.emulateMedia({ colorScheme });
    await page.page.goto(url);
    expect(await faults(page.page)).toEqual([]);
    await page.page.getByRole('button', { name: button }).click();
    await page.page.getByRole('heading', { name: heading, exact: true }).waitFor();
    expect(await faults(page.page)).toEqual([]);
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });
});

describe('everybody can read', () => {
  test.each(SCHEMES)(
    'the first page and the page that asks for small deposits, %s',
    async (colorScheme) => {
      const { next_action } = await shop.stripe.paymentIntents.create({
        amount: 2000,
        currency: 'usd',
        confirm: true,
        payment_method_types: ['us_bank_account'],
        payment_method_data: {
          type: 'us_bank_account',
          us_bank_account: {
            account_number: '000123456789',
            routing_number: '110000000',
            account_holder_type: 'individual',
          },
          billing_details: { name: 'Ada Lovelace' },
        },
        mandate_data: { customer_acceptance: { type: 'offline' } },
      } as never);
      const deposits = next_action?.verify_with_microdeposits?.hosted_verification_url ?? '';
      const page = await shop.openHtml('<!doctype html><title>Shop</title>');
      await page.page.emulateMedia({ colorScheme });
      await page.page.setViewportSize({ width: 320, height: 640 });
      for (const url of [shop.tenderUrl, deposits]) {
        await page.page.goto(url);
        expect(await faults(page.page)).toEqual([]);
        expect(await page.page.evaluate(widthOver)).toBeLessThanOrEqual(0);
      }
      expect(page.complaints).toEqual([]);
      await page.page.close();
    },
  );
});
