/**
 * Which regular expressions can take time that grows faster than their input, by their shape. V8
 * tries every way to match, so two parts that can share the same characters, or a start that can be
 * tried at every place of a long run, cost the square of its length; repetitions within repetitions
 * can cost more than any power.
 */

/** A part of a pattern: characters, or a group of alternatives, how often it may come. */
interface Part {
  /** Of the characters that are tried, those that it can begin, hold or end with. */
  readonly chars: ReadonlySet<string>;
  readonly min: number;
  readonly endless: boolean;
  readonly alternatives: readonly (readonly Part[])[] | null;
  /** `^` or `$`, which hold nothing. */
  readonly edge: '^' | '$' | null;
}

/** What is tried: all of ASCII, and one of each other kind that patterns here tell apart. */
const TRIED = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  'é',
  '中',
  '\u2028',
];
const ESCAPE = /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|k<\w+>|.)/.source;
const ATOM = new RegExp(`${ESCAPE}|\\[(?:\\\\.|[^\\]\\\\])*\\]|[^\\\\[]`, 'suy');
const QUANTIFIER = /(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y;
const OPENS = /\((?:\?(?:[:=!]|<[=!]|<\w+>))?/y;

/** Why an expression may be slow; null where its shape makes it linear. */
export function slowShape(pattern: string, flags: string): string | null {
  const top = new Reader(pattern, flags).alternatives();
  for (const path of top.flatMap(pathsOf)) {
    const fault = nestedFault(path) ?? adjacentFault(path) ?? startFault(path, flags);
    if (fault !== null) return fault;
  }
  return null;
}

/** Reads a pattern that the language itself has taken. */
class Reader {
  readonly #pattern: string;
  readonly #flags: string;
  #at = 0;

  constructor(pattern: string, flags: string) {
    this.#pattern = pattern;
    this.#flags = flags.replace(/[gy]/g, '');
  }

  alternatives(): Part[][] {
    const all: Part[][] = [[]];
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== ')') {
      if (this.#takes('|')) all.push([]);
      else all.at(-1)?.push(this.#part());
    }
    return all;
  }

  #takes(text: string): boolean {
    if (!this.#pattern.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#pattern);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  #part(): Part {
    for (const edge of ['^', '$'] as const) if (this.#takes(edge)) return { ...NOTHING, edge };
    const opened = this.#match(OPENS);
    if (opened === null) return this.#counted(this.#atom());
    const alternatives = this.alternatives();
    this.#takes(')');
    // What was passed is not passed again.
    if (opened[0].startsWith('(?<=') || opened[0].startsWith('(?<!')) return NOTHING;
    const chars = new Set(alternatives.flat().flatMap((part) => [...part.chars]));
    return this.#counted({ ...NOTHING, chars, alternatives, min: 1 });
  }

  #atom(): Part {
    const [atom = ''] = this.#match(ATOM) ?? [];
    if (/^\\[bB1-9k]/.test(atom)) return NOTHING;
    return { ...NOTHING, chars: charsOf(atom, this.#flags), min: 1 };
  }

  #counted(part: Part): Part {
    const [found, from, comma, to] = this.#match(QUANTIFIER) ?? [];
    if (found === undefined) return part;
    const isNone = found.startsWith('*') || found.startsWith('?') || from === '0';
    const endless = /^[*+]/.test(found) || (comma === ',' && to === '');
    return { ...part, min: isNone ? 0 : part.min, endless };
  }
}

const CHARS = new Map<string, ReadonlySet<string>>();

/** Which of the characters that are tried an atom takes. */
function charsOf(atom: string, flags: string): ReadonlySet<string> {
  const key = `${flags} ${atom}`;
  const known = CHARS.get(key);
  if (known !== undefined) return known;
  const own = new RegExp(`^(?:${atom})$`, flags);
  const chars = new Set(TRIED.filter((each) => own.test(each)));
  CHARS.set(key, chars);
  return chars;
}

const NOTHING: Part = { chars: new Set(), min: 0, endless: false, alternatives: null, edge: null };

const PATHS_MAX = 200;

/** The ways through a pattern, each a row of parts; endless groups stay whole. */
function pathsOf(parts: readonly Part[]): Part[][] {
  let paths: Part[][] = [[]];
  for (const part of parts) {
    const inner =
      part.alternatives === null || part.endless ? [[part]] : part.alternatives.flatMap(pathsOf);
    const ways = part.min === 0 && part.alternatives !== null ? [...inner, []] : inner;
    paths = paths.flatMap((path) => ways.map((way) => [...path, ...way])).slice(0, PATHS_MAX);
  }
  return paths;
}

const shares = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  [...one].some((each) => other.has(each));
const mayPass = (part: Part, chars: ReadonlySet<string>): boolean =>
  part.min === 0 || shares(part.chars, chars);
const canFail = (parts: readonly Part[]): boolean =>
  parts.some((part) => part.min > 0 || part.edge === '$');

/** An endless group with something endless in it, and nothing that tells its turns apart. */
function nestedFault(path: readonly Part[]): string | null {
  for (const group of path.filter(
    ({ endless, alternatives }) => endless && alternatives !== null,
  )) {
    const turns = (group.alternatives ?? []).flatMap(pathsOf);
    for (const turn of turns) {
      const inner = turn.filter(({ endless }) => endless);
      const isTold = turn.some(
        (part) => part.min > 0 && inner.every(({ chars }) => !shares(part.chars, chars)),
      );
      if (inner.length > 0 && !isTold) return 'repeats what repeats itself';
      const fault = nestedFault(turn);
      if (fault !== null) return fault;
    }
    const begins = turns.map((turn) => turn.find(({ min }) => min > 0)?.chars ?? new Set<string>());
    if (begins.some((one, i) => begins.slice(i + 1).some((other) => shares(one, other))))
      return 'repeats alternatives that begin alike';
  }
  return null;
}

/** Two endless parts that can share characters, and something behind them that can fail. */
function adjacentFault(path: readonly Part[]): string | null {
  for (const [i, first] of path.entries()) {
    if (!first.endless) continue;
    for (const [j, second] of path.entries()) {
      if (j <= i || !second.endless || !shares(first.chars, second.chars)) continue;
      const both = new Set([...first.chars].filter((each) => second.chars.has(each)));
      const between = path.slice(i + 1, j);
      if (between.every((part) => mayPass(part, both)) && canFail(path.slice(j + 1)))
        return 'has two endless parts that share characters';
    }
  }
  return null;
}

/** An endless part that can be begun at every place of a long run, and then fail. */
function startFault(path: readonly Part[], flags: string): string | null {
  if (flags.includes('y') || path.some(({ edge }) => edge === '^')) return null;
  for (const [i, part] of path.entries())
    if (
      part.endless &&
      path.slice(0, i).every((before) => mayPass(before, part.chars)) &&
      canFail(path.slice(i + 1))
    )
      return 'can begin anywhere in a run that it then gives up';
  return null;
}
