import type { Fulfillment } from '../../domain/rendezvous.js';

/** A nonce that is kept for a transaction which is not written down yet. */
export interface Reservation {
  /** The id that its fulfillment will have. */
  readonly fulfillment: string;
  readonly nonce: string;
  readonly blockhash: string;
}

/** What the rail reads and writes of the installation's books. */
export interface Books {
  /** Tells of a nonce account of the pool, and what it holds. One in use stays as it is. */
  offer(nonce: string, blockhash: string): Promise<void>;
  /** null where all are in use. */
  reserve(reservation_ms: number): Promise<Reservation | null>;
  /** Gives an unused reservation back; nothing happens to one that has become a fulfillment. */
  release(reservation: Reservation): Promise<void>;
  fulfillment(id: string): Promise<Fulfillment | null>;
  /** The first of an owner's transactions whose end is not known. */
  firstPending(owner: string): Promise<Fulfillment | null>;
  /** What an owner's pending transactions take from its wallet, in quarks. */
  outgoing(owner: string): Promise<bigint>;
  /** Counts a try to send; `fault` is why the chain does not take it, if it said so. */
  tried(id: string, fault: string | null): Promise<void>;
  /** Writes down how a transaction ended; the first end stands. Answers what is then written. */
  end(id: string, state: 'confirmed' | 'failed', fault: string | null): Promise<Fulfillment>;
  /** Gives the nonce of an ended transaction back to the pool, with what it holds now. */
  renew(id: string, blockhash: string): Promise<void>;
  /** Whether an address is the key of a wallet that is open here. */
  isWallet(address: string): Promise<boolean>;
}
