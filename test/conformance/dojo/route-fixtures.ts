import { type DojoShop, MINIMAL, ok, pay, type SentHeaders, type Wire } from './client.js';

/** What a path names, by its names there, and what else a fixture has made. */
export type Objects = Readonly<Record<string, string>>;

/** What a route is called with so that it succeeds. */
export interface RouteFixture {
  /** Makes what the path names. */
  readonly objects?: (shop: DojoShop) => Promise<Objects>;
  readonly body?: object | ((objects: Objects) => object);
  /** Headers beyond the key and the version. */
  readonly headers?: (objects: Objects) => SentHeaders;
}

/** What a terminal's operations want to know of the till. */
export const TILL = { 'software-house-id': 'softwareHouse1', 'reseller-id': 'reseller1' };

const GBP = MINIMAL.amount;
const CHANGEABLE = { config: { payment: { tipsAllowed: true, customAmountAllowed: true } } };
const SETUP = {
  reference: 'Table 4',
  merchantInitiatedTransactionType: 'NoShow',
  terms: 'In case of no-show we charge the booking fee.',
};
const CAPABILITIES = [{ name: 'GetOrderById', version: '1.0.0' }];

const intent =
  (fields: object = {}) =>
  async (shop: DojoShop): Promise<Objects> => ({ id: (await shop.newIntent(fields)).id });

const paid =
  (fields: object = {}) =>
  async (shop: DojoShop): Promise<Objects> => {
    const { id } = await shop.newIntent(fields);
    await pay(shop, id);
    return { id };
  };

/** The id of a setup intent that has saved a card, which can be charged once. */
export async function savedSetup({ stripe }: DojoShop): Promise<string> {
  const { id } = await stripe.setupIntents.create({
    confirm: true,
    payment_method: 'pm_card_visa',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  });
  return id.replace('seti_', 'si_sandbox_');
}

const chargeable = async (shop: DojoShop): Promise<Objects> =>
  intent({ setupIntentId: await savedSetup(shop) })(shop);

async function refund(shop: DojoShop): Promise<Objects> {
  const { id } = await paid()(shop);
  const path = `/payment-intents/${id}/refunds`;
  return ok(shop.dojo.post(path, { amount: 1 }, { idempotencyKey: 'made' }));
}

const setup = async ({ dojo }: DojoShop): Promise<Objects> => ({
  id: (await ok(dojo.post('/setup-intents', SETUP))).id,
});

async function customer({ dojo }: DojoShop): Promise<Objects> {
  const { id } = await ok(dojo.post('/customers', { name: 'Alex' }));
  const { secret } = await ok(dojo.post(`/customers/${id}/create-secret`));
  return { id, authorization: `Basic ${secret}` };
}

/** A customer with a card that he has kept. */
async function saved(shop: DojoShop): Promise<Objects> {
  const objects = await customer(shop);
  const method = await shop.stripe.paymentMethods.create({
    type: 'card',
    card: { token: 'tok_visa' },
    allow_redisplay: 'always',
  });
  const owner = objects.id?.replace('cust_sandbox_', 'cus_') ?? '';
  await shop.stripe.paymentMethods.attach(method.id, { customer: owner });
  return { ...objects, method: method.id.replace('pm_', 'pm_sandbox_') };
}

const asCustomer = ({ authorization = '' }: Objects): SentHeaders => ({ authorization });

const HOOK = { url: 'https://shop.example/hooks', events: ['payment_intent.created'] };

async function subscription({ dojo }: DojoShop): Promise<Objects> {
  const { id } = await ok(dojo.post('/webhooks', HOOK));
  return { id };
}

/** A subscription with a second secret, which is not active. */
async function secret(shop: DojoShop): Promise<Objects> {
  const { id } = await subscription(shop);
  const { secrets } = await ok(shop.dojo.post(`/webhooks/${id}/secrets`));
  return { id: `${id}`, secret: secrets.find(({ isActive }: Wire) => !isActive).id };
}

/** A subscription on this machine that nothing listens for, with an event that it was due. */
async function delivered(shop: DojoShop): Promise<Objects> {
  const made = await ok(shop.dojo.post('/webhooks', { ...HOOK, url: 'http://127.0.0.1:9/' }));
  await shop.newIntent();
  const { data } = await ok(shop.dojo.get(`/webhooks/${made.id}/deliveries`));
  return { id: made.id, event: data[0].eventId };
}

async function terminal({ dojo }: DojoShop, tid = '10000001'): Promise<Objects> {
  const all = await ok(dojo.get('/terminals', TILL));
  return { id: all.find(({ properties }: Wire) => properties.tid === tid).id };
}

const saleOf = (terminalId: string, paymentIntentId: string) => ({
  terminalId,
  details: { sessionType: 'Sale', sale: { paymentIntentId } },
});

async function session(shop: DojoShop, tid?: string): Promise<Objects> {
  const [{ id: machine = '' }, { id: sold = '' }] = [
    await terminal(shop, tid),
    await intent()(shop),
  ];
  return ok(shop.dojo.post('/terminal-sessions', saleOf(machine, sold), TILL));
}

