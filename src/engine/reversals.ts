import type { Intent } from '../domain/intent.js';
import { type Command, refused } from './command.js';
import { onIntent } from './intents.js';

/**
 * Undoes a payment as if it had not been: releases a whole hold, or gives back the whole of a
 * payment that was captured at once, on the same day (UTC) of business time. Errors: missing,
 * not_reversible, rail_cannot.
 */
export function reverseIntent(account: string, id: string): Command<Intent> {
  return onIntent(account, id, (_work, intent) =>
    refused({ failure: 'not_reversible', reason: 'state', intent }),
  );
}
