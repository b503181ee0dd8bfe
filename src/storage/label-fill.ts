import type { Scalar } from './codec.js';
import { digestsOf, type LabelRow } from './labels.js';
import type { TableName } from './schema.js';
import type { Mark, Query } from './sql.js';

/** The migration that makes the table of labels: rows from before it have none yet. */
export const LABELS_MIGRATION = '0005-labels';

/** Rows read at a time. */
const FILL_ROWS = 1_000;

/** The columns are those of that migration's time, whatever the tables have today. */
const FILLED: readonly (readonly [owner: TableName, email: string])[] = [
  ['intents', 'NULL'],
  ['attempts', 'NULL'],
  ['customers', 'email'],
];

/**
 * Writes the labels of all rows that are there: part of the migration, so that a search never
 * misses an old row. It reads a thousand rows at a time and may be run again after a crash.
 */
export async function fillLabels(
  mark: Mark,
  read: (query: Query) => Promise<Scalar[][]>,
  write: (labels: LabelRow[]) => Promise<void>,
): Promise<void> {
  for (const [owner, email] of FILLED) {
    const sql =
      `SELECT account, id, ${email}, detail FROM ${owner} ` +
      `WHERE (account, id) > (${mark(1)}, ${mark(2)}) ORDER BY account, id LIMIT ${FILL_ROWS}`;
    let after: Scalar[] = ['', ''];
    for (;;) {
      const rows = await read({ sql, values: after });
      if (rows.length === 0) break;
      const labels = rows.flatMap(([account, id, address, detail]) => {
        const row = { ...JSON.parse(detail as string), email: address };
        const key = { account: account as string, owner, id: id as string };
        return digestsOf(owner, row).map((label): LabelRow => ({ ...key, label }));
      });
      if (labels.length > 0) await write(labels);
      after = (rows.at(-1) ?? []).slice(0, 2);
    }
  }
}
