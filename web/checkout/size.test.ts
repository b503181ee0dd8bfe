import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';

const FIRST_VIEW_BYTES_MAX = 40_000;

test('the first view is at most 40 kB, compressed: page, scripts and styles', async () => {
  const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url));
  const built = await build({ configFile, mode: 'checkout', build: { write: false } });
  if (!('output' in built)) throw new Error('the build watches');
  const files = new Map(built.output.map((file) => [file.fileName, file]));
  const first = new Set<string>();
  const need = (name: string): void => {
    const file = files.get(name);
    if (file === undefined || first.has(name)) return;
    first.add(name);
    if (file.type === 'chunk') file.imports.forEach(need);
  };
  for (const [name, file] of files) {
    const isEntry = file.type === 'chunk' && file.isEntry;
    if (isEntry || /\.(html|css)$/.test(name)) need(name);
  }
  const kinds = [...first].map((name) => name.replace(/.*\./, ''));
  expect(kinds).toEqual(expect.arrayContaining(['html', 'js', 'css']));
  const bytes = [...first].map((name) => {
    const file = files.get(name);
    return gzipSync(file?.type === 'chunk' ? file.code : (file?.source ?? '')).length;
  });
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(FIRST_VIEW_BYTES_MAX);
  // What only some need is not among it.
  const code = [...files.values()].filter((file) => file.type === 'chunk');
  expect(code.length).toBeGreaterThan(first.size);
}, 60_000);
