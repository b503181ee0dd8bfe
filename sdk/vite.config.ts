import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Where the new dist is put together; beside this file when run by hand. */
const folder = process.env.TENDER_BUILD_DIR ?? 'dist';

/** The script for shops: one classic script without dependencies. */
export default defineConfig({
  logLevel: 'warn',
  publicDir: false,
  build: {
    outDir: join(folder, 'sdk'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    lib: {
      entry: 'browser/stripe.ts',
      formats: ['iife'],
      name: 'TenderScript',
      fileName: () => 'stripe.js',
    },
  },
});
