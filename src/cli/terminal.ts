/** Where a command writes; `process.stdout` is one. */
export interface Terminal {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** Ways to make text stand out; where colours are not wanted they return it as it is. */
export interface Paint {
  /** Whether text may be coloured at all. */
  readonly colors: boolean;
  strong(text: string): string;
  quiet(text: string): string;
  accent(text: string): string;
  failure(text: string): string;
}

/**
 * Colours only for a person at a terminal, and not where NO_COLOR is set to anything
 * (https://no-color.org).
 */
export function wantsColors(terminal: Terminal, env: Record<string, string | undefined>): boolean {
  return terminal.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** The means to paint, which are none without `colors`. */
export function makePaint(colors: boolean): Paint {
  const code = (number: number) => (text: string) =>
    colors ? `\u001b[${number}m${text}\u001b[0m` : text;
  return { colors, strong: code(1), quiet: code(2), accent: code(32), failure: code(31) };
}

/** Rows in aligned columns, two spaces apart, without spaces at line ends. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

/** Text with spaces up to a width; longer text stays whole. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Characters that are seen: colours take no place. */
function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
  return [...text.replace(/\u001b\[\d+m/g, '')].length;
}
