import { fromBase58, toBase58 } from '../base58.js';
import { KEY_BYTES, SIGNATURE_BYTES } from '../payload.js';

/** An account that an instruction names: base58, and what it may do with it. */
export interface AccountUse {
  readonly address: string;
  readonly signer: boolean;
  readonly writable: boolean;
}

export interface Instruction {
  readonly program: string;
  readonly accounts: readonly AccountUse[];
  readonly data: Uint8Array;
}

export interface Message {
  /** The first signer, who pays the chain's fee; base58. */
  readonly feePayer: string;
  /** A recent blockhash or the value of a durable nonce; base58. */
  readonly lifetime: string;
  readonly instructions: readonly Instruction[];
}

/** A message in the bytes that its signers sign, and who they are, in order. */
export interface CompiledMessage {
  readonly bytes: Uint8Array;
  readonly signers: readonly string[];
}

/** The chain's own limit to a transaction: one packet of IPv6, without its headers. */
export const TRANSACTION_BYTES_MAX = 1232;

/**
 * A legacy message as the field's libraries compile it, byte for byte: both sides of a payment
 * build it on their own and must come to the same. Throws RangeError on what is no address, and
 * where it would not fit into a transaction.
 */
export function compileMessage({ feePayer, lifetime, instructions }: Message): CompiledMessage {
  const uses = orderedUses(feePayer, instructions);
  const index = new Map(uses.map(({ address }, i) => [address, i]));
  const at = (address: string): number => index.get(address) as number;
  const signers = uses.filter(({ signer }) => signer);
  const readOnly = (signer: boolean): number =>
    uses.filter((use) => use.signer === signer && !use.writable).length;
  const bytes = Uint8Array.from([
    signers.length,
    readOnly(true),
    readOnly(false),
    ...compactLength(uses.length),
    ...uses.flatMap(({ address }) => [...addressBytes(address)]),
    ...addressBytes(lifetime),
    ...compactLength(instructions.length),
    ...instructions.flatMap(({ program, accounts, data }) => [
      at(program),
      ...compactLength(accounts.length),
      ...accounts.map(({ address }) => at(address)),
      ...compactLength(data.length),
      ...data,
    ]),
  ]);
  const whole = 1 + signers.length * SIGNATURE_BYTES + bytes.length;
  if (whole > TRANSACTION_BYTES_MAX)
    throw new RangeError(`a transaction of ${whole} bytes; ${TRANSACTION_BYTES_MAX} at most`);
  return { bytes, signers: signers.map(({ address }) => address) };
}

/** A transaction as it is sent: its signatures in the order of its signers, and the message. */
export function encodeTransaction(
  signatures: readonly Uint8Array[],
  message: Uint8Array,
): Uint8Array {
  return Uint8Array.from([
    ...compactLength(signatures.length),
    ...signatures.flatMap((signature) => [...signature]),
    ...message,
  ]);
}

/** What a compiled message says of itself; base58. */
export interface MessageShown {
  readonly lifetime: string;
  /** All of its accounts, in its order. */
  readonly accounts: readonly string[];
  /** Of them, those that it may change. */
  readonly writable: readonly string[];
  /** The program of each instruction. */
  readonly programs: readonly string[];
}

/** Reads a transaction with a legacy message. Throws RangeError on one that is cut short. */
export function readTransaction(wire: Uint8Array): MessageShown {
  let at = 0;
  const take = (bytes: number): Uint8Array => {
    at += bytes;
    if (at > wire.length) throw new RangeError('a transaction that is cut short');
    return wire.subarray(at - bytes, at);
  };
  const byte = (): number => take(1)[0] as number;
  const length = (): number => {
    let value = 0;
    for (let shift = 0; shift < 21; shift += 7) {
      const digit = byte();
      value |= (digit & 0x7f) << shift;
      if (digit < 0x80) return value;
    }
    throw new RangeError('a length without an end');
  };
  const list = <T>(read: () => T): T[] => Array.from({ length: length() }, read);
  list(() => take(SIGNATURE_BYTES));
  const [signers, readOnlySigners, readOnlyOthers] = [byte(), byte(), byte()];
  const accounts = list(() => toBase58(take(KEY_BYTES)));
  const lifetime = toBase58(take(KEY_BYTES));
  const programs = list(() => {
    const program = accounts[byte()];
    take(length());
    take(length());
    if (program === undefined) throw new RangeError('an instruction without a program');
    return program;
  });
  const writable = accounts.filter((_, i) =>
    i < signers ? i < signers - readOnlySigners : i < accounts.length - readOnlyOthers,
  );
  return { lifetime, accounts, writable, programs };
}

/** Every account once, with all that it is used for: fee payer, signers, others. */
function orderedUses(feePayer: string, instructions: readonly Instruction[]): AccountUse[] {
  const uses = new Map<string, AccountUse>();
  const add = ({ address, signer, writable }: AccountUse): void => {
    const had = uses.get(address);
    uses.set(address, {
      address,
      signer: signer || had?.signer === true,
      writable: writable || had?.writable === true,
    });
  };
  add({ address: feePayer, signer: true, writable: true });
  for (const { program, accounts } of instructions) {
    add({ address: program, signer: false, writable: false });
    for (const account of accounts) add(account);
  }
  const rank = ({ address, signer, writable }: AccountUse): number =>
    address === feePayer ? 0 : (signer ? 1 : 3) + (writable ? 0 : 1);
  return [...uses.values()].sort(
    (a, b) => rank(a) - rank(b) || compareAddresses(a.address, b.address),
  );
}

/**
 * The order of the field's libraries, which sort addresses as English text: letters regardless of
 * case first, small letters before capitals where that is the only difference. Written out, so
 * that it does not depend on a browser's tables.
 */
export function compareAddresses(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()];
  if (left !== right) return left < right ? -1 : 1;
  if (a === b) return 0;
  // Small letters come after capitals in the code table.
  return a > b ? -1 : 1;
}

/** Base-128, low digits first, as the chain writes lengths. */
function compactLength(length: number): number[] {
  const bytes = [];
  let rest = length;
  for (; rest > 0x7f; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

/** The 32 bytes of an address. Throws RangeError. */
export function addressBytes(address: string): Uint8Array {
  const bytes = fromBase58(address, KEY_BYTES);
  if (bytes === null) throw new RangeError(`not an address: ${address.slice(0, 50)}`);
  return bytes;
}
