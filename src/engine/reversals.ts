import { type Failure, isFailure } from '../domain/errors.js';
import type { Intent } from '../domain/intent.js';
import { railBar } from './abilities.js';
import { isHoldOver } from './captures.js';
import { type Command, type Decision, done, refused } from './command.js';
import { findIntent, needIntent } from './intents.js';
import { needTarget, payBack, refundBar } from './refunds.js';
import { release } from './release.js';
import { walletRefundShort } from './wallet-refunds.js';
import type { Work } from './work.js';

/** An intent whose payment was undone. */
export interface Reversed {
  readonly intent: Intent;
  /** The refund that gave the money back, or the attempt whose hold was released. */
  readonly subject: string;
}

const SECONDS_PER_DAY = 86_400;

/**
 * Undoes a payment as if it had not been: releases a whole hold, or gives back the whole of a
 * payment that was captured at once, on the same day (UTC) of business time. Errors: missing,
 * not_reversible, attempt_disputed, rail_cannot, refund_balance_short.
 */
export function reverseIntent(account: string, id: string): Command<Reversed> {
  return {
    account,
    needs: (need) => {
      const intent = needIntent(need, id);
      needTarget(need, { attempt: null, intent: id });
      need('transfers', intent && need('attempts', intent.latestAttempt)?.transfer);
    },
    decide: (work) => {
      const intent = findIntent(work, id);
      if (isFailure(intent)) return refused(intent);
      if (intent.state === 'authorized') return releaseWhole(work, intent);
      if (intent.state === 'captured' && intent.reversed === null) return giveBack(work, intent);
      return refused({ failure: 'not_reversible', reason: 'state', intent });
    },
  };
}

function releaseWhole(work: Work, intent: Intent): Decision<Reversed> {
  if (intent.captured > 0n)
    return refused({ failure: 'not_reversible', reason: 'captured_by_hand', intent });
  if (isHoldOver(work, intent))
    return refused({ failure: 'not_reversible', reason: 'expired', intent });
  const subject = intent.latestAttempt ?? '';
  return done({ intent: release(work, intent, 'cancel', null), subject });
}

/** A refund in all but name: the books are the same. */
function giveBack(work: Work, intent: Intent): Decision<Reversed> {
  const attempt = work.get('attempts', intent.latestAttempt ?? '');
  if (attempt === null) throw new Error(`intent ${intent.id} is captured without an attempt`);
  const fault =
    captureFault(work, intent, attempt.transfer ?? '') ??
    refundBar(work, attempt) ??
    railBar(work, attempt.methodType, 'reverse', attempt.rail) ??
    walletRefundShort(work, attempt, attempt.captured);
  if (fault !== null) return refused(fault);
  const plain = { attempt: null, intent: intent.id, amount: null, reason: null, metadata: {} };
  const input = { ...plain, instructionsEmail: null, wire: {} };
  const refund = payBack(work, intent, attempt, input, 'reversal');
  return done({ intent: work.get('intents', intent.id) ?? intent, subject: refund.id });
}

function captureFault(work: Work, intent: Intent, transferId: string): Failure | null {
  if (intent.captureMethod === 'manual')
    return { failure: 'not_reversible', reason: 'captured_by_hand', intent };
  if (intent.refunded > 0n) return { failure: 'not_reversible', reason: 'refunded', intent };
  const transfer = work.get('transfers', transferId);
  if (transfer === null) throw new Error(`intent ${intent.id} is captured without a transfer`);
  return dayOf(transfer.created) === dayOf(work.now())
    ? null
    : { failure: 'not_reversible', reason: 'another_day', intent };
}

/** The number of the calendar day (UTC) of a moment in Unix seconds. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / SECONDS_PER_DAY);
}
