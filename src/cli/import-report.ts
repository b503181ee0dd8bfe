import type { ImportProblem } from './import-plan.js';
import { columns, makePaint, wantsColors } from './terminal.js';

/** What became of customers and payments. */
export type ImportCounts = Record<'customers' | 'payments', { imported: number; known: number }>;

/** How an import ended. */
export interface ImportOutcome {
  readonly account: string;
  readonly isDry: boolean;
  readonly counts: ImportCounts;
  readonly leftOut: ReadonlyMap<string, number>;
  readonly problems: readonly ImportProblem[];
}

/** How many problems are printed for a person; with `--json` all are. */
const PROBLEMS_SHOWN_MAX = 100;

/** An import's end for a person, or as JSON; with the line's end. */
export function importReport(outcome: ImportOutcome, asJson: boolean): string {
  const { account, isDry, counts, leftOut, problems } = outcome;
  if (asJson) {
    const left_out = Object.fromEntries(leftOut);
    return `${JSON.stringify({ account, dry_run: isDry, ...counts, left_out, problems })}\n`;
  }
  const { strong, accent, failure } = makePaint(wantsColors(process.stdout, process.env));
  const count = (value: number): string => value.toLocaleString('en-US');
  const table = [
    ['', isDry ? 'new' : 'imported', 'already there'],
    ...(['customers', 'payments'] as const).map((name) => [
      name,
      count(counts[name].imported),
      count(counts[name].known),
    ]),
  ];
  const left = [...leftOut].map(([why, many]) => `  ${count(many)} left out: ${why}`);
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX);
  const more = problems.length - shown.length;
  const faults = shown.map(
    ({ place, id, fault }) => `  ${failure('▲')} ${place}${id === null ? '' : ` ${id}`}: ${fault}`,
  );
  const verdict =
    problems.length === 0
      ? `${accent('●')} ${isDry ? 'Nothing was written.' : 'Next: tender verify'}`
      : `${failure('▲')} ${count(problems.length)} not imported. ` +
        'Mend the files and run it again: what is there is skipped.';
  const lines = [
    `${strong(isDry ? 'Looked at' : 'Imported')} for ${account}`,
    ...columns(table).map((line) => `  ${line}`),
    ...left,
    ...faults,
    ...(more > 0 ? [`  … and ${count(more)} more`] : []),
    verdict,
  ];
  return `${lines.join('\n')}\n`;
}
