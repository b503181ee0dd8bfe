import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Clause, parseQuery, QUERY_CLAUSES_MAX } from './parse.js';

const PLAIN = { negated: false, key: null, operator: ':' } as const;

function clausesOf(query: string): readonly Clause[] {
  const parsed = parseQuery(query);
  if ('fault' in parsed) throw new Error(parsed.fault);
  return parsed.tree.clauses;
}

function joinOf(query: string): string {
  const parsed = parseQuery(query);
  return 'fault' in parsed ? parsed.fault : `${parsed.tree.join} of ${parsed.tree.clauses.length}`;
}

describe('one clause', () => {
  const CASES: [string, Partial<Clause>][] = [
    [`email:"a@b.co"`, { field: 'email', value: { kind: 'text', text: 'a@b.co' } }],
    [`email:'a@b.co'`, { field: 'email', value: { kind: 'text', text: 'a@b.co' } }],
    ['amount:100', { field: 'amount', value: { kind: 'bare', text: '100' } }],
    ['amount:-5', { field: 'amount', value: { kind: 'bare', text: '-5' } }],
    ['amount>=5', { field: 'amount', operator: '>=', value: { kind: 'bare', text: '5' } }],
    ['amount <= 5', { field: 'amount', operator: '<=', value: { kind: 'bare', text: '5' } }],
    ['name~"abc"', { field: 'name', operator: '~', value: { kind: 'text', text: 'abc' } }],
    ['-status:"x"', { negated: true, field: 'status', value: { kind: 'text', text: 'x' } }],
    ['customer:NULL', { field: 'customer', value: { kind: 'null' } }],
    [`metadata["a b"]:'c'`, { field: 'metadata', key: 'a b', value: { kind: 'text', text: 'c' } }],
    [
      'billing_details.address.postal_code:"1"',
      { field: 'billing_details.address.postal_code', value: { kind: 'text', text: '1' } },
    ],
    [
      'name:"say \\"hi\\" \\\\ \\n"',
      { field: 'name', value: { kind: 'text', text: 'say "hi" \\ \\n' } },
    ],
    [`name:"it's"`, { field: 'name', value: { kind: 'text', text: "it's" } }],
    ['name:"-a:b AND"', { field: 'name', value: { kind: 'text', text: '-a:b AND' } }],
  ];

  test.each(CASES)('%s', (query, expected) => {
    expect(clausesOf(query)).toEqual([{ ...PLAIN, ...expected }]);
  });
});

describe('several clauses', () => {
  test.each([
    ['a:1 AND b:2', 'and of 2'],
    ['a:1 and b:2 AND c:3', 'and of 3'],
    ['a:1 b:2 AND c:3', 'and of 3'],
    ['a:1 OR b:2 or c:3', 'or of 3'],
    ['a:1 -b:2', 'and of 2'],
    ['and:1 or:2', 'and of 2'],
    [Array(QUERY_CLAUSES_MAX).fill('a:1').join(' '), `and of ${QUERY_CLAUSES_MAX}`],
  ])('%s', (query, expected) => {
    expect(joinOf(query)).toBe(expected);
  });

  test.each(['a:1 AND b:2 OR c:3', 'a:1 OR b:2 c:3', 'a:1 b:2 OR c:3'])('%s is mixed', (query) => {
    expect(joinOf(query)).toMatch(/^You cannot combine `AND` and `OR` in one search query\./);
  });
});

describe('what is no query', () => {
  test.each([
    ['', 'At the end of the query there should be the name of a field.'],
    ['asdf', 'At the end of the query there should be one of : ~ > < >= <=.'],
    ['a:', 'At the end of the query there should be a value.'],
    ['a:1 AND', 'At the end of the query there should be the name of a field.'],
    ['AND a:1', 'At character 5 there should be one of : ~ > < >= <=.'],
    ['a:"b', 'The quotation mark at character 3 has no end.'],
    ['(a:1)', 'Character 1 means nothing there.'],
    ['a:-', 'At the end of the query there should be a number.'],
    ['metadata[k]:"v"', 'At character 10 there should be a key in quotation marks.'],
    ['metadata["k":"v"', 'At character 13 there should be a closing bracket.'],
    ['a>null', '`null` can only be compared with `:`.'],
    ['a::1', 'At character 3 there should be a value.'],
    [
      Array(QUERY_CLAUSES_MAX + 1)
        .fill('a:1')
        .join(' '),
      `A query has at most ${QUERY_CLAUSES_MAX} clauses.`,
    ],
  ])('%s', (query, why) => {
    expect(parseQuery(query)).toEqual({
      fault:
        'We were unable to parse your search query. Try using the format ' +
        '`metadata["key"]:"value"` to query for metadata or key:"value" to query for other ' +
        `fields. ${why}`,
    });
  });
});

test('whatever is sent, it is a tree or a fault', () => {
  const word = fc.constantFrom(
    ...['metadata', '[', ']', '"', "'", '\\', ':', '~', '>', '>=', '-', ' ', 'AND', 'or', 'null'],
    ...['amount', '1', '"v"', "'k'", '\0', '\ud800', '💸', '('],
  );
  const query = fc.oneof(
    fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  fc.assert(
    fc.property(query, (text) => {
      const parsed = parseQuery(text);
      if ('fault' in parsed) expect(parsed.fault).toMatch(/^(We were unable|You cannot)/);
      else expect(parsed.tree.clauses.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test('a text in quotes is read as it was written, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const escaped = text.replaceAll(/[\\"']/g, (char) => `\\${char}`);
      expect(clausesOf(`metadata["${escaped}"]:'${escaped}'`)).toMatchObject([
        { key: text, value: { kind: 'text', text } },
      ]);
    }),
  );
});
