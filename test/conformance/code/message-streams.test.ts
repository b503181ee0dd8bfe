import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  toBinary,
} from '@bufbuild/protobuf';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AckMessagesRequestSchema,
  AckMesssagesResponseSchema,
  type Message,
  Messaging,
  OpenMessageStreamRequestSchema,
  OpenMessageStreamResponseSchema,
  OpenMessageStreamWithKeepAliveRequestSchema,
  OpenMessageStreamWithKeepAliveResponseSchema,
  PollMessagesRequestSchema,
  PollMessagesResponseSchema,
} from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import type { TestKey } from '../../support/wallets.js';
import {
  leave,
  newRendezvous,
  openSocket,
  post,
  scannedBytes,
  type TestSocket,
} from './envelope-client.js';

let tender: TestTender;
beforeAll(async () => {
  tender = await startTestTender();
});
afterAll(async () => {
  await tender.stop();
  expect(tender.errors).toEqual([]);
});

function bytesOf<D extends DescMessage>(schema: D, init: MessageInitShape<D>): Uint8Array {
  return toBinary(schema, create(schema, init));
}

/** The request that opens a stream, signed by `by`; unsigned where that is null. */
function openBytes(key: TestKey, by: TestKey | null = null): Uint8Array {
  const unsigned = { rendezvousKey: { value: key.bytes } };
  const bytes = bytesOf(OpenMessageStreamRequestSchema, unsigned);
  if (by === null) return bytes;
  const signature = { value: by.sign(bytes) };
  return bytesOf(OpenMessageStreamRequestSchema, { ...unsigned, signature });
}

function pollBytes(key: TestKey, by: TestKey | null = key): Uint8Array {
  const unsigned = { rendezvousKey: { value: key.bytes } };
  const bytes = bytesOf(PollMessagesRequestSchema, unsigned);
  if (by === null) return bytes;
  return bytesOf(PollMessagesRequestSchema, { ...unsigned, signature: { value: by.sign(bytes) } });
}

function ackBytes(key: TestKey, ids: readonly Uint8Array[], by: TestKey | null = key): Uint8Array {
  const unsigned = {
    rendezvousKey: { value: key.bytes },
    messageIds: ids.map((value) => ({ value })),
  };
  const bytes = bytesOf(AckMessagesRequestSchema, unsigned);
  if (by === null) return bytes;
  return bytesOf(AckMessagesRequestSchema, { ...unsigned, signature: { value: by.sign(bytes) } });
}

async function poll(key: TestKey, url = tender.url): Promise<Message[]> {
  const { envelope } = await post(url, 'Messaging', 'pollMessages', pollBytes(key));
  expect(envelope.message).toBe('');
  return fromBinary(PollMessagesResponseSchema, envelope.body).messages;
}

async function open(key: TestKey, by: TestKey | null = null, url = tender.url) {
  const socket = await openSocket(url);
  socket.send('Messaging', 'openMessageStream', openBytes(key, by));
  return socket;
}

/** The next messages of a stream, each of which has a response of its own. */
async function read(socket: TestSocket, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  while (messages.length < count) {
    const answer = await socket.body(OpenMessageStreamResponseSchema);
    expect(answer.messages).toHaveLength(1);
    messages.push(...answer.messages);
  }
  return messages;
}

/** What tells a message of these tests from others. */
function secondOf({ kind }: Message): number {
  return kind.case === 'codeScanned' ? Number(kind.value.timestamp?.seconds) : Number.NaN;
}

const idOf = ({ id }: Message): string => Buffer.from(id?.value ?? []).toString('hex');

