import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = process.env.TENDER_BUILD_DIR ?? join(root, 'dist');

/** A folder of pages, built by a run with its name as the mode. */
interface Part {
  /** Where the pages' assets are served from. */
  readonly base: string;
  /** The files that a page begins with. */
  readonly entries: readonly string[];
  /** Entries whose built name stays the same: what is registered by its address. */
  readonly fixed?: readonly string[];
}

const PARTS: Readonly<Record<string, Part>> = {
  /** The fields of the Stripe script. */
  frames: { base: '/frames/', entries: ['element.html'] },
  /** The Code dialect: a small page for the button, and one for what it opens. */
  'code-frames': { base: '/v1/elements/', entries: ['button.html', 'request.html'] },
  /** The card form of the Dojo script. */
  'dojo-frames': { base: '/payments/v1/frames/', entries: ['card.html'] },
  checkout: { base: '/checkout/-/', entries: ['index.html'] },
  dashboard: { base: '/dashboard/-/', entries: ['index.html'] },
  /** At the root of an origin of its own. What only some screens need comes when they open. */
  wallet: { base: '/', entries: ['index.html', 'sw.ts'], fixed: ['sw'] },
};

/** `index.html` is named for its folder: the name is in the names of what is built from it. */
function nameOf(mode: string, entry: string): string {
  const name = entry.replace(/\.\w+$/, '');
  return name === 'index' ? mode : name;
}

/** Each part: pages, scripts and style sheets, whose names change with what is in them. */
export default defineConfig(({ mode }) => {
  const part = PARTS[mode];
  if (part === undefined) throw new Error(`--mode is one of ${Object.keys(PARTS).join(', ')}`);
  const inputs = part.entries.map((entry) => [nameOf(mode, entry), join(root, mode, entry)]);
  return {
    root: join(root, mode),
    base: part.base,
    logLevel: 'warn',
    build: {
      outDir: join(dist, 'web', mode),
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: Object.fromEntries(inputs),
        output: {
          entryFileNames: ({ name }) =>
            part.fixed?.includes(name) === true ? `${name}.js` : 'assets/[name]-[hash].js',
        },
      },
    },
  };
});
