import { readdirSync, readFileSync } from 'node:fs';
import { children, type Node, sourceFile } from '../tidy/source.js';

/** The functions outside of the audit's files whose sentences it reports. */
const ELSEWHERE = ['src/domain/intent.ts', 'src/domain/setup.ts'];

/** One way in which the audit can complain. */
export interface FaultKind {
  /** The text as it is written in the source. */
  readonly text: string;
  /** Matches whatever is said by it. */
  readonly said: RegExp;
}

/**
 * Every sentence, or part of one, that the audit's sources have: its literals of more than one
 * word, but for those of errors that are thrown. A new fault is found here by itself.
 */
export function faultKinds(): FaultKind[] {
  const own = readdirSync('src/engine').filter((name) => /^audit.*(?<!\.test)\.ts$/.test(name));
  const kinds = new Map<string, FaultKind>();
  const add = (parts: readonly string[]): void => {
    const text = parts.join('…');
    if (!/[a-z],? [a-z]/i.test(text)) return;
    const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    kinds.set(text, { text, said: new RegExp(escaped.join('[^]*')) });
  };
  for (const name of own) for (const parts of literals(parsed(`src/engine/${name}`))) add(parts);
  for (const path of ELSEWHERE)
    for (const node of children(parsed(path)))
      if (/^(intent|setup)Faults$/.test(nameOf(node)))
        for (const parts of literals(node)) add(parts);
  return [...kinds.values()];
}

function parsed(path: string): Node {
  const { program } = sourceFile(path, readFileSync(path, 'utf8'));
  if (program === undefined) throw new Error(`${path} is no code`);
  return program;
}

/** The name of the function that a statement exports. */
function nameOf({ declaration }: Node): string {
  const { id } = (declaration ?? {}) as { id?: { name?: string } };
  return id?.name ?? '';
}

/** The texts in a tree, each as the parts between what is put into it. */
function literals(node: Node): string[][] {
  if (node.type === 'ThrowStatement' || node.type === 'ImportDeclaration') return [];
  const below = children(node).flatMap(literals);
  if (node.type === 'Literal' && typeof node.value === 'string') return [[node.value], ...below];
  if (node.type !== 'TemplateLiteral') return below;
  const quasis = node.quasis as { value: { cooked: string } }[];
  return [quasis.map(({ value }) => value.cooked), ...below];
}