describe('a stream', () => {
  test('gives what waits in its order, then what comes, with id and signature', async () => {
    const key = newRendezvous();
    for (const second of [1, 2, 3]) await leave(tender.url, key, second);
    const socket = await open(key);
    const waiting = await read(socket, 3);
    expect(waiting.map(secondOf)).toEqual([1, 2, 3]);
    for (const second of [4, 5]) await leave(tender.url, key, second);
    const come = await read(socket, 2);
    expect(come.map(secondOf)).toEqual([4, 5]);
    const all = [...waiting, ...come];
    expect(new Set(all.map(idOf)).size).toBe(5);
    for (const message of all) {
      expect(message.id?.value).toHaveLength(16);
      const signed = scannedBytes(key, secondOf(message));
      const signature = Buffer.from(message.sendMessageRequestSignature?.value ?? []);
      expect(signature.toString('hex')).toBe(Buffer.from(signed).subarray(-64).toString('hex'));
    }
    socket.socket.close();
  });

  test('loses and doubles nothing while messages come, however many listen', async () => {
    const key = newRendezvous();
    const count = 60;
    const sockets: Promise<TestSocket>[] = [];
    const sends: Promise<void>[] = [];
    for (let second = 1; second <= count; second++) {
      sends.push(leave(tender.url, key, second));
      if (second % 10 === 0) sockets.push(open(key));
      if (second % 7 === 0) await Promise.all(sends);
    }
    await Promise.all(sends);
    const stored = (await poll(key)).map(idOf);
    expect(stored).toHaveLength(count);
    for (const socket of await Promise.all(sockets)) {
      expect((await read(socket, count)).map(idOf)).toEqual(stored);
      socket.socket.close();
    }
    await expect.poll(() => tender.open.streams).toBe(0);
  });

  test('that is opened again begins with what was not acknowledged', async () => {
    const key = newRendezvous();
    for (const second of [1, 2, 3]) await leave(tender.url, key, second);
    const first = await open(key);
    const [one, , three] = await read(first, 3);
    first.socket.terminate();
    const ids = [one, three].map((message) => message?.id?.value ?? new Uint8Array());
    const answer = await post(tender.url, 'Messaging', 'ackMessages', ackBytes(key, ids));
    expect(fromBinary(AckMesssagesResponseSchema, answer.envelope.body).result).toBe(0);
    await leave(tender.url, key, 4);
    const again = await open(key);
    expect((await read(again, 2)).map(secondOf)).toEqual([2, 4]);
    again.socket.close();
  });

  test('hears only of its own rendezvous', async () => {
    const [key, other] = [newRendezvous(), newRendezvous()];
    const socket = await open(key);
    await expect.poll(() => tender.open.streams).toBe(1);
    await leave(tender.url, other, 1);
    await leave(tender.url, key, 2);
    expect((await read(socket, 1)).map(secondOf)).toEqual([2]);
    socket.socket.close();
  });

  test('with a signature must have the right one', async () => {
    const key = newRendezvous();
    await leave(tender.url, key, 1);
    const right = await open(key, key);
    expect(await read(right, 1)).toHaveLength(1);
    const forged = await open(key, newRendezvous());
    expect((await forged.next()).message).toBe('[unauthenticated]');
    const short = await openSocket(tender.url);
    const bytes = bytesOf(OpenMessageStreamRequestSchema, {
      rendezvousKey: { value: key.bytes.subarray(1) },
    });
    short.send('Messaging', 'openMessageStream', bytes);
    expect((await short.next()).message).toBe(
      '[invalid_argument] invalid OpenMessageStreamRequest.RendezvousKey: ' +
        'value length must be 32 bytes',
    );
    for (const { socket } of [right, forged, short]) socket.close();
  });
});

describe('acknowledging', () => {
  test('by a forged signature removes nothing', async () => {
    const key = newRendezvous();
    await leave(tender.url, key, 1);
    const ids = (await poll(key)).map(({ id }) => id?.value ?? new Uint8Array());
    const answer = await post(
      tender.url,
      'Messaging',
      'ackMessages',
      ackBytes(key, ids, newRendezvous()),
    );
    expect(answer.status).toBe(401);
    expect(answer.envelope.message).toBe('[unauthenticated]');
    expect(await poll(key)).toHaveLength(1);
  });

  test('without a signature is as published, where that is accepted', async () => {
    const key = newRendezvous();
    await leave(tender.url, key, 1);
    const ids = (await poll(key)).map(({ id }) => id?.value ?? new Uint8Array());
    const answer = await post(tender.url, 'Messaging', 'ackMessages', ackBytes(key, ids, null));
    expect(answer.status).toBe(200);
    expect(await poll(key)).toEqual([]);
  });

  test('needs ids, as many and as long as they are', async () => {
    const key = newRendezvous();
    const none = await post(tender.url, 'Messaging', 'ackMessages', ackBytes(key, []));
    expect(none.envelope.message).toBe(
      '[invalid_argument] invalid AckMessagesRequest.MessageIds: ' +
        'value must contain between 1 and 1024 items, inclusive',
    );
    const short = ackBytes(key, [new Uint8Array(15)]);
    const { envelope } = await post(tender.url, 'Messaging', 'ackMessages', short);
    expect(envelope.message).toBe(
      '[invalid_argument] invalid MessageId.Value: value length must be 16 bytes',
    );
  });
});

