import { createHash } from 'node:crypto';
import type { Attempt } from '../../domain/attempt.js';
import { bankMessage } from '../../domain/bank.js';
import { declineMessage } from '../../domain/decline-messages.js';
import type { DeclineCodes } from '../../domain/errors.js';
import type { Intent } from '../../domain/intent.js';
import type { PaymentMethod } from '../../domain/payment-method.js';
import type { SetupIntent } from '../../domain/setup.js';
import { soldOf } from '../../engine/amount-parts.js';
import type { CheckoutTerms } from '../checkout-terms.js';
import { pageUrl } from '../place.js';
import { methodText } from '../receipt-letter.js';
import { countryFor, methodsForIntent, methodsForSetup, type Visit } from './offered.js';
import type { CheckoutState, CheckoutStatus, Money, Receipt, SavedCard } from './schema.js';
import type { Scene } from './subject.js';

/** How a payment stands, for its customer. */
export function statusOfIntent(intent: Intent): CheckoutStatus {
  const { state, captured, refunded, authorized, reversed, challenge } = intent;
  if (state === 'captured') return reversed === true || refunded === captured ? 'returned' : 'paid';
  if (state === 'authorized') return 'paid';
  if (state === 'canceled') {
    if (authorized > 0n) return 'returned';
    return intent.cancellationReason === 'expired' ? 'expired' : 'canceled';
  }
  if (state === 'processing') return 'processing';
  return challenge === null ? 'open' : 'challenge';
}

/** How the saving of a card stands. */
export function statusOfSetup({
  state,
  challenge,
  cancellationReason,
}: SetupIntent): CheckoutStatus {
  if (state === 'succeeded') return 'saved';
  if (state === 'canceled') return cancellationReason === 'expired' ? 'expired' : 'canceled';
  if (state === 'processing') return 'processing';
  return challenge === null ? 'open' : 'challenge';
}

/** Whether a checkout can still be used to pay. */
export function isOpen(status: CheckoutStatus): boolean {
  return status === 'open' || status === 'challenge';
}

/** All that the page draws. `sendsMail`: whether letters go anywhere. */
export function stateOf(scene: Scene, visit: Visit, sendsMail: boolean): CheckoutState {
  const { subject, account, terms, of } = scene;
  const isPayment = 'intent' in of;
  const status = isPayment ? statusOfIntent(of.intent) : statusOfSetup(of.setup);
  const purpose = isPayment ? of.intent : of.setup;
  const { challenge, expiresAt, lastError } = purpose;
  const country = countryFor(visit, terms.billing?.country, account);
  const canBePaid = isOpen(status);
  const left = expiresAt === null || !scene.timeRuns ? null : expiresAt - scene.now;
  return {
    id: subject.link,
    purpose: isPayment ? 'payment' : 'setup',
    status,
    livemode: visit.livemode,
    merchant: account.businessName,
    title: terms.title,
    description: purpose.description ?? '',
    reference: terms.showsReference ? terms.reference : '',
    ...amountsOf(scene),
    lines: terms.lines,
    taxes: terms.taxes,
    tipsAllowed: isPayment && terms.tipsAllowed,
    customAmountAllowed: isPayment && terms.customAmountAllowed,
    collect: terms.collect,
    email: terms.email,
    billing: terms.billing,
    shipping: terms.shipping,
    terms: isPayment ? '' : terms.terms,
    methods: canBePaid ? offered(scene, visit, country) : [],
    country,
    savedCards: canBePaid && terms.takes.savedCards ? scene.savedCards.flatMap(savedCard) : [],
    canSave: canBePaid && scene.canSave,
    actionLink: actionLinkOf(terms.actionLink),
    redirectUrl: webUrl(terms.redirectUrl),
    cancelUrl: webUrl(terms.cancelUrl),
    canCancel: mayCancel(status, terms),
    expiresAtMs: left === null || !canBePaid ? null : visit.nowMs + left * 1000,
    challenge: challenge && { url: challengeUrl(purpose, challenge.secret) },
    lastError: lastError && errorOf(lastError),
    receipt: isPayment ? receiptOf(of.intent, of.attempt) : null,
    sendsMail: isPayment && sendsMail,
    tag: tagOf(purpose),
  };
}

