import type Stripe from 'stripe';
import type { Params } from './merchant-api.js';
import type { Scene } from './trigger-scene.js';

/** Steps that make an event happen. */
export type Steps = (scene: Scene) => Promise<unknown>;

const INTENTS = '/v1/payment_intents';
const DAY_SECONDS = 86_400;
/** Longer than a hold lasts. */
const HOLD_SECONDS = 8 * DAY_SECONDS;
/** Longer than the sandbox's banks take for a refund or a verdict. */
const BANK_SECONDS = 60;

const CARD: Params = { payment_method_types: ['card'] };
const ORDER: Params = { amount: 2000, currency: 'usd', ...CARD };

const ONLINE: Params = {
  customer_acceptance: {
    type: 'online',
    online: { ip_address: '127.0.0.1', user_agent: 'tender trigger' },
  },
};

const DEBIT: Params = {
  amount: 2000,
  currency: 'eur',
  confirm: true,
  payment_method_types: ['sepa_debit'],
  payment_method_data: {
    type: 'sepa_debit',
    sepa_debit: { iban: 'AT611904300234573201' },
    billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' },
  },
  mandate_data: ONLINE,
};

/** What is to be known of an intent to go on with it. */
type PaidIntent = Pick<Stripe.PaymentIntent, 'id'> & { readonly latest_charge: string };

/** Pays with a test card by its name. */
export async function pay(scene: Scene, card = 'visa', over: Params = {}): Promise<PaidIntent> {
  const method = { payment_method: `pm_card_${card}`, confirm: true };
  const intent = await scene.call<PaidIntent>('POST', INTENTS, { ...ORDER, ...method, ...over });
  return intent;
}

async function decline(scene: Scene): Promise<void> {
  const { id } = await scene.call('POST', INTENTS, ORDER);
  const card = { payment_method: 'pm_card_chargeDeclined' };
  await scene.declined(scene.call('POST', `${INTENTS}/${id}/confirm`, card));
}

/** A payment that is held until it is captured. */
const hold = (scene: Scene, over: Params = {}): Promise<PaidIntent> =>
  pay(scene, 'visa', { capture_method: 'manual', ...over });

/** A customer of the scene with money on his account. */
async function fund(scene: Scene, customer: string, amount: number): Promise<void> {
  const path = `/v1/test_helpers/customers/${customer}/fund_cash_balance`;
  await scene.call('POST', path, { amount, currency: 'usd' });
}

async function transferInPart(scene: Scene): Promise<void> {
  const customer = await scene.customer();
  await scene.call('POST', INTENTS, {
    amount: 2000,
    currency: 'usd',
    customer,
    confirm: true,
    payment_method_types: ['customer_balance'],
    payment_method_data: { type: 'customer_balance' },
    payment_method_options: {
      customer_balance: {
        funding_type: 'bank_transfer',
        bank_transfer: { type: 'us_bank_transfer' },
      },
    },
  });
  await fund(scene, customer, 500);
}

async function refund(scene: Scene, card?: string, over?: Params): Promise<string> {
  const { id } = await pay(scene, card, over);
  return (await scene.call('POST', '/v1/refunds', { payment_intent: id })).id;
}

/** A change that the refund's events tell of. */
async function noteRefund(scene: Scene): Promise<void> {
  const id = await refund(scene);
  await scene.call('POST', `/v1/refunds/${id}`, { metadata: { note: 'tender trigger' } });
}

/** A payment that is disputed at once. */
async function dispute(scene: Scene, over?: Params): Promise<string> {
  const { latest_charge: charge } = await pay(scene, 'createDispute', over);
  return (await scene.call('GET', `/v1/charges/${charge}/dispute`)).id;
}

async function answerDispute(scene: Scene, over: Params, evidence: Params): Promise<void> {
  const id = await dispute(scene, over);
  await scene.call('POST', `/v1/disputes/${id}`, evidence);
}

/** The dispute is won: the bank reads the sandbox's magic words. */
async function winDispute(scene: Scene): Promise<void> {
  const customer = await scene.customer();
  const evidence = { evidence: { uncategorized_text: 'winning_evidence' } };
  await answerDispute(scene, { customer }, evidence);
  await scene.pass(BANK_SECONDS);
}

/** Steps for what tells of payments: of intents, charges, refunds, disputes, warnings and cash. */
export const PAYMENT_TRIGGERS: Readonly<Record<string, Steps>> = {
  'payment_intent.created': (scene) => scene.call('POST', INTENTS, ORDER),
  'payment_intent.requires_action': (scene) => pay(scene, 'authenticationRequired'),
  'payment_intent.processing': (scene) => scene.call('POST', INTENTS, DEBIT),
  'payment_intent.amount_capturable_updated': (scene) => hold(scene),
  'payment_intent.succeeded': (scene) => pay(scene),
  'payment_intent.payment_failed': decline,
  'payment_intent.partially_funded': transferInPart,
  'payment_intent.canceled': async (scene) => {
    const { id } = await scene.call('POST', INTENTS, ORDER);
    await scene.call('POST', `${INTENTS}/${id}/cancel`);
  },
  'charge.succeeded': (scene) => pay(scene),
  'charge.pending': (scene) => scene.call('POST', INTENTS, DEBIT),
  'charge.failed': decline,
  'charge.captured': async (scene) => {
    const { id } = await hold(scene);
    await scene.call('POST', `${INTENTS}/${id}/capture`);
  },
  'charge.expired': async (scene) => {
    await hold(scene, { customer: await scene.customer() });
    await scene.pass(HOLD_SECONDS);
  },
  'charge.updated': async (scene) => {
    const { latest_charge: charge } = await pay(scene);
    await scene.call('POST', `/v1/charges/${charge}`, { description: 'tender trigger' });
  },
  'charge.refunded': (scene) => refund(scene),
  'charge.refund.updated': noteRefund,
  'refund.created': (scene) => refund(scene),
  'refund.updated': noteRefund,
  'refund.failed': async (scene) => {
    await refund(scene, 'refundFail', { customer: await scene.customer() });
    await scene.pass(BANK_SECONDS);
  },
  'charge.dispute.created': (scene) => dispute(scene),
  'charge.dispute.funds_withdrawn': (scene) => dispute(scene),
  'charge.dispute.updated': (scene) =>
    answerDispute(scene, {}, { evidence: { customer_name: 'Jenny Rosen' }, submit: false }),
  'charge.dispute.closed': async (scene) => {
    const id = await dispute(scene);
    await scene.call('POST', `/v1/disputes/${id}/close`);
  },
  'charge.dispute.funds_reinstated': winDispute,
  'radar.early_fraud_warning.created': (scene) => pay(scene, 'createIssuerFraudRecord'),
  'radar.early_fraud_warning.updated': (scene) => refund(scene, 'createIssuerFraudRecord'),
  'customer_cash_balance_transaction.created': async (scene) =>
    fund(scene, await scene.customer(), 2000),
};
