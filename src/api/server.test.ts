import { once } from 'node:events';
import { request as ask } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ServerSettings } from './desk.js';
import type { HttpReply, HttpRequest, Mount } from './http.js';
import { type RunningServer, startServer } from './server.js';

const limits = {
  body_bytes_max: 1000,
  discard_bytes_max: 100_000,
  body_wait_ms_max: 300,
  headers_wait_ms_max: 300,
  wait_check_ms: 50,
  header_bytes_max: 2000,
  keep_alive_ms: 5000,
  idle_ms_max: 5000,
  connections_max: 100,
  http2_streams_max: 100,
  drain_ms_max: 600,
};

const tooLarge = (): HttpReply => ({ status: 413, headers: {}, body: 'too large' });

function replying(text: (request: HttpRequest) => string, prefix = '/v1/'): Mount {
  const handle = async (request: HttpRequest): Promise<HttpReply> => ({
    status: 200,
    headers: { 'content-type': 'text/plain', 'x-mount': prefix },
    body: text(request),
  });
  return { prefix, handle, tooLarge };
}

const echo = replying(({ body }) => `${body.length}:${body}`);

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(
  mounts: readonly Mount[] = [echo],
  changes: Partial<ServerSettings> = {},
): Promise<{ url: string; port: number; error: ReturnType<typeof vi.fn> }> {
  const error = vi.fn();
  server = await startServer({
    mounts,
    host: '127.0.0.1',
    port: 0,
    tls: null,
    allowedHosts: ['localhost', '127.0.0.1', '[::1]', 'pay.example.com'],
    limits,
    log: { error, debug: () => {}, isLevelEnabled: () => false },
    ...changes,
  });
  return { url: server.url, port: server.port, error };
}

/**
 * Sends bytes as they are, after so many ms or what is waited for where parts say so, and returns
 * all that comes back until the connection ends.
 */
async function raw(
  port: number,
  ...parts: readonly (string | number | Promise<void>)[]
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const text = collect(socket);
  for (const part of parts) {
    if (typeof part === 'number') await new Promise((resolve) => setTimeout(resolve, part));
    else if (typeof part === 'string') socket.write(part);
    else await part;
  }
  return text;
}

function collect(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

const CLOSING = 'Host: localhost\r\nConnection: close\r\n';
const post = (body: string, headers = ''): string =>
  'POST /v1/x HTTP/1.1\r\nHost: localhost\r\n' +
  `${headers}Content-Length: ${body.length}\r\n\r\n${body}`;

function statuses(text: string): string[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status as string);
}

/** A request with any Host header, which fetch does not allow. */
async function asHost(port: number, host: string): Promise<number> {
  const request = ask({ port, host: '127.0.0.1', path: '/v1/x', headers: { host } }).end();
  const [response] = await once(request, 'response');
  response.resume();
  return response.statusCode;
}

describe('a request', () => {
  test('reaches its mount whole', async () => {
    const seen: HttpRequest[] = [];
    const { url } = await start([replying((request) => String(seen.push(request)))]);
    await fetch(`${url}/v1/a%20b?x=1&y=%2F?`, { method: 'DELETE', headers: { 'x-one': 'two' } });
    await fetch(`${url}/v1/`, { method: 'POST', body: 'käse' });
    expect(seen[0]).toMatchObject({
      method: 'DELETE',
      path: '/v1/a%20b',
      query: 'x=1&y=%2F?',
      headers: { 'x-one': 'two' },
      remoteAddress: '127.0.0.1',
    });
    expect(seen[0]?.body).toHaveLength(0);
    expect(seen[1]).toMatchObject({ path: '/v1/', query: '', body: Buffer.from('käse') });
  });

  test('goes to the longest prefix; one without a final slash is one path', async () => {
    const mounts = ['/v1/', '/v1/deep/', '/health'].map((prefix) => replying(() => '', prefix));
    const { url } = await start(mounts);
    const mountOf = async (path: string): Promise<string | null> =>
      (await fetch(url + path)).headers.get('x-mount');
    expect(await mountOf('/v1/x')).toBe('/v1/');
    expect(await mountOf('/v1/deep/x')).toBe('/v1/deep/');
    expect(await mountOf('/health?x')).toBe('/health');
    expect(await mountOf('/health/x')).toBeNull();
    expect(await mountOf('/v1')).toBeNull();
  });

  test('that nobody takes is told so', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/x?y`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe(
      '{"error":{"type":"invalid_request_error","message":"Unrecognized request URL (GET: /x)."}}',
    );
  });

  test('has its body in many pieces, or chunked', async () => {
    const { port } = await start();
    const chunked =
      `POST /v1/x HTTP/1.1\r\n${CLOSING}Transfer-Encoding: chunked\r\n\r\n` +
      '3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n';
    expect(await raw(port, ...chunked.split(/(?=d)/))).toMatch(/7:abcdefg$/);
  });

  test('is answered as nothing but what it says it is, and in earnest by HTTPS only', async () => {
    const own: Mount = { ...echo, handle: () => ({ status: 200, headers: {}, body: '' }) };
    const policy = { 'x-content-type-options': 'own' };
    const other: Mount = { ...own, handle: () => ({ status: 200, headers: policy, body: '' }) };
    const seen = async (mount: Mount, more = {}) => {
      const { headers } = await fetch(`${(await start([mount], more)).url}/v1/x`);
      return [headers.get('x-content-type-options'), headers.get('strict-transport-security')];
    };
    expect(await seen(own)).toEqual(['nosniff', null]);
    expect(await seen(other)).toEqual(['own', null]);
    expect(await seen(own, { strictTransport: true })).toEqual(['nosniff', 'max-age=31536000']);
  });

  test('by HEAD gets the headers alone', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/v1/x`, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe('2');
    expect(await response.text()).toBe('');
  });

  test('answers without content have no length', async () => {
    const handle = (): HttpReply => ({ status: 204, headers: {}, body: '' });
    const { url } = await start([{ prefix: '/v1/', handle, tooLarge }]);
    const response = await fetch(`${url}/v1/x`);
    expect(response.status).toBe(204);
    expect(response.headers.get('content-length')).toBeNull();
  });

  test('may be in the form that proxies get', async () => {
    const { port } = await start([replying(({ path, query }) => `${path} ${query}`)]);
    const answer = await raw(port, `GET http://localhost/v1/x?y=1 HTTP/1.1\r\n${CLOSING}\r\n`);
    expect(answer).toMatch(/\/v1\/x y=1$/);
  });

  test('is counted with its answer', async () => {
    const answered = vi.fn();
    const { url } = await start([echo], { answered });
    await (await fetch(`${url}/v1/x`)).text();
    await (await fetch(`${url}/x`)).text();
    expect(answered.mock.calls).toEqual([
      [echo, { method: 'GET', path: '/v1/x' }, 200, expect.any(Number)],
      [null, { method: 'GET', path: '/x' }, 404, expect.any(Number)],
    ]);
  });
});

