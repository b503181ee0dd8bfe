import { AUTHORIZATION_HOLD_SECONDS, type Intent } from '../../../domain/intent.js';
import type { IntentInput } from '../../../engine/intents.js';
import { readCustomerSecret } from '../customer-secret.js';
import { wireId } from '../ids.js';
import type { KeptCustomer, KeptIntent } from '../kept.js';
import { invalidField, Refusal } from '../problem.js';
import type { DojoRequest } from '../request.js';
import { coreShipping } from '../schema/core-address.js';
import type { Money } from '../schema/fields.js';
import type { CreatePaymentIntent } from '../schema/payment-intents.js';
import { spanSeconds } from '../schema/timespan.js';
import { sessionEnd } from '../session-token.js';
import { since } from '../versions.js';
import { MOTO } from '../view/payment-intent.js';
import { namedId } from './creating.js';

/** Days after which an intent that nobody pays is voided. */
const UNPAID_SECONDS = 30 * 86_400;

/** What a payment intent is created with, and the rows that it names. */
export interface NewIntent {
  readonly input: IntentInput;
  /** The core's ids of a setup and of a saved card; null where none is named. */
  readonly setup: string | null;
  readonly card: string | null;
}

function fault(field: string, text: string): never {
  throw new Refusal(invalidField(field, text));
}

/** Reads what was sent; refuses what does not fit together. */
export function newIntentOf(request: DojoRequest, sent: CreatePaymentIntent): NewIntent {
  const { view } = request;
  const { livemode } = view;
  const { amount, captureMode, description, metadata, expireAt } = sent;
  const customer = customerOf(request, sent.customer);
  const parts = partsOf(sent);
  const holdTerms = holdTermsOf(sent);
  const input: IntentInput = {
    dialect: 'dojo',
    amount: BigInt(amount.value) + parts.sum,
    currency: amount.currencyCode.toLowerCase(),
    parts: parts.parts,
    customer: customer.id,
    // All of Dojo's ways to pay end in a card.
    methodTypes: ['card'],
    captureMethod: captureMode === 'Manual' ? 'manual' : 'automatic',
    confirmationMethod: 'automatic',
    description: description ?? null,
    metadata: () => metadata ?? {},
    receiptEmail: sent.customer?.emailAddress ?? null,
    shipping: coreShipping(sent.shippingDetails),
    wire: { dojo: keptOfRequest(request, sent, customer.kept) },
    confirm: null,
    holdTerms: captureMode === 'Manual' ? holdTerms : null,
    ...(expireAt === undefined
      ? { expiresInSeconds: UNPAID_SECONDS }
      : { expiresAt: Math.floor(expireAt / 1000) }),
    keepsHistory: true,
    listedAs: (id) => wireId('intent', id, livemode),
  };
  const setup = namedId(view, 'setup', 'SetupIntentId', sent.setupIntentId);
  const { savedCardId } = sent.customer ?? {};
  const card = namedId(view, 'method', 'Customer.SavedCardId', savedCardId);
  if (card !== null && customer.kept?.proven !== true)
    fault('Customer.SavedCardId', 'A saved card is only named with the secret of its customer.');
  return { input, setup, card };
}

/** Who pays; a secret shows that he is there, and says who he is where no id does. */
function customerOf(
  { account, view }: DojoRequest,
  sent: CreatePaymentIntent['customer'],
): { id: string | null; kept: KeptCustomer | undefined } {
  if (sent === undefined) return { id: null, kept: undefined };
  const { secret, ...contact } = sent;
  const named = namedId(view, 'customer', 'Customer.Id', sent.id);
  if (secret === undefined) return { id: named, kept: contact };
  const session = readCustomerSecret(view, secret);
  const id = session?.account === account ? session.subject : null;
  if (id === null || (named ?? id) !== id)
    fault('Customer.Secret', 'The customer secret is not valid, or over.');
  return { id, kept: { ...contact, id: wireId('customer', id, view.livemode), proven: true } };
}

/** What is asked for beside what is sold; all of it in the currency of that. */
function partsOf(sent: CreatePaymentIntent): { parts: Intent['parts']; sum: bigint } {
  const { currencyCode } = sent.amount;
  const value = (field: string, money: Money | undefined): bigint => {
    if (money !== undefined && money.currencyCode !== currencyCode)
      fault(`${field}.CurrencyCode`, 'The currency is not the one of the amount.');
    return BigInt(money?.value ?? 0);
  };
  const tips = value('TipsAmount', sent.tipsAmount);
  const cashback = value('CashbackAmount', sent.cashbackAmount);
  const serviceCharge = value('ServiceChargeAmount', sent.serviceChargeAmount);
  const text = (money: Money | undefined) => (money === undefined ? null : String(money.value));
  const isNone = [sent.tipsAmount, sent.cashbackAmount, sent.serviceChargeAmount].every(
    (money) => money === undefined,
  );
  if (isNone) return { parts: null, sum: 0n };
  return {
    parts: {
      tips: text(sent.tipsAmount),
      cashback: text(sent.cashbackAmount),
      serviceCharge: text(sent.serviceChargeAmount),
      requested: null,
    },
    sum: tips + cashback + serviceCharge,
  };
}

/** How a hold ends by itself; without a time it is at the end of the networks' time. */
function holdTermsOf({ autoExpireIn, autoExpireAction }: CreatePaymentIntent): Intent['holdTerms'] {
  if (autoExpireAction === undefined) {
    if (autoExpireIn !== undefined)
      fault('AutoExpireAction', 'The AutoExpireAction field is required with AutoExpireIn.');
    return null;
  }
  const seconds = spanSeconds(autoExpireIn ?? '') ?? AUTHORIZATION_HOLD_SECONDS;
  return { seconds, end: autoExpireAction === 'Capture' ? 'capture' : 'release' };
}

/** What of the request only this dialect knows. */
function keptOfRequest(
  { view }: DojoRequest,
  sent: CreatePaymentIntent,
  customer: KeptCustomer | undefined,
): KeptIntent {
  const { amount: _, tipsAmount: _t, cashbackAmount: _b, serviceChargeAmount: _s, ...rest } = sent;
  const { captureMode: _c, description: _d, metadata: _m, expireAt: _e, ...own } = rest;
  const { customer: _w, generateRemoteToken, ...kept } = own;
  const isMoto = sent.cardHolderNotPresent ?? sent.transactionSource?.toUpperCase() === MOTO;
  // Before 2024 every intent could be paid in a browser at once.
  const isRemote = generateRemoteToken === true || !since(view.version, '2024-02-05');
  return {
    ...kept,
    ...(isMoto ? { cardHolderNotPresent: true } : {}),
    ...(customer === undefined ? {} : { customer }),
    ...(isRemote ? { secretExpiresAt: sessionEnd(view.nowMs) } : {}),
  };
}
