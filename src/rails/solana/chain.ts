/** What an account of a chain holds. Addresses are base58. */
export interface ChainAccount {
  readonly address: string;
  readonly lamports: bigint;
  /** The program that it belongs to. */
  readonly program: string;
  readonly data: Uint8Array;
}

/** How sure a chain is of what it says: `finalized` is never taken back. */
export type Commitment = 'confirmed' | 'finalized';

/** What has become of a transaction that the chain has taken in. */
export interface SignatureStatus {
  readonly slot: bigint;
  readonly finalized: boolean;
  /** Why it has failed, having used up its nonce; null where it has not. */
  readonly fault: TransactionFault | null;
}

/** Why a chain does not carry a transaction out, in its own words and in what they mean. */
export interface TransactionFault {
  readonly text: string;
  /** `lifetime`: its blockhash or nonce is not, or no longer, valid. */
  readonly reason: 'already_processed' | 'lifetime' | 'instruction' | 'other';
  /** Of an instruction: its number, and its program's own number for what is wrong. */
  readonly instruction: number | null;
  readonly custom: number | null;
}

/** The chain has looked at a transaction and does not take it in: nothing has happened. */
export class TransactionRefused extends Error {
  readonly fault: TransactionFault;

  constructor(fault: TransactionFault) {
    super(fault.text);
    this.fault = fault;
  }
}

/** The chain has not answered, or not in a way that says anything: what it did is not known. */
export class ChainUnavailable extends Error {}

/** A Solana chain, near or far. Every call may throw ChainUnavailable. */
export interface Chain {
  /** Takes a signed transaction in and answers its name. Throws TransactionRefused, too. */
  sendTransaction(wire: Uint8Array): Promise<string>;
  /** In the order that was asked for; null where there is none. */
  getAccounts(
    addresses: readonly string[],
    commitment: Commitment,
  ): Promise<(ChainAccount | null)[]>;
  /** null where the chain does not know of the transaction. */
  getSignatureStatus(signature: string): Promise<SignatureStatus | null>;
  /** A recent blockhash, base58: a transaction with it is valid for about a minute. */
  latestBlockhash(): Promise<string>;
  slot(): Promise<bigint>;
  /** What an account of so many bytes must hold so that it stays, in lamports. */
  rentExempt(bytes: number): Promise<bigint>;
  /** Gives lamports away; null where they cost money. */
  readonly airdrop: ((address: string, lamports: bigint) => Promise<void>) | null;
  close(): Promise<void>;
}

/** Reads a chain's error as its JSON-RPC interface writes it: a name, or a name with details. */
export function readFault(error: unknown): TransactionFault {
  const text = JSON.stringify(error, (_, value) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  const plain = { text, instruction: null, custom: null };
  if (error === 'AlreadyProcessed') return { ...plain, reason: 'already_processed' };
  if (error === 'BlockhashNotFound') return { ...plain, reason: 'lifetime' };
  const [, index, custom] =
    /^\{"InstructionError":\[(\d+),(?:\{"Custom":(\d+)\})?/.exec(text) ?? [];
  if (index === undefined) return { ...plain, reason: 'other' };
  return {
    text,
    reason: 'instruction',
    instruction: Number(index),
    custom: custom === undefined ? null : Number(custom),
  };
}
