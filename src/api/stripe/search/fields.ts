import { ATTEMPT_LIFECYCLE, type Attempt, type AttemptState } from '../../../domain/attempt.js';
import type { Customer } from '../../../domain/customer.js';
import { INTENT_LIFECYCLE, type Intent, type IntentState } from '../../../domain/intent.js';
import type { RowTypes } from '../../../engine/command.js';
import type { Search } from '../../../engine/search.js';
import { chargeStatus, isRefunded } from '../view/charge.js';
import { INTENT_STATUS } from '../view/payment-intent.js';

export type SearchedTable = 'intents' | 'attempts' | 'customers';

type Source = Search<SearchedTable>['ways'][number][number];
export type Condition = Search<SearchedTable>['conditions'][number];

/** A field that a query may name: its type decides which operators it takes. */
export interface Field<R> {
  /** `token` is compared whole, `string` in parts too, `flag` is true or false. */
  readonly type: 'token' | 'string' | 'number' | 'flag';
  read(row: R): string | number | bigint | boolean | null;
  /** Letters count as they are written: ids. */
  readonly exact?: true;
  /** The index that finds rows by the field's whole value. */
  readonly source?: (value: string) => Source;
  /** The column of a number that is never null. */
  readonly column?: string;
  /** What the database is asked for rows that have the value, or, negated, that do not. */
  readonly condition?: (value: string, negated: boolean) => Condition;
}

/** An object that can be searched. */
export interface Resource<T extends SearchedTable> {
  readonly table: T;
  /** Its name in errors and in the documentation's address. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Field<RowTypes[T]>>>;
  /** Holds for every row that is found. */
  readonly always: readonly Condition[];
}

/** A status is one or several states of ours. */
function statusField<S extends string>(
  lifecycle: Readonly<Record<S, unknown>>,
  statusOf: (state: S) => string,
): Field<{ readonly state: S }> {
  const states = Object.keys(lifecycle) as S[];
  return {
    type: 'token',
    read: ({ state }) => statusOf(state),
    condition: (value, negated) => ({
      column: 'state',
      comparison: 'in',
      value: states.filter((state) => (statusOf(state) === value.toLowerCase()) !== negated),
    }),
  };
}

const currency: Field<{ readonly currency: string }> = {
  type: 'token',
  read: (row) => row.currency,
  condition: (value, negated) => ({
    column: 'currency',
    comparison: negated ? 'ne' : 'eq',
    value: value.toLowerCase(),
  }),
};

const created: Field<{ readonly created: number }> = {
  type: 'number',
  read: (row) => row.created,
  column: 'created',
};

const amount: Field<{ readonly amount: bigint }> = {
  type: 'number',
  read: (row) => row.amount,
  column: 'amount',
};

const customer: Field<{ readonly customer: string | null }> = {
  type: 'token',
  exact: true,
  read: (row) => row.customer,
  source: (value) => ({ column: 'customer', value }),
};

export const PAYMENT_INTENT_SEARCH: Resource<'intents'> = {
  table: 'intents',
  name: 'payment_intents',
  always: [],
  fields: {
    amount,
    created,
    currency,
    customer,
    status: statusField<IntentState>(INTENT_LIFECYCLE, (state) => INTENT_STATUS[state]),
  } satisfies Resource<'intents'>['fields'] as Readonly<Record<string, Field<Intent>>>,
};

const CARD = 'payment_method_details.card';

export const CHARGE_SEARCH: Resource<'attempts'> = {
  table: 'attempts',
  name: 'charges',
  always: [],
  fields: {
    amount,
    'billing_details.address.postal_code': {
      type: 'token',
      read: (row) => row.billing.address.postal_code,
    },
    created,
    currency,
    customer,
    disputed: { type: 'flag', read: (row) => row.dispute !== null },
    [`${CARD}.brand`]: { type: 'token', read: ({ card }) => card?.brand ?? null },
    [`${CARD}.exp_month`]: { type: 'number', read: ({ card }) => card?.expMonth ?? null },
    [`${CARD}.exp_year`]: { type: 'number', read: ({ card }) => card?.expYear ?? null },
    [`${CARD}.fingerprint`]: {
      type: 'token',
      exact: true,
      read: ({ card }) => card?.fingerprint ?? null,
    },
    [`${CARD}.last4`]: { type: 'token', read: ({ card }) => card?.last4 ?? null },
    refunded: { type: 'flag', read: isRefunded },
    status: statusField<AttemptState>(ATTEMPT_LIFECYCLE, chargeStatus),
  } satisfies Resource<'attempts'>['fields'] as Readonly<Record<string, Field<Attempt>>>,
};

function text(name: 'email' | 'name' | 'phone'): Field<Customer> {
  return {
    type: 'string',
    read: (row) => row[name],
    source: (value) => ({ label: { name, value } }),
  };
}

export const CUSTOMER_SEARCH: Resource<'customers'> = {
  table: 'customers',
  name: 'customers',
  always: [{ column: 'deleted', comparison: 'eq', value: 0 }],
  fields: { created, email: text('email'), name: text('name'), phone: text('phone') },
};
