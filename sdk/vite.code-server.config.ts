import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Where the new dist is put together; beside this file when run by hand. */
const folder = process.env.TENDER_BUILD_DIR ?? 'dist';

/** Code for shops' servers: one ES module with all that it needs, for Node 20 and newer. */
export default defineConfig({
  logLevel: 'warn',
  publicDir: false,
  build: {
    outDir: join(folder, 'sdk'),
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    lib: {
      entry: 'code/server/code.ts',
      formats: ['es'],
      fileName: () => 'code-server.js',
    },
  },
});
