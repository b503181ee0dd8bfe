import { describe, expect, test } from 'vitest';
import { NEWEST, ok, problem, useDojo, type Wire } from './client.js';
import { payable, payWith } from './gateway-client.js';

const dojo = useDojo();

/** Asks as a mobile package does: without a key. */
async function ask(path: string, method = 'GET', version = NEWEST): Promise<Wire> {
  const reply = await fetch(`${dojo.tender.url}/payment-intents/public/${path}`, {
    method,
    headers: { 'IS-MOBILE': 'true', ...(version === '' ? {} : { version }) },
  });
  return { status: reply.status, body: await reply.json(), headers: reply.headers };
}

const SECRET_FIELDS = {
  metadata: { margin: '12' },
  orderDetails: { id: 'o1' },
  requestSecurity: { ipAddress: '192.0.2.1' },
};

describe('a payment intent whose link one has', () => {
  test('is shown without a key, and without what is the merchant’s own', async () => {
    const shop = dojo.newShop();
    const made = await payable(shop, {
      ...SECRET_FIELDS,
      description: 'Tea',
      config: { title: 'A shop', customerEmail: { collectionRequired: true } },
    });
    const { status, body } = await ask(made.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: made.id,
      status: 'Created',
      clientSessionSecret: made.clientSessionSecret,
      amount: made.amount,
      totalAmount: made.totalAmount,
      reference: made.reference,
      description: 'Tea',
      config: { title: 'A shop' },
      merchantConfig: made.merchantConfig,
    });
    const hidden = ['metadata', 'orderDetails', 'requestSecurity', 'paymentEvents', 'captures'];
    for (const name of hidden) expect(body).not.toHaveProperty(name);
    expect(JSON.stringify(body)).not.toContain('acct_');
  });

  test('gets a new secret, which pays it', async () => {
    const shop = dojo.newShop();
    const { id } = await shop.newIntent();
    expect((await ask(id)).body.clientSessionSecretExpirationDate).toBe('0001-01-01T00:00:00Z');
    const { status, body } = await ask(`${id}/refresh-client-session-secret`, 'POST');
    expect(status).toBe(200);
    expect(body.clientSessionSecret).toHaveLength(160);
    const paid = await payWith(dojo.tender, body.clientSessionSecret);
    expect(paid.body.statusCode).toBe(0);
    const after = await ask(id);
    expect(after.body).toMatchObject({ status: 'Captured' });
    expect(after.body).not.toHaveProperty('paymentDetails');
    const refused = await ask(`${id}/refresh-client-session-secret`, 'POST');
    expect(refused.status).toBe(400);
  });

  test('is not there once it is canceled', async () => {
    const shop = dojo.newShop();
    const { id } = await shop.newIntent();
    await ok(shop.dojo.del(`/payment-intents/${id}`));
    expect((await ask(id)).status).toBe(404);
  });

  test.each(['pi_sandbox_nothing000000', 'pi_nothing', 'x', '..%2f', '%ff'])(
    'is not found by %s',
    async (id) => {
      expect((await ask(id)).status).toBe(404);
      expect((await ask(`${id}/refresh-client-session-secret`, 'POST')).status).toBe(404);
    },
  );

  test('is not found by the id of a setup intent', async () => {
    const shop = dojo.newShop();
    const setup = await ok(
      shop.dojo.post('/setup-intents', {
        reference: 'r',
        merchantInitiatedTransactionType: 'Unscheduled',
        terms: 'Agreed.',
      }),
    );
    expect((await ask(setup.id)).status).toBe(404);
  });

  test('is asked for with a version', async () => {
    const shop = dojo.newShop();
    const { id } = await shop.newIntent();
    expect((await ask(id, 'GET', '')).status).toBe(400);
    expect((await ask(id, 'GET', '2022-04-07')).status).toBe(200);
  });

  test('is found by a page of any origin', async () => {
    const shop = dojo.newShop();
    const { id } = await shop.newIntent();
    expect((await ask(id)).headers.get('access-control-allow-origin')).toBe('*');
  });

  test('of another account is not found with one’s own key', async () => {
    const shop = dojo.newShop();
    const { id } = await shop.newIntent();
    await problem(dojo.newShop().dojo.get(`/payment-intents/${id}`), 404);
  });
});
