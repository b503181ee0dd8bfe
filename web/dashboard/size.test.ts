import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, test } from 'vitest';

const BYTES_MAX = 150_000;

test('the dashboard is at most 150 kB, compressed: page, scripts and styles', async () => {
  const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url));
  const built = await build({ configFile, mode: 'dashboard', build: { write: false } });
  if (!('output' in built)) throw new Error('the build watches');
  const kinds = built.output.map(({ fileName }) => fileName.replace(/.*\./, ''));
  expect(kinds).toEqual(expect.arrayContaining(['html', 'js', 'css']));
  const bytes = built.output.map(
    (file) => gzipSync(file.type === 'chunk' ? file.code : file.source).length,
  );
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(BYTES_MAX);
}, 60_000);
