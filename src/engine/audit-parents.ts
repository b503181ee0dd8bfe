import type { Transfer } from '../domain/ledger.js';
import type { RowTypes, TableName } from '../storage/schema.js';
import type { AuditStore } from '../storage/store.js';
import { clockParent } from './audit-clocks.js';
import { keyName, missingOf, storedOf } from './audit-reads.js';

/** What a row refers to, as table and id; with an account where that is not the row's own. */
type Parents = readonly (readonly [table: TableName, id: string | null, account?: string])[];

/** The table of a job's subject, where it is not an intent. */
const JOB_SUBJECTS: { readonly [K in RowTypes['jobs']['kind']]?: TableName } = {
  recover_attempt: 'attempts',
  settle_attempt: 'attempts',
  settle_refund: 'refunds',
  advance_dispute: 'disputes',
  advance_clock: 'clocks',
  delete_clock: 'clocks',
  call_code_webhook: 'requests',
  expire_setup: 'setups',
  send_mail: 'mails',
  advance_terminal: 'terminal_sessions',
  fulfill: 'fulfillments',
};

/** The table of what a job is about; access that ends is a key's or a session's. */
function jobSubject({ kind, subject }: RowTypes['jobs']): TableName {
  if (kind === 'forget_access') return subject.startsWith('cuss_') ? 'customer_sessions' : 'keys';
  return JOB_SUBJECTS[kind] ?? 'intents';
}

/** The table of what caused a transfer. */
const TRANSFER_SOURCES: Record<Transfer['kind'], TableName> = {
  authorization: 'attempts',
  capture: 'attempts',
  refund: 'refunds',
  refund_failure: 'refunds',
  unlinked_refund: 'terminal_sessions',
  dispute: 'disputes',
  dispute_reversal: 'disputes',
  funding: 'cash_movements',
  application: 'intents',
  wallet_payment: 'submissions',
  airdrop: 'submissions',
};

const PARENTS: { readonly [T in TableName]?: (row: RowTypes[T]) => Parents } = {
  intents: (row) => [['clocks', clockParent(row)]],
  attempts: ({ intent, method, mandate }) => [
    ['intents', intent],
    ['methods', method],
    ['mandates', mandate],
  ],
  refunds: ({ intent, attempt, transfer }) => [
    ['intents', intent],
    ['attempts', attempt],
    ['transfers', transfer],
  ],
  disputes: ({ intent, attempt, withdrawn, reinstated }) => [
    ['intents', intent],
    ['attempts', attempt],
    ['transfers', withdrawn?.transfer ?? null],
    ['transfers', reinstated?.transfer ?? null],
  ],
  setups: ({ customer, method, latestAttempt, mandate, ...row }) => [
    ['customers', customer],
    ['methods', method],
    ['setup_attempts', latestAttempt],
    ['mandates', mandate],
    ['clocks', clockParent(row)],
  ],
  setup_attempts: ({ setup, method }) => [
    ['setups', setup],
    ['methods', method],
  ],
  mandates: ({ method, givenFor }) => [
    ['methods', method],
    [givenFor.startsWith('seti_') ? 'setups' : 'intents', givenFor],
  ],
  warnings: ({ intent, attempt }) => [
    ['intents', intent],
    ['attempts', attempt],
  ],
  transfers: ({ intent, kind, source }) => [
    ['intents', intent === '' ? null : intent],
    [TRANSFER_SOURCES[kind], source],
  ],
  terminal_sessions: ({ intent }) => [['intents', intent]],
  cash_balances: ({ id }) => [['customers', id]],
  cash_movements: ({ customer, intent, refund, transfer }) => [
    ['customers', customer],
    ['intents', intent],
    ['refunds', refund],
    ['transfers', transfer],
  ],
  deliveries: ({ fact }) => [['facts', fact]],
  methods: ({ customer }) => [['customers', customer]],
  customers: (row) => [['clocks', clockParent(row)]],
  keys: (row) => [
    ['customers', row.customer],
    ['keys', row.replacedBy],
  ],
  customer_sessions: (row) => [['customers', row.customer]],
  confirmations: (row) => [
    ['methods', row.method],
    ['intents', row.intent],
    ['setups', row.setup],
  ],
  submissions: ({ transfer, fulfillment, refund, merchant }) => [
    ['transfers', transfer],
    ['refunds', refund, merchant ?? ''],
    ['fulfillments', fulfillment],
  ],
  fulfillments: ({ submission }) => [['submissions', submission]],
  directory: ({ kind, subject, merchant }) => [
    [kind === 'intent' ? 'intents' : 'setups', subject, merchant],
  ],
  requests: ({ intent, merchant }) => [['intents', intent, merchant]],
  jobs: (row) => [
    [jobSubject(row), row.subject],
    ['clocks', clockParent(row)],
  ],
};

/** The tables whose rows refer to others. */
export const PARENT_TABLES = Object.keys(PARENTS) as TableName[];

/**
 * What rows of one table refer to and is not there, each as a sentence. `known` names rows that
 * were read and need not be looked for.
 */
export async function parentFaults<T extends TableName>(
  store: AuditStore,
  table: T,
  rows: readonly RowTypes[T][],
  known?: ReadonlySet<string>,
): Promise<string[]> {
  const parentsOf = PARENTS[table] as ((row: RowTypes[T]) => Parents) | undefined;
  if (parentsOf === undefined) return [];
  const links = rows.flatMap((row) =>
    parentsOf(row).flatMap(([parent, id, account = row.account]) =>
      id === null ? [] : [{ row, key: { table: parent, account, id } }],
    ),
  );
  const missing = await missingOf(
    store,
    links.map(({ key }) => key),
    known,
  );
  const faults: string[] = [];
  if (missing.size === 0) return faults;
  // A row pruned since it was read is no fault.
  for (const { row, key } of links)
    if (missing.has(keyName(key)) && (await storedOf(store, table, [row])).length > 0)
      faults.push(`${table} ${row.id} of ${row.account}: there is no ${key.id} in ${key.table}`);
  return faults;
}
