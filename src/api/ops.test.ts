import { describe, expect, test, vi } from 'vitest';
import type { HttpReply, HttpRequest } from './http.js';
import { makeMetrics, opsMounts } from './ops.js';

function asked(method = 'GET'): HttpRequest {
  const headers = {};
  return { method, path: '', query: '', headers, body: Buffer.alloc(0), remoteAddress: '' };
}

function desk(changes: Partial<Parameters<typeof opsMounts>[0]> = {}) {
  const mounts = opsMounts({
    metrics: makeMetrics(() => 7),
    probe: async () => {},
    isStopping: () => false,
    ready_wait_ms_max: 30,
    mayReadMetrics: () => true,
    ...changes,
  });
  return async (path: string, method?: string): Promise<HttpReply> => {
    const mount = mounts.find(({ prefix }) => prefix === path);
    if (mount === undefined) throw new Error(`nothing at ${path}`);
    return mount.handle(asked(method));
  };
}

test('a process that answers is up, even when it stops or has no database', async () => {
  const get = desk({ isStopping: () => true, probe: () => Promise.reject(new Error()) });
  expect(await get('/healthz')).toMatchObject({ status: 200, body: '{"status":"ok"}\n' });
});

describe('readiness', () => {
  test('is given while the store answers', async () => {
    expect(await desk()('/readyz')).toMatchObject({ status: 200 });
  });

  test.each([
    ['stopping', { isStopping: () => true }],
    ['fails', { probe: () => Promise.reject(new Error('secret reason')) }],
    ['does not answer', { probe: () => new Promise(() => {}) }],
  ])('ends, with a reason that gives nothing away: %s', async (word, changes) => {
    const { status, body } = await desk(changes)('/readyz');
    expect(status).toBe(503);
    expect(body).toContain(word);
    expect(body).not.toContain('secret');
  });

  test('asks the store once for many who ask', async () => {
    const probe = vi.fn(async () => {});
    const get = desk({ probe });
    await Promise.all([get('/readyz'), get('/readyz')]);
    expect(probe).toHaveBeenCalledOnce();
    await get('/readyz');
    expect(probe).toHaveBeenCalledTimes(2);
  });
});

test('what is only read is not written', async () => {
  const reply = await desk()('/healthz', 'POST');
  expect(reply).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
});

describe('metrics', () => {
  test('tell what was counted', async () => {
    const metrics = makeMetrics(() => 7);
    metrics.answered('stripe', 'POST', 200, 3);
    metrics.answered('stripe', 'POST', 204, 30);
    metrics.answered('none', 'BREW', 404, 1);
    metrics.committed(3, 36, 2);
    metrics.delivered('refused');
    metrics.called('Messaging.sendMessage', 'unauthenticated');
    const { body } = await desk({ metrics })('/metrics');
    const lines = String(body).split('\n');
    const http = 'tender_http_request_duration_seconds';
    for (const line of [
      `${http}_count{dialect="stripe",method="POST",status="2xx"} 2`,
      `${http}_bucket{le="0.005",dialect="stripe",method="POST",status="2xx"} 1`,
      `${http}_count{dialect="none",method="other",status="4xx"} 1`,
      'tender_batch_commands_bucket{le="2"} 0',
      'tender_batch_commands_bucket{le="4"} 1',
      'tender_commit_duration_seconds_sum 0.002',
      'tender_rows_written_total 36',
      'tender_queue_commands 7',
      'tender_deliveries_total{outcome="refused"} 1',
      'tender_calls_total{method="Messaging.sendMessage",outcome="unauthenticated"} 1',
      'tender_deliveries_total{outcome="delivered"} 0',
    ]) {
      expect(lines).toContain(line);
    }
    expect(body).toContain('nodejs_eventloop_lag_seconds');
  });

  test('are for those who may read them', async () => {
    const reply = await desk({ mayReadMetrics: () => false })('/metrics');
    expect(reply.status).toBe(401);
    expect(reply.body).not.toContain('tender_');
  });
});
