import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newName, startTestTender, type TestTender } from '../../support/tender.js';
import { exchange, type Raw, rawClient, statuses } from './raw-http.js';

let tender: TestTender;
let raw: Raw;
let close: () => void;
const NAME = newName();

beforeAll(async () => {
  tender = await startTestTender();
  ({ raw, close } = rawClient(tender.port, NAME));
});

afterEach(async () => {
  expect(tender.errors.splice(0)).toEqual([]);
  expect((await raw('GET', '/v1/balance')).status).toBe(200);
});

afterAll(async () => {
  close();
  await tender.stop();
});

const BODY_MAX = 1_048_576;
const AUTHORIZATION = `Authorization: Bearer sk_test_${NAME}\r\n`;

/** A request of bytes: the first line, then header lines, then the body. */
function request(line: string, headers = '', body: string | Buffer = ''): Buffer {
  const head = `${line} HTTP/1.1\r\nHost: x\r\n${AUTHORIZATION}${headers}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

function posted(body: string | Buffer, path = '/v1/payment_intents'): Buffer {
  return request(`POST ${path}`, `Content-Length: ${Buffer.byteLength(body)}\r\n`, body);
}

async function refusedWith(bytes: Buffer): Promise<{ status: number; message: string }> {
  const answer = await exchange(tender.port, bytes);
  const [status = 0] = statuses(answer);
  const { error } = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
  expect(error.type).toBe('invalid_request_error');
  return { status, message: error.message };
}

const UNREADABLE = 'The request contains an invalid percent-encoding.';

describe('a body', () => {
  test.each([
    [
      'of bytes that are no UTF-8',
      Buffer.from('name=\xff\xfe', 'latin1'),
      'The request body is not valid UTF-8.',
    ],
    [
      'with an overlong encoding',
      Buffer.from('name=\xc0\xaf', 'latin1'),
      'The request body is not valid UTF-8.',
    ],
    [
      'with half a surrogate pair',
      Buffer.from('name=\xed\xa0\x80', 'latin1'),
      'The request body is not valid UTF-8.',
    ],
    ['with half a surrogate pair, encoded', 'name=%ed%a0%80', UNREADABLE],
    ['with a broken escape', 'name=%zz', UNREADABLE],
    ['that ends in an escape', 'name=%', UNREADABLE],
    ['with encoded bytes that are no UTF-8', 'name=%ff', UNREADABLE],
    ['with an encoded NUL', 'name=a%00b', UNREADABLE],
    ['with a NUL', 'name=a\0b', 'The request contains a null byte.'],
    ['with a NUL in a name', 'metadata[a%00]=b', UNREADABLE],
  ])('%s is refused', async (_, body, message) => {
    expect(await refusedWith(posted(body, '/v1/customers'))).toEqual({ status: 400, message });
  });

  test('of one byte more than allowed is refused, whole and in chunks', async () => {
    const body = `name=${'a'.repeat(BODY_MAX - 4)}`;
    const message = 'The request body is too large.';
    expect(await refusedWith(posted(body))).toEqual({ status: 413, message });
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const bytes = request('POST /v1/customers', 'Transfer-Encoding: chunked\r\n', chunked);
    expect(await refusedWith(bytes)).toEqual({ status: 413, message });
  });

  test('of just what is allowed is read', async () => {
    const body = `name=${'a'.repeat(BODY_MAX - 5)}`;
    const { status, message } = await refusedWith(posted(body, '/v1/customers'));
    expect(status).toBe(400);
    expect(message).toMatch(/^Invalid string: aaaaaaaaaa\.\.\.aaaaaaaaaa; must be at most 256/);
  });

  test.each([
    ['100,000 pairs', Array.from({ length: 100_000 }, (_, i) => `a${i}=1`).join('&')],
    ['100,000 times one pair', 'a=1&'.repeat(100_000)],
    ['100,000 elements', 'expand[]=a&'.repeat(90_000)],
    ['a name nested 10,000 deep', `a${'[b]'.repeat(10_000)}=1`],
    ['a name of 500,000 characters', `${'a'.repeat(500_000)}=1`],
    ['a million brackets', '['.repeat(1_000_000)],
    ['a million ampersands and more', `${'&'.repeat(1_000_000)}wat=1`],
    ['a million pluses', `name=${'+'.repeat(1_000_000)}`],
    ['elements of elements', 'metadata[][a][][b]=1&'.repeat(4_000)],
  ])('of %s is refused at once', async (_, body) => {
    const startMs = performance.now();
    expect((await refusedWith(posted(body))).status).toBe(400);
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  test('that never comes holds nobody up', async () => {
    const socket = connect({ port: tender.port, host: '127.0.0.1' });
    socket.write(request('POST /v1/customers', 'Content-Length: 100\r\n', 'name='));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await raw('POST', '/v1/customers', { form: 'name=A' })).status).toBe(200);
    socket.destroy();
  });

  test('that breaks off does nothing', async () => {
    const before = await raw('GET', '/v1/customers?limit=100');
    const socket = connect({ port: tender.port, host: '127.0.0.1' });
    const whole = request('POST /v1/customers', 'Content-Length: 100\r\n', 'name=Half');
    await new Promise<void>((resolve) => socket.write(whole, () => resolve()));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await raw('GET', '/v1/customers?limit=100')).body).toEqual(before.body);
  });
});

describe('a request', () => {
  test.each(['PUT', 'PATCH', 'TRACE', 'PROPFIND', 'PURGE', 'LINK'])(
    'by %s is 404',
    async (verb) => {
      const { status, message } = await refusedWith(request(`${verb} /v1/payment_intents`));
      expect(status).toBe(404);
      expect(message).toMatch(
        new RegExp(`^Unrecognized request URL \\(${verb}: /v1/payment_intents\\)`),
      );
    },
  );

  test.each([
    [
      'a method that there is not',
      Buffer.from('BREW /v1/balance HTTP/1.1\r\nHost: x\r\n\r\n'),
      400,
    ],
    ['no HTTP at all', Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1'), 400],
    [
      'two lengths',
      request('POST /v1/customers', 'Content-Length: 4\r\nContent-Length: 5\r\n', 'a=bcd'),
      400,
    ],
    [
      'a length and chunks',
      request(
        'POST /v1/customers',
        'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
        '0\r\n\r\n',
      ),
      400,
    ],
    ['a negative length', request('POST /v1/customers', 'Content-Length: -1\r\n'), 400],
    [
      'a length beyond all numbers',
      request('POST /v1/customers', 'Content-Length: 99999999999999999999\r\n'),
      400,
    ],
    [
      'a chunk of no size',
      request('POST /v1/customers', 'Transfer-Encoding: chunked\r\n', 'zz\r\n'),
      400,
    ],
    ['a NUL in a header', request('GET /v1/balance', 'X-A: a\0b\r\n'), 400],
    ['a header without an end', request('GET /v1/balance', `X-A: ${'a'.repeat(20_000)}\r\n`), 431],
    [
      'a thousand headers',
      request('GET /v1/balance', 'X-A: aaaaaaaaaaaaaaaa\r\n'.repeat(1_000)),
      431,
    ],
    ['an endless path', request(`GET /v1/${'a'.repeat(20_000)}`), 431],
    [
      'a key without an end',
      request(
        'POST /v1/customers',
        `Idempotency-Key: ${'k'.repeat(10_000)}\r\nContent-Length: 0\r\n`,
      ),
      400,
    ],
    ['a control character in its path', request('GET /v1/bal\x01ance'), 400],
    ['bytes beyond ASCII in its path', request('GET /v1/customers/\xff\xfe'), 400],
  ])('with %s is refused', async (_, bytes, expected) => {
    expect((await refusedWith(bytes)).status).toBe(expected);
  });

  test('with a long id is answered', async () => {
    for (const chars of [300, 4_000, 12_000]) {
      const id = 'a'.repeat(chars);
      const read = await raw('GET', `/v1/customers/${id}`);
      expect([read.status, read.body.error.code]).toEqual([404, 'resource_missing']);
      expect(read.text.length).toBeLessThan(1_000);
      const written = await raw('POST', `/v1/payment_intents/${id}/cancel`, {
        form: '',
        headers: { 'idempotency-key': `long-${chars}` },
      });
      expect(written.status).toBe(404);
    }
  });

  test('with many cookies and a strange referrer is not the wiser', async () => {
    const headers = { cookie: 'a=b; '.repeat(500), referer: 'javascript:1' };
    expect((await raw('GET', '/v1/balance', { headers })).status).toBe(200);
  });

  test('that asks to change the protocol is answered as if it had not', async () => {
    const headers =
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n';
    expect(statuses(await exchange(tender.port, request('GET /v1/balance', headers)))).toEqual([
      200,
    ]);
  });

  test('to connect elsewhere ends the connection', async () => {
    const bytes = Buffer.from('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n');
    expect(statuses(await exchange(tender.port, bytes))).not.toContain(200);
  });

  test('smuggled behind another is a request of its own, without a key', async () => {
    const hidden = 'GET /v1/customers HTTP/1.1\r\nHost: x\r\n\r\n';
    const answer = await exchange(
      tender.port,
      Buffer.concat([request('GET /v1/balance'), Buffer.from(hidden)]),
    );
    expect(statuses(answer)).toEqual([200, 401]);
  });
});

test('hundreds of pipelined requests, good and bad, are answered in order', async () => {
  const one = [request('GET /v1/balance'), posted('amount=x'), request('GET /v1/nothing')];
  const many = Buffer.concat(Array.from({ length: 100 }, () => one).flat());
  const answer = await exchange(tender.port, many, 500);
  expect(statuses(answer)).toEqual(Array.from({ length: 100 }, () => [200, 400, 404]).flat());
});

// The flag opens what is otherwise out of reach: a collection when the test wants one.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('memory does not grow with what is refused', { timeout: 180_000 }, async () => {
  const body = Buffer.from(`name=${'a'.repeat(BODY_MAX)}`);
  const pairs = Buffer.from(Array.from({ length: 50_000 }, (_, i) => `a${i}=1`).join('&'));
  const rounds = async (count: number): Promise<number> => {
    for (let round = 0; round < count; round++) {
      const replies = await Promise.all([
        raw('POST', '/v1/customers', { form: body }),
        raw('POST', '/v1/customers', { form: pairs }),
        raw('GET', `/v1/customers/${round}${'x'.repeat(8_000)}`),
        raw('GET', '/v1/balance', { as: `${round}`.padEnd(150, 'k') }),
      ]);
      expect(replies.map(({ status }) => status)).toEqual([413, 400, 404, 200]);
    }
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  await rounds(30);
  const before = await rounds(20);
  const after = await rounds(60);
  // A leak of the bodies alone would be 60 MB; caches that fill are some.
  expect(after - before).toBeLessThan(30_000_000);
});
