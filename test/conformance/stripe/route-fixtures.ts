import type { Body } from './raw-http.js';
import { type Make, OBJECTS } from './route-objects.js';

/** What a method is called with so that it succeeds. */
export interface RouteFixture {
  /** Makes what the path names, and answers the ids by their names in the path. */
  readonly objects?: Make;
  /** The parameters, as a form; made of the objects where they name one. */
  readonly sent?: string | ((objects: Body) => string);
  /** The status of the answer where the sandbox has no object with which it is another. */
  readonly status?: number;
  /** Parameters with which a bank refuses. */
  readonly declined?: string | ((objects: Body) => string);
  /** Parameters that are refused, for a path that names nothing that could be missing. */
  readonly refused?: string;
  /** What is missing is found before anything is decided: the answer is the same, and not kept. */
  readonly refusedEarly?: true;
}

const O = OBJECTS;
const CARD = 'type=card&card[token]=tok_visa';
const PAYMENT = 'amount=2000&currency=usd&payment_method_types[]=card';
const DECLINED = 'payment_method=pm_card_chargeDeclined';
const NO_CUSTOMER = 'customer=cus_nowhere';
const named = (name: string) => (objects: Body) => `${name}=${objects[name]}`;

const PAYMENT_INTENTS: Record<string, RouteFixture> = {
  'POST /v1/payment_intents': {
    sent: `${PAYMENT}&payment_method=pm_card_visa&confirm=true`,
    declined: `${PAYMENT}&${DECLINED}&confirm=true`,
    refused: `${PAYMENT}&${NO_CUSTOMER}`,
  },
  'GET /v1/payment_intents': {},
  'GET /v1/payment_intents/:id': { objects: O.intent },
  'POST /v1/payment_intents/:id': { objects: O.intent, sent: 'amount=2100' },
  'POST /v1/payment_intents/:id/confirm': {
    objects: O.intent,
    sent: 'payment_method=pm_card_visa',
    declined: DECLINED,
  },
  'POST /v1/payment_intents/:id/capture': { objects: O.held, sent: 'amount_to_capture=500' },
  'POST /v1/payment_intents/:id/increment_authorization': { objects: O.held, sent: 'amount=2500' },
  'POST /v1/payment_intents/:id/verify_microdeposits': {
    objects: O.deposits,
    sent: 'descriptor_code=SM11AA',
    declined: 'descriptor_code=SM33CC',
  },
  'POST /v1/payment_intents/:id/apply_customer_balance': { objects: O.awaitingCash },
  'POST /v1/payment_intents/:id/cancel': { objects: O.held },
  'POST /v1/payment_intents/:id/checkout_link': { objects: O.intent },
  'GET /v1/payment_intents/search': { sent: 'query=currency:"usd"' },
  'POST /v1/setup_intents': {
    sent: 'payment_method_types[]=card&payment_method=pm_card_visa&confirm=true',
    declined: `payment_method_types[]=card&${DECLINED}&confirm=true`,
    refused: NO_CUSTOMER,
  },
  'GET /v1/setup_intents': {},
  'GET /v1/setup_intents/:id': { objects: O.setup },
  'POST /v1/setup_intents/:id': { objects: O.setup, sent: 'description=changed' },
  'POST /v1/setup_intents/:id/confirm': {
    objects: O.setup,
    sent: 'payment_method=pm_card_visa',
    declined: DECLINED,
  },
  'POST /v1/setup_intents/:id/cancel': { objects: O.setup },
  'POST /v1/setup_intents/:id/verify_microdeposits': {
    objects: O.setupDeposits,
    sent: 'amounts[]=32&amounts[]=45',
    declined: 'amounts[]=10&amounts[]=11',
  },
  'GET /v1/setup_attempts': { objects: O.setupTried, sent: named('setup_intent') },
  'GET /v1/mandates/:id': { objects: O.mandate },
};

