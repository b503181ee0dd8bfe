import type { Customer } from '../../../domain/customer.js';
import type { JsonObject } from '../../../domain/json.js';
import {
  CUSTOMER_METHODS_MAX,
  type CustomerInput,
  createCustomer,
  deleteCustomer,
  updateCustomer,
} from '../../../engine/customers.js';
import { CUSTOMER, PAYMENT_METHOD } from '../objects.js';
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
  plainJson,
  Refusal,
  type Showing,
  type StripeReply,
  type StripeRequest,
  show,
  within,
} from '../request.js';
import { type Route, route } from '../route.js';
import {
  customerCreate,
  customerDelete,
  customerList,
  customerPaymentMethodList,
  customerRetrieve,
  customerUpdate,
} from '../schema/customers.js';
import { retrieveOnly } from '../schema/fields.js';
import { invalidRequest } from '../wire-error.js';
import { methodInput } from './method-input.js';

type Sent = Infer<typeof customerCreate> | Infer<typeof customerUpdate>;

/** What a customer keeps for this dialect alone. */
const KEPT = [
  'balance',
  'invoice_prefix',
  'next_invoice_sequence',
  'preferred_locales',
  'tax_exempt',
] as const;

function wireOf(sent: Sent): JsonObject {
  const wire = keptFields(sent, KEPT);
  if (sent.tax_exempt === null) wire.tax_exempt = 'none';
  if (sent.preferred_locales === null) wire.preferred_locales = [];
  const { default_payment_method: _, ...invoice } = sent.invoice_settings ?? {};
  if (Object.keys(invoice).length > 0) wire.invoice_settings = plainJson(invoice);
  return wire;
}

function addressOf(sent: object | null): JsonObject | null {
  if (sent === null) return null;
  const empty = { city: null, country: null, line1: null, line2: null };
  return { ...empty, postal_code: null, state: null, ...sent };
}

/** The parameters of creating and updating, as the engine's. */
function inputOf(sent: Sent): CustomerInput {
  const input: CustomerInput = { wire: wireOf(sent) };
  if (sent.email !== undefined) input.email = sent.email;
  if (sent.name !== undefined) input.name = sent.name;
  if (sent.phone !== undefined) input.phone = sent.phone;
  if (sent.description !== undefined) input.description = sent.description;
  if (sent.address !== undefined) input.address = addressOf(sent.address);
  if (sent.shipping !== undefined)
    input.shipping =
      sent.shipping === null
        ? null
        : {
            address: addressOf(sent.shipping.address),
            name: sent.shipping.name,
            phone: sent.shipping.phone ?? null,
          };
  if (sent.metadata !== undefined) input.metadata = changedMetadata(sent.metadata);
  if ('payment_method' in sent && sent.payment_method !== undefined)
    input.method = sent.payment_method;
  if ('test_clock' in sent && sent.test_clock !== undefined) input.clockId = sent.test_clock;
  if (typeof sent.source === 'string')
    input.source = methodInput({ type: 'card', card: { token: sent.source } } as never);
  const chosen = sent.invoice_settings?.default_payment_method;
  if (chosen !== undefined) input.defaultMethod = chosen;
  return input;
}

function showing(
  id: string,
  expand: readonly string[] | undefined,
): Showing<'customers', Customer> {
  return { kind: CUSTOMER, expand, before: (need) => need('customers', id) };
}

function missing(request: StripeRequest): never {
  return missingInPath(request, 'customer', idOf(request));
}

async function retrieve(sent: Infer<typeof customerRetrieve>, request: StripeRequest) {
  const object = await show(request, CUSTOMER, idOf(request), sent.expand);
  return object === null ? missing(request) : objectReply(object);
}

async function remove(
  sent: Infer<typeof customerDelete>,
  request: StripeRequest,
): Promise<StripeReply> {
  const id = idOf(request);
  const methods = await request.engine.page({
    table: 'methods',
    account: request.account,
    conditions: equals('customer', id),
    limit: CUSTOMER_METHODS_MAX,
  });
  const command = deleteCustomer(
    request.account,
    id,
    methods.map((method) => method.id),
  );
  return act(request, command, showing(id, sent.expand));
}

/** The customer's own list is a 404 for a customer who is not there. */
async function demandCustomer(request: StripeRequest): Promise<void> {
  const object = await show(request, CUSTOMER, idOf(request), undefined);
  if (object === null) missing(request);
}

async function methods(sent: Infer<typeof customerPaymentMethodList>, request: StripeRequest) {
  await demandCustomer(request);
  const id = idOf(request);
  const conditions = [...equals('customer', id), ...equals('type', sent.type)];
  const url = `${PATH}/${id}/payment_methods`;
  return list(request, { kind: PAYMENT_METHOD, url, conditions }, sent);
}

async function method(sent: Infer<typeof retrieveOnly>, request: StripeRequest) {
  await demandCustomer(request);
  const id = request.path.method ?? '';
  const object = await show(request, PAYMENT_METHOD, id, sent.expand, (row) => {
    if (row.customer !== idOf(request)) throw new Refusal(INVALID);
  });
  if (object !== null) return objectReply(object);
  return missingInPath(request, 'method', id);
}

const INVALID = { ...invalidRequest('Invalid request', 'customer'), status: 404 };

const PATH = '/v1/customers';

export const CUSTOMER_ROUTES: readonly Route[] = [
  route(
    'POST',
    PATH,
    customerCreate,
    (sent, request) =>
      act(request, createCustomer(request.account, inputOf(sent)), {
        kind: CUSTOMER,
        expand: sent.expand,
      }),
    { matches: '`source` takes a token', deviates: 'no coupons, taxes, or cash balance' },
  ),
  route(
    'GET',
    PATH,
    customerList,
    (sent, request) => {
      const alive = { column: 'deleted', comparison: 'eq' as const, value: 0 };
      const conditions = [
        alive,
        { column: 'clockId', comparison: 'eq' as const, value: sent.test_clock ?? null },
        ...equals('email', sent.email),
        ...within('created', sent.created),
      ];
      return list(request, { kind: CUSTOMER, url: PATH, conditions }, sent);
    },
    { matches: 'email, created, test_clock; without it, those on no clock' },
  ),
  route('GET', `${PATH}/:id`, customerRetrieve, retrieve, { matches: 'deleted ones too' }),
  route('POST', `${PATH}/:id`, customerUpdate, (sent, request) =>
    act(
      request,
      updateCustomer(request.account, idOf(request), inputOf(sent)),
      showing(idOf(request), sent.expand),
    ),
  ),
  route('DELETE', `${PATH}/:id`, customerDelete, remove),
  route('GET', `${PATH}/:id/payment_methods`, customerPaymentMethodList, methods),
  route('GET', `${PATH}/:id/payment_methods/:method`, retrieveOnly, method),
];
