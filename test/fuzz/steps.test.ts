import { afterAll, expect, test } from 'vitest';
import { countSteps } from './steps.js';

// Before anything is imported that is to be counted.
const steps = countSteps();
afterAll(() => steps.stop());

const { cookieOf } = await import('../../src/api/admin/cookie.js');
const { parseAuthorization } = await import('../../src/api/auth.js');
const { encodingFor } = await import('../../src/api/built-assets.js');
const { makeClientAddress } = await import('../../src/api/client-address.js');
const { openEnvelope } = await import('../../src/api/code/envelope.js');
const { parseForm } = await import('../../src/api/stripe/form.js');
const { parseQuery } = await import('../../src/api/stripe/search/parse.js');
const { readCsv } = await import('../../src/cli/csv-read.js');
const { noFindings, takeValue } = await import('../../src/cli/import-plan.js');
const { parsePredicate } = await import('../../src/domain/rules-parse.js');
const { addressKind } = await import('../../src/engine/addresses.js');
const { embeddedBytes, withoutField } = await import('../../src/wire/code/raw-fields.js');
const { fromBase58 } = await import('../../src/wire/code/base58.js');
const { scrubText } = await import('../../src/logger.js');

const attempt = (work: () => unknown): void => {
  try {
    work();
  } catch {
    // Whether it is refused is not asked here.
  }
};
const cookie = (text: string) => cookieOf({ headers: { cookie: text } } as never, 'http://x');
const clientAddress = makeClientAddress(['10.0.0.0/8']);
const limitless = { form_depth_max: 1e9, form_pairs_max: 1e9, form_key_chars_max: 1e9 };

/** What the parser of forms looks at, alone and together. */
const PIECES = ['a&', '&', '=', '%', '+', 'a[', '[', ']', '[]', 'a=%41&', 'i[][a]=1&', 'a[]&', 'é'];

/** What is worst for a reader, `n` times over. */
const WORST: readonly (readonly [what: string, work: (n: number) => unknown])[] = [
  ['a form of many pairs', (n) => parseForm('a=1&'.repeat(n), limitless)],
  [
    'a form of many names',
    (n) => parseForm(Array.from({ length: n }, (_, i) => `a${1e6 + i}=`).join('&')),
  ],
  ['a form nested deep', (n) => parseForm(`a${'[b]'.repeat(n)}=1`, limitless)],
  ['a form of elements of elements', (n) => parseForm('a[][b]=1&'.repeat(n), limitless)],
  ['a form of open brackets', (n) => parseForm(`a${'['.repeat(n)}`, limitless)],
  ...PIECES.map(
    (piece) =>
      [`a form of ${piece}`, (n: number) => parseForm(`a${piece.repeat(n)}`, limitless)] as const,
  ),
  ['a query of clauses', (n) => parseQuery('a:"b" '.repeat(n))],
  ['a query of escapes', (n) => parseQuery(`a:"${'\\"'.repeat(n)}`)],
  ['a query of spaces', (n) => parseQuery(' '.repeat(n))],
  ['a rule of negations', (n) => parsePredicate('not '.repeat(n))],
  ['CSV of cells', (n) => [...readCsv('a,'.repeat(n))]],
  ['CSV of quotes', (n) => [...readCsv(`"${'""'.repeat(n)}"`)]],
  ['CSV of a quote without end', (n) => [...readCsv(`${'a\n'.repeat(n)}"`)]],
  ['imported lists', (n) => takeValue(noFindings(), JSON.parse(`[${'[],'.repeat(n)}[]]`), 'x')],
  ['cookies', (n) => cookie('a=b;'.repeat(n))],
  ['an Authorization header', (n) => parseAuthorization(`Basic ${'A'.repeat(n)}`)],
  ['an Accept-Encoding header', (n) => encodingFor(`a${' '.repeat(n)};,${'b;'.repeat(n)}`)],
  [
    'an X-Forwarded-For header',
    (n) => clientAddress?.('10.0.0.1', { 'x-forwarded-for': '10.0.0.1,'.repeat(n) }),
  ],
  ['an address', (n) => addressKind(`${'0:'.repeat(n)}1`)],
  ['base58', (n) => fromBase58('z'.repeat(n), 32)],
  ['an envelope of fields', (n) => openEnvelope(Buffer.from('220161'.repeat(n), 'hex'))],
  ['an envelope of groups', (n) => openEnvelope(Buffer.alloc(n, 0x1b))],
  ['fields that are looked for', (n) => embeddedBytes(Buffer.from('220161'.repeat(n), 'hex'), 5)],
  ['fields that are left out', (n) => withoutField(Buffer.from('220161'.repeat(n), 'hex'), 5)],
  ['a line of the log', (n) => scrubText('Bearer sk_test_x 4242424242424242 '.repeat(n))],
];

test.each(WORST)('%s takes twice the steps for twice the length', (_, work) => {
  const of = (n: number): number => steps.count(() => attempt(() => work(n)));
  // What is made once is made before it is counted.
  of(10);
  const [some, twice, more] = [of(400), of(800), of(1_600)];
  expect(some).toBeGreaterThan(0);
  // Of a square it would be 4 times as many more; what is limited grows no more at all.
  expect(more - twice).toBeLessThanOrEqual(2.2 * (twice - some) + 100);
});

test('steps that grow with the square are seen', () => {
  // A reader that looks at all rows for each row.
  const square = (n: number) =>
    steps.count(() => {
      const rows = 'a,'.repeat(n);
      for (let i = 0; i < n; i += 20) parseForm(rows.slice(0, i));
    });
  square(10);
  const [some, twice, more] = [square(400), square(800), square(1_600)];
  expect(more - twice).toBeGreaterThan(3 * (twice - some));
});
