import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import {
  RequestSchema,
  Response_Result,
  ResponseSchema,
} from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  GetStatusRequestSchema,
  GetStatusResponseSchema,
  MicroPayment,
} from '../../src/wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import {
  SubmitIntentResponseSchema,
  Transaction,
} from '../../src/wire/code/proto/code/transaction/v2/transaction_pb.js';
import { makeTransport, type SocketConstructor, type SocketLike } from './envelope.js';

const URL_OF_ALL = 'https://pay.example.com';
const OK = toBinary(
  ResponseSchema,
  create(ResponseSchema, {
    result: Response_Result.OK,
    body: toBinary(GetStatusResponseSchema, create(GetStatusResponseSchema, { exists: true })),
  }),
);
const error = (message: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    toBinary(ResponseSchema, create(ResponseSchema, { result: Response_Result.ERROR, message })),
  );

const status = (answer: () => Promise<Response>) =>
  makeTransport({ url: URL_OF_ALL, fetch: answer }).call(MicroPayment.method.getStatus, {
    intentId: { value: new Uint8Array(32) },
  });

describe('a call', () => {
  test('goes to the one path, in one envelope', async () => {
    const calls: { url: string; init: RequestInit | undefined }[] = [];
    const transport = makeTransport({
      url: URL_OF_ALL,
      fetch: async (url, init) => {
        calls.push({ url: String(url), init });
        return new Response(new Uint8Array(OK));
      },
    });
    const request = { intentId: { value: new Uint8Array(32).fill(7) } };
    const answer = await transport.call(MicroPayment.method.getStatus, request);
    expect(answer.exists).toBe(true);
    expect(calls.map(({ url }) => url)).toEqual(['https://pay.example.com/v1/api/']);
    const envelope = fromBinary(RequestSchema, calls[0]?.init?.body as never);
    expect(envelope).toMatchObject({ service: 'MicroPayment', method: 'getStatus' });
    expect(fromBinary(GetStatusRequestSchema, envelope.body)).toMatchObject(request);
  });

  test.each([
    ['refused', '[invalid_argument] usd currency is odd', 'usd currency is odd'],
    ['refused', '[unauthenticated] ', 'The server refused (unauthenticated).'],
    ['refused', 'words alone', 'words alone'],
    ['unreachable', '[unavailable] the server is busy', 'the server is busy'],
    ['unreachable', '[internal] an unexpected error', 'an unexpected error'],
    ['unavailable', '[unimplemented] no such method', 'no such method'],
  ])('fails as %s where the envelope says: %s', async (code, message, text) => {
    const answer = status(async () => new Response(error(message), { status: 400 }));
    await expect(answer).rejects.toMatchObject({ name: 'WalletError', code, message: text });
  });

  test('fails as unreachable where nobody answers', async () => {
    const answer = status(() => Promise.reject(new TypeError('fetch failed')));
    await expect(answer).rejects.toMatchObject({
      code: 'unreachable',
      message: 'pay.example.com does not answer. Try again.',
    });
  });

  test('fails where the answer is somebody else’s', async () => {
    const answer = status(async () => new Response('<!doctype html>', { status: 502 }));
    await expect(answer).rejects.toMatchObject({ code: 'protocol' });
  });
});

test.each(['', 'pay.example.com', 'ftp://pay.example.com', 'https://'])(
  '%s is no address of a server',
  (url) => {
    expect(() => makeTransport({ url })).toThrow(/is not the address/);
  },
);

/** A socket whose other end the test is. */
class FakeSocket implements SocketLike {
  static last: FakeSocket;
  readonly url: string;
  readonly sent: Uint8Array[] = [];
  readonly listeners = new Map<string, ((event: { data: unknown }) => void)[]>();
  binaryType = 'blob';
  closed = false;
  constructor(url: string) {
    this.url = url;
    FakeSocket.last = this;
  }
  send(data: Uint8Array): void {
    this.sent.push(data);
  }
  close(): void {
    this.closed = true;
  }
  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  emit(type: string, data?: Uint8Array): void {
    const copy = data === undefined ? undefined : new Uint8Array(data).buffer;
    for (const listener of this.listeners.get(type) ?? []) listener({ data: copy });
  }
}

const opened = () => {
  const Socket = FakeSocket as SocketConstructor;
  const transport = makeTransport({ url: URL_OF_ALL, WebSocket: Socket });
  return transport.open(Transaction.method.submitIntent);
};
const success = toBinary(
  ResponseSchema,
  create(ResponseSchema, {
    body: toBinary(
      SubmitIntentResponseSchema,
      create(SubmitIntentResponseSchema, { response: { case: 'success', value: {} } }),
    ),
  }),
);

describe('a conversation', () => {
  async function conversation() {
    const opening = opened();
    const socket = FakeSocket.last;
    socket.emit('open');
    return { socket, talk: await opening };
  }

  test('has a connection of its own, of binary frames', async () => {
    const { socket, talk } = await conversation();
    expect([socket.url, socket.binaryType]).toEqual([
      'wss://pay.example.com/v1/api/',
      'arraybuffer',
    ]);
    talk.send({ request: { case: 'submitSignatures', value: {} } });
    expect(fromBinary(RequestSchema, socket.sent[0] as Uint8Array)).toMatchObject({
      service: 'Transaction',
      method: 'submitIntent',
    });
    talk.close();
    expect(socket.closed).toBe(true);
  });

  test('gives what came before it was asked for, and what comes after', async () => {
    const { socket, talk } = await conversation();
    socket.emit('message', success);
    expect((await talk.receive()).response.case).toBe('success');
    const next = talk.receive();
    socket.emit('message', success);
    expect((await next).response.case).toBe('success');
  });

  test('ends with the error of an envelope', async () => {
    const { socket, talk } = await conversation();
    socket.emit('message', error('[invalid_argument] no'));
    await expect(talk.receive()).rejects.toMatchObject({ code: 'refused', message: 'no' });
  });

  test('that the other side ends is over for who waits, and who asks later', async () => {
    const { socket, talk } = await conversation();
    const waiting = talk.receive();
    socket.emit('close');
    await expect(waiting).rejects.toMatchObject({ code: 'unreachable' });
    await expect(talk.receive()).rejects.toMatchObject({ code: 'unreachable' });
  });

  test('that cannot be opened fails', async () => {
    const opening = opened();
    FakeSocket.last.emit('error');
    FakeSocket.last.emit('close');
    await expect(opening).rejects.toMatchObject({ code: 'unreachable' });
  });
});