/** On this origin, by whatever name the page was opened; it stays in the page's dialog. */
function challengeUrl({ account, id }: Intent | SetupIntent, secret: string): string {
  return `${pageUrl('', 'challenge', { account, id, secret })}?embedded=1`;
}

/** Names what is shown: another row is another name. */
function tagOf(purpose: Intent | SetupIntent): string {
  const text = JSON.stringify(purpose, (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function offered(scene: Scene, visit: Visit, country: string): CheckoutState['methods'] {
  const { account, terms, of } = scene;
  const { livemode } = visit;
  if ('setup' in of) return methodsForSetup(of.setup, terms, { livemode, country });
  const hasSavedCards = scene.savedCards.length > 0;
  return methodsForIntent(of.intent, terms, account, { livemode, country, hasSavedCards });
}

type Amounts = Pick<CheckoutState, 'total' | 'sold' | 'tips' | 'serviceCharge' | 'cashback'>;

function amountsOf({ of, terms }: Scene): Amounts {
  const none = { total: null, tips: null, serviceCharge: null, cashback: null };
  if ('setup' in of) {
    const { singleUse } = of.setup;
    const { amount: value = 0, currency = '' } = singleUse ?? {};
    return { ...none, sold: { value, currency } };
  }
  const { amount, currency, parts } = of.intent;
  const part = (value: string | null | undefined): Money | null =>
    value == null ? null : money(BigInt(value), currency);
  return {
    total: terms.showsTotal ? money(amount, currency) : null,
    sold: money(soldOf(of.intent), currency),
    tips: part(parts?.tips),
    serviceCharge: part(parts?.serviceCharge),
    cashback: part(parts?.cashback),
  };
}

/** Amounts are far below what a double counts exactly: no dialect takes more than eight digits. */
function money(amount: bigint, currency: string): Money {
  return { value: Number(amount), currency };
}

function savedCard({ id, card }: PaymentMethod): SavedCard[] {
  if (card === null) return [];
  const { brand, last4, expMonth, expYear } = card;
  return [{ id, brand, last4, expMonth, expYear }];
}

/** Whether the customer may cancel: the shop has said where he then goes, and nothing is paid. */
export function mayCancel(status: CheckoutStatus, { cancelUrl }: Pick<CheckoutTerms, 'cancelUrl'>) {
  return status === 'open' && webUrl(cancelUrl) !== null;
}

/** A link's address as the merchant gave it, where it is one of the web: it is opened as it is. */
function webUrl(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  return /^https?:$/.test(new URL(url).protocol) ? url : null;
}

function actionLinkOf(link: CheckoutState['actionLink']): CheckoutState['actionLink'] {
  return link === null || webUrl(link.url) === null ? null : link;
}

/** Banks' reasons that are not for whoever holds the card: it may not be his. */
const TOLD: ReadonlySet<string> = new Set([
  'insufficient_funds',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
  'authentication_required',
]);

function errorOf({ code, declineCode }: DeclineCodes): CheckoutState['lastError'] {
  if (/_authentication_failure$/.test(code))
    return {
      code: 'authentication_failed',
      message: 'Your bank did not confirm that it is you. Try again, or use another card.',
    };
  const shown = [declineCode ?? code, code].find((one) => TOLD.has(one));
  if (shown !== undefined) return { code: shown, message: declineMessage(shown, null) };
  if (code === 'card_declined') return { code, message: declineMessage(code, null) };
  return { code, message: /card/.test(code) ? declineMessage(code, null) : bankMessage(code) };
}

/** What is to keep of a payment; null before there is one. */
function receiptOf(intent: Intent, attempt: Attempt | null): Receipt | null {
  const { authorized, captured, refunded, currency, state } = intent;
  if (authorized === 0n || attempt === null) return null;
  return {
    paidAtMs: attempt.created * 1000,
    total: money(captured === 0n ? authorized : captured, currency),
    refunded: refunded === 0n ? null : money(refunded, currency),
    method: methodText(attempt),
    authorizationCode: attempt.approval?.authorizationCode ?? '',
    isHeld: state === 'authorized' && captured === 0n,
  };
}
