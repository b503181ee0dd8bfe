import { toBase58 } from '../base58.js';
import { addressBytes } from './message.js';

export const SYSTEM_PROGRAM = '11111111111111111111111111111111';
export const TOKEN_PROGRAM = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
export const TOKEN_ACCOUNT_PROGRAM = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL';
export const RECENT_BLOCKHASHES = 'SysvarRecentB1ockHashes11111111111111111111';
export const RENT_SYSVAR = 'SysvarRent111111111111111111111111111111111';

const FIELD_PRIME = 2n ** 255n - 19n;
const CURVE_D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const BUMP_MAX = 255;
const DERIVED_MARK = new TextEncoder().encode('ProgramDerivedAddress');

/** The associated token account of an owner: the one address that its tokens of a mint have. */
export async function tokenAccountOf(owner: string, mint: string): Promise<string> {
  return derivedAddress(
    [addressBytes(owner), addressBytes(TOKEN_PROGRAM), addressBytes(mint)],
    TOKEN_ACCOUNT_PROGRAM,
  );
}

/** An address that belongs to a program: a hash with which nobody can sign. */
async function derivedAddress(seeds: readonly Uint8Array[], program: string): Promise<string> {
  for (let bump = BUMP_MAX; bump >= 0; bump--) {
    const parts = [...seeds, Uint8Array.of(bump), addressBytes(program), DERIVED_MARK];
    const hash = await sha256(parts);
    if (!isOnCurve(hash)) return toBase58(hash);
  }
  throw new Error('an address without a bump');
}

/** The address of an account made with a seed: known without a key of its own. */
export async function seededAddress(base: string, seed: string, program: string): Promise<string> {
  const text = new TextEncoder().encode(seed);
  return toBase58(await sha256([addressBytes(base), text, addressBytes(program)]));
}

async function sha256(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const all = Uint8Array.from(parts.flatMap((part) => [...part]));
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

/** Whether 32 bytes are a point of the ed25519 curve, so that a key could belong to them. */
export function isOnCurve(bytes: Uint8Array): boolean {
  let y = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) y = (y << 8n) | BigInt(bytes[i] as number);
  const sign = y >> 255n;
  y = modulo(y & (2n ** 255n - 1n));
  // x² = (y² − 1) / (d·y² + 1): by Euler's criterion a square, or not.
  const y2 = modulo(y * y);
  const above = modulo(y2 - 1n);
  const below = modulo(CURVE_D * y2 + 1n);
  const x2 = modulo(above * power(below, FIELD_PRIME - 2n));
  if (x2 === 0n) return sign === 0n;
  return power(x2, (FIELD_PRIME - 1n) / 2n) === 1n;
}

function modulo(value: bigint): bigint {
  const rest = value % FIELD_PRIME;
  return rest < 0n ? rest + FIELD_PRIME : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = modulo(result * square);
    square = modulo(square * square);
  }
  return result;
}
