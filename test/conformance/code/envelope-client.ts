import {
  create,
  type DescMessage,
  fromBinary,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { WebSocket } from 'ws';
import {
  type Response as Envelope,
  RequestSchema,
  ResponseSchema,
} from '../../../src/wire/code/proto/code/common/v1/common_pb.js';
import { messageBytes, sendBytes } from '../../support/code-services.js';
import { keyOf, type TestKey } from '../../support/wallets.js';

/** The envelope as bytes, over HTTP and WebSockets, without any client between. */

/** A rendezvous that no other test has. */
export function newRendezvous(): TestKey {
  rendezvous += 1;
  return keyOf(`rendezvous ${process.pid} ${rendezvous}`);
}

let rendezvous = 0;

/** An envelope as the published clients make it: without a version. */
export function envelope(service: string, method: string, body: Uint8Array): Uint8Array {
  return toBinary(RequestSchema, create(RequestSchema, { service, method, body }));
}

/** The bytes of a call that leaves a message at a rendezvous; `second` tells it from others. */
export function scannedBytes(key: TestKey, second: number): Uint8Array {
  const value = { timestamp: { seconds: BigInt(second) } };
  return sendBytes(key, messageBytes({ kind: { case: 'codeScanned', value } }));
}

export interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly envelope: Envelope;
}

/** Posts bytes to the envelope's path. */
export async function postBytes(url: string, body: Uint8Array, path = '/v1/api/'): Promise<Posted> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body,
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { status, headers } = response;
  return { status, headers, envelope: fromBinary(ResponseSchema, bytes) };
}

/** Posts a call. */
export function post(url: string, service: string, method: string, body: Uint8Array) {
  return postBytes(url, envelope(service, method, body));
}

/** Leaves a message at a rendezvous. */
export async function leave(url: string, key: TestKey, second: number): Promise<void> {
  const { envelope: answer } = await post(
    url,
    'Messaging',
    'sendMessage',
    scannedBytes(key, second),
  );
  if (answer.message !== '') throw new Error(answer.message);
}

/** A WebSocket of envelopes, read one by one. */
export interface TestSocket {
  readonly socket: WebSocket;
  send(service: string, method: string, body: Uint8Array): void;
  /** The next envelope; rejects once the socket is closed. */
  next(): Promise<Envelope>;
  /** The next envelope's body; rejects with an error envelope's text. */
  body<D extends DescMessage>(schema: D): Promise<MessageShape<D>>;
  /** The code with which it was or will be closed. */
  readonly closed: Promise<number>;
}

/** Opens one; `close` is up to the test, or to the server's end. */
export async function openSocket(url: string, path = '/'): Promise<TestSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + path);
  const arrived: Envelope[] = [];
  const waiting: ((answer: Envelope | null) => void)[] = [];
  let isClosed = false;
  socket.on('message', (data: Buffer) => {
    const answer = fromBinary(ResponseSchema, data);
    const waiter = waiting.shift();
    if (waiter === undefined) arrived.push(answer);
    else waiter(answer);
  });
  const closed = new Promise<number>((resolve) => {
    socket.on('close', (code) => {
      isClosed = true;
      for (const waiter of waiting.splice(0)) waiter(null);
      resolve(code);
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  socket.on('error', () => {});
  const next = async (): Promise<Envelope> => {
    const answer = arrived.shift();
    if (answer !== undefined) return answer;
    const later = isClosed ? null : await new Promise<Envelope | null>((to) => waiting.push(to));
    if (later === null) throw new Error('the socket is closed');
    return later;
  };
  return {
    socket,
    send: (service, method, body) => socket.send(envelope(service, method, body)),
    next,
    body: async (schema) => {
      const { message, body } = await next();
      if (message !== '') throw new Error(message);
      return fromBinary(schema, body);
    },
    closed,
  };
}
