import type { Command } from 'commander';
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

/** Gives a command the options by which it finds its server and account. */
export function withServerOptions(command: Command): Command {
  return command
    .option('-k, --key <key>', 'secret key; sk_test_tender if not given (TENDER_SECRET_KEY)')
    .option('-u, --url <origin>', 'the Tender to talk to; else the one on the data folder')
    .option('-d, --data <folder>', 'data folder of the running server (TENDER_DATA)')
    .option('--json', 'print JSON, an object a line');
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

/** `2026-11-21 12:03:05`, in the zone of whoever looks; `at` in Unix seconds. */
export function moment(at: number): string {
  const date = new Date(at * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
