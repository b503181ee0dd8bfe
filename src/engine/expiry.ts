import type { Intent } from '../domain/intent.js';
import type { SetupIntent } from '../domain/setup.js';
import type { Need } from './command.js';
import type { Work } from './work.js';

/** What is canceled by itself where nothing comes of it in its time. */
type Expiring = Pick<Intent, 'id' | 'expiresAt'> | Pick<SetupIntent, 'id' | 'expiresAt'>;

/**
 * The id of the job that ends an unpaid intent or an unused setup, found from its id. Requests of
 * the Code dialect were the first to have one.
 */
export function unusedJobId(id: string): string {
  return `job_expire_request_${id}`;
}

/** Names the job, so that whatever comes of the intent or setup can call it off. */
export function needExpiry(need: Need, row: Expiring | null | undefined): void {
  if (row && row.expiresAt !== null) need('jobs', unusedJobId(row.id));
}

/** Schedules the end, where it has one. */
export function awaitExpiry(
  work: Work,
  { id, expiresAt }: Expiring,
  kind: 'expire_request' | 'expire_setup',
): void {
  if (expiresAt !== null)
    work.schedule({ id: unusedJobId(id), kind, subject: id, dueAt: expiresAt });
}

/** Calls the end off: something has come of it. The command has asked by `needExpiry`. */
export function callOffExpiry(work: Work, { id, expiresAt }: Expiring): void {
  if (expiresAt !== null) work.unschedule(unusedJobId(id));
}

/** What is asked of when something is to end: a moment, or from its making on. */
export interface ExpiryInput {
  /** Business time, Unix seconds; null or absent: `expiresInSeconds` says it, else never. */
  expiresAt?: number | null;
  /** From the making on, by the clock that it is made by. */
  expiresInSeconds?: number;
}

/** The moment at which what is made now ends; null for never. */
export function expiryOf(work: Work, { expiresAt, expiresInSeconds }: ExpiryInput): number | null {
  return expiresAt ?? (expiresInSeconds === undefined ? null : work.now() + expiresInSeconds);
}
