import type { Scalar } from './codec.js';
import { TABLES, type TableName } from './schema.js';
import { type Change, type Key, RolledBack } from './store.js';

/**
 * Rows that hang on a locked one are safe once that is locked. The others (settings, endpoints,
 * customers, jobs of letters) are read without a lock, because locking an account's row would have
 * all of its payments wait for each other. Before such a row is written it is locked and read once
 * more: where another process has changed it since, the batch is rolled back and decided again.
 */
export interface Guard {
  /** Whether the row is to be locked as it is read. */
  locks(key: Key): boolean;
  /** Takes note of a row as the database answered it. */
  saw(table: TableName, values: readonly Scalar[], isLocked: boolean): void;
  /** Keys of the rows to read again, under a lock, before these changes are committed. */
  suspects(changes: readonly Change[]): Key[];
  /** Throws RolledBack unless the rows are as they were. */
  check(suspects: readonly Key[], found: ReadonlyMap<string, readonly Scalar[]>): void;
}

/** No text that can be stored holds a NUL, so it cannot be forged. */
export function keyName(table: TableName, account: Scalar, id: Scalar): string {
  return `${table}\0${account}\0${id}`;
}

/**
 * For so long a row that two processes have just fought over is locked as it is read: the one that
 * lost would else lose again and again. Not for ever: most fights are over a moment later.
 */
const CONTENDED_MS = 2_000;
const CONTENDED_ROWS_MAX = 1_000;

/** Makes a guard for each batch of one process; what was fought over, all of them know. */
export function makeGuards(): () => Guard {
  const contended = new Map<string, number>();
  const isContended = (name: string): boolean => {
    const untilMs = contended.get(name);
    if (untilMs === undefined) return false;
    if (untilMs > performance.now()) return true;
    contended.delete(name);
    return false;
  };
  const contend = (name: string): void => {
    const [oldest] = contended.keys();
    if (contended.size >= CONTENDED_ROWS_MAX && oldest !== undefined) contended.delete(oldest);
    contended.set(name, performance.now() + CONTENDED_MS);
  };
  return () => {
    const seen = new Map<string, readonly Scalar[]>();
    const locked = new Set<string>();
    return {
      locks: ({ table, account, id }) =>
        TABLES[table].locked || isContended(keyName(table, account, id)),
      saw: (table, values, isLocked) => {
        const name = keyName(table, values[0] as Scalar, values[1] as Scalar);
        if (isLocked) locked.add(name);
        // The first reading counts: something may have been decided over it.
        if (!seen.has(name)) seen.set(name, values);
      },
      suspects: (changes) =>
        changes.flatMap(({ table, kind, row: { account, id } }) => {
          const name = keyName(table, account, id);
          const isSuspect = kind !== 'insert' && seen.has(name) && !locked.has(name);
          return isSuspect ? [{ table, account, id }] : [];
        }),
      check: (suspects, found) => {
        for (const { table, account, id } of suspects) {
          const name = keyName(table, account, id);
          if (isSame(seen.get(name), found.get(name))) continue;
          contend(name);
          throw new RolledBack(`${table} ${id} was changed by another process`);
        }
      },
    };
  };
}

function isSame(a: readonly Scalar[] | undefined, b: readonly Scalar[] | undefined): boolean {
  return a?.length === b?.length && (a ?? []).every((value, i) => value === b?.[i]);
}