describe('who has no signature', () => {
  test('may not poll', async () => {
    const key = newRendezvous();
    const without = await post(tender.url, 'Messaging', 'pollMessages', pollBytes(key, null));
    expect(without.status).toBe(401);
    expect(without.envelope.message).toBe('[unauthenticated] signature is required');
    const forged = pollBytes(key, newRendezvous());
    const { envelope } = await post(tender.url, 'Messaging', 'pollMessages', forged);
    expect(envelope.message).toBe('[unauthenticated]');
  });

  test('may neither open nor acknowledge where signatures are demanded', async () => {
    const strict = await startTestTender({ code: { acceptsUnsigned: false } });
    const key = newRendezvous();
    await leave(strict.url, key, 1);
    const unsigned = await open(key, null, strict.url);
    expect((await unsigned.next()).message).toBe('[unauthenticated] signature is required');
    const signed = await open(key, key, strict.url);
    const [message] = await read(signed, 1);
    const ids = [message?.id?.value ?? new Uint8Array()];
    const refused = await post(strict.url, 'Messaging', 'ackMessages', ackBytes(key, ids, null));
    expect(refused.status).toBe(401);
    expect(await poll(key, strict.url)).toHaveLength(1);
    const done = await post(strict.url, 'Messaging', 'ackMessages', ackBytes(key, ids));
    expect(done.status).toBe(200);
    expect(await poll(key, strict.url)).toEqual([]);
    await strict.stop();
    expect(strict.errors).toEqual([]);
  });
});

