import type { Customer } from '../../../domain/customer.js';
import { isSavedCard } from '../../../domain/payment-method.js';
import { type Command, checked, type Rows } from '../../../engine/command.js';
import {
  CUSTOMER_METHODS_MAX,
  createCustomer,
  deleteCustomer,
  updateCustomer,
} from '../../../engine/customers.js';
import { detachMethod } from '../../../engine/methods.js';
import { issueCustomerSecret } from '../customer-secret.js';
import { coreId } from '../ids.js';
import { inputOf } from '../kept-customer.js';
import { CURSOR_FIELDS, type Cursor, readPage } from '../paging.js';
import { invalidField, Refusal } from '../problem.js';
import { act, type DojoReply, type DojoRequest, idIn, notFound, reply } from '../request.js';
import { type Route, route } from '../route.js';
import { type CustomerFields, customerFields } from '../schema/customers.js';
import { object } from '../schema/shape.js';
import { customerMethodsView, customerView } from '../view/customer.js';
import { wireTime } from '../view/time.js';

const PATH = '/customers';

/** Customers that one request may name. */
const IDS_MAX = 50;

const equals = (column: string, value: string | number) => ({
  column,
  comparison: 'eq' as const,
  value,
});

function showing({ view }: DojoRequest) {
  return { show: (customer: Customer) => customerView(customer, view) };
}

function create(request: DojoRequest, sent: CustomerFields) {
  const { account } = request;
  // Its time is known when it is made.
  const command: Command<Customer> = {
    ...createCustomer(account, {}),
    decide: (work) => createCustomer(account, inputOf(sent, null, work.now())).decide(work),
  };
  return act(request, command, showing(request));
}

function update(request: DojoRequest, sent: CustomerFields) {
  const { account } = request;
  const id = idIn(request, 'customer');
  const command: Command<Customer> = {
    ...updateCustomer(account, id, {}),
    decide: (work) => {
      const input = inputOf(sent, work.get('customers', id), work.now());
      return updateCustomer(account, id, input).decide(work);
    },
  };
  return act(request, command, showing(request));
}

function alive(rows: Rows, id: string): Customer | null {
  const customer = rows.get('customers', id);
  return customer === null || customer.deleted ? null : customer;
}

/** Those of the named customers that there are. */
function retrieve(request: DojoRequest): Promise<DojoReply> {
  const { engine, account, view, path } = request;
  const named = [...new Set((path.id ?? '').split(',').map((one) => one.trim()))];
  if (named.length > IDS_MAX)
    throw new Refusal(invalidField('CustomerId', `No more than ${IDS_MAX} ids can be asked for.`));
  const ids = named
    .map((one) => coreId('customer', one, view.livemode))
    .filter((id) => id !== null);
  return engine.read(
    account,
    (need) => {
      for (const id of ids) need('customers', id);
    },
    (rows) => {
      const found = ids.map((id) => alive(rows, id)).filter((customer) => customer !== null);
      if (found.length === 0) notFound('customer');
      return reply(found.map((customer) => customerView(customer, view)));
    },
  );
}

async function search(request: DojoRequest, cursor: Cursor): Promise<DojoReply> {
  const page = await readPage(request, 'customers', [equals('deleted', 0)], cursor);
  const { rows, before, after } = page;
  return reply({ data: rows.map((row) => customerView(row, request.view)), before, after });
}

/** All that a customer can have. */
function methodsOf({ engine, account }: DojoRequest, customer: string) {
  const conditions = [equals('customer', customer)];
  return engine.page({ table: 'methods', account, conditions, limit: CUSTOMER_METHODS_MAX });
}

async function remove(request: DojoRequest): Promise<DojoReply> {
  const id = idIn(request, 'customer');
  const methods = (await methodsOf(request, id)).map((method) => method.id);
  return act(request, deleteCustomer(request.account, id, methods), { show: () => null });
}

function customerOf({ engine, account }: DojoRequest, id: string): Promise<Customer> {
  return engine.read(
    account,
    (need) => void need('customers', id),
    (rows) => alive(rows, id) ?? notFound('customer'),
  );
}

async function createSecret(request: DojoRequest): Promise<DojoReply> {
  const { account, view } = request;
  const { id } = await customerOf(request, idIn(request, 'customer'));
  const { secret, expiresAt } = issueCustomerSecret(view, account, id);
  const createdAt = wireTime(Math.floor(view.nowMs / 1000));
  return reply({ secret, createdAt, expireAt: wireTime(expiresAt) });
}

/** The customer of the secret; another one's things are not there for him. */
function ownCustomer(request: DojoRequest): Promise<Customer> {
  const id = idIn(request, 'customer');
  return id === request.customer ? customerOf(request, id) : notFound('customer');
}

async function ownMethods(request: DojoRequest): Promise<DojoReply> {
  const customer = await ownCustomer(request);
  const methods = await methodsOf(request, customer.id);
  return reply(customerMethodsView(customer, methods.filter(isSavedCard), request.view));
}

async function removeOwnMethod(request: DojoRequest): Promise<DojoReply> {
  const customer = await ownCustomer(request);
  const id = idIn(request, 'method', 'method');
  const detach = detachMethod(request.account, id);
  const command = checked(detach, (work) => {
    const method = work.get('methods', id);
    const isOwn = method?.customer === customer.id && isSavedCard(method);
    return isOwn ? null : notFound('payment method');
  });
  return act(request, command, { show: () => null });
}

/** Customers, and what those who hold their secrets may do. */
export const CUSTOMER_ROUTES: readonly Route[] = [
  route('POST', PATH, customerFields, create, {
    operation: 'Customers_Create',
    matches: 'the Stripe dialect sees the same customer',
  }),
  route('GET', `${PATH}/:id`, null, retrieve, {
    operation: 'Customers_Get',
    matches: 'up to 50 ids, separated by commas; those that exist',
    deviates: '404 where none of them exists',
  }),
  route('PATCH', `${PATH}/:id`, customerFields, update, {
    operation: 'Customers_Update',
    deviates: 'a null leaves a field as it is; the version counts changes made here',
  }),
  route('DELETE', `${PATH}/:id`, null, remove, { operation: 'Customers_Delete' }),
  route('POST', `${PATH}/search`, object(CURSOR_FIELDS), search, {
    operation: 'Customers_Search',
    matches: 'newest first',
  }),
  route('POST', `${PATH}/:id/create-secret`, null, createSecret, {
    operation: 'Customers_CreateCustomerSecret',
    matches: 'for 30 minutes',
  }),
  route('GET', `${PATH}/public/:id/payment-methods`, null, ownMethods, {
    operation: 'Customers_GetPaymentMethods',
    by: 'customer',
    deviates: 'a card shows its last four digits only: the first ones are not kept',
  }),
  route('DELETE', `${PATH}/public/:id/payment-methods/:method`, null, removeOwnMethod, {
    operation: 'Customers_DeletePaymentMethod',
    by: 'customer',
  }),
];
