import type { HttpReply, HttpRequest, Mount } from './http.js';

/** What `/healthz`, `/readyz` and `/metrics` ask. */
export interface OpsDependencies {
  readonly metrics: { render(): Promise<string> };
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
