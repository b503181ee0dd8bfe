import { describe, expect, test } from 'vitest';
import { ok, problem, useDojo } from './client.js';

const fixture = useDojo();

const CAN = [
  { name: 'GetOrderById', version: '1.0.0' },
  { name: 'RecordOrderPayment', version: '1.0.0' },
];
const AUTH = { authType: 'basic', basic: { username: 'epos-1', password: 'hunter2' } };
const REST = { url: 'https://my-epos.example/orders', capabilities: CAN, auth: AUTH };

const EMPTY = { restIntegrations: [], wsIntegrations: [], dojoManagedIntegrations: [] };

describe('integrations', () => {
  test('are none at first', async () => {
    const { dojo } = fixture.newShop();
    expect(await ok(dojo.get('/epos/integrations'))).toEqual(EMPTY);
    for (const kind of ['rest', 'ws', 'dojo'])
      expect(await ok(dojo.get(`/epos/integrations/${kind}`))).toEqual([]);
  });

  test('by REST are kept, one an address, and never show their password', async () => {
    const { dojo } = fixture.newShop();
    const [first, ...more] = await ok(dojo.put('/epos/integrations/rest', REST));
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      url: REST.url,
      capabilities: CAN,
      auth: { authType: 'basic', basic: { username: 'epos-1' } },
    });
    const again = { ...REST, capabilities: CAN.slice(1) };
    const [changed] = await ok(dojo.put('/epos/integrations/rest', again));
    expect(changed.capabilities).toMatchObject(again.capabilities);
    await ok(dojo.put('/epos/integrations/rest', { ...REST, url: 'https://other.example/' }));
    const all = await ok(dojo.get('/epos/integrations'));
    expect(all.restIntegrations).toHaveLength(2);
    expect(await ok(dojo.get('/epos/integrations/rest'))).toEqual(all.restIntegrations);
    expect(JSON.stringify(all)).not.toMatch(/hunter2|password|sealed/);
  });

  test('keep no password in clear', async () => {
    const { dojo } = fixture.newShop();
    await ok(dojo.put('/epos/integrations/rest', REST));
    const rows = await fixture.tender.store.scan('accounts', null, 100);
    expect(JSON.stringify(rows)).toContain('epos-1');
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });

  test('by WebSocket are kept, one an account', async () => {
    const { dojo } = fixture.newShop();
    await ok(dojo.put('/epos/integrations/ws', { capabilities: CAN }));
    const [one, ...more] = await ok(
      dojo.put('/epos/integrations/ws', { capabilities: CAN.slice(0, 1) }),
    );
    expect(more).toEqual([]);
    expect(one.capabilities).toMatchObject(CAN.slice(0, 1));
    expect(await ok(dojo.get('/epos/integrations'))).toEqual({ ...EMPTY, wsIntegrations: [one] });
  });

  test('leave the account and its clock as they were', async () => {
    const shop = fixture.newShop();
    await shop.advance(3600);
    const { frozen_time } = await shop.stripe.testHelpers.testClocks.retrieve('account');
    await ok(shop.dojo.put('/epos/integrations/ws', { capabilities: CAN }));
    await shop.advance(3600);
    const later = await shop.stripe.testHelpers.testClocks.retrieve('account');
    expect(later.frozen_time).toBeGreaterThanOrEqual(frozen_time + 3600);
    expect(await ok(shop.dojo.get('/epos/integrations/ws'))).toHaveLength(1);
  });

  test('are few', async () => {
    const { dojo } = fixture.newShop();
    const put = (i: number) =>
      dojo.put('/epos/integrations/rest', { ...REST, url: `https://epos.example/${i}` });
    for (let i = 0; i < 5; i++) await ok(put(i));
    expect((await problem(put(5), 400)).detail).toMatch(/No more than 5/);
    await ok(put(4));
  });

  const FAULTS: [string, string, object, string][] = [
    ['an address that is none', 'rest', { ...REST, url: 'epos' }, 'Url'],
    ['no capabilities', 'rest', { url: REST.url, auth: AUTH }, 'Capabilities'],
    ['no sign-in', 'rest', { url: REST.url, capabilities: CAN }, 'Auth'],
    [
      'another way to sign in',
      'rest',
      { ...REST, auth: { authType: 'bearer' } },
      '$.auth.authType',
    ],
    [
      'a sign-in without a password',
      'rest',
      { ...REST, auth: { authType: 'basic', basic: { username: 'x' } } },
      'Auth.Basic.Password',
    ],
    [
      'a capability without a version',
      'ws',
      { capabilities: [{ name: 'GetOrder' }] },
      'Capabilities[0].Version',
    ],
  ];
  test.each(FAULTS)('with %s are refused', async (_, kind, body, field) => {
    const { dojo } = fixture.newShop();
    const { errors } = await problem(dojo.put(`/epos/integrations/${kind}`, body), 400);
    expect(Object.keys(errors)).toEqual([field]);
    expect(await ok(dojo.get('/epos/integrations'))).toEqual(EMPTY);
  });
});

describe('events', () => {
  test.each([
    ['OrderUpdated', { orderId: 'order-1' }],
    ['PartyUpdated', { partyId: 'party-1' }],
    ['ReservationUpdated', { reservationId: 'reservation-1' }],
  ])('of the type %s are taken in', async (eventType, event) => {
    const { dojo } = fixture.newShop();
    expect(await ok(dojo.post('/epos/events', { eventType, event }))).toEqual({ eventType, event });
  });

  test('without the id that they tell are refused', async () => {
    const { dojo } = fixture.newShop();
    const send = (body: object) => problem(dojo.post('/epos/events', body), 400);
    const other = await send({ eventType: 'OrderUpdated', event: { partyId: 'x' } });
    expect(other.errors).toEqual({
      'Event.OrderId': ['The Event.OrderId field is required.'],
    });
    expect((await send({ eventType: 'OrderUpdated' })).errors).toHaveProperty('Event');
    const unknown = await send({ eventType: 'Nothing', event: {} });
    expect(unknown.errors).toHaveProperty('$.eventType');
  });
});
