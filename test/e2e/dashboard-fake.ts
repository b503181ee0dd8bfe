import type { IntentDetail, IntentRow, Session } from '../../src/api/admin/schema.js';
import { dashboardMounts } from '../../src/api/dashboard.js';
import type { HttpReply, Mount } from '../../src/api/http.js';
import { type RunningServer, startServer } from '../../src/api/server.js';
import { LIMITS } from '../../src/limits.js';

/** The dashboard with an admin API of the test's own, whose every answer the test knows. */
export interface FakeTender {
  readonly url: string;
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
    charge: null,
    timeline: [],
    can: {
      capture: row.state === 'authorized' ? row.amount : null,
      refund: left > 0 ? { value: left, currency } : null,
      cancel: row.state === 'authorized',
      reverse: false,
    },
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

const json = (body: object, status = 200): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const refuse = (status: number, message: string): HttpReply =>
  json({ error: { code: 'refused', message } }, status);

function pageOf(rows: readonly IntentRow[], query: URLSearchParams): HttpReply {
  const { cursor, limit = '50' } = Object.fromEntries(query);
  const from = cursor === undefined ? 0 : rows.findIndex(({ id }) => id === cursor) + 1;
  const page = rows.slice(from, from + Number(limit));
  const next = from + page.length < rows.length ? (page.at(-1)?.id ?? null) : null;
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

/** Starts one over the built page. It refuses every refund. */
export async function startFakeTender(intents: number): Promise<FakeTender> {
  const rows = Array.from({ length: intents }, (_, at) => rowAt(at));
  const server = await listen((request) => {
    const path = request.path.slice('/admin/v1/'.length);
    if (path === 'session') return json(SESSION);
    if (path === 'intents') return pageOf(rows, new URLSearchParams(request.query));
    const [, id = '', action] = /^intents\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    const row = rows.find((each) => each.id === id);
    if (row === undefined) return refuse(404, 'There is no such thing.');
    return action === 'refund'
      ? refuse(409, 'The bank does not take this back.')
      : json(detailOf(row));
  });
  return { url: server.url, stop: async () => void (await server.stop()) };
}
