import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { makeCertificate } from '../lan-certificate.js';
import { connectionTo } from './wallet-connection.js';

let folder: string;
let server: Server;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tender-connection-'));
  const { cert, key } = makeCertificate(['127.0.0.1'], Date.now());
  server = createServer({ cert, key }, (_, response) => response.end('hello'));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.send('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(folder, 'lan-cert.pem'), cert);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How a socket's opening ends. */
function opening(data: string): Promise<string> {
  const { WebSocket: Socket } = connectionTo(url, data);
  if (Socket === undefined) throw new Error('no way to open a socket');
  const socket = new Socket(url.replace('https', 'wss'));
  return new Promise((resolve) => {
    socket.addEventListener('message', () => {
      socket.close();
      resolve('opened');
    });
    socket.addEventListener('error', () => resolve('refused'));
  });
}

test('the certificate in the data folder is trusted, for requests and for sockets', async () => {
  const { fetch: ask } = connectionTo(url, folder);
  expect(await (await ask?.(url, { method: 'POST', body: 'a' }))?.text()).toBe('hello');
  expect(await opening(folder)).toBe('opened');
});

test('a certificate that nobody vouches for is not', async () => {
  const elsewhere = join(folder, 'elsewhere');
  expect(connectionTo(url, elsewhere).fetch).toBeUndefined();
  expect(await opening(elsewhere)).toBe('refused');
});
