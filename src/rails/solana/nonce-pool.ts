import { SYSTEM_PROGRAM, seededAddress } from '../../wire/code/solana/addresses.js';
import {
  advanceNonce,
  createNonce,
  NONCE_ACCOUNT_BYTES,
} from '../../wire/code/solana/instructions.js';
import { readNonce } from './accounts.js';
import type { Books } from './books.js';
import type { Chain } from './chain.js';
import type { Signer } from './keys.js';
import type { SolanaLimits } from './limits.js';
import { sendOwn } from './own-transactions.js';

export interface NoncePoolDependencies {
  readonly chain: Chain;
  readonly books: Pick<Books, 'offer'>;
  readonly feePayer: Signer;
  readonly limits: Pick<SolanaLimits, 'nonce_pool_size' | 'chain_poll_ms' | 'chain_confirm_ms_max'>;
}

/** The durable nonce accounts that payments live by. */
export interface NoncePool {
  /** Makes what is missing on the chain, and tells the books what there is. */
  fill(): Promise<void>;
  /** Uses a nonce up that holds a value, so that nothing signed with it can happen any more. */
  burn(nonce: string, value: string): Promise<void>;
}

/** Accounts made by one transaction: as many as fit. */
const MADE_AT_ONCE = 4;

/** The pool of a fee payer: its addresses follow from the payer's key, so none is ever lost. */
export function makeNoncePool({
  chain,
  books,
  feePayer,
  limits,
}: NoncePoolDependencies): NoncePool {
  const seedOf = (index: number): string => `tender-nonce-${index}`;

  async function make(seeds: readonly string[], lamports: bigint): Promise<void> {
    const made = await Promise.all(
      seeds.map(async (seed) => {
        const nonce = await seededAddress(feePayer.address, seed, SYSTEM_PROGRAM);
        return createNonce(nonce, feePayer.address, seed, lamports);
      }),
    );
    await sendOwn(chain, feePayer, made.flat(), limits);
  }

  return {
    fill: async () => {
      const seeds = Array.from({ length: limits.nonce_pool_size }, (_, index) => seedOf(index));
      const addresses = await Promise.all(
        seeds.map((seed) => seededAddress(feePayer.address, seed, SYSTEM_PROGRAM)),
      );
      const before = await chain.getAccounts(addresses, 'finalized');
      const missing = seeds.filter((_, i) => before[i] === null);
      const lamports = await chain.rentExempt(NONCE_ACCOUNT_BYTES);
      for (let at = 0; at < missing.length; at += MADE_AT_ONCE)
        await make(missing.slice(at, at + MADE_AT_ONCE), lamports);
      for (const [i, account] of (await chain.getAccounts(addresses, 'finalized')).entries()) {
        const nonce = readNonce(account);
        if (nonce?.authority === feePayer.address)
          await books.offer(addresses[i] as string, nonce.blockhash);
      }
    },
    burn: async (nonce, value) => {
      const [account] = await chain.getAccounts([nonce], 'confirmed');
      if (readNonce(account ?? null)?.blockhash !== value) return;
      await sendOwn(chain, feePayer, [advanceNonce(nonce, feePayer.address)], limits);
    },
  };
}
