import type { Body } from './raw-http.js';

/** Sends a form, or asks, and answers the object; throws where there is an error instead. */
export interface Caller {
  post(path: string, form?: string): Promise<Body>;
  get(path: string): Promise<Body>;
}

/** Makes an object; answers what paths and forms name: `id`, and what belongs to it. */
export type Make = (caller: Caller) => Promise<Body>;

const PAYMENT = 'amount=2000&currency=usd&payment_method_types[]=card';
const AGREED =
  'mandate_data[customer_acceptance][type]=online' +
  '&mandate_data[customer_acceptance][online][ip_address]=127.0.0.1' +
  '&mandate_data[customer_acceptance][online][user_agent]=test';
const ACCOUNT =
  'confirm=true&payment_method_types[]=us_bank_account' +
  '&payment_method_data[type]=us_bank_account' +
  '&payment_method_data[us_bank_account][account_number]=000123456789' +
  '&payment_method_data[us_bank_account][routing_number]=110000000' +
  '&payment_method_data[us_bank_account][account_holder_type]=individual' +
  '&payment_method_data[billing_details][name]=Ada' +
  `&payment_method_options[us_bank_account][verification_method]=microdeposits&${AGREED}`;
const BY_TRANSFER =
  'amount=2000&currency=usd&confirm=true&payment_method_types[]=customer_balance' +
  '&payment_method_data[type]=customer_balance' +
  '&payment_method_options[customer_balance][funding_type]=bank_transfer' +
  '&payment_method_options[customer_balance][bank_transfer][type]=us_bank_transfer';

const make =
  (path: string, form = ''): Make =>
  ({ post }) =>
    post(path, form);

const paid = ({ post }: Caller, method = 'pm_card_visa', more = ''): Promise<Body> =>
  post('/v1/payment_intents', `${PAYMENT}&confirm=true&payment_method=${method}${more}`);

const charge: Make = async (caller) => ({ id: (await paid(caller)).latest_charge });
const customer = make('/v1/customers', 'name=Grace&metadata[secret]=of+its+own');

const chargesRefund: Make = async (caller) => {
  const { id } = await charge(caller);
  const refund = await caller.post('/v1/refunds', `charge=${id}&amount=100`);
  return { id, refund: refund.id };
};

const disputedCharge: Make = async (caller) => ({
  id: (await paid(caller, 'pm_card_createDispute')).latest_charge,
});

const first = async ({ get }: Caller, path: string): Promise<Body> => (await get(path)).data[0];

const savedMethod: Make = async (caller) => {
  const { id } = await caller.post('/v1/payment_methods', 'type=card&card[token]=tok_visa');
  const { id: owner } = await customer(caller);
  await caller.post(`/v1/payment_methods/${id}/attach`, `customer=${owner}`);
  return { id, customer: owner };
};

/** What the paths of the dialect name, by how it is made. */
export const OBJECTS = {
  intent: make('/v1/payment_intents', `${PAYMENT}&metadata[secret]=of+its+own`),
  held: (caller: Caller) => paid(caller, 'pm_card_visa', '&capture_method=manual'),
  deposits: make('/v1/payment_intents', `amount=2000&currency=usd&${ACCOUNT}`),
  awaitingCash: async (caller: Caller) => {
    const { post } = caller;
    const { id } = await customer(caller);
    await post(`/v1/customers/${id}/cash_balance`, 'settings[reconciliation_mode]=manual');
    const waiting = await post('/v1/payment_intents', `${BY_TRANSFER}&customer=${id}`);
    const form = 'amount=5000&currency=usd';
    await post(`/v1/test_helpers/customers/${id}/fund_cash_balance`, form);
    return waiting;
  },
  setup: make('/v1/setup_intents', 'payment_method_types[]=card&metadata[secret]=of+its+own'),
  setupDeposits: make('/v1/setup_intents', ACCOUNT),
  setupTried: async ({ post }: Caller) => {
    const form = 'payment_method_types[]=card&payment_method=pm_card_visa&confirm=true';
    return { setup_intent: (await post('/v1/setup_intents', form)).id };
  },
  mandate: async ({ post }: Caller) => {
    const { id } = await post('/v1/setup_intents', ACCOUNT);
    const path = `/v1/setup_intents/${id}/verify_microdeposits`;
    return { id: (await post(path, 'descriptor_code=SM11AA')).mandate };
  },
  method: make('/v1/payment_methods', 'type=card&card[token]=tok_visa'),
  savedMethod,
  methodAndCustomer: async (caller: Caller) => {
    const { id } = await caller.post('/v1/payment_methods', 'type=card&card[token]=tok_visa');
    return { id, customer: (await customer(caller)).id };
  },
  customersMethod: async (caller: Caller) => {
    const saved = await savedMethod(caller);
    return { id: saved.customer, method: saved.id };
  },
  token: make(
    '/v1/tokens',
    'card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123',
  ),
  confirmationToken: make('/v1/test_helpers/confirmation_tokens', 'payment_method=pm_card_visa'),
  rule: make('/v1/radar/rules', 'action=review&predicate=:amount: > 99999999'),
  apiKey: make('/v1/api_keys', 'type=restricted&permissions[charge]=read'),
  ephemeralKey: async (caller: Caller) => {
    const { id } = await customer(caller);
    return caller.post('/v1/ephemeral_keys', `customer=${id}`);
  },
  customer,
  cashMovement: async (caller: Caller) => {
    const { id } = await customer(caller);
    const path = `/v1/test_helpers/customers/${id}/fund_cash_balance`;
    const { id: transaction } = await caller.post(path, 'amount=900&currency=usd');
    return { id, transaction };
  },
  charge,
  heldCharge: make('/v1/charges', 'amount=2000&currency=usd&source=tok_visa&capture=false'),
  chargesRefund,
  refund: async (caller: Caller) => ({ id: (await chargesRefund(caller)).refund }),
  disputedCharge,
  dispute: async (caller: Caller) => {
    const { id } = await disputedCharge(caller);
    return first(caller, `/v1/disputes?charge=${id}`);
  },
  warning: async (caller: Caller) => {
    const { id } = await paid(caller, 'pm_card_createIssuerFraudRecord');
    return first(caller, `/v1/radar/early_fraud_warnings?payment_intent=${id}`);
  },
  balanceTransaction: async (caller: Caller) => {
    const { id } = await charge(caller);
    return { id: (await caller.get(`/v1/charges/${id}`)).balance_transaction };
  },
  endpoint: make(
    '/v1/webhook_endpoints',
    'url=http://127.0.0.1:9/hook&enabled_events[]=review.opened',
  ),
  event: async (caller: Caller) => {
    await customer(caller);
    return first(caller, '/v1/events?limit=1');
  },
  clock: make('/v1/test_helpers/test_clocks', 'frozen_time=1600000000'),
} satisfies Record<string, Make>;
