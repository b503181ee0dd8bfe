import type { Fulfillment } from './rendezvous.js';

/** What a submission moves: out of one wallet, to a destination and to takers of fees. */
export interface SettlementPlan {
  /** The wire's intent id, base58. */
  readonly codeId: string;
  /** The key that signs, and the wallet that pays; base58. */
  readonly owner: string;
  /** The owner's key or its address on the chain. */
  readonly source: string;
  /** In the order of the submission's actions. */
  readonly transfers: readonly SettlementTransfer[];
}

export interface SettlementTransfer {
  /** The action's number in the submission. */
  readonly action: number;
  /** Base58: a wallet's key, or a token account; null: the sequencer's own fee account. */
  readonly destination: string | null;
  readonly quarks: bigint;
}

/** A plan cannot be carried out: why, in words for the wallet's developer. */
export interface SettlementFault {
  readonly fault: string;
  /** The wallet should look again and send anew, rather than give up. */
  readonly stale: boolean;
}

/** What a transaction is made of beside the actions, as the wallet is told; keys in base58. */
export interface PreparedTransaction {
  /** The first of the actions that it carries out; it carries out all of them. */
  readonly action: number;
  /** A durable nonce account, and what it holds. */
  readonly nonce: string;
  readonly blockhash: string;
  /** The sequencer's key, which also is where a fee without a destination goes. */
  readonly feePayer: string;
  readonly mint: string;
  /** The destinations that are owners' keys, whose token accounts it opens where need be. */
  readonly opens: readonly string[];
}

/** What the wallet has to sign, beyond its actions, before money can move. */
export interface Prepared {
  readonly nonces: readonly PreparedTransaction[];
  /** How many signatures are awaited. */
  readonly signatures: number;
  /**
   * Checks the signatures; a wrong one is answered with the transaction that it should have
   * signed. What it gives goes into the books by `fulfill`, in the command that writes down the
   * submission.
   */
  complete(
    signatures: readonly Uint8Array[],
  ): Promise<FulfillmentInput | { action: number; expected: Uint8Array; provided: Uint8Array }>;
  /**
   * Ends the reservation: called in every case, after the submission was written down or is known
   * not to be. What is in the books by then stays.
   */
  release(): Promise<void>;
}

/** A transaction to be written down with the submission that it carries out. */
export type FulfillmentInput = Pick<Fulfillment, 'id' | 'nonce' | 'wire' | 'transaction'>;

/** Where the money of wallets is when it is not on our own ledger. */
export interface Settlement {
  /** The token that wallets hold, base58. */
  readonly mint: string;
  /** Where fees without a destination go: the sequencer's key, base58. */
  readonly feeAddress: string;
  /** Reserves what a plan needs. */
  prepare(plan: SettlementPlan): Promise<Prepared | SettlementFault>;
  /** What a wallet can spend: what the chain says, less what is on its way; in quarks. */
  balance(owner: string): Promise<bigint>;
  /** The token account, base58, that money for an owner's key is paid to. */
  addressOf(owner: string): Promise<string>;
  /**
   * Whether money can be paid to an address, by the published rules; a text says why not. Token
   * accounts on the chain can be paid to, keys that have one, and keys of wallets open here.
   */
  destinationFault(address: string): Promise<string | null>;
  /** Test money, where the chain is our own; null elsewhere. */
  airdrop: ((owner: string, quarks: bigint) => Promise<void>) | null;
}
