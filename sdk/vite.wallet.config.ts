import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Where the new dist is put together; beside this file when run by hand. */
const folder = process.env.TENDER_BUILD_DIR ?? 'dist';

/** The wallet's library with all that it needs, as one module: `tender wallet` runs on it. */
export default defineConfig({
  logLevel: 'warn',
  publicDir: false,
  build: {
    outDir: join(folder, 'sdk'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    lib: {
      entry: 'wallet/library.ts',
      formats: ['es'],
      fileName: () => 'wallet.js',
    },
  },
});
