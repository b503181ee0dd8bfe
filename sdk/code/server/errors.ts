/**
 * Something that a shop's server asked for was not done.
 *
 * `code` is the server's word for it (`invalid_argument`, `unauthenticated`, `permission_denied`,
 * `unavailable` …), the name of a refusal (`already_registered`, `request_not_found` …), or
 * `unreachable` where no answer came and `protocol` where it made no sense. After `unreachable`
 * the intent may exist: creating it again with the same idempotency key is safe.
 */
export class CodeError extends Error {
  override readonly name = 'CodeError';
  readonly code: string;
  /** The HTTP status of the answer; null where there was none. */
  readonly status: number | null;

  constructor(code: string, message: string, status: number | null = null) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** A webhook's message is not what it says it is; whoever receives it must not act on it. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}
