import type { Intent } from '../../../domain/intent.js';
import type { JsonObject } from '../../../domain/json.js';
import { captureIntent } from '../../../engine/captures.js';
import type { MethodChoice } from '../../../engine/choice.js';
import type { Command, Need } from '../../../engine/command.js';
import { incrementAuthorization } from '../../../engine/increments.js';
import { verifyIntentDeposits } from '../../../engine/intent-deposits.js';
import {
  type ConfirmOptions,
  cancelIntent,
  confirmIntent,
  createIntent,
  type IntentFields,
  updateIntent,
} from '../../../engine/intents.js';
import { checkSecret } from '../client-secret.js';
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
import type { browserMandateData } from '../schema/fields.js';
import {
  paymentIntentCancel,
  paymentIntentCapture,
  paymentIntentConfirm,
  paymentIntentCreate,
  paymentIntentIncrement,
  paymentIntentList,
  paymentIntentRetrieve,
  paymentIntentUpdate,
} from '../schema/payment-intents.js';
import { setupIntentVerify } from '../schema/setup-intents.js';
import { hasDefault } from '../versions.js';
import { invalidRequest, type StripeError } from '../wire-error.js';
import { permissionInput } from './mandate-input.js';
import { methodInput } from './method-input.js';
import { typesSent } from './method-types.js';

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

type Whole = Omit<Infer<typeof paymentIntentCreate>, 'mandate_data'> &
  Omit<Infer<typeof paymentIntentConfirm>, 'mandate_data'> & {
    readonly mandate_data?: Infer<typeof browserMandateData> | null;
  };

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
  return { ...fields, ...typesSent(sent) };
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

/** The method that the parameters choose. */
export function choiceOf(
  sent: Pick<Sent, 'payment_method' | 'payment_method_data' | 'confirmation_token'>,
): MethodChoice {
  const choice: MethodChoice = {};
  // An empty `payment_method` takes the method off the intent.
  if (sent.payment_method !== undefined) choice.method = sent.payment_method || null;
  if (sent.payment_method_data !== undefined)
    choice.methodData = methodInput(sent.payment_method_data);
  if (sent.confirmation_token !== undefined) choice.confirmationToken = sent.confirmation_token;
  return choice;
}

/** Whether the merchant wants the customer's bank to ask. */
export function requestChallenge({
  wire,
}: Pick<Intent, 'wire'>): 'automatic' | 'any' | 'challenge' {
  const options = wire.payment_method_options as JsonObject | null | undefined;
  const asked = options?.card as JsonObject | null | undefined;
  const value = asked?.request_three_d_secure;
  return value === 'any' || value === 'challenge' ? value : 'automatic';
}

/**
 * A typed account number has to be shown to be its holder's: by deposits, unless the merchant
 * insists on the other way, a bank's login, which a sandbox takes as passed.
 */
export function byDeposits(intent: Pick<Intent, 'wire'>): boolean {
  const options = intent.wire.payment_method_options as JsonObject | null | undefined;
  const asked = options?.us_bank_account as JsonObject | null | undefined;
  return asked?.verification_method !== 'instant';
}

/** Redirect methods are offered only by automatic methods that allow them. */
export function needsReturnUrl(intent: Pick<Intent, 'wire' | 'methodTypes'>): boolean {
  const automatic = intent.wire.automatic_payment_methods as JsonObject | null | undefined;
  if (!automatic?.enabled || automatic.allow_redirects === 'never') return false;
  return intent.methodTypes.some((type) => REDIRECT_TYPES.has(type));
}

function confirmOptions(sent: Sent, request: StripeRequest): ConfirmOptions {
  return {
    mandate: permissionInput(sent, request),
    needsReturnUrl,
    returnUrl: sent.return_url ?? null,
    ...(sent.use_stripe_sdk === undefined ? {} : { inClient: sent.use_stripe_sdk }),
    offSession: sent.off_session !== undefined && sent.off_session !== false,
    refuseAction: sent.error_on_requires_action === true,
    requestChallenge,
    byDeposits,
  };
}

