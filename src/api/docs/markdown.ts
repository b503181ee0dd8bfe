import { escaped } from '../page-shell.js';

/** Leads what a document links to somewhere; null: there is nothing to lead to. */
export type Resolve = (target: string) => string | null;

/** A heading of a document, by which its parts are found. */
export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}

/** A document as HTML; nothing of it but what is made here is a tag. */
export interface Rendered {
  readonly html: string;
  /** The text of its first heading; empty where it has none. */
  readonly title: string;
  readonly headings: readonly Heading[];
}

interface Writing {
  readonly resolve: Resolve;
  readonly headings: Heading[];
  readonly html: string[];
}

/**
 * Renders the Markdown that our documents are written in: headings, paragraphs, lists, fenced code,
 * tables, pictures, links, emphasis. Anything else is text.
 */
export function renderMarkdown(text: string, resolve: Resolve): Rendered {
  const writing: Writing = { resolve, headings: [], html: [] };
  writeBlocks(text.split(/\r?\n/), writing);
  const { headings, html } = writing;
  return { html: html.join('\n'), title: headings[0]?.text ?? '', headings };
}

const FENCE = /^```(\S*)/;
const HEADING = /^(#{1,6}) +(.+?) *#*$/;
const ITEM = /^(- |\d+\. )/;
const ROW = /^\|.*\|\s*$/;
const COMMENT = /^<!--/;

/** Takes as many lines as belong together and writes them, until there are none. */
function writeBlocks(lines: readonly string[], writing: Writing): void {
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.trim() === '') at += 1;
    else if (COMMENT.test(line)) at = endOf(lines, at, (one) => one.includes('-->'));
    else if (FENCE.test(line)) at = writeCode(lines, at, writing);
    else if (HEADING.test(line)) at = writeHeading(line, at, writing);
    else if (ITEM.test(line)) at = writeList(lines, at, writing);
    else if (ROW.test(line)) at = writeTable(lines, at, writing);
    else at = writeParagraph(lines, at, writing);
  }
}

/** The line after the first one, from `at` on, that ends what began; all where none does. */
function endOf(lines: readonly string[], at: number, ends: (line: string) => boolean): number {
  const found = lines.findIndex((line, index) => index >= at && ends(line));
  return found === -1 ? lines.length : found + 1;
}

function writeCode(lines: readonly string[], at: number, { html }: Writing): number {
  const end = endOf(lines, at + 1, (line) => line.startsWith('```'));
  const closed = lines[end - 1]?.startsWith('```') === true && end - 1 > at;
  const code = lines.slice(at + 1, closed ? end - 1 : end).join('\n');
  html.push(codeBlock(code));
  return end;
}

/** Code, in a box that scrolls; the keyboard can only scroll what takes focus. */
export function codeBlock(text: string): string {
  return `<pre tabindex="0"><code>${escaped(text)}</code></pre>`;
}

function writeHeading(line: string, at: number, writing: Writing): number {
  const [, marks = '', text = ''] = HEADING.exec(line) ?? [];
  const level = marks.length;
  const plain = plainText(text);
  const id = uniqueId(slugOf(plain), writing.headings);
  writing.headings.push({ level, id, text: plain });
  writing.html.push(`<h${level} id="${id}">${inline(text, writing.resolve)}</h${level}>`);
  return at + 1;
}

/** As the forges make them, so that links work here and there. */
function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

function uniqueId(slug: string, headings: readonly Heading[]): string {
  const isTaken = (id: string): boolean => headings.some((heading) => heading.id === id);
  if (!isTaken(slug)) return slug;
  const free = headings.findIndex((_, index) => !isTaken(`${slug}-${index + 1}`));
  return `${slug}-${free === -1 ? headings.length + 1 : free + 1}`;
}

/** Lines of a list: those that begin an item, those indented below one, and blanks between. */
function writeList(lines: readonly string[], at: number, writing: Writing): number {
  const items: string[][] = [];
  let end = at;
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? '';
    if (ITEM.test(line)) items.push([line.replace(ITEM, '')]);
    else if (line.startsWith('  ') || (line === '' && /^ {2}/.test(lines[end + 1] ?? '')))
      items.at(-1)?.push(line.replace(/^ {2,3}/, ''));
    else break;
  }
  const tag = /^\d/.test(lines[at] ?? '') ? 'ol' : 'ul';
  writing.html.push(`<${tag}>`);
  for (const item of items) {
    const inner: Writing = { ...writing, html: [] };
    writeBlocks(item, inner);
    // One paragraph alone needs no frame of its own.
    const [only = '', ...more] = inner.html;
    const isPlain = more.length === 0 && only.startsWith('<p>');
    const html = isPlain ? only.slice(3, -4) : inner.html.join('\n');
    writing.html.push(`<li>${html}</li>`);
  }
  writing.html.push(`</${tag}>`);
  return end;
}

