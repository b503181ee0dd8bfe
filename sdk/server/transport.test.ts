import { describe, expect, test } from 'vitest';
import { makeTender } from './client.js';
import { TenderError } from './tender-error.js';
import type { TenderOptions } from './transport.js';

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly key: string | null;
  readonly idempotencyKey: string | null;
  readonly body: string;
}

/** A client whose calls are answered from a list, one after the other; the last stays. */
function newClient(answers: readonly (Response | Error)[], more: Partial<TenderOptions> = {}) {
  const sent: Sent[] = [];
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const idempotencyKey = headers.get('idempotency-key');
    const { method = '', body = '' } = init;
    const key = headers.get('authorization');
    sent.push({ url, method, key, idempotencyKey, body: String(body) });
    const answer = answers[Math.min(sent.length, answers.length) - 1];
    if (answer instanceof Response) return answer.clone();
    throw answer;
  };
  const options = { baseUrl: 'http://127.0.0.1:4400/', key: 'sk_test_x', retries_max: 1, ...more };
  return { tender: makeTender({ ...options, fetch: send as typeof fetch }), sent };
}

const said = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const refused = (status: number, code: string) => said(status, { error: { code, message: 'No.' } });

describe('a call of the client', () => {
  test('names its key, its account’s path and what is asked', async () => {
    const { tender, sent } = newClient([said(200, { rows: [], next: null })]);
    await tender.intents.page({ state: 'captured', limit: 5 });
    await tender.customers.retrieve('a/b?c');
    expect(sent.map(({ url }) => url)).toEqual([
      'http://127.0.0.1:4400/admin/v1/intents?state=captured&limit=5',
      'http://127.0.0.1:4400/admin/v1/customers/a%2Fb%3Fc',
    ]);
    expect(sent.map(({ key }) => key)).toEqual(['Bearer sk_test_x', 'Bearer sk_test_x']);
  });

  test('that got no answer is made again with the same idempotency key', async () => {
    const { tender, sent } = newClient([new TypeError('lost'), said(200, {})]);
    await tender.intents.refund('pi_1', { amount: 5 });
    expect(sent).toHaveLength(2);
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[0]?.idempotencyKey).toMatch(/^[\da-f-]{36}$/);
    await tender.intents.refund('pi_1', { amount: 5 });
    expect(sent[2]?.idempotencyKey).not.toBe(sent[0]?.idempotencyKey);
    await tender.intents.refund('pi_1', {}, { idempotencyKey: 'mine' });
    expect(sent[3]?.idempotencyKey).toBe('mine');
  });

  test('whose answer is a secret is made once', async () => {
    const { tender, sent } = newClient([new TypeError('lost')]);
    await expect(tender.keys.create()).rejects.toMatchObject({ code: 'unreachable', status: null });
    expect(sent).toHaveLength(1);
  });

  test('is made again where the server is busy, and given up in the end', async () => {
    const { tender, sent } = newClient([refused(503, 'overloaded')]);
    await expect(tender.overview()).rejects.toMatchObject({ code: 'overloaded', status: 503 });
    expect(sent).toHaveLength(2);
  });

  test('that is refused is not made again, and says why', async () => {
    const { tender, sent } = newClient([refused(404, 'missing')]);
    const asking = tender.intents.retrieve('pi_1');
    await expect(asking).rejects.toThrow(TenderError);
    await expect(asking).rejects.toMatchObject({ code: 'missing', status: 404, message: 'No.' });
    expect(sent).toHaveLength(1);
  });

  test('that takes too long is given up', async () => {
    const never = (_: unknown, { signal }: RequestInit) =>
      new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const waiting = { timeout_ms: 1, retries_max: 0, fetch: never as unknown as typeof fetch };
    const tender = makeTender({ baseUrl: 'http://127.0.0.1:4400', key: 'k', ...waiting });
    await expect(tender.session()).rejects.toMatchObject({
      code: 'unreachable',
      cause: expect.objectContaining({ name: 'TimeoutError' }),
    });
  });

  test.each([
    ['a page of a proxy', new Response('<h1>Bad gateway</h1>', { status: 400 }), 400],
    ['no JSON', new Response('<h1>Hello</h1>'), null],
  ])('that is answered with %s makes no sense', async (_, answer, status) => {
    const { tender } = newClient([answer]);
    await expect(tender.session()).rejects.toMatchObject({ code: 'protocol', status });
  });
});

test('a list is all rows of all pages, asked for as they are taken', async () => {
  const { tender, sent } = newClient([
    said(200, { rows: [1, 2], next: 'two' }),
    said(200, { rows: [], next: 'three' }),
    said(200, { rows: [3], next: null }),
  ]);
  const taken: unknown[] = [];
  for await (const row of tender.intents.list({ q: 'x', limit: 2 })) {
    taken.push(row);
    if (taken.length === 1) expect(sent).toHaveLength(1);
  }
  expect(taken).toEqual([1, 2, 3]);
  expect(sent.map(({ url }) => new URL(url).search)).toEqual([
    '?q=x&limit=2',
    '?q=x&limit=2&cursor=two',
    '?q=x&limit=2&cursor=three',
  ]);
});

test.each([
  { baseUrl: 'tender.example', key: 'k' },
  { baseUrl: 'ftp://tender.example', key: 'k' },
  { baseUrl: 'http://127.0.0.1:4400', key: '' },
])('options that can never work are refused: %j', (options) => {
  expect(() => makeTender(options)).toThrow(RangeError);
});
