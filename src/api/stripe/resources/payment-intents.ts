import { timingSafeEqual } from 'node:crypto';
import type { Intent } from '../../../domain/intent.js';
import type { JsonObject } from '../../../domain/json.js';
import { captureIntent } from '../../../engine/captures.js';
import type { Command, Need } from '../../../engine/command.js';
import {
  type ConfirmOptions,
  cancelIntent,
  confirmIntent,
  createIntent,
  type IntentFields,
  type MethodChoice,
  updateIntent,
} from '../../../engine/intents.js';
import { checkChargeAmount } from '../currencies.js';
import { PAYMENT_INTENT } from '../objects.js';
import type { Infer } from '../params.js';
import {
  act,
  changedMetadata,
  equals,
  idOf,
  keptFields,
  list,
  missingInPath,
  objectReply,
  Refusal,
  type Showing,
  type StripeRequest,
  show,
  within,
} from '../request.js';
import { type Route, route } from '../route.js';
import {
  paymentIntentCancel,
  paymentIntentCapture,
  paymentIntentConfirm,
  paymentIntentCreate,
  paymentIntentList,
  paymentIntentRetrieve,
  paymentIntentUpdate,
} from '../schema/payment-intents.js';
import { hasDefault } from '../versions.js';
import { invalidRequest, missingParam, type StripeError } from '../wire-error.js';
import { methodInput } from './method-input.js';

/** Parameters that the engine has no use for: kept with the intent, and shown. */
const KEPT = [
  'allowed_payment_method_types',
  'amount_details',
  'application_fee_amount',
  'automatic_payment_methods',
  'customer_account',
  'excluded_payment_method_types',
  'hooks',
  'on_behalf_of',
  'payment_details',
  'payment_method_options',
  'transfer_data',
  'transfer_group',
] as const;

/** Method types that send the customer to another site. */
const REDIRECT_TYPES = new Set([
  'alipay',
  'bancontact',
  'eps',
  'giropay',
  'ideal',
  'klarna',
  'p24',
]);

type Whole = Infer<typeof paymentIntentCreate> &
  Omit<Infer<typeof paymentIntentConfirm>, 'mandate_data'>;

/** Any of the three methods' parameters: each has a part of the whole. */
type Sent = { readonly [Name in keyof Whole]?: Whole[Name] | undefined };

/** What create, update and confirm alike say of the intent. */
function fieldsOf(sent: Sent): IntentFields {
  const fields: IntentFields = { wire: keptFields(sent, KEPT) };
  if (sent.customer !== undefined) fields.customer = sent.customer;
  if (sent.capture_method !== undefined) fields.captureMethod = sent.capture_method;
  if (sent.description !== undefined) fields.description = sent.description;
  if (sent.metadata !== undefined) fields.metadata = changedMetadata(sent.metadata);
  if (sent.receipt_email !== undefined) fields.receiptEmail = sent.receipt_email;
  if (sent.shipping !== undefined) fields.shipping = shippingOf(sent.shipping);
  if (sent.setup_future_usage !== undefined) fields.futureUsage = sent.setup_future_usage;
  if (sent.statement_descriptor !== undefined)
    fields.statementDescriptor = sent.statement_descriptor;
  if (sent.statement_descriptor_suffix !== undefined)
    fields.statementDescriptorSuffix = sent.statement_descriptor_suffix;
  const types = sent.payment_method_types ?? sent.allowed_payment_method_types;
  if (types !== undefined && types.length > 0) fields.methodTypes = [...types];
  return fields;
}

/** Shipping as it is shown: every field, with nulls. */
export function shippingOf(sent: Sent['shipping']): JsonObject | null {
  if (sent === null || sent === undefined) return null;
  const { address, name, phone, carrier, tracking_number } = sent;
  const { city, country, line1, line2, postal_code, state } = address;
  return {
    address: {
      city: city ?? null,
      country: country ?? null,
      line1: line1 ?? null,
      line2: line2 ?? null,
      postal_code: postal_code ?? null,
      state: state ?? null,
    },
    carrier: carrier ?? null,
    name,
    phone: phone ?? null,
    tracking_number: tracking_number ?? null,
  };
}

function choiceOf(sent: Sent): MethodChoice {
  const choice: MethodChoice = {};
  // An empty `payment_method` takes the method off the intent.
  if (sent.payment_method !== undefined) choice.method = sent.payment_method || null;
  if (sent.payment_method_data !== undefined)
    choice.methodData = methodInput(sent.payment_method_data);
  return choice;
}

function requestChallenge(intent: Intent): 'automatic' | 'any' | 'challenge' {
  const options = intent.wire.payment_method_options as JsonObject | null | undefined;
  const asked = options?.card as JsonObject | null | undefined;
  const value = asked?.request_three_d_secure;
  return value === 'any' || value === 'challenge' ? value : 'automatic';
}

