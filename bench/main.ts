import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { benchEngine, type LoadResult, loadEngine } from '../src/cli/bench-load.js';
import { openPostgres } from '../src/storage/postgres.js';
import { openSqlite } from '../src/storage/sqlite.js';
import type { Changes, Store } from '../src/storage/store.js';
import { createDatabase, startPostgres } from '../test/support/postgres.js';
import { recordedChanges } from './engine-load.js';
import { bytesPerPayment, postgresFloor, rowsPerPayment, sqliteFloor } from './floor.js';
import { measure } from './load.js';
import {
  type Figures,
  type HttpFigure,
  report,
  type SubmissionsFigure,
  streamsText,
  submissionsRow,
} from './report.js';
import { measureStreams, type StreamsFigure } from './streams.js';
import { bareVerifications, loadSubmissions, prepareSubmissions } from './submissions-load.js';

/**
 * `npm run bench`: payments over HTTP and through the engine alone, beside two yardsticks of the
 * same run. `--seconds N` for longer runs, `--rounds N` for more of them, `--store sqlite` for one,
 * `--only submissions` for what wallets sign, `--only streams` for what listens, both on SQLite;
 * these write no page.
 */

const option = (name: string, fallback: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};
const SECONDS = Number(option('seconds', '4'));
const ROUNDS = Number(option('rounds', '3'));
const STORES = option('store', 'sqlite,postgres').split(',');
const CONNECTIONS = [1, 16, 64] as const;
/** Batches are then as large as the yardstick's: one half is decided while the other is written. */
const ENGINE_CONCURRENCY = 256;
const FLOOR_PAYMENTS = 6_400;
const SUBMISSIONS = 6_400;
const ONLY = option('only', '');
/** As many as one process is to hold. */
const STREAMS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'tender-bench-'));
let databases = 0;
const newFile = (): string => join(folder, `${++databases}.db`);