describe('a connection', () => {
  test('carries one request after the other, and several at once in order', async () => {
    let turn = 0;
    const slow: Mount = {
      prefix: '/v1/',
      tooLarge,
      handle: async ({ body }) => {
        turn += 1;
        await new Promise((resolve) => setTimeout(resolve, turn === 1 ? 50 : 1));
        return { status: 200, headers: {}, body };
      },
    };
    const { port } = await start([slow]);
    const last = post('three', 'Connection: close\r\n');
    const text = await raw(port, post('one') + post('two'), 100, last);
    expect(text.match(/(one|two|three)/g)).toEqual(['one', 'two', 'three']);
  });

  test('goes on after an Expect: 100-continue', async () => {
    const { port } = await start();
    const text = await raw(
      port,
      `POST /v1/x HTTP/1.1\r\n${CLOSING}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`,
      30,
      'ok',
    );
    expect(statuses(text)).toEqual(['100', '200']);
  });

  test('is not asked for a body that would be too large', async () => {
    const { port } = await start();
    const text = await raw(
      port,
      'POST /v1/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n' +
        'Content-Length: 1001\r\n\r\n',
    );
    expect(statuses(text)).toEqual(['413']);
    expect(text).toMatch(/Connection: close/);
  });

  test('that sends no HTTP is told so and closed', async () => {
    const { port } = await start();
    const text = await raw(port, 'what is this\r\n\r\n');
    expect(statuses(text)).toEqual(['400']);
    expect(text).toMatch(/\{"error":\{"type":"invalid_request_error".*\}\}$/);
  });

  test('that sends rubbish behind a request gets that request’s answer alone', async () => {
    const handle = async (): Promise<HttpReply> => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { status: 200, headers: {}, body: 'paid' };
    };
    const { port } = await start([{ prefix: '/v1/', handle, tooLarge }]);
    const text = await raw(port, `${post('one')}rubbish\r\n\r\n`);
    expect(statuses(text)).toEqual(['200']);
    expect(text).toMatch(/paid$/);
  });

  test.each([
    ['headers', 431, [`GET /v1/x HTTP/1.1\r\nX: ${'x'.repeat(3000)}\r\n`]],
    ['slow headers', 408, ['GET /v1/x HTTP/1.1\r\nX:', 100, ' y', 100, 'y', 400]],
    ['a slow body', 408, [post('').replace('Length: 0', 'Length: 9'), 100, 'x', 100, 'x', 400]],
  ])('with too much of %s is told %d', async (_, status, parts) => {
    const { port } = await start();
    expect(statuses(await raw(port, ...parts))).toEqual([String(status)]);
  });
});

