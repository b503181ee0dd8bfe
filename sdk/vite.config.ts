import { join } from 'node:path';
import { defineConfig, type LibraryOptions } from 'vite';

/** Where the new dist is put together; beside this file when run by hand. */
const folder = process.env.TENDER_BUILD_DIR ?? 'dist';

/** What is built, each by a run with its name as the mode: one file with all that it needs. */
const PARTS: Readonly<Record<string, LibraryOptions>> = {
  /** The script for shops: a classic one. */
  stripe: { entry: 'browser/stripe.ts', formats: ['iife'], name: 'TenderScript' },
  /** The elements of Code for shops' pages. */
  code: { entry: 'code/browser/code.ts', formats: ['es'] },
  /** Code for shops' servers, for Node 20 and newer. */
  'code-server': { entry: 'code/server/code.ts', formats: ['es'] },
  /** The script of Dojo for shops: a classic one. */
  dojo: { entry: 'dojo/client.ts', formats: ['iife'], name: 'TenderDojoScript' },
  /** The wallet's library: `tender wallet` runs on it. */
  wallet: { entry: 'wallet/library.ts', formats: ['es'] },
};

/** What is published: entries that share what they have in common. Types come of the compiler. */
const PACKAGE: LibraryOptions = {
  entry: {
    client: 'server/client.ts',
    webhooks: 'server/webhooks.ts',
    browser: 'browser/load.ts',
    code: 'code/server/code.ts',
  },
  formats: ['es'],
};

export default defineConfig(({ mode }) => {
  if (mode === 'package') {
    const outDir = process.env.TENDER_PACKAGE_DIR ?? 'dist';
    const build = { outDir, emptyOutDir: true, target: 'es2022', minify: false, lib: PACKAGE };
    return { logLevel: 'warn', publicDir: false, build };
  }
  const part = PARTS[mode];
  if (part === undefined)
    throw new Error(`--mode is one of ${Object.keys(PARTS).join(', ')}, package`);
  return {
    logLevel: 'warn',
    publicDir: false,
    build: {
      outDir: join(folder, 'sdk'),
      emptyOutDir: false,
      target: 'es2022',
      sourcemap: false,
      // A library's ES module is left readable otherwise, which no page has to be.
      ...(mode === 'code' ? { minify: 'oxc' as const } : {}),
      lib: { ...part, fileName: () => `${mode}.js` },
    },
  };
});
