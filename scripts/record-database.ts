/**
 * Records a database as a version of Tender leaves it, for `test/contract/upgrade.test.ts`: starts
 * the server of a checkout, works with it as shops do, kills it in the middle of its work, and
 * writes down every row of its SQLite file.
 *
 *   npx tsx scripts/record-database.ts CHECKOUT test/contract/upgrade/NAME.json
 *
 * To be run before a migration is added, on the version from before it. The checkout has the
 * packages in `node_modules` and need not be built.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import Database from 'libsql';
import { openSink } from '../test/support/sink.js';
import { playScene, type Recorded } from '../test/support/upgrade-scene.js';

/** What encrypts in the recorded databases, in hexadecimal; the test opens them with it. */
const MASTER_KEY = '07'.repeat(32);
const START_MS_MAX = 60_000;

interface RecordedTable {
  readonly columns: string[];
  /** Whole numbers are text: labels have more digits than a number keeps. */
  readonly rows: (string | null)[][];
}

const [checkout, output] = process.argv.slice(2);
if (checkout === undefined || output === undefined)
  throw new Error('give a checkout and the file to write');
const main = pathToFileURL(resolve(checkout, 'src/cli/main.ts')).href;
const folder = mkdtempSync(join(tmpdir(), 'tender-record-'));
const database = join(folder, 'tender.db');
const started = Math.floor(Date.now() / 1000);
try {
  const recorded = await playAll(checkout);
  const tables = dump(database);
  const recording = { recordedAt: started, masterKey: MASTER_KEY, ...recorded, tables };
  writeFileSync(output, `${JSON.stringify(recording)}\n`);
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows.length, 0);
  process.stdout.write(`${output}: ${rows} rows\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The command line of the checkout, from its source. */
function commandOf(args: readonly string[]): string[] {
  const words = JSON.stringify(['node', 'tender', ...args]);
  const script = `import(${JSON.stringify(main)}).then(({ run }) => run(${words}))`;
  return ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', script];
}

function environment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TENDER_DATA: folder,
    TENDER_KEY: MASTER_KEY,
    TENDER_LOG: 'warn',
  };
}

async function startServer(root: string): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, commandOf(['start']), {
    cwd: root,
    env: { ...environment(), PORT: '0', TENDER_READY_FD: '3' },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const signal = AbortSignal.timeout(START_MS_MAX);
  const [line] = await once(server.stdio[3] as Readable, 'data', { signal });
  return { server, url: JSON.parse(String(line)).url };
}

async function playAll(root: string): Promise<Recorded> {
  const migrations = readdirSync(join(root, 'src/storage/migrations'));
  const sink = await openSink();
  const { server, url } = await startServer(root);
  try {
    return await playScene({
      url,
      sink: sink.url,
      arrived: sink.arrived,
      has: (migration) => migrations.includes(`${migration}.sql`),
      tender: async (args) => {
        const { stdout } = await promisify(execFile)(process.execPath, commandOf(args), {
          cwd: root,
          env: environment(),
        });
        return stdout;
      },
    });
  } finally {
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
    await sink.close();
  }
}

function dump(file: string): Record<string, RecordedTable> {
  const sqlite = new Database(file);
  try {
    const read = (sql: string): Record<string, unknown>[] =>
      sqlite.prepare(sql).safeIntegers(true).all([]) as Record<string, unknown>[];
    const names = read("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
    const tables = names.map(({ name }): [string, RecordedTable] => {
      const columns = read(`SELECT name FROM pragma_table_info('${name}')`).map((column) =>
        String(column.name),
      );
      const rows = read(`SELECT * FROM ${name} ORDER BY 1, 2`).map((row) =>
        columns.map((column) => (row[column] === null ? null : String(row[column]))),
      );
      return [String(name), { columns, rows }];
    });
    return Object.fromEntries(tables.filter(([, { rows }]) => rows.length > 0));
  } finally {
    sqlite.close();
  }
}
