import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { parseForm } from './form.js';
import {
  amount,
  arrayOf,
  boolean,
  booleanOr,
  defaulted,
  either,
  enumeration,
  hash,
  type Infer,
  integer,
  type MetadataChange,
  metadata,
  openHash,
  rangeQuery,
  required,
  type Schema,
  string,
  unsettable,
} from './params.js';
import { parseParams } from './params-parse.js';

function parse<T>(schema: Schema<T>, text: string) {
  const form = parseForm(text);
  if (!form.ok) throw new Error(form.error.message);
  return parseParams(schema, form.tree);
}

function value<T>(schema: Schema<T>, text: string): T {
  const result = parse(schema, text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function error<T>(schema: Schema<T>, text: string) {
  const result = parse(schema, text);
  if (result.ok) throw new Error('accepted');
  return result.error;
}

const sample = hash({
  amount: required(amount('charge')),
  name: string({ chars_max: 5 }),
  note: unsettable(string()),
  live: boolean(),
  off: booleanOr(['one_off', 'recurring']),
  reason: enumeration(['duplicate', 'fraudulent', 'requested_by_customer']),
  limit: defaulted(integer({ min: 1, max: 100, clamp: true }), 10),
  days: integer({ min: 0, max: 60 }),
  kinds: arrayOf(enumeration(['card', 'link']), 3),
  address: hash({ line1: required(string()), city: string() }),
  open: openHash(),
  metadata: metadata(),
  created: rangeQuery(),
  card: either(string(), hash({ number: required(string()) })),
});

describe('values', () => {
  test('are typed', () => {
    type Sample = Infer<typeof sample>;
    expectTypeOf<Sample['amount']>().toEqualTypeOf<bigint>();
    expectTypeOf<Sample['limit']>().toEqualTypeOf<number>();
    expectTypeOf<Sample['note']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<Sample['off']>().toEqualTypeOf<boolean | 'one_off' | 'recurring' | undefined>();
    expectTypeOf<Sample['kinds']>().toEqualTypeOf<readonly ('card' | 'link')[] | undefined>();
    expectTypeOf<Sample['metadata']>().toEqualTypeOf<MetadataChange | undefined>();
    expectTypeOf<NonNullable<Sample['address']>>().toEqualTypeOf<{
      readonly line1: string;
      readonly city?: string;
    }>();
  });

  test('are read by kind', () => {
    const text =
      'amount=1099&note=&live=true&off=recurring&reason=fraudulent&days=60&kinds[1]=link' +
      '&kinds[0]=card&address[line1]=x&created[gte]=5&card[number]=42';
    expect(value(sample, text)).toEqual({
      amount: 1099n,
      note: null,
      live: true,
      off: 'recurring',
      reason: 'fraudulent',
      limit: 10,
      days: 60,
      kinds: ['card', 'link'],
      address: { line1: 'x' },
      created: { gte: 5 },
      card: { number: '42' },
    });
    expect(value(sample, 'amount=1&created=7&card=tok_1&kinds[]=card')).toEqual({
      amount: 1n,
      limit: 10,
      created: 7,
      card: 'tok_1',
      kinds: ['card'],
    });
  });

  test('are clamped where the schema says so', () => {
    expect(value(sample, 'amount=1&limit=0').limit).toBe(1);
    expect(value(sample, `amount=1&limit=${'9'.repeat(400)}`).limit).toBe(100);
    expect(value(sample, 'amount=1&limit=-7').limit).toBe(1);
  });

  test('of an open hash are plain JSON', () => {
    const open = value(sample, 'amount=1&open[a][0]=x&open[a][1]=y&open[b][7]=z&open[c][]=w').open;
    expect(JSON.parse(JSON.stringify(open))).toEqual({ a: ['x', 'y'], b: { 7: 'z' }, c: ['w'] });
  });

  test('of arrays are ordered by number', () => {
    const many = Array.from({ length: 12 }, (_, index) => `t[${11 - index}]=${11 - index}`);
    const list = hash({ t: arrayOf(integer()) });
    expect(value(list, many.join('&')).t).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(error(list, 't[x]=1')).toMatchObject({ message: 'Invalid array', param: 't' });
  });
});

describe('errors', () => {
  const cases: [text: string, message: string, param: string, code?: string][] = [
    ['', 'Missing required param: amount.', 'amount', 'parameter_missing'],
    [
      'amount=1&address[city]=x',
      'Missing required param: address[line1].',
      'address[line1]',
      'parameter_missing',
    ],
    ['wat=1&amount=1', 'Received unknown parameter: wat', 'wat', 'parameter_unknown'],
    [
      'amount=1&address[nope]=1&address[line1]=x',
      'Received unknown parameter: address[nope]',
      'address[nope]',
      'parameter_unknown',
    ],
    ['a=1&b=2', 'Received unknown parameters: a, b', 'a', 'parameter_unknown'],
    ['amount=abc', 'Invalid integer: abc', 'amount', 'parameter_invalid_integer'],
    ['amount=1.5', 'Invalid integer: 1.5', 'amount', 'parameter_invalid_integer'],
    ['amount=1&limit=abc', 'Invalid integer: abc', 'limit', 'parameter_invalid_integer'],
    [
      'amount=1&days=61',
      'This value must be less than or equal to 60.',
      'days',
      'parameter_invalid_integer',
    ],
    [
      'amount=1&reason=foo',
      'Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer',
      'reason',
    ],
    ['amount=1&kinds[]=foo', 'Invalid kinds[0]: must be one of card or link', 'kinds[0]'],
    ['amount=1&name=abcdef', 'Invalid string: abcdef; must be at most 5 characters', 'name'],
    [
      `amount=1&name=${'a'.repeat(20)}${'b'.repeat(20)}`,
      'Invalid string: aaaaaaaaaa...bbbbbbbbbb; must be at most 5 characters',
      'name',
    ],
    ['amount=1&name[]=x', 'Invalid string: {"0":"x"}', 'name'],
    ['amount=1&live=yes', 'Invalid boolean: yes', 'live'],
    ['amount=1&address=x', 'Invalid object', 'address'],
    ['amount=1&kinds=card', 'Invalid array', 'kinds'],
    ['amount=1&metadata=x', 'Invalid object', 'metadata'],
    ['amount=1&metadata[a][b]=x', 'Invalid string: {"b":"x"}', 'metadata[a]'],
    [
      'amount=1&kinds[]=card&kinds[]=card&kinds[]=card&kinds[]=card',
      'Array must contain no more than 3 elements',
      'kinds',
    ],
  ];

  test.each(cases)('%s → %s', (text, message, param, code) => {
    const found = error(sample, text);
    expect(found).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message,
      param,
      ...(code === undefined ? {} : { code }),
    });
  });

  test('an empty string unsets only what can be unset', () => {
    expect(error(sample, 'amount=')).toMatchObject({
      code: 'parameter_invalid_empty',
      param: 'amount',
      message:
        "You passed an empty string for 'amount'. We assume empty values are an attempt to unset " +
        "a parameter; however 'amount' cannot be unset. You should remove 'amount' from your " +
        'request or supply a non-empty value.',
    });
  });

  test('prefer unknown to missing, and missing to invalid', () => {
    expect(error(sample, 'live=yes&wat=1').code).toBe('parameter_unknown');
    expect(error(sample, 'live=yes').code).toBe('parameter_missing');
    expect(error(sample, 'live=yes&reason=foo&amount=1').param).toBe('live');
  });

  test('do not grow with the request', () => {
    const unknown = Array.from({ length: 3_000 }, (_, index) => `x${index}${'y'.repeat(300)}=1`);
    expect(error(sample, unknown.join('&')).message.length).toBeLessThan(3_000);
  });
});

