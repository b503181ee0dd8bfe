import { describe, expect, test } from 'vitest';
import { type DojoShop, ok, useDojo, type Wire } from './client.js';
import {
  answerBank,
  CARD,
  NUMBERS,
  payable,
  payWith,
  send,
  stripeIntent,
} from './gateway-client.js';

const dojo = useDojo();

const intentOf = (shop: DojoShop, { id }: Wire): Promise<Wire> =>
  ok(shop.dojo.get(`/payment-intents/${id}`));

const refreshed = (shop: DojoShop, { id }: Wire): Promise<Wire> =>
  ok(shop.dojo.post(`/payment-intents/${id}/refresh-client-session-secret`));

describe('a card', () => {
  test('pays an intent by its token, once', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    const paid = await payWith(dojo.tender, intent.clientSessionSecret);
    expect(paid.status).toBe(200);
    expect(paid.body).toEqual({
      statusCode: 0,
      message: 'Successful',
      authCode: expect.any(String),
    });
    expect(paid.headers.get('access-control-allow-origin')).toBe('*');
    expect(await intentOf(shop, intent)).toMatchObject({
      status: 'Captured',
      paymentDetails: { card: { cardName: 'Ada Example', last4PAN: '4242' } },
    });
    const again = await payWith(dojo.tender, intent.clientSessionSecret);
    expect([again.status, again.body.statusCode]).toEqual([401, 401]);
  });

  test('is held for an intent with manual capture', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop, { captureMode: 'Manual' });
    const held = await payWith(dojo.tender, intent.clientSessionSecret);
    expect(held.body.statusCode).toBe(0);
    expect((await intentOf(shop, intent)).status).toBe('Authorized');
  });

  test('sent many times at once pays once', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    const all = await Promise.all(
      Array.from({ length: 8 }, () => payWith(dojo.tender, intent.clientSessionSecret)),
    );
    const codes = all.map(({ body }) => body.statusCode).sort((a, b) => a - b);
    expect(codes).toEqual([0, 401, 401, 401, 401, 401, 401, 401]);
    const charges = await shop.stripe.charges.list({
      payment_intent: (await stripeIntent(shop, intent.id)).id,
    });
    expect(charges.data).toHaveLength(1);
  });

  test.each([
    ['declines', 5, 'Your card was declined.'],
    ['poor', 5, 'Your card has insufficient funds.'],
    ['fails', 30, 'An error occurred while processing your card. Try again in a little bit.'],
  ] as const)('that %s is told, and the token is used up', async (kind, statusCode, message) => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    const token = intent.clientSessionSecret;
    const { status, body } = await payWith(dojo.tender, token, { cardNumber: NUMBERS[kind] });
    expect([status, body]).toEqual([200, { statusCode, message }]);
    expect((await payWith(dojo.tender, token)).body.statusCode).toBe(401);
    const next = await refreshed(shop, intent);
    expect(next.clientSessionSecret).not.toBe(token);
    expect((await payWith(dojo.tender, next.clientSessionSecret)).body.statusCode).toBe(0);
    const events = (await intentOf(shop, intent)).paymentEvents;
    expect(events.map(({ eventType }: Wire) => eventType)).toEqual(['Declined', 'Captured']);
  });

  test.each([
    [{ cardNumber: '4242424242424241' }, 'CardNumber'],
    [{ cardNumber: 'four' }, 'CardNumber'],
    [{ cardNumber: '' }, 'CardNumber'],
    [{ cardNumber: 4242424242424242 }, '$.cardNumber'],
    [{ expiryDate: '12 / 20' }, 'ExpiryDate'],
    [{ expiryDate: '13 / 40' }, 'ExpiryDate'],
    [{ expiryDate: 'soon' }, 'ExpiryDate'],
    [{ cV2: '12' }, 'CV2'],
    [{ cV2: null }, 'CV2'],
    [{ cardName: 'A'.repeat(101) }, 'CardName'],
    [{ cardName: '4242 4242 4242 4242' }, 'CardName'],
    [{ userEmailAddress: 'nobody' }, 'UserEmailAddress'],
    [{ billingAddress: { countryCode: '999' } }, 'BillingAddress.CountryCode'],
    [{ metaData: { k: 1 } }, '$.metaData.k'],
  ])('that cannot be one leaves the token as it is: %j', async (fields, field) => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    const token = intent.clientSessionSecret;
    const { status, body } = await payWith(dojo.tender, token, fields);
    expect([status, body.statusCode]).toEqual([400, 400]);
    expect(Object.keys(body.errors)).toEqual([field]);
    expect(JSON.stringify(body)).not.toMatch(/\d{12}/);
    expect((await payWith(dojo.tender, token)).body.statusCode).toBe(0);
  });

  test('comes with what the customer told, which is kept', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop, { metadata: { order: '7', kept: 'mine' } });
    const sent = {
      userEmailAddress: 'ada@example.com',
      userPhoneNumber: '+44 20 7946 0000',
      billingAddress: {
        address1: '1 Test Street',
        city: 'London',
        postcode: 'SW1A 1AA',
        countryCode: '826',
      },
      shippingDetails: {
        name: 'Ada',
        deliveryNotes: 'Ring twice',
        address: { address1: '2 Test Street', city: 'Berlin', countryCode: 276 },
      },
      metaData: { kept: 'theirs', seat: '12' },
    };
    expect((await payWith(dojo.tender, intent.clientSessionSecret, sent)).body.statusCode).toBe(0);
    expect(await intentOf(shop, intent)).toMatchObject({
      customer: { emailAddress: 'ada@example.com', phoneNumber: '+44 20 7946 0000' },
      billingAddress: { address1: '1 Test Street', countryCode: 'GB' },
      shippingDetails: { name: 'Ada', deliveryNotes: 'Ring twice', address: { countryCode: 'DE' } },
      metadata: { order: '7', kept: 'mine', seat: '12' },
    });
    expect((await stripeIntent(shop, intent.id)).latest_charge).toMatchObject({
      billing_details: {
        name: 'Ada Example',
        email: 'ada@example.com',
        address: { line1: '1 Test Street', country: 'GB' },
      },
      shipping: { name: 'Ada', address: { line1: '2 Test Street', country: 'DE' } },
    });
  });

  test('adds no more metadata than an intent may have', async () => {
    const shop = dojo.newShop();
    const entries = (name: string) =>
      Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${name}${i}`, 'x']));
    const intent = await payable(shop, { metadata: entries('a') });
    const { body } = await payWith(dojo.tender, intent.clientSessionSecret, {
      metaData: entries('b'),
    });
    expect(body.statusCode).toBe(400);
    expect((await intentOf(shop, intent)).status).toBe('Created');
  });

  test('is not taken where the intent takes wallets alone', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop, { paymentMethods: ['Wallet'] });
    const { body } = await payWith(dojo.tender, intent.clientSessionSecret);
    expect(body).toMatchObject({ statusCode: 400, message: 'This payment does not take Card.' });
  });

  test('pays an intent of the Stripe dialect that was asked for a token', async () => {
    const shop = dojo.newShop();
    const made = await shop.stripe.paymentIntents.create({ amount: 700, currency: 'gbp' });
    const id = made.id.replace('pi_', 'pi_sandbox_');
    const { clientSessionSecret: token } = await refreshed(shop, { id });
    expect(
      (await payWith(dojo.tender, token, { cardNumber: NUMBERS.declines })).body.statusCode,
    ).toBe(5);
    expect((await payWith(dojo.tender, token)).body.statusCode).toBe(0);
    expect((await payWith(dojo.tender, token)).body.statusCode).toBe(401);
  });
});

describe('a token', () => {
  test.each(['nothing', 'a'.repeat(160), '..%2fpayments', '%ff'])(
    'that is none is not found: %s',
    async (token) => {
      const { status, body } = await payWith(dojo.tender, token);
      expect([status, body]).toEqual([
        404,
        { statusCode: 404, message: 'There is no such token.' },
      ]);
    },
  );

  test('is taken with the padding of base64, too', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    const paid = await payWith(dojo.tender, `${intent.clientSessionSecret}==`);
    expect(paid.body.statusCode).toBe(0);
  });

  test('that was tampered with is not found', async () => {
    const shop = dojo.newShop();
    const { clientSessionSecret: token } = await payable(shop);
    const other = `${token.slice(0, 20)}${token[20] === 'A' ? 'B' : 'A'}${token.slice(21)}`;
    expect((await payWith(dojo.tender, other)).body.statusCode).toBe(404);
  });

  test('of a customer pays nothing', async () => {
    const shop = dojo.newShop();
    const customer = await ok(
      shop.dojo.post('/customers', { name: 'Ada', emailAddress: 'a@example.com' }),
    );
    const { secret } = await ok(shop.dojo.post(`/customers/${customer.id}/create-secret`));
    const { body } = await payWith(dojo.tender, secret.replace(/^cs_(sandbox_)?/, ''));
    expect(body.statusCode).toBe(404);
  });

  test('of a canceled intent is of no use', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    await ok(shop.dojo.del(`/payment-intents/${intent.id}`));
    expect((await payWith(dojo.tender, intent.clientSessionSecret)).body.statusCode).toBe(401);
  });

  test('is over after thirty minutes', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    await dojo.tender.advance(1801);
    expect((await payWith(dojo.tender, intent.clientSessionSecret)).body.statusCode).toBe(401);
    const next = await refreshed(shop, intent);
    expect((await payWith(dojo.tender, next.clientSessionSecret)).body.statusCode).toBe(0);
  });

  test('is refused after too many tries', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    let token = intent.clientSessionSecret;
    const codes = new Set<number>();
    for (let i = 0; i <= 50; i += 1) {
      const { body } = await payWith(dojo.tender, token, { cardNumber: NUMBERS.declines });
      codes.add(body.statusCode);
      token = (await refreshed(shop, intent)).clientSessionSecret;
    }
    expect([...codes]).toEqual([5, 90]);
  });
});

describe('a challenge', () => {
  const asked = async (shop: DojoShop, cardNumber: string = NUMBERS.asks, fields = {}) => {
    const intent = await payable(shop, fields);
    const token = intent.clientSessionSecret;
    const { body } = await payWith(dojo.tender, token, { cardNumber });
    expect(body).toMatchObject({ statusCode: 3, message: 'Authorizing' });
    return { intent, token, challenge: body };
  };
  const complete = (token: string, body: object = {}) =>
    send(dojo.tender, `/mobile/payments/${token}/three-ds-complete`, body);

  test('has a page that is opened with what the bank is to see', async () => {
    const shop = dojo.newShop();
    const { intent, challenge } = await asked(shop);
    expect(challenge.md).toBe(intent.id);
    expect(challenge.paReq.split('.')).toHaveLength(3);
    const page = await fetch(challenge.stepUpUrl, {
      method: 'POST',
      body: new URLSearchParams({ JWT: challenge.paReq, MD: challenge.md }),
    });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('Your bank asks: is this you?');
    expect((await intentOf(shop, intent)).paymentEvents.at(-1).eventType).toBe('AuthChallenged');
  });

  test.each([
    ['complete', NUMBERS.asks, 0, 'Captured'],
    ['fail', NUMBERS.asks, 5, 'Created'],
    ['complete', NUMBERS.asksThenDeclines, 5, 'Created'],
  ] as const)('answered by "%s" with %s ends as %i', async (answer, number, statusCode, status) => {
    const shop = dojo.newShop();
    const { intent, token, challenge } = await asked(shop, number);
    expect((await complete(token)).body.statusCode).toBe(3);
    await answerBank(challenge.stepUpUrl, answer);
    const ended = (await complete(token)).body;
    expect(ended.statusCode).toBe(statusCode);
    // Told again, as often as it is asked.
    expect((await complete(token)).body).toEqual(ended);
    expect((await intentOf(shop, intent)).status).toBe(status);
    expect((await payWith(dojo.tender, token)).body.statusCode).toBe(401);
  });

  test.each([
    ['SUCCESS', 0],
    ['FAILURE', 5],
    ['CANCEL', 5],
  ])('that a mobile library answered by %s ends as %i', async (actionCode, statusCode) => {
    const shop = dojo.newShop();
    const { token } = await asked(shop);
    const { body } = await complete(token, {
      paRes: 'x.y.z',
      transactionId: 't',
      cardinalValidateResponse: { actionCode, isValidated: true },
    });
    expect(body.statusCode).toBe(statusCode);
  });

  test('is told to the end though the token is over', async () => {
    const shop = dojo.newShop();
    const { token, challenge } = await asked(shop);
    await dojo.tender.advance(1801);
    await answerBank(challenge.stepUpUrl, 'complete');
    expect((await complete(token)).body.statusCode).toBe(0);
  });

  test('is overtaken by a try with a new token', async () => {
    const shop = dojo.newShop();
    const { intent, token } = await asked(shop);
    const next = await refreshed(shop, intent);
    expect((await payWith(dojo.tender, next.clientSessionSecret)).body.statusCode).toBe(0);
    expect((await complete(token)).body.statusCode).toBe(0);
  });

  test('that was never asked is none to complete', async () => {
    const shop = dojo.newShop();
    const { clientSessionSecret } = await payable(shop);
    expect((await complete(clientSessionSecret)).body.statusCode).toBe(400);
  });
});

describe('a saved card', () => {
  const customerOf = async (shop: DojoShop) => {
    const { id } = await ok(
      shop.dojo.post('/customers', { name: 'Ada', emailAddress: 'a@example.com' }),
    );
    const { secret } = await ok(shop.dojo.post(`/customers/${id}/create-secret`));
    return { id, secret };
  };
  const savedOf = async (shop: DojoShop, { id, secret }: { id: string; secret: string }) =>
    (
      await ok(
        shop.dojo.get(`/customers/public/${id}/payment-methods`, {
          authorization: `Basic ${secret}`,
        }),
      )
    ).savedPaymentMethods;
  const recurring = (token: string, body: object) =>
    send(dojo.tender, `/api/payments/recurring/${token}`, body);

  test('is kept with the customer who asks for it, and pays again', async () => {
    const shop = dojo.newShop();
    const customer = await customerOf(shop);
    const first = await payable(shop, { customer });
    const paid = await payWith(dojo.tender, first.clientSessionSecret, { savePaymentMethod: true });
    expect(paid.body.statusCode).toBe(0);
    const [saved] = await savedOf(shop, customer);
    expect(saved).toMatchObject({ id: expect.stringMatching(/^pm_sandbox_/) });
    const second = await payable(shop, { customer, paymentMethods: ['Card', 'SavedCard'] });
    const again = await recurring(second.clientSessionSecret, {
      paymentMethodId: saved.id,
      cV2: '123',
    });
    expect(again.body.statusCode).toBe(0);
  });

  test('is not kept where nobody asked, or a declined try did', async () => {
    const shop = dojo.newShop();
    const customer = await customerOf(shop);
    const intent = await payable(shop, { customer });
    const asked = { savePaymentMethod: true, cardNumber: NUMBERS.declines };
    expect((await payWith(dojo.tender, intent.clientSessionSecret, asked)).body.statusCode).toBe(5);
    const next = await refreshed(shop, intent);
    expect((await payWith(dojo.tender, next.clientSessionSecret)).body.statusCode).toBe(0);
    expect(await savedOf(shop, customer)).toEqual([]);
  });

  test('is not kept for a customer who has not shown that it is he', async () => {
    const shop = dojo.newShop();
    const { id, secret } = await customerOf(shop);
    const intent = await payable(shop, { customer: { id } });
    await payWith(dojo.tender, intent.clientSessionSecret, { savePaymentMethod: true });
    expect(await savedOf(shop, { id, secret })).toEqual([]);
  });

  test('pays nothing without its customer’s secret, or of another customer', async () => {
    const shop = dojo.newShop();
    const customer = await customerOf(shop);
    const first = await payable(shop, { customer });
    await payWith(dojo.tender, first.clientSessionSecret, { savePaymentMethod: true });
    const [saved] = await savedOf(shop, customer);
    const other = await customerOf(shop);
    for (const fields of [{}, { customer: { id: customer.id } }, { customer: other }]) {
      const { clientSessionSecret: token } = await payable(shop, fields);
      const { body } = await recurring(token, { paymentMethodId: saved.id });
      expect(body).toMatchObject({ statusCode: 400, message: 'There is no such saved card.' });
    }
    for (const id of ['pm_card_visa', 'pm_sandbox_card_visa', '', 'pm_sandbox_0000000000000000']) {
      const { clientSessionSecret: token } = await payable(shop, { customer });
      expect((await recurring(token, { paymentMethodId: id })).body.statusCode).toBe(400);
    }
  });
});

const WALLET_TOKENS = {
  'google-pay': { protocolVersion: 'ECv2', signature: 's', signedMessage: 'm' },
  'apple-pay': { version: 'EC_v1', signature: 's', data: 'd', header: {} },
} as const;

describe.each(['google-pay', 'apple-pay'] as const)('%s', (kind) => {
  const token = JSON.stringify(WALLET_TOKENS[kind]);

  test('pays with a test card, and tells who its holder is', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop, { paymentMethods: ['Card', 'Wallet'] });
    const { body } = await send(
      dojo.tender,
      `/api/payments/${intent.clientSessionSecret}/${kind}`,
      {
        token,
        email: 'ada@example.com',
        billingContact: {
          name: 'Ada',
          address1: '1 Test Street',
          locality: 'London',
          countryCode: 'GB',
        },
      },
    );
    expect(body.statusCode).toBe(0);
    expect(await intentOf(shop, intent)).toMatchObject({
      status: 'Captured',
      customer: { emailAddress: 'ada@example.com' },
      billingAddress: { address1: '1 Test Street', city: 'London', countryCode: 'GB' },
    });
  });

  test.each(['', 'no JSON', '{}', '[]', 'null', '{"signature":1}'])(
    'pays nothing with what is no token: %s',
    async (sent) => {
      const shop = dojo.newShop();
      const intent = await payable(shop);
      const path = `/api/payments/${intent.clientSessionSecret}/${kind}`;
      expect((await send(dojo.tender, path, { token: sent })).body.statusCode).toBe(400);
    },
  );

  test('pays nothing where the intent takes cards alone', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop, { paymentMethods: ['Card'] });
    const path = `/api/payments/${intent.clientSessionSecret}/${kind}`;
    expect((await send(dojo.tender, path, { token })).body.statusCode).toBe(400);
  });

  test('shows what is in a token without the number', async () => {
    const shop = dojo.newShop();
    const intent = await payable(shop);
    const path = `/api/payments/${intent.clientSessionSecret}/${kind}/decrypt-token`;
    const { status, body } = await send(dojo.tender, path, WALLET_TOKENS[kind]);
    expect(status).toBe(200);
    expect(body.paymentMethodDetails).toMatchObject({ pan: '424242******4242' });
    expect((await send(dojo.tender, path, {})).status).toBe(400);
  });
});

describe('the gateway', () => {
  test('answers browsers that ask first', async () => {
    const reply = await fetch(`${dojo.tender.url}/api/payments/x`, { method: 'OPTIONS' });
    expect(reply.status).toBe(204);
    expect(reply.headers.get('access-control-allow-headers')).toContain('content-type');
  });

  test.each([
    ['GET', '/api/payments/x', 405],
    ['POST', '/api/payments/', 404],
    ['POST', '/api/payments/x/y', 404],
    ['POST', '/mobile/payments/x', 404],
  ])('%s %s is answered by %i', async (method, path, status) => {
    const reply = await fetch(`${dojo.tender.url}${path}`, { method });
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ statusCode: status });
  });

  test.each(['', '{', '[]', 'null', '"x"', '\ud800'])('refuses a body of %j', async (body) => {
    const shop = dojo.newShop();
    const { clientSessionSecret: token } = await payable(shop);
    const { status } = await send(dojo.tender, `/api/payments/${token}`, body);
    expect(status).toBe(400);
  });

  test('hands out a page that collects nothing of the device', async () => {
    const shop = dojo.newShop();
    const { clientSessionSecret: token } = await payable(shop);
    const { body } = await send(dojo.tender, `/api/device-data/${token}`, CARD);
    expect(body).toEqual({ formAction: expect.any(String), token: expect.any(String) });
    const page = await fetch(body.formAction, {
      method: 'POST',
      body: new URLSearchParams({ JWT: body.token }),
    });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('profile.completed');
    // It has not used the token up.
    expect((await payWith(dojo.tender, token)).body.statusCode).toBe(0);
  });
});