function cellsOf(line: string): string[] {
  const inner = line.trim().slice(1, -1);
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

const RULE = /^\|(\s*:?-+:?\s*\|)+\s*$/;

function writeTable(lines: readonly string[], at: number, { html, resolve }: Writing): number {
  const found = lines.findIndex((line, index) => index >= at && !ROW.test(line));
  const end = found === -1 ? lines.length : found;
  const [head = '', rule = '', ...rest] = lines.slice(at, end);
  const hasHead = RULE.test(rule);
  const sides = hasHead ? cellsOf(rule).map((cell) => cell.endsWith('-:')) : [];
  const row = (line: string, tag: 'th' | 'td'): string => {
    const cells = cellsOf(line).map((cell, index) => {
      const attributes = sides[index] === true ? ' class="number"' : '';
      return `<${tag}${attributes}>${inline(cell, resolve)}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  };
  const body = hasHead ? rest : lines.slice(at, end);
  html.push(
    tableBox(
      `${hasHead ? `<thead>${row(head, 'th')}</thead>` : ''}` +
        `<tbody>${body.map((line) => row(line, 'td')).join('\n')}</tbody>`,
    ),
  );
  return end;
}

/** A table, in a box that scrolls where the page is narrow. */
export function tableBox(rows: string): string {
  return `<div class="wide" tabindex="0"><table>${rows}</table></div>`;
}

function writeParagraph(lines: readonly string[], at: number, { html, resolve }: Writing): number {
  const begins = (line: string): boolean =>
    [FENCE, HEADING, ITEM, ROW, COMMENT].some((pattern) => pattern.test(line));
  let end = at + 1;
  while (end < lines.length && lines[end]?.trim() !== '' && !begins(lines[end] ?? '')) end += 1;
  html.push(`<p>${inline(lines.slice(at, end).join('\n'), resolve)}</p>`);
  return end;
}

const INLINE = new RegExp(
  [
    /(?<ticks>`+)(?<code>.+?)\k<ticks>/,
    /!\[(?<alt>[^\]]*)\]\((?<picture>[^)\s]+)\)/,
    /\[(?<label>(?:`[^`]*`|[^\][])*)\]\((?<target>[^)\s]+)\)/,
    /<(?<address>https?:\/\/[^>\s]+)>/,
    /<img (?<attributes>[^<>]*)>/,
    /<!--.*?-->/,
    /\*\*(?<strong>.+?)\*\*/,
    /(?<![\w*])\*(?<emphasis>[^*\s][^*]*)\*/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gs',
);

/** A line's text with its code, links, pictures and emphasis. */
function inline(text: string, resolve: Resolve): string {
  let html = '';
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    html += escaped(text.slice(from, match.index)) + token(match.groups ?? {}, resolve);
    from = match.index + match[0].length;
  }
  return html + escaped(text.slice(from));
}

type Groups = Readonly<Record<string, string | undefined>>;

function token(groups: Groups, resolve: Resolve): string {
  const { code, alt, picture, label, target, address, attributes, strong, emphasis } = groups;
  if (code !== undefined) return `<code>${escaped(code)}</code>`;
  if (picture !== undefined) return image(resolve(picture), alt ?? '', null);
  if (label !== undefined) return link(resolve(target ?? ''), inline(label, resolve));
  if (address !== undefined) return link(address, escaped(address));
  if (attributes !== undefined) return imageOf(attributes, resolve);
  if (strong !== undefined) return `<strong>${inline(strong, resolve)}</strong>`;
  return emphasis === undefined ? '' : `<em>${inline(emphasis, resolve)}</em>`;
}

function link(target: string | null, html: string): string {
  return target === null ? html : `<a href="${escaped(target)}">${html}</a>`;
}

function image(source: string | null, alt: string, width: string | null): string {
  if (source === null) return escaped(alt);
  const size = width === null ? '' : ` width="${escaped(width)}"`;
  return `<img src="${escaped(source)}" alt="${escaped(alt)}"${size} loading="lazy">`;
}

/** A picture that was written as a tag, for its width: of its attributes three are taken. */
function imageOf(attributes: string, resolve: Resolve): string {
  const attribute = (name: string): string | null =>
    new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? null;
  return image(resolve(attribute('src') ?? ''), attribute('alt') ?? '', attribute('width'));
}

function plainText(text: string): string {
  return text.replaceAll(/`|\*\*/g, '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}
