import { createHash } from 'node:crypto';
import { toBase58 } from '../../wire/code/base58.js';
import { SYSTEM_PROGRAM, TOKEN_PROGRAM } from '../../wire/code/solana/addresses.js';
import { addressBytes } from '../../wire/code/solana/message.js';
import { QUARK_DECIMALS } from '../../wire/code/solana/payment.js';
import { mintData } from './accounts.js';
import type { ChainAccount } from './chain.js';

/** A million SOL: enough to open some five hundred million token accounts. */
const FEE_PAYER_LAMPORTS = 1_000_000_000_000_000n;

/** More than the rent of a mint. */
const MINT_LAMPORTS = 10_000_000n;

/** The address of the token that a local chain begins with: the same for the same fee payer. */
export function localMint(feePayer: string): string {
  const hash = createHash('sha256').update('tender local mint').update(addressBytes(feePayer));
  return toBase58(hash.digest());
}

/** What a local chain begins with: a fee payer with money, and a token that it can make. */
export function genesisOf(feePayer: string): ChainAccount[] {
  return [
    {
      address: feePayer,
      lamports: FEE_PAYER_LAMPORTS,
      program: SYSTEM_PROGRAM,
      data: new Uint8Array(),
    },
    {
      address: localMint(feePayer),
      lamports: MINT_LAMPORTS,
      program: TOKEN_PROGRAM,
      data: mintData(addressBytes(feePayer), QUARK_DECIMALS),
    },
  ];
}
