import { toBase58 } from '../../src/wire/code/base58.js';
import { faucet, readBalance, readLimits, readRates } from './accounts.js';
import { makeTransport, type Transport, type TransportOptions } from './envelope.js';
import { type HistoryPage, readHistory } from './history.js';
import type { WalletKeys } from './keys.js';
import { login } from './login.js';
import type { LoginOffer, Offer, PaymentOffer, Receipt, TipOffer } from './offers.js';
import { pay, send } from './pay.js';
import { read } from './read.js';
import { reject } from './rendezvous.js';
import { findTipped } from './tips.js';
import { watch } from './watch.js';

/** Where a wallet is and what it is made of. */
export interface WalletOptions extends TransportOptions {
  readonly keys: WalletKeys;
}

/** What the parts of a wallet work with. */
export interface Means {
  readonly keys: WalletKeys;
  /** The wallet's address, base58. */
  readonly address: string;
  readonly transport: Transport;
}

/** Fiat per kin, by lower-case currency code; kin itself is 1. */
export interface Rates {
  readonly asOf: Date;
  readonly rates: ReadonlyMap<string, number>;
}

/** What one payment may be, in whole units of its currency. */
export interface CurrencyLimits {
  readonly min: number;
  readonly max: number;
}

/** What a wallet holds now, and what moved since it was last looked at. */
export interface WalletNews {
  readonly quarks: bigint;
  /** The newest page of what moved. */
  readonly history: HistoryPage;
}

/**
 * A wallet on one Tender. Every method throws WalletError for what a person can do something about.
 * Money is in quarks (1 kin = 100,000 quarks) unless a currency stands beside it.
 */
export interface Wallet {
  /** Where others pay to: the owner's public key, base58. */
  readonly address: string;
  /** What can be spent, in quarks; 0 for a wallet that nobody has paid to yet. */
  balance(): Promise<bigint>;
  rates(): Promise<Rates>;
  /** Asks for test money; returns how many quarks came. `unavailable` where none is given. */
  faucet(): Promise<bigint>;
  /** What a payment request may ask for, by lower-case currency code. */
  limits(): Promise<ReadonlyMap<string, CurrencyLimits>>;
  /**
   * Looks up what a scanned code asks for, checks it, and tells the shop that it was scanned.
   * Throws `not_found`, `unverified`, `mismatch`, `paid`, `unsupported`, `unreadable`.
   * @param payload the code's 20 bytes
   */
  read(payload: Uint8Array): Promise<Offer>;
  /**
   * Pays a request at the rates of now. Where it comes from a verified domain, the domain learns
   * the wallet's id there. Throws `funds`, `paid`, `over`, `stale`, `refused`; `unreachable` leaves
   * open whether it was paid, and asking again cannot pay twice.
   */
  pay(offer: PaymentOffer): Promise<Receipt>;
  /** Tells the shop that nothing will come of its request. */
  reject(offer: PaymentOffer | LoginOffer): Promise<void>;
  /** Logs in; returns the id, base58, that the domain knows the wallet by. */
  login(offer: LoginOffer): Promise<string>;
  /** Whom a user name belongs to. Throws `not_found`. */
  tipped(username: string): Promise<TipOffer>;
  /**
   * Pays a user. Throws `not_found`, and as `send` does.
   * @param amount whole units of `currency`, like 0.5
   */
  tip(username: string, amount: number, currency: string): Promise<Receipt>;
  /** Pays an address of base58. Throws `unreadable` (no address), `funds`, `stale`, `refused`. */
  send(address: string, amount: number, currency: string): Promise<Receipt>;
  /** What was paid and received, newest first; `cursor` of a page gives the next one. */
  history(cursor?: Uint8Array): Promise<HistoryPage>;
  /**
   * Calls back once at first and then whenever the balance or the history has changed.
   * @param onError called where looking fails; looking goes on
   * @returns ends it
   */
  watch(listener: (news: WalletNews) => void, onError?: (error: unknown) => void): () => void;
}

/** A wallet that talks to one Tender; nothing is asked until a method is called. */
export function connect(options: WalletOptions): Wallet {
  const { keys } = options;
  const means: Means = {
    keys,
    address: toBase58(keys.owner.publicKey),
    transport: makeTransport(options),
  };
  return {
    address: means.address,
    balance: () => readBalance(means),
    rates: () => readRates(means),
    faucet: () => faucet(means),
    limits: () => readLimits(means),
    read: (payload) => read(means, payload),
    pay: (offer) => pay(means, offer),
    reject: (offer) => reject(means, offer),
    login: (offer) => login(means, offer),
    tipped: (username) => findTipped(means, username),
    tip: async (username, amount, currency) => {
      const { destination } = await findTipped(means, username);
      return send(means, destination, amount, currency);
    },
    send: (address, amount, currency) => send(means, address, amount, currency),
    history: (cursor) => readHistory(means, cursor),
    watch: (listener, onError) => watch(means, listener, onError),
  };
}
