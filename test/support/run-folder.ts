import { accessSync, constants, mkdtempSync, rmSync, statfsSync, symlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const THREADS = ['src/storage/sqlite-worker.ts', 'src/cli/verify-worker.ts'];
const MEMORY = '/dev/shm';
/** Containers often have 64 MB there, which is less than what a run's databases may take. */
const MEMORY_BYTES_MIN = 2 ** 30;

/** Of memory where there is plenty: no test pulls the plug, so none needs what `fsync` promises. */
function parentOfDatabases(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < MEMORY_BYTES_MIN) return tmpdir();
    accessSync(MEMORY, constants.W_OK);
    return MEMORY;
  } catch {
    return tmpdir();
  }
}

/**
 * Compiles the files of threads, from the source as it is. Each of the hundreds of threads would
 * otherwise load a compiler first, which was a third of the suites' time. While Vitest watches,
 * they stay as they were at the beginning.
 */
async function compileThreads(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await build({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      rolldownOptions: {
        input: THREADS.map((path) => join(ROOT, path)),
        output: { entryFileNames: '[name].js' },
      },
    },
  });
}

/**
 * What a run of Vitest has for all of its tests, named in their environment: compiled threads in
 * `TENDER_TEST_THREADS`, which `src/storage/worker-file.ts` looks for, and the place for databases
 * in `TENDER_TEST_DATABASES`. Returns what removes both.
 */
export async function setup(): Promise<(() => void) | undefined> {
  // The projects of one run share them.
  if (process.env.TENDER_TEST_THREADS !== undefined) return undefined;
  const threads = mkdtempSync(join(tmpdir(), 'tender-threads-'));
  const databases = mkdtempSync(join(parentOfDatabases(), 'tender-databases-'));
  await compileThreads(threads);
  process.env.TENDER_TEST_THREADS = threads;
  process.env.TENDER_TEST_DATABASES = databases;
  return () => {
    delete process.env.TENDER_TEST_THREADS;
    for (const folder of [threads, databases]) rmSync(folder, { recursive: true, force: true });
  };
}
