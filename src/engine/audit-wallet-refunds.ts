import type { Attempt } from '../domain/attempt.js';
import type { Refund } from '../domain/refund.js';
import type { Submission } from '../domain/rendezvous.js';
import { quarksBack } from '../domain/submission.js';
import { walletPaymentOf } from './wallet-refunds.js';

/**
 * What is wrong with how an attempt's refunds went back to the wallet that paid: each by one
 * submission, to that wallet, of the quarks in proportion; none where no wallet paid.
 */
export function walletRefundFaults(
  attempt: Attempt,
  refunds: readonly Refund[],
  submissions: readonly Submission[],
): string[] {
  const payment = walletPaymentOf(attempt);
  if (payment === null) return [];
  const faults: string[] = [];
  let before = 0n;
  for (const refund of refunds.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    const after = before + refund.amount;
    const { captured } = attempt;
    const quarks =
      quarksBack(payment.quarks, captured, after) - quarksBack(payment.quarks, captured, before);
    before = after;
    const own = submissions.filter((one) => one.refund === refund.id);
    const [paid] = own;
    if (paid === undefined || own.length > 1)
      faults.push(`refund ${refund.id} went back by ${own.length} submissions`);
    else if (paid.destination !== payment.source)
      faults.push(`refund ${refund.id} went to ${paid.destination}, ${payment.source} had paid`);
    else if (paid.quarks !== quarks)
      faults.push(`refund ${refund.id} gave ${paid.quarks} quarks back, not ${quarks}`);
  }
  return faults;
}
