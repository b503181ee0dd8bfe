import { QueryFault, type Token, tokensOf } from './tokens.js';

export type Operator = ':' | '~' | '>' | '<' | '>=' | '<=';

/** A value as it was written; what it may be is its field's to say. */
export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bare'; readonly text: string }
  | { readonly kind: 'null' };

export interface Clause {
  readonly negated: boolean;
  /** Dots included, such as `billing_details.address.postal_code`. */
  readonly field: string;
  /** Of `metadata["key"]`. */
  readonly key: string | null;
  readonly operator: Operator;
  readonly value: Value;
}

/** A query as a tree of two levels, which is all that the language has. */
export interface QueryTree {
  readonly join: 'and' | 'or';
  readonly clauses: readonly Clause[];
}

export const QUERY_CLAUSES_MAX = 10;

const FORMAT =
  'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to ' +
  'query for metadata or key:"value" to query for other fields.';

const MIXED =
  'You cannot combine `AND` and `OR` in one search query. Clauses that are separated by a space ' +
  'are combined with `AND`.';

/** Reads a query. What is wrong with it is a value, and nothing is ever thrown. */
export function parseQuery(query: string): { tree: QueryTree } | { fault: string } {
  try {
    return { tree: treeOf(tokensOf(query)) };
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    return { fault: error.message === MIXED ? MIXED : `${FORMAT} ${error.message}` };
  }
}

function treeOf(tokens: readonly Token[]): QueryTree {
  const clauses: Clause[] = [];
  let place = 0;
  let join: QueryTree['join'] | null = null;
  for (;;) {
    const { clause, next } = clauseAt(tokens, place);
    clauses.push(clause);
    if (clauses.length > QUERY_CLAUSES_MAX)
      throw new QueryFault(`A query has at most ${QUERY_CLAUSES_MAX} clauses.`);
    const token = tokenAt(tokens, next);
    if (token.kind === 'end') return { join: join ?? 'and', clauses };
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    const isJoin =
      (word === 'and' || word === 'or') && tokenAt(tokens, next + 1).kind !== 'operator';
    const asked = isJoin && word === 'or' ? 'or' : 'and';
    if (join !== null && join !== asked) throw new QueryFault(MIXED);
    join = asked;
    place = isJoin ? next + 1 : next;
  }
}

function tokenAt(tokens: readonly Token[], place: number): Token {
  return tokens[place] ?? { kind: 'end', text: '', at: 1 };
}

function demand(token: Token, kind: Token['kind'], what: string): Token {
  if (token.kind === kind) return token;
  const found = token.kind === 'end' ? 'the end of the query' : `character ${token.at}`;
  throw new QueryFault(`At ${found} there should be ${what}.`);
}

function clauseAt(tokens: readonly Token[], start: number): { clause: Clause; next: number } {
  let place = start;
  const take = (): Token => tokenAt(tokens, place++);
  const negated = tokenAt(tokens, place).kind === 'minus';
  if (negated) place += 1;
  const field = demand(take(), 'word', 'the name of a field').text;
  let key: string | null = null;
  if (tokenAt(tokens, place).kind === 'open') {
    place += 1;
    key = demand(take(), 'text', 'a key in quotation marks').text;
    demand(take(), 'close', 'a closing bracket');
  }
  const operator = demand(take(), 'operator', 'one of : ~ > < >= <=').text as Operator;
  const value = valueAt(take, operator);
  return { clause: { negated, field, key, operator, value }, next: place };
}

function valueAt(take: () => Token, operator: Operator): Value {
  const token = take();
  if (token.kind === 'text') return { kind: 'text', text: token.text };
  if (token.kind === 'minus') {
    const { text } = demand(take(), 'word', 'a number');
    return { kind: 'bare', text: `-${text}` };
  }
  const { text } = demand(token, 'word', 'a value');
  if (text.toLowerCase() !== 'null') return { kind: 'bare', text };
  if (operator !== ':') throw new QueryFault('`null` can only be compared with `:`.');
  return { kind: 'null' };
}
