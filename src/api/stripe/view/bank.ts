import type { Attempt } from '../../../domain/attempt.js';
import type { BankAccount } from '../../../domain/bank.js';
import { type CashBalance, type CashMovement, remainingOf } from '../../../domain/cash.js';
import type { DepositCheck } from '../../../domain/deposits.js';
import type { Intent } from '../../../domain/intent.js';
import { pageUrl } from '../../place.js';
import { addressesFor, transferType } from './bank-transfer.js';
import { type View, type WireObject, wireAmount } from './view.js';

function sepaView({ bankCode, branchCode, country, fingerprint, last4 }: BankAccount): WireObject {
  return { bank_code: bankCode, branch_code: branchCode, country, fingerprint, last4 };
}

function usView(account: BankAccount): WireObject {
  return {
    account_holder_type: account.holderType,
    account_type: account.accountType,
    bank_name: account.bankName,
    fingerprint: account.fingerprint,
    last4: account.last4,
    routing_number: account.routingNumber,
  };
}

/** A bank account as a PaymentMethod shows it. */
export function bankMethodView(type: string, account: BankAccount, view: View): WireObject {
  const shown: WireObject =
    type === 'sepa_debit'
      ? { ...sepaView(account), generated_from: { charge: null, setup_attempt: null } }
      : {
          ...usView(account),
          financial_connections_account: null,
          networks: { preferred: 'ach', supported: ['ach'] },
          status_details: {},
        };
  if (view.publishable) delete shown.fingerprint;
  return shown;
}

/** A bank account as a Charge shows it. */
export function bankChargeView({ methodType, mandate }: Attempt, account: BankAccount): WireObject {
  if (methodType === 'sepa_debit') return { ...sepaView(account), mandate };
  return {
    ...usView(account),
    payment_reference: null,
    ...(mandate === null ? {} : { mandate }),
  };
}

/** What the holder of an account is asked about the deposits that were sent to it. */
export function depositsView(
  { account, id }: Pick<Intent, 'account' | 'id'>,
  { arrivesAt, kind, secret }: DepositCheck,
  { publicUrl }: View,
): WireObject {
  return {
    type: 'verify_with_microdeposits',
    verify_with_microdeposits: {
      arrival_date: arrivesAt,
      hosted_verification_url: pageUrl(publicUrl, 'microdeposits', { account, id, secret }),
      microdeposit_type: kind,
    },
  };
}

/** What an intent asks of its customer beside a challenge. */
export function askedView(intent: Intent, view: View): WireObject | null {
  const { asks, account, id, currency } = intent;
  if (asks === null) return null;
  if (asks.kind === 'deposits') return depositsView(intent, asks.check, view);
  const place = { account, id, secret: asks.secret };
  const shown: WireObject = {
    amount_remaining: wireAmount(remainingOf(intent)),
    currency,
    financial_addresses: addressesFor(currency) as never,
    hosted_instructions_url: pageUrl(view.publicUrl, 'instructions', place),
    reference: asks.reference,
    type: transferType(currency),
  };
  return { type: 'display_bank_transfer_instructions', display_bank_transfer_instructions: shown };
}

/** A customer's CashBalance. */
export function cashBalanceView(
  { id, mode, sums }: Pick<CashBalance, 'id' | 'mode' | 'sums'>,
  view: View,
): WireObject {
  const held = Object.entries(sums).filter(([, sum]) => sum !== '0');
  return {
    object: 'cash_balance',
    available:
      held.length === 0
        ? null
        : Object.fromEntries(held.map(([currency, sum]) => [currency, Number(sum)])),
    customer: id,
    customer_account: null,
    livemode: view.livemode,
    settings: { reconciliation_mode: mode, using_merchant_default: mode === 'automatic' },
  };
}

/** What a movement was for, in its type's own field. */
function toldView({ kind, currency, reference, intent, refund }: CashMovement): WireObject {
  if (kind === 'refunded_from_payment') return { refund };
  if (kind !== 'funded') return { payment_intent: intent };
  const type = transferType(currency);
  const sender: WireObject = { sender_name: null };
  if (currency === 'eur') Object.assign(sender, { bic: null, iban_last4: null });
  const transfer = { reference, type, ...(SENDERS.has(type) ? { [type]: sender } : {}) };
  return { bank_transfer: transfer as never };
}

/** A CustomerCashBalanceTransaction. */
export function cashMovementView(movement: CashMovement, view: View): WireObject {
  return {
    id: movement.id,
    object: 'customer_cash_balance_transaction',
    [movement.kind]: toldView(movement) as never,
    created: movement.created,
    currency: movement.currency,
    customer: movement.customer,
    customer_account: null,
    ending_balance: wireAmount(movement.endingBalance),
    livemode: view.livemode,
    net_amount: wireAmount(movement.amount),
    type: movement.kind,
  };
}

const SENDERS: ReadonlySet<string> = new Set(['eu_bank_transfer', 'us_bank_transfer']);
