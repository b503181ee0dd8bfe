import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { HttpReply, HttpRequest, Mount } from './http.js';

/** What the program counts, for `/metrics`. */
export interface Metrics {
  /** An answer was sent. `dialect` is the API that gave it; the time is in milliseconds. */
  answered(dialect: string, method: string, status: number, ms: number): void;
  /** A call of an RPC dialect has ended: `ok`, or the name of its error's code. */
  called(method: string, outcome: string): void;
  /** A batch is durable. */
  committed(commands: number, changes: number, tookMs: number): void;
  /** A delivery was tried. */
  delivered(outcome: 'delivered' | 'refused' | 'unreachable'): void;
  /** Everything, in the text format of Prometheus. */
  render(): Promise<string>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const POWERS_OF_TWO = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Anything else that a client can invent would be a label of its own, without end. */
const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** Makes the counters, in a registry of their own; `queued` reads how many commands wait. */
export function makeMetrics(queued: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'tender_http_request_duration_seconds',
    help: 'From a whole request to its answer.',
    labelNames: ['dialect', 'method', 'status'] as const,
    buckets: SECONDS,
    registers,
  });
  const calls = new Counter({
    name: 'tender_calls_total',
    help: 'Calls that have ended, over whatever transport.',
    labelNames: ['method', 'outcome'] as const,
    registers,
  });
  const batches = new Histogram({
    name: 'tender_batch_commands',
    help: 'Commands in one transaction.',
    buckets: POWERS_OF_TWO,
    registers,
  });
  const commits = new Histogram({
    name: 'tender_commit_duration_seconds',
    help: 'From the first read of a transaction to the moment that it is durable.',
    buckets: SECONDS,
    registers,
  });
  const rows = new Counter({
    name: 'tender_rows_written_total',
    help: 'Rows inserted, changed or deleted by transactions.',
    registers,
  });
  const deliveries = new Counter({
    name: 'tender_deliveries_total',
    help: 'Tries to deliver an event, by how they ended.',
    labelNames: ['outcome'] as const,
    registers,
  });
  for (const outcome of ['delivered', 'refused', 'unreachable']) deliveries.inc({ outcome }, 0);
  new Gauge({
    name: 'tender_queue_commands',
    help: 'Commands that wait for their transaction.',
    registers,
    collect() {
      this.set(queued());
    },
  });
  return {
    answered: (dialect, asked, status, ms) => {
      const method = METHODS.has(asked) ? asked : 'other';
      requests.observe(
        { dialect, method, status: STATUS_CLASSES[(status / 100) | 0] ?? 'other' },
        ms / 1000,
      );
    },
    called: (method, outcome) => calls.inc({ method, outcome }),
    committed: (commands, changes, tookMs) => {
      batches.observe(commands);
      commits.observe(tookMs / 1000);
      rows.inc(changes);
    },
    delivered: (outcome) => deliveries.inc({ outcome }),
    render: () => registry.metrics(),
  };
}

const STATUS_CLASSES = ['other', '1xx', '2xx', '3xx', '4xx', '5xx'];

export interface OpsDependencies {
  readonly metrics: Metrics;
  /** Whether the store answers; rejects when it does not. */
  readonly probe: () => Promise<unknown>;
  readonly isStopping: () => boolean;
  readonly ready_wait_ms_max: number;
  /** Who may read the metrics: they tell how much is sold. */
  readonly mayReadMetrics: (request: HttpRequest) => boolean | Promise<boolean>;
}

/** `/healthz`: the process is up. `/readyz`: it can take payments. `/metrics`: for Prometheus. */
export function opsMounts(deps: OpsDependencies): Mount[] {
  let probing: Promise<string | null> | null = null;
  const unready = (): Promise<string | null> => {
    if (deps.isStopping()) return Promise.resolve('The server is stopping.');
    // However many ask, the store is asked once.
    probing ??= probeStore(deps).finally(() => {
      probing = null;
    });
    return probing;
  };
  return [
    mount('/healthz', () => jsonReply(200, { status: 'ok' })),
    mount('/readyz', async () => {
      const reason = await unready();
      return reason === null
        ? jsonReply(200, { status: 'ready' })
        : jsonReply(503, { status: 'unready', reason });
    }),
    mount('/metrics', async (request) => {
      if (!(await deps.mayReadMetrics(request))) {
        return jsonReply(401, { error: { message: 'Send a secret key: Authorization: Bearer …' } });
      }
      const headers = { ...UNCACHED, 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
      return { status: 200, headers, body: await deps.metrics.render() };
    }),
  ];
}

/** Why the store cannot be used, or null. The reason itself is for the log, not for strangers. */
function probeStore({ probe, ready_wait_ms_max }: OpsDependencies): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('The database does not answer.'), ready_wait_ms_max);
    probe()
      .then(
        () => resolve(null),
        () => resolve('The database fails.'),
      )
      .finally(() => clearTimeout(timer));
  });
}

const UNCACHED = { 'cache-control': 'no-store' };

function jsonReply(status: number, body: object): HttpReply {
  const headers = { ...UNCACHED, 'content-type': 'application/json' };
  return { status, headers, body: `${JSON.stringify(body)}\n` };
}

function mount(prefix: string, handle: Mount['handle']): Mount {
  return {
    prefix,
    handle: (request) => {
      if (request.method === 'GET' || request.method === 'HEAD') return handle(request);
      const refusal = jsonReply(405, { error: { message: `${prefix} is read with GET.` } });
      return { ...refusal, headers: { ...refusal.headers, allow: 'GET, HEAD' } };
    },
    tooLarge: () => jsonReply(413, { error: { message: `${prefix} is read with GET.` } }),
  };
}
