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

/** A quoted cell, or a plain one, and what ends it; it always finds something. */
const CELL = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|\r|$)/y;

/**
 * Reads CSV as RFC 4180 has it, quoted cells over several lines included; empty lines are left out.
 * Throws CsvFault.
 */
export function* readCsv(text: string): Generator<CsvRecord> {
  let cells: string[] = [];
  let line = 1;
  let begins = 1;
  // A spreadsheet's mark of UTF-8 is no part of the first name.
  CELL.lastIndex = text.startsWith('\ufeff') ? 1 : 0;
  for (let at = CELL.lastIndex; at <= text.length; at = CELL.lastIndex) {
    CELL.lastIndex = at;
    const found = CELL.exec(text);
    if (found === null) throw new CsvFault(line, 'a quote does not enclose a whole cell');
    const [whole, quoted, plain = '', end = ''] = found;
    const next = at + whole.length;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end !== ',') {
      if (cells.length > 1 || cells[0] !== '') yield { line: begins, cells };
      cells = [];
      begins = line;
      if (end === '') return;
    }
    // Others may read by the same pattern between two records.
    CELL.lastIndex = next;
  }
}
