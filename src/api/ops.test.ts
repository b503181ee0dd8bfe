import { describe, expect, test, vi } from 'vitest';
import type { HttpReply, HttpRequest } from './http.js';
import { opsMounts } from './ops.js';

function asked(method = 'GET'): HttpRequest {
  const headers = {};
  return { method, path: '', query: '', headers, body: Buffer.alloc(0), remoteAddress: '' };
}

function desk(changes: Partial<Parameters<typeof opsMounts>[0]> = {}) {
  const mounts = opsMounts({
    metrics: { render: async () => 'tender_things_total 1\n' },
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
  test('are told as text that nobody keeps', async () => {
    const reply = await desk()('/metrics');
    expect(reply).toMatchObject({ status: 200, body: 'tender_things_total 1\n' });
    expect(reply.headers).toMatchObject({
      'content-type': expect.stringContaining('text/plain; version=0.0.4'),
      'cache-control': 'no-store',
    });
  });

  test('are for those who may read them', async () => {
    const reply = await desk({ mayReadMetrics: () => false })('/metrics');
    expect(reply.status).toBe(401);
    expect(reply.body).not.toContain('tender_');
  });
});
