/** One word of a search query; `at` is the place of its first character, from 1 on. */
export interface Token {
  readonly kind: 'word' | 'text' | 'operator' | 'open' | 'close' | 'minus' | 'end';
  /** The text without its quotes and escapes, or the token as it stands. */
  readonly text: string;
  readonly at: number;
}

/** A query that is not one; its message says what and where. */
export class QueryFault extends Error {}

/** A field's name, a bare value, or a word between clauses. */
const WORD = /[A-Za-z0-9_.]+/y;
const OPERATOR = />=|<=|[:~<>]/y;
const SPACE = /\s+/y;

const SIGNS: ReadonlyMap<string, Token['kind']> = new Map([
  ['[', 'open'],
  [']', 'close'],
  ['-', 'minus'],
]);

/** Cuts a query into its tokens, the last of which is the end. Throws QueryFault. */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  const matchAt = (pattern: RegExp, at: number): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(query)?.[0] ?? null;
  };
  for (let at = 0; at < query.length; ) {
    const space = matchAt(SPACE, at);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const char = query.charAt(at);
    if (char === '"' || char === "'") {
      const { text, end } = quoted(query, at);
      tokens.push({ kind: 'text', text, at: at + 1 });
      at = end;
      continue;
    }
    const word = matchAt(WORD, at);
    const operator = matchAt(OPERATOR, at);
    const kind = SIGNS.get(char) ?? (word === null ? 'operator' : 'word');
    const text = SIGNS.has(char) ? char : (word ?? operator);
    if (text === null) throw new QueryFault(`Character ${at + 1} means nothing there.`);
    tokens.push({ kind, text, at: at + 1 });
    at += text.length;
  }
  tokens.push({ kind: 'end', text: '', at: query.length + 1 });
  return tokens;
}

/** Text in quotes; a backslash takes a quote or a backslash as it is. */
function quoted(query: string, start: number): { text: string; end: number } {
  const quote = query.charAt(start);
  let text = '';
  for (let at = start + 1; at < query.length; at += 1) {
    const char = query.charAt(at);
    if (char === quote) return { text, end: at + 1 };
    const next = query.charAt(at + 1);
    const escapes = char === '\\' && ['"', "'", '\\'].includes(next);
    text += escapes ? next : char;
    if (escapes) at += 1;
  }
  throw new QueryFault(`The quotation mark at character ${start + 1} has no end.`);
}