describe('a body', () => {
  test('may have exactly the limit', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/v1/x`, { method: 'POST', body: 'x'.repeat(1000) });
    expect(response.status).toBe(200);
  });

  test('above the limit is refused in the mount’s form, and the connection goes on', async () => {
    const { port } = await start();
    const chunked =
      'POST /v1/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n' +
      `3e8\r\n${'x'.repeat(1000)}\r\n1\r\nx\r\n0\r\n\r\n`;
    const parts = [post('x'.repeat(1001)), chunked, post('ok', 'Connection: close\r\n')];
    const text = await raw(port, parts.join(''));
    expect(statuses(text)).toEqual(['413', '413', '200']);
    expect(text.match(/too large/g)).toHaveLength(2);
  });

  test('far above the limit ends the connection', async () => {
    const { port } = await start();
    const text = await raw(port, post('x'.repeat(200_000)));
    expect(statuses(text).length).toBeLessThanOrEqual(1);
  });

  test('that is compressed is refused', async () => {
    const { url } = await start();
    const headers = { 'content-encoding': 'gzip' };
    const response = await fetch(`${url}/v1/x`, { method: 'POST', body: 'x', headers });
    expect(response.status).toBe(415);
  });
});

describe('the Host header', () => {
  test('has one of our names, with any port', async () => {
    const { port } = await start();
    for (const host of [
      'localhost',
      'LOCALHOST:1',
      `127.0.0.1:${port}`,
      '[::1]:9',
      'pay.example.com',
    ]) {
      expect(await asHost(port, host)).toBe(200);
    }
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil',
      'localhost:x',
    ]) {
      expect(await asHost(port, host)).toBe(403);
      expect(await asHost(port, host)).toBe(403);
    }
  });

  test('may be anything where others can reach the server, but must be there', async () => {
    const { port } = await start([echo], { allowedHosts: null });
    expect(await asHost(port, 'shop.example')).toBe(200);
    const without = await raw(port, 'GET /v1/x HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(statuses(without)).toEqual(['400']);
    expect(statuses(await raw(port, 'GET /v1/x HTTP/1.0\r\n\r\n'))).toEqual(['200']);
  });
});

describe('a handler that breaks', () => {
  const broken: readonly (readonly [string, Mount['handle']])[] = [
    [
      'throws',
      () => {
        throw new Error('secret reason');
      },
    ],
    ['rejects', () => Promise.reject(new Error('secret reason'))],
    ['answers what cannot be sent', () => ({ status: 200, headers: { a: 'b\r\nc' }, body: '' })],
  ];

  test.each(broken)('because it %s gives a 500, and the log the reason', async (_, handle) => {
    const { url, error } = await start([{ prefix: '/v1/', handle, tooLarge }]);
    const response = await fetch(`${url}/v1/x`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      error: { type: 'api_error', message: 'An unexpected error occurred. Try again.' },
    });
    expect(error).toHaveBeenCalledOnce();
  });
});

describe('stopping', () => {
  test('answers what was accepted, even behind one another, and nothing new', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let asked = 0;
    const handle = async (): Promise<HttpReply> => {
      asked += 1;
      await released;
      return { status: 200, headers: {}, body: 'paid' };
    };
    const patient = { body_wait_ms_max: 50_000, headers_wait_ms_max: 50_000, drain_ms_max: 50_000 };
    const { port, url } = await start(
      [{ prefix: '/v1/', tooLarge, handle }, replying(() => 'here', '/here')],
      { limits: { ...limits, ...patient } },
    );
    const answers = [raw(port, post('one')), raw(port, post('one') + post('two'))];
    const idle = raw(port);
    const uploading = raw(port, post('four').replace(/four$/, 'fo'), released, 'ur');
    await vi.waitFor(() => expect(asked).toBeGreaterThanOrEqual(2), { timeout: 30_000 });
    // Who asks behind them is answered when they have arrived.
    for (let times = 0; times < 3; times += 1) await (await fetch(`${url}/here`)).text();
    const stopped = server?.stop();
    release();
    await stopped;
    const [one = '', two = ''] = await Promise.all(answers);
    expect(statuses(one)).toEqual(['200']);
    expect(one).toMatch(/Connection: close/);
    expect(statuses(two)).toEqual(['200', '200']);
    expect(await idle).toBe('');
    expect(statuses(await uploading)).toEqual(['200']);
    await expect(fetch(`http://127.0.0.1:${port}/v1/x`)).rejects.toThrow();
  });

  test('ends in time even if an answer never comes', async () => {
    const never: Mount = { prefix: '/v1/', tooLarge, handle: () => new Promise(() => {}) };
    const { port } = await start([never]);
    const answer = raw(port, post('one'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    await server?.stop();
    expect(await answer).toBe('');
  });

  test('does not wait for idle connections', async () => {
    // Waiting for them would take longer than a test may.
    const { url } = await start([echo], { limits: { ...limits, drain_ms_max: 600_000 } });
    await (await fetch(`${url}/v1/x`)).text();
    await server?.stop();
  });
});

test('a port that is taken is an error with its code', async () => {
  const { port } = await start();
  const settings = { mounts: [], host: '127.0.0.1', port, tls: null, allowedHosts: null, limits };
  const log = { error: () => {}, debug: () => {}, isLevelEnabled: () => false };
  await expect(startServer({ ...settings, log })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
