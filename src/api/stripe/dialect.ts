import { Overloaded } from '../../engine/batch.js';
import type { Engine } from '../../engine/engine.js';
import type { EventTeller } from '../../engine/events.js';
import { type Identity, type Keyring, parseAuthorization } from '../auth.js';
import { challengeMount } from '../challenge.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { isStrangersCall, STRANGERS_TEXT } from '../strangers.js';
import { type Access, keyRefusal, masked, resourcesOf, routeRefusal } from './access.js';
import { strangerRefusal } from './ephemeral.js';
import { stripeError } from './errors.js';
import { API_VERSION, stripeTeller } from './events.js';
import { type FormMap, parseForm, parseFormBytes } from './form.js';
import { depositsMount } from './hosted-deposits.js';
import { instructionsMount } from './hosted-instructions.js';
import { mandateMount } from './hosted-mandate.js';
import { parseParams } from './params-parse.js';
import { errorReply, Refusal, type StripeReply, type StripeRequest } from './request.js';
import { returnAddress } from './return-address.js';
import { type Match, makeRouter, ROUTES } from './routes.js';
import type { View } from './view/view.js';
import { invalidRequest, type StripeError } from './wire-error.js';

export interface StripeDependencies {
  readonly engine: Engine;
  readonly keyring: Keyring;
  /** Keyed digest of request parameters. */
  readonly digest: (data: Uint8Array) => string;
  /** Where links point to, without a final slash; known once the server listens. */
  readonly publicUrl: () => string;
  /** A sandbox that only this machine reaches, and any key opens. */
  readonly isOpen: boolean;
  readonly urlFault: (url: string) => string | null;
  readonly logError: (error: unknown, what: string) => void;
}

/** Longest idempotency key, in characters. */
export const IDEMPOTENCY_KEY_CHARS_MAX = 255;

const CORS: Record<string, string> = {
  'access-control-allow-credentials': 'true',
  'access-control-allow-methods': 'GET, HEAD, PUT, PATCH, POST, DELETE',
  'access-control-allow-origin': '*',
  'access-control-expose-headers':
    'Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, X-Stripe-External-Auth-Required, ' +
    'X-Stripe-Privileged-Session-Required',
  'access-control-max-age': '300',
};

const FIXED_HEADERS: Record<string, string> = {
  ...CORS,
  'cache-control': 'no-cache, no-store',
  'content-type': 'application/json',
  vary: 'Origin',
};

const NO_KEY =
  'You did not provide an API key. You need to provide your API key in the Authorization header, ' +
  "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See " +
  'https://stripe.com/docs/api#authentication for details, or we can help at ' +
  'https://support.stripe.com/.';

const WRONG_CONTENT_TYPE =
  'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If ' +
  'you have questions, we can help at https://support.stripe.com/.';

