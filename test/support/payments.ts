import { type Failure, isFailure } from '../../src/domain/errors.js';
import type { Intent } from '../../src/domain/intent.js';
import { type CaptureInput, captureIntent } from '../../src/engine/captures.js';
import type { Command } from '../../src/engine/command.js';
import type { Engine } from '../../src/engine/engine.js';
import { confirmIntent, createIntent, type IntentInput } from '../../src/engine/intents.js';
import { createRefund, type RefundInput } from '../../src/engine/refunds.js';
import {
  type CreatedSubscription,
  createSubscription,
  type SubscriptionInput,
} from '../../src/engine/subscriptions.js';

/** Short ways to pay, for tests: each command with plain values where a test does not care. */

export const ACCOUNT = 'acct_test';
export const PLAIN_CONFIRM = { needsReturnUrl: () => false };

export function create(over: Partial<IntentInput> = {}, account = ACCOUNT): Command<Intent> {
  return createIntent(account, {
    dialect: 'stripe',
    amount: 2000n,
    currency: 'usd',
    confirmationMethod: 'automatic',
    confirm: null,
    ...over,
  });
}

/** Creates and pays at once with a test card. */
export function createPaid(over: Partial<IntentInput> = {}, account = ACCOUNT): Command<Intent> {
  return create({ method: 'pm_card_visa', confirm: PLAIN_CONFIRM, ...over }, account);
}

export function confirm(
  id: string,
  method: string | null = 'pm_card_visa',
  account = ACCOUNT,
): Command<Intent> {
  return confirmIntent(account, id, method === null ? {} : { method }, PLAIN_CONFIRM);
}

export function capture(id: string, over: Partial<CaptureInput> = {}): Command<Intent> {
  return captureIntent(ACCOUNT, id, { amount: null, final: true, ...over });
}

export function refund(intent: string, amount: bigint | null = null, account = ACCOUNT) {
  return createRefund(account, {
    attempt: null,
    intent,
    amount,
    reason: null,
    metadata: {},
    instructionsEmail: null,
    wire: {},
  } satisfies RefundInput);
}

/** A webhook endpoint that wants every event. */
export function subscribe(
  over: Partial<SubscriptionInput> = {},
  account = ACCOUNT,
): Command<CreatedSubscription> {
  return createSubscription(account, {
    dialect: 'stripe',
    url: 'https://shop.example/hooks',
    events: ['*'],
    apiVersion: null,
    description: null,
    metadata: {},
    wire: {},
    ...over,
  });
}

/** Runs a command that must succeed. */
export async function run<T extends object>(engine: Engine, command: Command<T>): Promise<T> {
  const result = await engine.background(command);
  if (isFailure(result)) throw new Error(`unexpected failure ${result.failure}`);
  return result;
}

/** Runs a command that must fail, and answers why it did. */
export async function fail<T extends object | null>(
  engine: Engine,
  command: Command<T>,
): Promise<Failure> {
  const result = await engine.background(command);
  if (result === null || !isFailure(result)) throw new Error('unexpected success');
  return result;
}
