import { describe, expect, test } from 'vitest';
import { type DojoShop, ok, problem, useDojo, type Wire } from './client.js';

const fixture = useDojo();

const URL_GIVEN = 'https://shop.example/hooks';

const CREATED = 'payment_intent.created';
const STATUS = 'payment_intent.status_updated';

function subscribe({ dojo }: DojoShop, fields: object = {}): Promise<Wire> {
  return ok(dojo.post('/webhooks', { url: URL_GIVEN, events: [CREATED], ...fields }));
}

describe('subscriptions', () => {
  test('can be made for the events that the list names', async () => {
    const { dojo } = fixture.newShop();
    const models = await ok(dojo.get('/webhooks/events'));
    expect(models).toEqual([
      {
        model: 'PaymentIntent',
        events: [CREATED, STATUS, 'payment_intent.updated', 'payment_intent.send-receipt'],
      },
    ]);
    const { events } = models[0];
    const made = await ok(dojo.post('/webhooks', { events, url: URL_GIVEN, description: 'Till' }));
    expect(made).toMatchObject({
      id: expect.stringMatching(/^ws_sandbox_[0-9A-Za-z_-]{22,}$/),
      accountId: expect.stringMatching(/^acc_/),
      events,
      url: URL_GIVEN,
      description: 'Till',
      secrets: [
        {
          id: expect.stringMatching(/^sc_[0-9A-Za-z_-]{22}$/),
          value: expect.stringMatching(/^[0-9A-Za-z_-]{22}$/),
          isActive: true,
        },
      ],
    });
    expect(made.createdAt).toBe(made.updatedAt);
  });

  test('are listed with their secrets, changed and deleted', async () => {
    const shop = fixture.newShop();
    const { dojo } = shop;
    expect(await ok(dojo.get('/webhooks'))).toEqual([]);
    const one = await subscribe(shop);
    const two = await subscribe(shop, { events: [STATUS, STATUS], description: 'Two' });
    expect(two.events).toEqual([STATUS]);
    expect(await ok(dojo.get('/webhooks/'))).toEqual([one, two]);

    await shop.advance(60);
    const url = 'https://shop.example/other';
    const moved = await ok(dojo.patch(`/webhooks/${one.id}`, { url }));
    expect(moved).toEqual({ ...one, url, updatedAt: expect.any(String) });
    expect(Date.parse(moved.updatedAt)).toBeGreaterThanOrEqual(Date.parse(one.updatedAt) + 60_000);
    const events = [CREATED, 'payment_intent.updated'];
    expect(await ok(dojo.patch(`/webhooks/${one.id}`, { events }))).toMatchObject({ events, url });
    const named = await ok(dojo.patch(`/webhooks/${one.id}`, { description: 'One' }));
    expect(named).toMatchObject({ description: 'One', events, url });

    expect((await dojo.del(`/webhooks/${two.id}`)).status).toBe(204);
    expect(await ok(dojo.get('/webhooks'))).toEqual([named]);
    await problem(dojo.del(`/webhooks/${two.id}`), 404);
    await problem(dojo.patch(`/webhooks/${two.id}`, { url }), 404);
  });

  test('are one for each event', async () => {
    const shop = fixture.newShop();
    const { dojo } = shop;
    const one = await subscribe(shop, { events: [CREATED, STATUS] });
    const taken = await problem(dojo.post('/webhooks', { url: URL_GIVEN, events: [STATUS] }), 409);
    expect(taken.detail).toContain(STATUS);
    const two = await subscribe(shop, { events: ['payment_intent.updated'] });
    await problem(dojo.patch(`/webhooks/${two.id}`, { events: [CREATED] }), 409);
    expect((await ok(dojo.get('/webhooks')))[1].events).toEqual(['payment_intent.updated']);
    await ok(dojo.patch(`/webhooks/${one.id}`, { events: [STATUS] }));
    await ok(dojo.patch(`/webhooks/${two.id}`, { events: [CREATED] }));
    await subscribe(fixture.newShop(), { events: [CREATED, STATUS] });
  });

  test('need a known event and an address that can be reached', async () => {
    const { dojo } = fixture.newShop();
    const errors = async (body: object) =>
      (await problem(dojo.post('/webhooks', body), 400)).errors;
    expect(await errors({})).toMatchObject({
      Events: [expect.any(String)],
      Url: [expect.any(String)],
    });
    expect(await errors({ url: URL_GIVEN, events: [] })).toHaveProperty('Events');
    expect(Object.keys(await errors({ url: URL_GIVEN, events: ['order.created'] }))).toEqual([
      '$.events[0]',
    ]);
    for (const url of [
      'http://shop.example/hooks',
      'https://169.254.169.254/latest',
      'https://user:word@shop.example/',
      'ftp://shop.example/',
      'nowhere',
      '',
      `https://shop.example/${'x'.repeat(3000)}`,
    ])
      expect(await errors({ url, events: [CREATED] })).toHaveProperty('Url');
    const { id } = await ok(dojo.post('/webhooks', { url: URL_GIVEN, events: [CREATED] }));
    const refused = await problem(dojo.patch(`/webhooks/${id}`, { url: 'http://10.0.0.1/' }), 400);
    expect(refused.errors).toHaveProperty('Url');
    await problem(dojo.patch(`/webhooks/${id}`, { events: [] }), 400);
    await ok(dojo.patch(`/webhooks/${id}`, { url: 'http://127.0.0.1:9/' }));
  });

  test('are no endpoints of the Stripe dialect, nor the other way round', async () => {
    const shop = fixture.newShop();
    const { dojo, stripe } = shop;
    const { id } = await subscribe(shop);
    const own = id.replace('ws_sandbox_', 'we_');
    const endpoint = await stripe.webhookEndpoints.create({
      url: URL_GIVEN,
      enabled_events: ['payment_intent.created'],
    });
    expect((await stripe.webhookEndpoints.list()).data.map((one) => one.id)).toEqual([endpoint.id]);
    const calls = [
      stripe.webhookEndpoints.retrieve(own),
      stripe.webhookEndpoints.update(own, { disabled: true }),
      stripe.webhookEndpoints.del(own),
    ];
    for (const call of calls) await expect(call).rejects.toMatchObject({ statusCode: 404 });
    expect((await ok(dojo.get('/webhooks'))).map((one: Wire) => one.id)).toEqual([id]);
    const theirs = endpoint.id.replace('we_', 'ws_sandbox_');
    await problem(dojo.del(`/webhooks/${theirs}`), 404);
    await problem(dojo.get(`/webhooks/${theirs}/secrets`), 404);
    await problem(dojo.get(`/webhooks/${theirs}/deliveries`), 404);
  });

  test('of another account are nowhere to be found', async () => {
    const { id, secrets } = await subscribe(fixture.newShop());
    const { dojo } = fixture.newShop();
    await problem(dojo.patch(`/webhooks/${id}`, { url: URL_GIVEN }), 404);
    await problem(dojo.del(`/webhooks/${id}`), 404);
    await problem(dojo.get(`/webhooks/${id}/secrets`), 404);
    await problem(dojo.post(`/webhooks/${id}/secrets`), 404);
    await problem(dojo.put(`/webhooks/${id}/secrets/${secrets[0].id}/activate`), 404);
    await problem(dojo.del(`/webhooks/${id}/secrets/${secrets[0].id}`), 404);
    await problem(dojo.get(`/webhooks/${id}/deliveries`), 404);
    await problem(dojo.post(`/webhooks/${id}/events/evt_x/replay`), 404);
    await problem(dojo.get('/webhooks/nonsense/secrets'), 404);
  });

  test('need the secret key', async () => {
    const { dojo, name } = fixture.newShop();
    for (const path of ['/webhooks', '/webhooks/events']) {
      await problem(dojo.get(path, { authorization: '' }), 401);
      await problem(dojo.get(path, { authorization: `Basic pk_test_${name}` }), 403);
    }
  });
});

