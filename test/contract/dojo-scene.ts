import type { Intent } from '../../src/domain/intent.js';
import type { SetupIntent } from '../../src/domain/setup.js';
import type { Command } from '../../src/engine/command.js';
import type { IntentInput } from '../../src/engine/intents.js';
import { NO_MANDATE } from '../../src/engine/mandates.js';
import { type ConfirmSetupOptions, createSetup, type SetupInput } from '../../src/engine/setups.js';
import type { TestEngine } from '../support/engine.js';
import { startTestJobs } from '../support/jobs.js';
import { ACCOUNT, create } from '../support/payments.js';
import { read } from './rows.js';

/** Intents and setups as the Dojo dialect makes them, and time that goes by. */

export const DAY_SECONDS = 86_400;

export const CONFIRM_SETUP: ConfirmSetupOptions = {
  mandate: NO_MANDATE,
  wishes: () => ({ requestChallenge: 'automatic', byDeposits: false }),
  needsReturnUrl: () => false,
};

/** An unpaid intent of 10.00 GBP with a history, which ends after 30 days. */
export function createDojo(over: Partial<IntentInput> = {}, account = ACCOUNT): Command<Intent> {
  const terms = { dialect: 'dojo', amount: 1000n, currency: 'gbp' } as const;
  const kept = { keepsHistory: true, expiresInSeconds: 30 * DAY_SECONDS };
  return create({ ...terms, ...kept, captureMethod: 'automatic', ...over }, account);
}

/** A setup that has saved a card, or tries to. */
export function createDojoSetup(
  over: Partial<SetupInput> = {},
  account = ACCOUNT,
): Command<SetupIntent> {
  return createSetup(account, {
    method: 'pm_card_visa',
    confirm: CONFIRM_SETUP,
    keepsHistory: true,
    ...over,
  });
}

/** Lets so many seconds go by, and runs what has become due. */
export async function passTime(made: TestEngine, seconds: number): Promise<void> {
  made.clock.advance(seconds);
  const jobs = startTestJobs(made, { limits: { jobs_per_look_max: 1000 } });
  await jobs.runDue();
  await jobs.stop();
}

/** An intent as it is stored now. */
export async function intentOf({ store }: TestEngine, id: string, account = ACCOUNT) {
  const intent = await read(store, 'intents', account, id);
  if (intent === null) throw new Error(`there is no ${id}`);
  return intent;
}