const METHODS: Record<string, RouteFixture> = {
  'POST /v1/payment_methods': { sent: CARD, refused: 'type=card&card[token]=tok_nowhere' },
  'GET /v1/payment_methods': {},
  'GET /v1/payment_methods/:id': { objects: O.method },
  'POST /v1/payment_methods/:id': { objects: O.savedMethod, sent: 'metadata[a]=b' },
  'POST /v1/payment_methods/:id/attach': { objects: O.methodAndCustomer, sent: named('customer') },
  'POST /v1/payment_methods/:id/detach': { objects: O.savedMethod },
  'POST /v1/tokens': {
    sent: 'card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123',
    refused: 'card[number]=4242424242424241&card[exp_month]=12&card[exp_year]=2034',
  },
  'GET /v1/tokens/:id': { objects: O.token },
  'POST /v1/confirmation_tokens': {
    sent: `payment_method_data[type]=card&payment_method_data[card][token]=tok_visa`,
    refused: 'payment_method=pm_nowhere',
  },
  'GET /v1/confirmation_tokens/:id': { objects: O.confirmationToken },
  'POST /v1/test_helpers/confirmation_tokens': {
    sent: 'payment_method=pm_card_visa',
    refused: 'payment_method=pm_nowhere',
  },
  'POST /v1/customer_sessions': {
    objects: O.customer,
    sent: ({ id }) => `customer=${id}&components[payment_element][enabled]=true`,
    refused: `${NO_CUSTOMER}&components[payment_element][enabled]=true`,
  },
  'GET /v1/elements/sessions': {
    sent: 'type=deferred_intent&deferred_intent[mode]=setup',
  },
};

const KEYS: Record<string, RouteFixture> = {
  'POST /v1/api_keys': { sent: 'type=restricted&permissions[charge]=read' },
  'GET /v1/api_keys': {},
  'GET /v1/api_keys/:id': { objects: O.apiKey },
  'POST /v1/api_keys/:id': { objects: O.apiKey, sent: 'name=renamed' },
  'POST /v1/api_keys/:id/roll': { objects: O.apiKey },
  'POST /v1/api_keys/:id/revoke': { objects: O.apiKey },
  'POST /v1/ephemeral_keys': { objects: O.customer, sent: ({ id }) => `customer=${id}` },
  'DELETE /v1/ephemeral_keys/:id': { objects: O.ephemeralKey },
  'GET /v1/account': {},
};

const CUSTOMERS: Record<string, RouteFixture> = {
  'POST /v1/customers': {
    sent: 'email=ada@example.com',
    declined: DECLINED,
    refused: 'payment_method=pm_nowhere',
  },
  'GET /v1/customers': {},
  'GET /v1/customers/:id': { objects: O.customer },
  'POST /v1/customers/:id': {
    objects: O.customer,
    sent: 'name=Ada',
    declined: 'source=tok_chargeDeclined',
  },
  'DELETE /v1/customers/:id': { objects: O.customer },
  'GET /v1/customers/:id/payment_methods': { objects: O.customer },
  'GET /v1/customers/:id/payment_methods/:method': { objects: O.customersMethod },
  'GET /v1/customers/search': { sent: 'query=email:"ada@example.com"' },
  'POST /v1/test_helpers/customers/:id/fund_cash_balance': {
    objects: O.customer,
    sent: 'amount=900&currency=usd',
  },
  'GET /v1/customers/:id/cash_balance': { objects: O.customer },
  'POST /v1/customers/:id/cash_balance': {
    objects: O.customer,
    sent: 'settings[reconciliation_mode]=manual',
  },
  'GET /v1/customers/:id/cash_balance_transactions': { objects: O.cashMovement },
  'GET /v1/customers/:id/cash_balance_transactions/:transaction': { objects: O.cashMovement },
};

