import type {
  IntentDetail,
  IntentRow,
  MetadataCall,
  Overview,
  Session,
  TimelineEntry,
} from '../../src/api/admin/schema.js';
import { dashboardMounts } from '../../src/api/dashboard.js';
import type { HttpReply, HttpRequest, Mount } from '../../src/api/http.js';
import { type RunningServer, startServer } from '../../src/api/server.js';
import { LIMITS } from '../../src/limits.js';

/** The dashboard with an admin API of the test's own, whose every answer the test knows. */
export interface FakeTender {
  readonly url: string;
  /** What was sent to it, newest last: `POST intents/pi_1/refund {"amount":5}`. */
  readonly calls: string[];
  /** Adds an intent before all others. */
  add(over: Partial<IntentRow>): void;
  stop(): Promise<void>;
}

const NOW_MS = Date.UTC(2026, 10, 21, 12);

function rowAt(at: number): IntentRow {
  const states = ['captured', 'authorized', 'awaiting_method', 'canceled', 'processing'];
  const state = states[at % states.length] ?? 'captured';
  const value = 1000 + (at % 900) * 7;
  return {
    id: `pi_${String(at).padStart(6, '0')}`,
    createdMs: NOW_MS - at * 60_000,
    amount: { value, currency: 'gbp' },
    captured: state === 'captured' ? value : 0,
    refunded: 0,
    state,
    words: { stripe: 'succeeded', dojo: 'Captured', code: 'SUBMITTED' },
    dialect: (['stripe', 'dojo', 'code'] as const)[at % 3] ?? 'stripe',
    method: 'Visa •••• 4242',
    customer: '',
    description: `Order ${at}`,
    lastError: '',
    metadata: { order_id: String(at) },
  };
}

const ENTRY: TimelineEntry = {
  atMs: NOW_MS,
  kind: 'event',
  id: 'evt_1',
  title: 'Intent created',
  outcome: '',
  amount: null,
  facts: [['Amount', '£10.00']],
  words: { stripe: 'payment_intent.created', dojo: null, code: null },
};
const TIMELINE: TimelineEntry[] = [
  ENTRY,
  {
    ...ENTRY,
    id: 'att_1',
    kind: 'attempt',
    title: 'Card declined: insufficient funds',
    outcome: 'bad',
    facts: [['Decline', 'insufficient_funds']],
    words: { stripe: 'payment_intent.payment_failed', dojo: 'PaymentFailed', code: null },
  },
  {
    ...ENTRY,
    id: 'att_2',
    kind: 'attempt',
    title: 'Paid by Visa •••• 4242',
    outcome: 'good',
    amount: { value: 1000, currency: 'gbp' },
    words: { stripe: 'payment_intent.succeeded', dojo: 'Captured', code: 'SUBMITTED' },
  },
  { ...ENTRY, id: 'job_1', kind: 'job', title: 'Looked for a dispute', words: ENTRY.words },
];

function detailOf(row: IntentRow): IntentDetail {
  const left = row.captured - row.refunded;
  const { currency } = row.amount;
  return {
    intent: {
      ...row,
      authorized: row.amount.value,
      released: 0,
      captureMethod: 'automatic',
      ids: { stripe: row.id, dojo: row.id.replace('pi_', 'pi_sandbox_'), code: '' },
      checkoutUrl: null,
    },
    timeline: TIMELINE,
    can: {
      capture: row.state === 'authorized' ? row.amount : null,
      refund: left > 0 ? { value: left, currency } : null,
      cancel: row.state === 'authorized',
      reverse: false,
    },
  };
}

function overviewOf(rows: readonly IntentRow[]): Overview {
  const days = Array.from({ length: 30 }, (_, at) => ({
    day: new Date(NOW_MS - (29 - at) * 86_400_000).toISOString().slice(0, 10),
    volume: rows.length === 0 ? 0 : 100_000 + ((at * 7919) % 13) * 20_000,
    created: 40,
    confirmed: 32,
    succeeded: 24 + (at % 8),
    refunded: 1200,
  }));
  return {
    currency: 'gbp',
    days,
    declines: [
      { reason: 'insufficient_funds', count: 9 },
      { reason: 'expired_card', count: 2 },
    ],
    timeToPay: { p50: 12, p90: 75, p99: 3700 },
    balances: [{ currency: 'gbp', available: 123_456, pending: 7800 }],
    recent: rows.slice(0, 5),
    examined: rows.length,
    isWhole: true,
  };
}

