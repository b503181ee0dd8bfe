/**
 * What the dashboard (and the command line, on a running server) and the admin API say to each
 * other: JSON below `/admin/v1/`. Amounts are minor units as numbers, times Unix milliseconds.
 * The account that is asked about is named by the header `x-account` or by `account` in the query;
 * without either it is the first that the caller may see. A page with few rows, or none, may still
 * have a `next`: a search looks at a bounded number of rows at once.
 */

/** A page of rows, newest first; `next` goes on, null where there is no more. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

export interface Money {
  readonly value: number;
  /** Lower case. */
  readonly currency: string;
}

/**
 * `GET session`: who is there, and what he may see; 401 where he has to sign in. `POST session`
 * with `email` and `password` signs in and answers the same, `DELETE session` signs out.
 */
export interface Session {
  /** null in an open sandbox, where nobody signs in. */
  readonly operator: { readonly email: string; readonly role: Role } | null;
  /** Sent back as `x-csrf` with every call that changes something. */
  readonly csrf: string;
  readonly livemode: boolean;
  /** The account that is looked at; in a sandbox any that has been used. */
  readonly account: AccountInfo;
  readonly accounts: readonly { readonly id: string; readonly name: string }[];
}

/** `viewer` reads, `operator` also refunds, captures, cancels and answers disputes, `admin` all. */
export type Role = 'viewer' | 'operator' | 'admin';

export interface AccountInfo {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly currency: string;
  readonly statementPrefix: string;
  /** Business time now; ahead of the wall clock where the test clock was moved. */
  readonly nowMs: number;
  readonly aheadSeconds: number;
}

/** How a state reads in each dialect. */
export interface Words {
  readonly stripe: string;
  readonly dojo: string;
  readonly code: string;
}