describe('amounts', () => {
  const text = (range: Parameters<typeof amount>[0], sent: string, reported_as?: string) => {
    const result = parse(hash({ a: amount(range, reported_as ?? null) }), `a=${sent}`);
    return result.ok ? String(result.value.a) : result.error.message;
  };

  test.each(['0', '-5'])('a charge of %s is below any minimum', (sent) => {
    expect(text('charge', sent)).toBe(
      'The amount must be greater than or equal to the minimum charge amount allowed for your ' +
        'account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-' +
        'charge-amounts).  If you want to save a Payment Method for future use without an ' +
        'immediate payment, use a Setup Intent instead: ' +
        'https://docs.stripe.com/payments/setup-intents',
    );
  });

  test('a capture is at least 1', () => {
    const zero = error(hash({ a: amount('positive', 'amount') }), 'a=0');
    expect(zero).toMatchObject({
      message: 'This value must be greater than or equal to 1.',
      param: 'amount',
    });
    const negative = error(hash({ a: amount('positive', 'amount') }), 'a=-1');
    expect(negative).toMatchObject({ message: 'Invalid non-negative integer', param: 'a' });
    expect(negative.code).toBeUndefined();
  });

  test('signed and not negative', () => {
    expect(text('signed', '-12')).toBe('-12');
    expect(text('not_negative', '0')).toBe('0');
    expect(text('not_negative', '-1')).toBe('Invalid non-negative integer');
    expect(text('signed', '%2B7')).toBe('7');
  });

  test('keep every digit, and refuse to read endless ones', () => {
    expect(text('signed', '123456789012345')).toBe('123456789012345');
    // A double, as JSON has it, would show another number.
    expect(text('signed', '9007199254740993')).toBe('Invalid integer: 9007199254740993');
    expect(text('signed', '9'.repeat(100_000))).toBe('Invalid integer: 9999999999...9999999999');
  });
});

