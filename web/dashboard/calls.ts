import type {
  ActionCall,
  AdminFault,
  AuditRow,
  CustomerRow,
  DeliveryRow,
  DisputeRow,
  EndpointRow,
  IntentDetail,
  IntentPage,
  KeyRow,
  LedgerRow,
  MetadataCall,
  OperatorRow,
  Overview,
  Page,
  Role,
  Session,
  StatementRow,
  Updates,
  WalletsView,
} from '../../src/api/admin/schema.js';

/** A call that takes longer is given up. */
const CALL_MS_MAX = 30_000;

/** A call that came to nothing; its message is for the person who asked. */
export class CallFault extends Error {
  /** 0 where no answer came: what was asked for may have happened. */
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const LOST = new CallFault(
  0,
  'lost',
  'The server did not answer. Check that it runs, then look again before you repeat anything.',
);

/** Parameters of a query; those that are empty are left out. */
export type Query = Readonly<Record<string, string | null | undefined>>;

/** What can be done to an intent. */
export type Action = 'capture' | 'refund' | 'cancel' | 'reverse';

export type Calls = ReturnType<typeof makeCalls>;

/** `?a=b` of what is not empty. */
export function queryOf(query: Query): string {
  const given = Object.entries(query).filter((each): each is [string, string] => !!each[1]);
  const text = new URLSearchParams(given).toString();
  return text === '' ? '' : `?${text}`;
}

/** The calls of the admin API, as `src/api/admin/schema.ts` has them. They throw CallFault. */
export function makeCalls(context: { account: string | null; csrf: string }) {
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const headers: Record<string, string> = {};
    if (method !== 'GET') headers['x-csrf'] = context.csrf;
    if (context.account !== null) headers['x-account'] = context.account;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const signal = AbortSignal.timeout(CALL_MS_MAX);
    const options = { method, headers, signal, cache: 'no-store', ...sent } as const;
    const response = await fetch(`/admin/v1/${path}`, options).catch(() => {
      throw LOST;
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer as T;
    const { error } = answer as Partial<AdminFault>;
    const message = error?.message ?? `The server answered ${response.status}. Try again.`;
    throw new CallFault(response.status, error?.code ?? 'trouble', message);
  };
  const get = <T>(path: string, query: Query = {}): Promise<T> =>
    ask<T>('GET', path + queryOf(query));
  const at = encodeURIComponent;
  return {
    session: () => get<Session>('session'),
    signIn: (email: string, password: string) =>
      ask<object>('POST', 'session', { email, password }),
    signOut: () => ask<object>('DELETE', 'session'),
    /** What tells whether anything has happened to payments since. */
    newest: async () => (await get<Updates>('updates')).last,
    overview: (days: number) => get<Overview>('overview', { days: String(days) }),
    intents: (query: Query) => get<IntentPage>('intents', query),
    intent: (id: string) => get<IntentDetail>(`intents/${at(id)}`),
    act: (id: string, action: Action, call: ActionCall) =>
      ask<IntentDetail>('POST', `intents/${at(id)}/${action}`, call),
    setMetadata: (of: 'intents' | 'charges' | 'customers', id: string, call: MetadataCall) =>
      ask<object>('POST', `${of}/${at(id)}/metadata`, call),
    customers: (query: Query) => get<Page<CustomerRow>>('customers', query),
    disputes: (query: Query) => get<Page<DisputeRow>>('disputes', query),
    giveEvidence: (id: string, evidence: Readonly<Record<string, string>>, submit: boolean) =>
      ask<object>('POST', `disputes/${at(id)}/evidence`, { evidence, submit }),
    acceptDispute: (id: string) => ask<object>('POST', `disputes/${at(id)}/accept`, {}),
    endpoints: () => get<Page<EndpointRow>>('endpoints'),
    deliveries: (id: string, query: Query) =>
      get<Page<DeliveryRow>>(`endpoints/${at(id)}/deliveries`, query),
    toggle: (id: string, enabled: boolean) =>
      ask<EndpointRow>('POST', `endpoints/${at(id)}`, { enabled }),
    replay: (id: string) => ask<object>('POST', `deliveries/${at(id)}/replay`, {}),
    keys: (query: Query) => get<Page<KeyRow>>('keys', query),
    makeKey: (kind: string, name: string) =>
      ask<{ readonly secret: string }>('POST', 'keys', { kind, name }),
    rollKey: (id: string) => ask<{ readonly secret: string }>('POST', `keys/${at(id)}/roll`, {}),
    revokeKey: (id: string) => ask<object>('POST', `keys/${at(id)}/revoke`, {}),
    wallets: () => get<WalletsView>('wallets'),
    ledger: () => get<Page<LedgerRow>>('ledger'),
    statement: (ledgerAccount: string, query: Query) =>
      get<Page<StatementRow>>(`ledger/${at(ledgerAccount)}/statement`, query),
    audit: (query: Query) => get<Page<AuditRow>>('audit', query),
    operators: (query: Query) => get<Page<OperatorRow>>('operators', query),
    operatorLog: (query: Query) => get<Page<AuditRow>>('operators/log', query),
    invite: (email: string, role: Role) =>
      ask<{ readonly link: string }>('POST', 'operators', { email, role }),
    setRole: (id: string, role: Role) => ask<OperatorRow>('POST', `operators/${at(id)}`, { role }),
    removeOperator: (id: string) => ask<object>('POST', `operators/${at(id)}/remove`, {}),
    setPrefix: (statementPrefix: string) => ask<object>('POST', 'account', { statementPrefix }),
    advance: (seconds: number) => ask<object>('POST', 'clock', { seconds }),
  };
}
