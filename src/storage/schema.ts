import type { Account } from '../domain/account.js';
import type { ApiKey } from '../domain/api-key.js';
import type { Attempt } from '../domain/attempt.js';
import type { CashBalance, CashMovement } from '../domain/cash.js';
import type { Clock } from '../domain/clock.js';
import type { Confirmation } from '../domain/confirmation.js';
import type { Customer } from '../domain/customer.js';
import type { CustomerSession } from '../domain/customer-session.js';
import type { DirectoryEntry } from '../domain/directory.js';
import type { Dispute, FraudWarning } from '../domain/dispute.js';
import type { Fact } from '../domain/fact.js';
import type { IdempotencyRecord } from '../domain/idempotency.js';
import type { Intent } from '../domain/intent.js';
import type { Transfer } from '../domain/ledger.js';
import type { Mail } from '../domain/mail.js';
import type { Mandate } from '../domain/mandate.js';
import type { Operator, OperatorLogEntry, OperatorSession } from '../domain/operator.js';
import type { PaymentMethod } from '../domain/payment-method.js';
import type { Refund } from '../domain/refund.js';
import type {
  ChainNonce,
  Destination,
  Fulfillment,
  RendezvousMessage,
  RendezvousRequest,
  Submission,
  TipUser,
  Wallet,
} from '../domain/rendezvous.js';
import type { Rollup, RollupPlace, RollupSegment } from '../domain/rollup.js';
import type { SetupAttempt, SetupIntent } from '../domain/setup.js';
import type { Delivery, Job, Subscription } from '../domain/subscription.js';
import type { Tally } from '../domain/tally.js';
import type { TerminalSession } from '../domain/terminal.js';
import type { Token } from '../domain/token.js';

