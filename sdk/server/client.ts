import type {
  AccountCall,
  AccountInfo,
  ActionCall,
  AuditRow,
  ChargeMetadata,
  ClockCall,
  ClockMove,
  CustomerQuery,
  CustomerRow,
  DeliveryRow,
  DisputeRow,
  EndpointRow,
  EvidenceCall,
  ExportQuery,
  IntentDetail,
  IntentQuery,
  IntentRow,
  KeyCall,
  KeyRevoked,
  KeyRow,
  KeySecret,
  LedgerRow,
  MetadataCall,
  Overview,
  OverviewQuery,
  Page,
  PageQuery,
  Replay,
  RollCall,
  Session,
  StatementQuery,
  StatementRow,
  Updates,
  WalletsView,
} from '../../src/api/admin/schema.js';
import { TenderError } from './tender-error.js';
import {
  type ChangeOptions,
  makeTransport,
  type TenderOptions,
  type Transport,
} from './transport.js';

export type * from '../../src/api/admin/schema.js';
export { type ChangeOptions, TenderError, type TenderOptions };

/** A list: `page` gives one page, `list` all rows, page after page as they are taken. */
export interface Listed<Row, Query extends object> {
  page(query?: Query): Promise<Page<Row>>;
  list(query?: Query): AsyncGenerator<Row, void, undefined>;
}

interface Intents extends Listed<IntentRow, IntentQuery> {
  /** One payment with its whole timeline. Ids of every dialect lead to it by `q` of the list. */
  retrieve(id: string): Promise<IntentDetail>;
  /** Takes what is held. */
  capture(id: string, call?: ActionCall, options?: ChangeOptions): Promise<IntentDetail>;
  /** Gives money back. */
  refund(id: string, call?: ActionCall, options?: ChangeOptions): Promise<IntentDetail>;
  cancel(id: string, call?: ActionCall, options?: ChangeOptions): Promise<IntentDetail>;
  /** Undoes a payment of the same day as if it had not been. */
  reverse(id: string, options?: ChangeOptions): Promise<IntentDetail>;
  /** Replaces the whole of it, as in all that follow. */
  setMetadata(id: string, whole: MetadataCall, options?: ChangeOptions): Promise<IntentDetail>;
  /** Payments as CSV, with their metadata as columns. */
  exportCsv(query?: ExportQuery): Promise<string>;
}

interface Customers extends Listed<CustomerRow, CustomerQuery> {
  retrieve(id: string): Promise<CustomerRow>;
  setMetadata(id: string, whole: MetadataCall, options?: ChangeOptions): Promise<CustomerRow>;
}

interface Disputes extends Listed<DisputeRow, PageQuery> {
  retrieve(id: string): Promise<DisputeRow>;
  /** Keeps evidence; with `submit` it goes to the bank. */
  respond(id: string, call: EvidenceCall, options?: ChangeOptions): Promise<DisputeRow>;
  /** Gives the dispute up. */
  accept(id: string, options?: ChangeOptions): Promise<DisputeRow>;
}

interface Endpoints extends Listed<EndpointRow, object> {
  setEnabled(id: string, enabled: boolean, options?: ChangeOptions): Promise<EndpointRow>;
  /** What was sent to an endpoint, with every try. */
  deliveries(id: string): Listed<DeliveryRow, PageQuery>;
  /** Sends what a delivery told once more. */
  replay(delivery: string, options?: ChangeOptions): Promise<Replay>;
}

interface ApiKeys extends Listed<KeyRow, PageQuery> {
  /** Makes a key. Tried once: its secret is told in this answer, and kept nowhere. */
  create(call?: KeyCall): Promise<KeySecret>;
  /** Replaces a key. Tried once, as `create`. */
  roll(id: string, call?: RollCall): Promise<KeySecret>;
  revoke(id: string, options?: ChangeOptions): Promise<KeyRevoked>;
}

/**
 * What an operator's program does with one account. Everything throws TenderError where it was not
 * done: what returns has happened.
 */
