import { CodeError } from './errors.js';

/** Where a sequencer is, and how it is asked. */
export interface ConnectionOptions {
  /** The root of its API, such as `https://pay.example.com/v1`. */
  readonly endpoint?: string | undefined;
  /** The program's own `fetch` if absent. */
  readonly fetch?: typeof fetch | undefined;
  /** How long one answer is waited for; 15 s if absent. */
  readonly timeout_ms?: number | undefined;
}

const TIMEOUT_MS = 15_000;

/** The endpoint without a slash at its end. Throws RangeError where none is named. */
export function endpointOf({ endpoint }: ConnectionOptions): string {
  if (!endpoint || !URL.canParse(endpoint)) throw new RangeError('endpoint is required');
  return endpoint.replace(/\/+$/, '');
}

/** Fetches within the time allowed. Throws CodeError `unreachable`. */
export async function fetchFrom(
  { fetch: own = fetch, timeout_ms = TIMEOUT_MS }: ConnectionOptions,
  url: string,
  init: RequestInit = {},
): Promise<{ status: number; body: Uint8Array }> {
  try {
    const answer = await own(url, { ...init, signal: AbortSignal.timeout(timeout_ms) });
    return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
  } catch (cause) {
    const error = new CodeError('unreachable', `${new URL(url).host} does not answer`);
    error.cause = cause;
    throw error;
  }
}
