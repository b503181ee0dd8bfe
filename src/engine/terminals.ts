import { type Failure, isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import { step } from '../domain/lifecycle.js';
import {
  moveTerminal,
  TERMINAL_LIFECYCLE,
  type TerminalSession,
  type TerminalTask,
  type TerminalTransition,
} from '../domain/terminal.js';
import { findTerminal, STEP_SECONDS, type Terminal, terminalJobId } from './card-machines.js';
import { type Command, done, type Need, refused } from './command.js';
import { tryFault } from './intents.js';
import type { Work } from './work.js';

/** Sessions that one intent may have had: more than anybody tries, and all are told of it. */
export const INTENT_SESSIONS_MAX = 50;
/** A card machine that has not answered by then is taken to be gone, as Dojo does. */
export const INITIATE_SECONDS = 10;

/** What a card machine is to do. */
export type TaskInput =
  | { kind: 'sale'; intent: string; isHolderAway: (intent: Intent) => boolean }
  | { kind: 'matched_refund'; intent: string; amount: bigint | null }
  | { kind: 'unlinked_refund'; amount: bigint; currency: string; holderNotPresent: boolean };

function missing(kind: 'terminal' | 'terminal_session' | 'intent', id: string): Failure {
  const where = kind === 'terminal_session' ? 'path' : 'body';
  return { failure: 'missing', kind, id, where, param: null };
}

/**
 * Asks a card machine to do something; the steps follow by the account's clock. Errors: missing
 * (terminal, intent), terminal_offline, terminal_busy, limit_reached; of a sale intent_state and
 * rail_cannot, of a refund no_charge_to_refund, refund_above_remaining.
 */
export function createTerminalSession(
  account: string,
  terminalId: string,
  input: TaskInput,
): Command<TerminalSession> {
  const intentId = input.kind === 'unlinked_refund' ? null : input.intent;
  return {
    account,
    needs: (need) => {
      need('intents', intentId);
      if (intentId !== null) need.list('terminal_sessions', 'intent', intentId);
      need('jobs', terminalJobId(terminalId));
    },
    decide: (work) => {
      work.goBy(null);
      const terminal = findTerminal(account, terminalId);
      if (terminal === null) return refused(missing('terminal', terminalId));
      const fault = terminalFault(work, terminal, intentId);
      if (fault !== null) return refused(fault);
      const task = taskOf(work, input);
      return isFailure(task) ? refused(task) : done(begin(work, terminal, task));
    },
  };
}

function terminalFault(work: Work, { id, machine }: Terminal, intent: string | null) {
  if (!machine.isOnline) return { failure: 'terminal_offline', terminal: id } as const;
  if (work.get('jobs', terminalJobId(id)) !== null)
    return { failure: 'terminal_busy', terminal: id } as const;
  const before = intent === null ? 0 : work.list('terminal_sessions', 'intent', intent).length;
  const what = 'terminal sessions of one payment';
  return before < INTENT_SESSIONS_MAX
    ? null
    : ({ failure: 'limit_reached', what, max: INTENT_SESSIONS_MAX } as const);
}

function taskOf(work: Work, input: TaskInput): TerminalTask | Failure {
  if (input.kind === 'unlinked_refund') return { ...input, amount: input.amount.toString() };
  const intent = work.get('intents', input.intent);
  if (intent === null) return missing('intent', input.intent);
  return input.kind === 'sale' ? saleOf(intent, input) : refundOf(intent, input);
}

function saleOf(
  intent: Intent,
  { isHolderAway }: Extract<TaskInput, { kind: 'sale' }>,
): TerminalTask | Failure {
  const { id, amount, currency } = intent;
  const fault = tryFault(intent, 'confirm');
  if (fault !== null) return fault;
  // What a wallet asks for, in its own currency, no card machine can pay.
  if (!intent.methodTypes.includes('card'))
    return { failure: 'rail_cannot', rail: 'card', operation: 'payment' };
  const holderNotPresent = isHolderAway(intent);
  return { kind: 'sale', intent: id, amount: amount.toString(), currency, holderNotPresent };
}

function refundOf(
  { id, captured, refunded, currency }: Intent,
  { amount }: Extract<TaskInput, { kind: 'matched_refund' }>,
): TerminalTask | Failure {
  if (captured === 0n) return { failure: 'no_charge_to_refund', intent: id };
  const remaining = captured - refunded;
  if (remaining === 0n || (amount ?? 0n) > remaining)
    return { failure: 'refund_above_remaining', amount: amount ?? captured, remaining, currency };
  return { kind: 'matched_refund', intent: id, amount: amount?.toString() ?? null, currency };
}

function begin(work: Work, { id: terminal }: Terminal, task: TerminalTask): TerminalSession {
  const now = work.now();
  const id = work.context.newId('tse_', 24);
  const dueAt = now + STEP_SECONDS;
  work.schedule({ id: terminalJobId(terminal), dueAt, kind: 'advance_terminal', subject: id });
  return work.insert('terminal_sessions', {
    account: work.accountId,
    id,
    terminal,
    state: 'initiate_requested',
    task,
    intent: task.kind === 'unlinked_refund' ? null : task.intent,
    created: now,
    updated: now,
    expiresAt: now + INITIATE_SECONDS,
    notifications: [],
    statuses: [{ state: 'initiate_requested', at: now, message: '' }],
    subject: null,
  });
}

/** Names a session with the job that takes its next step. */
function needSession(need: Need, id: string): void {
  const session = need('terminal_sessions', id);
  if (session) need('jobs', terminalJobId(session.terminal));
}

/** A change that the till asks for, and that the next step heeds. */
function onSession(
  account: string,
  id: string,
  operation: 'cancel' | 'sign',
  transition: TerminalTransition,
): Command<TerminalSession> {
  return {
    account,
    needs: (need) => needSession(need, id),
    decide: (work) => {
      work.goBy(null);
      const session = work.get('terminal_sessions', id);
      if (session === null) return refused(missing('terminal_session', id));
      if (step(TERMINAL_LIFECYCLE, session.state, transition) === null)
        return refused({ failure: 'terminal_state', operation, session });
      const job = work.get('jobs', terminalJobId(session.terminal));
      if (job?.subject !== id) throw new Error(`session ${id} has lost its job`);
      const now = work.now();
      work.update('jobs', { ...job, dueAt: Math.min(job.dueAt, now + STEP_SECONDS) });
      return done(work.update('terminal_sessions', moveTerminal(session, transition, now)));
    },
  };
}

/** Asks for a session to be called off. Errors: missing, terminal_state. */
export function cancelTerminalSession(account: string, id: string): Command<TerminalSession> {
  return onSession(account, id, 'cancel', 'request_cancel');
}

/** Says whether the signature on the receipt is the card's. Errors: missing, terminal_state. */
export function answerSignature(
  account: string,
  id: string,
  accepted: boolean,
): Command<TerminalSession> {
  return onSession(account, id, 'sign', accepted ? 'accept_signature' : 'reject_signature');
}
