import { createHash } from 'node:crypto';
import { base58 } from '@scure/base';
import type { Attempt } from '../domain/attempt.js';
import { currencyDigits } from '../domain/currency.js';
import type { Failure } from '../domain/errors.js';
import { walletPaymentEntries } from '../domain/ledger.js';
import { INSTALLATION, type Submission, WALLET_CURRENCY } from '../domain/rendezvous.js';
import { quarksBack } from '../domain/submission.js';
import type { Need } from './command.js';
import { moveQuarks, putSubmission } from './wallets.js';
import type { Work } from './work.js';

/** A payment out of a wallet on our own ledger, as its attempt tells of it. */
interface WalletPayment {
  /** The wallet that paid, base58. */
  readonly source: string;
  /** Where the money is; null: on the merchant's ledger account. */
  readonly destination: string | null;
  /** Gross. */
  readonly quarks: bigint;
  /** Fiat per whole unit of the wallets' currency. */
  readonly rate: number;
}

/** What a wallet on our own ledger has paid; null where something else did. */
export function walletPaymentOf({ methodType, methodDetails }: Attempt): WalletPayment | null {
  if (methodType !== 'crypto' || methodDetails?.network !== 'balance') return null;
  const { source, destination = null, quarks, rate } = methodDetails;
  return {
    source: String(source),
    destination: destination === null ? null : String(destination),
    quarks: BigInt(String(quarks)),
    rate: Number(rate),
  };
}

/** The id of the submission that pays a refund back to its wallet, found from the refund. */
export function refundCodeId(refund: string): string {
  return base58.encode(createHash('sha256').update(refund).digest());
}

/** Names the rows by which a wallet's payment is paid back. */
export function needWalletRefund(need: Need, attempt: Attempt): void {
  const payment = walletPaymentOf(attempt);
  if (payment === null) return;
  const ours = need.of(INSTALLATION);
  ours('wallets', payment.source);
  const claims = ours.list('destinations', 'merchant', attempt.account);
  ours('wallets', claims?.find(({ proof }) => proof === 'ledger')?.id);
}

/** The address of the merchant's ledger account; null where nothing was ever paid there. */
function tillOf(work: Work, merchant: string): string | null {
  const claims = work.of(INSTALLATION).list('destinations', 'merchant', merchant);
  return claims.find(({ proof }) => proof === 'ledger')?.id ?? null;
}

/**
 * What forbids to pay an attempt back to its wallet, whatever the amount; null where nothing does.
 * What went to another's address was never the merchant's to give back.
 */
export function walletRefundBar(work: Work, attempt: Attempt): Failure | null {
  const destination = walletPaymentOf(attempt)?.destination ?? null;
  if (destination === null) return null;
  const claims = work.of(INSTALLATION).list('destinations', 'merchant', attempt.account);
  if (claims.some(({ id }) => id === destination)) return null;
  const operation = "refund of what went to an address that is not the merchant's";
  return { failure: 'rail_cannot', rail: attempt.rail, operation };
}

/** Why the merchant cannot pay so much back, in minor units; null where he has as much. */
export function walletRefundShort(work: Work, attempt: Attempt, amount: bigint): Failure | null {
  const payment = walletPaymentOf(attempt);
  if (payment === null) return null;
  const till = tillOf(work, attempt.account);
  const has = (till === null ? null : work.of(INSTALLATION).get('wallets', till))?.balance ?? 0n;
  return has < shareOf(payment, attempt, amount)
    ? { failure: 'refund_balance_short', attempt: attempt.id }
    : null;
}

/** What an amount of an attempt is in quarks, at its own rate; the last refund takes the rest. */
function shareOf({ quarks }: WalletPayment, attempt: Attempt, amount: bigint): bigint {
  const { captured, refunded } = attempt;
  return quarksBack(quarks, captured, refunded + amount) - quarksBack(quarks, captured, refunded);
}

/**
 * Moves what a refund pays back from the merchant's ledger account to the wallet that paid: a
 * submission that nobody signs, so that the wallet's history tells of it. Nothing happens where no
 * wallet paid. `attempt` is as before the refund; the caller has checked that there is as much.
 */
export function payWalletBack(work: Work, attempt: Attempt, refund: string, amount: bigint): void {
  const payment = walletPaymentOf(attempt);
  if (payment === null) return;
  const till = tillOf(work, attempt.account);
  if (till === null) throw new Error(`${attempt.account} has no ledger account to pay back from`);
  const ours = work.of(INSTALLATION);
  const { source: wallet, rate } = payment;
  const { currency, account: merchant, intent } = attempt;
  const quarks = shareOf(payment, attempt, amount);
  const codeId = refundCodeId(refund);
  const unsigned = { codeId, owner: '', actions: '', signature: '' };
  const submission: Submission = putSubmission(ours, unsigned, {
    kind: 'refund',
    source: till,
    destination: wallet,
    quarks,
    currency,
    nativeAmount: Number(amount) / 10 ** (currencyDigits(currency) ?? 0),
    rate,
    merchant,
    intent,
    refund,
  });
  moveQuarks(ours, [
    [till, -quarks],
    [wallet, quarks],
  ]);
  const transfer = ours.post({
    kind: 'wallet_payment',
    intent: '',
    source: submission.id,
    amount: quarks,
    currency: WALLET_CURRENCY,
    lines: walletPaymentEntries(till, wallet, quarks, []),
  });
  ours.update('submissions', { ...submission, transfer: transfer.id });
}