const SESSION: Session = {
  operator: null,
  csrf: 'csrf-token',
  livemode: false,
  account: {
    id: 'acct_shop',
    name: 'Corner shop',
    country: 'GB',
    currency: 'gbp',
    statementPrefix: 'CORNER',
    nowMs: NOW_MS,
    aheadSeconds: 0,
  },
  accounts: [{ id: 'acct_shop', name: 'Corner shop' }],
};

const PASSWORD = 'a long password';

interface FakeOptions {
  readonly intents: number;
  /** Whether somebody has to sign in. */
  readonly isClosed?: boolean;
}

const json = (body: object, status = 200): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const refuse = (status: number, message: string): HttpReply =>
  json({ error: { code: 'refused', message } }, status);

function pageOf(rows: readonly IntentRow[], query: URLSearchParams): HttpReply {
  const { q = '', state = '', cursor, limit = '50' } = Object.fromEntries(query);
  const fit = rows.filter(
    (row) => (state === '' || row.state === state) && row.description.includes(q),
  );
  const from = cursor === undefined ? 0 : fit.findIndex(({ id }) => id === cursor) + 1;
  const page = fit.slice(from, from + Number(limit));
  const next = from + page.length < fit.length ? (page.at(-1)?.id ?? null) : null;
  return json({ rows: page, next });
}

function listen(handle: Mount['handle']): Promise<RunningServer> {
  const admin: Mount = { prefix: '/admin/v1/', handle, tooLarge: () => refuse(413, 'Too large.') };
  return startServer({
    mounts: [...dashboardMounts(), admin],
    host: '127.0.0.1',
    port: 0,
    tls: null,
    allowedHosts: null,
    limits: LIMITS.http,
    log: { error: () => {}, debug: () => {}, isLevelEnabled: () => false },
  });
}

/** Starts one over the built page. Its operator is `ada@example.com`, `a long password`. */
export async function startFakeTender({ intents, isClosed }: FakeOptions): Promise<FakeTender> {
  let rows = Array.from({ length: intents }, (_, at) => rowAt(at));
  let isOpen = isClosed !== true;
  const calls: string[] = [];
  const session = (): Session =>
    isClosed ? { ...SESSION, operator: { email: 'ada@example.com', role: 'admin' } } : SESSION;

  const change = (id: string, over: (row: IntentRow) => Partial<IntentRow>): IntentRow | null => {
    rows = rows.map((row) => (row.id === id ? { ...row, ...over(row) } : row));
    return rows.find((row) => row.id === id) ?? null;
  };
  const act = (id: string, action: string, body: Record<string, unknown>): HttpReply => {
    if (action === 'refund' && body.reason === 'fraudulent')
      return refuse(409, 'The bank does not take this back.');
    const done = change(id, (row) => {
      if (action === 'metadata') return { metadata: body as MetadataCall };
      if (action === 'cancel') return { state: 'canceled' };
      if (action === 'capture') return { state: 'captured', captured: Number(body.amount) };
      return { refunded: row.refunded + Number(body.amount) };
    });
    return done === null ? refuse(404, 'There is no such intent.') : json(detailOf(done));
  };
  const handle = (request: HttpRequest): HttpReply => {
    const { method } = request;
    const path = request.path.slice('/admin/v1/'.length);
    const text = request.body.toString();
    if (method === 'POST') calls.push(`${method} ${path} ${text}`);
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (path === 'session/end') {
      isOpen = false;
      return json({});
    }
    if (path === 'session' && method === 'POST') {
      isOpen = body.password === PASSWORD;
      return isOpen ? json({}) : refuse(401, 'E-mail or password is wrong.');
    }
    if (!isOpen) return refuse(401, 'Sign in first.');
    if (method === 'POST' && request.headers['x-csrf'] !== SESSION.csrf)
      return refuse(403, 'The page is too old. Load it again.');
    if (path === 'session') return json(session());
    if (path === 'overview') return json(overviewOf(rows));
    if (path === 'intents') return pageOf(rows, new URLSearchParams(request.query));
    const [, id = '', action] = /^intents\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    if (action !== undefined) return act(id, action, body);
    const row = rows.find((each) => each.id === id);
    if (row !== undefined) return json(detailOf(row));
    if (path === 'wallets') return json({ destinations: [], payments: [] });
    if (/^(customers|disputes|endpoints|keys|ledger|audit)$/.test(path))
      return json({ rows: [], next: null });
    return refuse(404, 'There is no such thing.');
  };
  const server = await listen(handle);
  return {
    url: server.url,
    calls,
    add: (over) => {
      rows = [{ ...rowAt(0), ...over }, ...rows];
    },
    stop: async () => void (await server.stop()),
  };
}
