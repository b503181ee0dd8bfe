import type { Settlement } from '../../domain/settlement.js';
import { QUARK_DECIMALS } from '../../wire/code/solana/payment.js';
import type { RemoteRail } from '../rail.js';
import { readMintDecimals } from './accounts.js';
import type { Books } from './books.js';
import { type Chain, ChainUnavailable } from './chain.js';
import { SolanaFault } from './fault.js';
import { signerOf } from './keys.js';
import type { SolanaLimits } from './limits.js';
import { makeNoncePool } from './nonce-pool.js';
import { solanaRail } from './rail.js';
import { makeSequencer, type Sequencer } from './sequencer.js';
import { makeSettlement } from './settlement.js';

export interface SolanaDependencies {
  readonly chain: Chain;
  readonly books: Books;
  /** The ed25519 seed of the key that pays the chain's fees, 32 bytes. */
  readonly seed: Uint8Array;
  /** The token that wallets hold, base58. */
  readonly mint: string;
  /** Whether the token is our own, to be given away. */
  readonly mints: boolean;
  readonly limits: SolanaLimits;
  /** Unix ms. */
  readonly nowMs: () => number;
  readonly logError: (error: unknown, what: string) => void;
}

/** Payments of wallets on a chain. */
export interface Solana {
  readonly settlement: Settlement;
  readonly rail: RemoteRail;
  readonly sequencer: Sequencer;
  /** Sends a transaction until its end is known; false where it is to be asked for again. */
  fulfill(id: string): Promise<boolean>;
  /**
   * Looks at the token and makes the pool of nonces; tried again later where the chain does not
   * answer. Throws SolanaFault where it cannot work at all. The books must be there by now.
   */
  start(): Promise<void>;
  /** Resolves when nothing is under way any more, and the chain is closed. */
  stop(): Promise<void>;
}

/** Until the chain is asked again that did not answer at the start. */
const RETRY_MS = 15_000;

/** Puts the rail together; nothing is asked of the chain or the books before `start`. */
export function makeSolana(deps: SolanaDependencies): Solana {
  const { chain, logError } = deps;
  const feePayer = signerOf(deps.seed);
  const pool = makeNoncePool({ ...deps, feePayer });
  const sequencer = makeSequencer({ ...deps, pool });
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;
  let filling: Promise<void> = Promise.resolve();

  async function prepareChain(): Promise<void> {
    try {
      await checkMint(deps);
      await pool.fill();
    } catch (error) {
      if (!(error instanceof ChainUnavailable)) throw asFault(error, feePayer.address);
      logError(error, 'the nonces were not looked at');
      if (!stopped) retry = setTimeout(() => void fillAgain(), RETRY_MS);
    }
  }

  function fillAgain(): void {
    filling = prepareChain().catch((error) => logError(error, 'the chain cannot be used'));
  }

  return {
    settlement: makeSettlement({ ...deps, feePayer }),
    rail: solanaRail(sequencer),
    sequencer,
    fulfill: async (id) => (await sequencer.carryOut(id)).isDone,
    start: () => {
      const first = prepareChain();
      filling = first.catch(() => {});
      return first;
    },
    stop: async () => {
      stopped = true;
      clearTimeout(retry);
      await sequencer.stop();
      await filling;
      await chain.close();
    },
  };
}

async function checkMint({ chain, mint }: SolanaDependencies): Promise<void> {
  const [account] = await chain.getAccounts([mint], 'confirmed');
  const decimals = readMintDecimals(account ?? null);
  if (decimals === null) throw new SolanaFault(`${mint} is no token of this chain.`);
  if (decimals !== QUARK_DECIMALS)
    throw new SolanaFault(`The token ${mint} has ${decimals} decimals, not ${QUARK_DECIMALS}.`);
}

/** Whatever the chain refuses at the start is for want of money, as far as anybody knows. */
function asFault(error: unknown, feePayer: string): Error {
  if (error instanceof SolanaFault || !(error instanceof Error)) return error as Error;
  return new SolanaFault(
    `The nonces cannot be made: ${error.message}. Has ${feePayer}, which pays for them, any SOL?`,
    { cause: error },
  );
}
