import type { CustomerSession } from '../../../domain/customer-session.js';
import type { Intent } from '../../../domain/intent.js';
import type { SetupIntent } from '../../../domain/setup.js';
import { createCustomerSession, idInSecret } from '../../../engine/customer-sessions.js';
import { isSameSecret } from '../../../engine/same-secret.js';
import { CUSTOMER_SESSION } from '../access-objects.js';
import type { Infer } from '../params.js';
import { act, objectReply, plainJson, Refusal, type StripeRequest } from '../request.js';
import { type Route, route } from '../route.js';
import { elementsSession } from '../schema/elements-sessions.js';
import { customerSessionCreate } from '../schema/keys.js';
import { wholeComponents } from '../view/customer-session.js';
import {
  type ElementsSession,
  elementsSessionView,
  formFeatures,
  redisplayed,
} from '../view/elements-session.js';
import { paymentIntentView } from '../view/payment-intent.js';
import { setupIntentView } from '../view/setup-intent.js';
import { wireAmount } from '../view/view.js';
import { invalidRequest } from '../wire-error.js';

function create(sent: Infer<typeof customerSessionCreate>, request: StripeRequest) {
  const asked = plainJson(sent.components) as { [name: string]: unknown };
  const customer = sent.customer ?? sent.customer_account ?? '';
  return act(request, createCustomerSession(request.account, customer, wholeComponents(asked)), {
    kind: CUSTOMER_SESSION,
    expand: sent.expand,
  });
}

function wrongSecret(param: string): never {
  const message = `The ${param} provided does not match anything on this account, or has expired.`;
  throw new Refusal(invalidRequest(message, param, 'resource_missing'));
}

/** Saved methods looked through for those to be shown: more than a form could offer. */
const SAVED_METHODS_MAX = 100;

type Sent = Infer<typeof elementsSession>;
type About = Omit<ElementsSession, 'id' | 'locale' | 'customer'>;

/** The payment or setup that a client secret opens. */
function aboutIntent(sent: Sent, request: StripeRequest): Promise<About> {
  const { client_secret: secret = '', type } = sent;
  const table = type === 'setup_intent' ? 'setups' : 'intents';
  const id = idInSecret(secret);
  // A browser's fields, whoever asks.
  const view = { ...request.view, publishable: true };
  return request.engine.read(
    request.account,
    (need) => void need(table, id),
    (rows) => {
      const found: Intent | SetupIntent | null = rows.get(table, id);
      if (found === null || !isSameSecret(secret, found.clientSecret))
        return wrongSecret('client_secret');
      const isPayment = 'amount' in found;
      return {
        type: isPayment ? 'payment_intent' : 'setup_intent',
        intent: isPayment ? paymentIntentView(found, view) : setupIntentView(found, view),
        mode: isPayment ? 'payment' : 'setup',
        amount: isPayment ? wireAmount(found.amount) : null,
        currency: isPayment ? found.currency : null,
        futureUsage: isPayment ? found.futureUsage : found.usage,
        types: found.methodTypes,
      };
    },
  );
}

/** An intent that the server will make when the customer has chosen. */
async function aboutDeferred(sent: Sent, request: StripeRequest): Promise<About> {
  const deferred = sent.deferred_intent;
  const usual = await accountOf(request);
  const types = deferred?.payment_method_types ?? usual.methodTypes;
  const excluded = deferred?.excluded_payment_method_types ?? [];
  return {
    type: 'deferred_intent',
    intent: null,
    mode: deferred?.mode ?? 'payment',
    amount: deferred?.amount === undefined ? null : wireAmount(deferred.amount),
    currency: deferred?.currency ?? null,
    futureUsage: deferred?.setup_future_usage ?? null,
    types: types.filter((type) => !excluded.includes(type)),
  };
}

function accountOf({ engine, account }: StripeRequest) {
  return engine.read(
    account,
    () => {},
    (rows) => rows.account(),
  );
}

/** The customer of a session that is still open, with what he has saved. */
async function customerOf(secret: string, types: readonly string[], request: StripeRequest) {
  const { engine, account } = request;
  const id = idInSecret(secret);
  const { session, defaultMethod } = await engine.read(
    account,
    (need) => {
      const found = need('customer_sessions', id);
      if (found) need('customers', found.customer);
    },
    (rows) => {
      const found: CustomerSession | null = rows.get('customer_sessions', id);
      const isOpen = found !== null && found.expiresAt > engine.nowMs() / 1000;
      if (!isOpen || !isSameSecret(secret, found.clientSecret))
        return wrongSecret('customer_session_client_secret');
      const customer = rows.get('customers', found.customer);
      return { session: found, defaultMethod: customer?.defaultMethod ?? null };
    },
  );
  const isShown = formFeatures(session)?.payment_method_redisplay === 'enabled';
  const saved = !isShown
    ? []
    : await engine.page({
        table: 'methods',
        account,
        conditions: [{ column: 'customer', comparison: 'eq', value: session.customer }],
        limit: SAVED_METHODS_MAX,
      });
  return { session, defaultMethod, methods: redisplayed(session, saved, types) };
}

async function elements(sent: Sent, request: StripeRequest) {
  const about = await (sent.type === 'deferred_intent'
    ? aboutDeferred(sent, request)
    : aboutIntent(sent, request));
  const secret = sent.customer_session_client_secret;
  const session: ElementsSession = {
    ...about,
    id: request.engine.newId('elements_session_', 24),
    locale: sent.locale ?? null,
    customer: secret === undefined ? null : await customerOf(secret, about.types, request),
  };
  return objectReply(elementsSessionView(session, await accountOf(request), request.view));
}

export const CUSTOMER_SESSION_ROUTES: readonly Route[] = [
  route('POST', '/v1/customer_sessions', customerSessionCreate, create, {
    matches: 'for 30 minutes',
    deviates: 'only the payment element’s features have an effect',
  }),
  route('GET', '/v1/elements/sessions', elementsSession, elements, {
    publishable: true,
    matches: 'what a payment form needs to be drawn',
    deviates: 'the shape is ours where the original is not on record',
  }),
];
