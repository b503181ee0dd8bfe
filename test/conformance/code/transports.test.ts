import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { LIMITS } from '../../../src/limits.js';
import {
  RequestSchema,
  Response_Result,
} from '../../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  Messaging,
  OpenMessageStreamRequestSchema,
  OpenMessageStreamResponseSchema,
  PollMessagesRequestSchema,
  SendMessageResponseSchema,
} from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  GetStatusRequestSchema,
  GetStatusResponseSchema,
  MicroPayment,
} from '../../../src/wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import {
  envelope,
  leave,
  newRendezvous,
  openSocket,
  post,
  postBytes,
  scannedBytes,
} from './envelope-client.js';

let tender: TestTender;
beforeAll(async () => {
  tender = await startTestTender();
});
afterAll(async () => {
  await tender.stop();
  expect(tender.errors).toEqual([]);
});

const statusBytes = (value: Uint8Array): Uint8Array =>
  toBinary(GetStatusRequestSchema, create(GetStatusRequestSchema, { intentId: { value } }));
const streamBytes = (value: Uint8Array): Uint8Array =>
  toBinary(
    OpenMessageStreamRequestSchema,
    create(OpenMessageStreamRequestSchema, { rendezvousKey: { value } }),
  );
const pollBytes = (value: Uint8Array): Uint8Array =>
  toBinary(
    PollMessagesRequestSchema,
    create(PollMessagesRequestSchema, { rendezvousKey: { value } }),
  );

const UNKNOWN = statusBytes(new Uint8Array(32).fill(7));

