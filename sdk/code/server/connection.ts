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
import { type ConnectionOptions, endpointOf, fetchFrom } from './fetching.js';

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
