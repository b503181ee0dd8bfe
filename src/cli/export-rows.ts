import { eventsOf, eventView } from '../api/stripe/events.js';
import type { View } from '../api/stripe/view/view.js';
import type { Customer } from '../domain/customer.js';
import type { Fact } from '../domain/fact.js';
import type { Intent } from '../domain/intent.js';
import type { Transfer } from '../domain/ledger.js';
import { formatPlain } from '../domain/money.js';
import type { Refund } from '../domain/refund.js';
import { timeText } from '../engine/reports.js';
import type { RowTypes, TableName } from '../storage/schema.js';

/** What can be exported, by the word that is typed. */
export const EXPORTS = ['payments', 'customers', 'refunds', 'events', 'ledger'] as const;
export type ExportName = (typeof EXPORTS)[number];

/** A cell: amounts are plain decimals in their currency, times are ISO 8601 in UTC. */
export type Cell = string | number | boolean | null | object;
export type ExportLine = Readonly<Record<string, Cell>>;

/** How the rows of a table read as lines of a file. */
export interface Exporter<T extends TableName = TableName> {
  readonly table: T;
  /** In the order of a CSV's columns. */
  readonly columns: readonly string[];
  /** Unix seconds of business time, by which `--from` and `--to` choose. */
  created(row: RowTypes[T]): number;
  lines(row: RowTypes[T]): ExportLine[];
}

const OF_ALL = ['account', 'id', 'created'] as const;

const payments: Exporter<'intents'> = {
  table: 'intents',
  columns: [
    ...[...OF_ALL, 'currency', 'amount', 'authorized', 'captured', 'refunded', 'state', 'made_by'],
    ...['customer', 'payment_method_types', 'description', 'canceled', 'cancellation_reason'],
    'metadata',
  ],
  created: ({ created }) => created,
  lines: (intent: Intent) => {
    const { account, id, currency } = intent;
    const money = (amount: bigint): string => formatPlain(amount, currency);
    return [
      {
        account,
        id,
        created: timeText(intent.created),
        currency,
        amount: money(intent.amount),
        authorized: money(intent.authorized),
        captured: money(intent.captured),
        refunded: money(intent.refunded),
        state: intent.state,
        made_by: intent.dialect,
        customer: intent.customer,
        payment_method_types: intent.methodTypes,
        description: intent.description,
        canceled: intent.canceledAt === null ? null : timeText(intent.canceledAt),
        cancellation_reason: intent.cancellationReason,
        metadata: intent.metadata,
      },
    ];
  },
};

const customers: Exporter<'customers'> = {
  table: 'customers',
  columns: [
    ...[...OF_ALL, 'email', 'name', 'phone', 'description', 'address', 'shipping', 'deleted'],
    'metadata',
  ],
  created: ({ created }) => created,
  lines: (customer: Customer) => {
    const { account, id, email, name, phone, description, address, shipping } = customer;
    const { deleted, metadata } = customer;
    const created = timeText(customer.created);
    const contact = { email, name, phone, description, address, shipping };
    return [{ account, id, created, ...contact, deleted, metadata }];
  },
};

const refunds: Exporter<'refunds'> = {
  table: 'refunds',
  columns: [
    ...[...OF_ALL, 'payment_intent', 'charge', 'kind', 'currency', 'amount', 'state', 'reason'],
    ...['failure_reason', 'metadata'],
  ],
  created: ({ created }) => created,
  lines: (refund: Refund) => {
    const { account, id, intent, attempt, kind, currency, amount, state, reason } = refund;
    return [
      {
        account,
        id,
        created: timeText(refund.created),
        payment_intent: intent,
        charge: attempt,
        kind,
        currency,
        amount: formatPlain(amount, currency),
        state,
        reason,
        failure_reason: refund.failureReason,
        metadata: refund.metadata,
      },
    ];
  },
};

/** A line for each entry: those of a transfer sum to zero. */
const ledger: Exporter<'transfers'> = {
  table: 'transfers',
  columns: [
    ...[...OF_ALL, 'kind', 'state', 'payment_intent', 'source', 'available', 'ledger_account'],
    ...['currency', 'amount'],
  ],
  created: ({ created }) => created,
  lines: (transfer: Transfer) => {
    const { account, id, kind, state, intent, source, currency } = transfer;
    const own = {
      account,
      id,
      created: timeText(transfer.created),
      kind,
      state,
      payment_intent: intent === '' ? null : intent,
      source,
      available: timeText(transfer.availableOn),
    };
    return transfer.entries.map(([ledgerAccount, amount]) => ({
      ...own,
      ledger_account: ledgerAccount,
      currency,
      amount: formatPlain(BigInt(amount), currency),
    }));
  },
};

/** The events of the Stripe dialect, which tells of all that happens, with their objects. */
function events(view: (account: string, created: number) => View): Exporter<'facts'> {
  return {
    table: 'facts',
    columns: [...OF_ALL, 'type', 'object', 'data'],
    created: ({ created }) => created,
    lines: (fact: Fact) =>
      eventsOf(fact).map(({ id, type }, index) => {
        const { data } = eventView(fact, index, 0, view(fact.account, fact.created));
        const object = (data as { object?: { id?: string } }).object?.id ?? null;
        return {
          ...{ account: fact.account, id, created: timeText(fact.created), type },
          object,
          data: data as object,
        };
      }),
  };
}

/** The exporter of a name; `view` says how an account's events are shown. */
export function exporterOf(
  name: ExportName,
  view: (account: string, created: number) => View,
): Exporter {
  const made = { payments, customers, refunds, ledger, events: events(view) };
  return made[name] as unknown as Exporter;
}