/** A sale whose customer has signed, and whose signature is to be looked at. */
async function signed(shop: DojoShop): Promise<Objects> {
  const objects = await session(shop, '10000003');
  await shop.advance(15);
  return objects;
}

const keyed = { headers: () => ({ idempotencyKey: 'one' }) };
const till = { headers: () => TILL };

const INTENTS: Record<string, RouteFixture> = {
  'POST /payment-intents': { body: MINIMAL },
  'GET /payment-intents/:id': { objects: paid() },
  'DELETE /payment-intents/:id': { objects: intent() },
  'POST /payment-intents/:id/refresh-client-session-secret': { objects: intent() },
  'POST /payment-intents/:id/tips-amount': {
    objects: intent(CHANGEABLE),
    body: { tipsAmount: GBP },
  },
  'POST /payment-intents/:id/amount': { objects: intent(CHANGEABLE), body: { amount: GBP } },
  'POST /payment-intents/search': { objects: paid(), body: {} },
  'POST /payment-intents/:id/captures': {
    objects: paid({ captureMode: 'Manual' }),
    body: { amount: 100, tipsAmount: 10 },
  },
  'POST /payment-intents/:id/charge': { objects: chargeable },
  'POST /payment-intents/:id/refunds': { objects: paid(), body: { amount: 100 }, ...keyed },
  'GET /payment-intents/refunds/:refundId': { objects: refund },
  'POST /payment-intents/:id/reversal': { objects: paid() },
  'POST /payment-intents/:id/receipt': { objects: paid(), body: { emails: ['a@b.example'] } },
  'GET /payment-intents/public/:id': { objects: intent() },
  'POST /payment-intents/public/:id/refresh-client-session-secret': { objects: intent() },
};

const SETUPS: Record<string, RouteFixture> = {
  'POST /setup-intents': { body: SETUP },
  'GET /setup-intents/:id': { objects: setup },
  'DELETE /setup-intents/:id': { objects: setup },
  'POST /setup-intents/:id/refresh-client-session-secret': { objects: setup },
  'GET /setup-intents/public/:id': { objects: setup },
  'POST /setup-intents/public/:id/refresh-client-session-secret': { objects: setup },
};

const CUSTOMERS: Record<string, RouteFixture> = {
  'POST /customers': { body: { name: 'Alex' } },
  'GET /customers/:id': { objects: customer },
  'PATCH /customers/:id': { objects: customer, body: { name: 'Alexa' } },
  'DELETE /customers/:id': { objects: customer },
  'POST /customers/search': { objects: customer, body: {} },
  'POST /customers/:id/create-secret': { objects: customer },
  'GET /customers/public/:id/payment-methods': { objects: saved, headers: asCustomer },
  'DELETE /customers/public/:id/payment-methods/:method': { objects: saved, headers: asCustomer },
};

const WEBHOOKS: Record<string, RouteFixture> = {
  'GET /webhooks/events': {},
  'GET /webhooks': { objects: subscription },
  'POST /webhooks': { body: HOOK },
  'PATCH /webhooks/:id': { objects: subscription, body: { description: 'Till' } },
  'DELETE /webhooks/:id': { objects: subscription },
  'GET /webhooks/:id/secrets': { objects: subscription },
  'POST /webhooks/:id/secrets': { objects: subscription },
  'PUT /webhooks/:id/secrets/:secret/activate': { objects: secret },
  'DELETE /webhooks/:id/secrets/:secret': { objects: secret },
  'GET /webhooks/:id/deliveries': { objects: delivered },
  'POST /webhooks/:id/events/:event/replay': { objects: delivered },
};

const TERMINALS: Record<string, RouteFixture> = {
  'GET /terminals': till,
  'GET /terminals/:id': { objects: terminal, ...till },
  'POST /terminal-sessions': {
    objects: async (shop) => {
      const [{ id = '' }, sold] = [await terminal(shop), await intent()(shop)];
      return { machine: id, sold: sold.id ?? '' };
    },
    body: ({ machine = '', sold = '' }) => saleOf(machine, sold),
    ...till,
  },
  'GET /terminal-sessions/:id': { objects: signed, ...till },
  'PUT /terminal-sessions/:id/cancel': { objects: session, ...till },
  'PUT /terminal-sessions/:id/signature': { objects: signed, body: { accepted: true }, ...till },
};

const EPOS: Record<string, RouteFixture> = {
  'POST /epos/events': { body: { eventType: 'OrderUpdated', event: { orderId: 'o1' } } },
  'GET /epos/integrations': {},
  'GET /epos/integrations/rest': {},
  'PUT /epos/integrations/rest': {
    body: {
      url: 'https://epos.example/orders',
      capabilities: CAPABILITIES,
      auth: { authType: 'basic', basic: { username: 'epos', password: 'hunter2' } },
    },
  },
  'GET /epos/integrations/ws': {},
  'PUT /epos/integrations/ws': { body: { capabilities: CAPABILITIES } },
  'GET /epos/integrations/dojo': {},
};

/** A fixture for each route, by its method and path. */
export const ROUTE_FIXTURES: Readonly<Record<string, RouteFixture>> = {
  ...INTENTS,
  ...SETUPS,
  ...CUSTOMERS,
  ...WEBHOOKS,
  ...TERMINALS,
  ...EPOS,
};