describe('metadata', () => {
  const schema = hash({ metadata: metadata() });

  test('distinguishes clearing, setting and unsetting', () => {
    expect(value(schema, 'metadata=').metadata).toBeNull();
    expect({ ...value(schema, 'metadata[a]=1&metadata[b]=').metadata }).toEqual({
      a: '1',
      b: null,
    });
    const odd = value(schema, 'metadata[__proto__]=1').metadata;
    expect(Object.keys(odd ?? {})).toEqual(['__proto__']);
  });

  test('has limits, counted in characters', () => {
    const long = `metadata[${'k'.repeat(41)}]=1`;
    expect(error(schema, long)).toEqual({
      status: 400,
      type: 'invalid_request_error',
      message:
        'Metadata keys can have up to 40 characters, but you passed in a key that is 41 ' +
        `characters. Invalid key: ${'k'.repeat(41)}`,
    });
    const over = error(schema, `metadata[k]=${'v'.repeat(501)}`);
    expect(over.message).toContain('Metadata values can have up to 500 characters');
    expect(value(schema, `metadata[k]=${'%F0%9F%92%B6'.repeat(500)}`).metadata).not.toBeNull();
    const keys = (count: number) =>
      Array.from({ length: count }, (_, index) => `metadata[k${index}]=1`).join('&');
    expect(value(schema, keys(50)).metadata).toHaveProperty('k49');
    expect(error(schema, keys(51)).param).toBe('metadata');
  });
});

describe('rules over several parameters', () => {
  const schema = hash({ a: required(integer()), b: required(integer()) }, (sent) =>
    sent.a < sent.b ? null : { status: 400, type: 'invalid_request_error', message: 'order' },
  );

  test('run only on valid values', () => {
    expect(value(schema, 'a=1&b=2')).toEqual({ a: 1, b: 2 });
    expect(error(schema, 'a=2&b=1').message).toBe('order');
    expect(error(schema, 'a=2&b=x').message).toBe('Invalid integer: x');
    expect(error(hash({ in: schema, z: integer() }), 'in[a]=2&in[b]=1&z=1').message).toBe('order');
  });
});

test('any whole number in range is read as itself', () => {
  const schema = hash({ n: integer(), a: amount('signed') });
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.bigInt({ min: -(10n ** 13n), max: 10n ** 14n }), (n, a) => {
      expect(value(schema, `n=${n}&a=${a}`)).toEqual({ n: n === 0 ? 0 : n, a });
    }),
  );
});
