import { posix } from 'node:path';
import { lineOf, type Node, type SourceFile, walk } from './source.js';

/** One import of one file: of another file of the repository, or of a package. */
export interface Import {
  readonly from: string;
  readonly line: number;
  /** A path in the repository, or the name of a package as written (`pg`, `node:fs`). */
  readonly to: string;
  readonly isFile: boolean;
  /** Erased by the compiler: `import type`, `export type … from`, `import('…')` in a type. */
  readonly typeOnly: boolean;
}

/** All imports of some files. A relative import of a file that is not among them keeps its path. */
export function importsOf(files: readonly SourceFile[]): Import[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap((file) => {
    const line = lineOf(file.text);
    return specifiersOf(file).map(({ specifier, typeOnly, start }) => ({
      from: file.path,
      line: line(start),
      typeOnly,
      ...resolve(file.path, specifier, paths),
    }));
  });
}

interface Specifier {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly start: number;
}

function specifiersOf({ program }: SourceFile): Specifier[] {
  const found: Specifier[] = [];
  if (program === undefined) return found;
  const add = (node: Node, source: unknown, typeOnly: boolean) => {
    const value = (source as Node | null | undefined)?.value;
    if (typeof value === 'string') found.push({ specifier: value, typeOnly, start: node.start });
  };
  walk(program, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
        return add(node, node.source, node.importKind === 'type');
      case 'ExportNamedDeclaration':
      case 'ExportAllDeclaration':
        return add(node, node.source, node.exportKind === 'type');
      case 'ImportExpression':
        return add(node, node.source, false);
      case 'TSImportType':
        return add(node, node.source ?? (node.argument as Node)?.literal ?? node.argument, true);
    }
  });
  return found;
}

function resolve(from: string, specifier: string, paths: ReadonlySet<string>) {
  if (!specifier.startsWith('.')) return { to: specifier, isFile: false };
  const path = posix.join(posix.dirname(from), specifier.replace(/\?.*$/, ''));
  const stem = path.replace(/\.([mc]?)js(x?)$/, '.$1ts$2');
  const candidates = [stem, stem.replace(/\.ts$/, '.tsx'), path, `${path}.ts`];
  return { to: candidates.find((candidate) => paths.has(candidate)) ?? path, isFile: true };
}

/**
 * Cycles of imports that exist when the program runs (type-only imports are erased).
 * @returns one line per cycle: `a.ts → b.ts → a.ts`
 */
export function cyclesOf(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, isFile, typeOnly } of imports) {
    if (isFile && !typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const path: string[] = [];
  const cycles: string[] = [];
  const visit = (file: string) => {
    const at = path.indexOf(file);
    if (at !== -1) {
      cycles.push([...path.slice(at), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const target of new Set(next.get(file))) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of [...next.keys()].sort()) visit(file);
  return cycles;
}
