import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { parseAst } from 'vitest/node';

/** A node of the syntax tree, in the ESTree form (with TypeScript's additions). */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** One file of the repository as the rules see it. */
export interface SourceFile {
  /** Path from the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The first line says so; what a program wrote is exempt from what makes code pleasant. */
  readonly generated: boolean;
  /** The syntax tree of TypeScript and JavaScript; undefined for anything else. */
  readonly program: Node | undefined;
}

const CODE = /\.(ts|tsx|mts|cts|js|mjs|cjs|jsx)$/;
const TEXT = /\.(ts|tsx|mts|cts|js|mjs|cjs|jsx|md|json|sql|css|html|svg|proto|ya?ml|sh|toml)$/;
const GENERATED = /^(\/\/|\/\*+|#|--)\s*@?generated\b/;
/** Written by npm, and by the authors of the API descriptions. */
const FOREIGN = /^(package-lock\.json|test\/openapi\/.*\.json)$/;

/** Whether a file is TypeScript or JavaScript. */
export const isCode = (path: string): boolean => CODE.test(path);

/** Whether a file holds tests. */
export const isTest = (path: string): boolean => /\.test\.[a-z]+$/.test(path);

/**
 * A source file from its path and text; code is parsed.
 * @throws SyntaxError with the path, where code does not parse
 */
export function sourceFile(path: string, text: string): SourceFile {
  const generated = GENERATED.test(text);
  if (!isCode(path)) return { path, text, generated, program: undefined };
  const lang = /\.[tj]sx$/.test(path) ? 'tsx' : 'ts';
  try {
    // A hashbang is no part of the program; commenting it out keeps every offset.
    const program = parseAst(text.replace(/^#!/, '//'), { lang }, path) as unknown as Node;
    return { path, text, generated, program };
  } catch (error) {
    throw new SyntaxError(`${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** Every text file that is in the repository or about to be: tracked, or new and not ignored. */
export function repositoryFiles(): SourceFile[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  // Deleted but not yet committed, a link to a folder: nothing to read.
  const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  const isText = (path: string) => TEXT.test(path) || !/\.[a-z0-9]+$/i.test(path);
  return [...new Set(listed.split('\0'))]
    .filter((path) => path !== '' && isText(path) && !FOREIGN.test(path) && isFile(path))
    .sort()
    .map((path) => sourceFile(path, readFileSync(path, 'utf8')));
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

/** The nodes directly below a node, in the order of the source. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) found.push(...value.filter(isNode));
    else if (isNode(value)) found.push(value);
  }
  return found;
}

/** Calls `visit` with a node and everything below it, parents first. */
export function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void): void {
  const go = (current: Node, parent: Node | undefined) => {
    visit(current, parent);
    for (const child of children(current)) go(child, current);
  };
  go(node, undefined);
}

/** Line numbers (from 1) for the offsets of one text. */
export function lineOf(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

/**
 * The comments of a code file with their offsets. Strings, templates and regular expressions are
 * blanked first, so that what looks like a comment in them is not taken for one.
 */
export function comments(file: SourceFile): { start: number; text: string }[] {
  if (file.program === undefined) return [];
  const characters = [...Array(file.text.length).keys()].map((index) => file.text.charAt(index));
  walk(file.program, (node) => {
    if (!['Literal', 'TemplateElement', 'JSXText'].includes(node.type)) return;
    for (let at = node.start; at < node.end; at += 1) {
      if (characters[at] !== '\n') characters[at] = ' ';
    }
  });
  const found = characters.join('').matchAll(/\/\/.*|\/\*[\s\S]*?\*\//g);
  return [...found].map((match) => ({ start: match.index, text: match[0] }));
}
