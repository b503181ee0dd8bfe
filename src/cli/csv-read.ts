/** A record of a CSV file. */
export interface CsvRecord {
  /** The line that it begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A quote that is not closed, or text behind one that is: what follows cannot be trusted. */
export class CsvFault extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** A cell without quotes, which may be empty; then what ends a cell. */
const PLAIN = /[^,"\r\n]*/y;
const END = /,|\r?\n|\r|$/y;

/**
 * Reads CSV as RFC 4180 has it, quoted cells over several lines included; empty lines are left out.
 * Throws CsvFault.
 */
export function* readCsv(text: string): Generator<CsvRecord> {
  let cells: string[] = [];
  let line = 1;
  let begins = 1;
  // A spreadsheet's mark of UTF-8 is no part of the first name.
  for (let at = text.startsWith('\ufeff') ? 1 : 0; at <= text.length; ) {
    const behind =
      text[at] === '"' ? behindQuotes(text, at) : at + (matchAt(PLAIN, text, at) ?? '').length;
    const end = behind < 0 ? null : matchAt(END, text, behind);
    if (end === null) throw new CsvFault(line, 'a quote does not enclose a whole cell');
    const cell = text.slice(at, behind);
    cells.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    line += cell.split('\n').length + end.split('\n').length - 2;
    at = behind + end.length;
    if (end === ',') continue;
    if (cells.length > 1 || cells[0] !== '') yield { line: begins, cells };
    cells = [];
    begins = line;
    if (end === '') return;
  }
}

/**
 * Where a quoted cell is over, which doubled quotes do not end; below zero where nothing does. By
 * steps and not by a pattern: the pattern's own stack was too small for a cell of some megabytes.
 */
function behindQuotes(text: string, at: number): number {
  let close = text.indexOf('"', at + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  return close < 0 ? -1 : close + 1;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}
