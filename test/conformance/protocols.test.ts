import { connect } from 'node:http2';
import { request as askHttp1 } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Mount } from '../../src/api/http.js';
import { type RunningServer, startServer } from '../../src/api/server.js';
import { makeCertificate } from '../../src/lan-certificate.js';
import { LIMITS } from '../../src/limits.js';

/** Over TLS the two sides agree on a protocol before the first byte. */

const tls = makeCertificate(['localhost', '127.0.0.1'], Date.now());
const echo: Mount = {
  prefix: '/v1/',
  handle: ({ method, body, remoteAddress }) => ({
    status: 200,
    headers: {},
    body: `${method} ${body} ${remoteAddress}`,
  }),
  tooLarge: () => ({ status: 413, headers: {}, body: '' }),
};

let server: RunningServer;
beforeAll(async () => {
  const sockets = new WebSocketServer({ noServer: true });
  server = await startServer({
    mounts: [echo],
    upgrade: (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (opened) => {
        opened.once('message', (data) => {
          opened.send(`heard ${data}`);
          opened.close();
        });
      }),
    host: '127.0.0.1',
    port: 0,
    tls,
    allowedHosts: ['127.0.0.1', 'localhost'],
    limits: LIMITS.http,
    log: { error: () => {}, debug: () => {}, isLevelEnabled: () => false },
  });
});
afterAll(() => server.stop());

test('a client that offers HTTP/2 over TLS gets it', async () => {
  const session = connect(server.url, { ca: tls.cert });
  const stream = session.request({ ':method': 'POST', ':path': '/v1/x' });
  stream.end('paid');
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  expect(session.alpnProtocol).toBe('h2');
  expect(text).toBe('POST paid 127.0.0.1');
  session.close();
});

test('a client that offers none speaks HTTP/1.1 over TLS', async () => {
  const { port } = server;
  const text = await new Promise<string>((resolve, reject) => {
    const asked = askHttp1({ port, host: '127.0.0.1', path: '/v1/x', ca: tls.cert }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve(`${answer.httpVersion} ${body}`));
    });
    asked.on('error', reject).end();
  });
  expect(text).toBe('1.1 GET  127.0.0.1');
});

test('a WebSocket opens over TLS', async () => {
  const socket = new WebSocket(server.url.replace('https', 'wss'), { ca: tls.cert });
  socket.once('open', () => socket.send('hello'));
  const heard = await new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(String(data)));
    socket.once('error', reject);
  });
  expect(heard).toBe('heard hello');
});
