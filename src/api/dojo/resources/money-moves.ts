import { declineMessage } from '../../../domain/decline-messages.js';
import { type Failure, isFailure } from '../../../domain/errors.js';
import type { Intent } from '../../../domain/intent.js';
import { isEmail } from '../../../domain/mail.js';
import { captureIntent } from '../../../engine/captures.js';
import { chargeBySetup } from '../../../engine/charge-setup.js';
import { type Command, checked, refused } from '../../../engine/command.js';
import { findIntent, needIntent } from '../../../engine/intents.js';
import { sendReceipts } from '../../../engine/mails.js';
import { createRefund as refundIntent } from '../../../engine/refunds.js';
import { reverseIntent } from '../../../engine/reversals.js';
import { receiptLetter } from '../../receipt-letter.js';
import { dojoCheckout } from '../checkout-terms.js';
import { coreId, wireId } from '../ids.js';
import { keptOf } from '../kept.js';
import { invalidField, Refusal } from '../problem.js';
import { act, type DojoReply, type DojoRequest, idIn, notFound, reply } from '../request.js';
import { type Route, route } from '../route.js';
import { createCapture, createRefund, sendReceipt } from '../schema/payment-intents.js';
import type { Read } from '../schema/shape.js';
import { type KeptRefund, refundView } from '../view/moves.js';

/** Takes a part of what is held, or all; what is left stays held. */
function capture(request: DojoRequest, sent: Read<typeof createCapture>): Promise<DojoReply> {
  const { account, view } = request;
  const { amount, tipsAmount } = sent;
  const command = captureIntent(account, idIn(request, 'intent'), {
    amount: BigInt(amount + (tipsAmount ?? 0)),
    final: false,
    ...(tipsAmount === undefined ? {} : { tip: BigInt(tipsAmount) }),
  });
  return act(request, command, {
    show: ({ latestAttempt }, rows) => {
      const transfer = rows.get('attempts', latestAttempt ?? '')?.transfer ?? '';
      const captureId = wireId('capture', transfer, view.livemode);
      return { message: 'The payment was captured.', captureId };
    },
  });
}

/** Pays with the card of the setup intent that the payment intent names. */
function chargeIntent(account: string, id: string, livemode: boolean): Command<Intent> {
  const setupOf = (intent: Intent | null | undefined): string | null => {
    const named = intent ? keptOf(intent).setupIntentId : undefined;
    return named === undefined ? null : coreId('setup', named, livemode);
  };
  return {
    account,
    needs: (need) => {
      const setup = setupOf(needIntent(need, id));
      if (setup !== null) chargeBySetup(account, id, setup).needs(need);
    },
    decide: (work) => {
      const intent = work.get('intents', id);
      const setup = setupOf(intent);
      if (intent !== null && setup === null)
        return refused({ failure: 'setup_unfit', reason: 'none', intent });
      return chargeBySetup(account, id, setup ?? '').decide(work);
    },
  };
}

function charge(request: DojoRequest): Promise<DojoReply> {
  const { account, view } = request;
  const id = idIn(request, 'intent');
  const paymentIntentId = wireId('intent', id, view.livemode);
  return act(request, chargeIntent(account, id, view.livemode), {
    show: ({ state }) =>
      state === 'processing'
        ? { paymentIntentId, status: 'Created', message: 'The payment is in progress.' }
        : { paymentIntentId, status: 'Successful', message: 'The card was charged.' },
    declined: (failure) => ({
      paymentIntentId,
      status: 'Declined',
      message: declinedText(failure),
    }),
  });
}

function declinedText(failure: Failure): string {
  if (failure.failure !== 'declined') return 'The card was declined.';
  return declineMessage(failure.decline.code, failure.decline.declineCode);
}

/** Dojo demands the key here: a refund that is sent twice must not be made twice. */
const KEY_REQUIRED = 'The idempotencyKey field is required.';

function refund(request: DojoRequest, sent: Read<typeof createRefund>): Promise<DojoReply> {
  if (request.idempotency === null) throw new Refusal(invalidField('idempotencyKey', KEY_REQUIRED));
  const id = idIn(request, 'intent');
  const { amount, ...said } = sent;
  const kept: KeptRefund = said;
  const command = refundIntent(request.account, {
    attempt: null,
    intent: id,
    amount: BigInt(amount),
    reason: null,
    metadata: {},
    instructionsEmail: null,
    wire: { dojo: { ...kept } },
  });
  const found = checked(command, (work) => {
    const intent = findIntent(work, id);
    return isFailure(intent) ? intent : null;
  });
  return act(request, found, { show: (made) => refundView(made, request.view) });
}

async function retrieveRefund(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'refund', 'refundId');
  const { engine, account, view } = request;
  const found = await engine.read(
    account,
    (need) => void need('refunds', id),
    (rows) => rows.get('refunds', id),
  );
  // What undid a payment is known by another id.
  if (found === null || found.kind === 'reversal') return notFound('refund');
  return reply(refundView(found, view));
}

function reverse(request: DojoRequest): Promise<DojoReply> {
  const { account, view } = request;
  return act(request, reverseIntent(account, idIn(request, 'intent')), {
    show: ({ subject }) => ({
      message: 'The payment was reversed.',
      reversalId: wireId('reversal', subject, view.livemode),
    }),
  });
}

function receipt(request: DojoRequest, sent: Read<typeof sendReceipt>): Promise<DojoReply> {
  const { account, view } = request;
  const emails = [...new Set(sent.emails)];
  if (emails.length === 0)
    throw new Refusal(invalidField('Emails', 'The Emails field must name an address.'));
  // A contact may be whatever the merchant has of him; a letter goes to one plain address.
  if (!emails.every(isEmail))
    throw new Refusal(invalidField('Emails', 'The Emails field holds what is no address.'));
  const command = sendReceipts(account, idIn(request, 'intent'), emails, (paid) =>
    receiptLetter(paid, dojoCheckout.intent(paid.intent), view.livemode),
  );
  return act(request, command, { show: () => null });
}

/** What moves the money of a payment intent, or tells of that. */
export const MONEY_MOVE_ROUTES: readonly Route[] = [
  route('POST', '/payment-intents/:id/captures', createCapture, capture, {
    operation: 'Captures_Create',
    matches: 'several parts, as long as the hold lasts; tips are taken from the hold, too',
    deviates: 'more than is held is a 400',
  }),
  route('POST', '/payment-intents/:id/charge', null, charge, {
    operation: 'PaymentIntents_ChargePaymentIntent',
    matches: 'charges the card of the setup intent; a decline is a 200 with the status Declined',
  }),
  route('POST', '/payment-intents/:id/refunds', createRefund, refund, {
    operation: 'Refunds_Create',
    matches: 'in parts, up to what was captured; the idempotencyKey is required',
    deviates: 'what cannot be refunded in its status is a 409',
  }),
  route('GET', '/payment-intents/refunds/:refundId', null, retrieveRefund, {
    operation: 'PaymentIntents_GetRefundById',
    matches: 'refunds of every dialect',
  }),
  route('POST', '/payment-intents/:id/reversal', null, reverse, {
    operation: 'Reversal_Create',
    matches: 'a whole hold within its time; a payment captured at once on its calendar day (UTC)',
  }),
  route('POST', '/payment-intents/:id/receipt', sendReceipt, receipt, {
    operation: 'Receipt_Create',
    matches: 'a letter to each of up to 20 addresses',
    deviates: 'at most 20 letters for one payment; one that is not paid is a 400',
  }),
];
