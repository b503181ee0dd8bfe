import { describe, expect, test } from 'vitest';
import { cyclesOf, importsOf } from './imports.js';
import { distProblems, layerProblems } from './layers.js';
import { sourceFile } from './source.js';

/** Files from path → text, as a repository that holds nothing else. */
const imports = (files: Record<string, string>) =>
  importsOf(Object.entries(files).map(([path, text]) => sourceFile(path, text)));

/** The problems of one file that imports one specifier. */
const problems = (path: string, specifier: string, how = 'import { x } from') =>
  layerProblems(imports({ [path]: `${how} '${specifier}';` }));

describe('the import graph', () => {
  test('knows every form of import', () => {
    const text = `
      import './a.js';
      import { b } from './b.js';
      import type { C } from './c.js';
      export { d } from './d.js';
      export type { E } from './e.js';
      export * from './f.js';
      const g = await import('./g.js');
      let h: import('./h.js').H;
      import pg from 'pg';`;
    const found = imports({ 'src/x/main.ts': text, 'src/x/a.ts': '' });
    const shown = found.map(({ to, typeOnly }) => `${to}${typeOnly ? ' (type)' : ''}`);
    expect(shown).toEqual([
      'src/x/a.ts',
      'src/x/b.js',
      'src/x/c.js (type)',
      'src/x/d.js',
      'src/x/e.js (type)',
      'src/x/f.js',
      'src/x/g.js',
      'src/x/h.js (type)',
      'pg',
    ]);
    expect(found.map((edge) => edge.isFile).at(-1)).toBe(false);
    expect(found[1]?.line).toBe(3);
  });

  test('finds cycles, and only those that exist when the program runs', () => {
    const files = {
      'src/a.ts': "import { b } from './b.js';",
      'src/b.ts': "import { c } from './c.js';",
      'src/c.ts': "import { a } from './a.js';",
      'src/d.ts': "import { a } from './a.js';",
    };
    expect(cyclesOf(imports(files))).toEqual(['src/a.ts → src/b.ts → src/c.ts → src/a.ts']);
    const erased = { ...files, 'src/c.ts': "import type { A } from './a.js';" };
    expect(cyclesOf(imports(erased))).toEqual([]);
    expect(cyclesOf(imports({ 'src/a.ts': "import './a.js';" }))).toHaveLength(1);
  });
});

describe('the table of layers', () => {
  test('reports who imports what, where, and the rule', () => {
    const found = layerProblems(
      imports({
        'src/domain/intent.ts': "\nimport { run } from '../engine/engine.js';",
        'src/engine/engine.ts': '',
      }),
    );
    expect(found).toEqual([
      'src/domain/intent.ts:2 → src/engine/engine.ts: ' +
        'domain imports nothing but domain: no folder, package or built-in module',
    ]);
  });

  test.each([
    ['src/domain/intent.ts', '../rails/rail.js'],
    ['src/domain/intent.ts', 'node:crypto'],
    ['src/domain/intent.ts', 'crypto'],
    ['src/domain/intent.ts', 'undici'],
    ['src/domain/intent.test.ts', '../engine/engine.js'],
    ['src/engine/engine.ts', '../storage/sqlite.js'],
    ['src/engine/engine.ts', '../storage/sql.js'],
    ['src/engine/engine.ts', '../rails/card/card.js'],
    ['src/engine/engine.ts', '../api/stripe/view.js'],
    ['src/engine/engine.ts', '../config.js'],
    ['src/rails/card/card.ts', '../balance/balance.js'],
    ['src/rails/card/card.ts', '../../engine/engine.js'],
    ['src/rails/rail.ts', '../storage/store.js'],
    ['src/storage/sqlite.ts', '../engine/engine.js'],
    ['src/api/stripe/view.ts', '../dojo/view.js'],
    ['src/api/stripe/view.ts', '../../storage/store.js'],
    ['src/api/stripe/view.ts', '../../rails/rail.js'],
    ['src/api/stripe/view.ts', '../../storage/codec.js'],
    ['src/api/server.ts', './stripe/routes.js'],
    ['src/api/server.ts', '../main.js'],
    ['sdk/client.ts', '../src/domain/money.js'],
    ['sdk/client.ts', '@noble/curves/ed25519.js'],
    ['sdk/code/index.ts', 'undici'],
    ['web/wallet/main.ts', '../../src/api/code/schema.js'],
    ['web/wallet/main.ts', '../../src/domain/money.js'],
    ['src/reports/report.ts', '../domain/money.js'],
  ])('refuses %s → %s', (path, specifier) => {
    expect(problems(path, specifier)).toHaveLength(1);
  });

  test.each([
    ['src/domain/intent.ts', './money.js'],
    ['src/domain/intent.test.ts', 'vitest'],
    ['src/domain/intent.test.ts', 'node:fs'],
    ['src/domain/intent.test.ts', '../../test/support/arbitrary.js'],
    ['src/engine/batch.ts', '../domain/intent.js'],
    ['src/engine/batch.ts', '../storage/store.ts'],
    ['src/engine/batch.ts', '../storage/schema.ts'],
    ['src/engine/batch.ts', '../storage/codec.ts'],
    ['src/engine/batch.ts', '../rails/rail.ts'],
    ['src/engine/batch.ts', 'node:crypto'],
    ['src/rails/card/card.ts', '../rail.ts'],
    ['src/rails/card/card.ts', './numbers.js'],
    ['src/storage/sqlite.ts', './queries/intents.js'],
    ['src/api/stripe/view.ts', '../../engine/engine.ts'],
    ['src/api/stripe/view.ts', '../../engine/intents.ts'],
    ['src/api/stripe/view.ts', '../auth.ts'],
    ['src/api/stripe/view.ts', './schema/charge.js'],
    ['src/api/server.ts', './auth.ts'],
    ['src/main.ts', './storage/sqlite.js'],
    ['src/cli/start.ts', '../main.js'],
    ['sdk/client.ts', './money.js'],
    ['sdk/code/index.ts', '@scure/base'],
    ['sdk/code/index.ts', '../../src/wire/code/payload.js'],
    ['web/wallet/main.ts', '../../sdk/code/index.js'],
    ['web/wallet/main.ts', 'preact'],
    ['test/contract/store.test.ts', '../../src/storage/sqlite.js'],
  ])('allows %s → %s', (path, specifier) => {
    expect(problems(path, specifier)).toEqual([]);
  });

  test.each([['web/wallet/main.ts', '../../src/api/code/schema.ts']])(
    'allows %s → %s for types only',
    (path, specifier) => {
      expect(problems(path, specifier, 'import type { X } from')).toEqual([]);
      expect(problems(path, specifier, 'import { type X } from')).toHaveLength(1);
    },
  );

  test('tests import nothing from dist', () => {
    const found = imports({
      'test/e2e/start.test.ts': "import { run } from '../../dist/cli/main.js';",
      'bin/tender.js': "import { run } from '../dist/cli/main.js';",
    });
    expect(distProblems(found)).toHaveLength(1);
  });
});
