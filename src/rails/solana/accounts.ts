import { toBase58 } from '../../wire/code/base58.js';
import { SYSTEM_PROGRAM, TOKEN_PROGRAM } from '../../wire/code/solana/addresses.js';
import type { ChainAccount } from './chain.js';

const MINT_BYTES = 82;
const TOKEN_ACCOUNT_BYTES = 165;
const NONCE_BYTES = 80;
const NONCE_READY = 1;
const TOKEN_ACCOUNT_READY = 1;

/** A token account, as the token program writes it. */
export interface TokenAccount {
  readonly mint: string;
  readonly owner: string;
  readonly quarks: bigint;
  /** False where it is frozen, or not made yet. */
  readonly ready: boolean;
}

/** Reads a token account; null where an account is none. */
export function readTokenAccount(account: ChainAccount | null): TokenAccount | null {
  if (account?.program !== TOKEN_PROGRAM) return null;
  const { data } = account;
  if (data.length !== TOKEN_ACCOUNT_BYTES) return null;
  return {
    mint: toBase58(data.subarray(0, 32)),
    owner: toBase58(data.subarray(32, 64)),
    quarks: viewOf(data).getBigUint64(64, true),
    ready: data[108] === TOKEN_ACCOUNT_READY,
  };
}

/** The decimals of a mint; null where an account is none. */
export function readMintDecimals(account: ChainAccount | null): number | null {
  if (account?.program !== TOKEN_PROGRAM || account.data.length !== MINT_BYTES) return null;
  return account.data[44] ?? null;
}

/** A mint's data: `authority`, 32 bytes, may make new tokens. */
export function mintData(authority: Uint8Array, decimals: number): Uint8Array {
  const data = new Uint8Array(MINT_BYTES);
  const view = viewOf(data);
  view.setUint32(0, 1, true);
  data.set(authority, 4);
  data[44] = decimals;
  data[45] = 1;
  return data;
}

/** What a durable nonce account holds, and who may advance it; null where an account is none. */
export function readNonce(
  account: ChainAccount | null,
): { readonly blockhash: string; readonly authority: string } | null {
  if (account?.program !== SYSTEM_PROGRAM || account.data.length !== NONCE_BYTES) return null;
  const { data } = account;
  if (viewOf(data).getUint32(4, true) !== NONCE_READY) return null;
  return { authority: toBase58(data.subarray(8, 40)), blockhash: toBase58(data.subarray(40, 72)) };
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}
