import type { Failure } from '../domain/errors.js';
import type { IdempotencyRecord } from '../domain/idempotency.js';
import type { Call, IdempotencyClaim, Rendered } from './command.js';

/** Why a stored answer may not be given to this claim; null when it may. */
export function idempotencyMismatch(
  record: IdempotencyRecord,
  { key, path, digest }: IdempotencyClaim,
): Failure | null {
  if (record.path !== path)
    return { failure: 'idempotency_other_path', key, used: record.path, asked: path };
  return record.digest === digest ? null : { failure: 'idempotency_mismatch', key };
}

/** What is kept with the work itself, so that the same key never works twice. */
export function idempotencyRecord<T>(
  { account, requestId }: Call<T>,
  { key, path, digest }: IdempotencyClaim,
  { status, body }: Rendered,
  nowMs: number,
): IdempotencyRecord {
  return { account, id: key, createdMs: nowMs, path, digest, status, body, requestId };
}
