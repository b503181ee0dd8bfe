import { randomBytes } from 'node:crypto';
import { Overloaded } from '../../engine/batch.js';
import type { Engine } from '../../engine/engine.js';
import { type Identity, type Keyring, keyParts, parseAuthorization } from '../auth.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { isStrangersCall, STRANGERS_TEXT } from '../strangers.js';
import { readCustomerSecret } from './customer-secret.js';
import { problemOf } from './errors.js';
import { gatewayMounts } from './gateway/gateway.js';
import { dojoPageMounts } from './pages.js';
import { invalid, invalidField, type Problem, problemBody, Refusal } from './problem.js';
import type { DojoReply, DojoRequest, View } from './request.js';
import type { Route } from './route.js';
import { makeRouter, ROUTES, type Routed } from './routes.js';
import { BODY, Faults, required } from './schema/shape.js';
import type { SessionTokens } from './session-token.js';
import { NEWEST, type Version, versionOf } from './versions.js';

/** What the dialect is built from. */
export interface DojoDependencies {
  readonly engine: Engine;
  readonly keyring: Keyring;
  /** Keyed digest of a request's parameters. */
  readonly digest: (data: Uint8Array) => string;
  readonly tokens: SessionTokens;
  /** Where links point to, without a final slash; known once the server listens. */
  readonly publicUrl: () => string;
  /** A sandbox that only this machine reaches, and any key opens. */
  readonly isOpen: boolean;
  readonly urlFault: (url: string) => string | null;
  readonly mode: 'sandbox' | 'live';
  readonly logError: (error: unknown, what: string) => void;
}

/** Longest idempotency key, in characters. */
export const IDEMPOTENCY_KEY_CHARS_MAX = 100;

const TOO_LONG =
  'The field idempotencyKey must be a string with a maximum length of ' +
  `${IDEMPOTENCY_KEY_CHARS_MAX}.`;

/** The first segments of all paths. */
const ROOTS = [
  'payment-intents',
  'setup-intents',
  'customers',
  'webhooks',
  'terminals',
  'terminal-sessions',
  'epos',
];

const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'authorization, content-type, idempotencykey, is-mobile, reseller-id, software-house-id, ' +
    'version',
  'access-control-max-age': '300',
};

const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
};

/** The Dojo dialect: its mounts, ready for the server. */
export function dojoDialect(deps: DojoDependencies): { mounts: Mount[] } {
  const match = makeRouter(ROUTES);
  const handle = (request: HttpRequest): Promise<HttpReply> => answer(deps, match, request);
  const tooLarge: Mount['tooLarge'] = () =>
    problemReply({ status: 413, title: 'Payload Too Large' }, newTraceId());
  const answers = { handle, tooLarge };
  return {
    mounts: [
      ...ROOTS.flatMap((root) => [
        { prefix: `/${root}`, ...answers },
        { prefix: `/${root}/`, ...answers },
      ]),
      ...gatewayMounts({ ...deps, view: () => viewOf(deps, NEWEST) }),
      ...dojoPageMounts(deps.publicUrl),
    ],
  };
}

