import {
  RECENT_BLOCKHASHES,
  RENT_SYSVAR,
  SYSTEM_PROGRAM,
  TOKEN_ACCOUNT_PROGRAM,
  TOKEN_PROGRAM,
} from './addresses.js';
import { type AccountUse, addressBytes, type Instruction } from './message.js';

/** What a nonce account's data takes, in bytes. */
export const NONCE_ACCOUNT_BYTES = 80;

const signs = (address: string): AccountUse => ({ address, signer: true, writable: false });
const pays = (address: string): AccountUse => ({ address, signer: true, writable: true });
const changes = (address: string): AccountUse => ({ address, signer: false, writable: true });
const reads = (address: string): AccountUse => ({ address, signer: false, writable: false });

/** Uses a durable nonce up: the first instruction of a transaction that lives by one. */
export function advanceNonce(nonce: string, authority: string): Instruction {
  return {
    program: SYSTEM_PROGRAM,
    accounts: [changes(nonce), reads(RECENT_BLOCKHASHES), signs(authority)],
    data: u32(4),
  };
}

/** Makes a nonce account at a seeded address of its payer's, who is its authority, too. */
export function createNonce(
  nonce: string,
  authority: string,
  seed: string,
  lamports: bigint,
): Instruction[] {
  const text = new TextEncoder().encode(seed);
  return [
    {
      program: SYSTEM_PROGRAM,
      accounts: [pays(authority), changes(nonce), signs(authority)],
      data: joined([
        u32(3),
        addressBytes(authority),
        u64(BigInt(text.length)),
        text,
        u64(lamports),
        u64(BigInt(NONCE_ACCOUNT_BYTES)),
        addressBytes(SYSTEM_PROGRAM),
      ]),
    },
    {
      program: SYSTEM_PROGRAM,
      accounts: [changes(nonce), reads(RECENT_BLOCKHASHES), reads(RENT_SYSVAR)],
      data: joined([u32(6), addressBytes(authority)]),
    },
  ];
}

/** Makes the associated token account of an owner; does nothing where there is one. */
export function openTokenAccount(
  payer: string,
  account: string,
  owner: string,
  mint: string,
): Instruction {
  return {
    program: TOKEN_ACCOUNT_PROGRAM,
    accounts: [
      pays(payer),
      changes(account),
      reads(owner),
      reads(mint),
      reads(SYSTEM_PROGRAM),
      reads(TOKEN_PROGRAM),
    ],
    data: Uint8Array.of(1),
  };
}

/** Moves tokens; the chain checks that they are the mint's, and how many decimals it has. */
export function transferTokens(transfer: {
  readonly source: string;
  readonly mint: string;
  readonly destination: string;
  readonly owner: string;
  readonly quarks: bigint;
  readonly decimals: number;
}): Instruction {
  const { source, mint, destination, owner, quarks, decimals } = transfer;
  return {
    program: TOKEN_PROGRAM,
    accounts: [changes(source), reads(mint), changes(destination), signs(owner)],
    data: joined([Uint8Array.of(12), u64(quarks), Uint8Array.of(decimals)]),
  };
}

/** Makes new tokens, where the mint is our own. */
export function mintTokens(
  mint: string,
  destination: string,
  authority: string,
  quarks: bigint,
): Instruction {
  return {
    program: TOKEN_PROGRAM,
    accounts: [changes(mint), changes(destination), signs(authority)],
    data: joined([Uint8Array.of(7), u64(quarks)]),
  };
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >> 8, value >> 16, value >> 24);
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
