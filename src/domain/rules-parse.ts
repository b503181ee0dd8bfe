import { COMPARISONS, isCount, type Predicate, RULE_ATTRIBUTES, type Subject } from './rules.js';
import { TALLY_TRIES_MAX } from './tally.js';

/** A rule's condition is a line, not a program. */
export const PREDICATE_CHARS_MAX = 500;

/** How deep brackets and `not` may stand in each other: reading calls itself. */
export const PREDICATE_DEPTH_MAX = 10;

/** A number that any amount fits; longer ones could not be typed on purpose. */
const NUMBER_CHARS_MAX = 15;

/** Comparisons of one condition: it is kept as data in a row that every command reads. */
export const PREDICATE_COMPARISONS_MAX = 20;

type TokenKind = 'metadata' | 'attribute' | 'text' | 'number' | 'word' | 'sign' | 'end';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Place in the text, from 1. */
  readonly at: number;
}

/** What the text is made of. Each kind begins with other characters than the rest. */
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['metadata', /::metadata\[([^\]]{1,40})\]::/y],
  ['attribute', /:(\w{1,40}):/y],
  ['text', /'([^']*)'/y],
  ['text', /"([^"]*)"/y],
  ['number', /(\d+)/y],
  ['word', /([a-z]+)/y],
  ['sign', /(!=|<=|>=|[=<>(),])/y],
];

class Fault extends Error {}

/** What a subject is compared with. */
type Taken = 'amount' | 'count' | 'text';

function takenBy(subject: Subject): Taken {
  if (!('attribute' in subject)) return 'text';
  if (isCount(subject.attribute)) return 'count';
  return subject.attribute === 'amount' ? 'amount' : 'text';
}

/** Reads a rule's condition; the fault is a sentence that says what is wrong, and where. */
export function parsePredicate(text: string): { predicate: Predicate } | { fault: string } {
  if (text.length > PREDICATE_CHARS_MAX)
    return { fault: `The predicate is longer than ${PREDICATE_CHARS_MAX} characters.` };
  try {
    const reader = new Reader(tokensOf(text));
    const predicate = reader.either(0);
    reader.demandEnd();
    return { predicate };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message };
    throw error;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  let next = 0;
  while (next < end) {
    const at = next + text.slice(next).search(/\S/);
    const found = tokenAt(text, at);
    if (found === null)
      throw new Fault(`The predicate cannot be read from character ${at + 1} on.`);
    tokens.push({ kind: found.kind, text: found.text, at: at + 1 });
    next = found.end;
  }
  return [...tokens, { kind: 'end', text: '', at: end + 1 }];
}

function tokenAt(text: string, at: number): (Omit<Token, 'at'> & { end: number }) | null {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const [, inner] = pattern.exec(text) ?? [];
    if (inner !== undefined) return { kind, text: inner, end: pattern.lastIndex };
  }
  return null;
}

/** Reads tokens by the grammar, each once: `or` binds less than `and`, `and` less than `not`. */
class Reader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #comparisons = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  either(depth: number): Predicate {
    const of = [this.#both(depth)];
    while (this.#takes('word', 'or')) of.push(this.#both(depth));
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'or', of };
  }

  demandEnd(): void {
    if (this.#peek().kind !== 'end') this.#wants("'and', 'or' or the end");
  }

  #both(depth: number): Predicate {
    const of = [this.#one(depth)];
    while (this.#takes('word', 'and')) of.push(this.#one(depth));
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'and', of };
  }

  #one(depth: number): Predicate {
    if (depth > PREDICATE_DEPTH_MAX)
      throw new Fault(`The predicate is nested deeper than ${PREDICATE_DEPTH_MAX} levels.`);
    if (this.#takes('word', 'not')) return { kind: 'not', of: this.#one(depth + 1) };
    if (!this.#takes('sign', '(')) return this.#comparison();
    const inner = this.either(depth + 1);
    if (!this.#takes('sign', ')')) this.#wants("')'");
    return inner;
  }

  #comparison(): Predicate {
    this.#comparisons += 1;
    if (this.#comparisons > PREDICATE_COMPARISONS_MAX)
      throw new Fault(`The predicate has more than ${PREDICATE_COMPARISONS_MAX} comparisons.`);
    const subject = this.#subject();
    const takes = takenBy(subject);
    if (this.#takes('word', 'in')) return { kind: 'in', subject, values: this.#values(takes) };
    const { kind, text } = this.#peek();
    const comparison = COMPARISONS.find((sign) => kind === 'sign' && sign === text);
    if (comparison === undefined) return this.#wants("a comparison or 'in'");
    if (takes === 'text' && comparison !== '=' && comparison !== '!=')
      this.#wants("'=' or '!=' (only :amount: and counts have an order)");
    this.#next += 1;
    return { kind: 'compare', subject, comparison, value: this.#value(takes) };
  }

  #subject(): Subject {
    const { kind, text } = this.#peek();
    if (kind === 'metadata') {
      this.#next += 1;
      return { metadata: text };
    }
    const attribute = RULE_ATTRIBUTES.find((name) => kind === 'attribute' && name === text);
    if (attribute === undefined)
      return this.#wants(
        `::metadata[…]:: or one of ${RULE_ATTRIBUTES.map((name) => `:${name}:`).join(', ')}`,
      );
    this.#next += 1;
    return { attribute };
  }

  #values(takes: Taken): string[] {
    if (!this.#takes('sign', '(')) this.#wants("'('");
    const values = [this.#value(takes)];
    while (this.#takes('sign', ',')) values.push(this.#value(takes));
    if (!this.#takes('sign', ')')) this.#wants("',' or ')'");
    return values;
  }

  /** Amounts and counts are compared with a number, everything else with a text. */
  #value(takes: Taken): string {
    const { kind, text } = this.#peek();
    const isNumber = kind === 'number' && text.length <= NUMBER_CHARS_MAX;
    if (takes === 'amount' && !isNumber)
      this.#wants(`a whole number of minor units, up to ${NUMBER_CHARS_MAX} digits`);
    if (takes === 'count' && !(isNumber && Number(text) <= TALLY_TRIES_MAX))
      this.#wants(`a whole number, up to ${TALLY_TRIES_MAX}`);
    if (takes === 'text' && kind !== 'text') this.#wants('a text in quotes');
    this.#next += 1;
    return takes === 'text' ? text : BigInt(text).toString();
  }

  #peek(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Error('read beyond the end');
    return token;
  }

  #takes(kind: TokenKind, text: string): boolean {
    const token = this.#peek();
    if (token.kind !== kind || token.text !== text) return false;
    this.#next += 1;
    return true;
  }

  #wants(what: string): never {
    throw new Fault(`The predicate should have ${what} at character ${this.#peek().at}.`);
  }
}