/** What a row of each table is in the domain. Every row has an `account` and an `id`. */
export interface RowTypes {
  accounts: Account;
  intents: Intent;
  attempts: Attempt;
  refunds: Refund;
  disputes: Dispute;
  warnings: FraudWarning;
  methods: PaymentMethod;
  setups: SetupIntent;
  setup_attempts: SetupAttempt;
  mandates: Mandate;
  customers: Customer;
  cash_balances: CashBalance;
  cash_movements: CashMovement;
  tokens: Token;
  tallies: Tally;
  confirmations: Confirmation;
  keys: ApiKey;
  customer_sessions: CustomerSession;
  facts: Fact;
  subscriptions: Subscription;
  deliveries: Delivery;
  transfers: Transfer;
  jobs: Job;
  clocks: Clock;
  idempotency: IdempotencyRecord;
  requests: RendezvousRequest;
  messages: RendezvousMessage;
  wallets: Wallet;
  submissions: Submission;
  destinations: Destination;
  tip_users: TipUser;
  nonces: ChainNonce;
  fulfillments: Fulfillment;
  directory: DirectoryEntry;
  mails: Mail;
  terminal_sessions: TerminalSession;
  operators: Operator;
  operator_sessions: OperatorSession;
  operator_log: OperatorLogEntry;
  rollups: Rollup;
  rollup_segments: RollupSegment;
  rollup_places: RollupPlace;
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
  accounts: table('accounts', { created: 'int', clockAheadSeconds: 'int' }, { email: null }),
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
      clockId: null,
      method: null,
      latestAttempt: null,
      lastError: null,
      challenge: null,
      asks: null,
      authenticated: null,
      makesDefault: null,
      mandate: null,
      description: null,
      receiptEmail: null,
      shipping: null,
      futureUsage: null,
      statementDescriptor: null,
      statementDescriptorSuffix: null,
      canceledAt: null,
      cancellationReason: null,
      parts: null,
      holdTerms: null,
      expiresAt: null,
      history: null,
      reversed: null,
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
      ruling: null,
      captureBefore: null,
      mandate: null,
      increments: null,
      hold: null,
      transfer: null,
      dispute: null,
      warning: null,
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
    {
      reason: null,
      transfer: null,
      instructionsEmail: null,
      failureReason: null,
      returnTransfer: null,
    },
  ),
  disputes: table(
    'disputes',
    {
      intent: 'text',
      attempt: 'text',
      state: 'text',
      amount: 'money',
      fee: 'money',
      currency: 'text',
      created: 'int',
    },
    { submittedAt: null, submissionMethod: null, withdrawn: null, reinstated: null },
  ),
  warnings: table('warnings', { intent: 'text', attempt: 'text', created: 'int' }, {}),
  methods: table(
    'methods',
    { customer: 'text', type: 'text', created: 'int' },
    { customer: null, card: null, sealed: null, setUpFor: null, details: null },
  ),
  setups: table(
    'setups',
    { state: 'text', customer: 'text', method: 'text', attachToSelf: 'flag', created: 'int' },
    {
      customer: null,
      clockId: null,
      method: null,
      singleUse: null,
      flowDirections: null,
      latestAttempt: null,
      lastError: null,
      challenge: null,
      deposits: null,
      acceptance: null,
      mandate: null,
      description: null,
      canceledAt: null,
      cancellationReason: null,
      expiresAt: null,
      history: null,
      spent: null,
    },
    true,
  ),
  setup_attempts: table(
    'setup_attempts',
    { setup: 'text', state: 'text', created: 'int' },
    {
      customer: null,
      card: null,
      methodDetails: null,
      flowDirections: null,
      authenticated: null,
      error: null,
    },
  ),
  mandates: table(
    'mandates',
    { method: 'text', state: 'text', created: 'int' },
    { singleUse: null, reference: null, secret: null },
  ),
  customers: table(
    'customers',
    { created: 'int', email: 'text', deleted: 'flag', clockId: 'text' },
    {
      email: null,
      name: null,
      phone: null,
      description: null,
      address: null,
      shipping: null,
      defaultMethod: null,
      clockId: null,
    },
  ),
  cash_balances: table('cash_balances', { created: 'int' }, {}, true),
  cash_movements: table(
    'cash_movements',
    {
      customer: 'text',
      amount: 'money',
      endingBalance: 'money',
      currency: 'text',
      created: 'int',
    },
    { intent: null, refund: null, reference: null },
  ),
  tokens: table(
    'tokens',
    { created: 'int' },
    { card: null, cardId: null, sealed: null, clientIp: null },
  ),
  tallies: table('tallies', { changed: 'int' }, {}, true),
  confirmations: table(
    'confirmations',
    { created: 'int' },
    {
      method: null,
      intent: null,
      setup: null,
      returnUrl: null,
      futureUsage: null,
      shipping: null,
      mandate: null,
      methodOptions: null,
    },
    true,
  ),
  keys: table(
    'keys',
    { digest: 'text', state: 'text', created: 'int' },
    {
      name: null,
      text: null,
      permissions: null,
      expiresAt: null,
      revokedAt: null,
      replacedBy: null,
      customer: null,
    },
    true,
  ),
  customer_sessions: table('customer_sessions', { created: 'int' }, {}),
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
      writtenAt: 'int',
      intentId: 'text',
    },
    {
      intentId: null,
      intent: null,
      attempt: null,
      refund: null,
      customer: null,
      method: null,
      dispute: null,
      inquiry: null,
      warning: null,
      clock: null,
      setup: null,
      mandate: null,
      cash: null,
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
    { isReplay: null },
    // Two processes may try one whose lease ran out: what arrived must not wait again.
    true,
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
  jobs: table('jobs', { dueAt: 'int', clockId: 'text' }, {}),
  clocks: table(
    'clocks',
    { created: 'int', status: 'text', frozenTime: 'int' },
    { target: null, name: null, deletesAfter: null },
    true,
  ),
  idempotency: table('idempotency', { createdMs: 'int', body: 'text' }, {}, true),
  requests: table(
    'requests',
    { merchant: 'text', intent: 'text', created: 'int' },
    {
      intent: null,
      terms: null,
      domain: null,
      verifier: null,
      scannedAt: null,
      rejectedAt: null,
      login: null,
      webhook: null,
      paidMessage: null,
    },
    true,
  ),
  messages: table('messages', { request: 'text', created: 'int' }, { signature: null }),
  wallets: table(
    'wallets',
    { owner: 'text', balance: 'money', created: 'int' },
    { owner: null, domain: null },
    true,
  ),
  submissions: table(
    'submissions',
    { codeId: 'text', owner: 'text', destination: 'text', quarks: 'money', created: 'int' },
    { merchant: null, intent: null, refund: null, transfer: null, fulfillment: null },
    true,
  ),
  destinations: table('destinations', { merchant: 'text', created: 'int' }, {}, true),
  tip_users: table('tip_users', { address: 'text', created: 'int' }, {}, true),
  nonces: table('nonces', { state: 'text' }, { fulfillment: null, untilMs: null }, true),
  fulfillments: table(
    'fulfillments',
    { submission: 'text', owner: 'text', state: 'text', created: 'int' },
    { fault: null },
    true,
  ),
  directory: table('directory', { merchant: 'text', subject: 'text', created: 'int' }, {}),
  mails: table('mails', { intent: 'text', created: 'int' }, { fault: null }),
  terminal_sessions: table(
    'terminal_sessions',
    { terminal: 'text', intent: 'text', state: 'text', created: 'int' },
    { intent: null, subject: null },
    true,
  ),
  operators: table(
    'operators',
    { email: 'text', created: 'int' },
    { merchants: null, password: null, invitation: null },
    true,
  ),
  operator_sessions: table('operator_sessions', { operator: 'text', created: 'int' }, {}),
  operator_log: table('operator_log', { merchant: 'text', created: 'int' }, {}),
  rollups: table('rollups', {}, {}, true),
  rollup_segments: table('rollup_segments', {}, {}),
  rollup_places: table('rollup_places', {}, { counting: null }, true),
};

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];
