import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newName, startTestTender, type TestTender } from '../support/tender.js';
import { exchange, statuses } from './stripe/raw-http.js';

/** Attacks below the dialects: where one request ends, how it is packed, how many there are. */

let tender: TestTender;
beforeAll(async () => {
  tender = await startTestTender();
});
afterEach(async () => {
  expect(tender.errors.splice(0)).toEqual([]);
  const headers = { authorization: `Bearer ${KEY}` };
  expect((await fetch(`${tender.url}/v1/balance`, { headers })).status).toBe(200);
});
afterAll(() => tender.stop());

const KEY = `sk_test_${newName()}`;
const AUTHORIZATION = `Authorization: Bearer ${KEY}\r\n`;
/** What an attacker would have somebody else's connection carry; it ends the connection. */
const HIDDEN = 'GET /v1/hidden HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';

/** A request with these headers and body, and the hidden one right behind it. */
const before = (headers: string, body = '', version = 'HTTP/1.1'): string =>
  `POST /v1/customers ${version}\r\nHost: x\r\n${AUTHORIZATION}${headers}\r\n${body}${HIDDEN}`;
const chunked = (body: string, more = ''): string =>
  before(`Transfer-Encoding: chunked\r\n${more}`, body);
const NONE = '0\r\n\r\n';

/** Every case ends with the server closing, so that all that it has to say is read. */
const CLOSED_MS_MAX = 30_000;
const answered = async (text: string): Promise<number[]> =>
  statuses(await exchange(tender.port, Buffer.from(text, 'latin1'), CLOSED_MS_MAX));

/** Where two readers could disagree about its end, a request is refused, and nothing behind it. */
const AMBIGUOUS: Readonly<Record<string, string>> = {
  'a length, then chunks': before('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', NONE),
  'chunks, then a length': before('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', NONE),
  'chunks before another coding': before('Transfer-Encoding: chunked, identity\r\n', NONE),
  'a space before the colon': before('Transfer-Encoding : chunked\r\n', NONE),
  'a vertical tab before the coding': before('Transfer-Encoding:\x0bchunked\r\n', NONE),
  'a folded coding': before('Transfer-Encoding:\r\n chunked\r\n', NONE),
  'two codings': chunked(NONE, 'Transfer-Encoding: identity\r\n'),
  'the same coding twice': chunked(NONE, 'Transfer-Encoding: chunked\r\n'),
  'a length with a sign': before('Content-Length: +4\r\n', 'a=bc'),
  'a list of lengths': before('Content-Length: 4, 4\r\n', 'a=bc'),
  'a length in hexadecimal': before('Content-Length: 0x4\r\n', 'a=bc'),
  'a length in two pieces': before('Content-Length: 4 4\r\n', 'a=bc'),
  'an empty length': before('Content-Length: \r\n'),
  'a folded length': before('Content-Length:\r\n 4\r\n', 'a=bc'),
  'the same length twice': before('Content-Length: 4\r\nContent-Length: 4\r\n', 'a=bc'),
  'lines that end in LF alone': before('').replaceAll('\r\n', '\n'),
  'a line that ends in LF alone': before('X: y\nContent-Length: 4\r\n', 'a=bc'),
  'a line that ends in CR alone': before('X: y\rContent-Length: 4\r\n'),
  'a folded header': before('X: y\r\n  Content-Length: 4\r\n'),
  'a header that begins with a space': before(' Content-Length: 4\r\n'),
  'a header without a colon': before('Content-Length\r\n'),
  'a NUL in a name': before('X\0: y\r\n'),
  'a chunk with 0x before its size': chunked(`0x${NONE}`),
  'a chunk that is longer than its size': chunked(`2\r\nabc\r\n${NONE}`),
  'a chunk of less than nothing': chunked('-1\r\n\r\n'),
  'a chunk beyond all numbers': chunked('ffffffffffffffff1\r\n'),
  'chunks that end in LF alone': chunked('4\na=bc\n0\n\n'),
  'LF in an extension of a chunk': chunked('0;\n\r\n\r\n'),
  'a length behind the chunks': chunked('0\r\nContent-Length: 4\r\n\r\n'),
  'a version that there is not': before('', '', 'HTTP/1.2'),
  'no version': `GET /v1/balance\r\n${HIDDEN}`,
  'another protocol, a length and chunks': before(
    'Connection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n',
    NONE,
  ),
  'another protocol and a folded header': before(
    'Connection: Upgrade\r\nUpgrade: h2c\r\nX: a\r\n Content-Length: 9\r\n',
  ),
};

