import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type Request,
  RequestSchema,
  ResponseSchema,
} from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import { socketTransport } from './transport.js';

let server: WebSocketServer;
let origin = '';
/** What the server does with a call. */
let answer: (socket: WebSocket, request: Request) => void;

beforeAll(async () => {
  // Browsers bring it; Node 20 does not.
  vi.stubGlobal('WebSocket', WebSocket);
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('connection', (socket) =>
    socket.on('message', (data) =>
      answer(socket, fromBinary(RequestSchema, new Uint8Array(data as Buffer))),
    ),
  );
});

afterAll(async () => {
  vi.unstubAllGlobals();
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

const body = Uint8Array.of(1, 2, 3);
const reply = (...bytes: number[]): Uint8Array =>
  toBinary(ResponseSchema, create(ResponseSchema, { body: Uint8Array.of(...bytes) }));
const refusal = (message: string): Uint8Array =>
  toBinary(ResponseSchema, create(ResponseSchema, { result: 1, message }));

test('a call is one question and one answer on a socket of its own', async () => {
  let asked: Request | undefined;
  answer = (socket, request) => {
    asked = request;
    socket.send(reply(7));
  };
  expect(await socketTransport(origin).call('Messaging', 'sendMessage', body)).toEqual(
    Uint8Array.of(7),
  );
  expect(asked).toMatchObject({ service: 'Messaging', method: 'sendMessage', body });
  await vi.waitUntil(() => server.clients.size === 0, { timeout: 30_000 });
});

test('a refusal is thrown with its code', async () => {
  answer = (socket) => socket.send(refusal('[not_found] nobody is there'));
  await expect(
    socketTransport(origin).call('Messaging', 'sendMessage', body),
  ).rejects.toMatchObject({ code: 'not_found', message: 'nobody is there' });
});

test('a server that hangs up, or is not there, is an error', async () => {
  answer = (socket) => socket.close();
  const { call } = socketTransport(origin);
  await expect(call('Messaging', 'sendMessage', body)).rejects.toThrow('closed');
  const nobody = socketTransport('http://127.0.0.1:1');
  await expect(nobody.call('Messaging', 'sendMessage', body)).rejects.toThrow('closed');
});

test('a stream brings answers until the connection breaks, and says so once', async () => {
  const heard: string[] = [];
  answer = (socket) => {
    socket.send(reply(1));
    socket.send(reply(2));
    socket.close();
  };
  await new Promise<void>((resolve) => {
    socketTransport(origin).listen('Messaging', 'openMessageStream', body, {
      opened: () => heard.push('opened'),
      answer: (bytes) => heard.push(String(bytes)),
      ended: ({ message }) => {
        heard.push(message);
        resolve();
      },
    });
  });
  expect(heard).toEqual(['opened', '1', '2', 'the connection was closed']);
});

test('a stream that is ended from here says nothing more', async () => {
  const heard: string[] = [];
  let theirs: WebSocket | undefined;
  answer = (socket) => {
    theirs = socket;
    socket.send(reply(1));
  };
  const end = socketTransport(origin).listen('Messaging', 'openMessageStream', body, {
    opened: () => heard.push('opened'),
    answer: (bytes) => heard.push(String(bytes)),
    ended: () => heard.push('ended'),
  });
  await vi.waitUntil(() => heard.includes('1'), { timeout: 30_000 });
  end();
  theirs?.send(reply(2));
  await vi.waitUntil(() => server.clients.size === 0, { timeout: 30_000 });
  expect(heard).toEqual(['opened', '1']);
});
