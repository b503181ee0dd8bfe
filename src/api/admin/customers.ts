import type { Customer } from '../../domain/customer.js';
import { updateCustomer } from '../../engine/customers.js';
import type { Engine } from '../../engine/engine.js';
import type { Search } from '../../engine/search.js';
import { metadataIn } from './body.js';
import { missing } from './fault.js';
import { methodLabel } from './intent-row.js';
import { byMetadata } from './metadata-search.js';
import { type AdminRequest, act, idIn, pageOf } from './request.js';
import { changing, type Route, reading } from './route.js';
import type { CustomerRow, Page } from './schema.js';

const TEXT_CHARS_MAX = 200;
/** Saved methods that a row names. */
const CARDS_MAX = 5;

/** One page of a customer's newest methods; the list of all may be hundreds. */
async function cardsOf(engine: Engine, { account, id }: Customer): Promise<string[]> {
  const { rows } = await engine.search({
    table: 'methods',
    account,
    ways: [[{ column: 'customer', value: id }]],
    conditions: [],
    fits: () => true,
    limit: CARDS_MAX,
  });
  return rows.map(({ card, type }) => methodLabel({ card, methodType: type }));
}

async function customerRow(engine: Engine, customer: Customer): Promise<CustomerRow> {
  const { id, created, name, email, phone, metadata } = customer;
  return {
    id,
    createdMs: created * 1000,
    name: name ?? '',
    email: email ?? '',
    phone: phone ?? '',
    cards: await cardsOf(engine, customer),
    metadata,
  };
}

/** What was typed: `key:value` of metadata, as in the search for payments, or part of a text. */
function wantedBy(typed: string): Pick<Search<'customers'>, 'ways' | 'fits'> {
  const found = byMetadata(typed);
  if (found !== null) return found;
  const text = typed.toLowerCase();
  return {
    ways: [],
    fits: ({ id, name, email, phone, metadata }) =>
      text === '' ||
      id.toLowerCase() === text ||
      [name, email, phone, ...Object.values(metadata)].some((one) =>
        one?.toLowerCase().includes(text),
      ),
  };
}

async function list(request: AdminRequest): Promise<Page<CustomerRow>> {
  const { engine, account, query } = request;
  const { rows, next } = await engine.search({
    table: 'customers',
    account,
    conditions: [{ column: 'deleted', comparison: 'eq', value: 0 }],
    ...wantedBy((query.get('q') ?? '').trim().slice(0, TEXT_CHARS_MAX)),
    ...pageOf(request),
  });
  const shown: CustomerRow[] = [];
  // One after the other: searches at once are limited for all.
  for (const customer of rows) shown.push(await customerRow(engine, customer));
  return { rows: shown, next };
}

async function show(request: AdminRequest): Promise<CustomerRow> {
  const { engine, account } = request;
  const id = idIn(request);
  const customer = await engine.read(
    account,
    (need) => void need('customers', id),
    (rows) => rows.get('customers', id),
  );
  if (customer === null || customer.deleted) throw missing('customer');
  return customerRow(engine, customer);
}

async function setMetadata(request: AdminRequest): Promise<CustomerRow> {
  const id = idIn(request);
  const metadata = metadataIn(request.body);
  const command = updateCustomer(request.account, id, { metadata: () => metadata });
  const keys = Object.keys(metadata).join(', ');
  return customerRow(
    request.engine,
    await act(request, command, 'customer.metadata', id, { keys }),
  );
}

/** Customers, by name, e-mail address, telephone number or metadata. */
export const CUSTOMER_ROUTES: readonly Route[] = [
  reading('/customers', 'Customers, newest first; q looks for one', list),
  reading('/customers/:id', 'One customer', show),
  changing('operator', '/customers/:id/metadata', "Replace a customer's metadata", setMetadata),
];
