import type { Prompt } from './card-machine.js';
import { type Lifecycle, step } from './lifecycle.js';

/** How far a card machine has got with what it was asked to do. */
export type TerminalSessionState =
  | 'initiate_requested'
  | 'initiated'
  | 'authorized'
  | 'captured'
  | 'cancel_requested'
  | 'canceled'
  | 'signature_required'
  | 'signature_accepted'
  | 'signature_rejected'
  | 'expired'
  | 'declined';

/** What moves a session on. */
export type TerminalTransition =
  | 'initiate'
  | 'ask_signature'
  | 'accept_signature'
  | 'reject_signature'
  | 'authorize'
  | 'capture'
  | 'decline'
  | 'request_cancel'
  | 'cancel'
  | 'expire';

/** The life of what a card machine is asked to do, from the till's request to its end. */
export const TERMINAL_LIFECYCLE: Lifecycle<TerminalSessionState, TerminalTransition> = {
  initiate_requested: {
    initiate: 'initiated',
    request_cancel: 'cancel_requested',
    expire: 'expired',
  },
  initiated: {
    ask_signature: 'signature_required',
    authorize: 'authorized',
    capture: 'captured',
    decline: 'declined',
    request_cancel: 'cancel_requested',
    expire: 'expired',
  },
  signature_required: {
    accept_signature: 'signature_accepted',
    reject_signature: 'signature_rejected',
  },
  signature_accepted: { authorize: 'authorized', capture: 'captured', decline: 'declined' },
  signature_rejected: { decline: 'declined' },
  cancel_requested: { cancel: 'canceled' },
  authorized: {},
  captured: {},
  canceled: {},
  expired: {},
  declined: {},
};

/** What a session is to do. Amounts are minor units, decimal text. */
export type TerminalTask =
  /** `amount`: what the intent was for when the card machine was asked. */
  | { kind: 'sale'; intent: string; amount: string; currency: string; holderNotPresent: boolean }
  /** Without an amount all that is left is paid back. */
  | { kind: 'matched_refund'; intent: string; amount: string | null; currency: string }
  | { kind: 'unlinked_refund'; amount: string; currency: string; holderNotPresent: boolean };

/** One thing that a card machine is asked to do. */
export interface TerminalSession {
  account: string;
  id: string;
  /** The card machine's id. */
  terminal: string;
  state: TerminalSessionState;
  task: TerminalTask;
  /** The intent of the task; null where it has none. */
  intent: string | null;
  /** By the account's clock, Unix seconds, as the rest of the times here. */
  created: number;
  updated: number;
  expiresAt: number;
  notifications: { type: Prompt; at: number }[];
  statuses: { state: TerminalSessionState; at: number; message: string }[];
  /** What moved the money: an attempt, a refund or a transfer; null until it has. */
  subject: string | null;
}

/** Whether nothing more can happen to a session. */
export function isOver({ state }: Pick<TerminalSession, 'state'>): boolean {
  return Object.keys(TERMINAL_LIFECYCLE[state]).length === 0;
}

/**
 * A session with a transition taken, which the caller has checked: a refusal here is a programming
 * error. `message` is for whoever looks into what happened.
 */
export function moveTerminal(
  session: TerminalSession,
  transition: TerminalTransition,
  at: number,
  message = '',
): TerminalSession {
  const state = step(TERMINAL_LIFECYCLE, session.state, transition);
  if (state === null)
    throw new Error(`session ${session.id}: no ${transition} in ${session.state}`);
  const statuses = [...session.statuses, { state, at, message }];
  return { ...session, state, updated: at, statuses };
}
