import type { OperatorLogEntry } from '../domain/operator.js';
import { INSTALLATION } from '../domain/rendezvous.js';
import type { Command } from './command.js';
import type { Work } from './work.js';

/** Who does what, as the log keeps it. */
interface Deed extends Pick<OperatorLogEntry, 'operator' | 'action' | 'subject'> {
  readonly detail?: Record<string, string>;
}

/** Writes down what an operator does with a merchant's data, in the work's own commit. */
export function noteDeed(work: Work, merchant: string, deed: Deed): OperatorLogEntry {
  return work.of(INSTALLATION).insert('operator_log', {
    account: INSTALLATION,
    id: work.context.newId('log_', 24),
    merchant,
    created: work.wallNow(),
    detail: {},
    ...deed,
  });
}

/**
 * The command with a line of the log in the same commit, so that nothing is done without one. What
 * is refused leaves none, since it did nothing.
 */
export function logged<T>(command: Command<T>, deed: Deed): Command<T> {
  return {
    ...command,
    decide: (work) => {
      const decision = command.decide(work);
      if (decision.end !== 'refused') noteDeed(work, command.account, deed);
      return decision;
    },
  };
}
