import type {
  FulfillmentInput,
  Prepared,
  Settlement,
  SettlementFault,
  SettlementPlan,
} from '../../domain/settlement.js';
import { toBase58 } from '../../wire/code/base58.js';
import { SIGNATURE_BYTES } from '../../wire/code/payload.js';
import { isOnCurve, tokenAccountOf } from '../../wire/code/solana/addresses.js';
import { mintTokens, openTokenAccount } from '../../wire/code/solana/instructions.js';
import {
  addressBytes,
  type CompiledMessage,
  encodeTransaction,
} from '../../wire/code/solana/message.js';
import { type PaymentTerms, paymentMessage } from '../../wire/code/solana/payment.js';
import { readNonce, readTokenAccount } from './accounts.js';
import type { Books, Reservation } from './books.js';
import type { Chain } from './chain.js';
import { makeHolds } from './holds.js';
import { isSignedBy, type Signer } from './keys.js';
import type { SolanaLimits } from './limits.js';
import { sendOwn } from './own-transactions.js';

export interface SettlementDependencies {
  readonly chain: Chain;
  readonly books: Books;
  readonly feePayer: Signer;
  /** The token that wallets hold, base58. */
  readonly mint: string;
  /** Whether tokens can be made: the fee payer is the mint's authority. */
  readonly mints: boolean;
  readonly limits: SolanaLimits;
}

/** A movement whose destination is named. */
interface Movement {
  readonly destination: string;
  readonly quarks: bigint;
}

/** Wallets' money as tokens of a chain. */
export function makeSettlement(deps: SettlementDependencies): Settlement {
  const { chain, books, feePayer, mint, mints, limits } = deps;
  const holds = makeHolds();

  async function balance(owner: string): Promise<bigint> {
    const account = await tokenAccountOf(owner, mint);
    // The books first: what ends in between is then missing on neither side.
    const outgoing = await books.outgoing(owner);
    const [found] = await chain.getAccounts([account], 'confirmed');
    const quarks = readTokenAccount(found ?? null)?.quarks ?? 0n;
    const left = quarks - outgoing - holds.of(owner);
    return left > 0n ? left : 0n;
  }

  async function prepare(plan: SettlementPlan): Promise<Prepared | SettlementFault> {
    const { owner, source } = plan;
    if (source !== owner && source !== (await tokenAccountOf(owner, mint)))
      return { fault: `source ${source} is not an account of the owner`, stale: false };
    const movements = plan.transfers.map(({ destination, quarks }) => ({
      destination: destination ?? feePayer.address,
      quarks,
    }));
    const payees = await findPayees(deps, movements);
    if ('fault' in payees) return payees;
    const total = movements.reduce((sum, { quarks }) => sum + quarks, 0n);
    const hold = await holds.take(owner, total, () => balance(owner));
    if (hold === null) return { fault: 'insufficient balance to perform action', stale: false };
    try {
      const reservation = await reserve(deps);
      if ('fault' in reservation) hold.giveBack();
      else return await prepared(deps, plan, { movements, reservation, ...payees, ...hold });
      return reservation;
    } catch (error) {
      hold.giveBack();
      throw error;
    }
  }

  return {
    mint,
    feeAddress: feePayer.address,
    prepare,
    balance,
    addressOf: (owner) => tokenAccountOf(owner, mint),
    destinationFault: async (address) => {
      const payees = await findPayees(deps, [{ destination: address, quarks: 0n }]);
      return 'fault' in payees ? payees.fault : null;
    },
    airdrop: !mints
      ? null
      : async (owner, quarks) => {
          const account = await tokenAccountOf(owner, mint);
          const instructions = [
            openTokenAccount(feePayer.address, account, owner, mint),
            mintTokens(mint, account, feePayer.address, quarks),
          ];
          await sendOwn(chain, feePayer, instructions, limits);
        },
  };
}

/**
 * Keeps a nonce that holds what the books say of it. One that was advanced without them is put
 * right: nothing signed with the old value could ever happen.
 */
async function reserve({
  chain,
  books,
  limits,
}: SettlementDependencies): Promise<Reservation | SettlementFault> {
  const reservation = await books.reserve(limits.reservation_ms);
  if (reservation === null) return { fault: 'no nonce is available: try again', stale: true };
  const { nonce, blockhash } = reservation;
  try {
    const [account] = await chain.getAccounts([nonce], 'confirmed');
    const holds = readNonce(account ?? null)?.blockhash;
    if (holds === blockhash) return reservation;
    await books.release(reservation);
    if (holds !== undefined) await books.offer(nonce, holds);
  } catch (error) {
    await books.release(reservation);
    throw error;
  }
  return { fault: 'the nonce was used elsewhere: try again', stale: true };
}

