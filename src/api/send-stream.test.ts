import { request as ask } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import type { Mount } from './http.js';
import { type RunningServer, startServer } from './server.js';

const PART = 'x'.repeat(64 * 1024);
const PARTS = 2_000;

const limits = {
  body_bytes_max: 1000,
  discard_bytes_max: 100_000,
  body_wait_ms_max: 10_000,
  headers_wait_ms_max: 10_000,
  wait_check_ms: 1000,
  header_bytes_max: 2000,
  keep_alive_ms: 5000,
  idle_ms_max: 60_000,
  connections_max: 100,
  http2_streams_max: 100,
  drain_ms_max: 500,
};

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** How far an answer of many parts has been made. */
function making(more: () => AsyncGenerator<string>) {
  const state = { begun: 0, made: 0, ended: false };
  async function* counted(): AsyncGenerator<string> {
    state.begun += 1;
    try {
      for await (const part of more()) {
        state.made += 1;
        yield part;
      }
    } finally {
      state.ended = true;
    }
  }
  const mount: Mount = {
    prefix: '/file',
    handle: () => ({ status: 200, headers: {}, body: 'head\n', more: counted() }),
    tooLarge: () => ({ status: 413, headers: {}, body: '' }),
  };
  return { state, mount };
}

async function start(mount: Mount) {
  const error = vi.fn();
  server = await startServer({
    mounts: [mount],
    host: '127.0.0.1',
    port: 0,
    tls: null,
    allowedHosts: null,
    limits,
    log: { error, debug: () => {}, isLevelEnabled: () => false },
  });
  return { url: server.url, port: server.port, error };
}

async function* few(): AsyncGenerator<string> {
  yield 'one\n';
  yield 'two\n';
}

async function* many(): AsyncGenerator<string> {
  for (let n = 0; n < PARTS; n++) yield PART;
}

test('an answer that is made while it is sent arrives whole, over HTTP/1.1', async () => {
  const { url } = await start(making(few).mount);
  const response = await fetch(`${url}/file`);
  expect(response.headers.get('content-length')).toBeNull();
  expect(await response.text()).toBe('head\none\ntwo\n');
});

test('and over HTTP/2', async () => {
  const { url } = await start(making(few).mount);
  const session = connectHttp2(url);
  const stream = session.request({ ':path': '/file' });
  stream.setEncoding('utf8');
  let text = '';
  for await (const part of stream) text += part;
  session.destroy();
  expect(text).toBe('head\none\ntwo\n');
});

test('nothing of it is made for a client that asks for the headers alone', async () => {
  const { state, mount } = making(few);
  const { url } = await start(mount);
  const response = await fetch(`${url}/file`, { method: 'HEAD' });
  expect([response.status, await response.text(), state.begun]).toEqual([200, '', 0]);
});

test('it waits for a client that does not read, and ends with one that goes', async () => {
  const { state, mount } = making(many);
  const { port } = await start(mount);
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write('GET /file HTTP/1.1\r\nHost: a\r\n\r\n');
  // Until what lies between the two is full, and no more is made.
  await vi.waitFor(
    async () => {
      const { made } = state;
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(made).toBeGreaterThan(0);
      expect(state.made).toBe(made);
    },
    { timeout: 30_000 },
  );
  expect(state.made).toBeLessThan(PARTS / 2);
  expect(state.ended).toBe(false);
  socket.destroy();
  await vi.waitFor(() => expect(state.ended).toBe(true), { timeout: 30_000 });
  expect(state.made).toBeLessThan(PARTS / 2);
});

test('one that cannot be made to its end breaks off, and is not taken for whole', async () => {
  const { mount } = making(async function* () {
    yield 'one\n';
    throw new Error('the disk is gone');
  });
  const { url, error } = await start(mount);
  const ended = new Promise<string>((resolve) => {
    const outgoing = ask(`${url}/file`, (incoming) => {
      incoming.on('error', (fault) => resolve(`broken: ${fault.message}`));
      incoming.on('end', () => resolve('whole'));
      incoming.resume();
    });
    outgoing.on('error', (fault) => resolve(`broken: ${fault.message}`));
    outgoing.end();
  });
  expect(await ended).toMatch(/^broken/);
  await vi.waitFor(
    () =>
      expect(error).toHaveBeenCalledWith(
        expect.objectContaining({ path: '/file' }),
        'an answer broke off',
      ),
    { timeout: 30_000 },
  );
});