/** Redirect methods are offered only by automatic methods that allow them. */
function needsReturnUrl(intent: Intent): boolean {
  const automatic = intent.wire.automatic_payment_methods as JsonObject | null | undefined;
  if (!automatic?.enabled || automatic.allow_redirects === 'never') return false;
  return intent.methodTypes.some((type) => REDIRECT_TYPES.has(type));
}

function confirmOptions(sent: Sent): ConfirmOptions {
  return {
    needsReturnUrl,
    returnUrl: sent.return_url ?? null,
    inClient: sent.use_stripe_sdk === true,
    offSession: sent.off_session !== undefined && sent.off_session !== false,
    refuseAction: sent.error_on_requires_action === true,
    requestChallenge,
  };
}

/** From 2023-08-16 on, an intent that names no types takes what the account has switched on. */
function automaticMethods(
  sent: Infer<typeof paymentIntentCreate>,
  version: string,
): JsonObject | null {
  const { automatic_payment_methods: asked } = sent;
  if (asked !== undefined)
    return asked.enabled
      ? { allow_redirects: asked.allow_redirects ?? 'always', enabled: true }
      : null;
  if (sent.payment_method_types !== undefined || sent.allowed_payment_method_types !== undefined)
    return null;
  if (!hasDefault(version, 'automatic_methods')) return null;
  return { allow_redirects: 'always', enabled: true };
}

function defaultCapture({ apiVersion }: StripeRequest): Intent['captureMethod'] {
  return hasDefault(apiVersion, 'asynchronous_capture') ? 'automatic_async' : 'automatic';
}

/** Objects that Tender does not keep: whoever names one must not be charged without it. */
function refuseUnkept(sent: Sent): void {
  for (const param of ['confirmation_token', 'mandate'] as const) {
    const id = sent[param];
    if (id === undefined) continue;
    const message = `No such ${param}: '${id.slice(0, 200)}'`;
    throw new Refusal(invalidRequest(message, param, 'resource_missing'));
  }
}

function create(sent: Infer<typeof paymentIntentCreate>, request: StripeRequest) {
  refuseUnkept(sent as Sent);
  const fields = fieldsOf(sent as Sent);
  const automatic = automaticMethods(sent, request.apiVersion);
  const command = createIntent(request.account, {
    ...fields,
    ...choiceOf(sent as Sent),
    wire: { ...fields.wire, automatic_payment_methods: automatic },
    ...(automatic === null ? { methodTypes: fields.methodTypes ?? ['card'] } : {}),
    captureMethod: fields.captureMethod ?? defaultCapture(request),
    dialect: 'stripe',
    amount: sent.amount,
    currency: sent.currency,
    confirmationMethod: sent.confirmation_method ?? 'automatic',
    confirm: sent.confirm === true ? confirmOptions(sent as Sent) : null,
  });
  return act(request, command, { kind: PAYMENT_INTENT, expand: sent.expand });
}

/** Expansions start from the intent as it is stored. */
function showing(id: string, expand: readonly string[] | undefined): Showing<'intents', Intent> {
  return { kind: PAYMENT_INTENT, expand, before: (need: Need) => need('intents', id) };
}

/** What the stored intent tells before a command runs; null where there is none. */
function peek<T>(request: StripeRequest, read: (intent: Intent) => T): Promise<T | null> {
  const id = idOf(request);
  return request.engine.read(
    request.account,
    (need) => void need('intents', id),
    (rows) => {
      const intent = rows.get('intents', id);
      return intent === null ? null : read(intent);
    },
  );
}

async function update(sent: Infer<typeof paymentIntentUpdate>, request: StripeRequest) {
  // The amount's limits are its currency's, which one of the two may leave unsaid.
  if (sent.amount !== undefined || sent.currency !== undefined)
    await peek(request, (stored) => {
      const amount = sent.amount ?? stored.amount;
      const fault = checkChargeAmount(amount, sent.currency ?? stored.currency);
      if (fault !== null) throw new Refusal(fault);
    });
  const command = updateIntent(request.account, idOf(request), {
    ...fieldsOf(sent as Sent),
    ...choiceOf(sent as Sent),
    ...(sent.amount === undefined ? {} : { amount: sent.amount }),
    ...(sent.currency === undefined ? {} : { currency: sent.currency }),
  });
  return act(request, command, showing(idOf(request), sent.expand));
}

