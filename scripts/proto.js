/**
 * Makes `src/wire/code/proto` from `proto/`: the types and descriptors of the Code dialect's
 * messages. The generator comes from the registry when this is run; what it makes is checked in.
 *
 *   npm run proto
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GENERATED = join(ROOT, 'src/wire/code/proto');
const PACKAGES = ['@bufbuild/buf@1.75.0', '@bufbuild/protoc-gen-es@2.13.0'];

/** The generator writes enums; the compiler is told to take only what can be stripped. */
function withoutEnums(/** @type {string} */ text) {
  return text.replace(/^export enum (\w+) \{\n([\s\S]*?)^\}/gm, (_, name, body) => {
    const members = body.replace(/^(\s+\w+) = (\d+),?$/gm, '$1: $2,');
    return (
      `export const ${name} = {\n${members}} as const;\n` +
      `export type ${name} = (typeof ${name})[keyof typeof ${name}];`
    );
  });
}

const packages = PACKAGES.flatMap((name) => ['-p', name]);
execFileSync('npx', ['--yes', ...packages, 'buf', 'generate'], {
  cwd: join(ROOT, 'proto'),
  stdio: 'inherit',
});
for (const name of readdirSync(GENERATED, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.ts')) continue;
  const path = join(GENERATED, name);
  writeFileSync(path, withoutEnums(readFileSync(path, 'utf8')));
}
