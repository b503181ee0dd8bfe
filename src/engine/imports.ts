import type { Attempt } from '../domain/attempt.js';
import type { Customer } from '../domain/customer.js';
import type { Intent } from '../domain/intent.js';
import type { JsonObject } from '../domain/json.js';
import { entryRows, importedEntries } from '../domain/ledger.js';
import type { PastAttempt, PastCustomer, PastPayment, PastRefund } from '../domain/past-payment.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import { IMPORTED_RAIL } from '../domain/rail-abilities.js';
import { type Command, done } from './command.js';
import type { Work } from './work.js';

/** How history is taken over. */
export interface ImportTerms {
  readonly account: string;
  /** The provider, in a word; it is kept in `wire.imported` of every row. */
  readonly from: string;
  /** False only looks at what would be done. */
  readonly writes: boolean;
}

/** What became of an object; `taken`: another object here has one of its ids. */
export type Imported = { readonly end: 'imported' | 'known' } | { end: 'taken'; id: string };

const IMPORTED: Imported = { end: 'imported' };
const KNOWN: Imported = { end: 'known' };

/**
 * Takes over a customer that the caller has checked. One that is there stays as it is, unless only
 * payments have told of it. No fact is recorded: nobody is told of what was long ago.
 */
export function importCustomer(terms: ImportTerms, past: PastCustomer): Command<Imported> {
  return {
    account: terms.account,
    needs: (need) => void need('customers', past.id),
    decide: (work) => {
      const stored = work.get('customers', past.id);
      if (stored === null) {
        if (terms.writes) work.insert('customers', customerRow(work, terms, past));
        return done(IMPORTED);
      }
      if (!past.isWhole || markOf(stored.wire)?.partial !== true) return done(KNOWN);
      const { isWhole: _, ...told } = past;
      const wire = { ...stored.wire, imported: mark(work, terms) };
      if (terms.writes) work.update('customers', { ...stored, ...told, wire });
      return done(IMPORTED);
    },
  };
}

/**
 * Takes over a payment that the caller has checked, whole or not at all: the intent, its tries, its
 * refunds, their transfers. One that is there stays as it is. No fact is recorded.
 */
export function importPayment(terms: ImportTerms, past: PastPayment): Command<Imported> {
  const refunds = past.attempts.flatMap((attempt) => attempt.refunds);
  const transfers = [...past.attempts, ...refunds].flatMap(({ transfer }) => transfer ?? []);
  const others = [
    ...past.attempts.map(({ id }) => ['attempts', id] as const),
    ...refunds.map(({ id }) => ['refunds', id] as const),
    ...transfers.map((id) => ['transfers', id] as const),
  ];
  return {
    account: terms.account,
    needs: (need) => {
      need('intents', past.id);
      need('customers', past.customer);
      for (const [table, id] of others) need(table, id);
      for (const { method } of past.attempts) need('methods', method);
    },
    decide: (work) => {
      if (work.get('intents', past.id) !== null) return done(KNOWN);
      const taken = others.find(([table, id]) => work.get(table, id) !== null);
      if (taken !== undefined) return done({ end: 'taken', id: taken[1] });
      if (terms.writes) write(work, terms, past);
      return done(IMPORTED);
    },
  };
}

function mark(work: Work, { from }: ImportTerms, partial = false): JsonObject {
  return { from, at: work.wallNow(), ...(partial ? { partial } : {}) };
}

function markOf({ imported }: JsonObject): JsonObject | undefined {
  return imported as JsonObject | undefined;
}

function customerRow(work: Work, terms: ImportTerms, past: PastCustomer): Customer {
  const { isWhole, ...told } = past;
  return {
    ...told,
    account: terms.account,
    deleted: false,
    clockId: null,
    defaultMethod: null,
    invoicePrefix: work.context.secret(8).toUpperCase(),
    wire: { imported: mark(work, terms, !isWhole) },
  };
}

