import type { TableName } from '../storage/schema.js';
import type { AuditStore, KeyRange } from '../storage/store.js';
import { CHECKS } from './audit-checks.js';
import { auditPiece, FAULTS_MAX, PIECE_ROWS, type Piece } from './audit-piece.js';

/** The tables of which an audit looks at every row. */
export const AUDITED_TABLES: readonly TableName[] = [
  ...new Set([...CHECKS.values()].map(({ table }) => table)),
];

/** How many rows an audit reads one by one; those that two checks read count twice. */
export function readsOf(counts: ReadonlyMap<TableName, number>): number {
  const scanned = [...CHECKS.values()].filter(({ scans }) => scans);
  return scanned.reduce((sum, { table }) => sum + (counts.get(table) ?? 0), 0);
}

/**
 * Reads the whole store and checks every invariant; answers each broken one as a sentence, none
 * when all is well. It reads in pages. It may run beside a working engine: what moves while it is
 * read is read again.
 */
export function audit(store: AuditStore): Promise<string[]> {
  return auditBy(store, 1, (piece) => auditPiece(store, piece));
}

/**
 * The same, with each piece done by `run`, `atOnce` of them at a time: by threads, which must then
 * all see the store as it is at one moment.
 */
export async function auditBy(
  store: Pick<AuditStore, 'placeAfter'>,
  atOnce: number,
  run: (piece: Piece) => Promise<readonly string[]>,
): Promise<string[]> {
  const pieces = cut(store);
  const found: (readonly string[])[] = [];
  let total = 0;
  let begun = 0;
  const work = async (): Promise<void> => {
    while (total < FAULTS_MAX) {
      const next = await pieces.next();
      if (next.done === true) return;
      const place = begun++;
      const faults = await run(next.value);
      found[place] = faults;
      total += faults.length;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const faults = found.flat();
  return total < FAULTS_MAX
    ? faults
    : [...faults.slice(0, FAULTS_MAX), `reading stopped after ${FAULTS_MAX} faults`];
}

/** All of an audit, piece by piece; each is found when it is asked for. */
async function* cut(store: Pick<AuditStore, 'placeAfter'>): AsyncGenerator<Piece, undefined> {
  for (const [check, { table, isWhole }] of CHECKS) {
    let after: KeyRange['after'] = null;
    do {
      const until: KeyRange['until'] = isWhole
        ? null
        : await store.placeAfter(table, after, PIECE_ROWS);
      yield { check, after, until };
      after = until;
    } while (after !== null);
  }
}
