import { DamagedRow } from '../storage/codec.js';
import type { AuditStore, KeyRange, RowPlace } from '../storage/store.js';
import { CHECKS, type Check } from './audit-checks.js';

/** Faults after which reading stops: whoever has so many needs no longer list. */
export const FAULTS_MAX = 1000;
/** Rows of one piece: enough that handing it out costs nothing, few enough to share out. */
export const PIECE_ROWS = 20_000;

/** A piece of an audit, which needs no other: plain data, which another thread can be given. */
export interface Piece extends KeyRange {
  /** A name in `CHECKS`. */
  readonly check: string;
}

class EnoughFaults extends Error {}

/** What is wrong with one piece; no more than the first thousand faults. */
export async function auditPiece(store: AuditStore, piece: Piece): Promise<string[]> {
  const check = CHECKS.get(piece.check);
  if (check === undefined) throw new Error(`there is no check ${piece.check}`);
  const { after, until } = piece;
  return (await faultsIn(store, check, { after, until }, PIECE_ROWS)).slice(0, FAULTS_MAX);
}

/**
 * The faults of a range of so many rows at most. Where a row of it cannot be checked, the range is
 * cut into halves until that row is alone, and is a fault: all others are checked.
 */
async function faultsIn(
  store: AuditStore,
  check: Check,
  range: KeyRange,
  rows_max: number,
): Promise<string[]> {
  let damage: Error;
  try {
    return await run(store, check, range);
  } catch (error) {
    if (!isDamage(error)) throw error;
    damage = error;
  }
  const { table, isWhole } = check;
  if (isWhole) return [`the check of ${table} broke off: ${damage.message}`];
  const { after, until } = range;
  if (rows_max <= 1) {
    const place = await store.placeAfter(table, after, 1);
    return [`${table} ${place?.id} of ${place?.account} cannot be checked: ${damage.message}`];
  }
  const half = Math.ceil(rows_max / 2);
  const middle = await store.placeAfter(table, after, half);
  if (middle === null || !isBefore(middle, until)) return faultsIn(store, check, range, half);
  return [
    ...(await faultsIn(store, check, { after, until: middle }, half)),
    ...(await faultsIn(store, check, { after: middle, until }, half)),
  ];
}

/** What a row holds makes such errors, what the database does makes others. */
function isDamage(error: unknown): error is Error {
  return [DamagedRow, TypeError, SyntaxError, RangeError].some((kind) => error instanceof kind);
}

function isBefore(place: RowPlace, until: RowPlace | null): boolean {
  if (until === null || place.account < until.account) return true;
  return place.account === until.account && place.id < until.id;
}

async function run(store: AuditStore, check: Check, range: KeyRange): Promise<string[]> {
  const faults: string[] = [];
  try {
    await check.run(store, range, (fault) => {
      faults.push(fault);
      if (faults.length >= FAULTS_MAX) throw new EnoughFaults();
    });
  } catch (error) {
    if (!(error instanceof EnoughFaults)) throw error;
  }
  return faults;
}
