import type { Intent } from '../domain/intent.js';

/** What one dialect calls things that it shares with the others. */
export interface DialectWords {
  /** Its word for the state of an intent, whichever dialect made it. */
  status(intent: Intent): string;
  /** The id by which its clients know an intent. */
  intentId(id: string): string;
}
