import {
  clone,
  create,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { SignatureSchema } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import type { Signer } from './curve.js';

/**
 * A message with its signature: over its bytes without that field, as every signed message of the
 * protocol but SendMessageRequest is.
 */
export async function signed<S extends DescMessage>(
  schema: S,
  message: MessageInitShape<S>,
  signer: Signer,
): Promise<MessageShape<S>> {
  const made = clone(schema, create(schema, message));
  const value = await signer.sign(toBinary(schema, made));
  return Object.assign(made, { signature: create(SignatureSchema, { value }) });
}
