import type { Job } from '../domain/subscription.js';
import type { TerminalSession } from '../domain/terminal.js';
import { type Command, done } from './command.js';

/** Takes the step that a card machine's session is due for. */
export function advanceDueTerminal(job: Job): Command<TerminalSession | null> {
  return {
    account: job.account,
    needs: (need) => void need('jobs', job.id),
    decide: () => done(null),
  };
}