const CHARGES: Record<string, RouteFixture> = {
  'POST /v1/charges': {
    sent: 'amount=2000&currency=usd&source=tok_visa',
    declined: 'amount=2000&currency=usd&source=tok_chargeDeclined',
    refused: `amount=2000&currency=usd&${NO_CUSTOMER}`,
  },
  'GET /v1/charges': {},
  'GET /v1/charges/:id': { objects: O.charge },
  'POST /v1/charges/:id': { objects: O.charge, sent: 'description=changed' },
  'POST /v1/charges/:id/capture': { objects: O.heldCharge, refusedEarly: true },
  'POST /v1/charges/:id/refunds': { objects: O.charge, sent: 'amount=100' },
  'POST /v1/charges/:id/refund': { objects: O.charge, sent: 'amount=100' },
  'GET /v1/charges/:id/refunds': { objects: O.charge },
  'GET /v1/charges/:id/refunds/:refund': { objects: O.chargesRefund },
  'GET /v1/charges/:id/dispute': { objects: O.disputedCharge },
  'POST /v1/charges/:id/dispute': {
    objects: O.disputedCharge,
    sent: 'metadata[a]=b',
    refusedEarly: true,
  },
  'POST /v1/charges/:id/dispute/close': { objects: O.disputedCharge, refusedEarly: true },
  'GET /v1/charges/search': { sent: 'query=currency:"usd"' },
  'POST /v1/refunds': {
    objects: O.charge,
    sent: ({ id }) => `charge=${id}&amount=100`,
    refused: 'charge=ch_nowhere',
  },
  'GET /v1/refunds': {},
  'GET /v1/refunds/:id': { objects: O.refund },
  'POST /v1/refunds/:id': { objects: O.refund, sent: 'metadata[a]=b' },
  'POST /v1/refunds/:id/cancel': { objects: O.refund, status: 400 },
  'POST /v1/test_helpers/refunds/:id/expire': { objects: O.refund, status: 400 },
  'POST /v1/radar/rules': {
    sent: 'action=review&predicate=:amount: > 99999999',
    refused: 'action=block&predicate=:amount:',
    refusedEarly: true,
  },
  'GET /v1/radar/rules': {},
  'GET /v1/radar/rules/:id': { objects: O.rule },
  'DELETE /v1/radar/rules/:id': { objects: O.rule },
  'GET /v1/disputes': {},
  'GET /v1/disputes/:id': { objects: O.dispute },
  'POST /v1/disputes/:id': {
    objects: O.dispute,
    sent: 'evidence[uncategorized_text]=winning_evidence',
  },
  'POST /v1/disputes/:id/close': { objects: O.dispute },
  'GET /v1/radar/early_fraud_warnings': {},
  'GET /v1/radar/early_fraud_warnings/:id': { objects: O.warning },
  'GET /v1/balance': {},
  'GET /v1/balance_transactions': {},
  'GET /v1/balance/history': {},
  'GET /v1/balance_transactions/:id': { objects: O.balanceTransaction },
};

const ENDPOINT = 'url=http://127.0.0.1:9/hook&enabled_events[]=review.opened';

const EVENTS: Record<string, RouteFixture> = {
  'POST /v1/webhook_endpoints': { sent: ENDPOINT },
  'GET /v1/webhook_endpoints': {},
  'GET /v1/webhook_endpoints/:id': { objects: O.endpoint },
  'POST /v1/webhook_endpoints/:id': { objects: O.endpoint, sent: 'description=changed' },
  'DELETE /v1/webhook_endpoints/:id': { objects: O.endpoint },
  'GET /v1/webhook_endpoints/:id/deliveries': { objects: O.endpoint },
  'GET /v1/events': {},
  'GET /v1/events/:id': { objects: O.event },
  'POST /v1/events/:id/retry': { objects: O.event, refusedEarly: true },
  'POST /v1/test_helpers/test_clocks': {
    sent: 'frozen_time=1600000000',
    refused: `frozen_time=1600000000&${NO_CUSTOMER}`,
  },
  'GET /v1/test_helpers/test_clocks': {},
  'GET /v1/test_helpers/test_clocks/:id': { objects: O.clock },
  'POST /v1/test_helpers/test_clocks/:id/advance': {
    objects: O.clock,
    sent: 'frozen_time=1600000100',
  },
  'DELETE /v1/test_helpers/test_clocks/:id': { objects: O.clock },
};

/** Every method, by its verb and path. */
export const ROUTE_FIXTURES: Readonly<Record<string, RouteFixture>> = {
  ...PAYMENT_INTENTS,
  ...METHODS,
  ...KEYS,
  ...CUSTOMERS,
  ...CHARGES,
  ...EVENTS,
};
