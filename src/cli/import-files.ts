import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CsvFault, readCsv } from './csv-read.js';
import { CommandFailure } from './failure.js';
import { CSV_COLUMNS, csvRow, isPaidRow, rowCustomer, rowPayment } from './import-csv.js';
import { type Findings, leaveOut, takeValue, tried } from './import-plan.js';

/** Bytes of one file: it is read whole, and takes some times as much of memory. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** Objects of one run: they are put together in memory. */
const OBJECTS_MAX = 500_000;

/**
 * Reads the files into one: JSON by its first character, else CSV. What is wrong with a line is a
 * problem; throws CommandFailure where a file cannot be read as any of these.
 */
export function readFiles(files: readonly string[], into: Findings): void {
  for (const file of files) {
    const text = readText(file);
    const name = basename(file);
    if (/^\s*[[{]/.test(text)) readJson(text, name, into);
    else readPayments(text, name, into);
    const count = countOf(into);
    if (count > OBJECTS_MAX)
      throw new CommandFailure(
        `The files have more than ${OBJECTS_MAX.toLocaleString('en-US')} objects. ` +
          'Import fewer at a time, the charges of a payment with it.',
      );
  }
}

function countOf({ objects, rows }: Findings): number {
  return Object.values(objects).reduce((sum, { size }) => sum + size, rows.length);
}

function readText(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > FILE_BYTES_MAX)
      throw new CommandFailure(`${file} is larger than ${FILE_BYTES_MAX / 1024 ** 2} MiB. Cut it.`);
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandFailure(
      code === 'ENOENT' ? `${file} is not there.` : `${file} cannot be read: ${message}`,
    );
  }
}

function readJson(text: string, name: string, into: Findings): void {
  const whole = parsed(text);
  if (whole !== undefined) takeValue(into, whole, name);
  else
    for (const [i, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue;
      const place = `${name}:${i + 1}`;
      const value = parsed(line);
      if (value === undefined) into.problems.push({ place, id: null, fault: 'it is no JSON' });
      else takeValue(into, value, place);
    }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readPayments(text: string, name: string, into: Findings): void {
  let header: readonly string[] | null = null;
  try {
    for (const { line, cells } of readCsv(text)) {
      if (header === null) {
        header = cells;
        demandColumns(header, name);
      } else readPayment(header, cells, `${name}:${line}`, into);
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    into.problems.push({ place: `${name}:${error.line}`, id: null, fault: error.message });
  }
  if (header === null) throw new CommandFailure(`${name} is empty.`);
}

function demandColumns(header: readonly string[], name: string): void {
  const names = new Set(header.map((column) => column.trim().toLowerCase()));
  const missing = CSV_COLUMNS.filter((column) => !names.has(column));
  if (missing.length === 0) return;
  throw new CommandFailure(
    `${name} is neither JSON nor the payments export of Stripe's dashboard: ` +
      `it has no column ${missing.join(', ')}.`,
  );
}

function readPayment(
  header: readonly string[],
  cells: readonly string[],
  place: string,
  into: Findings,
): void {
  tried(into, place, null, () => {
    const row = csvRow(header, cells);
    if (!isPaidRow(row)) {
      leaveOut(into, 'payments that were not made');
      return;
    }
    const id = row.get('id') ?? null;
    tried(into, place, id, () => {
      const past = rowPayment(row);
      into.rows.push({ past, place });
      const customer = rowCustomer(row);
      if (customer !== null && !into.named.has(customer.id))
        into.named.set(customer.id, { past: customer, place });
    });
  });
}
