import { type Attempt, advanceAttempt } from '../domain/attempt.js';
import { advance, capturable, INTENT_LIFECYCLE, type Intent } from '../domain/intent.js';
import { step } from '../domain/lifecycle.js';
import { statementLine } from '../domain/statement.js';
import { railBar } from './abilities.js';
import { captureTransfer } from './capture-transfer.js';
import { type Command, type Decision, done, refused } from './command.js';
import { captureAftermath } from './disputes.js';
import { movesFault, noted } from './history.js';
import { type IntentFields, onIntent } from './intents.js';
import { expiryJobId } from './pay.js';
import { tellRequestPaid } from './request-payments.js';
import type { Work } from './work.js';

export interface CaptureInput {
  /** Minor units; null takes all that is held. */
  amount: bigint | null;
  /** False keeps the rest held for further captures. */
  final: boolean;
  /** The part of the amount that is a tip, minor units. */
  tip?: bigint;
  metadata?: IntentFields['metadata'];
  statementDescriptor?: string | null;
  statementDescriptorSuffix?: string | null;
}

/**
 * Captures what is held, whole or in part; a final capture releases the rest. Errors: missing,
 * intent_state, capture_released, amount_above_capturable, limit_reached (captures and refunds),
 * rail_cannot.
 */
export function captureIntent(account: string, id: string, input: CaptureInput): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    if (intent.state === 'captured') return refused({ failure: 'capture_released', intent });
    if (step(INTENT_LIFECYCLE, intent.state, 'capture') === null || intent.state !== 'authorized')
      return refused({ failure: 'intent_state', operation: 'capture', intent });
    const open = capturable(intent);
    const amount = input.amount ?? open;
    if (amount > open) return refused({ failure: 'amount_above_capturable', intent });
    if (isHoldOver(work, intent)) return refused({ failure: 'capture_released', intent });
    const full = movesFault(intent.history);
    if (full !== null) return refused(full);
    return capture(work, intent, amount, input);
  });
}

/** Whether the hold has ended, though the job that says so is still to come. */
export function isHoldOver(work: Work, { latestAttempt }: Intent): boolean {
  const captureBefore = work.get('attempts', latestAttempt ?? '')?.captureBefore ?? null;
  return captureBefore !== null && work.now() >= captureBefore;
}

/**
 * Takes an amount of what is held; the caller has checked that there is as much. Errors:
 * rail_cannot.
 */
export function capture(
  work: Work,
  intent: Intent,
  amount: bigint,
  input: CaptureInput,
): Decision<Intent> {
  const attempt = work.get('attempts', intent.latestAttempt ?? '');
  const hold = attempt?.hold ? work.get('transfers', attempt.hold) : null;
  if (attempt === null || hold === null) throw new Error(`intent ${intent.id} holds nothing`);
  const rest = capturable(intent) - amount;
  const closes = input.final || rest === 0n;
  const transition = closes ? 'capture' : 'capture_part';
  const bar = closes ? null : railBar(work, attempt.methodType, 'captureInParts', attempt.rail);
  if (bar !== null) return refused(bar);
  const transfer = captureTransfer(work, intent, attempt, amount);
  work.transfer(hold, {
    ...hold,
    settled: hold.settled + amount,
    state: closes ? 'posted' : 'pending',
  });
  if (closes) work.unschedule(expiryJobId(attempt.id));
  const { statementDescriptor, statementDescriptorSuffix } = input;
  const { attempt: captured, subjects } = captureAftermath(work, {
    ...relabeled(work, attempt, statementDescriptor, statementDescriptorSuffix),
    state: advanceAttempt(attempt, transition),
    captured: attempt.captured + amount,
    released: closes ? attempt.released + rest : attempt.released,
    captureBefore: closes ? null : attempt.captureBefore,
    transfer: transfer.id,
  });
  work.update('attempts', captured);
  const next: Intent = {
    ...intent,
    state: advance(intent, transition),
    captured: intent.captured + amount,
    released: closes ? intent.released + rest : intent.released,
    captureOpen: !closes,
    lastError: null,
    history: noted(work, intent.history, {
      kind: 'captured',
      amount,
      subject: transfer.id,
      payer: captured,
      tip: input.tip?.toString() ?? null,
    }),
  };
  if (input.metadata !== undefined) next.metadata = input.metadata(intent.metadata);
  if (statementDescriptor !== undefined) next.statementDescriptor = statementDescriptor;
  if (statementDescriptorSuffix !== undefined)
    next.statementDescriptorSuffix = statementDescriptorSuffix;
  work.update('intents', next);
  work.record(closes ? 'intent.captured' : 'intent.captured_in_part', {
    ...subjects,
    intent: next,
    attempt: captured,
  });
  if (closes) tellRequestPaid(work, next, captured);
  return done(next);
}

/** What the statement will show can still be named when the money is taken. */
function relabeled(
  work: Work,
  attempt: Attempt,
  descriptor: string | null = attempt.statementDescriptor,
  suffix: string | null = attempt.statementDescriptorSuffix,
): Attempt {
  return {
    ...attempt,
    statementDescriptor: descriptor,
    statementDescriptorSuffix: suffix,
    calculatedDescriptor: statementLine(work.account(), descriptor, suffix),
  };
}
