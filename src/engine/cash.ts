import { type CashBalance, cashIn, remainingOf } from '../domain/cash.js';
import { isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import { fundingEntries, type Transfer } from '../domain/ledger.js';
import { applyPart, balanceOf, moveCash } from './cash-books.js';
import { type Command, type Decision, done, type Need, refused } from './command.js';
import { findIntent, needIntent, onIntent } from './intents.js';
import { findCustomer } from './methods.js';
import { PLAIN_PAY, pay } from './pay.js';
import { isSameSecret } from './same-secret.js';
import type { Work } from './work.js';

/** Names the rows that paying from a customer's cash reads. */
function needCash(need: Need, customer: string): void {
  need('customers', customer);
  const balance = need('cash_balances', customer);
  for (const id of balance?.waiting ?? []) needIntent(need, id);
}

export interface FundInput {
  amount: bigint;
  currency: string;
  reference: string | null;
}

/**
 * Money arrives from a customer; unless it is to be applied by hand, it pays what waits for it.
 * Errors: missing.
 */
export function fundCash(account: string, id: string, input: FundInput): Command<string> {
  return {
    account,
    needs: (need) => needCash(need, id),
    decide: (work) => {
      const customer = findCustomer(work, id, 'path');
      if (isFailure(customer)) return refused(customer);
      return done(fund(work, id, input));
    },
  };
}

function fund(work: Work, customer: string, input: FundInput): string {
  const id = work.context.newId('ccsbtxn_', 24);
  const transfer = fundingTransfer(work, id, customer, input).id;
  moveCash(work, { ...input, id, customer, kind: 'funded', transfer });
  const { balance } = balanceOf(work, customer);
  if (balance.mode === 'automatic') payWaiting(work, balance, input.currency);
  return id;
}

/**
 * As if the bank transfer that an intent waits for had arrived: all that is missing of it, unless
 * its customer's cash holds that already. `secret` is that of its instructions. Errors: missing,
 * intent_state.
 */
export function pretendTransfer(account: string, id: string, secret: string): Command<Intent> {
  return {
    account,
    needs: (need) => {
      const intent = needIntent(need, id);
      if (intent?.customer) needCash(need, intent.customer);
    },
    decide: (work) => {
      const intent = findIntent(work, id);
      if (isFailure(intent)) return refused(intent);
      const { asks, customer, currency } = intent;
      const isAsked = asks?.kind === 'transfer' && isSameSecret(secret, asks.secret);
      if (!isAsked || customer === null)
        return refused({ failure: 'intent_state', operation: 'apply_cash', intent });
      const amount = remainingOf(intent);
      if (cashIn(work.get('cash_balances', customer), currency) < amount)
        fund(work, customer, { amount, currency, reference: asks.reference });
      return done(work.get('intents', id) ?? intent);
    },
  };
}

function fundingTransfer(
  work: Work,
  source: string,
  customer: string,
  { amount, currency }: FundInput,
): Transfer {
  return work.post({
    kind: 'funding',
    // It pays nothing yet.
    intent: '',
    source,
    amount,
    currency,
    lines: fundingEntries(customer, amount),
  });
}

/** Whether an intent waits for a bank transfer. */
function waitsForCash(intent: Intent | null): intent is Intent {
  return intent?.state === 'awaiting_action' && intent.asks?.kind === 'transfer';
}

/** Gives money to what waits for it, the oldest first, and forgets what no longer waits. */
function payWaiting(work: Work, { id, waiting }: CashBalance, currency: string): void {
  for (const waiter of waiting) {
    const intent = work.get('intents', waiter);
    const left = cashIn(work.get('cash_balances', id), currency);
    if (!waitsForCash(intent) || intent.currency !== currency) continue;
    if (remainingOf(intent) <= left) payNow(work, intent);
    else if (left > 0n) applyPart(work, intent, left);
  }
  const balance = work.get('cash_balances', id);
  if (balance === null) return;
  const still = waiting.filter((waiter) => waitsForCash(work.get('intents', waiter)));
  work.update('cash_balances', { ...balance, waiting: still });
}

function payNow(work: Work, intent: Intent): Decision<Intent> {
  const method = work.get('methods', intent.method ?? '');
  if (method === null) throw new Error(`intent ${intent.id} waits for money without a method`);
  return pay(work, intent, method, PLAIN_PAY);
}

/**
 * Pays a waiting intent, or a part of it, by hand. Errors: missing, intent_state, cash_amount,
 * cash_short.
 */
export function applyCash(
  account: string,
  id: string,
  { amount, currency }: { amount: bigint | null; currency: string | null },
): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    if (!waitsForCash(intent))
      return refused({ failure: 'intent_state', operation: 'apply_cash', intent });
    const remaining = remainingOf(intent);
    const asked = amount ?? remaining;
    if ((currency ?? intent.currency) !== intent.currency || asked > remaining)
      return refused({ failure: 'cash_amount', intent });
    const held = cashIn(work.get('cash_balances', intent.customer ?? ''), intent.currency);
    if (held < asked) return refused({ failure: 'cash_short', intent });
    return asked < remaining ? done(applyPart(work, intent, asked)) : payNow(work, intent);
  });
}

/** Errors: missing. */
export function updateCash(
  account: string,
  id: string,
  mode: CashBalance['mode'] | null,
): Command<CashBalance> {
  return {
    account,
    needs: (need) => needCash(need, id),
    decide: (work) => {
      const customer = findCustomer(work, id, 'path');
      if (isFailure(customer)) return refused(customer);
      const { balance, isNew } = balanceOf(work, id);
      const next = { ...balance, mode: mode ?? balance.mode };
      return done(isNew ? work.insert('cash_balances', next) : work.update('cash_balances', next));
    },
  };
}
