import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = process.env.TENDER_BUILD_DIR ?? join(root, 'dist');
const wallet = join(root, 'wallet');

/**
 * The wallet: one page at the root of an origin of its own, and its service worker, whose address
 * must stay the same. What only some screens need comes when they are opened.
 */
export default defineConfig({
  root: wallet,
  base: '/',
  logLevel: 'warn',
  build: {
    outDir: join(dist, 'web/wallet'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: {
      input: { wallet: join(wallet, 'index.html'), sw: join(wallet, 'sw.ts') },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
