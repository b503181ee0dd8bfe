import type { Rule } from './names.js';
import { children, isCode, isTest, lineOf, type Node, type SourceFile, walk } from './source.js';

const LINE_COLUMNS_MAX = 100;
const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 500;

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];

/** What no formatter can break: the import of one name from a long path. */
const ONE_IMPORT = /^import (type )?\{ [\w$]+ \} from '[^']+';$/;

/** Lines of code fit beside each other on a screen. */
export const shortLines: Rule = ({ path, text, generated }) => {
  if (!isCode(path) || generated) return [];
  return text
    .split('\n')
    .map((line, index) => ({ columns: widthOf(line), number: index + 1 }))
    .filter(({ columns }) => columns > LINE_COLUMNS_MAX)
    .map(({ columns, number }) => `${path}:${number}: ${columns} columns`);
};

function widthOf(line: string): number {
  return ONE_IMPORT.test(line) ? 0 : [...line].length;
}

/** A file is read in one sitting. */
export const shortFile: Rule = ({ path, text, generated }) => {
  if (!isCode(path) || generated) return [];
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return lines > FILE_LINES_MAX ? [`${path}: ${lines} lines`] : [];
};

/** A function fits on a screen. A `describe` block is a heading, not a function. */
export const shortFunctions: Rule = (file) => {
  const { path, text, generated, program } = file;
  if (program === undefined || generated) return [];
  const line = lineOf(text);
  const problems: string[] = [];
  walk(program, (node, parent) => {
    if (!FUNCTIONS.includes(node.type)) return;
    const lines = line(node.end - 1) - line(node.start) + 1;
    if (lines <= FUNCTION_LINES_MAX) return;
    if (isTest(path) && parent !== undefined && calleeOf(parent) === 'describe') return;
    problems.push(`${path}:${line(node.start)}: a function of ${lines} lines`);
  });
  return problems;
};

/** `describe` for `describe(…)`, `describe.skip(…)` and `describe.each(…)(…)`. */
function calleeOf(node: Node): string | undefined {
  if (node.type !== 'CallExpression' && node.type !== 'TaggedTemplateExpression') return undefined;
  let callee = (node.callee ?? node.tag) as Node;
  for (;;) {
    if (callee.type === 'MemberExpression') callee = callee.object as Node;
    else if (callee.type === 'CallExpression') callee = callee.callee as Node;
    else if (callee.type === 'TaggedTemplateExpression') callee = callee.tag as Node;
    else return callee.type === 'Identifier' ? String(callee.name) : undefined;
  }
}

const mayDefault = (path: string): boolean =>
  // Pages import it as they do the script that it stands in for.
  path === 'sdk/code/browser/code.ts' ||
  // Pages of Next.js are found by it.
  path.startsWith('examples/next/app/') ||
  path.startsWith('scripts/') ||
  /\.config\.[a-z]+$/.test(path) ||
  /\.d\.ts$/.test(path);

/** A name is the same wherever it is used; excepted is what others load by its default. */
export const noDefaultExport: Rule = ({ path, text, program, generated }) => {
  if (program === undefined || generated || mayDefault(path)) return [];
  const line = lineOf(text);
  return children(program)
    .filter((node) => node.type === 'ExportDefaultDeclaration' || specifiers(node).some(isDefault))
    .map((node) => `${path}:${line(node.start)}: default export`);
};

const specifiers = (node: Node): Node[] =>
  node.type === 'ExportNamedDeclaration' ? (node.specifiers as Node[]) : [];

const isDefault = (specifier: Node): boolean => {
  const exported = specifier.exported as Node;
  return (exported.name ?? exported.value) === 'default';
};

/** A file that only passes on what others export hides where things are. */
export const noBarrel: Rule = ({ path, program, generated }) => {
  if (program === undefined || generated) return [];
  const statements = children(program);
  const passesOn = (node: Node) =>
    node.type === 'ExportAllDeclaration' || specifiers(node).length > 0;
  const isBarrel =
    statements.some(passesOn) &&
    statements.every((node) => passesOn(node) || node.type === 'ImportDeclaration');
  return isBarrel ? [`${path}: only re-exports`] : [];
};

/** Enums are not erasable; a union of strings says the same. */
export const noEnum: Rule = ({ path, text, program, generated }) => {
  if (program === undefined || generated) return [];
  const line = lineOf(text);
  const problems: string[] = [];
  walk(program, (node) => {
    if (node.type === 'TSEnumDeclaration') problems.push(`${path}:${line(node.start)}: enum`);
  });
  return problems;
};

const mayPrint = (path: string): boolean =>
  /^(src\/cli|bin|bench|demo|examples|scripts|test)\//.test(path) || isTest(path);

/** What runs in a server, a page or a stranger's program does not write to its console. */
export const noConsole: Rule = ({ path, text, program }) => {
  if (program === undefined || mayPrint(path)) return [];
  const line = lineOf(text);
  const problems: string[] = [];
  walk(program, (node) => {
    if (node.type !== 'MemberExpression') return;
    const [object, property] = [node.object as Node, node.property as Node];
    if (object.name !== 'console' || !['log', 'debug', 'info'].includes(String(property.name))) {
      return;
    }
    problems.push(`${path}:${line(node.start)}: console.${property.name}`);
  });
  return problems;
};

/** A test's full title, groups included, names one test of its file. */
export const uniqueTitles: Rule = (file: SourceFile) => {
  const { path, text, program } = file;
  if (program === undefined || !isTest(path)) return [];
  const line = lineOf(text);
  const seen = new Set<string>();
  const problems: string[] = [];
  const visit = (node: Node, groups: string) => {
    const title = titleOf(node);
    if (title === undefined) {
      for (const child of children(node)) visit(child, groups);
      return;
    }
    const full = `${groups}${title}`;
    if (calleeOf(node) === 'describe') {
      for (const child of children(node)) visit(child, `${full} › `);
      return;
    }
    if (seen.has(full)) problems.push(`${path}:${line(node.start)}: a second test '${full}'`);
    seen.add(full);
  };
  visit(program, '');
  return problems;
};

/** The literal title of a call of `describe`, `test` or `it`. */
function titleOf(node: Node): string | undefined {
  if (!['describe', 'test', 'it'].includes(calleeOf(node) ?? '')) return undefined;
  const [first] = (node.arguments ?? []) as Node[];
  if (first?.type === 'Literal' && typeof first.value === 'string') return first.value;
  if (first?.type !== 'TemplateLiteral') return undefined;
  const quasis = first.quasis as { value: { raw: string } }[];
  return quasis.length === 1 ? quasis[0]?.value.raw : undefined;
}
