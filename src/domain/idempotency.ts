/** The answer given to a key, kept in the same transaction as what it protects. */
export interface IdempotencyRecord {
  account: string;
  /** The caller's key. */
  id: string;
  /** Wall time, Unix ms: retention and pruning go by it. */
  createdMs: number;
  path: string;
  /** Keyed digest of the parameters. */
  digest: string;
  status: number;
  body: string;
  requestId: string;
}
