import type { Attempt } from '../../../domain/attempt.js';
import type { Prompt } from '../../../domain/card-machine.js';
import type { Intent } from '../../../domain/intent.js';
import type {
  TerminalSession,
  TerminalSessionState,
  TerminalTask,
} from '../../../domain/terminal.js';
import { findTerminal, type Terminal } from '../../../engine/card-machines.js';
import type { Need, Rows } from '../../../engine/command.js';
import { wireId } from '../ids.js';
import type { View, WireObject } from '../request.js';
import { since } from '../versions.js';
import {
  expiryDate,
  maskedNumber,
  paymentDetailsView,
  readingOf,
  schemeOf,
  transactionId,
} from './card.js';
import { moneyView } from './money.js';
import { type Receipted, receiptView } from './receipt.js';
import { wireTime } from './time.js';

const STATUSES: Readonly<Record<TerminalSessionState, string>> = {
  initiate_requested: 'InitiateRequested',
  initiated: 'Initiated',
  authorized: 'Authorized',
  captured: 'Captured',
  cancel_requested: 'CancelRequested',
  canceled: 'Canceled',
  signature_required: 'SignatureVerificationRequired',
  signature_accepted: 'SignatureVerificationAccepted',
  signature_rejected: 'SignatureVerificationRejected',
  expired: 'Expired',
  declined: 'Declined',
};

const PROMPTS: Readonly<Record<Prompt, string>> = {
  present_card: 'PresentCard',
  insert_card: 'InsertCard',
  enter_pin: 'EnterPin',
  please_wait: 'PleaseWait',
  card_unsupported: 'CardUnsupported',
  re_enter_card: 'ReEnterCard',
  remove_card: 'RemoveCard',
  approved: 'Approved',
  declined: 'Declined',
};

/** Names a session with the rows that `terminalSessionView` reads. */
export function needTerminalSession(need: Need, id: string): void {
  const session = need('terminal_sessions', id);
  if (!session) return;
  need('intents', session.intent);
  needPaid(need, session);
}

/** Names what was paid with, or paid back to. */
function needPaid(need: Need, { task, subject }: TerminalSession): void {
  if (task.kind === 'sale') need('attempts', subject);
  if (task.kind === 'matched_refund') need('attempts', need('refunds', subject)?.attempt);
}

/** Names the rows that `terminalSessionHistory` reads. */
export function needTerminalSessions(need: Need, intent: string): void {
  for (const session of need.list('terminal_sessions', 'intent', intent) ?? [])
    if (session.task.kind === 'sale') needPaid(need, session);
}

function paidWith({ task, subject }: TerminalSession, rows: Rows): Attempt | null {
  if (subject === null || task.kind === 'unlinked_refund') return null;
  if (task.kind === 'sale') return rows.get('attempts', subject);
  const refund = rows.get('refunds', subject);
  return refund === null ? null : rows.get('attempts', refund.attempt);
}

/** Minor units; null while a refund of all that is left is not made yet. */
function amountOf({ task, subject }: TerminalSession, rows: Rows): bigint | null {
  if (task.amount !== null) return BigInt(task.amount);
  return subject === null ? null : (rows.get('refunds', subject)?.amount ?? null);
}

/** A session of a card machine. `rows` has what `needTerminalSession` names. */
export function terminalSessionView(session: TerminalSession, rows: Rows, view: View): WireObject {
  const attempt = paidWith(session, rows);
  const terminal = findTerminal(session.account, session.terminal);
  return {
    ...plainView(session, view),
    ...(terminal === null ? {} : receiptsView(session, terminal, attempt, rows)),
    paymentDetails: attempt === null ? undefined : paymentDetailsView(attempt, view),
  };
}

function plainView(session: TerminalSession, view: View): WireObject {
  const { livemode } = view;
  // Until then the words for notifications were a closed list, without this one.
  const isNewest = since(view.version, '2025-09-10');
  const { id, terminal, state, created, updated, expiresAt, notifications, statuses } = session;
  return {
    id: wireId('terminal_session', id, livemode),
    terminalId: wireId('terminal', terminal, livemode),
    status: STATUSES[state],
    createdAt: wireTime(created),
    updatedAt: wireTime(updated),
    expireAt: wireTime(expiresAt),
    notificationEvents: notifications
      .filter(({ type }) => isNewest || type !== 're_enter_card')
      .map(({ type, at }) => ({ notificationType: PROMPTS[type], createdAt: wireTime(at) })),
    statusEvents: statuses.map((event) => ({
      status: STATUSES[event.state],
      createdAt: wireTime(event.at),
      debugMessage: event.message,
    })),
    details: detailsView(session.task, livemode, isNewest),
  };
}

function detailsView(task: TerminalTask, livemode: boolean, isNewest: boolean): WireObject {
  if (task.kind === 'unlinked_refund') {
    const amount = moneyView(task.amount, task.currency);
    const presence = isNewest ? { cardholderNotPresent: task.holderNotPresent } : {};
    return { sessionType: 'UnlinkedRefund', unlinkedRefund: { amount, ...presence } };
  }
  const paymentIntentId = wireId('intent', task.intent, livemode);
  if (task.kind === 'sale') return { sessionType: 'Sale', sale: { paymentIntentId } };
  const amount = task.amount === null ? undefined : moneyView(task.amount, task.currency);
  return { sessionType: 'MatchedRefund', matchedRefund: { paymentIntentId, amount } };
}

/** States in which the bank has answered, so that there is something to print. */
const PRINTED: ReadonlySet<TerminalSessionState> = new Set(['authorized', 'captured', 'declined']);

function receiptsView(
  session: TerminalSession,
  { machine }: Terminal,
  attempt: Attempt | null,
  rows: Rows,
): WireObject {
  if (!PRINTED.has(session.state)) return {};
  const { businessName } = rows.account();
  const intent: Intent | null =
    session.intent === null ? null : rows.get('intents', session.intent);
  const amount = amountOf(session, rows);
  const receipted: Receipted = { session, businessName, machine, intent, attempt, amount };
  const customerReceipt = receiptView(receipted, 'customer');
  // The schema has one receipt, the documented answers have two.
  return {
    receipt: customerReceipt,
    customerReceipt,
    merchantReceipt: receiptView(receipted, 'merchant'),
  };
}

/**
 * What card machines did about an intent, oldest first. `rows` has what `needTerminalSessions`
 * names.
 */
export function terminalSessionHistory(intent: Intent, rows: Rows, view: View): WireObject[] {
  return rows.list('terminal_sessions', 'intent', intent.id).map((session) => ({
    terminalSession: plainView(session, view),
    payment: session.task.kind === 'sale' ? paymentView(paidWith(session, rows)) : null,
  }));
}

function paymentView(attempt: Attempt | null): WireObject | null {
  if (attempt === null || attempt.card === null) return null;
  const { entryMode, verification } = readingOf(attempt);
  return {
    transactionDateTime: wireTime(attempt.created),
    cardNumber: maskedNumber(attempt.card),
    expiryDate: expiryDate(attempt.card),
    cardType: schemeOf(attempt.card.brand),
    authGatewayTransactionId: transactionId(attempt.id),
    cardHolderName: attempt.billing.name,
    entryMode,
    verificationMode: verification,
  };
}