function header(request: HttpRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

const VERSION = /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/;

function versionOf(request: HttpRequest): string {
  const asked = header(request, 'stripe-version');
  if (asked === null) return API_VERSION;
  // Preview features follow the version after a semicolon.
  const version = asked.split(';', 1)[0]?.trim() ?? '';
  if (VERSION.test(version)) return version;
  throw new Refusal(invalidRequest(`Invalid Stripe API version: ${asked.slice(0, 200)}`));
}

function formOf(request: HttpRequest): FormMap {
  if (request.method !== 'POST') {
    const parsed = parseForm(request.query);
    if (!parsed.ok) throw new Refusal(parsed.error);
    return parsed.tree;
  }
  const type = header(request, 'content-type');
  if (
    type !== null &&
    request.body.length > 0 &&
    !/^application\/x-www-form-urlencoded\b/i.test(type)
  )
    throw new Refusal(invalidRequest(WRONG_CONTENT_TYPE));
  const parsed = parseFormBytes(request.body);
  if (!parsed.ok) throw new Refusal(parsed.error);
  return parsed.tree;
}

/** Headers come first; a browser may send its key as a field, where they would cost a preflight. */
function keyOf(request: HttpRequest, form: FormMap): string {
  const field = typeof form.key === 'string' ? form.key : null;
  const key = parseAuthorization(header(request, 'authorization') ?? '') ?? field;
  if (key === null) throw new Refusal({ ...invalidRequest(NO_KEY), status: 401 });
  return key;
}

const RESOURCES = resourcesOf(ROUTES);
const RESOURCE_NAMES: ReadonlySet<string> = new Set(RESOURCES.values());

/** Publishable and ephemeral keys are in the customer's hands: some fields are not for him. */
function isInBrowser({ kind }: Identity): boolean {
  return kind === 'publishable' || kind === 'ephemeral';
}

const ACCOUNT = /^acct_[A-Za-z0-9]{1,64}$/;

/** The account that is acted for: one of one's own, or one connected to it. */
function actingAccount(
  identity: Identity,
  request: HttpRequest,
  form: FormMap,
): { own: string; shown: string } {
  const { account, kind } = identity;
  const own = { own: account, shown: shownAccount(account) };
  const field = kind === 'publishable' ? form._stripe_account : undefined;
  const asked = header(request, 'stripe-account') ?? (typeof field === 'string' ? field : null);
  if (asked === null || asked === '' || asked === own.shown) return own;
  if (!ACCOUNT.test(asked) || kind === 'ephemeral') {
    const message =
      `The provided key does not have access to account '${asked.slice(0, 200)}' (or that ` +
      'account does not exist). Application access may have been revoked.';
    throw new Refusal({ ...invalidRequest(message, undefined, 'account_invalid'), status: 403 });
  }
  // Connected accounts live below their platform: another platform's of that name is another.
  return { own: `${account}-${asked}`, shown: asked };
}

/** The id by which its own reader knows an account. */
export function shownAccount(account: string): string {
  return account.slice(account.lastIndexOf('-') + 1);
}

function idempotencyKey(request: HttpRequest): string | null {
  if (request.method !== 'POST') return null;
  const key = header(request, 'idempotency-key');
  if (key === null || key.length <= IDEMPOTENCY_KEY_CHARS_MAX) return key;
  throw new Refusal(
    invalidRequest(
      `Idempotency keys can be at most ${IDEMPOTENCY_KEY_CHARS_MAX} characters; this one has ` +
        `${key.length}.`,
    ),
  );
}

const FAILED: StripeError = {
  status: 500,
  type: 'api_error',
  message:
    'Something went wrong on our side; the server’s log tells what. Send the request again with ' +
    'the same idempotency key: it will not be done twice.',
};

/** The Stripe dialect: its mounts, ready for the server. */
export function stripeDialect(deps: StripeDependencies): { mounts: Mount[] } {
  const match = makeRouter(ROUTES);
  const handle = (request: HttpRequest): Promise<HttpReply> => answer(deps, match, request);
  const tooLarge: Mount['tooLarge'] = () => {
    const error = { ...invalidRequest('The request body is too large.'), status: 413 };
    return httpReply(errorReply(error), deps.engine.newId('req_', 14), {});
  };
  return {
    mounts: [
      { prefix: '/v1/', handle, tooLarge },
      challengeMount({ engine: deps.engine, returnAddress }),
      depositsMount(deps),
      instructionsMount(deps),
      mandateMount(deps),
    ],
  };
}

/** How Stripe's events are told, for the engine, which is made before the dialect. */
export function stripeEvents(deps: {
  readonly publicUrl: () => string;
  readonly livemode: boolean;
}): EventTeller {
  return stripeTeller((account, nowMs, version) =>
    viewOf(deps, account, false, nowMs, deps.livemode, version),
  );
}

function viewOf(
  deps: Pick<StripeDependencies, 'publicUrl'>,
  account: string,
  publishable: boolean,
  nowMs: number,
  livemode = false,
  version = API_VERSION,
): View {
  return {
    livemode,
    publishable,
    now: Math.floor(nowMs / 1000),
    publicUrl: deps.publicUrl(),
    accountId: shownAccount(account),
    version,
  };
}

async function answer(
  deps: StripeDependencies,
  match: (method: string, path: string) => Match | null,
  request: HttpRequest,
): Promise<HttpReply> {
  const requestId = deps.engine.newId('req_', 14);
  if (request.method === 'OPTIONS') return preflight(request, requestId);
  const extra: Record<string, string> = {};
  try {
    const reply = await perform(deps, match, request, requestId, extra);
    return httpReply(reply, requestId, extra);
  } catch (error) {
    if (error instanceof Refusal) return httpReply(errorReply(error.error), requestId, extra);
    if (error instanceof Overloaded) {
      const view = viewOf(deps, '', false, 0);
      const refusal = stripeError(error.failure, view);
      return httpReply(errorReply(refusal), requestId, { ...extra, 'stripe-should-retry': 'true' });
    }
    deps.logError(error, `${request.method} ${request.path} ${requestId}`);
    return httpReply(errorReply(FAILED), requestId, { ...extra, 'stripe-should-retry': 'true' });
  }
}

async function perform(
  deps: StripeDependencies,
  match: (method: string, path: string) => Match | null,
  request: HttpRequest,
  requestId: string,
  extra: Record<string, string>,
): Promise<StripeReply> {
  const found = match(request.method, request.path);
  if (found === null) {
    const message =
      `Unrecognized request URL (${request.method}: ${request.path.slice(0, 500)}). Please see ` +
      'https://stripe.com/docs or we can help at https://support.stripe.com/.';
    throw new Refusal({ ...invalidRequest(message), status: 404 });
  }
  const form = formOf(request);
  const text = keyOf(request, form);
  const asked = deps.keyring.identify(text);
  const known = asked instanceof Promise ? await asked : asked;
  const wrong = keyRefusal(known, text);
  if (wrong !== null) throw new Refusal(wrong);
  const identity = known as Identity;
  if (isStrangersCall(deps, request, identity.kind))
    throw new Refusal({ ...invalidRequest(`${STRANGERS_TEXT}.`), status: 403 });
  const { own, shown } = actingAccount(identity, request, form);
  if (own !== identity.account) extra['stripe-account'] = shown;
  const apiVersion = versionOf(request);
  extra['stripe-version'] = apiVersion;
  const access: Access = {
    identity,
    keyring: deps.keyring,
    resources: RESOURCE_NAMES,
    key: text,
    shownAccount: shown,
    namesVersion: header(request, 'stripe-version') !== null,
  };
  const refusal = routeRefusal(access, found.route, RESOURCES.get(found.route) ?? '');
  if (refusal !== null) throw new Refusal(refusal);
  const key = idempotencyKey(request);
  if (key !== null) extra['idempotency-key'] = key;
  const parsed = parseParams(found.route.schema as never, form);
  if (!parsed.ok) return errorReply(parsed.error);
  const { engine, urlFault } = deps;
  const stripeRequest: StripeRequest = {
    engine,
    account: own,
    view: viewOf(deps, own, isInBrowser(identity), engine.nowMs(), identity.livemode, apiVersion),
    requestId,
    apiVersion,
    idempotency:
      key === null ? null : { key, path: request.path, digest: deps.digest(request.body) },
    path: found.path,
    remoteAddress: request.remoteAddress,
    userAgent: header(request, 'user-agent'),
    access,
    urlFault,
  };
  if (identity.kind === 'ephemeral') {
    const key = { customer: identity.customer, shown: masked(text) };
    const stranger = await strangerRefusal(found.route, parsed.value, stripeRequest, key);
    if (stranger !== null) throw new Refusal(stranger);
  }
  const reply = await found.route.handle(parsed.value, stripeRequest);
  if (key !== null && reply.originalRequestId !== undefined)
    extra['original-request'] = reply.originalRequestId;
  if (reply.replayed === true) extra['idempotent-replayed'] = 'true';
  return reply;
}

/** What is wrong stays wrong; of the client's errors only a conflict may pass. */
function mayRetry(status: number): string {
  return status === 409 ? 'true' : 'false';
}

function httpReply(
  reply: StripeReply,
  requestId: string,
  extra: Record<string, string>,
): HttpReply {
  const headers: Record<string, string> = { ...FIXED_HEADERS, 'request-id': requestId, ...extra };
  if (reply.status >= 400) headers['stripe-should-retry'] ??= mayRetry(reply.status);
  if (reply.status === 401) headers['www-authenticate'] = 'Bearer realm="Stripe"';
  return { status: reply.status, headers, body: reply.body };
}

function preflight(request: HttpRequest, requestId: string): HttpReply {
  const asked = header(request, 'access-control-request-headers');
  const headers: Record<string, string> = { ...CORS, 'request-id': requestId, vary: 'Origin' };
  if (asked !== null) headers['access-control-allow-headers'] = asked.slice(0, 1_000);
  return { status: 200, headers, body: '' };
}
