import { type Balance, dayOf, LEDGER, type Transfer } from '../../../domain/ledger.js';
import { type View, type WireObject, wireAmount } from './view.js';

/** A BalanceTransaction: a posted transfer from the merchant's side. */
export function balanceTransactionView(transfer: Transfer, view: View): WireObject {
  const { amount, fee, currency, kind } = transfer;
  const type = kind === 'capture' ? 'charge' : kind;
  const refundText = `REFUND FOR CHARGE${
    transfer.description === null ? '' : ` (${transfer.description})`
  }`;
  return {
    id: transfer.id,
    object: 'balance_transaction',
    amount: wireAmount(amount),
    available_on: transfer.availableOn,
    balance_type: 'payments',
    created: transfer.created,
    currency,
    description: kind === 'refund' ? refundText : transfer.description,
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
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: wireAmount(amount - fee),
    reporting_category: type,
    source: transfer.source,
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
