import { expect, test } from 'vitest';
import { until } from '../test/support/sink.js';
import type { Mount } from './api/http.js';
import { makeMetrics } from './telemetry-metrics.js';

type Watched = Parameters<typeof makeMetrics>[0];

function metricsOver(changes: Partial<Watched> = {}) {
  const watched: Watched = {
    queued: () => 7,
    open: () => ({ sockets: 2, streams: 3 }),
    store: { dueJobs: async () => [], dueSubscriptions: async () => [] },
    databaseFile: null,
    version: '1.2.3',
    nowMs: () => 1_000_000,
    wait_ms_max: 50,
    ...changes,
  };
  return makeMetrics(watched, (_dialect, mount) => mount?.prefix ?? 'none');
}

const linesOf = async (metrics: ReturnType<typeof metricsOver>): Promise<string[]> =>
  (await metrics.render()).split('\n');

const mount = { prefix: '/v1/' } as Mount;
const ended = { atMs: 1, durationMs: 30, error: null, response: null };

test('what was counted is told', async () => {
  const metrics = metricsOver();
  const post = { method: 'POST', path: '/v1/x' };
  metrics.answered('stripe', mount, post, 200, 3);
  metrics.answered('stripe', mount, post, 204, 30);
  metrics.answered('none', null, { method: 'BREW', path: '/' }, 404, 1);
  metrics.committed(3, [], 2, []);
  metrics.overloaded();
  metrics.delivered({ ...ended, status: 500 });
  metrics.delivered({ ...ended, status: null });
  metrics.railAnswered('solana', 'unknown', 40);
  metrics.jobEnded('fulfill', 'failed');
  metrics.called('Messaging.sendMessage', 'unauthenticated');
  const lines = await linesOf(metrics);
  const http = 'tender_http_request_duration_seconds';
  for (const line of [
    `${http}_count{dialect="stripe",method="POST",status="2xx"} 2`,
    `${http}_bucket{le="0.005",dialect="stripe",method="POST",status="2xx"} 1`,
    `${http}_count{dialect="none",method="other",status="4xx"} 1`,
    'tender_http_requests_total{dialect="stripe",method="POST",route="/v1/",status="2xx"} 2',
    'tender_batch_commands_bucket{le="2"} 0',
    'tender_batch_commands_bucket{le="4"} 1',
    'tender_commit_duration_seconds_sum 0.002',
    'tender_commands_overloaded_total 1',
    'tender_queue_commands 7',
    'tender_open_sockets 2',
    'tender_open_streams 3',
    'tender_deliveries_total{outcome="refused"} 1',
    'tender_deliveries_total{outcome="unreachable"} 1',
    'tender_deliveries_total{outcome="delivered"} 0',
    'tender_rail_call_duration_seconds_count{rail="solana",outcome="unknown"} 1',
    'tender_jobs_total{kind="fulfill",outcome="failed"} 1',
    'tender_calls_total{method="Messaging.sendMessage",outcome="unauthenticated"} 1',
    'tender_build_info{version="1.2.3"} 1',
  ])
    expect(lines).toContain(line);
  expect(lines.join('\n')).toContain('nodejs_eventloop_lag_seconds');
});

test('the vault is counted and answers as before', async () => {
  const metrics = metricsOver();
  const vault = metrics.watchVault({
    seal: (plain, id) => `${plain}/${id}`,
    open: (sealed) => sealed,
    sealSecret: (plain) => plain,
    openSecret: (sealed) => sealed,
    fingerprint: (number) => number,
  });
  expect(vault.seal('a', 'b')).toBe('a/b');
  expect(await linesOf(metrics)).toContain('tender_vault_operations_total{operation="seal"} 1');
});

test('reasons of declines that nobody has seen before make only so many series', async () => {
  const metrics = metricsOver();
  const attempt = (code: string) => ({
    table: 'attempts',
    kind: 'insert',
    row: { id: 'a', state: 'failed', rail: 'card', decline: { code, declineCode: null } },
  });
  for (let i = 0; i < 500; i++) metrics.committed(1, [attempt(`code_${i}`) as never], 1, []);
  const lines = (await linesOf(metrics)).filter((line) =>
    line.startsWith('tender_declines_total{'),
  );
  expect(lines.length).toBeLessThan(200);
  expect(lines.join()).toContain('reason="other"} 3');
});

test('due jobs are looked up once, with the age of the earliest by wall time', async () => {
  let looks = 0;
  const job = { account: 'a', id: 'j', kind: 'send_mail', subject: 's', tries: 0 } as const;
  const lines = await linesOf(
    metricsOver({
      store: {
        dueJobs: async () => {
          looks += 1;
          return [
            // Its clock stands where nobody knows.
            { ...job, clockId: 'clock_1', dueAt: 5 },
            { ...job, clockId: 'wall', dueAt: 940 },
          ];
        },
        dueSubscriptions: async () => [{ account: 'a', id: 'b' }],
      },
    }),
  );
  expect(looks).toBe(1);
  expect(lines).toContain('tender_jobs_due 2');
  expect(lines).toContain('tender_job_lag_seconds 60');
  expect(lines).toContain('tender_subscriptions_due 1');
});

test.each([
  ['fails', () => Promise.reject(new Error('gone'))],
  ['does not answer', () => new Promise<never>(() => {})],
])('metrics are told where the store %s, without what only it knows', async (_, asked) => {
  const store = { dueJobs: asked, dueSubscriptions: asked };
  const lines = await linesOf(metricsOver({ store }));
  expect(lines).toContain('tender_jobs_due Nan');
  expect(lines).toContain('tender_queue_commands 7');
});

test('an event loop that stood still is told by its slowest look', async () => {
  const metrics = metricsOver();
  const told: number[] = [];
  const isTold = async (): Promise<boolean> => {
    // Longer than a look is after the one before: there is one on either side of the stop.
    await new Promise((resolve) => setTimeout(resolve, 20));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const text = await metrics.render();
    told.push(Number(/^tender_event_loop_delay_p999_seconds (\S+)$/m.exec(text)?.[1]));
    return told.some((seconds) => seconds >= 0.08);
  };
  await until(isTold, () => `told were ${told.join(', ')} s`);
});