interface Child {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a server of its own process; resolves with its port once it listens. */
async function startChild(command: string[], env: Record<string, string>): Promise<Child> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const port = await portOf(child);
  return {
    port,
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('no output to read the port from');
  for await (const line of createInterface(child.stdout)) {
    const found = /"port": ?(\d+)|http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
    if (found === null) continue;
    // What follows is read and dropped, so that the child never waits for a full pipe.
    child.stdout.resume();
    return Number(found[1] ?? found[2]);
  }
  throw new Error('the server ended before it listened');
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The middle one of several runs, by rate. */
function median(results: LoadResult[]): LoadResult {
  const sorted = results.toSorted((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as LoadResult;
}

async function bareHttp(connections: number): Promise<LoadResult> {
  const server = await startChild(
    [process.execPath, '--import', 'tsx', 'bench/bare-server.ts'],
    {},
  );
  const result = await measure(server.port, connections, SECONDS);
  await server.stop();
  return result;
}

async function tenderHttp(connections: number, databaseUrl: string | null): Promise<LoadResult> {
  const data = mkdtempSync(join(folder, 'data-'));
  const server = await startChild([process.execPath, 'bin/tender.js', 'start'], {
    PORT: '0',
    TENDER_DATA: data,
    TENDER_LOG: 'error',
    DATABASE_URL: databaseUrl ?? '',
  });
  const result = await measure(server.port, connections, SECONDS);
  await server.stop();
  rmSync(data, { recursive: true, force: true });
  return result;
}

/** Streams of messages over WebSockets, on a server of their own with an SQLite database. */
async function streamsFigure(): Promise<StreamsFigure> {
  const data = mkdtempSync(join(folder, 'data-'));
  const server = await startChild([process.execPath, 'bin/tender.js', 'start'], {
    PORT: '0',
    TENDER_DATA: data,
    TENDER_LOG: 'error',
    DATABASE_URL: '',
  });
  const figure = await measureStreams(server, STREAMS);
  await server.stop();
  say(streamsText(figure));
  return figure;
}

/** Each round runs the yardstick and the server one after the other: noise hits both. */
async function httpFigures(newDatabase: () => Promise<string | null>): Promise<HttpFigure[]> {
  const figures: HttpFigure[] = [];
  for (const connections of CONNECTIONS) {
    const bare: LoadResult[] = [];
    const tender: LoadResult[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      bare.push(await bareHttp(connections));
      tender.push(await tenderHttp(connections, await newDatabase()));
    }
    figures.push({ connections, bare: median(bare), tender: median(tender) });
    say(`  http ${connections}: ${Math.round(median(tender).perSecond)} payments/s`);
  }
  return figures;
}

async function engineFigure(open: () => Promise<Store>): Promise<LoadResult> {
  const store = await open();
  const engine = benchEngine(store);
  const result = await loadEngine(engine, ENGINE_CONCURRENCY, SECONDS);
  await engine.drain();
  await store.close();
  return result;
}

/** Each round checks bare signatures, then submits as many on a store of its own. */
async function submissionsFigure(open: () => Promise<Store>): Promise<SubmissionsFigure> {
  const bare: LoadResult[] = [];
  const engines: LoadResult[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const store = await open();
    const engine = benchEngine(store);
    const prepared = await prepareSubmissions(engine, SUBMISSIONS);
    bare.push(await bareVerifications(prepared, ENGINE_CONCURRENCY));
    engines.push(await loadSubmissions(engine, prepared, ENGINE_CONCURRENCY));
    await engine.drain();
    await store.close();
  }
  const figure = { bare: median(bare), engine: median(engines) };
  say(submissionsRow(figure));
  return figure;
}

async function storeFigures(
  name: string,
  open: () => Promise<Store>,
  floor: (payments: Changes[][]) => Promise<number> | number,
  newDatabase: () => Promise<string | null>,
): Promise<Figures> {
  say(`${name}:`);
  const submissions = await submissionsFigure(open);
  const recorder = await open();
  const payments = await recordedChanges(recorder, FLOOR_PAYMENTS);
  await recorder.close();
  const floors: number[] = [];
  const engines: LoadResult[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(await floor(payments));
    engines.push(await engineFigure(open));
  }
  floors.sort((a, b) => a - b);
  const floorPerSecond = floors[Math.floor(floors.length / 2)] as number;
  say(`  engine ${Math.round(median(engines).perSecond)}, floor ${Math.round(floorPerSecond)}`);
  return {
    name,
    rows: rowsPerPayment(payments),
    bytes: bytesPerPayment(payments),
    floorPerSecond,
    engine: median(engines),
    submissions,
    http: await httpFigures(newDatabase),
  };
}

const openNewSqlite = (): Promise<Store> =>
  openSqlite({ file: newFile(), cache_kibibytes: 32_768 });

async function sqliteFigures(): Promise<Figures> {
  return storeFigures(
    'SQLite',
    openNewSqlite,
    (payments) => sqliteFloor(newFile(), payments),
    async () => null,
  );
}

async function postgresFigures(): Promise<Figures> {
  const server = await startPostgres();
  const open = async (): Promise<Store> =>
    openPostgres({
      url: await createDatabase(server.url),
      connections_max: 16,
      statement_timeout_ms: 15_000,
      profile: 'postgres',
    });
  const figures = await storeFigures(
    'PostgreSQL',
    open,
    async (payments) => postgresFloor(await createDatabase(server.url), payments),
    () => createDatabase(server.url),
  );
  await server.stop();
  return figures;
}

let streams: StreamsFigure | null = null;
const figures: Figures[] = [];
try {
  if (ONLY === 'submissions' || ONLY === 'streams') {
    if (ONLY === 'submissions') await submissionsFigure(openNewSqlite);
    else await streamsFigure();
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  }
  if (STORES.includes('sqlite')) figures.push(await sqliteFigures());
  if (STORES.includes('postgres')) figures.push(await postgresFigures());
  streams = await streamsFigure();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;
const text = report(figures, streams, { machine, seconds: SECONDS, rounds: ROUNDS });
process.stdout.write(text);
if (STORES.length > 1) writeFileSync(new URL('./RESULTS.md', import.meta.url), text);
process.exit(0);
