import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('code-frames', import.meta.url));
const dist = process.env.TENDER_BUILD_DIR ?? fileURLToPath(new URL('dist', import.meta.url));

/** The frames of the Code dialect: a small page for the button, and one for what it opens. */
export default defineConfig({
  root,
  base: '/v1/elements/',
  logLevel: 'warn',
  build: {
    outDir: join(dist, 'web/code-frames'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: { input: ['button', 'request'].map((name) => join(root, `${name}.html`)) },
  },
});
