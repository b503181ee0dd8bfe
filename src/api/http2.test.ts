import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ServerSettings } from './desk.js';
import type { HttpReply, HttpRequest, Mount } from './http.js';
import { type RunningServer, startServer } from './server.js';

const limits = {
  body_bytes_max: 1000,
  discard_bytes_max: 100_000,
  body_wait_ms_max: 300,
  headers_wait_ms_max: 200,
  wait_check_ms: 50,
  header_bytes_max: 2000,
  keep_alive_ms: 5000,
  idle_ms_max: 5000,
  connections_max: 100,
  http2_streams_max: 100,
  drain_ms_max: 600,
};

const tooLarge = (): HttpReply => ({ status: 413, headers: {}, body: 'too large' });
const mountOf = (handle: Mount['handle']): Mount => ({ prefix: '/v1/', handle, tooLarge });
const echo = mountOf(({ method, path, query, body, remoteAddress }) => ({
  status: 200,
  headers: { 'content-type': 'text/plain' },
  body: [method, path, query, body, remoteAddress].join(' '),
}));

let server: RunningServer | undefined;
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
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
    allowedHosts: ['127.0.0.1'],
    limits,
    log: { error, debug: () => {}, isLevelEnabled: () => false },
    ...changes,
  });
  return { url: server.url, port: server.port, error };
}

function open(url: string): ClientHttp2Session {
  const session = connectHttp2(url);
  session.on('error', () => {});
  sessions.push(session);
  return session;
}

interface Answered {
  readonly status: number | undefined;
  readonly body: string;
}

function ask(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: body === undefined });
    let status: number | undefined;
    let text = '';
    stream.on('response', (answer) => {
      status = answer[':status'];
    });
    stream.on('data', (chunk) => {
      text += chunk;
    });
    stream.on('close', () => resolve({ status, body: text }));
    stream.on('error', reject);
    if (body !== undefined) stream.end(body);
  });
}

const POST = { ':method': 'POST', ':path': '/v1/x?y=1' };

/** Sends pieces one after the other and gives what comes back within a moment. */
async function pieces(port: number, ...parts: readonly Buffer[]): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  const first = new Promise<Buffer>((resolve) => socket.once('data', resolve));
  for (const part of parts) {
    socket.write(part);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  const answer = await first;
  socket.destroy();
  return answer;
}

describe('a connection', () => {
  test('of HTTP/2 without TLS carries several requests at once', async () => {
    const { url } = await start();
    const session = open(url);
    const [one, two] = await Promise.all([
      ask(session, { ':path': '/v1/a?b' }),
      ask(session, POST, 'paid'),
    ]);
    expect(one).toEqual({ status: 200, body: 'GET /v1/a b  127.0.0.1' });
    expect(two).toEqual({ status: 200, body: 'POST /v1/x y=1 paid 127.0.0.1' });
  });

  test('is told apart by its first bytes, however they arrive', async () => {
    const { port } = await start();
    const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const settings = Buffer.from('000000040000000000', 'hex');
    const [p, ri, rest] = [preface.subarray(0, 1), preface.subarray(1, 3), preface.subarray(3)];
    const frames = await pieces(port, p, ri, rest, settings);
    // The server's own settings are its first frame.
    expect(frames[3]).toBe(4);
    const post = Buffer.from('POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n');
    const answer = await pieces(port, post.subarray(0, 1), post.subarray(1, 2), post.subarray(2));
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('that says nothing is closed', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(socket.bytesRead).toBe(0);
  });

  test('with nothing to do is ended, one with a stream is asked', async () => {
    const streams = {
      takes: (path: string) => path === '/stream',
      handle: ((_, response) => void setTimeout(() => response.end('late'), 250)) as NonNullable<
        ServerSettings['streams']
      >['handle'],
    };
    const { url } = await start([echo], { limits: { ...limits, keep_alive_ms: 50 }, streams });
    const session = open(url);
    const closed = new Promise<void>((resolve) => session.once('close', () => resolve()));
    expect(await ask(session, { ':path': '/stream' })).toEqual({ status: 200, body: 'late' });
    await closed;
  });
});

test('a stream that is answered ends, though its client would go on', async () => {
  const streams: ServerSettings['streams'] = {
    takes: () => true,
    handle: (request, response) => {
      request.resume();
      response.end('enough');
    },
  };
  const { url } = await start([], { streams });
  const stream = open(url).request(POST);
  stream.on('error', () => {});
  stream.write('more');
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => stream.once('close', resolve));
  expect(text).toBe('enough');
});

