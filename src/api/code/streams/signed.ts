import type { DescMessage } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { toBase58 } from '../../../wire/code/base58.js';
import { demandSigned, keyField, type SignedCall, type Wrapped } from '../signed-call.js';

/** A call at a rendezvous, which its key has signed, if anybody. */
type RendezvousCall<D extends DescMessage> = SignedCall<D> & {
  readonly call: { readonly rendezvousKey?: Wrapped | undefined };
};

/** What a call without a signature is told where one is asked for. */
export function signatureRequired(): ConnectError {
  return new ConnectError('signature is required', Code.Unauthenticated);
}

/**
 * Checks that a call is by who holds the rendezvous key, and answers that key, base58. A signature
 * that is there must be right; a missing one is fine where `unsigned` is true. Throws ConnectError.
 */
export async function rendezvousOf<D extends DescMessage>(
  signed: RendezvousCall<D>,
  unsigned: true | ConnectError,
): Promise<string> {
  const { schema, call } = signed;
  const key = keyField(`${schema.name}.RendezvousKey`, call.rendezvousKey);
  if (call.signature !== undefined) await demandSigned(key, signed);
  else if (unsigned !== true) throw unsigned;
  return toBase58(key);
}
