import { isOnCurve, tokenAccountOf } from './addresses.js';
import { advanceNonce, openTokenAccount, transferTokens } from './instructions.js';
import { addressBytes, type CompiledMessage, compileMessage } from './message.js';

/** Whole units of the wallets' token have so many quarks, as a power of ten. */
export const QUARK_DECIMALS = 5;

/** What makes a payment's transaction valid, once; all base58. */
export interface PaymentTerms {
  /** The sequencer's key: it pays the chain's fee and advances the nonce. */
  readonly feePayer: string;
  readonly mint: string;
  /** A durable nonce account, and what it holds. */
  readonly nonce: string;
  readonly blockhash: string;
  /**
   * The destinations that are keys of owners: what is for them goes to their associated token
   * accounts, which the transaction opens where they do not exist. All others are token accounts.
   */
  readonly opens: readonly string[];
}

/** One movement of a payment; base58. */
export interface PaymentTransfer {
  readonly destination: string;
  readonly quarks: bigint;
}

/**
 * The one transaction that carries a payment out: the nonce is advanced, token accounts are opened,
 * then the tokens move in the order of the submission's actions. Throws RangeError where it cannot
 * be built, or would open what nobody has a key to.
 */
export async function paymentMessage(
  owner: string,
  transfers: readonly PaymentTransfer[],
  terms: PaymentTerms,
): Promise<CompiledMessage> {
  const { feePayer, mint, nonce, blockhash, opens } = terms;
  const source = await tokenAccountOf(owner, mint);
  const opened = new Map<string, string>();
  for (const key of opens) {
    if (!isOnCurve(addressBytes(key))) throw new RangeError(`${key} is no owner's key`);
    opened.set(key, await tokenAccountOf(key, mint));
  }
  const shared = { source, mint, owner, decimals: QUARK_DECIMALS };
  return compileMessage({
    feePayer,
    lifetime: blockhash,
    instructions: [
      advanceNonce(nonce, feePayer),
      ...[...opened].map(([key, account]) => openTokenAccount(feePayer, account, key, mint)),
      ...transfers.map(({ destination, quarks }) =>
        transferTokens({ ...shared, destination: opened.get(destination) ?? destination, quarks }),
      ),
    ],
  });
}
