import { CommandFailure } from './failure.js';
import {
  ApiRefusal,
  type MerchantApi,
  openMerchantApi,
  type ServerOptions,
} from './merchant-api.js';
import { makePaint, type Paint, wantsColors } from './terminal.js';

/** What a command that talks to a running server works with. */
export interface MerchantSession<O extends ServerOptions = ServerOptions> {
  readonly api: MerchantApi;
  readonly options: O;
  readonly paint: Paint;
  /** Prints lines for a person, or the value as one line of JSON for a program. */
  show(lines: readonly string[], value: unknown): void;
}

/**
 * Runs a command. What a person can mend is one line on stderr, or with --json an object with the
 * error on stdout; exit code 1 either way.
 */
export async function withMerchant<O extends ServerOptions>(
  options: O,
  work: (session: MerchantSession<O>) => Promise<void>,
): Promise<void> {
  try {
    await work({
      api: openMerchantApi(options),
      options,
      paint: makePaint(wantsColors(process.stdout, process.env)),
      show: (lines, value) => {
        const text = options.json === true ? JSON.stringify(value) : lines.join('\n');
        process.stdout.write(`${text}\n`);
      },
    });
  } catch (error) {
    if (options.json !== true || !(error instanceof CommandFailure)) throw error;
    const code = error instanceof ApiRefusal ? error.code : null;
    const { message } = error;
    process.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
    process.exitCode = 1;
  }
}

/**
 * Runs what goes on until it is told to stop: Ctrl-C, or SIGTERM, aborts the signal. A second
 * Ctrl-C ends the process at once.
 */
export async function untilStopped(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    await work(stop.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Waits, but no longer than until the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
