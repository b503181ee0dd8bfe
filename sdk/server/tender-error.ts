/**
 * A call that was not done.
 *
 * `code` is the server's word for it (`missing`, `intent_state`, `invalid` …, see the catalogue at
 * `/docs/errors/admin`), or `unreachable` where no answer came in time and `protocol` where it made
 * no sense. After `unreachable` a change may have been made: the same call with the same
 * `idempotencyKey` makes it at most once.
 */
export class TenderError extends Error {
  override readonly name = 'TenderError';
  readonly code: string;
  /** The HTTP status of the answer; null where there was none. */
  readonly status: number | null;

  constructor(code: string, message: string, status: number | null, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.status = status;
  }
}
