import { comments, isCode, lineOf, type SourceFile } from './source.js';

/** A rule: what it finds wrong in one file, one readable line each. */
export type Rule = (file: SourceFile) => string[];

/** A folder or file of this name says nothing about what is in it. */
const VAGUE = /^(utils?|helpers?|common|misc)$/i;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;

/** No file or folder is named for being nothing in particular; code files are in kebab-case. */
export const goodName: Rule = ({ path, generated }) => {
  // Named by the packages of the published contract, `code.common.v1` among them.
  if (path.startsWith('proto/') || path.startsWith('src/wire/code/proto/')) return [];
  const segments = path.split('/');
  const vague = segments.filter((segment) => VAGUE.test(segment.replace(/\..*$/, '')));
  const problems = vague.map((segment) => `${path}: '${segment}' names nothing`);
  const name = segments.at(-1) ?? '';
  if (isCode(path) && !generated && !KEBAB.test(name)) problems.push(`${path}: not in kebab-case`);
  return problems;
};

/** The rules spell out what they forbid, and so are not held to it themselves. */
const isRuleBook = (path: string): boolean => path === 'STYLE.md' || path.startsWith('test/tidy');

const FORBIDDEN: readonly { pattern: RegExp; why: string }[] = [
  { pattern: /\b(TODO|FIXME)\b/, why: 'unfinished work; finish it or leave it out' },
  { pattern: /(?<![\w.}\]])\/(work|tmp|root)\//, why: 'a path of one machine' },
  { pattern: /\b(claude|anthropic|chatgpt|openai|copilot)\b/i, why: 'a tool, not the product' },
  { pattern: /\b(ai|llm|coding|sub)[- ]?agents?\b/i, why: 'a tool, not the product' },
  { pattern: /\b(ai|llm|machine)[- ]?(generated|written)\b/i, why: 'who wrote it is no matter' },
  { pattern: /\bissue #\d?/i, why: 'a tracker that the reader may not have' },
];

/** In prose only: code has the `Agent` of an HTTP client, headers have a user agent. */
const AGENT = { pattern: /(?<!\buser[- ]|https?[- .])\bagents?\b/, why: 'a tool' };

/** No word that dates, betrays or disowns the text it stands in. */
export const noForbiddenWord: Rule = (file) => {
  if (isRuleBook(file.path) || file.generated) return [];
  const line = lineOf(file.text);
  const search = (text: string, start: number, { pattern, why }: (typeof FORBIDDEN)[number]) =>
    [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(
      (match) => `${file.path}:${line(start + match.index)}: '${match[0].trim()}' (${why})`,
    );
  const prose = file.path.endsWith('.md') ? [{ start: 0, text: file.text }] : comments(file);
  return [
    ...FORBIDDEN.flatMap((forbidden) => search(file.text, 0, forbidden)),
    ...prose.flatMap(({ start, text }) => search(text, start, AGENT)),
  ];
};

/** A document begins with its title (after front matter, if it has any). */
export const titled: Rule = ({ path, text }) => {
  if (!path.endsWith('.md')) return [];
  const body = text.replace(/^---\n[\s\S]*?\n---\n/, '').trimStart();
  return /^# \S/.test(body) ? [] : [`${path}: does not begin with a title ('# …')`];
};
