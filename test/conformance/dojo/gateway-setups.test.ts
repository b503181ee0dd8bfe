import { describe, expect, test } from 'vitest';
import { type DojoShop, ok, useDojo, type Wire } from './client.js';
import { answerBank, CARD, NUMBERS, payWith, send } from './gateway-client.js';

const dojo = useDojo();

const newSetup = (shop: DojoShop): Promise<Wire> =>
  ok(
    shop.dojo.post('/setup-intents', {
      reference: 'Booking 7',
      merchantInitiatedTransactionType: 'NoShow',
      terms: 'One night, if you do not come.',
    }),
  );

const setupOf = (shop: DojoShop, { id }: Wire): Promise<Wire> =>
  ok(shop.dojo.get(`/setup-intents/${id}`));

const refreshed = (shop: DojoShop, { id }: Wire): Promise<Wire> =>
  ok(shop.dojo.post(`/setup-intents/${id}/refresh-client-session-secret`));

describe('the token of a setup intent', () => {
  test('saves a card, once', async () => {
    const shop = dojo.newShop();
    const setup = await newSetup(shop);
    const saved = await payWith(dojo.tender, setup.clientSessionSecret, { mitConsentGiven: true });
    expect(saved.body).toEqual({ statusCode: 0, message: 'Successful' });
    expect((await setupOf(shop, setup)).status).toBe('Authorized');
    expect((await payWith(dojo.tender, setup.clientSessionSecret)).body.statusCode).toBe(401);
  });

  test('sent many times at once saves one card', async () => {
    const shop = dojo.newShop();
    const { clientSessionSecret: token } = await newSetup(shop);
    const all = await Promise.all(Array.from({ length: 5 }, () => payWith(dojo.tender, token)));
    const codes = all.map(({ body }) => body.statusCode).sort((a, b) => a - b);
    expect(codes).toEqual([0, 401, 401, 401, 401]);
  });

  test('is used up by a decline; the next one saves', async () => {
    const shop = dojo.newShop();
    const setup = await newSetup(shop);
    const token = setup.clientSessionSecret;
    const declined = await payWith(dojo.tender, token, { cardNumber: NUMBERS.declines });
    expect(declined.body.statusCode).toBe(5);
    expect((await payWith(dojo.tender, token)).body.statusCode).toBe(401);
    const { clientSessionSecret: next } = await refreshed(shop, setup);
    expect((await payWith(dojo.tender, next)).body.statusCode).toBe(0);
  });

  test.each([
    ['complete', 0, 'Authorized'],
    ['fail', 5, 'Created'],
  ] as const)('leads to the bank’s question: "%s" ends as %i', async (answer, code, status) => {
    const shop = dojo.newShop();
    const setup = await newSetup(shop);
    const token = setup.clientSessionSecret;
    const { body } = await payWith(dojo.tender, token, { cardNumber: NUMBERS.asks });
    expect(body).toMatchObject({ statusCode: 3, md: setup.id });
    await answerBank(body.stepUpUrl, answer);
    const ended = await send(dojo.tender, `/mobile/payments/${token}/three-ds-complete`, {});
    expect(ended.body.statusCode).toBe(code);
    expect((await setupOf(shop, setup)).status).toBe(status);
  });

  test('saves nothing without its holder’s agreement, or by a wallet', async () => {
    const shop = dojo.newShop();
    const { clientSessionSecret: token } = await newSetup(shop);
    const refused = await payWith(dojo.tender, token, { mitConsentGiven: false });
    expect(Object.keys(refused.body.errors)).toEqual(['MitConsentGiven']);
    const wallet = { protocolVersion: 'ECv2', signature: 's', signedMessage: 'm' };
    const path = `/api/payments/${token}/google-pay`;
    const byWallet = await send(dojo.tender, path, { token: JSON.stringify(wallet) });
    expect(byWallet.body.statusCode).toBe(400);
  });

  test('keeps no number in what is told or logged', async () => {
    const shop = dojo.newShop();
    const setup = await newSetup(shop);
    await payWith(dojo.tender, setup.clientSessionSecret);
    expect(JSON.stringify(await setupOf(shop, setup))).not.toContain(CARD.cardNumber);
  });
});
