import {
  appliedTo,
  CASH_WAITING_MAX,
  type CashBalance,
  type CashMovement,
  cashIn,
  remainingOf,
} from '../domain/cash.js';
import { advance, type Intent } from '../domain/intent.js';
import { applicationEntries } from '../domain/ledger.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import { type Decision, done, refused } from './command.js';
import type { Work } from './work.js';

/** The customer's cash balance, an empty one where none was stored. */
export function balanceOf(work: Work, customer: string): { balance: CashBalance; isNew: boolean } {
  const stored = work.get('cash_balances', customer);
  if (stored !== null) return { balance: stored, isNew: false };
  const balance: CashBalance = {
    account: work.accountId,
    id: customer,
    created: work.now(),
    mode: 'automatic',
    sums: {},
    reference: work.context.secret(12).toUpperCase(),
    waiting: [],
  };
  return { balance, isNew: true };
}

/** Lays changes over a customer's cash balance, which may not be stored yet. */
function putBalance(work: Work, customer: string, changes: Partial<CashBalance>): CashBalance {
  const { balance, isNew } = balanceOf(work, customer);
  const next = { ...balance, ...changes };
  return isNew ? work.insert('cash_balances', next) : work.update('cash_balances', next);
}

/** What a movement of cash is about; what it is not is left out. */
interface CashMove extends Pick<CashMovement, 'customer' | 'kind' | 'amount' | 'currency'> {
  /** The transfer that moves it, which the caller writes. */
  transfer: string;
  id?: string;
  intent?: string;
  refund?: string;
  reference?: string | null;
}

/** Moves a customer's cash and tells it. */
export function moveCash(work: Work, { id, ...move }: CashMove): CashMovement {
  const { customer, currency, amount, intent = null, refund = null, reference = null } = move;
  const { balance } = balanceOf(work, customer);
  const endingBalance = cashIn(balance, currency) + amount;
  if (endingBalance < 0n) throw new Error(`${customer} has not got ${-amount} ${currency}`);
  putBalance(work, customer, {
    sums: { ...balance.sums, [currency]: endingBalance.toString() },
  });
  const cash = work.insert('cash_movements', {
    ...move,
    intent,
    refund,
    reference,
    account: work.accountId,
    id: id ?? work.context.newId('ccsbtxn_', 24),
    created: work.now(),
    endingBalance,
  });
  work.record('cash.moved', { cash });
  return cash;
}

/** Where there is not enough money yet: what to tell the customer. Null where it can be paid. */
export function awaitCash(
  work: Work,
  intent: Intent,
  method: PaymentMethod,
): Decision<Intent> | null {
  const { customer, asks } = intent;
  if (customer === null) return refused({ failure: 'customer_required', intent });
  const { balance } = balanceOf(work, customer);
  const held = cashIn(balance, intent.currency);
  if (held >= remainingOf(intent)) return null;
  const waiting = [...balance.waiting.filter((id) => id !== intent.id), intent.id];
  if (waiting.length > CASH_WAITING_MAX)
    return refused({ failure: 'limit_reached', what: 'waiting payments', max: CASH_WAITING_MAX });
  const { reference, mode } = putBalance(work, customer, { waiting });
  const secret = asks?.kind === 'transfer' ? asks.secret : work.context.secret(32);
  const next = work.update('intents', {
    ...intent,
    state: advance(intent, 'challenge'),
    method: method.id,
    lastError: null,
    challenge: null,
    asks: { kind: 'transfer', reference, secret, applied: appliedTo(intent).toString() },
  });
  work.record('intent.action_required', { intent: next });
  return done(mode === 'automatic' && held > 0n ? applyPart(work, next, held) : next);
}

/** Puts cash aside for an intent that waits for more than that. */
export function applyPart(work: Work, intent: Intent, amount: bigint): Intent {
  const { asks } = intent;
  if (asks?.kind !== 'transfer' || amount >= remainingOf(intent))
    throw new Error(`${amount} are not a part of what ${intent.id} waits for`);
  setAside(work, intent, amount);
  const applied = (appliedTo(intent) + amount).toString();
  const next = work.update('intents', { ...intent, asks: { ...asks, applied } });
  work.record('intent.funded_in_part', { intent: next });
  return next;
}

/** Moves cash to where it waits for the rest of an intent's amount; a negative amount back. */
function setAside(work: Work, intent: Intent, amount: bigint): void {
  const { id, currency } = intent;
  const customer = intent.customer ?? '';
  const transfer = work.post({
    kind: 'application',
    intent: id,
    source: id,
    amount,
    currency,
    lines: applicationEntries(customer, amount),
  });
  const kind = amount > 0n ? 'applied_to_payment' : 'unapplied_from_payment';
  moveCash(work, { customer, kind, amount: -amount, currency, intent: id, transfer: transfer.id });
}

/** Takes an intent out of those that wait for money; what has arrived of it is its customer's. */
export function stopWaiting(work: Work, intent: Intent): void {
  const { asks, customer } = intent;
  if (asks?.kind !== 'transfer' || customer === null) return;
  const applied = appliedTo(intent);
  if (applied > 0n) setAside(work, intent, -applied);
  leaveQueue(work, intent, customer);
}

function leaveQueue(work: Work, { id }: Intent, customer: string): void {
  const { waiting } = balanceOf(work, customer).balance;
  if (waiting.includes(id))
    putBalance(work, customer, { waiting: waiting.filter((one) => one !== id) });
}

/** Takes what a payment still lacks out of its customer's cash; the caller writes the transfer. */
export function takeCash(work: Work, intent: Intent, transfer: string): void {
  const { customer, currency, id } = intent;
  if (customer === null) throw new Error(`intent ${id} is paid with nobody's money`);
  const kind = 'applied_to_payment';
  moveCash(work, { customer, kind, amount: -remainingOf(intent), currency, intent: id, transfer });
  leaveQueue(work, intent, customer);
}
