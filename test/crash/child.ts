import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

const READY_MS_MAX = 30_000;

/** A Tender in a process of its own. */
export interface Child {
  readonly port: number;
  readonly pid: number;
  /** What it wrote to its log. */
  readonly log: () => string;
  /** `kill -9`: resolves once the process is gone. */
  kill(): Promise<void>;
  /** Sends it a signal and waits for its end; the exit code, null where the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Ends it as a person does; the exit code. */
  stop(): Promise<number | null>;
}

const environment = (data: string, more: Record<string, string>): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  TENDER_DATA: data,
  TENDER_LOG: 'warn',
  ...more,
});

/** Starts the built server over a data folder, on a free port. @param more of its environment */
export async function startChild(data: string, more: Record<string, string> = {}): Promise<Child> {
  const env = environment(data, { PORT: '0', TENDER_READY_FD: '3', ...more });
  const child = spawn(process.execPath, ['bin/tender.js', 'start'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const signal = AbortSignal.timeout(READY_MS_MAX);
  const line = await Promise.race([
    once(child.stdio[3] as Readable, 'data', { signal }).then(([chunk]) => String(chunk)),
    exited.then(([code]) => {
      throw new Error(`the server ended with ${code} before it was ready: ${log}`);
    }),
  ]);
  const end = async (name: NodeJS.Signals): Promise<number | null> => {
    child.kill(name);
    return (await exited)[0];
  };
  return {
    port: Number(new URL(JSON.parse(line).url).port),
    pid: child.pid ?? 0,
    log: () => log,
    end,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/**
 * Runs another command of the command line over the same folder; its exit code and words.
 * @param more of its environment
 */
export async function runCommand(
  command: string,
  data: string,
  more: Record<string, string> = {},
): Promise<[number, string]> {
  const child = spawn(process.execPath, ['bin/tender.js', command], {
    env: environment(data, more),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  const [code] = (await once(child, 'close')) as [number];
  return [code, text];
}
