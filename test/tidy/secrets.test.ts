import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isCode, isTest, lineOf, type Node, type SourceFile, sourceFile, walk } from './source.js';

/** Secrets are compared in one place, which takes the same time whatever it finds. */

const HOME = 'src/engine/same-secret.ts';
const SECRET = /(secret|password|passphrase|csrf|digest|signature|mac|token)$/i;

/** Compared as they are: `file name`, and why its time may tell. */
const OPEN: readonly string[] = [
  // The keyed digest of parameters, which their sender knows.
  'src/engine/idempotency.ts digest',
  // Sealed texts, of which no caller has one.
  'src/api/dojo/subscriptions.ts secret',
  // Whether a token is spelled as it was issued: of itself, before it is looked at.
  'src/api/dojo/session-token.ts token',
];

/** The last name of what is compared; null for what has none, such as a call or a literal. */
function nameOf({ type, name, property }: Node): string | null {
  if (type === 'Identifier' && name !== 'undefined') return String(name);
  if (type === 'MemberExpression') return nameOf(property as Node);
  return null;
}

const isConstant = ({ type, name }: Node): boolean =>
  type === 'Literal' || (type === 'Identifier' && name === 'undefined');

/** Places where a secret is compared as any text is, or in constant time by hand. */
function bareCompares({ path, text, program }: SourceFile): string[] {
  const found: string[] = [];
  if (program === undefined || path === HOME) return found;
  const line = lineOf(text);
  walk(program, (node) => {
    if (node.type === 'Identifier' && node.name === 'timingSafeEqual')
      found.push(`${path}:${line(node.start)}: timingSafeEqual`);
    if (node.type !== 'BinaryExpression' || !/^[!=]==?$/.test(String(node.operator))) return;
    const sides = [node.left as Node, node.right as Node];
    if (sides.some(isConstant)) return;
    const name = sides.map(nameOf).find((one) => one !== null && SECRET.test(one));
    if (name !== undefined && !OPEN.includes(`${path} ${name}`))
      found.push(`${path}:${line(node.start)}: ${name}`);
  });
  return found;
}

test('every secret is compared in constant time, in one place', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((path) => isCode(path) && !isTest(path))
    .map((path) => sourceFile(path, readFileSync(path, 'utf8')));
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap(bareCompares)).toEqual([]);
});

test('a secret that is compared as any text is found', () => {
  const bad = [
    'if (given === row.clientSecret) open();',
    'const same = timingSafeEqual(a, b);',
    'if (csrfToken !== sent) refuse();',
    'if (digest(password) == kept.passwordDigest) open();',
  ].join('\n');
  const good = "if (secret === null || token === undefined || mac === '' || id === other) open();";
  expect(bareCompares(sourceFile('src/x.ts', bad)).map((one) => one.split(': ')[1])).toEqual([
    'clientSecret',
    'timingSafeEqual',
    'csrfToken',
    'passwordDigest',
  ]);
  expect(bareCompares(sourceFile('src/x.ts', good))).toEqual([]);
});
