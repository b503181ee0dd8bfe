import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICES } from '../../../src/api/code/calls.js';
import { audit } from '../../../src/engine/audit.js';
import { toBase58 } from '../../../src/wire/code/base58.js';
import { messageBytes } from '../../support/code-services.js';
import { startTestTender, type TestTender } from '../../support/tender.js';
import { keyOf } from '../../support/wallets.js';
import { envelope, newRendezvous, postBytes, scannedBytes } from './envelope-client.js';
import { bill, exact, partial } from './request-desk.js';

/** Noise, lies and sizes, over the transports that anybody can reach. */

let tender: TestTender;
beforeAll(async () => {
  tender = await startTestTender({ codeLimits: { domain_wait_ms_max: 200 } });
});
afterAll(async () => {
  expect(await audit(tender.store)).toEqual([]);
  expect(tender.errors).toEqual([]);
  await tender.stop();
});

const NAMES = Object.entries(SERVICES).flatMap(([service, { methods }]) =>
  methods.map(({ localName }) => [service, localName] as const),
);
const anyName = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'Messaging.', ''),
);

/** Statuses of what a caller did wrong; 501 is for methods that are not there. */
const REFUSED = [400, 401, 403, 404, 409, 413, 429, 501];

async function refusal(body: Uint8Array): Promise<string> {
  const { status, envelope: answer } = await postBytes(tender.url, body);
  if (status !== 200) {
    expect(REFUSED).toContain(status);
    expect(answer.message).toMatch(/^\[\w+\]/);
  }
  return answer.message;
}

/** Bytes that look like a message's more often than noise does. */
const messageLike = fc
  .array(
    fc.record({
      field: fc.integer({ min: 1, max: 12 }),
      value: fc.oneof(
        fc.uint8Array({ maxLength: 66 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }).map((key) => nested(1, key)),
        fc.uint8Array({ minLength: 64, maxLength: 64 }).map((signature) => nested(1, signature)),
        fc.string({ maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
      ),
    }),
    { maxLength: 6 },
  )
  .map((fields) => Buffer.concat(fields.map(({ field, value }) => nested(field, value))));

function nested(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of((field << 3) | 2), varint(value.length), value]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

describe('an envelope', () => {
  test.each(NAMES)('of %s.%s holding noise is answered, and moves nothing', async (...name) => {
    const [service, method] = name;
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), messageLike), async (body) => {
        await refusal(envelope(service, method, body));
      }),
      { numRuns: 12 },
    );
  });

  test('of noise is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (body) => {
        expect(await refusal(body)).toMatch(/^\[(invalid_argument|unimplemented)\]/);
      }),
      { numRuns: 60 },
    );
  });

  test('that names what is not there is refused', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, anyName, async (service, method) => {
        fc.pre(!NAMES.some(([one, other]) => one === service && other === method));
        const message = await refusal(envelope(service, method, new Uint8Array()));
        expect(message).toMatch(/^\[unimplemented\]/);
      }),
      { numRuns: 40 },
    );
  });

  const call = scannedBytes(newRendezvous(), 1);
  const groups = (depth: number) => Buffer.alloc(depth, 0x1b);
  test.each([
    ['a length beyond its end', Uint8Array.of(0x22, 0xff, 0xff, 0xff, 0xff, 0x07)],
    ['a length below nothing', Uint8Array.of(0x22, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a number without end', new Uint8Array(200).fill(0xff)],
    ['a field of the number nothing', Uint8Array.of(0x02, 0x00)],
    ['groups that nobody closes', groups(900_000)],
    ['text that is none', nested(2, Uint8Array.of(0xc3, 0x28))],
    ['two bodies', Buffer.concat([envelope('Messaging', 'sendMessage', call), nested(4, call)])],
  ])('with %s is answered', async (_, body) => {
    const message = await refusal(body);
    if (message !== '') expect(message).toMatch(/^\[(invalid_argument|unimplemented)\]/);
  });

  test('with groups within groups in its message is answered, and so is who reads it', async () => {
    const key = newRendezvous();
    for (const depth of [100, 1000, 1900, 5000, 20_000, 200_000]) {
      const deep = Buffer.concat([Buffer.alloc(depth, 0x5b), Buffer.alloc(depth, 0x5c)]);
      const scanned = messageBytes({
        kind: { case: 'codeScanned', value: { timestamp: { seconds: 1n } } },
      });
      const message = Buffer.concat([scanned, deep]);
      const fields = [
        nested(1, message),
        nested(2, nested(1, key.bytes)),
        nested(3, nested(1, key.sign(message))),
      ];
      await refusal(envelope('Messaging', 'sendMessage', Buffer.concat(fields)));
      const asked = nested(1, nested(1, key.bytes));
      const poll = Buffer.concat([asked, nested(2, nested(1, key.sign(asked)))]);
      expect(await refusal(envelope('Messaging', 'pollMessages', poll)), `${depth}`).toBe('');
    }
  });

  test('longer than the limit is refused', async () => {
    const { status } = await postBytes(tender.url, new Uint8Array(2_000_000));
    expect(status).toBe(413);
  });
});

const PATHS = Object.values(SERVICES).flatMap(({ typeName, methods }) =>
  methods.map(({ name }) => `${typeName}/${name}`),
);

