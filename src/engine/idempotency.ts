import type { Failure } from '../domain/errors.js';
import type { IdempotencyRecord } from '../domain/idempotency.js';
import type { Call, IdempotencyClaim, Rendered } from './command.js';
import type { DecisionContext } from './work.js';

/** Why a stored answer may not be given to this claim; null when it may. */
export function idempotencyMismatch(
  record: IdempotencyRecord,
  { key, path, digest }: IdempotencyClaim,
): Failure | null {
  if (record.path !== path)
    return { failure: 'idempotency_other_path', key, used: record.path, asked: path };
  return record.digest === digest ? null : { failure: 'idempotency_mismatch', key };
}

type Kept = Pick<DecisionContext, 'nowMs'> & {
  readonly vault: Pick<DecisionContext['vault'], 'sealSecret' | 'openSecret'>;
};

/** What is kept with the work itself, so that the same key never works twice. */
export function idempotencyRecord<T>(
  { account, requestId }: Call<T>,
  { key, path, digest, isSecret = false }: IdempotencyClaim,
  { status, body: told }: Rendered,
  { nowMs, vault }: Kept,
): IdempotencyRecord {
  const body = isSecret ? vault.sealSecret(told, key) : told;
  return { account, id: key, createdMs: nowMs, path, digest, status, body, requestId };
}

/** No answer of a dialect's begins so: they are JSON. */
const SEALED = /^v1\.[0-9a-f]{8}\./;

/** The body of a stored answer, as it was sent. */
export function keptBody({ id, body }: IdempotencyRecord, { vault }: Pick<Kept, 'vault'>): string {
  return SEALED.test(body) ? vault.openSecret(body, id) : body;
}

/** A request whose answer tells a secret that is stored sealed. */
export function tellingSecret<R extends { readonly idempotency: IdempotencyClaim | null }>(
  request: R,
): R {
  const { idempotency } = request;
  return idempotency === null
    ? request
    : { ...request, idempotency: { ...idempotency, isSecret: true } };
}
