import type { Account } from '../domain/account.js';
import type { Attempt } from '../domain/attempt.js';
import type { Customer } from '../domain/customer.js';
import type { Fact } from '../domain/fact.js';
import type { IdempotencyRecord } from '../domain/idempotency.js';
import type { Intent } from '../domain/intent.js';
import type { Transfer } from '../domain/ledger.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import type { Refund } from '../domain/refund.js';
import type { Delivery, Job, Subscription } from '../domain/subscription.js';
import type { Token } from '../domain/token.js';

/** What a row of each table is in the domain. Every row has an `account` and an `id`. */
export interface RowTypes {
  accounts: Account;
  intents: Intent;
  attempts: Attempt;
  refunds: Refund;
  methods: PaymentMethod;
  customers: Customer;
  tokens: Token;
  facts: Fact;
  subscriptions: Subscription;
  deliveries: Delivery;
  transfers: Transfer;
  jobs: Job;
  idempotency: IdempotencyRecord;
}
export type TableName = keyof RowTypes;
export type Row = RowTypes[TableName];

/** `money` is a bigint, `int` a number, `flag` a boolean kept as 0 or 1. */
export type ColumnKind = 'text' | 'int' | 'money' | 'flag';

export interface TableShape {
  readonly name: TableName;
  /** Columns of their own, in order; `account` and `id` come first. The rest is in `detail`. */
  readonly columns: readonly (readonly [property: string, kind: ColumnKind])[];
  /** Every property that may be null: `detail` leaves nulls out, and this puts them back. */
  readonly blank: Readonly<Record<string, null>>;
  /** Locked before a batch reads it, where several processes share the database. */
  readonly locked: boolean;
}

type Columns<T extends TableName> = Partial<Record<keyof RowTypes[T] & string, ColumnKind>>;

/** The compiler wants all of them here, so that none can be forgotten. */
type Blank<T extends TableName> = {
  readonly [K in keyof RowTypes[T] as null extends RowTypes[T][K] ? K : never]: null;
};

function table<T extends TableName>(
  name: T,
  columns: Columns<T>,
  blank: Blank<T>,
  locked = false,
): TableShape {
  const own = Object.entries(columns) as [string, ColumnKind][];
  return { name, columns: [['account', 'text'], ['id', 'text'], ...own], blank, locked };
}

/**
 * The tables, as data: SQL, codecs and locks are made from this. A property becomes a column when
 * a query, an index or an audit needs it; everything else is JSON in `detail`.
 */
export const TABLES: { readonly [T in TableName]: TableShape } = {
  accounts: table('accounts', { created: 'int' }, { email: null }),
  intents: table(
    'intents',
    {
      state: 'text',
      amount: 'money',
      authorized: 'money',
      captured: 'money',
      released: 'money',
      refunded: 'money',
      currency: 'text',
      customer: 'text',
      created: 'int',
    },
    {
      customer: null,
      method: null,
      latestAttempt: null,
      lastError: null,
      challenge: null,
      authenticated: null,
      description: null,
      receiptEmail: null,
      shipping: null,
      futureUsage: null,
      statementDescriptor: null,
      statementDescriptorSuffix: null,
      canceledAt: null,
      cancellationReason: null,
    },
    true,
  ),
  attempts: table(
    'attempts',
    {
      intent: 'text',
      state: 'text',
      amount: 'money',
      captured: 'money',
      released: 'money',
      refunded: 'money',
      currency: 'text',
      customer: 'text',
      created: 'int',
    },
    {
      customer: null,
      card: null,
      methodDetails: null,
      approval: null,
      decline: null,
      captureBefore: null,
      hold: null,
      transfer: null,
      description: null,
      receiptEmail: null,
      shipping: null,
      statementDescriptor: null,
      statementDescriptorSuffix: null,
    },
  ),
  refunds: table(
    'refunds',
    {
      intent: 'text',
      attempt: 'text',
      state: 'text',
      amount: 'money',
      currency: 'text',
      created: 'int',
    },
    { reason: null, transfer: null, instructionsEmail: null },
  ),
  methods: table(
    'methods',
    { customer: 'text', type: 'text', created: 'int' },
    { customer: null, card: null, sealed: null, setUpFor: null, details: null },
  ),
  customers: table(
    'customers',
    { created: 'int', email: 'text', deleted: 'flag' },
    {
      email: null,
      name: null,
      phone: null,
      description: null,
      address: null,
      shipping: null,
      defaultMethod: null,
    },
  ),
  tokens: table(
    'tokens',
    { created: 'int' },
    { card: null, cardId: null, sealed: null, clientIp: null },
  ),
  facts: table(
    'facts',
    {
      type: 'text',
      created: 'int',
      intent: 'text',
      attempt: 'text',
      refund: 'text',
      customer: 'text',
      method: 'text',
    },
    {
      intent: null,
      attempt: null,
      refund: null,
      customer: null,
      method: null,
      previous: null,
      requestId: null,
      idempotencyKey: null,
    },
  ),
  subscriptions: table(
    'subscriptions',
    { created: 'int', dialect: 'text', enabled: 'flag' },
    { apiVersion: null, description: null, failingSinceMs: null },
  ),
  deliveries: table(
    'deliveries',
    { subscription: 'text', event: 'text', state: 'text', dueAtMs: 'int', created: 'int' },
    {},
  ),
  transfers: table(
    'transfers',
    {
      kind: 'text',
      state: 'text',
      intent: 'text',
      source: 'text',
      amount: 'money',
      fee: 'money',
      settled: 'money',
      currency: 'text',
      created: 'int',
      availableOn: 'int',
    },
    { description: null },
  ),
  jobs: table('jobs', { dueAt: 'int' }, {}),
  idempotency: table('idempotency', { createdMs: 'int', body: 'text' }, {}, true),
};

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];