function secretsMatch(given: string, stored: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(stored)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const WRONG_SECRET: StripeError = {
  ...invalidRequest(
    'The client_secret provided does not match any associated PaymentIntent on this account. ' +
      'Ensure the provided client_secret is valid and matches the PaymentIntent.',
    'client_secret',
    'payment_intent_invalid_parameter',
  ),
};

/** A publishable key opens one intent, by its secret; a wrong secret is refused with any key. */
function checkSecret(request: StripeRequest, intent: Intent, given: string | undefined): void {
  if (given === undefined) {
    if (request.view.publishable) throw new Refusal(missingParam('client_secret'));
    return;
  }
  if (!secretsMatch(given, intent.clientSecret)) throw new Refusal(WRONG_SECRET);
}

async function retrieve(sent: Infer<typeof paymentIntentRetrieve>, request: StripeRequest) {
  const id = idOf(request);
  const object = await show(request, PAYMENT_INTENT, id, sent.expand, (intent) =>
    checkSecret(request, intent, sent.client_secret),
  );
  if (object !== null) return objectReply(object);
  return missingInPath(request, 'intent', id);
}

/** How the shop wants to be paid is not the customer's to decide. */
const SHOP_ONLY = [
  'allowed_payment_method_types',
  'amount_details',
  'capture_method',
  'error_on_requires_action',
  'excluded_payment_method_types',
  'hooks',
  'off_session',
  'payment_details',
  'payment_method_types',
] as const;

function refuseShopOnly(sent: Infer<typeof paymentIntentConfirm>): void {
  const found = SHOP_ONLY.find((name) => sent[name] !== undefined);
  if (found === undefined) return;
  const message =
    `The parameter ${found} cannot be used with a publishable API key. Please use a secret ` +
    'API key.';
  throw new Refusal({ ...invalidRequest(message, found, 'secret_key_required'), status: 403 });
}

async function confirm(sent: Infer<typeof paymentIntentConfirm>, request: StripeRequest) {
  refuseUnkept(sent as Sent);
  if (request.view.publishable) refuseShopOnly(sent);
  if (request.view.publishable || sent.client_secret !== undefined)
    await peek(request, (intent) => checkSecret(request, intent, sent.client_secret));
  const id = idOf(request);
  const command = confirmIntent(
    request.account,
    id,
    { ...fieldsOf(sent as Sent), ...choiceOf(sent as Sent) },
    confirmOptions(sent as Sent),
  );
  const { amount_to_confirm: expected } = sent;
  if (expected === undefined) return act(request, command, showing(id, sent.expand));
  const checked: Command<Intent> = {
    ...command,
    decide: (work) => {
      // Here, not before: a change of the amount may have overtaken this request.
      const amount = work.get('intents', id)?.amount ?? expected;
      if (amount !== expected) throw new Refusal(otherAmount(expected, amount));
      return command.decide(work);
    },
  };
  return act(request, checked, showing(id, sent.expand));
}

function otherAmount(expected: bigint, amount: bigint): StripeError {
  return invalidRequest(
    `The amount to confirm (${expected}) is not the amount of this PaymentIntent (${amount}). ` +
      'Confirming a part of an amount is not supported.',
    'amount_to_confirm',
    'payment_intent_invalid_parameter',
  );
}

function capture(sent: Infer<typeof paymentIntentCapture>, request: StripeRequest) {
  const command = captureIntent(request.account, idOf(request), {
    amount: sent.amount_to_capture ?? null,
    final: sent.final_capture ?? true,
    ...(sent.metadata === undefined ? {} : { metadata: changedMetadata(sent.metadata) }),
    ...(sent.statement_descriptor === undefined
      ? {}
      : { statementDescriptor: sent.statement_descriptor }),
    ...(sent.statement_descriptor_suffix === undefined
      ? {}
      : { statementDescriptorSuffix: sent.statement_descriptor_suffix }),
  });
  return act(request, command, showing(idOf(request), sent.expand));
}

const PATH = '/v1/payment_intents';

export const PAYMENT_INTENT_ROUTES: readonly Route[] = [
  route('POST', PATH, paymentIntentCreate, create, {
    matches: 'all parameters; create, create and confirm',
    deviates: 'see "Parameters that are kept"',
  }),
  route(
    'GET',
    PATH,
    paymentIntentList,
    (sent, request) =>
      list(
        request,
        {
          kind: PAYMENT_INTENT,
          url: PATH,
          conditions: [...equals('customer', sent.customer), ...within('created', sent.created)],
        },
        sent,
      ),
    { matches: 'customer, created, cursors, expand' },
  ),
  route('GET', `${PATH}/:id`, paymentIntentRetrieve, retrieve, {
    publishable: true,
    matches: 'with a publishable key and the client secret: the fields for browsers',
  }),
  route('POST', `${PATH}/:id`, paymentIntentUpdate, update),
  route('POST', `${PATH}/:id/confirm`, paymentIntentConfirm, confirm, {
    publishable: true,
    matches: 'with a publishable key too',
    deviates: 'confirmation tokens are not there yet',
  }),
  route('POST', `${PATH}/:id/capture`, paymentIntentCapture, capture, {
    matches: 'whole, in part (the rest is released), `final_capture`',
  }),
  route('POST', `${PATH}/:id/cancel`, paymentIntentCancel, (sent, request) =>
    act(
      request,
      cancelIntent(request.account, idOf(request), sent.cancellation_reason ?? null),
      showing(idOf(request), sent.expand),
    ),
  ),
];