/** A W3C trace parent of its own for each request. */
function newTraceId(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

async function answer(
  deps: DojoDependencies,
  match: (method: string, path: string) => Routed,
  request: HttpRequest,
): Promise<HttpReply> {
  const traceId = newTraceId();
  if (request.method === 'OPTIONS') return { status: 204, headers: CORS, body: '' };
  const routed = match(request.method, request.path);
  try {
    const reply = await perform(deps, routed, request, traceId);
    return httpReply(reply, traceId);
  } catch (error) {
    if (error instanceof Refusal) return problemReply(coded(error.problem, routed), traceId);
    if (error instanceof Overloaded)
      return problemReply(problemOf(error.failure, viewOf(deps, NEWEST)), traceId);
    deps.logError(error, `${request.method} ${request.path} ${traceId}`);
    const title = 'An error occurred while processing your request.';
    return problemReply({ status: 500, title }, traceId);
  }
}

/** Errors of terminals have a code. */
function coded(problem: Problem, routed: Routed): Problem {
  const isTerminals = 'route' in routed && routed.route.isTerminal;
  return isTerminals ? { code: 'INVALID_REQUEST', ...problem } : problem;
}

function viewOf({ publicUrl, mode, engine, tokens }: DojoDependencies, version: Version): View {
  const livemode = mode === 'live';
  return { version, livemode, publicUrl: publicUrl(), nowMs: engine.nowMs(), tokens };
}

async function perform(
  deps: DojoDependencies,
  routed: Routed,
  request: HttpRequest,
  traceId: string,
): Promise<DojoReply> {
  if (!('route' in routed)) throw new Refusal(unrouted(routed.allow));
  const { route, path } = routed;
  const identity = await identify(deps, route, request);
  const version = askedVersion(request, route);
  if (route.isTerminal && header(request, 'software-house-id') === null)
    throw new Refusal(missingHeader('software-house-id'));
  const body = bodyOf(route, request);
  const { engine, urlFault } = deps;
  const dojoRequest: DojoRequest = {
    engine,
    account: identity.account,
    customer: identity.customer,
    view: viewOf(deps, version),
    traceId,
    idempotency: claimOf(deps, request, filled(route.path, path)),
    path,
    query: new URLSearchParams(request.query),
    remoteAddress: request.remoteAddress,
    userAgent: header(request, 'user-agent'),
    urlFault,
  };
  return route.handle(dojoRequest, body);
}

function unrouted(allow: readonly string[]): Problem {
  return allow.length === 0
    ? { status: 404, title: 'Not Found' }
    : { status: 405, title: 'Method Not Allowed', detail: `Allowed: ${allow.join(', ')}.` };
}

function unauthorized(what: string): Problem {
  const detail = `There is no such ${what}. Send it as it is after the word Basic, not in base64.`;
  return { status: 401, title: 'Unauthorized', detail };
}

/** Whose data is asked for. Nobody has to say so on the routes that are for customers. */
async function identify(
  deps: DojoDependencies,
  { by }: Route,
  request: HttpRequest,
): Promise<{ account: string; customer: string | null }> {
  if (by === 'nobody') return { account: '', customer: null };
  const { keyring, tokens, engine } = deps;
  const sent = header(request, 'authorization') ?? '';
  if (by === 'customer') {
    const [, secret = ''] = /^\s*basic\s+(\S+)\s*$/i.exec(sent) ?? [];
    const session = readCustomerSecret({ tokens, nowMs: engine.nowMs() }, secret);
    if (session === null) throw new Refusal(unauthorized('customer secret'));
    return { account: session.account, customer: session.subject };
  }
  const key = parseAuthorization(sent);
  const known = key === null || keyParts(key) === null ? null : await keyring.identify(key);
  if (known === null || known === 'expired') throw new Refusal(unauthorized('key'));
  const account = permitted(known);
  if (isStrangersCall(deps, request, known.kind))
    throw new Refusal({ status: 403, title: 'Forbidden', detail: `${STRANGERS_TEXT}.` });
  return { account, customer: null };
}

/** Restricted keys list what of the Stripe dialect they may do: of this one that is nothing. */
function permitted({ kind, account, permissions }: Identity): string {
  if (kind === 'secret' || (kind === 'restricted' && permissions === undefined)) return account;
  throw new Refusal({
    status: 403,
    title: 'Forbidden',
    detail: 'This key may not do that. Use your secret key.',
  });
}

function header({ headers }: HttpRequest, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function missingHeader(name: string): Problem {
  return invalidField(name, `The ${name} field is required.`);
}

function askedVersion(request: HttpRequest, route: Route): Version {
  const asked = header(request, 'version');
  if (asked === null) throw new Refusal(missingHeader('version'));
  const version = versionOf(asked);
  if (version === null)
    throw new Refusal(invalidField('version', 'The version field is not a date as YYYY-MM-DD.'));
  if (version < route.since) throw new Refusal({ status: 404, title: 'Not Found' });
  return version;
}

const UNREADABLE_TYPE: Problem = {
  status: 415,
  title: 'Unsupported Media Type',
  detail: 'Send JSON, with the header Content-Type: application/json.',
};

function bodyOf(route: Route, { headers, body }: HttpRequest): unknown {
  if (route.body === null) return undefined;
  const type = headers['content-type'];
  if (
    type !== undefined &&
    body.length > 0 &&
    !/^(application|text)\/([\w.-]+\+)?json\b/i.test(type)
  )
    throw new Refusal(UNREADABLE_TYPE);
  const faults = new Faults();
  const value = jsonOf(body, faults);
  const read = faults.any ? undefined : required(route.body).parse(value, BODY, faults);
  if (faults.any) throw new Refusal(invalid(faults.errors));
  return read;
}

function jsonOf(body: Buffer, faults: Faults): unknown {
  if (body.length === 0) return faults.add('', 'A non-empty request body is required.');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return faults.add('$', 'The JSON value could not be read. Path: $.');
  }
}

/** A route's path with what its names stand for, in one form however it was written. */
function filled(path: string, named: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => named[name] ?? '');
}

/**
 * The claim that an `idempotencyKey` makes. Its scope is the path, as Dojo documents it for
 * refunds: the same key works once on each payment intent.
 */
function claimOf(
  { digest }: DojoDependencies,
  request: HttpRequest,
  routed: string,
): DojoRequest['idempotency'] {
  const key = header(request, 'idempotencykey');
  if (key === null || request.method === 'GET') return null;
  if (key.length > IDEMPOTENCY_KEY_CHARS_MAX)
    throw new Refusal(invalidField('idempotencyKey', TOO_LONG));
  const path = `${request.method} ${routed}`;
  return { key: `${path} ${key}`, sent: key, path, digest: digest(request.body) };
}

function httpReply({ status, body }: DojoReply, traceId: string): HttpReply {
  const type = status >= 400 ? 'application/problem+json; charset=utf-8' : HEADERS['content-type'];
  const headers = { ...HEADERS, 'content-type': type ?? '', traceparent: traceId };
  return { status, headers, body };
}

function problemReply(problem: Problem, traceId: string): HttpReply {
  return httpReply({ status: problem.status, body: problemBody(problem, traceId) }, traceId);
}
