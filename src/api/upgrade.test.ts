import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ServerSettings } from './desk.js';
import type { HttpReply, Mount } from './http.js';
import { type RunningServer, startServer } from './server.js';

const limits = {
  body_bytes_max: 1000,
  discard_bytes_max: 100_000,
  body_wait_ms_max: 300,
  headers_wait_ms_max: 300,
  wait_check_ms: 50,
  header_bytes_max: 2000,
  keep_alive_ms: 5000,
  idle_ms_max: 80,
  connections_max: 100,
  http2_streams_max: 100,
  drain_ms_max: 600,
};

const tooLarge = (): HttpReply => ({ status: 413, headers: {}, body: '' });
const echo: Mount = {
  prefix: '/v1/',
  tooLarge,
  handle: ({ method, body, headers }) => ({
    status: 200,
    headers: {},
    body: `${method} ${body} ${headers['x-one']} ${headers.upgrade}`,
  }),
};

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(changes: Partial<ServerSettings>): Promise<RunningServer> {
  server = await startServer({
    mounts: [echo],
    host: '127.0.0.1',
    port: 0,
    tls: null,
    allowedHosts: ['localhost'],
    limits,
    log: { error: () => {}, debug: () => {}, isLevelEnabled: () => false },
    ...changes,
  });
  return server;
}

/** Sends text as it is and gives all that comes until the connection ends. */
function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  return new Promise((resolve) => {
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

const asking = (protocol: string, host = 'localhost'): string =>
  `GET /any HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;

/** Says what it was given, and ends after longer than a request may be quiet. */
const greet = vi.fn((_: IncomingMessage, socket: Duplex, head: Buffer, address: string) => {
  socket.on('error', () => {});
  setTimeout(() => socket.end(`HTTP/1.1 101 OK\r\n\r\n${address} ${head}`), 200);
});

describe('a connection that asks to become a WebSocket', () => {
  test('is handed over with what it sent, and may be quiet', async () => {
    const { port } = await start({ upgrade: greet });
    const answer = await raw(port, `${asking('WebSocket')}early`);
    expect(answer).toMatch(/^HTTP\/1\.1 101 .*127\.0\.0\.1 early$/s);
  });

  test('by another name is refused', async () => {
    const upgrade = vi.fn();
    const { port } = await start({ upgrade });
    const answer = await raw(port, asking('websocket', 'evil.example'));
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n.*This server is not evil\.example/s);
    expect(upgrade).not.toHaveBeenCalled();
  });

  test('is answered as any request where nobody takes such', async () => {
    const { port } = await start({});
    const close = asking('websocket').replace('Upgrade\r', 'Upgrade, close\r');
    expect(await raw(port, close)).toMatch(/^HTTP\/1\.1 404 /);
  });

  test('is left to end by itself when the server stops', async () => {
    const { port } = await start({ upgrade: greet });
    greet.mockClear();
    const answer = raw(port, asking('websocket'));
    await vi.waitFor(() => expect(greet).toHaveBeenCalled(), { timeout: 30_000 });
    await server?.stop();
    expect(await answer).toMatch(/^HTTP\/1\.1 101 /);
  });
});

test('an offer of HTTP/2 within a request is passed over, with body and next request', async () => {
  const { port } = await start({ upgrade: greet });
  const offer =
    'POST /v1/x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n' +
    'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nX-One: two\r\nContent-Length: 4\r\n\r\n';
  const last = 'GET /v1/y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  const answer = await raw(port, `${offer}paid${last}`);
  expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  expect(answer).toMatch(/POST paid two undefined/);
});

describe('a streaming answer', () => {
  const streams: ServerSettings['streams'] = {
    takes: (path) => path.startsWith('/stream'),
    handle: (_, response, address) => {
      (response as ServerResponse).write('first ');
      setTimeout(() => response.end(address), 200);
    },
  };

  test('may be quiet for longer than others, and comes before the mounts', async () => {
    const { url } = await start({ streams, allowedHosts: null });
    expect(await (await fetch(`${url}/stream`)).text()).toBe('first 127.0.0.1');
  });

  test('is finished before the server has stopped', async () => {
    const { url } = await start({ streams, allowedHosts: null });
    const response = await fetch(`${url}/stream`);
    const body = response.text();
    await server?.stop();
    expect(await body).toBe('first 127.0.0.1');
  });
});
