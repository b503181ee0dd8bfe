import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvLine } from '../api/csv.js';
import { shownAccount } from '../api/stripe/dialect.js';
import { API_VERSION } from '../api/stripe/events.js';
import type { View } from '../api/stripe/view/view.js';
import type { Config } from '../config.js';
import type { Reader } from '../storage/reader.js';
import { type Cell, EXPORTS, type Exporter, exporterOf } from './export-rows.js';
import { CommandFailure, configuration } from './failure.js';
import { makeProgress, type Progress } from './progress.js';
import { openCurrentReader } from './reader.js';
import { type ReportFlags, reportQuery } from './report.js';

/** The flags of `tender export`, as they were typed. */
export type ExportFlags = Pick<ReportFlags, 'data' | 'account' | 'from' | 'to' | 'json'>;

/** What is exported, and which part of it. */
interface Asked {
  readonly exporter: Exporter;
  readonly account: string | null;
  /** Unix seconds; null: from the beginning, to the end. */
  readonly from: number | null;
  readonly until: number | null;
  readonly asJson: boolean;
}

/** Rows in memory at a time. */
const PAGE_ROWS = 1000;

/**
 * `tender export`: writes rows to stdout, or into a file that has its name only once all of it is
 * there. It reads beside a running server, page by page: what changes meanwhile may be in it or
 * not. Throws CommandFailure and StartFault.
 */
export async function exportRows(
  name: string,
  file: string | undefined,
  flags: ExportFlags,
): Promise<void> {
  const known = EXPORTS.find((one) => one === name);
  if (known === undefined)
    throw new CommandFailure(`There is no export ${name}. There are ${EXPORTS.join(', ')}.`);
  if (file !== undefined && existsSync(file))
    throw new CommandFailure(`${file} is there already. Choose another file.`);
  const { account, from, until } = reportQuery('payments', flags);
  const config = configuration(flags.data === undefined ? {} : { data: flags.data });
  const exporter = exporterOf(known, viewOf(config));
  const asked = { exporter, account, from, until, asJson: flags.json === true };
  const reader = await openCurrentReader(config);
  try {
    if (file === undefined) await toStdout(reader, asked);
    else await toFile(reader, asked, file, known);
  } finally {
    await reader.close();
  }
}

/** How events are shown: as an endpoint of the newest version gets them. */
function viewOf({ mode, publicUrl, port }: Config): (account: string, created: number) => View {
  return (account, created) => ({
    livemode: mode === 'live',
    publishable: false,
    now: created,
    publicUrl: publicUrl ?? `http://127.0.0.1:${port}`,
    accountId: shownAccount(account),
    version: API_VERSION,
  });
}

/** What the lines are counted by while they are written. */
interface Counter {
  lines: number;
}

/** The file's text, a page of rows at a time. */
async function* text(
  reader: Reader,
  { exporter, account, from, until, asJson }: Asked,
  counter: Counter,
  progress: Progress,
): AsyncGenerator<string> {
  const { table, columns, created, lines } = exporter;
  if (!asJson) yield `${csvLine(columns)}\n`;
  let after = account === null ? null : { account, id: '' };
  for (;;) {
    const page = await reader.scan(table, after, PAGE_ROWS);
    const own = account === null ? page : page.filter((row) => row.account === account);
    const chosen = own.filter((row) => {
      const at = created(row);
      return (from === null || at >= from) && (until === null || at < until);
    });
    progress.add(own.length);
    const written = chosen.flatMap((row) => lines(row));
    counter.lines += written.length;
    if (written.length > 0)
      yield written
        .map((line) => {
          if (asJson) return `${JSON.stringify(line)}\n`;
          return `${csvLine(columns.map((column) => cellText(line[column] ?? null)))}\n`;
        })
        .join('');
    const last = own.at(-1);
    if (last === undefined || own.length < PAGE_ROWS) return;
    after = { account: last.account, id: last.id };
  }
}

/** Numbers stay numbers; lists and hashes are JSON, since their keys are not known beforehand. */
function cellText(cell: Cell): string | number {
  if (cell === null) return '';
  if (typeof cell === 'object') return Object.keys(cell).length === 0 ? '' : JSON.stringify(cell);
  return typeof cell === 'boolean' ? String(cell) : cell;
}

/** One page is on its way at a time, however slowly it is read. */
function flow(
  reader: Reader,
  asked: Asked,
  counter: Counter,
  progress: Progress,
  into: Writable,
  end: boolean,
): Promise<void> {
  const source = Readable.from(text(reader, asked, counter, progress), { highWaterMark: 1 });
  return pipeline(source, into, { end });
}

async function toStdout(reader: Reader, asked: Asked): Promise<void> {
  const silent = makeProgress({ write: () => undefined });
  try {
    await flow(reader, asked, { lines: 0 }, silent, process.stdout, false);
  } catch (error) {
    // `| head` has seen enough.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

async function toFile(reader: Reader, asked: Asked, file: string, name: string): Promise<void> {
  const partial = `${file}.${process.pid}.partial`;
  const startMs = performance.now();
  const counter = { lines: 0 };
  const progress = makeProgress(process.stderr);
  if (process.stderr.isTTY && asked.account === null)
    progress.expect(await reader.count(asked.exporter.table));
  try {
    const into = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
    await flow(reader, asked, counter, progress, into, true);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    // What the file system refuses has a code; a fault of ours has none.
    if (code === undefined) throw error;
    throw new CommandFailure(`${file} cannot be written: ${message}.`);
  } finally {
    progress.clear();
  }
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const lines = counter.lines.toLocaleString('en-US');
  const unit = counter.lines === 1 ? 'line' : 'lines';
  process.stderr.write(`${lines} ${unit} of ${name} in ${seconds} s: ${file}\n`);
}
