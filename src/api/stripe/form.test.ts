import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FormMap, type FormValue, parseForm, parseFormBytes } from './form.js';

function tree(text: string): FormMap {
  const result = parseForm(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.tree;
}

function message(text: string): string {
  const result = parseForm(text);
  return result.ok ? 'accepted' : result.error.message;
}

/** The same tree with ordinary prototypes, so that it compares with literals. */
function plain(value: FormValue): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

describe('parseForm', () => {
  test('reads what the SDKs send', () => {
    expect(plain(tree('amount=1099&currency=usd'))).toEqual({ amount: '1099', currency: 'usd' });
    expect(plain(tree('t[]=card&t[]=link'))).toEqual({ t: ['card', 'link'] });
    expect(plain(tree('t[0]=card&t[1]=link'))).toEqual({ t: { 0: 'card', 1: 'link' } });
    expect(plain(tree('items[0][price]=p&items[0][quantity]=2'))).toEqual({
      items: { 0: { price: 'p', quantity: '2' } },
    });
    expect(plain(tree('m%5Ba%5D=1&m%5bb%5d=2'))).toEqual({ m: { a: '1', b: '2' } });
  });

  test('decodes escapes, spaces and bare keys', () => {
    expect(plain(tree('a=b+c%20d%2B&e&f='))).toEqual({ a: 'b c d+', e: '', f: '' });
    expect(plain(tree('a=%E2%82%AC=%26'))).toEqual({ a: '€=&' });
    expect(plain(tree('&&a=1&'))).toEqual({ a: '1' });
    expect(plain(tree(''))).toEqual({});
  });

  test('starts a new element where the last one has the name already', () => {
    const items = 'i[][a]=1&i[][b]=2&i[][a]=3&i[][c][]=4&i[][c][]=5';
    expect(plain(tree(items))).toEqual({
      i: [
        { a: '1', b: '2' },
        { a: '3', c: ['4', '5'] },
      ],
    });
  });

  test('keeps the last value of a key sent twice', () => {
    expect(plain(tree('a=1&a=2&m[b]=1&m[b]=3'))).toEqual({ a: '2', m: { b: '3' } });
  });

  test('takes a key with broken brackets literally', () => {
    expect(plain(tree('a[b=1&a]c=2&[d]=3&e[f]g=4&h[i[j]]=5'))).toEqual({
      'a[b': '1',
      'a]c': '2',
      '[d]': '3',
      'e[f]g': '4',
      'h[i[j]]': '5',
    });
  });

  test('has no prototype to reach', () => {
    const parsed = tree('__proto__[polluted]=yes&constructor[prototype][polluted]=yes');
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each(['a=1&a[b]=2', 'a[b]=2&a=1', 'a[]=1&a[b]=2', 'a[0]=1&a[]=2', 'a[]=1&a=2'])(
    'refuses two shapes: %s',
    (text) => expect(message(text)).toContain('two different shapes'),
  );

  test.each(['a=%', 'a=%4', 'a=%zz', '%ff=1', 'a=%C3%28', 'a=%ED%A0%80', 'a=%00'])(
    'refuses the escape in %s',
    (text) => expect(message(text)).toContain('invalid percent-encoding'),
  );

  test('refuses what is over a limit', () => {
    expect(message(`a${'[b]'.repeat(11)}=1`)).toBe('accepted');
    expect(message(`a${'[b]'.repeat(12)}=1`)).toContain('at most 12 levels');
    expect(message('a&'.repeat(5_000))).toBe('accepted');
    expect(message('a&'.repeat(5_001))).toContain('more than 5000 parameters');
    expect(message('k'.repeat(501))).toContain('longer than 500 characters');
  });

  test('answers with a 400', () => {
    expect(parseForm('a=\0')).toMatchObject({
      ok: false,
      error: { status: 400, type: 'invalid_request_error' },
    });
    expect(parseFormBytes(Uint8Array.of(97, 61, 0xff))).toMatchObject({
      ok: false,
      error: { status: 400 },
    });
  });
});

describe('any input', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('a', 'b', '[', ']', '=', '&', '%', '+', '5', 'B', '0') }),
  );

  test('is parsed or refused, never thrown at', () => {
    fc.assert(
      fc.property(noise, (text) => {
        const result = parseForm(text);
        expect(result.ok || result.error.status === 400).toBe(true);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = parseFormBytes(bytes);
        expect(result.ok || result.error.status === 400).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('trees', () => {
  const name = fc.oneof(
    fc
      .string({ unit: 'binary', minLength: 1, maxLength: 8 })
      .filter((text) => !/[[\]\0]/.test(text)),
    fc.constantFrom('__proto__', 'constructor', 'toString', '0', 'a b', 'ü'),
  );
  const leaf = fc
    .string({ unit: 'binary', maxLength: 12 })
    .map((text) => text.replaceAll('\0', ''));
  const { node } = fc.letrec<{ node: FormValue }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(leaf, { minLength: 1, maxLength: 4 }),
      fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 4, noNullPrototype: false }),
    ),
  }));
  const root = fc.dictionary(name, node, { maxKeys: 5 }) as fc.Arbitrary<FormMap>;

  function encode(map: FormMap, indexed: boolean, encoded: boolean): string {
    const brackets = encoded ? ['%5B', '%5D'] : ['[', ']'];
    const pairs: string[] = [];
    const walk = (key: string, value: FormValue): void => {
      if (typeof value === 'string') pairs.push(`${key}=${encodeURIComponent(value)}`);
      else {
        for (const [inner, item] of Object.entries(value)) {
          const shown = Array.isArray(value) && !indexed ? '' : encodeURIComponent(inner);
          walk(`${key}${brackets[0]}${shown}${brackets[1]}`, item);
        }
      }
    };
    for (const [key, value] of Object.entries(map)) walk(encodeURIComponent(key), value);
    return pairs.join('&');
  }

  function indexedPlain(value: FormValue): unknown {
    if (typeof value === 'string') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, indexedPlain(item)]),
    );
  }

  test.each([true, false])('survive empty brackets (encoded: %s)', (encoded) => {
    fc.assert(
      fc.property(root, (map) => {
        expect(plain(tree(encode(map, false, encoded)))).toEqual(plain(map));
      }),
    );
  });

  test.each([true, false])('survive indexes (encoded: %s)', (encoded) => {
    fc.assert(
      fc.property(root, (map) => {
        expect(plain(tree(encode(map, true, encoded)))).toEqual(indexedPlain(map));
      }),
    );
  });
});
