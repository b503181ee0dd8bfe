import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import {
  Response_Result,
  ResponseSchema,
} from '../../../src/wire/code/proto/code/common/v1/common_pb.js';
import { inEnvelope } from '../../wallet/envelope.js';
import { errorWords } from '../error-words.js';
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

/**
 * Asks a sequencer one question over the envelope. `request` is the message's bytes where they
 * were signed, or else its fields. Throws CodeError.
 */
export async function ask<I extends DescMessage, O extends DescMessage>(
  options: ConnectionOptions,
  method: DescMethodUnary<I, O>,
  request: Uint8Array | MessageInitShape<I>,
): Promise<MessageShape<O>> {
  const body =
    request instanceof Uint8Array ? request : toBinary(method.input, create(method.input, request));
  const answer = await fetchFrom(options, `${endpointOf(options)}/api/`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: inEnvelope(method, body),
  });
  const { status } = answer;
  const response = decoded(ResponseSchema, answer.body, status);
  if (response.result === Response_Result.OK && status >= 200 && status < 300)
    return decoded(method.output, response.body, status);
  const { code, text } = errorWords(response.message);
  // Some refusals have no text of their own: a bad signature is answered with the code alone.
  throw new CodeError(code || 'unknown', text || code, status);
}

function decoded<S extends DescMessage>(
  schema: S,
  bytes: Uint8Array,
  status: number,
): MessageShape<S> {
  try {
    return fromBinary(schema, bytes);
  } catch {
    const text = `the answer with status ${status} is not a Code sequencer's`;
    throw new CodeError('protocol', text, status);
  }
}
