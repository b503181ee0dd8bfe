import { type Balance, dayOf, LEDGER, type Transfer } from '../../../domain/ledger.js';
import { type View, type WireObject, wireAmount } from './view.js';

/** What is shown of a transfer. */
type ShownTransfer = Pick<
  Transfer,
  | 'id'
  | 'kind'
  | 'source'
  | 'amount'
  | 'fee'
  | 'currency'
  | 'created'
  | 'availableOn'
  | 'description'
>;

/** How Stripe sorts and names what a transfer was made for; `about` is the charge, if it knows. */
function occasionOf({ kind, description }: ShownTransfer, about: string) {
  const named = description === null ? '' : ` (${description})`;
  switch (kind) {
    case 'refund':
      return { type: kind, category: kind, text: `REFUND FOR CHARGE${named}` };
    case 'refund_failure':
      return { type: kind, category: kind, text: `REFUND FAILURE${named}` };
    case 'dispute':
      return { type: 'adjustment', category: kind, text: `Chargeback withdrawal for ${about}` };
    case 'dispute_reversal':
      return { type: 'adjustment', category: kind, text: `Chargeback reversal for ${about}` };
    case 'unlinked_refund':
      return { type: 'adjustment', category: 'other_adjustment', text: 'UNLINKED REFUND' };
    default:
      return { type: 'charge', category: 'charge', text: description };
  }
}

/**
 * A BalanceTransaction: a posted transfer from the merchant's side. `about` is the charge that a
 * dispute's transfer goes back to.
 */
export function balanceTransactionView(
  transfer: ShownTransfer,
  about: string,
  view: View,
): WireObject {
  const { amount, fee, currency, kind } = transfer;
  const { type, category, text } = occasionOf(transfer, about);
  return {
    id: transfer.id,
    object: 'balance_transaction',
    amount: wireAmount(amount),
    available_on: transfer.availableOn,
    balance_type: 'payments',
    created: transfer.created,
    currency,
    description: text,
    exchange_rate: null,
    fee: wireAmount(fee),
    fee_details:
      fee === 0n
        ? []
        : [
            {
              amount: wireAmount(fee),
              application: null,
              currency,
              description: kind === 'dispute' ? 'Dispute fee' : 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: wireAmount(amount - fee),
    reporting_category: category,
    source: kind === 'unlinked_refund' ? null : transfer.source,
    status: transfer.availableOn > view.now ? 'pending' : 'available',
    type,
  };
}

/** The Balance: what a merchant may use today, and what settles on a later day. */
export function balanceView(balances: Balance[], currency: string, view: View): WireObject {
  const today = dayOf(view.now);
  const available = new Map<string, bigint>([[currency, 0n]]);
  const pending = new Map<string, bigint>([[currency, 0n]]);
  const add = (sums: Map<string, bigint>, of: string, amount: bigint): void => {
    sums.set(of, (sums.get(of) ?? 0n) + amount);
  };
  for (const { ledgerAccount, currency: of, posted } of balances) {
    if (ledgerAccount === LEDGER.available) add(available, of, posted);
    else if (ledgerAccount.startsWith(`${LEDGER.available}:`)) {
      const day = ledgerAccount.slice(LEDGER.available.length + 1);
      add(day <= today ? available : pending, of, posted);
    }
  }
  const list = (sums: Map<string, bigint>) =>
    [...sums].sort().map(([of, amount]) => ({
      amount: wireAmount(amount),
      currency: of,
      source_types: { card: wireAmount(amount) },
    }));
  return {
    object: 'balance',
    available: list(available),
    livemode: view.livemode,
    pending: list(pending),
    refund_and_dispute_prefunding: { available: [], pending: [] },
  };
}
