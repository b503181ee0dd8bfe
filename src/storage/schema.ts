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
  /** Locked before a batch reads it, where several processes share the database. */
  readonly locked: boolean;
}

type Columns<T extends TableName> = Partial<Record<keyof RowTypes[T] & string, ColumnKind>>;

function table<T extends TableName>(name: T, columns: Columns<T>, locked = false): TableShape {
  const own = Object.entries(columns) as [string, ColumnKind][];
  return { name, columns: [['account', 'text'], ['id', 'text'], ...own], locked };
}

/**
 * The tables, as data: SQL, codecs and locks are made from this. A property becomes a column when
 * a query, an index or an audit needs it; everything else is JSON in `detail`.
 */
export const TABLES: { readonly [T in TableName]: TableShape } = {
  accounts: table('accounts', { created: 'int' }),
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
    true,
  ),
  attempts: table('attempts', {
    intent: 'text',
    state: 'text',
    amount: 'money',
    captured: 'money',
    released: 'money',
    refunded: 'money',
    currency: 'text',
    customer: 'text',
    created: 'int',
  }),
  refunds: table('refunds', {
    intent: 'text',
    attempt: 'text',
    state: 'text',
    amount: 'money',
    currency: 'text',
    created: 'int',
  }),
  methods: table('methods', { customer: 'text', type: 'text', created: 'int' }),
  customers: table('customers', { created: 'int', email: 'text', deleted: 'flag' }),
  tokens: table('tokens', { created: 'int' }),
  facts: table('facts', {
    type: 'text',
    created: 'int',
    intent: 'text',
    attempt: 'text',
    refund: 'text',
    customer: 'text',
    method: 'text',
  }),
  subscriptions: table('subscriptions', { created: 'int', dialect: 'text', enabled: 'flag' }),
  deliveries: table('deliveries', {
    subscription: 'text',
    event: 'text',
    state: 'text',
    dueAtMs: 'int',
    created: 'int',
  }),
  transfers: table('transfers', {
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
  }),
  jobs: table('jobs', { dueAt: 'int' }),
  idempotency: table('idempotency', { createdMs: 'int', body: 'text' }, true),
};

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];
