import { CUSTOMER_ROUTES } from './resources/customers.js';
import { EPOS_ROUTES } from './resources/epos.js';
import { MONEY_MOVE_ROUTES } from './resources/money-moves.js';
import { PAYMENT_INTENT_ROUTES } from './resources/payment-intents.js';
import { PUBLIC_ROUTES } from './resources/public.js';
import { SEARCH_ROUTES } from './resources/search.js';
import { SETUP_INTENT_ROUTES } from './resources/setup-intents.js';
import { TERMINAL_ROUTES } from './resources/terminals.js';
import { WEBHOOK_ROUTES } from './resources/webhooks.js';
import type { Route } from './route.js';

/** Every operation of the dialect. */
export const ROUTES: readonly Route[] = [
  ...PAYMENT_INTENT_ROUTES,
  ...SEARCH_ROUTES,
  ...MONEY_MOVE_ROUTES,
  ...SETUP_INTENT_ROUTES,
  ...CUSTOMER_ROUTES,
  ...WEBHOOK_ROUTES,
  ...TERMINAL_ROUTES,
  ...EPOS_ROUTES,
  ...PUBLIC_ROUTES,
];

/** An operation that fits, with what its path names. */
export interface Match {
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
}

/** What a router answers: the operation, or the methods that the path does have. */
export type Routed = Match | { readonly allow: readonly string[] };

interface Row {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds routes by method and path: fixed segments go before named ones; a final slash is none. */
export function makeRouter(routes: readonly Route[]): (method: string, path: string) => Routed {
  const rows: Row[] = routes.map((route) => ({ route, segments: route.path.slice(1).split('/') }));
  return (method, path) => {
    const segments = path.replace(/\/$/, '').slice(1).split('/');
    const fits = rows.filter((row) => fitsPath(row.segments, segments));
    const best = fits.sort((a, b) => namedCount(a) - namedCount(b));
    const found = best.find(({ route }) => route.method === method);
    if (found === undefined) return { allow: [...new Set(fits.map(({ route }) => route.method))] };
    return { route: found.route, path: namedSegments(found.segments, segments) };
  };
}

function namedCount({ segments }: Row): number {
  return segments.filter((segment) => segment.startsWith(':')).length;
}

function fitsPath(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, i) =>
    part.startsWith(':') ? segments[i] !== '' : part === segments[i],
  );
}

function namedSegments(pattern: readonly string[], segments: readonly string[]) {
  const named: [string, string][] = [];
  for (const [i, part] of pattern.entries())
    if (part.startsWith(':')) named.push([part.slice(1), decoded(segments[i] ?? '')]);
  return Object.fromEntries(named);
}

/**
 * A path's segment without its percent-encoding; as it was sent where that is broken. A NUL stays
 * as it was sent, too: it is in no id, and not every store can look for one.
 */
export function decoded(segment: string): string {
  try {
    const text = decodeURIComponent(segment);
    return text.includes('\0') ? segment : text;
  } catch {
    return segment;
  }
}
