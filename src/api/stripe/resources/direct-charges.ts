import type { Attempt } from '../../../domain/attempt.js';
import type { Intent } from '../../../domain/intent.js';
import { captureIntent } from '../../../engine/captures.js';
import type { MethodChoice } from '../../../engine/choice.js';
import { type Command, done, type Need } from '../../../engine/command.js';
import { createIntent } from '../../../engine/intents.js';
import { CHARGE } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  changedMetadata,
  idOf,
  keptFields,
  missingInPath,
  Refusal,
  type StripeRequest,
} from '../request.js';
import { type Route, route } from '../route.js';
import { chargeCapture, chargeCreate } from '../schema/charges.js';
import { invalidRequest, type StripeError } from '../wire-error.js';
import { methodInput } from './method-input.js';
import { shippingOf } from './payment-intents.js';

const NO_CARD: StripeError = {
  status: 402,
  type: 'card_error',
  code: 'missing',
  message: 'Cannot charge a customer that has no active card',
  param: 'customer',
};

/** The charge that a command's intent was paid by; what is not done stays as it is. */
function asCharge(command: Command<Intent>): Command<Attempt> {
  return {
    ...command,
    decide: (work) => {
      const decision = command.decide(work);
      if (decision.end === 'refused' && decision.failure.failure === 'method_required')
        throw new Refusal(NO_CARD);
      if (decision.end !== 'done') return decision;
      return done(work.get('attempts', decision.value.latestAttempt ?? '') as Attempt);
    },
  };
}

/** A saved method's id, a token, or a card as typed. */
function choiceOf({ source, card }: Infer<typeof chargeCreate>): MethodChoice {
  const given = source ?? card;
  if (given === undefined) return {};
  if (typeof given !== 'string')
    return { methodData: methodInput({ type: 'card', card: given } as never) };
  if (/^(pm|card)_/.test(given)) return { method: given.replace(/^card_(?=[0-9A-Z])/, 'pm_') };
  return { methodData: methodInput({ type: 'card', card: { token: given } } as never) };
}

/** One intent, made and confirmed in one step; a card that wants its holder is refused. */
function create(sent: Infer<typeof chargeCreate>, request: StripeRequest) {
  const command = createIntent(request.account, {
    ...choiceOf(sent),
    ...(sent.customer === undefined ? {} : { customer: sent.customer }),
    ...(sent.metadata === undefined ? {} : { metadata: changedMetadata(sent.metadata) }),
    dialect: 'stripe',
    amount: sent.amount,
    currency: sent.currency,
    methodTypes: ['card'],
    captureMethod: sent.capture === false ? 'manual' : 'automatic',
    confirmationMethod: 'automatic',
    description: sent.description ?? null,
    receiptEmail: sent.receipt_email ?? null,
    shipping: shippingOf(sent.shipping),
    statementDescriptor: sent.statement_descriptor ?? null,
    statementDescriptorSuffix: sent.statement_descriptor_suffix ?? null,
    wire: {
      ...keptFields(sent, [
        'application_fee_amount',
        'on_behalf_of',
        'transfer_data',
        'transfer_group',
      ]),
      direct: true,
    },
    confirm: { needsReturnUrl: () => false, offSession: true },
  });
  return act(request, asCharge(command), { kind: CHARGE, expand: sent.expand, makes: true });
}

/** Only a charge that was made as one; those of payment intents are captured with their intent. */
async function capture(sent: Infer<typeof chargeCapture>, request: StripeRequest) {
  const id = idOf(request);
  const attempt = await request.engine.read(
    request.account,
    (need) => void need('attempts', id),
    (rows) => rows.get('attempts', id),
  );
  if (attempt === null) return missingInPath(request, 'attempt', id);
  if (attempt.wire.direct !== true)
    throw new Refusal(
      invalidRequest(
        `This Charge was created by a PaymentIntent (${attempt.intent}). You must capture the ` +
          'PaymentIntent instead of capturing the Charge directly.',
      ),
    );
  const command = captureIntent(request.account, attempt.intent, {
    amount: sent.amount ?? null,
    final: true,
    ...(sent.statement_descriptor === undefined
      ? {}
      : { statementDescriptor: sent.statement_descriptor }),
    ...(sent.statement_descriptor_suffix === undefined
      ? {}
      : { statementDescriptorSuffix: sent.statement_descriptor_suffix }),
  });
  const checked: Command<Intent> = {
    ...command,
    decide: (work) => {
      const stored = work.get('intents', attempt.intent);
      if (stored?.state === 'captured') throw new Refusal(alreadyCaptured(id));
      return command.decide(work);
    },
  };
  const before = (need: Need) => need('attempts', id);
  return act(request, asCharge(checked), { kind: CHARGE, expand: sent.expand, before });
}

function alreadyCaptured(id: string): StripeError {
  const message = `Charge ${id} has already been captured.`;
  return invalidRequest(message, undefined, 'charge_already_captured');
}

export const DIRECT_CHARGE_ROUTES: readonly Route[] = [
  route('POST', '/v1/charges', chargeCreate, create, {
    matches: 'a token, a typed card, a saved method, or the customer’s default',
    deviates: 'it makes a payment intent, which the charge names; its events are told too',
  }),
  route('POST', '/v1/charges/:id/capture', chargeCapture, capture, {
    matches: 'of charges made directly, whole or in part; others are refused',
  }),
];