/**
 * Which destinations are owners' keys. A token account is paid as it is; a key of a wallet that is
 * open here, or that has tokens already, by the key's token account. Else a fault, in the published
 * words.
 */
async function findPayees(
  { chain, books, feePayer, mint }: SettlementDependencies,
  movements: readonly Movement[],
): Promise<{ readonly opens: readonly string[] } | SettlementFault> {
  const destinations = [...new Set(movements.map(({ destination }) => destination))];
  const accounts = await chain.getAccounts(destinations, 'confirmed');
  const opens: string[] = [];
  const isPayable = async (key: string): Promise<boolean> => {
    const tokens = await tokensOf(chain, key, mint);
    if (tokens !== 'none') return tokens === 'own';
    return key === feePayer.address || (await books.isWallet(key));
  };
  for (const [i, destination] of destinations.entries()) {
    const account = accounts[i] ?? null;
    const token = readTokenAccount(account);
    if (token?.mint === mint && token.ready) continue;
    if (await isPayable(destination)) opens.push(destination);
    else if (account === null)
      return { fault: `${destination} doesn't exist on the blockchain`, stale: false };
    else return { fault: `${destination} is not a kin token account`, stale: false };
  }
  return { opens };
}

/**
 * Whose a key's token account is: one that is the key's own can be paid, whoever's the key is; one
 * that was given away cannot be paid by the key any more.
 */
async function tokensOf(chain: Chain, key: string, mint: string): Promise<'none' | 'own' | 'lost'> {
  if (!isOnCurve(addressBytes(key))) return 'none';
  const [account = null] = await chain.getAccounts([await tokenAccountOf(key, mint)], 'confirmed');
  if (account === null) return 'none';
  const token = readTokenAccount(account);
  // Lamports that somebody has sent to an address make no token account of it yet.
  if (token === null) return 'none';
  return token.mint === mint && token.owner === key ? 'own' : 'lost';
}

interface Preparation {
  readonly movements: readonly Movement[];
  readonly opens: readonly string[];
  readonly reservation: Reservation;
  /** Ends the hold on the owner's money. */
  giveBack(): void;
}

async function prepared(
  { books, feePayer, mint }: SettlementDependencies,
  { owner, transfers }: SettlementPlan,
  { movements, opens, reservation, giveBack }: Preparation,
): Promise<Prepared | SettlementFault> {
  const action = transfers[0]?.action ?? 0;
  const { nonce, blockhash } = reservation;
  const terms: PaymentTerms = { feePayer: feePayer.address, mint, nonce, blockhash, opens };
  const release = async (): Promise<void> => {
    giveBack();
    await books.release(reservation);
  };
  let message: CompiledMessage;
  try {
    message = await paymentMessage(owner, movements, terms);
  } catch (error) {
    await release();
    if (!(error instanceof RangeError)) throw error;
    return { fault: error.message, stale: false };
  }
  return {
    nonces: [{ action, ...terms }],
    signatures: 1,
    complete: async (signatures) => {
      const [provided = new Uint8Array()] = signatures;
      const isRight =
        signatures.length === 1 &&
        provided.length === SIGNATURE_BYTES &&
        (await isSignedBy(owner, message.bytes, provided));
      if (isRight) return signed(feePayer, reservation, message, provided);
      return { action, expected: unsigned(message), provided };
    },
    release,
  };
}

/** The whole transaction; only now does the sequencer sign, so that nobody can send it before. */
function signed(
  feePayer: Signer,
  { fulfillment, nonce }: Reservation,
  { bytes }: CompiledMessage,
  ownerSignature: Uint8Array,
): FulfillmentInput {
  const ours = feePayer.sign(bytes);
  const wire = encodeTransaction([ours, ownerSignature], bytes);
  return {
    id: fulfillment,
    nonce,
    wire: Buffer.from(wire).toString('base64'),
    transaction: toBase58(ours),
  };
}

/** The transaction as it is shown: nobody has signed it. */
function unsigned({ bytes, signers }: CompiledMessage): Uint8Array {
  return encodeTransaction(
    signers.map(() => new Uint8Array(SIGNATURE_BYTES)),
    bytes,
  );
}
