import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { answerBank as answerPage, byCard, NUMBERS as CARDS, pageOf } from '../checkout/page.js';
import { type DojoShop, ok, useDojo, type Wire } from './client.js';
import { answerBank, NUMBERS, payWith } from './gateway-client.js';

/**
 * The document that Dojo introduces its payment intents by, as a scenario: what happens from the
 * customer's opening the checkout to the result, and each status of its table. The same in a real
 * browser is in test/e2e/dojo-document.test.ts.
 */

const fixture = useDojo();

/** A call as Python's http.client sends it: raw headers in its order, the body as one text. */
async function pythonPost(shop: DojoShop, path: string, payload: string): Promise<Wire> {
  const { port } = fixture.tender;
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false });
  for (const [name, value] of [
    ['Accept-Encoding', 'identity'],
    ['Content-Length', String(Buffer.byteLength(payload))],
    ['Content-Type', 'application/json'],
    ['version', '2022-04-07'],
    ['Authorization', `Basic sk_sandbox_${shop.name}`],
  ] as const)
    sent.setHeader(name, value);
  sent.end(payload);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const body = await text(response);
  expect(response.statusCode, body).toBe(200);
  return JSON.parse(body);
}

/** Step 1: the server makes the payment with what the client says of its customer. */
function createOnServer(shop: DojoShop, country: string, fields: object = {}): Promise<Wire> {
  const currencyCode = country === 'GB' ? 'GBP' : 'EUR';
  const payload = JSON.stringify({
    amount: { value: 1000, currencyCode },
    reference: 'Order 234',
    billingAddress: { countryCode: country },
    ...fields,
  });
  return pythonPost(shop, '/payment-intents', payload);
}

const statusOf = async ({ dojo }: DojoShop, { id }: Wire): Promise<string> =>
  (await ok(dojo.get(`/payment-intents/${id}?returnCanceled=true`))).status;

describe('the steps of the document', () => {
  test('end paid on the page, which offers what fits country and currency', async () => {
    const shop = fixture.newShop();
    const british = await createOnServer(shop, 'GB', { paymentMethods: ['Card', 'Wallet'] });
    expect(british.status).toBe('Created');
    const page = pageOf(fixture.tender.url, british.id);
    const first = await page.state();
    expect(first).toMatchObject({ country: 'GB', total: { value: 1000, currency: 'gbp' } });
    expect(first.methods).toEqual(['card', 'device_wallet', 'code_wallet']);
    const german = await createOnServer(shop, 'DE', { paymentMethods: ['Card'] });
    const other = await pageOf(fixture.tender.url, german.id).state();
    expect(other).toMatchObject({ country: 'DE', total: { value: 1000, currency: 'eur' } });
    expect(other.methods).toEqual(['card', 'code_wallet']);

    const asked = await page.done('pay', byCard(CARDS.asks));
    expect(asked.status).toBe('challenge');
    expect(await statusOf(shop, british)).toBe('Created');
    expect(await answerPage(fixture.tender.url, asked, 'complete')).toBe(200);
    const shown = await page.state();
    expect(shown).toMatchObject({ status: 'paid', receipt: { method: 'Visa •••• 3220' } });
    expect(await statusOf(shop, british)).toBe('Captured');
  });

  test('end paid in the card form, by the token of the answer', async () => {
    const shop = fixture.newShop();
    // The document is of the days when every answer had the token.
    const intent = await createOnServer(shop, 'GB');
    const asked = await payWith(fixture.tender, intent.clientSessionSecret, {
      cardNumber: NUMBERS.asks,
    });
    expect(asked.body.statusCode).toBe(3);
    await answerBank(asked.body.stepUpUrl, 'complete');
    expect(await statusOf(shop, intent)).toBe('Captured');
  });
});

describe('the table of statuses of the document', () => {
  const HELD = { captureMode: 'Manual' };
  type Step = (shop: DojoShop, intent: Wire) => Promise<unknown>;
  const pays: Step = (_, { clientSessionSecret }) => payWith(fixture.tender, clientSessionSecret);
  const at = ({ id }: Wire, what: string): string => `/payment-intents/${id}${what}`;
  const captures: Step = ({ dojo }, intent) =>
    ok(dojo.post(at(intent, '/captures'), { amount: 1000 }));
  const reverses: Step = ({ dojo }, intent) => ok(dojo.post(at(intent, '/reversal')));
  const refunds: Step = ({ dojo }, intent) =>
    ok(dojo.post(at(intent, '/refunds'), { amount: 1000 }, { idempotencyKey: 'all' }));
  const cancels: Step = ({ dojo }, intent) => ok(dojo.del(at(intent, '')));

  test.each<[string, object, Step[]]>([
    ['Created', {}, []],
    ['Authorized', HELD, [pays]],
    ['Captured', HELD, [pays, captures]],
    ['Reversed', HELD, [pays, reverses]],
    ['Refunded', {}, [pays, refunds]],
    ['Canceled', {}, [cancels]],
  ])('has %s', async (status, fields, steps) => {
    const shop = fixture.newShop();
    const intent = await createOnServer(shop, 'GB', fields);
    for (const step of steps) await step(shop, intent);
    expect(await statusOf(shop, intent)).toBe(status);
  });
});