describe('the envelope over HTTP', () => {
  test('is the documents’ bytes', () => {
    const bytes = Buffer.from(
      '0a03312e3012094d6573736167696e671a0b73656e644d657373616765220401020304',
      'hex',
    );
    const { version, service, method, body } = fromBinary(RequestSchema, bytes);
    expect([version, service, method, ...body]).toEqual([
      '1.0',
      'Messaging',
      'sendMessage',
      1,
      2,
      3,
      4,
    ]);
  });

  test.each(['/v1/api', '/v1/api/'])('is answered at %s, for pages of any origin', async (path) => {
    const answer = await postBytes(
      tender.url,
      envelope('MicroPayment', 'getStatus', UNKNOWN),
      path,
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.envelope).toMatchObject({ result: Response_Result.OK, message: '' });
    const status = fromBinary(GetStatusResponseSchema, answer.envelope.body);
    expect(status).toMatchObject({ exists: false, codeScanned: false, intentSubmitted: false });
  });

  test('is announced to browsers that ask first', async () => {
    const answer = await fetch(`${tender.url}/v1/api/`, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-methods')).toBe('POST, OPTIONS');
    expect(answer.headers.get('access-control-allow-headers')).toBe('content-type');
  });

  const key = newRendezvous();
  const forged = scannedBytes(key, 1).fill(0, -64);
  test.each([
    ['a bad argument', 'MicroPayment', 'getStatus', new Uint8Array(), 400, '[invalid_argument] '],
    ['a bad message', 'MicroPayment', 'getStatus', Uint8Array.of(255), 400, '[invalid_argument] '],
    ['a bad signature', 'Messaging', 'sendMessage', forged, 401, '[unauthenticated]'],
    ['an unknown service', 'Chat', 'getChats', new Uint8Array(), 501, '[unimplemented] '],
    ['an unknown method', 'Messaging', 'toString', new Uint8Array(), 501, '[unimplemented] '],
    ['a stream', 'Messaging', 'openMessageStream', streamBytes(key.bytes), 501, '[unimplemented] '],
  ])('answers %s with an error and its status', async (_, service, method, body, status, text) => {
    const answer = await post(tender.url, service, method, body);
    expect(answer.status).toBe(status);
    expect(answer.envelope.result).toBe(Response_Result.ERROR);
    expect(answer.envelope.message.startsWith(text)).toBe(true);
  });

  test('says where streams are', async () => {
    const body = streamBytes(key.bytes);
    const answer = await post(tender.url, 'Messaging', 'openMessageStream', body);
    expect(answer.envelope.message).toMatch(/open a WebSocket/);
  });

  test('that is none, too large, or by another verb is refused', async () => {
    const none = await postBytes(tender.url, Uint8Array.of(255, 255));
    expect(none.status).toBe(400);
    expect(none.envelope.message).toBe('[invalid_argument] the request is no envelope');
    const large = await postBytes(tender.url, new Uint8Array(LIMITS.http.body_bytes_max + 1));
    expect(large.status).toBe(413);
    expect(large.envelope.result).toBe(Response_Result.ERROR);
    expect((await fetch(`${tender.url}/v1/api/`)).status).toBe(400);
    expect((await postBytes(tender.url, new Uint8Array(), '/v1/api/x')).status).toBe(404);
  });

  test('has status 200 for errors, too, where it is set to', async () => {
    const legacy = await startTestTender({ code: { errors: 'envelope' } });
    const answer = await post(legacy.url, 'MicroPayment', 'getStatus', new Uint8Array());
    await legacy.stop();
    expect(answer.status).toBe(200);
    expect(answer.envelope.result).toBe(Response_Result.ERROR);
    expect(answer.envelope.message).toMatch(/^\[invalid_argument\] /);
  });
});

describe('the envelope over a WebSocket', () => {
  test.each(['/', '/v1/api', '/any/path'])('is answered at %s', async (path) => {
    const socket = await openSocket(tender.url, path);
    socket.send('MicroPayment', 'getStatus', UNKNOWN);
    expect(await socket.body(GetStatusResponseSchema)).toMatchObject({ exists: false });
    socket.socket.close();
  });

  test('answers calls of one socket one after the other', async () => {
    const key = newRendezvous();
    const socket = await openSocket(tender.url);
    for (let second = 1; second <= 20; second++)
      socket.send('Messaging', 'sendMessage', scannedBytes(key, second));
    const ids = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const { messageId } = await socket.body(SendMessageResponseSchema);
      ids.add(Buffer.from(messageId?.value ?? []).toString('hex'));
    }
    expect(ids.size).toBe(20);
    socket.socket.close();
  });

  test('answers what is wrong with an error, and leaves closing to the client', async () => {
    const socket = await openSocket(tender.url);
    socket.send('Messaging', 'noSuchThing', new Uint8Array());
    const answer = await socket.next();
    expect(answer).toMatchObject({
      result: Response_Result.ERROR,
      message: '[unimplemented] there is no method Messaging.noSuchThing',
    });
    expect(socket.socket.readyState).toBe(WebSocket.OPEN);
    socket.socket.close();
    expect(await socket.closed).toBe(1005);
  });

  test('refuses text, and frames that are no envelope', async () => {
    const text = await openSocket(tender.url);
    text.socket.send('hello');
    expect((await text.next()).message).toBe('[invalid_argument] frames are binary');
    const rubbish = await openSocket(tender.url);
    rubbish.socket.send(Uint8Array.of(255, 255));
    expect((await rubbish.next()).message).toBe('[invalid_argument] the request is no envelope');
    for (const { socket } of [text, rubbish]) socket.close();
  });

  test('ends with a frame that is too large', async () => {
    const socket = await openSocket(tender.url);
    socket.socket.send(new Uint8Array(LIMITS.code.frame_bytes_max + 1));
    expect(await socket.closed).toBe(1009);
  });
});

