import { presentationOf } from '../domain/card-machine.js';
import type { Intent } from '../domain/intent.js';
import { refundEntries } from '../domain/ledger.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import type { TerminalSession, TerminalTask } from '../domain/terminal.js';
import type { Terminal } from './card-machines.js';
import { stopWaiting } from './cash-books.js';
import type { Need } from './command.js';
import { needIntent, tryFault } from './intents.js';
import { makeTestMethod, printedTest } from './methods.js';
import { PLAIN_PAY, pay } from './pay.js';
import { createRefund } from './refunds.js';
import type { Work } from './work.js';

/** How what a session was to do has ended. */
export interface TaskEnd {
  readonly transition: 'capture' | 'authorize' | 'decline';
  /** What moved the money; null where none was moved. */
  readonly subject: string | null;
  /** Why it did not work, for whoever looks into it; else empty. */
  readonly message: string;
}

type Of<K extends TerminalTask['kind']> = Extract<TerminalTask, { kind: K }>;

/** Test cards that customers hold to the card machines. */
const PRESENTED = { approves: 'pm_card_gb', refuses: 'pm_card_chargeDeclinedInsufficientFunds' };

function declined(message: string): TaskEnd {
  return { transition: 'decline', subject: null, message };
}

/** Names the rows that carrying out a task reads. */
export function needTask(need: Need, { account, task }: TerminalSession): void {
  if (task.kind === 'sale') {
    needIntent(need, task.intent);
    for (const name of Object.values(PRESENTED)) need.card?.(name);
  }
  if (task.kind === 'matched_refund') {
    needIntent(need, task.intent);
    refundOf(account, task).needs(need);
  }
}

/** Moves the money that a session is about, in the commit of its last step. */
export function carryOut(work: Work, session: TerminalSession, { machine }: Terminal): TaskEnd {
  const { task } = session;
  const refuses = machine.ending === 'refuses';
  if (task.kind === 'sale') return sell(work, session, task, machine);
  if (refuses) return declined('The bank refused the refund.');
  return task.kind === 'matched_refund'
    ? payBack(work, session, task)
    : payOut(work, session, task);
}

/** Why an intent cannot be paid at the card machine any more; null where it can. */
function saleFault(intent: Intent, task: Of<'sale'>): string | null {
  const fault = tryFault(intent, 'confirm');
  if (fault !== null)
    return fault.failure === 'intent_state'
      ? 'The payment intent was paid or canceled meanwhile.'
      : 'There were too many tries to pay.';
  const isSame = intent.amount.toString() === task.amount && intent.currency === task.currency;
  return isSame ? null : 'The amount of the payment intent was changed meanwhile.';
}

function sell(
  work: Work,
  session: TerminalSession,
  task: Of<'sale'>,
  machine: Terminal['machine'],
): TaskEnd {
  const intent = intentOf(work, task.intent);
  const fault = saleFault(intent, task);
  if (fault !== null) return declined(fault);
  // A payment lives by its customer's clock; the card machine does not.
  work.goBy(intent.clockId);
  const method = presented(work, PRESENTED[machine.ending === 'refuses' ? 'refuses' : 'approves']);
  if (method === null) return declined('Nothing here takes a card that is present.');
  stopWaiting(work, intent);
  const ready: Intent = { ...intent, asks: null, authenticated: null, mandate: null };
  const decision = pay(work, ready, method, { ...PLAIN_PAY, refuseAction: true });
  const { latestAttempt, state } = intentOf(work, intent.id);
  noteTerminal(work, intent, latestAttempt, {
    session: session.id,
    ...presentationOf(machine, task.holderNotPresent),
  });
  if (decision.end !== 'done') return declined(reasonOf(decision.failure));
  const transition = state === 'authorized' ? 'authorize' : 'capture';
  return { transition, subject: latestAttempt, message: '' };
}

/** The test card in the customer's hand; null where the card rail cannot answer at once. */
function presented(work: Work, name: string): PaymentMethod | null {
  const test = work.context.cards.fromMethodName(name, work.now());
  if (test === null || work.context.railFor('card')?.kind !== 'atomic') return null;
  // Nobody types a security code where the card itself is there.
  const card = { ...printedTest(work, test), cvcCheck: null };
  return makeTestMethod(work, { type: 'card', card });
}

/** Keeps with a new attempt how its card was read, for whoever shows the payment. */
function noteTerminal(
  work: Work,
  before: Intent,
  id: string | null,
  terminal: { session: string; entryMode: string; verification: string },
): void {
  const attempt = id === null || id === before.latestAttempt ? null : work.get('attempts', id);
  if (attempt !== null)
    work.update('attempts', { ...attempt, wire: { ...attempt.wire, terminal } });
}

function reasonOf(failure: { failure: string; decline?: unknown }): string {
  const decline = failure.decline as { code: string; declineCode: string | null } | undefined;
  if (decline === undefined) return `The payment failed: ${failure.failure}.`;
  return `The bank refused the payment: ${decline.declineCode ?? decline.code}.`;
}

function refundOf(account: string, { intent, amount }: Of<'matched_refund'>) {
  return createRefund(account, {
    attempt: null,
    intent,
    amount: amount === null ? null : BigInt(amount),
    reason: null,
    metadata: {},
    instructionsEmail: null,
    wire: {},
  });
}

function payBack(work: Work, session: TerminalSession, task: Of<'matched_refund'>): TaskEnd {
  work.goBy(intentOf(work, task.intent).clockId);
  const decision = refundOf(session.account, task).decide(work);
  if (decision.end !== 'done')
    return declined(`The payment cannot be refunded so: ${decision.failure.failure}.`);
  return { transition: 'capture', subject: decision.value.id, message: '' };
}

/** Pays out without a payment. As with refunds, what the merchant has may fall below nothing. */
function payOut(work: Work, session: TerminalSession, task: Of<'unlinked_refund'>): TaskEnd {
  const amount = BigInt(task.amount);
  const transfer = work.post({
    kind: 'unlinked_refund',
    intent: '',
    source: session.id,
    amount: -amount,
    currency: task.currency,
    lines: refundEntries(amount),
  });
  return { transition: 'capture', subject: transfer.id, message: '' };
}

function intentOf(work: Work, id: string): Intent {
  const intent = work.get('intents', id);
  if (intent === null) throw new Error(`there is no intent ${id}`);
  return intent;
}
