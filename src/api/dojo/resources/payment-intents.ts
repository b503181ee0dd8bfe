import type { Intent } from '../../../domain/intent.js';
import { setSold, setTips } from '../../../engine/amount-parts.js';
import { type Command, checked, done, refused } from '../../../engine/command.js';
import { cancelIntent, createIntent, onIntent } from '../../../engine/intents.js';
import type { Work } from '../../../engine/work.js';
import { keptOf, withKept } from '../kept.js';
import { invalidField, Refusal } from '../problem.js';
import { act, type DojoReply, type DojoRequest, idIn, notFound, reply } from '../request.js';
import { type Route, route } from '../route.js';
import type { Money } from '../schema/fields.js';
import {
  type CreatePaymentIntent,
  createPaymentIntent,
  setAmount,
  setTipsAmount,
} from '../schema/payment-intents.js';
import type { Read } from '../schema/shape.js';
import { sessionEnd } from '../session-token.js';
import { intentStatus } from '../status.js';
import { needPaymentIntent, paymentIntentView } from '../view/payment-intent.js';
import { creating } from './creating.js';
import { type NewIntent, newIntentOf } from './intent-input.js';

/** Runs a command that leaves an intent, and answers with that. */
export function actOnIntent(
  request: DojoRequest,
  command: Command<Intent>,
  id: string | null,
): Promise<DojoReply> {
  return act(request, command, {
    ...(id === null ? {} : { alsoNeeds: (need) => needPaymentIntent(need, id) }),
    show: (intent, rows) => paymentIntentView(intent, rows, request.view),
  });
}

/** Refuses what the rows say does not fit; they are read as the intent is created. */
function checkNamed(work: Work, { input, setup, card }: NewIntent): null {
  if (setup !== null && work.get('setups', setup) === null)
    throw new Refusal(invalidField('SetupIntentId', 'There is no such setup intent.'));
  if (card !== null && work.get('methods', card)?.customer !== input.customer)
    throw new Refusal(invalidField('Customer.SavedCardId', 'The customer has no such card.'));
  return null;
}

function create(request: DojoRequest, sent: CreatePaymentIntent): Promise<DojoReply> {
  const made = newIntentOf(request, sent);
  const command = creating(createIntent(request.account, made.input), made.input);
  const needs: typeof command.needs = (need) => {
    command.needs(need);
    need('setups', made.setup);
    need('methods', made.card);
  };
  const named = checked({ ...command, needs }, (work) => checkNamed(work, made));
  return actOnIntent(request, named, null);
}

async function retrieve(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'intent');
  const { engine, account, view, query } = request;
  const shown = await engine.read(
    account,
    (need) => needPaymentIntent(need, id),
    (rows) => {
      const intent = rows.get('intents', id);
      return intent === null
        ? null
        : { status: intentStatus(intent), object: paymentIntentView(intent, rows, view) };
    },
  );
  const showsCanceled = query.get('returnCanceled')?.toLowerCase() === 'true';
  if (shown === null || (shown.status === 'Canceled' && !showsCanceled))
    return notFound('payment intent');
  return reply(shown.object);
}

/** Only what nobody has paid is canceled: a hold is reversed. */
function cancel(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'intent');
  const command = cancelIntent(request.account, id, null);
  const created = checked(command, (work) => {
    const intent = work.get('intents', id);
    return intent === null || intentStatus(intent) === 'Created'
      ? null
      : { failure: 'intent_state', operation: 'cancel', intent };
  });
  return actOnIntent(request, created, id);
}

function refresh(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'intent');
  return actOnIntent(request, refreshSecret(request, id), id);
}

/**
 * Issues a new client session secret for an intent that is still to be paid; the one before it
 * still opens while it is not over. Errors: missing, intent_state.
 */
export function refreshSecret(
  { account, view }: Pick<DojoRequest, 'account' | 'view'>,
  id: string,
): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    if (intentStatus(intent) !== 'Created')
      return refused({ failure: 'intent_state', operation: 'confirm', intent });
    const changedAt = work.now();
    const wire = withKept(intent, { secretExpiresAt: sessionEnd(view.nowMs), changedAt });
    return done(work.update('intents', { ...intent, wire: { ...intent.wire, ...wire } }));
  });
}

/**
 * A change of an amount of the intent, which must be in its currency; `change` makes the engine's
 * command, which reads the intent anew.
 */
function changing(
  { account }: DojoRequest,
  id: string,
  field: string,
  { currencyCode }: Money,
  change: (intent: Intent) => Command<Intent>,
): Command<Intent> {
  return onIntent(account, id, (work, intent) => {
    if (intent.currency !== currencyCode.toLowerCase())
      throw new Refusal(
        invalidField(`${field}.CurrencyCode`, 'The currency is not the one of the payment.'),
      );
    const wire = { ...intent.wire, ...withKept(intent, { changedAt: work.now() }) };
    return change(work.update('intents', { ...intent, wire })).decide(work);
  });
}

function tips(request: DojoRequest, sent: Read<typeof setTipsAmount>): Promise<DojoReply> {
  const id = idIn(request, 'intent');
  const { tipsAmount } = sent;
  const isAllowed = (intent: Intent) => keptOf(intent).config?.payment?.tipsAllowed === true;
  const command = changing(request, id, 'TipsAmount', tipsAmount, () =>
    setTips(request.account, id, BigInt(tipsAmount.value), isAllowed),
  );
  return actOnIntent(request, command, id);
}

function amount(request: DojoRequest, sent: Read<typeof setAmount>): Promise<DojoReply> {
  const id = idIn(request, 'intent');
  const { amount: money, ...lines } = sent;
  const isAllowed = (intent: Intent) =>
    keptOf(intent).config?.payment?.customAmountAllowed === true;
  const command = changing(request, id, 'Amount', money, (intent) =>
    setSold(request.account, id, BigInt(money.value), withKept(intent, lines), isAllowed),
  );
  return actOnIntent(request, command, id);
}

/** Payment intents themselves; what moves their money is in `money-moves.ts`. */
export const PAYMENT_INTENT_ROUTES: readonly Route[] = [
  route('POST', '/payment-intents', createPaymentIntent, create, {
    operation: 'PaymentIntents_CreatePaymentIntent',
    matches: 'all fields, defaults and limits of all versions; MOTO and captions of 2022',
    deviates: 'amounts from 1 to 99,999,999; at most 250 lines, 50 metadata entries',
  }),
  route('GET', '/payment-intents/:id', null, retrieve, {
    operation: 'PaymentIntents_Get',
    matches: 'canceled ones are not found without returnCanceled',
    deviates: 'intents of the other dialects are shown, too',
  }),
  route('DELETE', '/payment-intents/:id', null, cancel, {
    operation: 'PaymentIntents_Delete',
    matches: 'only from Created',
    deviates: 'any other status is a 409',
  }),
  route('POST', '/payment-intents/:id/refresh-client-session-secret', null, refresh, {
    operation: 'PaymentIntents_RefreshClientSessionSecret',
    matches: 'a new secret for 30 minutes',
    deviates: 'once it is paid or canceled: 400',
  }),
  route('POST', '/payment-intents/:id/tips-amount', setTipsAmount, tips, {
    operation: 'PaymentIntents_SetTipsAmount',
    matches: 'needs config.payment.tipsAllowed',
  }),
  route('POST', '/payment-intents/:id/amount', setAmount, amount, {
    operation: 'PaymentIntents_SetCustomAmount',
    matches: 'needs config.payment.customAmountAllowed; the first amount is the requestedAmount',
  }),
];
