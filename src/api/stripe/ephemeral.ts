import type { Engine } from '../../engine/engine.js';
import { invalidRequest, type StripeError } from './wire-error.js';

/** A row of the dialect's table, as far as it matters here. */
interface Route {
  readonly method: string;
  readonly path: string;
}

/** What a request must name: the customer himself, or a method that is his. */
type Subject = 'customer_in_path' | 'customer_in_params' | 'method_in_path';

/** All that an ephemeral key opens, with what ties the call to its customer. */
const OPEN: Readonly<Record<string, Subject>> = {
  'GET /v1/customers/:id': 'customer_in_path',
  'GET /v1/customers/:id/payment_methods': 'customer_in_path',
  'GET /v1/customers/:id/payment_methods/:method': 'customer_in_path',
  'GET /v1/payment_methods': 'customer_in_params',
  'POST /v1/payment_methods/:id/attach': 'customer_in_params',
  'POST /v1/payment_methods/:id/detach': 'method_in_path',
};

function refusal(shownKey: string): StripeError {
  const message =
    `The provided ephemeral key '${shownKey}' does not have access to this resource. Ephemeral ` +
    "keys can only read their own customer and manage that customer's payment methods.";
  return { ...invalidRequest(message), status: 403 };
}

/** Why an ephemeral key may not call a route at all; null where it may for its own customer. */
export function ephemeralRefusal({ method, path }: Route, shownKey: string): StripeError | null {
  return Object.hasOwn(OPEN, `${method} ${path}`) ? null : refusal(shownKey);
}

interface CustomersRequest {
  readonly engine: Pick<Engine, 'read'>;
  readonly account: string;
  readonly path: Readonly<Record<string, string>>;
}

/** Why an ephemeral key's call is refused: it is about somebody else. Null where it is not. */
export async function strangerRefusal(
  { method, path }: Route,
  params: unknown,
  request: CustomersRequest,
  key: { readonly customer: string | undefined; readonly shown: string },
): Promise<StripeError | null> {
  const { id = '' } = request.path;
  const subject = OPEN[`${method} ${path}`];
  let named: unknown = id;
  if (subject === 'customer_in_params') named = (params as { customer?: unknown }).customer;
  // Read before it acts: a detached method is never attached to anybody again.
  if (subject === 'method_in_path') named = await ownerOf(request, id);
  return key.customer !== undefined && named === key.customer ? null : refusal(key.shown);
}

function ownerOf({ engine, account }: CustomersRequest, id: string): Promise<string | null> {
  return engine.read(
    account,
    (need) => void need('methods', id),
    (rows) => rows.get('methods', id)?.customer ?? null,
  );
}
