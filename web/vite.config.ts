import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = process.env.TENDER_BUILD_DIR ?? join(root, 'dist');

/** The frames: one page, one script, one style sheet, whose names change with what is in them. */
export default defineConfig({
  root: join(root, 'frames'),
  base: '/frames/',
  logLevel: 'warn',
  build: {
    outDir: join(dist, 'web/frames'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: { input: join(root, 'frames/element.html') },
  },
});
