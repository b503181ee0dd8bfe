import { compileMessage, type Instruction } from '../../wire/code/solana/message.js';
import { type Chain, ChainUnavailable, TransactionRefused } from './chain.js';
import { type Signer, signedAlone } from './keys.js';
import type { SolanaLimits } from './limits.js';

/** Times that a transaction is built anew because its blockhash was too old when it arrived. */
const BUILDS_MAX = 5;

/**
 * Has the fee payer alone do something, by a recent blockhash, and waits until that is final.
 * Throws TransactionRefused, or ChainUnavailable where the end is not known: what is done so must
 * bear to be done again.
 */
export async function sendOwn(
  chain: Chain,
  feePayer: Signer,
  instructions: readonly Instruction[],
  limits: Pick<SolanaLimits, 'chain_poll_ms' | 'chain_confirm_ms_max'>,
): Promise<void> {
  for (let build = 1; ; build++) {
    const lifetime = await chain.latestBlockhash();
    const { bytes } = compileMessage({ feePayer: feePayer.address, lifetime, instructions });
    try {
      await awaitFinal(chain, await chain.sendTransaction(signedAlone(feePayer, bytes)), limits);
      return;
    } catch (error) {
      const isLate = error instanceof TransactionRefused && error.fault.reason === 'lifetime';
      if (!isLate || build >= BUILDS_MAX) throw error;
    }
  }
}

async function awaitFinal(
  chain: Chain,
  signature: string,
  limits: Pick<SolanaLimits, 'chain_poll_ms' | 'chain_confirm_ms_max'>,
): Promise<void> {
  const polls = Math.ceil(limits.chain_confirm_ms_max / limits.chain_poll_ms);
  for (let poll = 0; poll <= polls; poll++) {
    const status = await chain.getSignatureStatus(signature);
    if (status?.fault) throw new TransactionRefused(status.fault);
    if (status?.finalized) return;
    await new Promise((resolve) => setTimeout(resolve, limits.chain_poll_ms));
  }
  throw new ChainUnavailable(`${signature} is not final after ${limits.chain_confirm_ms_max} ms`);
}