/** From 2023-08-16 on, an intent that names no types takes what the account has switched on. */
export function automaticMethods(
  sent: Pick<
    Sent,
    'automatic_payment_methods' | 'payment_method_types' | 'allowed_payment_method_types'
  >,
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

function create(sent: Infer<typeof paymentIntentCreate>, request: StripeRequest) {
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
    confirm: sent.confirm === true ? confirmOptions(sent as Sent, request) : null,
  });
  return act(request, command, { kind: PAYMENT_INTENT, expand: sent.expand, makes: true });
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

async function retrieve(sent: Infer<typeof paymentIntentRetrieve>, request: StripeRequest) {
  const id = idOf(request);
  const object = await show(request, PAYMENT_INTENT, id, sent.expand, (intent) =>
    checkSecret(request, 'PaymentIntent', intent.clientSecret, sent.client_secret),
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

/** Refuses a browser that sends a parameter which only the shop's server may. */
export function refuseShopOnly<T extends object>(
  { view }: StripeRequest,
  sent: T,
  shopOnly: readonly (keyof T & string)[],
): void {
  const found = view.publishable ? shopOnly.find((name) => sent[name] !== undefined) : undefined;
  if (found === undefined) return;
  const message =
    `The parameter ${found} cannot be used with a publishable API key. Please use a secret ` +
    'API key.';
  throw new Refusal({ ...invalidRequest(message, found, 'secret_key_required'), status: 403 });
}

async function confirm(sent: Infer<typeof paymentIntentConfirm>, request: StripeRequest) {
  refuseShopOnly(request, sent, SHOP_ONLY);
  if (request.view.publishable || sent.client_secret !== undefined)
    await peek(request, (intent) =>
      checkSecret(request, 'PaymentIntent', intent.clientSecret, sent.client_secret),
    );
  const id = idOf(request);
  const command = confirmIntent(
    request.account,
    id,
    { ...fieldsOf(sent as Sent), ...choiceOf(sent as Sent) },
    confirmOptions(sent as Sent, request),
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

async function increment(sent: Infer<typeof paymentIntentIncrement>, request: StripeRequest) {
  await peek(request, ({ currency }) => {
    const fault = checkChargeAmount(sent.amount, currency);
    if (fault !== null) throw new Refusal(fault);
  });
  const id = idOf(request);
  const { description, statement_descriptor: statementDescriptor } = sent;
  const command = incrementAuthorization(request.account, id, {
    amount: sent.amount,
    wire: keptFields(sent, KEPT),
    ...(description === undefined ? {} : { description }),
    ...(statementDescriptor === undefined ? {} : { statementDescriptor }),
    ...(sent.metadata === undefined ? {} : { metadata: changedMetadata(sent.metadata) }),
  });
  return act(request, command, showing(id, sent.expand));
}

async function verify(sent: Infer<typeof setupIntentVerify>, request: StripeRequest) {
  if (request.view.publishable || sent.client_secret !== undefined)
    await peek(request, (intent) =>
      checkSecret(request, 'PaymentIntent', intent.clientSecret, sent.client_secret),
    );
  const { amounts = [], descriptor_code: descriptorCode } = sent;
  const answer = descriptorCode === undefined ? { amounts } : { descriptorCode };
  const id = idOf(request);
  return act(request, verifyIntentDeposits(request.account, id, answer), showing(id, sent.expand));
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
  }),
  route('POST', `${PATH}/:id/capture`, paymentIntentCapture, capture, {
    matches: 'whole, in part (the rest is released), `final_capture`',
  }),
  route('POST', `${PATH}/:id/increment_authorization`, paymentIntentIncrement, increment, {
    matches: 'ten tries a hold',
    deviates: 'every card allows it, whether `request_incremental_authorization` was sent or not',
  }),
  route('POST', `${PATH}/:id/verify_microdeposits`, setupIntentVerify, verify, {
    publishable: true,
    matches: 'with a publishable key too',
  }),
  route('POST', `${PATH}/:id/cancel`, paymentIntentCancel, (sent, request) =>
    act(
      request,
      cancelIntent(request.account, idOf(request), sent.cancellation_reason ?? null),
      showing(idOf(request), sent.expand),
    ),
  ),
];
