import { describe, expect, test } from 'vitest';
import { dojoRequest, dojoSchema } from '../../support/dojo-schema.js';
import { type DojoShop, ok, problem, useDojo } from './client.js';
import { full, type Json, violations } from './schema-values.js';
import { bodyOf, prepare, titled } from './swept-routes.js';

const fixture = useDojo();

const VALIDATION = 'One or more validation errors occurred.';

describe('a body that breaks its schema', () => {
  test.each(titled(({ body }) => body !== null))(
    'of %s is refused with the field in the errors',
    async (_, swept) => {
      const { call, own } = await prepare(fixture, swept);
      const schema = dojoRequest(swept.route.method, swept.route.path);
      expect(schema).not.toBeNull();
      const found = violations(schema ?? {}, bodyOf(swept.called, own));
      expect(found.length).toBeGreaterThan(0);
      for (const { field, body } of found) {
        const refused = await problem(call({ body }), 400);
        expect(refused.title).toBe(VALIDATION);
        expect(Object.keys(refused.errors), JSON.stringify(body).slice(0, 300)).toEqual([field]);
      }
    },
  );
});

interface Whole {
  readonly request: string;
  readonly response: string;
  /** What no schema tells: names of what there is, and words that a list has. */
  readonly known: (shop: DojoShop) => Promise<object>;
  readonly send: (shop: DojoShop, body: object) => Promise<Json>;
}

const HOOK = { events: ['payment_intent.created'], url: 'https://shop.example/hooks' };

const newCustomer = async ({ dojo }: DojoShop): Promise<string> =>
  (await ok(dojo.post('/customers', {}))).id;

/** Every request that makes or changes something that is shown; payment intents have their own. */
const WHOLE: readonly Whole[] = [
  {
    request: 'CreateSetupIntentRequest',
    response: 'SetupIntentResponse',
    known: async (shop) => ({
      captureMode: 'Auto',
      merchantInitiatedTransactionType: 'NoShow',
      customer: {
        id: await newCustomer(shop),
        emailAddress: 'gabriel@dojo.example',
        phoneNumber: '+448000443550',
      },
    }),
    send: ({ dojo }, body) => ok(dojo.post('/setup-intents', body)),
  },
  {
    request: 'CreateCustomerRequest',
    response: 'CustomerFull',
    known: async () => ({}),
    send: ({ dojo }, body) => ok(dojo.post('/customers', body)),
  },
  {
    request: 'UpdateCustomerRequest',
    response: 'CustomerFull',
    known: async () => ({}),
    send: async (shop, body) => ok(shop.dojo.patch(`/customers/${await newCustomer(shop)}`, body)),
  },
  {
    request: 'SubscriptionRequest',
    response: 'Subscription',
    known: async () => HOOK,
    send: ({ dojo }, body) => ok(dojo.post('/webhooks', body)),
  },
  {
    request: 'SubscriptionUpdateRequest',
    response: 'Subscription',
    known: async () => HOOK,
    send: async ({ dojo }, body) => {
      const { id } = await ok(dojo.post('/webhooks', { ...HOOK, url: 'https://old.example/' }));
      return ok(dojo.patch(`/webhooks/${id}`, body));
    },
  },
];

describe('every field of a body', () => {
  test.each(WHOLE.map((whole) => [whole.request, whole] as const))(
    'as %s is kept and shown where the description shows it',
    async (_, { request, response, known, send }) => {
      const shop = fixture.newShop();
      const sent = { ...full(dojoSchema(request), 'body'), ...(await known(shop)) };
      expect(Object.keys(sent).sort()).toEqual(
        Object.keys(dojoSchema(request).properties ?? {}).sort(),
      );
      const declared = dojoSchema(response).properties ?? {};
      const expected = Object.entries(sent).filter(([name]) => name in declared);
      expect(expected.length).toBeGreaterThan(1);
      expect(await send(shop, sent)).toMatchObject(Object.fromEntries(expected));
    },
  );
});
