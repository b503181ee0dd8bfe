import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a thread with a file of ours, named as it is when compiled. From source (tests, tools)
 * TypeScript must be loaded in the thread first, which `--import` does too late for the thread's
 * own file. `resourceLimits` are the thread's own, such as the size of its heap.
 */
export function startWorkerFile(
  compiled: URL,
  workerData: unknown,
  resourceLimits: ResourceLimits = {},
): Worker {
  const options = { workerData, resourceLimits };
  if (!import.meta.url.endsWith('.ts')) return new Worker(compiled, options);
  // Tests have some of the files compiled, all at once: TypeScript takes each thread 0.3 s to load.
  const folder = process.env.TENDER_TEST_THREADS;
  const made = folder && join(folder, basename(compiled.pathname));
  if (made && existsSync(made)) return new Worker(made, { ...options, execArgv: [] });
  const tsx = import.meta.resolve('tsx/esm/api');
  const source = compiled.href.replace(/\.js$/, '.ts');
  const script =
    `import(${JSON.stringify(tsx)}).then(({ register }) => ` +
    `(register(), import(${JSON.stringify(source)})))`;
  return new Worker(script, { ...options, eval: true, execArgv: [] });
}