describe('the limits of WebSockets', () => {
  test('count sockets by address and altogether', async () => {
    const few = await startTestTender({ codeLimits: { streams_per_address_max: 2 } });
    const sockets = [await openSocket(few.url), await openSocket(few.url)];
    await expect(openSocket(few.url)).rejects.toThrow(/429/);
    sockets[0]?.socket.close();
    await sockets[0]?.closed;
    await expect.poll(() => few.open.sockets).toBe(1);
    sockets.push(await openSocket(few.url));
    await few.stop();
    expect(few.open.sockets).toBe(0);
  });

  test('close a socket that does nothing, and one whose client does not answer', async () => {
    const short = await startTestTender({ codeLimits: { socket_ping_ms: 60 } });
    const idle = await openSocket(short.url);
    expect(await idle.closed).toBe(1000);
    const deaf = await openSocket(short.url);
    deaf.send('Messaging', 'openMessageStream', streamBytes(newRendezvous().bytes));
    await expect.poll(() => short.open.streams).toBe(1);
    // What it does not read, it does not answer.
    deaf.socket.pause();
    await expect.poll(() => short.open).toEqual({ sockets: 0, streams: 0 });
    deaf.socket.terminate();
    const live = await openSocket(short.url);
    const key = newRendezvous();
    live.send('Messaging', 'openMessageStream', streamBytes(key.bytes));
    let pings = 0;
    await new Promise<void>((resolve) =>
      live.socket.on('ping', () => {
        pings += 1;
        if (pings === 3) resolve();
      }),
    );
    await leave(short.url, key, 1);
    expect((await live.body(OpenMessageStreamResponseSchema)).messages).toHaveLength(1);
    await short.stop();
  });
});

describe('on the same port', () => {
  const transports: readonly (readonly [string, () => Transport])[] = [
    ['gRPC over h2c', () => createGrpcTransport({ baseUrl: tender.url })],
    ['gRPC-web', () => createGrpcWebTransport({ baseUrl: tender.url, httpVersion: '1.1' })],
    ['gRPC-web over h2c', () => createGrpcWebTransport({ baseUrl: tender.url, httpVersion: '2' })],
    ['Connect', () => createConnectTransport({ baseUrl: tender.url, httpVersion: '1.1' })],
    ['Connect over h2c', () => createConnectTransport({ baseUrl: tender.url, httpVersion: '2' })],
  ];

  test.each(transports)('%s makes a call, has its errors, and streams', async (_, open) => {
    const messaging = createClient(Messaging, open());
    const payments = createClient(MicroPayment, open());
    const known = await payments.getStatus({ intentId: { value: new Uint8Array(32) } });
    expect(known.exists).toBe(false);
    const refused = ConnectError.from(await payments.getStatus({}).catch((error) => error));
    expect(refused.code).toBe(Code.InvalidArgument);
    const absent = ConnectError.from(await payments.codify({}).catch((error) => error));
    expect(absent.code).toBe(Code.Unimplemented);

    const key = newRendezvous();
    const stopping = new AbortController();
    const { signal } = stopping;
    await leave(tender.url, key, 1);
    const seconds: bigint[] = [];
    const request = { rendezvousKey: { value: key.bytes } };
    const reading = (async () => {
      for await (const { messages } of messaging.openMessageStream(request, { signal }))
        for (const { kind } of messages)
          if (kind.case === 'codeScanned') seconds.push(kind.value.timestamp?.seconds ?? 0n);
    })().catch((error) => ConnectError.from(error).code);
    await expect.poll(() => seconds).toEqual([1n]);
    await leave(tender.url, key, 2);
    await expect.poll(() => seconds).toEqual([1n, 2n]);
    stopping.abort();
    expect(await reading).toBe(Code.Canceled);
    await expect.poll(() => tender.open.streams).toBe(0);
  });

  test('pages of any origin may use gRPC-web and Connect', async () => {
    const path = `${tender.url}/code.micropayment.v1.MicroPayment/GetStatus`;
    const asked = await fetch(path, { method: 'OPTIONS' });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-headers')).toMatch(/Connect-Protocol-Version/);
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({ code: 'invalid_argument' });
    expect((await fetch(`${tender.url}/code.none.v1.None/Method`)).status).toBe(404);
  });

  test('what the transports do not keep is signed in the canonical order', async () => {
    const key = newRendezvous();
    const messaging = createClient(Messaging, createGrpcTransport({ baseUrl: tender.url }));
    const bytes = pollBytes(key.bytes);
    const request = {
      rendezvousKey: { value: key.bytes },
      signature: { value: key.sign(bytes) },
    };
    expect((await messaging.pollMessages(request)).messages).toEqual([]);
    const forged = { ...request, signature: { value: newRendezvous().sign(bytes) } };
    const error = ConnectError.from(await messaging.pollMessages(forged).catch((e) => e));
    expect(error.code).toBe(Code.Unauthenticated);
  });
});