/** Where there is one reading only, the second request is one of its own, or none. */
const CLEAR: readonly (readonly [what: string, text: string, statuses: number[]])[] = [
  // Refused for its coding, and its connection for having no end.
  ['a coding that there is not', before('Transfer-Encoding: xchunked\r\n', NONE), [415, 400]],
  ['a tab before its coding', before('Transfer-Encoding:\tchunked\r\n', NONE), [200, 404]],
  ['an extension of a chunk', chunked('0;a=b\r\n\r\n'), [200, 404]],
  ['a Host behind its chunks', chunked('0\r\nHost: evil.example\r\n\r\n'), [200, 404]],
  ['a coding that is compressed', before('Transfer-Encoding: gzip, chunked\r\n', NONE), [415, 404]],
  [
    'another protocol and chunks',
    chunked(NONE, 'Connection: Upgrade\r\nUpgrade: h2c\r\n'),
    [200, 404],
  ],
  ['chunks in HTTP/1.0', before('Transfer-Encoding: chunked\r\n', NONE, 'HTTP/1.0'), [200]],
  [
    'the hidden one for its body, where GET has none',
    `GET /v1/balance HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}Connection: close\r\n` +
      `Content-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
    [200],
  ],
  [
    'the hidden one for its body, and another protocol',
    before(
      'Connection: Upgrade, close, Content-Length\r\nUpgrade: h2c\r\n' +
        `Content-Length: ${HIDDEN.length}\r\n`,
    ),
    [400],
  ],
];

describe('a request that hides another', () => {
  test('is refused with all behind it where its end is not clear', async () => {
    const cases = Object.entries(AMBIGUOUS);
    const found = await Promise.all(
      cases.map(async ([what, text]) => [what, await answered(text)] as const),
    );
    expect(found).toEqual(cases.map(([what]) => [what, [400]]));
  });

  test('is told from it where its end is clear', async () => {
    const found = await Promise.all(
      CLEAR.map(async ([what, text]) => [what, await answered(text)] as const),
    );
    expect(found).toEqual(CLEAR.map(([what, , expected]) => [what, expected]));
  });

  test('with extensions of chunks without end is refused', async () => {
    expect(await answered(chunked(`0;${'a'.repeat(40_000)}\r\n\r\n`))).toEqual([413]);
  });

  test('without a host is refused where protocols need one, and logs nothing', async () => {
    const path = '/code.micropayment.v1.MicroPayment/GetStatus';
    const head = 'Content-Type: application/proto\r\nContent-Length: 0\r\n';
    expect(await answered(`POST ${path} HTTP/1.0\r\n${head}\r\n`)).toEqual([400]);
  });
});

describe('what an answer repeats of its request', () => {
  const keyed = (key: string): string =>
    `POST /v1/customers HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}Connection: close\r\n` +
    `Idempotency-Key: ${key}\r\nContent-Length: 0\r\n\r\n`;

  test.each(['a\r\n Set-Cookie: x=1', 'a\x1b[31m', 'a\0', 'a\nSet-Cookie: x=1'])(
    'is no key of idempotency that breaks its line: %j',
    async (key) => {
      expect(await answered(keyed(key))).toEqual([400]);
    },
  );

  test.each(['a%0d%0aSet-Cookie: x=1', 'a\x80\xff\x85b', 'a\xc4\x8d\xc4\x8aSet-Cookie: x=1'])(
    'stays within its header: %j',
    async (key) => {
      const answer = await exchange(tender.port, keyed(key), CLOSED_MS_MAX);
      expect(statuses(answer)).toEqual([200]);
      expect(answer).toMatch(/\r\nidempotency-key: a/);
      expect(answer).not.toMatch(/[\r\n]set-cookie/i);
    },
  );
});

describe('a body that grows when it is unpacked', () => {
  const BOMB = gzipSync(Buffer.alloc(100_000_000));
  const URL_OF_CALL = '/code.micropayment.v1.MicroPayment/GetStatus';

  test('is refused by every dialect before it is read', async () => {
    for (const path of [
      '/v1/customers',
      '/payment-intents',
      '/v1/createIntent',
      '/admin/v1/session',
    ]) {
      const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
      const { status } = await fetch(tender.url + path, { method: 'POST', body: BOMB, headers });
      expect([path, status]).toEqual([path, 415]);
    }
  });

  test('is given up at the limit to messages by Connect', async () => {
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/proto' };
    const answer = await fetch(tender.url + URL_OF_CALL, { method: 'POST', body: BOMB, headers });
    expect(answer.status).toBe(429);
    expect(await answer.json()).toMatchObject({ code: 'resource_exhausted' });
  });

  test('is given up at the limit to messages by gRPC-web', async () => {
    const head = Buffer.from([1, 0, 0, 0, 0]);
    head.writeUInt32BE(BOMB.length, 1);
    const headers = { 'content-type': 'application/grpc-web+proto', 'grpc-encoding': 'gzip' };
    const body = Buffer.concat([head, BOMB]);
    const answer = await fetch(tender.url + URL_OF_CALL, { method: 'POST', body, headers });
    const said = `${answer.headers.get('grpc-status') ?? ''}${await answer.text()}`;
    // 8: RESOURCE_EXHAUSTED.
    expect(said).toMatch(/^8|grpc-status: 8/);
  });

  test('that is none is its sender’s fault', async () => {
    for (const headers of [
      { 'content-type': 'application/proto' },
      { 'content-type': 'application/proto', 'content-encoding': 'gzip' },
    ]) {
      const request = { method: 'POST', body: Buffer.from([0]), headers };
      const answer = await fetch(tender.url + URL_OF_CALL, request);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'invalid_argument' });
    }
  });

  test('cannot be sent over a WebSocket: none of its compressions is agreed to', async () => {
    const asked =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n' +
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n';
    const socket = connect(tender.port, '127.0.0.1');
    socket.write(asked);
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (chunk) => resolve(String(chunk)));
    });
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).not.toMatch(/sec-websocket-extensions/i);
  });
});

/** A frame of HTTP/2, raw. */
function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

const START = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(4, 0, 0, Buffer.alloc(0)),
]);
const [HEADERS, RESET, GOAWAY, CONTINUATION] = [1, 3, 7, 9];
const [END_STREAM, END_HEADERS] = [1, 4];
/** `GET / http` in the static table, and the authority 127.0.0.1. */
const GET = Buffer.concat([Buffer.from([0x82, 0x84, 0x86, 0x41, 9]), Buffer.from('127.0.0.1')]);

/** Sends frames until the server says that it takes no more; how many it was by then. */
function sentUntilGoaway(frames: Iterable<Buffer>): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(tender.port, '127.0.0.1');
    let received = Buffer.alloc(0);
    let sent = 0;
    const rest = frames[Symbol.iterator]();
    const more = (): void => {
      while (socket.writable) {
        const next = rest.next();
        if (next.done === true) return;
        sent += 1;
        if (!socket.write(next.value)) break;
      }
      socket.once('drain', more);
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!typesOf(received).includes(GOAWAY)) return;
      socket.destroy();
      resolve(sent);
    });
    // Cut off while it writes.
    socket.on('error', () => {});
    socket.write(START);
    more();
  });
}

function typesOf(bytes: Buffer): number[] {
  const types: number[] = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3))
    types.push(bytes[at + 3] ?? -1);
  return types;
}

describe('a flood over HTTP/2', () => {
  test('of streams that are opened and reset ends its connection', async () => {
    function* resets(): Generator<Buffer> {
      for (let stream = 1; stream < 10_000; stream += 2) {
        const request = frame(HEADERS, END_STREAM | END_HEADERS, stream, GET);
        yield Buffer.concat([request, frame(RESET, 0, stream, Buffer.from([0, 0, 0, 8]))]);
      }
    }
    expect(await sentUntilGoaway(resets())).toBeGreaterThan(0);
  });

  test('of headers that go on and on ends its connection', async () => {
    function* headers(): Generator<Buffer> {
      yield frame(HEADERS, END_STREAM, 1, GET);
      // A literal of its own each time, that is not kept: `x: y`.
      const line = Buffer.from([0, 1, 0x78, 1, 0x79]);
      for (let i = 0; i < 100_000; i += 1) yield frame(CONTINUATION, 0, 1, line);
    }
    expect(await sentUntilGoaway(headers())).toBeGreaterThan(0);
  });

  test('of one header that is kept and named again and again is not unpacked', async () => {
    const session = connectHttp2(tender.url);
    // Within what is kept of headers; each repetition is one byte of the request.
    const long = 'x'.repeat(3_000);
    const headers = { ':path': '/v1/balance', a: Array.from({ length: 1_000 }, () => long) };
    const stream = session.request(headers as never);
    const ended = await new Promise<string>((resolve) => {
      stream.on('response', (answer) => resolve(`status ${answer[':status']}`));
      for (const each of [stream, session]) {
        each.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
        each.on('close', () => resolve('closed'));
      }
    });
    session.destroy();
    expect(ended).not.toMatch(/^status [^4]/);
  });
});
