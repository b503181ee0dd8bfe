import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csvLine } from '../api/csv.js';
import {
  REPORTS,
  type ReportQuery,
  type ReportRow,
  ReportTooLong,
  report,
  reportColumns,
} from '../engine/reports.js';
import { CommandFailure, configuration } from './failure.js';
import { openCurrentReader } from './reader.js';

/** The flags of `tender report`, as they were typed. */
export interface ReportFlags {
  readonly data?: string;
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly columns?: string;
  readonly json?: boolean;
}

const SECONDS_PER_DAY = 86_400;
/** Columns of metadata: each splits a report by day further. */
const METADATA_COLUMNS_MAX = 10;

/**
 * `tender report`: prints a report, each line as soon as it is known. It reads beside a running
 * server. Throws CommandFailure and StartFault.
 */
export async function printReport(name: string, flags: ReportFlags): Promise<void> {
  const query = reportQuery(name, flags);
  const config = configuration({ ...(flags.data === undefined ? {} : { data: flags.data }) });
  const reader = await openCurrentReader(config);
  try {
    const text = Readable.from(lines(query, report(reader, query), flags.json === true));
    await pipeline(text, process.stdout, { end: false });
  } catch (error) {
    if (error instanceof ReportTooLong) throw new CommandFailure(error.message);
    // `| head` has seen enough.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  } finally {
    await reader.close();
  }
}

/** What was asked for, or a CommandFailure that says what is wrong with it. */
export function reportQuery(name: string, flags: ReportFlags): ReportQuery {
  const known = REPORTS.find((one) => one === name);
  if (known === undefined)
    throw new CommandFailure(`There is no report ${name}. There are ${REPORTS.join(', ')}.`);
  const from = flags.from === undefined ? null : startOf('--from', flags.from);
  const until = flags.to === undefined ? null : startOf('--to', flags.to) + SECONDS_PER_DAY;
  if (from !== null && until !== null && from >= until)
    throw new CommandFailure('--from is after --to.');
  const metadata = metadataOf(flags.columns);
  if (known === 'balance' && metadata.length > 0)
    throw new CommandFailure('A balance is of all payments: it has no columns of metadata.');
  return { report: known, account: flags.account ?? null, from, until, metadata };
}

/** The first second of a UTC day that is written as 2026-11-30. */
function startOf(flag: string, day: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // A day that no month has is moved into the next one by some engines: it must come out as typed.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day)
    throw new CommandFailure(`${flag} is a day as 2026-11-30, not ${day}.`);
  return ms / 1000;
}

function metadataOf(columns: string | undefined): string[] {
  const names = columns === undefined ? [] : columns.split(',').map((name) => name.trim());
  const keys = names.map((name) => {
    const key = name.startsWith('metadata.') ? name.slice('metadata.'.length) : '';
    if (key === '')
      throw new CommandFailure(`--columns takes metadata.<key>, by commas; not ${name}.`);
    return key;
  });
  if (keys.length > METADATA_COLUMNS_MAX)
    throw new CommandFailure(`--columns takes up to ${METADATA_COLUMNS_MAX} columns.`);
  return [...new Set(keys)];
}

async function* lines(
  query: ReportQuery,
  rows: AsyncIterable<ReportRow>,
  asJson: boolean,
): AsyncGenerator<string> {
  const columns = reportColumns(query);
  if (!asJson) yield `${csvLine(columns)}\n`;
  for await (const row of rows) {
    const cells = columns.map((column) => row[column] ?? '');
    if (!asJson) yield `${csvLine(cells)}\n`;
    else
      yield `${JSON.stringify(Object.fromEntries(columns.map((c, i) => [c, cells[i] ?? ''])))}\n`;
  }
}
