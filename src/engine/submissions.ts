import { isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import { type WalletFee, walletPaymentEntries } from '../domain/ledger.js';
import {
  INSTALLATION,
  type RequestTerms,
  type Submission,
  WALLET_CURRENCY,
} from '../domain/rendezvous.js';
import type { FulfillmentInput } from '../domain/settlement.js';
import { feeOf, NATIVE_AMOUNT_TOLERANCE, type SubmissionFault } from '../domain/submission.js';
import { type Command, type Decision, done, type Need, refused } from './command.js';
import { fulfill, isReserved } from './fulfillments.js';
import { needIntent } from './intents.js';
import { makeMethod } from './methods.js';
import { PLAIN_PAY, pay } from './pay.js';
import { type MessageInput, putMessage } from './rendezvous.js';
import { hasFailed, isRetired, needRendezvous, type Rendezvous, rendezvousAt } from './requests.js';
import { moveQuarks, putSubmission, type Signed, submissionFailure } from './wallets.js';
import { dueWebhook } from './webhook-due.js';
import type { Work } from './work.js';

/** A part of the gross that the submission gives to others. */
export interface SubmittedFee {
  /** The number of its action, as faults name it. */
  readonly action: number;
  /** Base58; null: our own fee. */
  readonly destination: string | null;
  readonly quarks: bigint;
}

/** A payment as its owner has signed it. The caller has checked signature, rate and sums. */
export interface PaymentInput extends Signed {
  /** The wallets that pay and are paid, base58. */
  readonly source: string;
  readonly destination: string;
  /** Gross: the destination gets what the fees leave. */
  readonly quarks: bigint;
  readonly currency: string;
  readonly nativeAmount: number;
  readonly rate: number;
  readonly fees: readonly SubmittedFee[];
  /** Whom the wallet means to tip, as `x/name`; null for everybody else. */
  readonly tippedUser: string | null;
  /** What whoever waits at the rendezvous is told. */
  readonly message: MessageInput;
  /** What moves the money on a chain; null where it is on our own ledger. */
  readonly fulfillment: FulfillmentInput | null;
}

/**
 * Takes a payment that a wallet's owner has signed: writes it down, moves the quarks, and where a
 * request lies at its id, pays the merchant's intent; all of it or nothing. Where a chain moves the
 * money, wallets' balances are the chain's: the transaction is written down to be sent, and a
 * merchant's intent is processing until it ended. Errors: submission_refused, rail_cannot.
 */
export function submitPayment(input: PaymentInput): Command<Submission> {
  return {
    account: INSTALLATION,
    needs: (need) => {
      const request = needRendezvous(need, input.codeId);
      if (request?.intent) needIntent(need.of(request.merchant), request.intent);
      need('destinations', input.destination);
      need('tip_users', input.tippedUser);
      need('nonces', input.fulfillment?.nonce);
      if (input.fulfillment === null) needWallets(need, input);
    },
    decide: (work) => {
      const found = rendezvousAt(work, input.codeId);
      const toLedger = paysToLedger(work, input);
      const fault =
        rendezvousFault(found, input, toLedger) ??
        tipFault(work, input) ??
        walletFault(work, input);
      if (fault !== null) return refused(submissionFailure(fault));
      const submission = writePayment(work, input, found);
      const { request, intent } = found;
      if (request === null || intent === null) return done(submission);
      const paid = payIntent(work.of(request.merchant), intent, submission, toLedger);
      if (paid.end !== 'done') return refused(paid.failure);
      putMessage(work, request.id, input.message);
      dueWebhook(work, request, 'submitted');
      return done(submission);
    },
  };
}

function needWallets(need: Need, { source, destination, fees }: PaymentInput): void {
  need('wallets', source);
  need('wallets', destination);
  for (const fee of fees) need('wallets', fee.destination);
}

/** Whether what is paid goes to a merchant's ledger account, by the address that stands for it. */
function paysToLedger(work: Work, { destination, fulfillment }: PaymentInput): boolean {
  return fulfillment === null && work.get('destinations', destination)?.proof === 'ledger';
}

/** Why a payment does not fit what lies at its id; null where it does. */
function rendezvousFault(
  found: Rendezvous,
  input: PaymentInput,
  toLedger: boolean,
): SubmissionFault | null {
  const { request, intent, submission } = found;
  if (hasFailed(found)) return { fault: 'payment_failed' };
  if (submission !== null) return { fault: 'intent_exists' };
  // Without an intent it would be in nobody's books: no one can spend from that address.
  if (request === null && toLedger) return { fault: 'payment_not_asked' };
  if (request === null)
    return input.fees.some(({ destination }) => destination !== null)
      ? { fault: 'fee_not_asked' }
      : null;
  if (request.terms === null || intent === null) return { fault: 'payment_not_asked' };
  if (intent.state === 'canceled')
    return { fault: 'request_over', expired: intent.cancellationReason === 'expired' };
  if (!isOpenToWallets(intent)) return { fault: 'intent_exists' };
  return termsFault(request.terms, intent, input) ?? feesFault(request.terms, input);
}

/** Whether a wallet may pay it: nobody has, and no payment is under way by other means. */
export function isOpenToWallets({ state }: Intent): boolean {
  return PAYABLE.has(state);
}

/** A payment that is under way by other means must not be joined by a wallet's. */
const PAYABLE: ReadonlySet<Intent['state']> = new Set(['awaiting_method', 'awaiting_confirmation']);

function termsFault(
  terms: RequestTerms,
  intent: Intent,
  input: PaymentInput,
): SubmissionFault | null {
  const { destination, currency, nativeAmount, quarks } = terms;
  if (input.destination !== destination) return { fault: 'other_destination', destination };
  if (input.currency !== currency) return { fault: 'other_currency', currency };
  if (!(Math.abs(input.nativeAmount - nativeAmount) <= NATIVE_AMOUNT_TOLERANCE))
    return { fault: 'other_amount', nativeAmount };
  if (quarks !== null && input.quarks !== BigInt(quarks)) return { fault: 'other_quarks' };
  return isRetired(terms, intent) ? { fault: 'request_over', expired: false } : null;
}

/** Fees to third parties are the request's, in its order and to the quark; our own is optional. */
function feesFault({ fees: asked }: RequestTerms, input: PaymentInput): SubmissionFault | null {
  const given = input.fees.filter(({ destination }) => destination !== null);
  if (given.length !== asked.length) return { fault: 'fee_count', expected: asked.length };
  for (const [i, { destination, basisPoints }] of asked.entries()) {
    const { action, ...fee } = given[i] as SubmittedFee;
    if (fee.destination !== destination) return { fault: 'fee_destination', action, destination };
    if (fee.quarks !== feeOf(input.quarks, basisPoints))
      return { fault: 'fee_amount', action, basisPoints };
  }
  return null;
}

function tipFault(work: Work, { tippedUser, destination }: PaymentInput): SubmissionFault | null {
  if (tippedUser === null) return null;
  const user = work.get('tip_users', tippedUser);
  if (user === null) return { fault: 'tip_user_unknown' };
  return user.address === destination
    ? null
    : { fault: 'tip_destination', destination: user.address };
}

/** Whether the source is the owner's and has the gross; a chain says so itself. */
function walletFault(work: Work, input: PaymentInput): SubmissionFault | null {
  if (input.fulfillment !== null)
    return isReserved(work, input.fulfillment) ? null : { fault: 'nonce_lapsed' };
  const source = work.get('wallets', input.source);
  if (source === null || source.owner === null) return { fault: 'source_unknown' };
  if (source.owner !== input.owner) return { fault: 'source_not_owned' };
  return source.balance < input.quarks ? { fault: 'balance_short' } : null;
}

/** Writes the payment down with what moves its money. */
function writePayment(
  work: Work,
  input: PaymentInput,
  { request, intent }: Rendezvous,
): Submission {
  const { source, destination, quarks, currency, nativeAmount, rate } = input;
  const fees = input.fees.map((fee) => ({
    destination: fee.destination ?? '',
    quarks: fee.quarks.toString(),
  }));
  const submission = putSubmission(work, input, {
    kind: request === null ? 'transfer' : 'request',
    source,
    destination,
    quarks,
    currency,
    nativeAmount,
    rate,
    fees,
    merchant: request?.merchant ?? null,
    intent: intent?.id ?? null,
  });
  const moved =
    input.fulfillment === null
      ? { transfer: moveOnLedger(work, submission) }
      : { fulfillment: fulfill(work, submission, input.fulfillment).id };
  return work.update('submissions', { ...submission, ...moved });
}

/** The fees of a submission as amounts. */
export function feesOf({ fees }: Pick<Submission, 'fees'>): WalletFee[] {
  return fees.map(({ destination, quarks }) => ({ destination, quarks: BigInt(quarks) }));
}

/** What the fees of a submission leave for its destination, in quarks. */
export function netOf(submission: Pick<Submission, 'quarks' | 'fees'>): bigint {
  return feesOf(submission).reduce((left, { quarks }) => left - quarks, submission.quarks);
}

function moveOnLedger(work: Work, submission: Submission): string {
  const { id, source, destination, quarks } = submission;
  const fees = feesOf(submission);
  moveQuarks(work, [
    [source, -quarks],
    [destination, netOf(submission)],
    ...fees
      .filter((fee) => fee.destination !== '')
      .map((fee) => [fee.destination, fee.quarks] as const),
  ]);
  const transfer = work.post({
    kind: 'wallet_payment',
    intent: '',
    source: id,
    amount: quarks,
    currency: WALLET_CURRENCY,
    lines: walletPaymentEntries(source, destination, quarks, fees),
  });
  return transfer.id;
}

/** Pays the merchant's intent by the machinery that every method goes through. */
function payIntent(
  theirs: Work,
  intent: Intent,
  submission: Submission,
  toLedger: boolean,
): Decision<Intent> {
  theirs.goBy(intent.clockId);
  const { id, codeId, owner, source, destination, quarks, rate, fulfillment } = submission;
  const method = makeMethod(theirs, {
    type: 'crypto',
    card: null,
    billing: {},
    metadata: {},
    allowRedisplay: 'unspecified',
    details: {
      network: fulfillment === null ? 'balance' : 'solana',
      submission: id,
      codeId,
      owner,
      source,
      // What goes to the merchant's ledger account is in no wallet that could be named.
      ...(toLedger ? {} : { destination }),
      quarks: quarks.toString(),
      rate,
      ...(fulfillment === null ? {} : { fulfillment }),
    },
  });
  if (isFailure(method)) return refused(method);
  // A wallet signs for one payment: there is nothing to keep for a later one, and what was agreed
  // or proven for another method says nothing of this.
  const once = { futureUsage: null, makesDefault: null, mandate: null, authenticated: null };
  return pay(theirs, { ...intent, ...once }, method, PLAIN_PAY);
}
