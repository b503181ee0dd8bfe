import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../storage/sqlite.js';
import { benchEngine, type LoadResult, loadEngine, summary } from './bench-load.js';
import { nearestFolder } from './doctor-machine.js';
import { CommandFailure, configuration } from './failure.js';
import { untilStopped } from './merchant-command.js';
import { columns, makePaint, type Paint, wantsColors } from './terminal.js';

/** What `tender bench` takes, as it was typed. */
export interface BenchOptions {
  readonly seconds: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** One by one tells how long a payment takes; many at once, how many there can be. */
const AT_ONCE = [1, 128] as const;
const SECONDS_MAX = 60;
/** A page of the database's log. */
const FLUSH_BYTES = 4096;
const FLUSH_MS = 500;

/** A run, with how many payments were under way at once. */
interface Figure extends LoadResult {
  readonly atOnce: number;
}

/** `tender bench`: payments through the engine on this machine, into a database that is removed. */
export async function bench(options: BenchOptions): Promise<void> {
  const seconds = /^[1-9]\d?$/.test(options.seconds) ? Number(options.seconds) : Number.NaN;
  if (!(seconds <= SECONDS_MAX))
    throw new CommandFailure(`--seconds is a number from 1 to ${SECONDS_MAX}.`);
  const config = configuration(options.data === undefined ? {} : { data: options.data });
  const folder = newFolder(nearestFolder(config.dataFolder));
  try {
    const flush = measureFlush(join(folder, 'flush'));
    const cache_kibibytes = config.limits.storage.sqlite_cache_kibibytes;
    const store = await openSqlite({ file: join(folder, 'tender.db'), cache_kibibytes });
    const figures: Figure[] = [];
    try {
      const engine = benchEngine(store);
      await untilStopped(async (signal) => {
        for (const atOnce of AT_ONCE) {
          if (signal.aborted) return;
          say(`Measuring, ${atOnce} at once …`);
          const result = await loadEngine(engine, atOnce, seconds, signal);
          // Half a run is no figure.
          if (!signal.aborted) figures.push({ atOnce, ...result });
        }
      });
      await engine.drain();
    } finally {
      say('');
      await store.close();
    }
    if (figures.length < AT_ONCE.length) throw new CommandFailure('Stopped before the end.');
    if (options.json === true) printJson(flush, figures);
    else process.stdout.write(`${reportLines(flush, figures, folder).join('\n')}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Beside the data folder, so that it is the same disk that is measured. */
function newFolder(place: string): string {
  try {
    return mkdtempSync(join(place, '.tender-bench-'));
  } catch (error) {
    throw new CommandFailure(`${place} cannot be written: ${(error as Error).message}.`);
  }
}

/** How long the disk takes to keep a page for good: no payment on its own can be faster. */
function measureFlush(file: string): LoadResult {
  const handle = openSync(file, 'w');
  const page = Buffer.alloc(FLUSH_BYTES);
  const times: number[] = [];
  const start = performance.now();
  try {
    for (let now = start; now < start + FLUSH_MS; ) {
      writeSync(handle, page);
      fdatasyncSync(handle);
      const end = performance.now();
      times.push(end - now);
      now = end;
    }
  } finally {
    closeSync(handle);
  }
  return summary(times, (performance.now() - start) / 1000);
}

/** A line for a person who waits; nothing where nobody does. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function printJson(flush: LoadResult, figures: readonly Figure[]): void {
  const rounded = ({ perSecond, p50_ms, p99_ms }: LoadResult) => ({
    per_second: Number(perSecond.toFixed(1)),
    p50_ms: Number(p50_ms.toFixed(3)),
    p99_ms: Number(p99_ms.toFixed(3)),
  });
  const lines = [
    { measured: 'flush', ...rounded(flush) },
    ...figures.map(({ atOnce, ...figure }) => ({
      ...{ measured: 'payments', at_once: atOnce },
      ...rounded(figure),
    })),
  ];
  for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
}

function reportLines(flush: LoadResult, figures: readonly Figure[], folder: string): string[] {
  const paint: Paint = makePaint(wantsColors(process.stdout, process.env));
  const { strong, quiet } = paint;
  const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
  const row = (name: string, { perSecond, p50_ms, p99_ms }: LoadResult): string[] => [
    name,
    Math.round(perSecond).toLocaleString('en-US').padStart(10),
    ms(p50_ms).padStart(9),
    ms(p99_ms).padStart(9),
  ];
  const heads = ['', 'a second'.padStart(10), 'half within', '99 % within'].map(strong);
  const [{ model = 'unknown' } = {}] = cpus();
  return [
    `${strong('Payments through the engine')}  ${quiet(`${cpus().length} × ${model.trim()}`)}`,
    quiet(`SQLite in ${folder}, each commit on disk before its answer`),
    '',
    ...columns([
      heads,
      ...figures.map((figure) => row(`${figure.atOnce} at once`, figure)),
      row(quiet('disk flushes'), flush),
    ]),
    '',
    'HTTP is not in it. Next: tender start',
  ];
}
