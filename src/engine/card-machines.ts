import { createHash } from 'node:crypto';
import { CARD_MACHINES, type CardMachine } from '../domain/card-machine.js';

/** A card machine as one merchant knows it. */
export interface Terminal {
  readonly id: string;
  readonly machine: CardMachine;
}

/** Between two steps of a card machine. */
export const STEP_SECONDS = 1;

const ID_HEX_CHARS = 24;

/** The card machines of a merchant's sandbox: always the same, so nothing is stored of them. */
export function terminalsOf(account: string): Terminal[] {
  return CARD_MACHINES.map((machine) => {
    const digest = createHash('sha256').update(`terminal ${account} ${machine.tid}`).digest('hex');
    return { id: `term_${digest.slice(0, ID_HEX_CHARS)}`, machine };
  });
}

/** The one of that id, or null. */
export function findTerminal(account: string, id: string): Terminal | null {
  return terminalsOf(account).find((terminal) => terminal.id === id) ?? null;
}

/**
 * The id of the job that takes a session's next step, found from its card machine: as long as
 * there is one, the machine is at work, and no other session can begin.
 */
export function terminalJobId(terminal: string): string {
  return `job_terminal_${terminal}`;
}
