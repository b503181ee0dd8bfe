import { type DescMessage, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { KEY_BYTES, SIGNATURE_BYTES } from '../../wire/code/payload.js';
import { withoutField } from '../../wire/code/raw-fields.js';
import { bytesFault } from './requests/shape.js';
import { isSignedBy } from './signatures.js';

/** Some of what is signed is kept for good; 256 actions of the longest kind have half of this. */
const SIGNED_BYTES_MAX = 65_536;

/** How the contract carries keys, ids and signatures. */
export interface Wrapped {
  readonly value: Uint8Array;
}

/** A field that holds a key or an id. Throws ConnectError invalid_argument for anything else. */
export function keyField(name: string, field: Wrapped | undefined): Uint8Array {
  return bytesField(name, field, KEY_BYTES);
}

function bytesField(name: string, field: Wrapped | undefined, bytes: number): Uint8Array {
  const fault = bytesFault(name, field, bytes);
  if (field === undefined || fault !== null)
    throw new ConnectError(fault ?? '', Code.InvalidArgument);
  return field.value;
}

/** A call that carries its own signature, and where that is. */
export interface SignedCall<D extends DescMessage> {
  readonly schema: D;
  readonly call: MessageShape<D> & { readonly signature?: Wrapped | undefined };
  /** Its bytes as they came; null where the transport keeps none. */
  readonly received: Uint8Array | null;
  /** The number of the signature's field. */
  readonly field: number;
}

/**
 * Checks that a key has signed a whole call without its signature; answers those bytes. Throws
 * ConnectError: invalid_argument without a signature or for more than is ever signed,
 * unauthenticated where it is not the key's.
 */
export async function demandSigned<D extends DescMessage>(
  key: Uint8Array,
  { schema, call, received, field }: SignedCall<D>,
): Promise<Uint8Array> {
  const signature = bytesField(`${schema.name}.Signature`, call.signature, SIGNATURE_BYTES);
  const bytes = withoutField(received ?? toBinary(schema, call), field);
  if (bytes !== null && bytes.length > SIGNED_BYTES_MAX) {
    const text = `what is signed has at most ${SIGNED_BYTES_MAX} bytes`;
    throw new ConnectError(text, Code.InvalidArgument);
  }
  if (bytes !== null && (await isSignedBy(key, bytes, signature))) return bytes;
  throw new ConnectError('', Code.Unauthenticated);
}