function write(work: Work, terms: ImportTerms, past: PastPayment): void {
  const { attempts, isDirect, ...told } = past;
  const last = attempts.at(-1);
  const paid = last === undefined || last.state === 'failed' ? null : last;
  const refunded = attempts.flatMap(({ refunds }) => refunds);
  const wire = { imported: mark(work, terms), ...(isDirect ? { direct: true } : {}) };
  const customer = past.customer === null ? null : work.get('customers', past.customer);
  const intent: Intent = work.insert('intents', {
    ...told,
    account: terms.account,
    state: past.canceledAt === null ? 'captured' : 'canceled',
    authorized: paid?.amount ?? 0n,
    captured: paid?.captured ?? 0n,
    released: paid === null ? 0n : paid.amount - paid.captured,
    refunded: refunded.reduce((sum, { amount }) => sum + amount, 0n),
    clockId: customer?.clockId ?? null,
    dialect: 'stripe',
    captureOpen: false,
    confirmationMethod: 'automatic',
    clientSecret: `${past.id}_secret_${work.context.secret(25)}`,
    method: paid?.method ?? null,
    latestAttempt: last?.id ?? null,
    lastError: null,
    challenge: null,
    asks: null,
    authenticated: null,
    makesDefault: null,
    mandate: null,
    futureUsage: null,
    parts: null,
    holdTerms: null,
    expiresAt: null,
    history: null,
    reversed: null,
    wire,
  });
  for (const attempt of attempts) writeAttempt(work, intent, attempt);
}

function writeAttempt(work: Work, intent: Intent, past: PastAttempt): void {
  const { refunds, fee, ...told } = past;
  const { account, id, currency, wire } = intent;
  const isPaid = past.captured > 0n;
  if (work.get('methods', past.method) === null) work.insert('methods', methodRow(account, past));
  const attempt: Attempt = work.insert('attempts', {
    ...told,
    account,
    intent: id,
    released: past.state === 'failed' ? 0n : past.amount - past.captured,
    refunded: refunds.reduce((sum, { amount }) => sum + amount, 0n),
    currency,
    customer: intent.customer,
    rail: IMPORTED_RAIL,
    methodDetails: null,
    approval: null,
    ruling: null,
    captureBefore: null,
    manualCapture: intent.captureMethod === 'manual',
    mandate: null,
    increments: null,
    hold: null,
    transfer: isPaid ? (past.transfer ?? work.context.newId('txn_', 24)) : null,
    dispute: null,
    warning: null,
    wire,
  });
  if (attempt.transfer !== null)
    writeTransfer(work, intent, attempt.transfer, 'capture', {
      source: attempt,
      amount: attempt.captured,
      fee,
    });
  for (const refund of refunds) writeRefund(work, intent, attempt, refund);
}

/** History only: whoever has its number is another provider, so that it never pays here. */
function methodRow(account: string, past: PastAttempt): PaymentMethod {
  const { method: id, methodType: type, created, billing, card } = past;
  return {
    account,
    id,
    customer: null,
    created,
    type,
    billing,
    metadata: {},
    card,
    sealed: null,
    allowRedisplay: 'unspecified',
    setUpFor: null,
    consumed: true,
    details: null,
  };
}

function writeRefund(work: Work, intent: Intent, attempt: Attempt, past: PastRefund): void {
  const transfer = past.transfer ?? work.context.newId('txn_', 24);
  const refund = work.insert('refunds', {
    ...past,
    account: intent.account,
    intent: intent.id,
    attempt: attempt.id,
    state: 'succeeded',
    currency: intent.currency,
    kind: 'refund',
    transfer,
    instructionsEmail: null,
    failureReason: null,
    returnTransfer: null,
    wire: intent.wire,
  });
  const moves = { source: refund, amount: -refund.amount, fee: 0n };
  writeTransfer(work, intent, transfer, 'refund', moves);
}

function writeTransfer(
  work: Work,
  intent: Intent,
  id: string,
  kind: 'capture' | 'refund',
  { source, amount, fee }: { source: { id: string; created: number }; amount: bigint; fee: bigint },
): void {
  work.transfer(null, {
    account: intent.account,
    id,
    kind,
    state: 'posted',
    intent: intent.id,
    source: source.id,
    amount,
    fee,
    settled: amount,
    currency: intent.currency,
    created: source.created,
    availableOn: source.created,
    description: intent.description,
    entries: entryRows(importedEntries(amount, fee)),
  });
}
