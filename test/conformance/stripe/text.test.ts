import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Body, form, useRaw } from './raw-http.js';

const { raw } = useRaw();

async function customer(fields: Record<string, string>): Promise<Body> {
  const encoded = Object.entries(fields).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const made = await raw('POST', '/v1/customers', { form: encoded.join('&') });
  expect(made.body.error).toBeUndefined();
  const read = await raw('GET', `/v1/customers/${made.body.id}`);
  expect(read.body).toEqual(made.body);
  return read.body;
}

const STRANGE = [
  'Zoë Ångström',
  '山田太郎',
  'مرحبا',
  '👩‍👩‍👧‍👦 family',
  '\u{10ffff}\u{1f600}',
  'a\u0301 decomposed',
  '"double" and \'single\'',
  "'; DROP TABLE intents; --",
  '<script>alert(1)</script>',
  '#{7*7} {{7*7}}',
  'back\\slash',
  'line\r\nbreak\ttab',
  '\u0001\u001f\u007f\u0080',
  '\u2028\u2029\ufeff\ufffd',
  '%00 %25 %zz',
  ' leading and trailing ',
  '&amp;=;+',
  '{"json":true}',
  'null',
  '__proto__',
];

describe('text that is accepted comes back equal', () => {
  test.each(STRANGE.map((text) => [JSON.stringify(text), text]))('%s', async (_, text) => {
    const { description, metadata } = await customer({ description: text, 'metadata[text]': text });
    expect([description, metadata]).toEqual([text, { text }]);
  });

  test('of any characters, in a payment and its charge', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    const storable = text.filter((value) => !value.includes('\0') && value.isWellFormed());
    const property = fc.asyncProperty(storable, storable, async (description, value) => {
      const { body } = await raw('POST', '/v1/payment_intents', {
        form: form({
          amount: 2000,
          currency: 'usd',
          'payment_method_types[]': 'card',
          payment_method: 'pm_card_visa',
          confirm: true,
          description,
          'metadata[value]': value,
          'expand[]': 'latest_charge',
        }),
      });
      expect(body.description).toBe(description);
      expect(body.metadata).toEqual({ value });
      expect(body.latest_charge.description).toBe(description);
      expect(body.latest_charge.metadata).toEqual({ value });
      const stored = await raw('GET', `/v1/charges/${body.latest_charge.id}`);
      expect(stored.body.metadata).toEqual({ value });
    });
    await fc.assert(property, { numRuns: 60 });
  });
});

describe('metadata', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '0', 'a.b', 'ключ', '👍'])(
    'may have the key %s',
    async (key) => {
      const made = await customer({ [`metadata[${key}]`]: 'kept', 'metadata[a]': '1' });
      expect(Object.entries(made.metadata).sort()).toEqual(
        [
          [key, 'kept'],
          ['a', '1'],
        ].sort(),
      );
      const path = `/v1/customers/${made.id}`;
      const unset = `metadata[${encodeURIComponent(key)}]=`;
      const { body } = await raw('POST', path, { form: unset });
      expect(Object.entries(body.metadata)).toEqual([['a', '1']]);
    },
  );

  const full = (): Record<string, string> =>
    Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [
        `metadata[${String(i).padStart(2, '0')}${'😀'.repeat(38)}]`,
        '𝄞'.repeat(500),
      ]),
    );

  test('holds 50 keys of 40 characters with values of 500', async () => {
    const { metadata } = await customer(full());
    const entries = Object.entries(metadata as Record<string, string>);
    expect(entries).toHaveLength(50);
    expect(new Set(entries.map(([, value]) => value))).toEqual(new Set(['𝄞'.repeat(500)]));
  });

  test.each([
    [
      'a 51st key',
      Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`metadata[k${i}]`, 'v'])),
      { message: 'Metadata can have up to 50 keys.', param: 'metadata' },
    ],
    [
      'a key of 41 characters',
      { [`metadata[${'k'.repeat(41)}]`]: 'v' },
      {
        message:
          'Metadata keys can have up to 40 characters, but you passed in a key that is 41 ' +
          `characters. Invalid key: ${'k'.repeat(41)}`,
      },
    ],
    [
      'a value of 501 characters',
      { 'metadata[k]': '𝄞'.repeat(501) },
      {
        message:
          'Metadata values can have up to 500 characters, but you passed in a value that is 501 ' +
          `characters. Invalid value: ${'𝄞'.repeat(501)}`,
      },
    ],
  ])('refuses %s', async (_, fields, error) => {
    const { status, body } = await raw('POST', '/v1/customers', { form: form(fields) });
    expect(status).toBe(400);
    expect(body.error).toEqual({ type: 'invalid_request_error', ...error });
  });

  test('merges, up to 50 keys in all; one may be unset to make room', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`metadata[k${i}]`, 'v']),
    );
    const { id } = await customer(fields);
    const path = `/v1/customers/${id}`;
    const more = await raw('POST', path, { form: 'metadata[new]=1' });
    expect([more.status, more.body.error?.param]).toEqual([400, 'metadata']);
    const swapped = await raw('POST', path, { form: 'metadata[new]=1&metadata[k0]=' });
    expect(swapped.status).toBe(200);
    expect(Object.keys(swapped.body.metadata)).toHaveLength(50);
    const cleared = await raw('POST', path, { form: 'metadata=' });
    expect(cleared.body.metadata).toEqual({});
  });

  test('of a payment stays as it was on its charge', async () => {
    const { body } = await raw('POST', '/v1/payment_intents', {
      form:
        'amount=2000&currency=usd&payment_method_types[]=card&payment_method=pm_card_visa' +
        '&confirm=true&metadata[a]=before',
    });
    await raw('POST', `/v1/payment_intents/${body.id}`, { form: 'metadata[a]=after' });
    const charge = await raw('GET', `/v1/charges/${body.latest_charge}`);
    expect(charge.body.metadata).toEqual({ a: 'before' });
  });
});
