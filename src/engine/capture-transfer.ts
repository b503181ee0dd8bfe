import type { Attempt } from '../domain/attempt.js';
import { appliedTo } from '../domain/cash.js';
import type { Intent } from '../domain/intent.js';
import {
  availableFrom,
  captureEntries,
  cardFee,
  cashPayers,
  type Transfer,
  walletCaptureEntries,
} from '../domain/ledger.js';
import { takeCash } from './cash-books.js';
import type { Work } from './work.js';

/** Writes the posted transfer of a capture; the caller brings attempt and intent into line. */
export function captureTransfer(
  work: Work,
  intent: Intent,
  attempt: Attempt,
  amount: bigint,
): Transfer {
  const id = work.context.newId('txn_', 24);
  const fromWallet = walletDestination(attempt);
  const atOnce = fromWallet !== undefined || (attempt.approval?.availableAtOnce ?? false);
  const availableOn = availableFrom(work.now(), atOnce);
  // Whoever takes a part of a wallet's payment was paid by the wallet.
  const fee = fromWallet === undefined ? cardFee(amount) : 0n;
  const fromCash = attempt.methodType === 'customer_balance';
  if (fromCash) takeCash(work, intent, id);
  const payers = fromCash
    ? cashPayers(intent.customer ?? '', amount, appliedTo(intent))
    : undefined;
  return work.post({
    id,
    kind: 'capture',
    intent: intent.id,
    source: attempt.id,
    amount,
    fee,
    currency: intent.currency,
    availableOn,
    description: attempt.description,
    lines:
      fromWallet === undefined
        ? captureEntries(amount, fee, availableOn, atOnce, payers)
        : walletCaptureEntries(fromWallet, amount),
  });
}

/** Where a wallet's payment went; null: the merchant's own account, undefined: no wallet paid. */
function walletDestination({ methodType, methodDetails }: Attempt): string | null | undefined {
  if (methodType !== 'crypto') return undefined;
  const destination = methodDetails?.destination;
  return typeof destination === 'string' ? destination : null;
}