describe('a call by its full name', () => {
  const types = [
    'application/json',
    'application/proto',
    'application/grpc-web+proto',
    'text/html',
  ];
  const field = fc.constantFrom(
    'message',
    'rendezvousKey',
    'owner',
    'intentId',
    'signature',
    'url',
  );
  const json = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(field, fc.oneof(fc.jsonValue(), fc.constant({ value: 'AAAA' }))),
  );
  const body = fc.oneof(fc.uint8Array({ maxLength: 100 }), json.map(jsonBytes));

  test.each(PATHS)('%s holding noise is answered', async (path) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), body, async (type, bytes) => {
        const response = await fetch(`${tender.url}/${path}`, {
          method: 'POST',
          headers: { 'content-type': type, 'connect-protocol-version': '1' },
          body: bytes,
          // A stream has no end of its own: that it was taken is all that is asked for.
          signal: AbortSignal.timeout(5_000),
        });
        const { status } = response;
        await response.body?.cancel();
        // 505: what streams both ways needs HTTP/2.
        expect([200, 415, 505, ...REFUSED], type).toContain(status);
      }),
      { numRuns: 8 },
    );
  });
});

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

const rendezvous = keyOf('adversary at createIntent');

/** The first generation's form of a request that the rendezvous signs. */
function restBody(message: Uint8Array, over: object = {}) {
  const length = message[1] ?? 0;
  const inner = message.subarray(length < 128 ? 2 : 3);
  return {
    intent: rendezvous.address,
    message: Buffer.from(inner).toString('base64url'),
    signature: toBase58(rendezvous.sign(message)),
    ...over,
  };
}

async function rest(path: string, body: string): Promise<{ status: number; said: object }> {
  const response = await fetch(`${tender.url}/v1/${path}`, { method: 'POST', body });
  return { status: response.status, said: (await response.json()) as object };
}

describe('the JSON API', () => {
  const weird = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(
      '1'.repeat(900_000),
      'z'.repeat(900_000),
      'A'.repeat(900_000),
      '\0',
      '\ud800',
      'javascript:alert(1)',
      'https://[::ffff:169.254.169.254]/',
      'https://0x7f.1/',
      'https://2130706433/',
    ),
  );

  test('refuses what is no request', async () => {
    const fields = fc.record(
      { intent: weird, message: weird, signature: weird, webhook: weird, __proto__: weird },
      { requiredKeys: [] },
    );
    const path = fc.constantFrom('createIntent', 'getUserId');
    await fc.assert(
      fc.asyncProperty(path, fields, async (name, body) => {
        const { status, said } = await rest(name, JSON.stringify(body));
        expect([400, 401, 413]).toContain(status);
        expect(said).toEqual({ success: false, error: expect.any(String) });
      }),
      { numRuns: 80 },
    );
    for (const text of ['', '[]', 'null', '{"intent"', '[[[['.repeat(50_000)])
      expect((await rest('createIntent', text)).status).toBe(400);
  });

  test('refuses a webhook that no request may have', async () => {
    const message = messageBytes(partial('usd', 10));
    for (const webhook of [
      'javascript:alert(1)',
      'https://169.254.169.254/',
      'https://[::ffff:169.254.169.254]/',
      'https://0xa9fea9fe/',
      'https://10.0.0.1/',
      'https://shop.example/\r\nx',
      'https://user:pass@shop.example/',
      'file:///etc/passwd',
    ]) {
      const { status, said } = await rest(
        'createIntent',
        JSON.stringify(restBody(message, { webhook })),
      );
      expect([status, said], webhook).toEqual([400, { success: false, error: expect.any(String) }]);
    }
    const asked = await fetch(`${tender.url}/v1/getStatus?intent=${rendezvous.address}`);
    expect(await asked.json()).toEqual({ success: true, status: 'UNKNOWN' });
  });

  test.each([
    ['no number', partial('usd', Number.NaN)],
    ['no end', partial('usd', Number.POSITIVE_INFINITY)],
    ['the largest double', partial('usd', Number.MAX_VALUE)],
    ['the least double', partial('usd', 5e-324)],
    ['less than nothing', partial('usd', -10)],
    ['nothing, from below', partial('usd', -0)],
    ['a currency in capitals', partial('USD', 10)],
    ['a currency with a zero byte', partial('us\0', 10)],
    ['kin without end', exact(Number.POSITIVE_INFINITY, 500_000_000n)],
    ['kin beyond all numbers', exact(2 ** 64, 2n ** 64n - 1n)],
    ['kin at no rate', exact(5000, 500_000_000n, Number.NaN)],
    ['kin at an endless rate', exact(5000, 500_000_000n, Number.POSITIVE_INFINITY)],
    ['nothing at all', bill({ exchangeData: { case: undefined } })],
    ['a domain of dots', bill({ domain: { value: '..' } })],
    ['a domain with a path', bill({ domain: { value: 'shop.example/../admin' } })],
    ['a domain that is an address', bill({ domain: { value: '0x7f.1' } })],
    ['a domain with a zero byte', bill({ domain: { value: 'shop\0.example' } })],
    ['a domain of a wide full stop', bill({ domain: { value: '127。0。0。1' } })],
  ])('refuses a request for %s', async (_, message) => {
    const { status, said } = await rest(
      'createIntent',
      JSON.stringify(restBody(messageBytes(message))),
    );
    expect([status, said]).toEqual([400, { success: false, error: expect.any(String) }]);
  });

  test('says of odd ids that they are none', async () => {
    const odd = [
      '%00',
      '0'.repeat(44),
      '1'.repeat(6000),
      'l'.repeat(44),
      '%ff',
      '+',
      '%F0%9F%92%A9',
    ];
    for (const id of odd) {
      const response = await fetch(`${tender.url}/v1/getStatus?intent=${id}`);
      expect(response.status, id.slice(0, 50)).toBe(400);
    }
  });
});
