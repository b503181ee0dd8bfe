import type { Fulfillment } from './rendezvous.js';

/** What a submission moves: out of one wallet, to a destination and to takers of fees. */
export interface SettlementPlan {
  /** The wire's intent id, base58. */
  readonly codeId: string;
  /** The key that signs, and the wallet that pays; base58. */
  readonly owner: string;
  readonly source: string;
  /** In the order of the submission's actions. */
  readonly transfers: readonly SettlementTransfer[];
}

export interface SettlementTransfer {
  /** The action's number in the submission. */
  readonly action: number;
  /** Base58; null: the sequencer's own fee account. */
  readonly destination: string | null;
  readonly quarks: bigint;
}

/** A plan cannot be carried out: why, in words for the wallet's developer. */
export interface SettlementFault {
  readonly fault: string;
  /** The wallet should look again and send anew, rather than give up. */
  readonly stale: boolean;
}

/** What the wallet has to sign, beyond its actions, before money can move. */
export interface Prepared {
  /** Per action of the plan, what its transaction is made valid by; base58. */
  readonly nonces: readonly { action: number; nonce: string; blockhash: string }[];
  /** How many signatures are awaited. */
  readonly signatures: number;
  /** Checks the signatures; a wrong one is answered with the bytes that it should have signed. */
  complete(
    signatures: readonly Uint8Array[],
  ): Promise<FulfillmentInput | { action: number; expected: Uint8Array; provided: Uint8Array }>;
  /** Gives back what was reserved, where it will not be used. */
  release(): Promise<void>;
}

/** A transaction to be written down with the submission that it carries out. */
export type FulfillmentInput = Pick<Fulfillment, 'nonce' | 'wire' | 'transaction'>;

/** Where the money of wallets is when it is not on our own ledger. */
export interface Settlement {
  /** The token that wallets hold, base58. */
  readonly mint: string;
  /** Reserves what a plan needs. */
  prepare(plan: SettlementPlan): Promise<Prepared | SettlementFault>;
  /** What a wallet can spend: what the chain says, less what is on its way; in quarks. */
  balance(owner: string): Promise<bigint>;
  /** The address that money for an owner is paid to, base58. */
  addressOf(owner: string): Promise<string>;
  /** Whether money can be paid to an address, by the published rules; a text says why not. */
  destinationFault(address: string): Promise<string | null>;
  /** Test money, where the chain is our own; null elsewhere. */
  airdrop: ((owner: string, quarks: bigint) => Promise<void>) | null;
}