describe('a stream that is kept alive', () => {
  const frame = (init: MessageInitShape<typeof OpenMessageStreamWithKeepAliveRequestSchema>) =>
    bytesOf(OpenMessageStreamWithKeepAliveRequestSchema, init);
  const METHOD = 'openMessageStreamWithKeepAlive';
  const request = (key: TestKey, by: TestKey | null) => {
    const value = fromBinary(OpenMessageStreamRequestSchema, openBytes(key, by));
    return frame({ requestOrPong: { case: 'request', value } });
  };
  const pong = frame({ requestOrPong: { case: 'pong', value: {} } });

  let quick: TestTender;
  beforeAll(async () => {
    quick = await startTestTender({
      codeLimits: { stream_ping_ms: 100, stream_pong_ms_max: 1_000 },
    });
  });
  afterAll(async () => {
    await quick.stop();
    expect(quick.errors).toEqual([]);
  });

  test('is pinged at once and goes on as long as it answers', async () => {
    const key = newRendezvous();
    const socket = await openSocket(quick.url);
    socket.send('Messaging', METHOD, request(key, key));
    const seconds: number[] = [];
    const leaving: Promise<void>[] = [];
    let pings = 0;
    let first: string | undefined;
    // Fifteen pings take longer than a side may be silent.
    while (pings < 15 || seconds.length < 2) {
      const { responseOrPing } = await socket.body(OpenMessageStreamWithKeepAliveResponseSchema);
      first ??= responseOrPing.case;
      if (responseOrPing.case === 'response')
        seconds.push(...responseOrPing.value.messages.map(secondOf));
      if (responseOrPing.case !== 'ping') continue;
      expect(responseOrPing.value.pingDelay).toMatchObject({ seconds: 0n, nanos: 100_000_000 });
      socket.send('Messaging', METHOD, pong);
      pings += 1;
      if (pings === 1 || pings === 6) leaving.push(leave(quick.url, key, pings));
    }
    await Promise.all(leaving);
    expect(first).toBe('ping');
    expect(seconds).toEqual([1, 6]);
    socket.socket.close();
  });

  test('ends when its pings are not answered', async () => {
    const key = newRendezvous();
    const socket = await openSocket(quick.url);
    socket.send('Messaging', METHOD, request(key, key));
    let answer = await socket.next();
    while (answer.message === '') answer = await socket.next();
    expect(answer.message).toBe('[aborted] terminating unhealthy stream');
    await expect.poll(() => quick.open.streams).toBe(0);
    socket.socket.close();
  });

  test.each([
    ['a pong first', () => pong, '[invalid_argument] request is nil'],
    ['no signature', () => request(newRendezvous(), null), '[invalid_argument] signature is nil'],
    ['a forged one', () => request(newRendezvous(), newRendezvous()), '[unauthenticated]'],
  ])('is refused with %s', async (_, bytes, text) => {
    const socket = await openSocket(quick.url);
    socket.send('Messaging', METHOD, bytes());
    expect((await socket.next()).message).toBe(text);
    socket.socket.close();
  });

  test('works over gRPC, where the first request is waited for', async () => {
    const key = newRendezvous();
    const client = createClient(Messaging, createGrpcTransport({ baseUrl: quick.url }));
    const value = fromBinary(OpenMessageStreamRequestSchema, openBytes(key, key));
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    async function* frames() {
      yield { requestOrPong: { case: 'request', value } as const };
      await finished;
    }
    const leaving = new AbortController();
    const { signal } = leaving;
    const kept = client.openMessageStreamWithKeepAlive(frames(), { signal });
    const pings = kept[Symbol.asyncIterator]();
    expect((await pings.next()).value?.responseOrPing.case).toBe('ping');
    leaving.abort();
    finish();
    let end = (): void => {};
    const answered = new Promise<void>((resolve) => {
      end = resolve;
    });
    async function* silent() {
      await answered;
      yield {};
    }
    const answers = client.openMessageStreamWithKeepAlive(silent())[Symbol.asyncIterator]();
    const error = ConnectError.from(await answers.next().catch((reason) => reason));
    end();
    expect(error.code).toBe(Code.DeadlineExceeded);
  });
});

describe('the limits of streams', () => {
  test('hold for every transport', async () => {
    const few = await startTestTender({ codeLimits: { streams_per_address_max: 1 } });
    const client = createClient(Messaging, createGrpcTransport({ baseUrl: few.url }));
    const socket = await open(newRendezvous(), null, few.url);
    await expect.poll(() => few.open.streams).toBe(1);
    const request = { rendezvousKey: { value: newRendezvous().bytes } };
    const answers = client.openMessageStream(request)[Symbol.asyncIterator]();
    const error = ConnectError.from(await answers.next().catch((reason) => reason));
    expect(error.code).toBe(Code.ResourceExhausted);
    socket.socket.close();
    await few.stop();
  });
});

test('stopping tells every stream to come back, and waits for none', async () => {
  const ending = await startTestTender();
  const key = newRendezvous();
  const client = createClient(Messaging, createGrpcTransport({ baseUrl: ending.url }));
  const socket = await open(key, null, ending.url);
  const idle = await openSocket(ending.url);
  const request = { rendezvousKey: { value: key.bytes } };
  const answers = client.openMessageStream(request)[Symbol.asyncIterator]();
  const answer = answers.next().catch((reason) => ConnectError.from(reason));
  await expect.poll(() => ending.open).toEqual({ sockets: 2, streams: 2 });
  await ending.stop();
  expect((await socket.next()).message).toBe('[unavailable] the server is stopping, open it again');
  expect(await socket.closed).toBe(1001);
  expect(await idle.closed).toBe(1001);
  expect(await answer).toMatchObject({ code: Code.Unavailable });
  expect(ending.errors).toEqual([]);
});
