import type { CardDesk } from '../rail.js';
import { cardFromToken, createCard } from './create-card.js';

/** Takes in cards for the simulator; the names of test cards are known only where that is asked. */
export function makeCardDesk({ testNames }: { readonly testNames: boolean }): CardDesk {
  const named = (prefix: string) => (name: string, now: number) =>
    testNames && name.startsWith(prefix) ? cardFromToken(name, now) : null;
  return {
    create: (input, now) => createCard({ ...input, now }),
    fromMethodName: named('pm_card_'),
    fromTokenName: named('tok_'),
  };
}