describe('a request over HTTP/2', () => {
  test('is refused as over HTTP/1.1', async () => {
    const { url } = await start();
    const session = open(url);
    const encoded = { ...POST, 'content-encoding': 'gzip' };
    const [unknown, foreign, compressed, large, declared] = await Promise.all([
      ask(session, { ':path': '/x' }),
      ask(session, { ':path': '/v1/x', ':authority': 'evil.example' }),
      ask(session, encoded, 'x'),
      ask(session, POST, 'x'.repeat(1001)),
      ask(session, { ...POST, 'content-length': '1001' }, 'x'.repeat(1001)),
    ]);
    expect(unknown.status).toBe(404);
    expect(foreign.status).toBe(403);
    expect(compressed.status).toBe(415);
    expect(large).toEqual({ status: 413, body: 'too large' });
    expect(declared).toEqual({ status: 413, body: 'too large' });
    expect((await ask(session, POST, 'x'.repeat(1000))).status).toBe(200);
  });

  test('gets no body where there is none to have', async () => {
    const { url } = await start([
      echo,
      { ...mountOf(() => ({ status: 204, headers: {}, body: 'x' })), prefix: '/none' },
    ]);
    const session = open(url);
    const head = await ask(session, { ':method': 'HEAD', ':path': '/v1/x' });
    expect(head).toEqual({ status: 200, body: '' });
    expect(await ask(session, { ':path': '/none' })).toEqual({ status: 204, body: '' });
  });

  test('whose body does not arrive in time ends', async () => {
    const handle = vi.fn(echo.handle);
    const { url } = await start([mountOf(handle)]);
    const session = open(url);
    const stream = session.request(POST);
    const status = new Promise((resolve) => stream.once('response', (h) => resolve(h[':status'])));
    stream.on('error', () => {});
    stream.write('x');
    expect(await status).toBe(408);
    await new Promise((resolve) => stream.resume().once('close', resolve));
    expect(handle).not.toHaveBeenCalled();
  });

  test('that is broken off in its body never reaches its mount', async () => {
    const handle = vi.fn(echo.handle);
    const { url } = await start([mountOf(handle)]);
    const session = open(url);
    const stream = session.request(POST);
    stream.on('error', () => {});
    stream.write('x', () => stream.close(8));
    await new Promise((resolve) => stream.once('close', resolve));
    await ask(session, { ':path': '/v1/x' });
    await ask(session, { ':path': '/v1/x' });
    expect(handle.mock.calls.map(([{ method }]) => method)).toEqual(['GET', 'GET']);
  });

  test('whose handler breaks gives a 500, and the log the reason', async () => {
    const { url, error } = await start([
      mountOf(() => {
        throw new Error('secret reason');
      }),
    ]);
    const { status, body } = await ask(open(url), POST, '');
    expect(status).toBe(500);
    expect(body).not.toMatch(/secret/);
    expect(error).toHaveBeenCalledOnce();
  });

  test('is counted with its answer, and seen where a proxy says', async () => {
    const answered = vi.fn();
    const seen: HttpRequest[] = [];
    const mount = mountOf((request) => {
      seen.push(request);
      return { status: 200, headers: {}, body: '' };
    });
    const clientAddress = (_: string, headers: HttpRequest['headers']) => String(headers['x-from']);
    const { url } = await start([mount], { answered, clientAddress });
    await ask(open(url), { ...POST, 'x-from': '192.0.2.7' }, '');
    const asked = { method: 'POST', path: '/v1/x' };
    expect(answered.mock.calls).toEqual([[mount, asked, 200, expect.any(Number)]]);
    expect(seen[0]?.remoteAddress).toBe('192.0.2.7');
  });
});

describe('stopping with HTTP/2 open', () => {
  test('answers what was accepted and closes', async () => {
    let begun = (): void => {};
    const began = new Promise<void>((resolve) => {
      begun = resolve;
    });
    let finish = (_: HttpReply): void => {};
    const { url } = await start([
      mountOf(() => {
        begun();
        return new Promise((resolve) => {
          finish = resolve;
        });
      }),
    ]);
    const session = open(url);
    const idle = open(url);
    await new Promise((resolve) => idle.once('connect', resolve));
    const closed = new Promise((resolve) => session.once('close', resolve));
    const answer = ask(session, POST, '');
    await began;
    const stopped = server?.stop();
    finish({ status: 200, headers: {}, body: 'paid' });
    expect(await answer).toEqual({ status: 200, body: 'paid' });
    await Promise.all([stopped, closed]);
  });

  test('ends in time even if an answer over HTTP/2 never comes', async () => {
    let begun = (): void => {};
    const began = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { url } = await start([
      mountOf(() => {
        begun();
        return new Promise(() => {});
      }),
    ]);
    const session = open(url);
    const answer = ask(session, POST, '').catch(() => null);
    await began;
    await server?.stop();
    expect((await answer)?.status).toBeUndefined();
  });
});
