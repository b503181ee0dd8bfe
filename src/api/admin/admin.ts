import { ROLE_RANK } from '../../domain/operator.js';
import { Overloaded } from '../../engine/batch.js';
import type { IdempotencyClaim } from '../../engine/command.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { jsonReply } from '../own-page.js';
import { accountOf, askerOf } from './asker.js';
import { readBody } from './body.js';
import { refuseForged, refuseStrangers } from './cookie.js';
import { AdminRefusal, invalid, refusalOf, refusalReply } from './fault.js';
import type { AdminDependencies, AdminRequest, Asker } from './request.js';
import { FileReply, matched, type Route } from './route.js';
import { ADMIN_ROUTES } from './routes.js';
import { signIn, signOut } from './session.js';
import { makeSignInLimit, type SignInLimit } from './sign-in-limit.js';
import { WELCOME_PREFIX, welcome } from './welcome.js';

const PREFIX = '/admin/v1/';

/** The API of dashboard and command line, below `/admin/v1/`, and the links for passwords. */
export function adminMounts(deps: AdminDependencies): Mount[] {
  const limit = makeSignInLimit(deps.engine.nowMs);
  const tooLarge = () => refusalReply(new AdminRefusal(413, 'invalid', 'The call is too large.'));
  const guarded = (handle: (request: HttpRequest) => Promise<HttpReply>) => {
    return async (request: HttpRequest): Promise<HttpReply> => {
      try {
        return await handle(request);
      } catch (error) {
        if (error instanceof AdminRefusal) return refusalReply(error);
        if (error instanceof Overloaded) return refusalReply(refusalOf(error.failure));
        // Not the path: there may be a link's secret in it.
        deps.logError(error, `${request.method} of the admin API`);
        return refusalReply(new AdminRefusal(500, 'trouble', 'Something went wrong here.'));
      }
    };
  };
  return [
    { prefix: PREFIX, handle: guarded((request) => answer(deps, limit, request)), tooLarge },
    { prefix: WELCOME_PREFIX, handle: guarded((request) => welcome(deps, request)), tooLarge },
  ];
}

async function answer(
  deps: AdminDependencies,
  limit: SignInLimit,
  request: HttpRequest,
): Promise<HttpReply> {
  const path = request.path.slice(PREFIX.length - 1);
  if (path === '/session' && request.method === 'POST') return signIn(deps, limit, request);
  const { route, named } = routed(request, path);
  const asker = await askerOf(deps, request);
  if (route.method !== 'GET' && asker.csrf !== null) {
    refuseStrangers(request, deps.publicUrl());
    refuseForged(request, asker.csrf);
  }
  if (route === SIGN_OUT) return signOut(deps, asker, request);
  if (ROLE_RANK[asker.role] < ROLE_RANK[route.role])
    throw new AdminRefusal(
      403,
      'role',
      `This takes the role ${route.role}; you are a ${asker.role}.`,
    );
  const call: AdminRequest = {
    deps,
    engine: deps.engine,
    asker,
    account: accountOf(deps, asker, request),
    path: named,
    query: new URLSearchParams(request.query),
    body: route.method === 'GET' ? {} : readBody(request.body),
    idempotency: claimOf(deps, asker, request),
  };
  const result = await route.handle(call);
  return result instanceof FileReply ? result.reply : jsonReply(result);
}

/** Of the header `idempotency-key`. */
export const IDEMPOTENCY_KEY_CHARS_MAX = 255;

/**
 * What the caller asks to be done once only; null where he names no key. The key is his own: the
 * account's other callers, and clients of its dialects, may use the same one. A header has no line
 * break, so that no other key looks like it. Throws AdminRefusal.
 */
function claimOf(
  { digest }: AdminDependencies,
  { name }: Asker,
  { method, headers, path, body }: HttpRequest,
): IdempotencyClaim | null {
  const key = headers['idempotency-key'];
  if (method !== 'POST' || key === undefined || key === '') return null;
  if (typeof key !== 'string' || key.length > IDEMPOTENCY_KEY_CHARS_MAX)
    throw invalid(`An idempotency key has ${IDEMPOTENCY_KEY_CHARS_MAX} characters at most.`);
  return { key: `admin\n${name}\n${key}`, sent: key, path, digest: digest(body) };
}

/** Signing out takes a session, and no account. */
export const SIGN_OUT: Route = {
  method: 'DELETE',
  path: '/session',
  role: 'viewer',
  summary: 'Sign out',
  handle: async () => ({}),
};

/** The route of a call. Throws AdminRefusal where there is none. */
function routed({ method }: HttpRequest, path: string) {
  const asked = method === 'HEAD' ? 'GET' : method;
  let other = false;
  for (const route of [SIGN_OUT, ...ADMIN_ROUTES]) {
    const named = matched(route.path, path);
    if (named !== null && route.method === asked) return { route, named };
    other ||= named !== null;
  }
  if (other) throw new AdminRefusal(405, 'method', 'This call has another method.');
  throw new AdminRefusal(404, 'missing', 'There is no such call.');
}
