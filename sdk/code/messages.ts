import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { Signer } from '../wallet/curve.js';
import type { IntentKeys } from './keys.js';
import {
  type AskedLogin,
  type AskedPayment,
  askedBy,
  type IntentOptions,
  OptionsError,
} from './options.js';

/**
 * Requests are written field by field, in ascending order: their signatures are over exactly these
 * bytes, and a page that only asks for a payment need not load the whole schema for them.
 */

/** A signed request, in the forms in which the two generations of the interface take it. */
export interface SignedRequest {
  /** The `Message`, over which `signature` is. */
  readonly message: Uint8Array;
  /** What is in it: the `RequestToReceiveBill` or `RequestToLogin`, as `/v1/createIntent` asks. */
  readonly inner: Uint8Array;
  /** By the rendezvous' key, 64 bytes. */
  readonly signature: Uint8Array;
  /** The `SendMessageRequest` around message, rendezvous and signature. */
  readonly sendMessageRequest: Uint8Array;
}

const { Bit64, LengthDelimited, Varint } = WireType;

/** Numbers of the kinds in `Message`. */
const RECEIVE_BILL = 5;
const LOGIN = 10;
/** One kin is 100,000 quarks, a hundredth of it a thousand. */
const QUARKS_PER_HUNDREDTH = 1000n;

/**
 * The request of a payment, signed. Where it asks for a login too, its domain has to vouch for it.
 * Throws OptionsError.
 * @param verifier signs for the domain; its public key is `login.verifier`
 */
export async function paymentRequest(
  options: IntentOptions,
  keys: IntentKeys,
  verifier?: Signer,
): Promise<SignedRequest> {
  const asked = askedBy({ ...options, mode: 'payment' }) as AskedPayment;
  const unsigned = billOf(asked, keys, null);
  if (asked.login === null) return signed(RECEIVE_BILL, unsigned, keys);
  const signature = await vouched(asked.login, verifier, unsigned);
  return signed(RECEIVE_BILL, billOf(asked, keys, signature), keys);
}

/** The request of a login, signed by its domain and at the rendezvous. Throws OptionsError. */
export async function loginRequest(
  options: IntentOptions,
  keys: IntentKeys,
  verifier: Signer,
): Promise<SignedRequest> {
  const asked = askedBy({ ...options, mode: 'login' }) as { readonly login: AskedLogin };
  const signature = await vouched(asked.login, verifier, loginOf(asked.login, keys, null));
  return signed(LOGIN, loginOf(asked.login, keys, signature), keys);
}

/** A `RequestToReceiveBill`. */
function billOf(asked: AskedPayment, keys: IntentKeys, signature: Uint8Array | null): Uint8Array {
  const { destination, currency, hundredths, fees, login } = asked;
  const writer = new BinaryWriter();
  put(writer, 1, wrapped(destination));
  const amount = Number(hundredths) / 100;
  if (currency === 'kin') put(writer, 2, exactKin(amount, hundredths * QUARKS_PER_HUNDREDTH));
  else
    put(
      writer,
      3,
      new BinaryWriter().tag(1, LengthDelimited).string(currency).tag(2, Bit64).double(amount),
    );
  if (login !== null) {
    put(writer, 4, wrapped(new TextEncoder().encode(login.domain)));
    put(writer, 5, wrapped(login.verifier));
    if (signature !== null) put(writer, 6, wrapped(signature));
    put(writer, 7, wrapped(keys.rendezvous.publicKey));
  }
  for (const { destination: taker, basisPoints } of fees ?? [])
    put(
      writer,
      8,
      new BinaryWriter()
        .tag(1, LengthDelimited)
        .bytes(wrapped(taker))
        .tag(2, Varint)
        .uint32(basisPoints),
    );
  return writer.finish();
}

/** `ExchangeData`, which kin alone has: its rate is known. */
function exactKin(amount: number, quarks: bigint): BinaryWriter {
  const writer = new BinaryWriter().tag(1, LengthDelimited).string('kin').tag(2, Bit64).double(1);
  return writer.tag(3, Bit64).double(amount).tag(4, Varint).uint64(quarks);
}

/** A `RequestToLogin`. */
function loginOf(
  { domain, verifier }: AskedLogin,
  keys: IntentKeys,
  signature: Uint8Array | null,
): Uint8Array {
  const writer = new BinaryWriter();
  put(writer, 1, wrapped(new TextEncoder().encode(domain)));
  put(writer, 4, wrapped(verifier));
  if (signature !== null) put(writer, 5, wrapped(signature));
  put(writer, 6, wrapped(keys.rendezvous.publicKey));
  return writer.finish();
}

/** The domain's signature over the request without it. */
async function vouched(
  login: AskedLogin,
  verifier: Signer | undefined,
  unsigned: Uint8Array,
): Promise<Uint8Array> {
  if (verifier === undefined) throw new OptionsError('login verifier is required');
  const same = verifier.publicKey.every((byte, index) => byte === login.verifier[index]);
  if (!same) throw new OptionsError('the signer is not the login verifier');
  return verifier.sign(unsigned);
}

async function signed(kind: number, inner: Uint8Array, keys: IntentKeys): Promise<SignedRequest> {
  const message = put(new BinaryWriter(), kind, inner).finish();
  const signature = await keys.rendezvous.sign(message);
  const request = put(new BinaryWriter(), 1, message);
  put(request, 2, wrapped(keys.rendezvous.publicKey));
  put(request, 3, wrapped(signature));
  return { message, inner, signature, sendMessageRequest: request.finish() };
}

/** Keys, signatures, ids and domains are all messages whose field 1 is the value. */
export function wrapped(value: Uint8Array): Uint8Array {
  return put(new BinaryWriter(), 1, value).finish();
}

function put(writer: BinaryWriter, field: number, value: Uint8Array | BinaryWriter): BinaryWriter {
  const bytes = value instanceof Uint8Array ? value : value.finish();
  return writer.tag(field, LengthDelimited).bytes(bytes);
}
