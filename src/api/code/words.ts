import type { DialectWords } from '../words.js';

/**
 * Code knows whether a wallet's submission stands. Its ids are keys of rendezvous, which do not
 * follow from an intent's id: they are looked up.
 */
export const codeWords: DialectWords = {
  status: ({ state }) => (state === 'captured' ? 'SUBMITTED' : 'PENDING'),
  intentId: () => '',
};