describe('secrets', () => {
  test('are generated, activated and deleted', async () => {
    const shop = fixture.newShop();
    const { dojo } = shop;
    const { id, secrets } = await subscribe(shop);
    const path = `/webhooks/${id}/secrets`;
    expect(await ok(dojo.get(path))).toEqual({ id, secrets });
    const more = await ok(dojo.post(path));
    expect(more).toEqual({
      id,
      secrets: [secrets[0], { ...more.secrets[1], isActive: false }],
    });
    const [first, second] = more.secrets;
    expect(second.value).not.toBe(first.value);

    expect((await dojo.put(`${path}/${second.id}/activate`)).status).toBe(204);
    const states = async () =>
      (await ok(dojo.get(path))).secrets.map((one: Wire) => [one.id, one.isActive]);
    expect(await states()).toEqual([
      [first.id, false],
      [second.id, true],
    ]);
    await problem(dojo.del(`${path}/${second.id}`), 409);
    expect((await dojo.del(`${path}/${first.id}`)).status).toBe(204);
    expect(await states()).toEqual([[second.id, true]]);
    await problem(dojo.del(`${path}/${first.id}`), 404);
    await problem(dojo.put(`${path}/${first.id}/activate`), 404);
    expect((await ok(dojo.get('/webhooks')))[0].secrets).toEqual([{ ...second, isActive: true }]);
  });

  test('are five at most', async () => {
    const shop = fixture.newShop();
    const { dojo } = shop;
    const { id } = await subscribe(shop);
    for (let count = 2; count <= 5; count += 1)
      expect((await ok(dojo.post(`/webhooks/${id}/secrets`))).secrets).toHaveLength(count);
    await problem(dojo.post(`/webhooks/${id}/secrets`), 409);
  });

  test('outlive a change of the subscription', async () => {
    const shop = fixture.newShop();
    const { dojo } = shop;
    const { id } = await subscribe(shop);
    const { secrets } = await ok(dojo.post(`/webhooks/${id}/secrets`));
    const changed = await ok(dojo.patch(`/webhooks/${id}`, { description: 'Mine' }));
    expect(changed.secrets).toEqual(secrets);
  });

  test('are sealed where they are kept', async () => {
    const shop = fixture.newShop();
    const { secrets } = await subscribe(shop);
    const rows = await fixture.tender.store.scan('subscriptions', null, 1000);
    expect(JSON.stringify(rows)).not.toContain(secrets[0].value);
  });
});
