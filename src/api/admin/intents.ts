import type { Attempt } from '../../domain/attempt.js';
import { allowsRefund } from '../../domain/dispute.js';
import { capturable, INTENT_LIFECYCLE, type Intent } from '../../domain/intent.js';
import { step } from '../../domain/lifecycle.js';
import { PAYMENT_AMOUNT_MAX } from '../../domain/money.js';
import { captureIntent } from '../../engine/captures.js';
import type { Engine } from '../../engine/engine.js';
import { cancelIntent, updateIntent } from '../../engine/intents.js';
import { createRefund, updateAttempt } from '../../engine/refunds.js';
import { dayOf, reverseIntent } from '../../engine/reversals.js';
import { metadataIn, numberIn, wordIn } from './body.js';
import { missing } from './fault.js';
import { intentRow, moneyOf } from './intent-row.js';
import { type IntentScene, readIntentScene } from './intent-scene.js';
import { searchIntents } from './intent-search.js';
import { type AdminDependencies, type AdminRequest, act, idIn } from './request.js';
import { changing, type Route, reading } from './route.js';
import type { IntentDetail, IntentPage, IntentRow } from './schema.js';
import { timelineOf } from './timeline.js';

/** Rows of the list for intents, with what was last tried for each. */
export async function intentRows(
  deps: Pick<AdminDependencies, 'words'>,
  engine: Pick<Engine, 'read'>,
  account: string,
  intents: readonly Intent[],
): Promise<IntentRow[]> {
  return engine.read(
    account,
    (need) => {
      for (const { latestAttempt } of intents) need('attempts', latestAttempt);
    },
    (rows) =>
      intents.map((intent) => {
        const latest = intent.latestAttempt;
        const attempt: Attempt | null = latest === null ? null : rows.get('attempts', latest);
        return intentRow(deps, intent, attempt);
      }),
  );
}

async function list(request: AdminRequest): Promise<IntentPage> {
  const { deps, engine, account } = request;
  const { rows, next } = await searchIntents(request);
  return { rows: await intentRows(deps, engine, account, rows), next };
}

/** What its state allows; what else forbids it, the engine says when it is asked. */
function canOf({ intent, attempt, disputes, transfers, now }: IntentScene): IntentDetail['can'] {
  const { state, captured, refunded, currency, captureMethod } = intent;
  const open = capturable(intent);
  const left = captured - refunded;
  const paid = transfers.find(({ id }) => id === attempt?.transfer);
  const isToday = paid !== undefined && dayOf(paid.created) === dayOf(now);
  const untouched = captured > 0n && refunded === 0n && captureMethod !== 'manual';
  // The bank has taken the money itself.
  const taken = disputes.some((dispute) => !allowsRefund(dispute));
  return {
    capture: open > 0n ? moneyOf(open, currency) : null,
    refund: left > 0n && !taken ? moneyOf(left, currency) : null,
    cancel: step(INTENT_LIFECYCLE, state, 'cancel') !== null,
    reverse: state === 'authorized' ? captured === 0n : untouched && isToday,
  };
}

function detailOf({ words, publicUrl }: AdminDependencies, scene: IntentScene): IntentDetail {
  const { intent, attempt, link, rendezvous } = scene;
  const { id, authorized, released, captureMethod } = intent;
  return {
    intent: {
      ...intentRow({ words }, intent, attempt),
      authorized: Number(authorized),
      released: Number(released),
      captureMethod,
      ids: {
        stripe: words.stripe.intentId(id),
        dojo: words.dojo.intentId(id),
        code: rendezvous ?? words.code.intentId(id),
      },
      checkoutUrl: link === null ? null : `${publicUrl()}/checkout/${link}`,
    },
    charge: attempt === null ? null : { id: attempt.id, metadata: attempt.metadata },
    timeline: timelineOf(scene),
    can: canOf(scene),
  };
}

async function detail(request: AdminRequest): Promise<IntentDetail> {
  const { deps, engine, account } = request;
  const scene = await readIntentScene(engine, account, idIn(request));
  if (scene === null) throw missing('payment');
  return detailOf(deps, scene);
}

const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;
const CANCEL_REASONS = [...REFUND_REASONS, 'abandoned'] as const;

function amountIn({ body }: AdminRequest): bigint | null {
  const amount = numberIn(body, 'amount', 1, Number(PAYMENT_AMOUNT_MAX));
  return amount === undefined ? null : BigInt(amount);
}

function said(amount: bigint | null, reason?: string): Record<string, string> {
  return {
    ...(amount === null ? {} : { amount: String(amount) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

async function capture(request: AdminRequest): Promise<IntentDetail> {
  const id = idIn(request);
  const amount = amountIn(request);
  const command = captureIntent(request.account, id, { amount, final: true });
  await act(request, command, 'intent.capture', id, said(amount));
  return detail(request);
}

async function refund(request: AdminRequest): Promise<IntentDetail> {
  const id = idIn(request);
  const amount = amountIn(request);
  const reason = wordIn(request.body, 'reason', REFUND_REASONS);
  const command = createRefund(request.account, {
    attempt: null,
    intent: id,
    amount,
    reason: reason ?? null,
    metadata: {},
    instructionsEmail: null,
    wire: {},
  });
  await act(request, command, 'intent.refund', id, said(amount, reason));
  return detail(request);
}

async function cancel(request: AdminRequest): Promise<IntentDetail> {
  const id = idIn(request);
  const reason = wordIn(request.body, 'reason', CANCEL_REASONS);
  const command = cancelIntent(request.account, id, reason ?? null);
  await act(request, command, 'intent.cancel', id, said(null, reason));
  return detail(request);
}

async function reverse(request: AdminRequest): Promise<IntentDetail> {
  const id = idIn(request);
  await act(request, reverseIntent(request.account, id), 'intent.reverse', id);
  return detail(request);
}

async function setMetadata(request: AdminRequest): Promise<IntentDetail> {
  const id = idIn(request);
  const metadata = metadataIn(request.body);
  const command = updateIntent(request.account, id, { metadata: () => metadata });
  await act(request, command, 'intent.metadata', id, { keys: Object.keys(metadata).join(', ') });
  return detail(request);
}

async function setChargeMetadata(request: AdminRequest): Promise<object> {
  const id = idIn(request);
  const metadata = metadataIn(request.body);
  const command = updateAttempt(request.account, id, { metadata: () => metadata });
  const keys = Object.keys(metadata).join(', ');
  const changed = await act(request, command, 'charge.metadata', id, { keys });
  return { id, intent: changed.intent, metadata: changed.metadata };
}

/** Payments: the list, one as its timeline, and what can be done with it. */
export const INTENT_ROUTES: readonly Route[] = [
  reading('/intents', 'Payments, newest first', list),
  reading('/intents/:id', 'One payment with its whole timeline', detail),
  changing('operator', '/intents/:id/capture', 'Take what is held', capture),
  changing('operator', '/intents/:id/refund', 'Give money back', refund),
  changing('operator', '/intents/:id/cancel', 'Call a payment off', cancel),
  changing('operator', '/intents/:id/reverse', 'Undo a payment as if it had not been', reverse),
  changing('operator', '/intents/:id/metadata', "Replace a payment's metadata", setMetadata),
  changing('operator', '/charges/:id/metadata', "Replace a charge's metadata", setChargeMetadata),
];
