import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  REPORTS,
  type ReportQuery,
  type ReportRow,
  ReportTooLong,
  report,
  reportColumns,
} from '../engine/reports.js';
import { openStorage } from '../open-storage.js';
import { csvLine } from './csv.js';
import { CommandFailure, configuration } from './failure.js';

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

/** `tender report`: prints a report, each line as soon as it is known. */
export async function printReport(name: string, flags: ReportFlags): Promise<void> {
  const query = reportQuery(name, flags);
  const config = configuration({ ...(flags.data === undefined ? {} : { data: flags.data }) });
  if (config.database === null && !existsSync(join(config.dataFolder, 'tender.db')))
    throw new CommandFailure(`${config.dataFolder} has no data. Choose the folder with --data.`);
  const storage = await openStorage(config, 'tender report');
  try {
    await write(query, report(storage.store, query), flags.json === true);
  } catch (error) {
    throw error instanceof ReportTooLong ? new CommandFailure(error.message) : error;
  } finally {
    await storage.close();
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

async function write(
  query: ReportQuery,
  rows: AsyncIterable<ReportRow>,
  asJson: boolean,
): Promise<void> {
  const columns = reportColumns(query);
  const line = async (text: string): Promise<void> => {
    if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
  };
  if (!asJson) await line(csvLine(columns));
  for await (const row of rows) {
    const cells = columns.map((column) => row[column] ?? '');
    if (!asJson) await line(csvLine(cells));
    else await line(JSON.stringify(Object.fromEntries(columns.map((c, i) => [c, cells[i] ?? '']))));
  }
}
