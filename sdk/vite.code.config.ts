import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Where the new dist is put together; beside this file when run by hand. */
const folder = process.env.TENDER_BUILD_DIR ?? 'dist';

/** The elements of Code for shops' pages: one ES module without imports. */
export default defineConfig({
  logLevel: 'warn',
  publicDir: false,
  build: {
    outDir: join(folder, 'sdk'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    // A library's ES module is left readable otherwise.
    minify: 'oxc',
    lib: {
      entry: 'code/browser/code.ts',
      formats: ['es'],
      fileName: () => 'code.js',
    },
  },
});
