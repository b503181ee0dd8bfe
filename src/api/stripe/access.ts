import type { Permissions } from '../../domain/api-key.js';
import type { Identity, Keyring, Known } from '../auth.js';
import { ephemeralRefusal } from './ephemeral.js';
import type { StripeErrorCode } from './error-codes.js';
import { invalidRequest, type StripeError } from './wire-error.js';

/** A row of the dialect's table, as far as it decides who may call it. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly publishable: boolean;
}

/** Whose key a request came with, for what goes by it. */
export interface Access {
  readonly identity: Identity;
  readonly keyring: Keyring;
  /** Every name that permissions may have. */
  readonly resources: ReadonlySet<string>;
  /** As it was sent: errors show it masked. */
  readonly key: string;
  /** The account that is acted for. */
  readonly shownAccount: string;
  /** Whether the request names its version itself. */
  readonly namesVersion: boolean;
}

const NEEDS_SECRET_KEY =
  'This API call cannot be made with a publishable API key. Please use a secret API key. You can ' +
  'find a list of your API keys at https://dashboard.stripe.com/account/apikeys.';

const TEST_ONLY = 'Test helpers are only available in test mode.';

/** A key with all but its kind and end hidden, as the live API repeats a wrong one. */
export function masked(key: string): string {
  const shown = key.slice(0, 200);
  const kind = /^(sk|pk|rk|ek)_(test|live|sandbox)_/.exec(shown)?.[0] ?? '';
  const rest = shown.slice(kind.length);
  return kind + '*'.repeat(Math.max(0, rest.length - 4)) + rest.slice(-4);
}

function unauthorized(message: string, code?: StripeErrorCode): StripeError {
  return { ...invalidRequest(message, undefined, code), status: 401 };
}

/** Why a key opens nothing; null where it does. */
export function keyRefusal(known: Known, key: string): StripeError | null {
  if (known === null) return unauthorized(`Invalid API Key provided: ${masked(key)}`);
  if (known !== 'expired') return null;
  return unauthorized(`Expired API Key provided: ${masked(key)}`, 'api_key_expired');
}

/** First segments of a path that say where a family of objects is, and not which it is. */
const NAMESPACES = new Set(['test_helpers', 'radar', 'elements']);

/** Where the live API's permissions have another name than the path. */
const RENAMED: Readonly<Record<string, string>> = {
  refund: 'charge',
  webhook_endpoint: 'webhook',
  webhook_delivery: 'webhook',
};

function named(plural: string): string {
  const singular = plural.endsWith('s') ? plural.slice(0, -1) : plural;
  return RENAMED[singular] ?? singular;
}

function segmentsOf({ path }: Pick<Route, 'path'>): string[] {
  const [, , ...segments] = path.split('/');
  return NAMESPACES.has(segments[0] ?? '') ? segments.slice(1) : segments;
}

/**
 * The resource that each route belongs to: the last collection that its path names, so that a
 * customer's payment methods are payment methods.
 */
export function resourcesOf<R extends Route>(routes: readonly R[]): ReadonlyMap<R, string> {
  const collections = new Set(routes.map((route) => segmentsOf(route)[0] ?? ''));
  return new Map(
    routes.map((route) => {
      const last = segmentsOf(route).findLast((segment) => collections.has(segment)) ?? '';
      const isHistory = route.path === '/v1/balance/history';
      return [route, isHistory ? 'balance_transaction' : named(last)];
    }),
  );
}

/** What a restricted key lacks to see or change a resource; null where it may. */
function lacking(
  permissions: Permissions | undefined,
  resource: string,
  level: 'read' | 'write',
): string | null {
  if (permissions === undefined) return null;
  // Own fields only: the names come from a client.
  const has = Object.hasOwn(permissions, resource) ? permissions[resource] : 'none';
  return has === 'write' || has === level ? null : `rak_${resource}_${level}`;
}

function permissionError(access: Access, permission: string): StripeError {
  const { key, shownAccount } = access;
  const message =
    `The provided key '${masked(key)}' does not have the required permissions for this ` +
    `endpoint on account '${shownAccount}'. Having the '${permission}' permission would allow ` +
    'this request to continue.';
  return { ...invalidRequest(message), status: 403 };
}

/** Why a key may not expand an object of a kind; null where it may. */
export function expansionRefusal(access: Access, object: string): StripeError | null {
  const resource = named(`${object.slice(object.lastIndexOf('.') + 1)}s`);
  const permission = lacking(access.identity.permissions, resource, 'read');
  return permission === null ? null : permissionError(access, permission);
}

/** A restricted key that could make keys would be as good as a secret one. */
const SECRET_ONLY = 'api_key';

/** Why a key may not call a route; null where it may. */
export function routeRefusal(access: Access, route: Route, resource: string): StripeError | null {
  const { kind, permissions, livemode } = access.identity;
  if (livemode && route.path.startsWith('/v1/test_helpers/')) return invalidRequest(TEST_ONLY);
  if (kind === 'publishable' && !route.publishable)
    return { ...invalidRequest(NEEDS_SECRET_KEY, undefined, 'secret_key_required'), status: 403 };
  if (kind === 'ephemeral') return ephemeralRefusal(route, masked(access.key));
  const level = route.method === 'GET' ? 'read' : 'write';
  if (permissions !== undefined && resource === SECRET_ONLY)
    return permissionError(access, `rak_${resource}_${level}`);
  const permission = lacking(permissions, resource, level);
  return permission === null ? null : permissionError(access, permission);
}
