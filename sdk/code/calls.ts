import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { fromBase58 } from '../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../src/wire/code/payload.js';
import type { Signer } from '../wallet/curve.js';
import { errorWords } from './error-words.js';
import { wrapped } from './messages.js';

/**
 * The calls that a page makes, written and read field by field as `messages.ts` does: the whole
 * schema would be most of what a frame loads.
 */

const { LengthDelimited, Varint } = WireType;

/** A call as one envelope: which method of which service, and its encoded request. */
export function encodeCall(service: string, method: string, body: Uint8Array): Uint8Array {
  const writer = new BinaryWriter().tag(2, LengthDelimited).string(service);
  writer.tag(3, LengthDelimited).string(method);
  return writer.tag(4, LengthDelimited).bytes(body).finish();
}

/** The server's refusal of a call, in its words. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** The status as text, like `invalid_argument`; `unknown` where the server names none. */
  readonly code: string;
  constructor(message: string) {
    const { code, text } = errorWords(message);
    super(text || code);
    this.code = code || 'unknown';
  }
}

/** The encoded answer in an envelope. Throws CallError for a refusal, Error for other bytes. */
export function decodeReply(envelope: Uint8Array): Uint8Array {
  let isError = false;
  let body: Uint8Array = new Uint8Array();
  let message = '';
  eachField(envelope, (number, reader) => {
    if (number === 1) isError = reader.uint32() !== 0;
    else if (number === 2) body = reader.bytes();
    else if (number === 3) message = reader.string();
    else return false;
    return true;
  });
  if (isError) throw new CallError(message);
  return body;
}

/** How far an intent has come. */
export interface IntentStatus {
  readonly exists: boolean;
  readonly codeScanned: boolean;
  readonly intentSubmitted: boolean;
  /** Canceled, expired, or its payment failed: nobody can pay it any more. Only Tender says so. */
  readonly requestOver: boolean;
}

/** `MicroPayment.getStatus` for an intent's id, base58. Throws RangeError where it is none. */
export function statusRequest(id: string): Uint8Array {
  const bytes = fromBase58(id, KEY_BYTES);
  if (bytes === null) throw new RangeError('an intent id is 32 bytes of base58');
  return field(1, wrapped(bytes));
}

/** A field of ours, beyond those of the published contract. */
const REQUEST_OVER = 100;

/** The answer to it. */
export function readStatus(body: Uint8Array): IntentStatus {
  const flags = new Set<number>();
  eachField(body, (number, reader) => {
    const isFlag = number <= 3 || number === REQUEST_OVER;
    if (isFlag && reader.bool()) flags.add(number);
    return isFlag;
  });
  return {
    exists: flags.has(1),
    codeScanned: flags.has(2),
    intentSubmitted: flags.has(3),
    requestOver: flags.has(REQUEST_OVER),
  };
}

/** `Messaging.openMessageStream`, signed: whoever has the code may listen. */
export function streamRequest(rendezvous: Signer): Promise<Uint8Array> {
  return signedBy(rendezvous, field(1, wrapped(rendezvous.publicKey)), 2);
}

/** `Messaging.ackMessages`, signed, so that only whoever has the code takes messages away. */
export function ackRequest(rendezvous: Signer, ids: readonly Uint8Array[]): Promise<Uint8Array> {
  const writer = new BinaryWriter().raw(field(1, wrapped(rendezvous.publicKey)));
  for (const id of ids) writer.raw(field(2, wrapped(id)));
  return signedBy(rendezvous, writer.finish(), 3);
}

async function signedBy(signer: Signer, body: Uint8Array, number: number): Promise<Uint8Array> {
  const signature = field(number, wrapped(await signer.sign(body)));
  return new BinaryWriter().raw(body).raw(signature).finish();
}

/** What can lie at a rendezvous, by the number of its field, as events are named. */
const KINDS = {
  2: 'requestToGrabBill',
  4: 'airdropReceived',
  5: 'requestToReceiveBill',
  6: 'codeScanned',
  7: 'clientRejectedPayment',
  8: 'intentSubmitted',
  9: 'webhookCalled',
  10: 'requestToLogin',
  12: 'clientRejectedLogin',
} as const;
export type MessageKind = (typeof KINDS)[keyof typeof KINDS];

/** One message at a rendezvous: its id of 16 bytes, and what it says. */
export interface Message {
  readonly id: Uint8Array;
  readonly kind: MessageKind;
}

/** The messages of one answer of the stream; such of a kind that is not known are left out. */
export function readMessages(body: Uint8Array): Message[] {
  const messages: Message[] = [];
  eachField(body, (number, reader) => {
    if (number !== 1) return false;
    const message = readMessage(reader.bytes());
    if (message !== null) messages.push(message);
    return true;
  });
  return messages;
}

function readMessage(bytes: Uint8Array): Message | null {
  let id: Uint8Array = new Uint8Array();
  let kind: MessageKind | null = null;
  eachField(bytes, (number, reader) => {
    if (number === 1) {
      eachField(reader.bytes(), (inner, value) => {
        if (inner === 1) id = value.bytes();
        return inner === 1;
      });
      return true;
    }
    kind = KINDS[number as keyof typeof KINDS] ?? kind;
    return false;
  });
  return kind === null ? null : { id, kind };
}

/** Calls `read` with each field; where it returns false, the field's value is passed over. */
function eachField(
  bytes: Uint8Array,
  read: (number: number, reader: BinaryReader) => boolean,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type !== LengthDelimited && type !== Varint) reader.skip(type, number);
    else if (!read(number, reader)) reader.skip(type, number);
  }
}

function field(number: number, value: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(number, LengthDelimited).bytes(value).finish();
}
