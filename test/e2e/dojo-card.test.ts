import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cardScript,
  dojoCall,
  dojoFields,
  dojoIntent,
  newDojoIntent,
  openDojoPage,
  toldOf,
  typeDojoCard,
} from './dojo-shop.js';
import { openShop, type Shop, type ShopPage, seriousFaults } from './shop.js';

const GOOD = '4242424242424242';
const DECLINES = '4000000000000002';
const ASKS = '4000002760003184';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop?.close());

async function cardPage(fields: object = {}, more = '{}', style = '') {
  const intent = await newDojoIntent(shop, fields);
  const page = await openDojoPage(shop, intent.clientSessionSecret, cardScript(more), style);
  expect(await page.result()).toEqual({ ready: true });
  return { intent, page };
}

/** By key: leaving a field may tell of a mistake, which moves the button from under a mouse. */
const pressPay = ({ page }: ShopPage) => page.getByRole('button', { name: 'Pay' }).press('Enter');

/** Keeps a picture to look at where a run asks for that. */
async function shoot({ page }: ShopPage, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/card-${name}.png`, fullPage: true });
}

const bank = ({ page }: ShopPage, name: string) =>
  page.frameLocator('dialog iframe').getByRole('button', { name });

describe('a card form of Dojo’s script', () => {
  test('pays', async () => {
    const { intent, page } = await cardPage();
    await typeDojoCard(page, GOOD);
    await page.page.evaluate(`void pay({ userEmailAddress: 'ada@example.com',
      billingAddress: { address1: '1 Test Street', countryCode: '826' },
      metaData: { seat: '7' } })`);
    expect(await page.result()).toEqual({
      statusCode: 0,
      authCode: expect.any(String),
      message: 'Successful',
    });
    expect(await dojoIntent(shop, intent)).toMatchObject({
      status: 'Captured',
      customer: { emailAddress: 'ada@example.com' },
      billingAddress: { countryCode: 'GB' },
      metadata: { seat: '7' },
      paymentDetails: { card: { cardName: 'Ada Example' } },
    });
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('goes on with a new token after a decline, as it stands', async () => {
    const { intent, page } = await cardPage();
    await typeDojoCard(page, DECLINES);
    await pressPay(page);
    expect(await page.result()).toEqual({ statusCode: 5, message: 'Your card was declined.' });
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 401 });
    const refresh = `/payment-intents/${intent.id}/refresh-client-session-secret`;
    const { clientSessionSecret } = await dojoCall(shop, 'POST', refresh);
    await page.page.evaluate(`card.updatePaymentToken(${JSON.stringify(clientSessionSecret)})`);
    expect(await dojoFields(page).locator('[name=cardName]').inputValue()).toBe('Ada Example');
    await dojoFields(page).locator('[name=cardNumber]').fill(GOOD);
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    await page.page.close();
  });

  test('takes a new token that the page puts into its configuration', async () => {
    const { intent, page } = await cardPage();
    await typeDojoCard(page, DECLINES);
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 5 });
    const refresh = `/payment-intents/${intent.id}/refresh-client-session-secret`;
    const { clientSessionSecret: next } = await dojoCall(shop, 'POST', refresh);
    await page.page.evaluate(`config.paymentDetails.paymentToken = ${JSON.stringify(next)}`);
    await dojoFields(page).locator('[name=cardNumber]').fill(GOOD);
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    await page.page.close();
  });

  test('pressed twice pays once', async () => {
    const { page } = await cardPage();
    await typeDojoCard(page, GOOD);
    await page.page.evaluate('pay(); pay();');
    const both = [await page.result(), await page.result()];
    expect(both.map(({ statusCode }) => statusCode)).toEqual([0, 0]);
    await page.page.close();
  });

  test.each([
    ['Complete authentication', 0, 'Captured'],
    ['Fail authentication', 5, 'Created'],
  ])('shows the bank’s question: "%s" ends as %i', async (answer, statusCode, status) => {
    const { intent, page } = await cardPage();
    await typeDojoCard(page, ASKS);
    await pressPay(page);
    await page.page.getByRole('dialog', { name: 'Confirm your payment' }).waitFor();
    await bank(page, answer).click();
    expect(await page.result()).toMatchObject({ statusCode });
    expect((await dojoIntent(shop, intent)).status).toBe(status);
    expect(await page.page.getByRole('dialog').count()).toBe(0);
    expect(page.complaints).toEqual([]);
    await page.page.close();
  });

  test('fails the question that its customer closes', async () => {
    const { intent, page } = await cardPage();
    await typeDojoCard(page, ASKS);
    await pressPay(page);
    await page.page.getByRole('button', { name: 'Close' }).click();
    expect(await page.result()).toMatchObject({ statusCode: 5 });
    expect((await dojoIntent(shop, intent)).status).toBe('Created');
    await page.page.close();
  });

  test('tells what is missing, and sends nothing', async () => {
    const { page } = await cardPage();
    await pressPay(page);
    const result = await page.result();
    expect(result).toMatchObject({
      rejected: 'Your card number is incomplete.',
      statusCode: 400,
    });
    const types = ['cardNumberRequired', 'cardNameRequired', 'expiryDateRequired', 'cv2Required'];
    expect(result.errors.map(({ errorType }: { errorType: string }) => errorType)).toEqual(types);
    expect((await toldOf(page)).errors).toEqual([result.errors]);
    await typeDojoCard(page, GOOD);
    await expect.poll(async () => (await toldOf(page)).errors.at(-1)).toEqual([]);
    await page.page.close();
  });

  test.each([
    ['cardNumber', '4242424242424241', 'cardNumberInvalid'],
    ['cardNumber', '4242', 'cardNumberInvalid'],
    ['cardName', '4242 4242 4242', 'cardNameInvalid'],
    ['expiryDate', '12 / 20', 'expiryDateMustBeInFuture'],
    ['expiryDate', '12', 'expiryDateInvalid'],
    ['cv2', '12', 'cv2Invalid'],
  ])('tells that %s is wrong with "%s"', async (field, text, errorType) => {
    const { page } = await cardPage();
    const input = dojoFields(page).locator(`[name=${field}]`);
    await input.fill(text);
    await input.press('Tab');
    await expect
      .poll(async () => (await toldOf(page)).errors.at(-1))
      .toEqual([{ errorType, message: expect.stringMatching(/\w/) }]);
    await page.page.close();
  });

  test('tells of fields that are left, that are right, and of Enter', async () => {
    const { page } = await cardPage();
    const fields = dojoFields(page);
    await fields.locator('[name=cardName]').fill('Ada Example');
    await fields.locator('[name=cardName]').press('Tab');
    await expect
      .poll(() => toldOf(page))
      .toMatchObject({ blurs: [false], valid: ['cardName'], complete: 0 });
    await typeDojoCard(page, GOOD);
    await fields.locator('[name=cv2]').press('Enter');
    await page.page.locator('#pay').focus();
    await expect.poll(async () => (await toldOf(page)).blurs.at(-1)).toBe(true);
    const told = await toldOf(page);
    expect(told.valid.toSorted()).toEqual(['cardName', 'cardNumber', 'cv2', 'expiryDate']);
    expect(told).toMatchObject({ complete: 1, submits: 1 });
    await page.page.close();
  });

  test('speaks in the page’s words and wears its styles', async () => {
    const { page } = await cardPage(
      {},
      `{
        text: {
          cardNumber: { label: 'Long number', placeholder: 'on the front' },
          cv2: { showValidation: false },
        },
        errorMessages: { cardNumberRequired: 'We need the number.', cv2Required: 'And the code.' },
        styles: {
          base: { default: { color: 'rgb(1, 2, 3)' }, error: { color: 'rgb(9, 8, 7)' } },
          cv2: { default: { color: 'rgb(4, 5, 6)' } },
        },
      }`,
    );
    const fields = dojoFields(page);
    expect(await fields.getByLabel('Long number').getAttribute('placeholder')).toBe('on the front');
    const colorOf = (name: string) =>
      page.page
        .frames()
        .at(-1)
        ?.evaluate(`getComputedStyle(document.querySelector('[name=${name}]')).color`);
    expect(await colorOf('cardNumber')).toBe('rgb(1, 2, 3)');
    expect(await colorOf('cv2')).toBe('rgb(4, 5, 6)');
    await pressPay(page);
    const { errors } = await page.result();
    expect(errors[0]).toEqual({
      errorType: 'cardNumberRequired',
      message: 'We need the number.',
    });
    expect(errors[3].message).toBe('And the code.');
    expect(await fields.getByText('We need the number.').isVisible()).toBe(true);
    expect(await fields.locator('.cv2 .Error').getAttribute('class')).toContain('unseen');
    expect(await colorOf('cardName')).toBe('rgb(9, 8, 7)');
    await page.page.close();
  });

  test('tells that nobody answered, and can be sent again', async () => {
    const { page } = await cardPage();
    await typeDojoCard(page, GOOD);
    await page.page.route('**/api/payments/*', (route) => route.abort());
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 500 });
    await page.page.unroute('**/api/payments/*');
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    await page.page.close();
  });

  test('is drawn anew where the page moves it, and pays from there', async () => {
    const { page } = await cardPage();
    await page.page.evaluate(`(() => {
      const place = document.createElement('section');
      document.querySelector('main').append(place);
      place.append(document.querySelector('#demo-payment'));
    })()`);
    expect(await page.result()).toEqual({ ready: true });
    await typeDojoCard(page, GOOD);
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    await page.page.close();
  });

  test('saves a card for a setup intent', async () => {
    const setup = await dojoCall(shop, 'POST', '/setup-intents', {
      reference: 'Order 235',
      merchantInitiatedTransactionType: 'NoShow',
      terms: 'One night, if you do not come.',
    });
    const page = await openDojoPage(shop, setup.clientSessionSecret, cardScript());
    await page.result();
    await typeDojoCard(page, ASKS);
    await pressPay(page);
    await bank(page, 'Complete authentication').click();
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    const saved = await dojoCall(shop, 'GET', `/setup-intents/${setup.id}`);
    expect(saved.status).toBe('Authorized');
    await page.page.close();
  });

  test('cannot be read or reached by the page around it', async () => {
    const { page } = await cardPage();
    await typeDojoCard(page, GOOD);
    const seen = await page.page.evaluate(`(() => {
      const frame = document.querySelector('#demo-payment iframe');
      try {
        return String(frame.contentWindow.document.body.innerHTML);
      } catch (error) { return error.name; }
    })()`);
    expect(seen).toBe('SecurityError');
    await page.page.close();
  });

  test('says that it could not be loaded', async () => {
    const { clientSessionSecret: token } = await newDojoIntent(shop);
    const page = await openDojoPage(shop, token, '');
    await page.page.clock.install();
    await page.page.route('**/card.html*', (route) => route.abort());
    await page.page.addScriptTag({ content: cardScript() });
    await page.page.clock.fastForward(16_000);
    expect(await page.result()).toEqual({ failed: true });
    await page.page.close();
  });

  test('is found as Connect-E, too', async () => {
    const { clientSessionSecret: token } = await newDojoIntent(shop);
    const script = cardScript('{}', 'Connect.ConnectE');
    const page = await openDojoPage(shop, token, script, '', '/assets/js/client.js');
    await page.result();
    await typeDojoCard(page, GOOD);
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 0 });
    await page.page.close();
  });

  test.each([
    ['light', 900],
    ['dark', 900],
    ['light', 320],
    ['dark', 320],
  ] as const)('has nothing serious for axe in %s at %i pixels', async (colorScheme, width) => {
    const { clientSessionSecret: token } = await newDojoIntent(shop);
    const style =
      ':root { color-scheme: light dark } body { background: Canvas; color: CanvasText }';
    const page = await openDojoPage(shop, token, cardScript(), style);
    await page.page.emulateMedia({ colorScheme });
    await page.page.setViewportSize({ width, height: 560 });
    await page.page.reload();
    await page.result();
    await dojoFields(page).locator('[name=cardNumber]').fill(GOOD);
    await dojoFields(page).locator('[name=cv2]').fill('12');
    await pressPay(page);
    expect(await page.result()).toMatchObject({ statusCode: 400 });
    const [, frame] = page.page.frames();
    if (frame === undefined) throw new Error('no frame');
    await shoot(page, `${colorScheme}-${width}`);
    // The frame is clear: in the dark it is given the page's ground.
    if (colorScheme === 'dark') await frame.evaluate("document.body.style.background = '#121212'");
    expect(await seriousFaults(frame)).toEqual([]);
    const overflow = 'document.documentElement.scrollWidth > innerWidth';
    expect(await page.page.evaluate(overflow)).toBe(false);
    await page.page.close();
  });
});
