import type { Acceptance } from '../../../domain/setup.js';
import { type ConfirmationInput, createConfirmation } from '../../../engine/confirmations.js';
import { CONFIRMATION_TOKEN } from '../access-objects.js';
import type { Infer } from '../params.js';
import {
  act,
  idOf,
  missingInPath,
  objectReply,
  plainJson,
  type StripeRequest,
  show,
} from '../request.js';
import { type Route, route } from '../route.js';
import {
  confirmationTokenCreate,
  confirmationTokenRetrieve,
  testConfirmationTokenCreate,
} from '../schema/confirmation-tokens.js';
import type { browserMandateData } from '../schema/fields.js';
import { methodInput } from './method-input.js';
import { shippingOf } from './payment-intents.js';

/** The agreement as a browser tells it: what it leaves out is read off its request. */
function clientMandate(
  sent: Infer<typeof browserMandateData> | null | undefined,
  request: StripeRequest,
): Acceptance | null {
  if (!sent) return null;
  const { accepted_at, type, online } = sent.customer_acceptance;
  return {
    kind: type,
    acceptedAt: accepted_at ?? request.view.now,
    ip: online?.ip_address ?? (type === 'online' ? request.remoteAddress : null),
    userAgent: online?.user_agent ?? (type === 'online' ? request.userAgent : null),
  };
}

type Sent = Infer<typeof testConfirmationTokenCreate>;

function inputOf(sent: Sent): ConfirmationInput {
  const { payment_method_data: data, payment_method_options: options } = sent;
  return {
    method: sent.payment_method ?? null,
    methodData: data === undefined ? null : methodInput(data),
    returnUrl: sent.return_url ?? null,
    futureUsage: sent.setup_future_usage ?? null,
    shipping: shippingOf(sent.shipping),
    mandate: null,
    methodOptions:
      options === undefined ? null : (plainJson(options) as ConfirmationInput['methodOptions']),
    makesDefault: false,
    // What the live API sets where nothing is said.
    inClient: true,
  };
}

function create(sent: Infer<typeof confirmationTokenCreate>, request: StripeRequest) {
  const command = createConfirmation(request.account, {
    ...inputOf(sent),
    mandate: clientMandate(sent.mandate_data, request),
    makesDefault: sent.set_as_default_payment_method === true,
    ...(sent.use_stripe_sdk === undefined ? {} : { inClient: sent.use_stripe_sdk }),
  });
  return act(request, command, { kind: CONFIRMATION_TOKEN, expand: sent.expand });
}

async function retrieve(sent: Infer<typeof confirmationTokenRetrieve>, request: StripeRequest) {
  const id = idOf(request);
  const object = await show(request, CONFIRMATION_TOKEN, id, sent.expand);
  return object === null ? missingInPath(request, 'confirmation', id) : objectReply(object);
}

export const CONFIRMATION_TOKEN_ROUTES: readonly Route[] = [
  route('POST', '/v1/confirmation_tokens', confirmationTokenCreate, create, {
    publishable: true,
    matches: 'what Stripe.js sends',
    deviates: '`client_context` is taken and not kept',
  }),
  route('GET', '/v1/confirmation_tokens/:id', confirmationTokenRetrieve, retrieve),
  route(
    'POST',
    '/v1/test_helpers/confirmation_tokens',
    testConfirmationTokenCreate,
    (sent, request) =>
      act(request, createConfirmation(request.account, inputOf(sent)), {
        kind: CONFIRMATION_TOKEN,
        expand: sent.expand,
      }),
  ),
];
