import { API_KEY_ROUTES } from './resources/api-keys.js';
import { CASH_ROUTES } from './resources/cash.js';
import { BALANCE_ROUTES, CHARGE_ROUTES, REFUND_ROUTES } from './resources/charges.js';
import { CHECKOUT_LINK_ROUTES } from './resources/checkout-links.js';
import { CONFIRMATION_TOKEN_ROUTES } from './resources/confirmation-tokens.js';
import { CUSTOMER_SESSION_ROUTES } from './resources/customer-sessions.js';
import { CUSTOMER_ROUTES } from './resources/customers.js';
import { DIRECT_CHARGE_ROUTES } from './resources/direct-charges.js';
import { DISPUTE_ROUTES } from './resources/disputes.js';
import { EVENT_ROUTES } from './resources/events.js';
import { PAYMENT_INTENT_ROUTES } from './resources/payment-intents.js';
import { PAYMENT_METHOD_ROUTES } from './resources/payment-methods.js';
import { RULE_ROUTES } from './resources/rules.js';
import { SEARCH_ROUTES } from './resources/search.js';
import { SETUP_INTENT_ROUTES } from './resources/setup-intents.js';
import { TEST_CLOCK_ROUTES } from './resources/test-clocks.js';
import { WEBHOOK_ROUTES } from './resources/webhooks.js';
import type { Route } from './route.js';

/** Every method of the dialect. */
export const ROUTES: readonly Route[] = [
  ...PAYMENT_INTENT_ROUTES,
  ...CHECKOUT_LINK_ROUTES,
  ...PAYMENT_METHOD_ROUTES,
  ...CONFIRMATION_TOKEN_ROUTES,
  ...CUSTOMER_SESSION_ROUTES,
  ...API_KEY_ROUTES,
  ...CUSTOMER_ROUTES,
  ...CASH_ROUTES,
  ...CHARGE_ROUTES,
  ...DIRECT_CHARGE_ROUTES,
  ...REFUND_ROUTES,
  ...DISPUTE_ROUTES,
  ...RULE_ROUTES,
  ...BALANCE_ROUTES,
  ...SEARCH_ROUTES,
  ...SETUP_INTENT_ROUTES,
  ...WEBHOOK_ROUTES,
  ...EVENT_ROUTES,
  ...TEST_CLOCK_ROUTES,
];

interface Branch {
  readonly fixed: Map<string, Branch>;
  named: { readonly name: string; readonly branch: Branch } | null;
  readonly routes: Map<string, Route>;
}

export interface Match {
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
}

/**
 * Makes the function that finds a route by method and path: one step per segment, fixed names
 * before `:name`. It answers null for what nobody serves.
 */
export function makeRouter(
  routes: readonly Route[],
): (method: string, path: string) => Match | null {
  const root = newBranch();
  for (const route of routes) {
    let branch = root;
    for (const segment of segmentsOf(route.path)) branch = grow(branch, segment);
    if (branch.routes.has(route.method)) throw new Error(`two routes: ${route.path}`);
    branch.routes.set(route.method, route);
  }
  return (method, path) => {
    const named: Record<string, string> = {};
    let branch: Branch | undefined = root;
    for (const segment of segmentsOf(path)) {
      const fixed: Branch | undefined = branch.fixed.get(segment);
      if (fixed === undefined && branch.named !== null) {
        const value = decoded(segment);
        if (value === null || value === '') return null;
        named[branch.named.name] = value;
      }
      branch = fixed ?? branch.named?.branch;
      if (branch === undefined) return null;
    }
    const route = branch.routes.get(method);
    return route === undefined ? null : { route, path: named };
  };
}

function newBranch(): Branch {
  return { fixed: new Map(), named: null, routes: new Map() };
}

function grow(branch: Branch, segment: string): Branch {
  if (!segment.startsWith(':')) {
    const next = branch.fixed.get(segment) ?? newBranch();
    branch.fixed.set(segment, next);
    return next;
  }
  const name = segment.slice(1);
  if (branch.named !== null && branch.named.name !== name)
    throw new Error(`one place, two names: ${branch.named.name} and ${name}`);
  branch.named ??= { name, branch: newBranch() };
  return branch.named.branch;
}

function segmentsOf(path: string): string[] {
  return path.slice(1).split('/');
}

/** A segment without its percent-encoding; null where that is broken or hides a NUL. */
function decoded(segment: string): string | null {
  if (!segment.includes('%')) return segment;
  try {
    const text = decodeURIComponent(segment);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
