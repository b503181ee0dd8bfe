import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from '../../bench/load.js';
import { type Child, startChild } from '../../test/crash/child.js';
import { createDatabase, startPostgres } from '../../test/support/postgres.js';
import { type PaceResult, payAtPace } from './load-half.js';
import { metricsOf, residentMegabytes } from './load-server.js';
import type { Part, Say } from './part.js';

const CONNECTIONS = 64;
const MEMORY_SECONDS = 60;
const DELAY_SECONDS = 30;
const PACE_SECONDS = 30;
const LOOK_MS = 1_000;
const GOALS = { p99_ms: 25, megabytes: 300, delay_ms: 50 };

interface Pressure {
  readonly store: string;
  readonly perSecond: number;
  readonly megabytes: number;
  readonly heapMegabytes: number;
  readonly delay_ms: number;
  readonly half: PaceResult;
}

/** The most of a server's heap that is used while something runs, in megabytes. */
async function heapDuring(port: number, run: Promise<unknown>): Promise<number> {
  let most = 0;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    most = Math.max(most, (await metricsOf(port))('nodejs_heap_size_used_bytes') / 1e6);
  };
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, LOOK_MS);
  await run.finally(() => clearInterval(timer));
  await looking;
  return most;
}

/** The highest load, first with looks at the heap, then without; then half of it. */
async function press(store: string, server: Child, say: Say): Promise<Pressure> {
  const { port, pid } = server;
  const load = measure(port, CONNECTIONS, MEMORY_SECONDS);
  const heapMegabytes = await heapDuring(port, load);
  const { perSecond } = await load;
  const megabytes = residentMegabytes(pid).most;
  say(`  ${store}: ${perSecond.toFixed(0)} payments/s, at most ${megabytes.toFixed(0)} MB`);
  // Begins the span that the next reading tells of.
  await metricsOf(port);
  await measure(port, CONNECTIONS, DELAY_SECONDS);
  const delay_ms = (await metricsOf(port))('tender_event_loop_delay_p999_seconds') * 1000;
  const half = await payAtPace(port, perSecond / 2, PACE_SECONDS);
  say(`  ${store}: event loop ${delay_ms.toFixed(1)} ms, half p99 ${half.p99_ms.toFixed(1)} ms`);
  return { store, perSecond, megabytes, heapMegabytes, delay_ms, half };
}

function row({ store, half, ...figures }: Pressure): string {
  const { perSecond, megabytes, heapMegabytes, delay_ms } = figures;
  const whole = [perSecond, megabytes, heapMegabytes].map((figure) => figure.toFixed(0));
  const times = [delay_ms, half.p50_ms, half.p99_ms, half.p999_ms].map((ms) => ms.toFixed(1));
  return `| ${[store, ...whole, ...times].join(' | ')} |`;
}

/** Memory and event loop under the highest load, and how soon is answered at half of it. */
export const PRESSURE_PART: Part = {
  name: 'load: memory, event loop and latency',
  run: async ({ folder, say }) => {
    const data = join(folder, 'load-pressure');
    const on = async (store: string, more: Record<string, string>): Promise<Pressure> => {
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data, { recursive: true });
      const server = await startChild(data, more);
      const pressure = await press(store, server, say);
      await server.stop();
      rmSync(data, { recursive: true, force: true });
      return pressure;
    };
    const onSqlite = await on('SQLite', {});
    const postgres = await startPostgres();
    const database = await createDatabase(postgres.url);
    const onPostgres = await on('PostgreSQL', { DATABASE_URL: database });
    await postgres.stop();
    return [
      `The server as built, in a process of its own: ${CONNECTIONS} connections that make`,
      `payments without a pause for ${MEMORY_SECONDS} s, each of two requests, while its memory is`,
      `looked at; then for ${DELAY_SECONDS} s more, over which the event loop's delay is its own`,
      '`tender_event_loop_delay_p999_seconds`. Memory is resident, the most at any time; the heap',
      'is its used part of the main thread. Half of that rate for',
      `${PACE_SECONDS} s is at a steady pace that waits for no answer: times are of single`,
      `requests, from when each was due. The goals are ${GOALS.megabytes} MB, ${GOALS.delay_ms} ms`,
      `for the event loop, and ${GOALS.p99_ms} ms for the p99 at half of the load.`,
      '',
      '| | payments/s | most memory, MB | heap, MB | event loop p99.9, ms | at half: p50 ms |' +
        ' p99 ms | p99.9 ms |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      row(onSqlite),
      row(onPostgres),
    ];
  },
};
