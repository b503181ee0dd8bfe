import { type Prompt, promptsOf } from '../domain/card-machine.js';
import type { Job } from '../domain/subscription.js';
import { isOver, moveTerminal, type TerminalSession } from '../domain/terminal.js';
import { findTerminal, STEP_SECONDS, type Terminal } from './card-machines.js';
import { type Command, done } from './command.js';
import { carryOut, needTask } from './terminal-money.js';
import type { Work } from './work.js';

/** From the beginning on, how long a card machine waits for a card: read off Dojo's examples. */
export const CARD_SECONDS = 90;
/** How long the till may take to look at a signature. Our own choice: Dojo does not say. */
export const SIGNATURE_SECONDS = 60;

function shown(session: TerminalSession, at: number, prompts: readonly Prompt[]): TerminalSession {
  const notifications = [...session.notifications, ...prompts.map((type) => ({ type, at }))];
  return { ...session, updated: at, notifications };
}

/**
 * Takes the step that a card machine's session is due for. The last one moves the money in the
 * same commit, so a step that is run again finds the session ended, and pays nothing.
 */
export function advanceDueTerminal(job: Job): Command<TerminalSession | null> {
  return {
    account: job.account,
    needs: (need) => {
      need('jobs', job.id);
      const session = need('terminal_sessions', job.subject);
      if (session) needTask(need, session);
    },
    decide: (work) => {
      work.goBy(null);
      const due = work.get('jobs', job.id);
      const session = work.get('terminal_sessions', job.subject);
      // The same card machine may be at another session by now.
      if (due?.subject !== job.subject || session === null) return done(null);
      if (work.now() < due.dueAt) return done(null);
      const terminal = findTerminal(session.account, session.terminal);
      if (terminal === null) throw new Error(`there is no card machine ${session.terminal}`);
      const next = proceed(work, session, terminal);
      work.goBy(null);
      work.update('terminal_sessions', next);
      if (isOver(next)) work.remove('jobs', due);
      else work.update('jobs', { ...due, tries: 0, dueAt: stepAt(next, terminal, work.now()) });
      return done(next);
    },
  };
}

function waitsForCard(session: TerminalSession, { machine }: Terminal): boolean {
  const prompts = promptsOf(machine, isHolderAway(session));
  return machine.ending === 'waits' && session.notifications.length >= prompts.length;
}

function isHolderAway({ task }: TerminalSession): boolean {
  return task.kind !== 'matched_refund' && task.holderNotPresent;
}

function stepAt(session: TerminalSession, terminal: Terminal, now: number): number {
  const waits =
    session.state === 'signature_required' ||
    (session.state === 'initiated' && waitsForCard(session, terminal));
  return waits ? session.expiresAt : now + STEP_SECONDS;
}

function proceed(work: Work, session: TerminalSession, terminal: Terminal): TerminalSession {
  const now = work.now();
  switch (session.state) {
    case 'initiate_requested': {
      if (now >= session.expiresAt)
        return moveTerminal(session, 'expire', now, 'The terminal did not answer in time.');
      const expiresAt = session.created + CARD_SECONDS;
      return { ...moveTerminal(session, 'initiate', now), expiresAt };
    }
    case 'initiated':
      return now >= session.expiresAt
        ? moveTerminal(session, 'expire', now, 'No card was presented in time.')
        : prompt(work, session, terminal);
    case 'signature_required':
      return moveTerminal(session, 'accept_signature', now, 'Nobody answered in time.');
    case 'signature_accepted':
      return finish(work, session, terminal);
    case 'signature_rejected':
      return shown(moveTerminal(session, 'decline', now, 'The signature was rejected.'), now, [
        'declined',
      ]);
    case 'cancel_requested':
      return moveTerminal(session, 'cancel', now);
    default:
      return session;
  }
}

/** Shows what comes next on the screen; after the last of it the bank is asked. */
function prompt(work: Work, session: TerminalSession, terminal: Terminal): TerminalSession {
  const { machine } = terminal;
  const now = work.now();
  const holderNotPresent = isHolderAway(session);
  const next = promptsOf(machine, holderNotPresent)[session.notifications.length];
  if (next !== undefined) return shown(session, now, [next]);
  if (machine.verification !== 'signature' || holderNotPresent)
    return finish(work, session, terminal);
  const expiresAt = now + SIGNATURE_SECONDS;
  return { ...moveTerminal(session, 'ask_signature', now), expiresAt };
}

function finish(work: Work, session: TerminalSession, terminal: Terminal): TerminalSession {
  const now = work.now();
  const { transition, subject, message } = carryOut(work, session, terminal);
  const last: Prompt[] = [transition === 'decline' ? 'declined' : 'approved'];
  if (terminal.machine.entryMode === 'chip' && !isHolderAway(session)) last.push('remove_card');
  return shown({ ...moveTerminal(session, transition, now, message), subject }, now, last);
}