export interface IntentRow {
  readonly id: string;
  readonly createdMs: number;
  readonly amount: Money;
  readonly captured: number;
  readonly refunded: number;
  /** The core's state. */
  readonly state: string;
  readonly words: Words;
  readonly dialect: 'stripe' | 'dojo' | 'code';
  /** `Visa •••• 4242`, `Wallet`; empty before there was one. */
  readonly method: string;
  readonly customer: string;
  readonly description: string;
  /** Why the last try failed; empty where it did not. */
  readonly lastError: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `GET intents?cursor&limit&state&dialect&method&from&to&min&max&currency&customer&q` */
export type IntentPage = Page<IntentRow>;

export type TimelineKind =
  | 'event'
  | 'attempt'
  | 'refund'
  | 'dispute'
  | 'transfer'
  | 'delivery'
  | 'job'
  | 'mail'
  | 'message';

export interface TimelineEntry {
  readonly atMs: number;
  readonly kind: TimelineKind;
  readonly id: string;
  /** One line: what happened. */
  readonly title: string;
  /** `succeeded`, `failed`, `waiting` … decides the mark; empty: neutral. */
  readonly outcome: 'good' | 'bad' | 'waiting' | '';
  readonly amount: Money | null;
  /** Further facts, in order. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What each dialect calls it; null where it has no word. */
  readonly words: { readonly [D in keyof Words]: string | null };
}

/** `GET intents/{id}` */
export interface IntentDetail {
  readonly intent: IntentRow & {
    readonly authorized: number;
    readonly released: number;
    readonly captureMethod: string;
    readonly ids: Words;
    readonly checkoutUrl: string | null;
  };
  /** What was last tried, by the id of its charge; null where nothing was. */
  readonly charge: { readonly id: string; readonly metadata: MetadataCall } | null;
  readonly timeline: readonly TimelineEntry[];
  /** What can be done now. */
  readonly can: {
    readonly capture: Money | null;
    readonly refund: Money | null;
    readonly cancel: boolean;
    readonly reverse: boolean;
  };
}

/** `POST intents/{id}/capture|refund|cancel|reverse`; answers the detail anew. */
export interface ActionCall {
  /** Minor units; absent: all. @integer @minimum 1 @maximum 99999999 */
  readonly amount?: number;
  /** Of a refund or cancellation, in Stripe's words. */
  readonly reason?: string;
}

/** `POST intents/{id}/metadata`, and of charges and customers alike: the whole of it. */
export type MetadataCall = Readonly<Record<string, string>>;

/** `GET overview?days=30`: of the payments that were made in these days, as counted by a job. */
export interface Overview {
  readonly currency: string;
  /** How many payments the figures are of. */
  readonly examined: number;
  /** False while payments from before there were counts are still being counted. */
  readonly isWhole: boolean;
  /** What happened until then is counted; null: all that has happened. */
  readonly asOfMs: number | null;
  /** Days in the account's business time, oldest first. */
  readonly days: readonly {
    readonly day: string;
    readonly volume: number;
    readonly created: number;
    readonly confirmed: number;
    readonly succeeded: number;
    readonly refunded: number;
  }[];
  readonly declines: readonly { readonly reason: string; readonly count: number }[];
  /** Seconds from creation to payment, at the given percentiles; rounded up a little. */
  readonly timeToPay: { readonly p50: number; readonly p90: number; readonly p99: number } | null;
  readonly balances: readonly {
    readonly currency: string;
    readonly available: number;
    readonly pending: number;
  }[];
  readonly recent: readonly IntentRow[];
}

export interface CustomerRow {
  readonly id: string;
  readonly createdMs: number;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly cards: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface DisputeRow {
  readonly id: string;
  readonly createdMs: number;
  readonly intent: string;
  readonly amount: Money;
  readonly state: string;
  readonly reason: string;
  /** Until when evidence can be given; null where it cannot. */
  readonly dueMs: number | null;
  readonly evidence: Readonly<Record<string, string>>;
}

export interface EndpointRow {
  readonly id: string;
  readonly dialect: 'stripe' | 'dojo' | 'code';
  readonly url: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
  readonly failingSinceMs: number | null;
}

/** `GET endpoints/{id}/deliveries`; `POST deliveries/{id}/replay`. */
export interface DeliveryRow {
  readonly id: string;
  readonly createdMs: number;
  readonly event: string;
  readonly type: string;
  readonly state: 'waiting' | 'delivered' | 'abandoned';
  readonly dueMs: number;
  /** What is sent, as text. */
  readonly body: string;
  readonly tries: readonly {
    readonly atMs: number;
    readonly durationMs: number;
    readonly status: number | null;
    readonly error: string | null;
    readonly response: string | null;
  }[];
}

export interface KeyRow {
  readonly id: string;
  readonly kind: 'secret' | 'publishable' | 'restricted';
  readonly name: string;
  readonly hint: string;
  readonly createdMs: number;
  readonly state: string;
}

export interface LedgerRow {
  readonly ledgerAccount: string;
  readonly currency: string;
  readonly balance: number;
  readonly pending: number;
}

/** `GET ledger/{account}/statement?currency&cursor` */
export interface StatementRow {
  readonly transfer: string;
  readonly atMs: number;
  readonly kind: string;
  readonly state: string;
  readonly intent: string;
  readonly amount: Money;
}

/** `GET wallets`: where wallets pay this merchant to, and what they have paid. */
export interface WalletsView {
  readonly destinations: readonly {
    readonly address: string;
    /** Whose word says that it is the merchant's. */
    readonly proof: 'key' | 'signature' | 'ledger';
    readonly createdMs: number;
  }[];
  readonly payments: readonly {
    readonly id: string;
    readonly atMs: number;
    readonly destination: string;
    readonly intent: string;
    /** In quarks, decimal text: more than a number keeps. */
    readonly quarks: string;
    readonly currency: string;
    readonly nativeAmount: number;
    /** Of a chain's transaction; null where the ledger has moved the money. */
    readonly settlement: string | null;
    /** How far the transaction is; null where there is none. */
    readonly settlementState: 'pending' | 'confirmed' | 'failed' | null;
    /** The chain's name of the transaction, base58; null where there is none. */
    readonly transaction: string | null;
  }[];
}

/** `GET updates?after=`: waits for news up to 25 s; `after` is the `last` of the answer before. */
export interface Updates {
  readonly last: string;
  /** Payments that something has happened to since, by their ids. */
  readonly intents: readonly string[];
}

/**
 * `GET operators`; `POST operators` with `email` and `role` answers a link to pass on;
 * `POST operators/{id}` with `role`, `POST operators/{id}/remove`: of anybody but oneself.
 */
export interface OperatorRow {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly createdMs: number;
  /** False while the link that he was sent has not been used. */
  readonly isReady: boolean;
}

/** `GET audit`: what operators did; `GET operators/log`: sign-ins, invitations and roles. */
export interface AuditRow {
  readonly id: string;
  readonly atMs: number;
  readonly operator: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, string>>;
}

/** What any call answers that could not be done: status 4xx or 5xx. */
export interface AdminFault {
  readonly error: { readonly code: string; readonly message: string };
}

// What calls take, and the answers that have no other use. `@maximum` and the like are limits, as
// the OpenAPI document and the reference show them.

/** The query of any list. */
export interface PageQuery {
  /** `next` of the page before. */
  readonly cursor?: string;
  /** Rows of a page; 50 if left out. @integer @minimum 1 @maximum 200 */
  readonly limit?: number;
}

/** `GET intents`: what is left out does not narrow the list. */
export interface IntentQuery extends PageQuery {
  /** The core's state. */
  readonly state?: string;
  readonly dialect?: 'stripe' | 'dojo' | 'code';
  /** A type of payment method, such as `card`. @maxLength 200 */
  readonly method?: string;
  /** Made at or after, Unix milliseconds. @integer @minimum 0 */
  readonly from?: number;
  /** Made before, Unix milliseconds. @integer @minimum 0 */
  readonly to?: number;
  /** Of this amount or more, minor units. @integer @minimum 0 */
  readonly min?: number;
  /** Of this amount or less, minor units. @integer @minimum 0 */
  readonly max?: number;
  /** @maxLength 200 */
  readonly currency?: string;
  /** A customer's id. @maxLength 200 */
  readonly customer?: string;
  /**
   * An id, `key:value` of metadata, an e-mail address, an amount, or part of a text.
   * @maxLength 200
   */
  readonly q?: string;
}

export interface CustomerQuery extends PageQuery {
  /** `key:value` of metadata, or part of a name, e-mail address, number or metadata. */
  readonly q?: string;
}

export interface OverviewQuery {
  /** 30 if left out. @integer @minimum 1 @maximum 366 */
  readonly days?: number;
}

export interface StatementQuery extends PageQuery {
  /** Lower case; all if left out. */
  readonly currency?: string;
}

export interface UpdatesQuery {
  /** `last` of the answer before; left out, it answers at once with where things are. */
  readonly after?: string;
}

export interface ExportQuery {
  /** Made at or after, Unix milliseconds. @integer @minimum 0 */
  readonly from?: number;
  /** Made before, Unix milliseconds. @integer @minimum 0 */
  readonly to?: number;
}

export interface SignInCall {
  /** @minLength 1 @maxLength 254 */
  readonly email: string;
  /** @minLength 1 @maxLength 200 */
  readonly password: string;
}

export interface AccountCall {
  /** 2 to 10 plain characters, one a letter. @minLength 2 @maxLength 10 */
  readonly statementPrefix: string;
}

export interface ClockCall {
  /** How far; two years at most. @integer @minimum 1 @maximum 63244800 */
  readonly seconds: number;
}

export interface ClockMove {
  readonly status: 'ready' | 'advancing' | 'failed';
  readonly targetMs: number;
}

export interface InvitationCall {
  /** @minLength 1 @maxLength 254 */
  readonly email: string;
  /** `viewer` if left out. */
  readonly role?: Role;
}

export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  /** Where a password is chosen, once, within a day. */
  readonly link: string;
}

export interface RoleCall {
  readonly role: Role;
}

export interface OperatorGone {
  readonly id: string;
  readonly email: string;
}

export interface ChargeMetadata {
  readonly id: string;
  readonly intent: string;
  readonly metadata: MetadataCall;
}

export interface EvidenceCall {
  /** Texts by the names of Stripe's evidence. */
  readonly evidence?: Readonly<Record<string, string>>;
  /** True: it goes to the bank, and cannot be changed any more. */
  readonly submit?: boolean;
}

export interface EndpointCall {
  readonly enabled: boolean;
}

export interface Replay {
  /** Ids of the deliveries that were made. */
  readonly deliveries: readonly string[];
}

export interface KeyCall {
  /** `secret` if left out. */
  readonly kind?: 'secret' | 'publishable';
  /** @maxLength 200 */
  readonly name?: string;
}

export interface RollCall {
  /** How long the old key works on; 0 if left out. @integer @minimum 0 @maximum 168 */
  readonly hours?: number;
}

/** The key itself is told here, and never again. */
export interface KeySecret {
  readonly id: string;
  readonly secret: string;
}

export interface KeyRevoked {
  readonly id: string;
  readonly state: 'revoked';
}

/** A call that answers nothing but that it was done. */
export type Done = Readonly<Record<string, never>>;