export interface Tender {
  session(): Promise<Session>;
  /** How it goes: volume, success, declines, time to pay. */
  overview(query?: OverviewQuery): Promise<Overview>;
  /** Waits up to 25 s for news of payments after `after`, the `last` of the answer before. */
  updates(after?: string): Promise<Updates>;
  readonly account: {
    update(call: AccountCall, options?: ChangeOptions): Promise<AccountInfo>;
    /** Moves a sandbox's time forward. */
    moveClock(call: ClockCall, options?: ChangeOptions): Promise<ClockMove>;
    /** What operators did. */
    readonly audit: Listed<AuditRow, PageQuery>;
  };
  readonly intents: Intents;
  readonly charges: {
    setMetadata(id: string, whole: MetadataCall, options?: ChangeOptions): Promise<ChargeMetadata>;
  };
  readonly customers: Customers;
  readonly disputes: Disputes;
  readonly endpoints: Endpoints;
  readonly keys: ApiKeys;
  readonly ledger: Listed<LedgerRow, object> & {
    /** Transfers of one account of the ledger. */
    statement(ledgerAccount: string): Listed<StatementRow, StatementQuery>;
  };
  /** Where wallets pay to, and what they have paid. */
  wallets(): Promise<WalletsView>;
}

/** Makes the client of a server. Throws RangeError for options that can never work. */
export function makeTender(options: TenderOptions): Tender {
  const transport = makeTransport(options);
  const { get, post } = transport;
  return {
    session: () => get('/session'),
    overview: (query) => get('/overview', query),
    updates: (after) => get('/updates', { after }),
    account: {
      update: (call, change) => post('/account', call, change),
      moveClock: (call, change) => post('/clock', call, change),
      audit: listed(transport, '/audit'),
    },
    intents: intentsOf(transport),
    charges: {
      setMetadata: (id, whole, change) => post(at`/charges/${id}/metadata`, whole, change),
    },
    customers: {
      ...listed(transport, '/customers'),
      retrieve: (id) => get(at`/customers/${id}`),
      setMetadata: (id, whole, change) => post(at`/customers/${id}/metadata`, whole, change),
    },
    disputes: {
      ...listed(transport, '/disputes'),
      retrieve: (id) => get(at`/disputes/${id}`),
      respond: (id, call, change) => post(at`/disputes/${id}/evidence`, call, change),
      accept: (id, change) => post(at`/disputes/${id}/accept`, {}, change),
    },
    endpoints: {
      ...listed(transport, '/endpoints'),
      setEnabled: (id, enabled, change) => post(at`/endpoints/${id}`, { enabled }, change),
      deliveries: (id) => listed(transport, at`/endpoints/${id}/deliveries`),
      replay: (id, change) => post(at`/deliveries/${id}/replay`, {}, change),
    },
    keys: {
      ...listed(transport, '/keys'),
      create: (call = {}) => transport.postOnce('/keys', call),
      roll: (id, call = {}) => transport.postOnce(at`/keys/${id}/roll`, call),
      revoke: (id, change) => post(at`/keys/${id}/revoke`, {}, change),
    },
    ledger: {
      ...listed(transport, '/ledger'),
      statement: (name) => listed(transport, at`/ledger/${name}/statement`),
    },
    wallets: () => get('/wallets'),
  };
}

function intentsOf(transport: Transport): Intents {
  const { get, post, text } = transport;
  return {
    ...listed(transport, '/intents'),
    retrieve: (id) => get(at`/intents/${id}`),
    capture: (id, call, change) => post(at`/intents/${id}/capture`, call, change),
    refund: (id, call, change) => post(at`/intents/${id}/refund`, call, change),
    cancel: (id, call, change) => post(at`/intents/${id}/cancel`, call, change),
    reverse: (id, change) => post(at`/intents/${id}/reverse`, {}, change),
    setMetadata: (id, whole, change) => post(at`/intents/${id}/metadata`, whole, change),
    exportCsv: (query) => text('/export/intents.csv', query),
  };
}

/** A path in which an id is one part, whatever characters it has. */
function at(parts: TemplateStringsArray, ...ids: readonly string[]): string {
  return parts.map((part, index) => part + encodeURIComponent(ids[index] ?? '')).join('');
}

function listed<Row, Query extends object>({ get }: Transport, path: string): Listed<Row, Query> {
  const page = (query?: Query): Promise<Page<Row>> => get(path, query);
  return {
    page,
    async *list(query) {
      let next: string | null = null;
      do {
        const asked = next === null ? query : ({ ...query, cursor: next } as unknown as Query);
        const { rows, next: after }: Page<Row> = await page(asked);
        yield* rows;
        next = after;
      } while (next !== null);
    },
  };
}
