import { describe, expect, test } from 'vitest';
import { entriesOf, makeSearch, resultsPage, type SearchEntry } from './search.js';

const entry = (heading: string, text: string, title = 'A page'): SearchEntry => ({
  href: `/docs/${heading.toLowerCase()}`,
  title,
  heading,
  text,
});

const search = makeSearch([
  entry('Limits', 'A refund of a payment has none.'),
  entry('Refunds', 'Money goes back.'),
  entry('How to refund', 'By an API.'),
  entry('Time', 'Holds end, and a refund arrives.', 'Refund'),
]);
const headings = (query: string): string[] => search(query).map(({ heading }) => heading);

describe('search', () => {
  test('puts headings before titles, and titles before texts', () => {
    expect(headings('refund')).toEqual(['Refunds', 'How to refund', 'Time', 'Limits']);
  });

  test('wants all words, in any place and case', () => {
    expect(headings('REFUND   holds')).toEqual(['Time']);
    expect(headings('refund nothing')).toEqual([]);
    expect(headings(' \t ')).toEqual([]);
  });

  test('reads a hundred characters of a query and shows thirty places', () => {
    expect(headings(`refund ${' '.repeat(93)}nothing`)).toHaveLength(4);
    const many = Array.from({ length: 40 }, (_, i) => entry(`Part ${i}`, 'word'));
    expect(makeSearch(many)('word')).toHaveLength(30);
  });
});

describe('the places of a document', () => {
  test('are its headings with their text', () => {
    const html =
      '<h1 id="a">A &amp; B</h1>\n<p>One <code>&lt;two&gt;</code></p>\n' +
      '<h2 id="c-1">C</h2>\n<p>Three</p>';
    const document = {
      path: '/docs/a',
      section: '',
      title: 'A & B',
      rendered: () => ({ html, title: 'A & B', headings: [] }),
    };
    expect(entriesOf(document)).toEqual([
      { href: '/docs/a', title: 'A & B', heading: 'A & B', text: 'One <two>' },
      { href: '/docs/a#c-1', title: 'A & B', heading: 'C', text: 'Three' },
    ]);
  });
});

describe('the page of results', () => {
  test('shows where a word is, and nothing of a query as a tag', () => {
    const text = `${'before '.repeat(30)}the <b>needle</b> ${'after '.repeat(60)}`;
    const found = makeSearch([entry('Hay', text)]);
    const html = resultsPage('<b>Needle', found);
    expect(html).toContain('1 place for <strong>&lt;b&gt;needle</strong>');
    expect(html).toMatch(/<p>… before .*<mark>&lt;b&gt;needle<\/mark>&lt;\/b&gt; after .* …<\/p>/);
  });

  test('takes what means something to a pattern as text', () => {
    const found = makeSearch([entry('Sum', 'a+b (c) [d] \\ $& costs')]);
    expect(resultsPage('a+b (c) [d] \\ $&', found)).toContain('<mark>a+b</mark>');
    expect(resultsPage('a.b', found)).toContain('No place has all of these words');
  });

  test('says what to do where nothing is found or asked', () => {
    expect(resultsPage('x', search)).toContain('Try fewer of them');
    expect(resultsPage('', search)).toContain('Type a word');
  });
});
