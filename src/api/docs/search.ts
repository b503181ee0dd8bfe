import { escaped } from '../page-shell.js';
import type { Document } from './documents.js';

/** A place in the documentation: a part of a document from a heading on, an operation, an error. */
export interface SearchEntry {
  /** Its address, with the heading's anchor where it has one. */
  readonly href: string;
  /** Of the page that it is on. */
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

/** Answers a query: the places that have all of its words, the best first. */
export type Search = (query: string) => readonly SearchEntry[];

/** Longer queries are cut; nobody types more to find a heading. */
export const QUERY_CHARACTERS_MAX = 100;
const WORDS_MAX = 8;
const FOUND_MAX = 30;
/** Characters of a place's text that are shown with it, and how many of them before the word. */
const EXCERPT_CHARACTERS_MAX = 200;
const LEAD_CHARACTERS = 60;

/** What a word is worth where it is found. */
const WORTH = { headingBegins: 12, heading: 8, title: 4, text: 1 } as const;

/** The places of a document: one for each of its headings. */
export function entriesOf(document: Document): SearchEntry[] {
  const { path, title } = document;
  return document
    .rendered()
    .html.split(/(?=<h[1-6] id=")/)
    .map((part) => {
      const [head = '', level = '1', id = '', heading = ''] =
        /^<h([1-6]) id="([^"]*)">(.*?)<\/h[1-6]>/s.exec(part) ?? [];
      const href = level === '1' ? path : `${path}#${id}`;
      const text = plain(part.slice(head.length));
      return { href, title, heading: plain(heading) || title, text };
    });
}

/** The text of HTML that our own renderer has made: there every `<` begins a tag. */
function plain(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Makes the search over entries, which are in the order in which equally good ones are shown. */
export function makeSearch(entries: readonly SearchEntry[]): Search {
  const lowered = entries.map((entry) => ({
    entry,
    title: entry.title.toLowerCase(),
    heading: entry.heading.toLowerCase(),
    text: entry.text.toLowerCase(),
  }));
  return (query) => {
    const words = wordsOf(query);
    if (words.length === 0) return [];
    return lowered
      .map((one) => ({ entry: one.entry, worth: worthOf(one, words) }))
      .filter(({ worth }) => worth > 0)
      .sort((a, b) => b.worth - a.worth)
      .slice(0, FOUND_MAX)
      .map(({ entry }) => entry);
  };
}

/** The words of a query, lower-cased, as far as they are looked for. */
function wordsOf(query: string): string[] {
  const words = query.slice(0, QUERY_CHARACTERS_MAX).toLowerCase().split(/\s+/);
  return words.filter((word) => word !== '').slice(0, WORDS_MAX);
}

interface Lowered {
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

/** 0 where a word is missing. */
function worthOf({ title, heading, text }: Lowered, words: readonly string[]): number {
  let worth = 0;
  for (const word of words) {
    let own = text.includes(word) ? WORTH.text : 0;
    if (title.includes(word)) own += WORTH.title;
    if (heading.startsWith(word)) own += WORTH.headingBegins;
    else if (heading.includes(word)) own += WORTH.heading;
    if (own === 0) return 0;
    worth += own;
  }
  return worth;
}

/** The page of results, as HTML; without a query it says what can be looked for. */
export function resultsPage(query: string, search: Search): string {
  const words = wordsOf(query);
  if (words.length === 0)
    return `<h1>Search</h1>
<p>Type a word above: of a heading, a text, a method, a parameter’s page or an error code.</p>`;
  const found = search(query);
  const shown = escaped(words.join(' '));
  if (found.length === 0)
    return `<h1>Search</h1>
<p>No place has all of these words: <strong>${shown}</strong>.
Try fewer of them, or their beginnings, or look in the contents.</p>`;
  const items = found.map(({ href, title, heading, text }) => {
    const page = title === heading ? '' : ` <span class="quiet">· ${escaped(title)}</span>`;
    return `<li><a href="${escaped(href)}">${escaped(heading)}</a>${page}
<p>${excerpt(text, words)}</p></li>`;
  });
  const count = found.length === FOUND_MAX ? `The best ${FOUND_MAX} places` : places(found.length);
  return `<h1>Search</h1>
<p>${count} for <strong>${shown}</strong>.</p>
<ol class="found">${items.join('\n')}</ol>`;
}

const places = (count: number): string => (count === 1 ? '1 place' : `${count} places`);

/** The part of a text in which a word is, with all words marked. */
function excerpt(text: string, words: readonly string[]): string {
  const pattern = words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const at = text.search(new RegExp(pattern, 'iu'));
  const from = at <= LEAD_CHARACTERS ? 0 : text.indexOf(' ', at - LEAD_CHARACTERS) + 1;
  const cut = text.slice(from, from + EXCERPT_CHARACTERS_MAX);
  const isWhole = from + cut.length === text.length;
  const end = isWhole ? cut : cut.replace(/\s\S*$/, '');
  const html = end
    .split(new RegExp(`(${pattern})`, 'iu'))
    .map((part, index) => (index % 2 === 1 ? `<mark>${escaped(part)}</mark>` : escaped(part)));
  return `${from > 0 ? '… ' : ''}${html.join('')}${isWhole ? '' : ' …'}`;
}
