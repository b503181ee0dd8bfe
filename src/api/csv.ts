/** A line of CSV, without its end. */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells.map(csvCell).join(',');
}

/**
 * A cell as RFC 4180 writes it. What a spreadsheet would take for a formula gets an apostrophe in
 * front, unless it is a number: metadata is written by strangers.
 */
export function csvCell(value: string | number): string {
  const text = String(value);
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
