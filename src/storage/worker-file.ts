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
  const tsx = import.meta.resolve('tsx/esm/api');
  const source = compiled.href.replace(/\.js$/, '.ts');
  const script =
    `import(${JSON.stringify(tsx)}).then(({ register }) => ` +
    `(register(), import(${JSON.stringify(source)})))`;
  return new Worker(script, { ...options, eval: true, execArgv: [] });
}
