/**
 * The ledger: every movement is a transfer whose entries sum to zero per currency. An entry's
 * amount is signed: positive into the ledger account, negative out of it.
 */

export type TransferKind =
  | 'authorization'
  | 'capture'
  | 'refund'
  | 'refund_failure'
  | 'unlinked_refund'
  | 'dispute'
  | 'dispute_reversal'
  | 'funding'
  | 'application'
  | 'wallet_payment'
  | 'airdrop';
export type TransferState = 'pending' | 'posted' | 'voided';

/** One line of a transfer: ledger account, signed amount in minor units. */
export interface Entry {
  ledgerAccount: string;
  amount: bigint;
}

/** A balanced set of entries in one currency. */
export interface Transfer {
  account: string;
  id: string;
  kind: TransferKind;
  state: TransferState;
  /**
   * Empty for money that a customer sent ahead of any, for what a card machine pays out without
   * one, and in the books of wallets.
   */
  intent: string;
  /**
   * The attempt, refund, dispute, submission, movement of cash or session of a card machine that
   * caused it; or the intent.
   */
  source: string;
  /** What moves, gross and signed from the merchant's side, in minor units. */
  amount: bigint;
  fee: bigint;
  /** Of a pending transfer: how much was posted or released since. */
  settled: bigint;
  currency: string;
  created: number;
  /** Business time, Unix seconds, from which the merchant may use the money. */
  availableOn: number;
  description: string | null;
  entries: EntryRow[];
}

/** An entry as it is stored: amounts as decimal text, so that JSON keeps every digit. */
export type EntryRow = [ledgerAccount: string, amount: string];

/** The balance of one ledger account in one currency. */
export interface Balance {
  account: string;
  ledgerAccount: string;
  currency: string;
  posted: bigint;
  pending: bigint;
}

/** A change of a balance: additive, so that batches never wait for one another. */
export interface Posting {
  account: string;
  ledgerAccount: string;
  currency: string;
  posted: bigint;
  pending: bigint;
}

/** The ledger's accounts within one merchant's books. */
export const LEDGER = {
  /** What the card networks owe (negative: they have paid in). */
  network: 'network:card',
  /** What came by bank transfer (negative: it has been paid in). */
  bank: 'network:bank',
  /** What wallets have paid a merchant (negative: it has come from them). */
  wallets: 'network:wallet',
  /** What the faucet of a sandbox has given away (negative). */
  faucet: 'network:faucet',
  /** A wallet's money: all of it in the installation's books, in a merchant's what it was paid. */
  wallet: (address: string): string => `wallet:${address}`,
  /** What a customer has sent ahead and not yet paid with. */
  cash: (customer: string): string => `cash:${customer}`,
  /** What a customer has sent for payments that it is not yet enough for. */
  applied: (customer: string): string => `applied:${customer}`,
  /** The processor's fees. */
  fees: 'fees',
  /** What imported payments have paid in at another provider (negative). */
  importedFrom: 'network:imported',
  /** Where that provider's money went: it never was on a balance here. */
  imported: 'imported',
  /** What that provider kept of it. */
  importedFees: 'imported:fees',
  /** What the merchant may use now. */
  available: 'merchant',
  /** What the merchant may use from that UTC day on. */
  settling: (availableOn: number): string => `merchant:${dayOf(availableOn)}`,
} as const;

const SECONDS_PER_DAY = 86_400;
/** Days until card money is available; reference: our own choice, two days as is customary. */
const SETTLEMENT_DAYS = 2;

/** A UTC day as `20261123`, which sorts as text. */
export function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10).replaceAll('-', '');
}

/** When money captured at `now` becomes available: midnight UTC, two days on; Unix seconds. */
export function availableFrom(now: number, atOnce: boolean): number {
  if (atOnce) return now;
  return (Math.floor(now / SECONDS_PER_DAY) + SETTLEMENT_DAYS) * SECONDS_PER_DAY;
}

/** The processor's fee for a card payment: 2.9 % rounded half up, plus 30 minor units. */
export function cardFee(amount: bigint): bigint {
  const fee = (amount * 29n + 500n) / 1000n + 30n;
  return fee < amount ? fee : amount;
}

/** The lines of an authorization's hold over `amount`. */
export function holdEntries(amount: bigint): Entry[] {
  return [
    { ledgerAccount: LEDGER.network, amount: -amount },
    { ledgerAccount: LEDGER.available, amount },
  ];
}

/**
 * The lines of a capture: the payer (the network, unless other lines bring the money) pays, the fee
 * stays behind, the merchant gets the rest.
 */
export function captureEntries(
  amount: bigint,
  fee: bigint,
  availableOn: number,
  atOnce: boolean,
  payers: readonly Entry[] = [{ ledgerAccount: LEDGER.network, amount: -amount }],
): Entry[] {
  const merchant = atOnce ? LEDGER.available : LEDGER.settling(availableOn);
  const entries = [...payers, { ledgerAccount: merchant, amount: amount - fee }];
  if (fee > 0n) entries.push({ ledgerAccount: LEDGER.fees, amount: fee });
  return entries;
}

/**
 * The lines of a payment that another provider has carried out; a negative amount is paid back. The
 * money is not here, so that no merchant's balance moves.
 */
export function importedEntries(amount: bigint, fee: bigint): Entry[] {
  const entries: Entry[] = [
    { ledgerAccount: LEDGER.importedFrom, amount: -amount },
    { ledgerAccount: LEDGER.imported, amount: amount - fee },
  ];
  if (fee > 0n) entries.push({ ledgerAccount: LEDGER.importedFees, amount: fee });
  return entries.filter((entry) => entry.amount !== 0n);
}

/** The lines of a customer's bank transfer: it is theirs until it pays something. */
export function fundingEntries(customer: string, amount: bigint): Entry[] {
  return [
    { ledgerAccount: LEDGER.bank, amount: -amount },
    { ledgerAccount: LEDGER.cash(customer), amount },
  ];
}

/** The lines of money that is put aside for a payment; a negative amount is given back. */
export function applicationEntries(customer: string, amount: bigint): Entry[] {
  return [
    { ledgerAccount: LEDGER.cash(customer), amount: -amount },
    { ledgerAccount: LEDGER.applied(customer), amount },
  ];
}

/** The lines of a payment with a customer's cash, a part of which was put aside for it before. */
export function cashPayers(customer: string, amount: bigint, applied: bigint): Entry[] {
  const payers = [{ ledgerAccount: LEDGER.cash(customer), amount: applied - amount }];
  if (applied > 0n) payers.push({ ledgerAccount: LEDGER.applied(customer), amount: -applied });
  return payers;
}

/**
 * The lines of a merchant's payment by wallet: the money is at its destination at once, whole, and
 * not on the merchant's balance; null stands for the merchant's own account.
 */
export function walletCaptureEntries(destination: string | null, amount: bigint): Entry[] {
  const payee = destination === null ? LEDGER.available : LEDGER.wallet(destination);
  return [
    { ledgerAccount: LEDGER.wallets, amount: -amount },
    { ledgerAccount: payee, amount },
  ];
}

/** A part of a wallet's payment that is not the destination's; an empty one is our own fee. */
export interface WalletFee {
  readonly destination: string;
  readonly quarks: bigint;
}

/** The lines of a wallet's payment in the installation's books: the gross, split to the quark. */
export function walletPaymentEntries(
  source: string,
  destination: string,
  gross: bigint,
  fees: readonly WalletFee[],
): Entry[] {
  const net = fees.reduce((left, { quarks }) => left - quarks, gross);
  const taken = fees.map(({ destination: taker, quarks }) => ({
    ledgerAccount: taker === '' ? LEDGER.fees : LEDGER.wallet(taker),
    amount: quarks,
  }));
  return [
    { ledgerAccount: LEDGER.wallet(source), amount: -gross },
    { ledgerAccount: LEDGER.wallet(destination), amount: net },
    ...taken.filter(({ amount }) => amount !== 0n),
  ];
}

/** The lines of test money that a faucet gives a wallet. */
export function airdropEntries(wallet: string, quarks: bigint): Entry[] {
  return [
    { ledgerAccount: LEDGER.faucet, amount: -quarks },
    { ledgerAccount: LEDGER.wallet(wallet), amount: quarks },
  ];
}

/** The lines of a refund: out of the merchant's available money, to the payee. Fees stay. */
export function refundEntries(amount: bigint, payee: string = LEDGER.network): Entry[] {
  return [
    { ledgerAccount: LEDGER.available, amount: -amount },
    { ledgerAccount: payee, amount },
  ];
}

/** The lines of a dispute: the network takes the amount back, and a fee is due beside it. */
export function disputeEntries(amount: bigint, fee: bigint): Entry[] {
  return [
    { ledgerAccount: LEDGER.available, amount: -(amount + fee) },
    { ledgerAccount: LEDGER.network, amount },
    { ledgerAccount: LEDGER.fees, amount: fee },
  ];
}

/** The lines of a dispute that was won: the amount comes back, the fee stays. */
export function disputeReversalEntries(amount: bigint): Entry[] {
  return [
    { ledgerAccount: LEDGER.network, amount: -amount },
    { ledgerAccount: LEDGER.available, amount },
  ];
}

/** The lines of a refund that came back: its own, the other way round. */
export function refundReturnEntries(refund: Transfer): Entry[] {
  return entriesOf(refund).map((entry) => ({ ...entry, amount: -entry.amount }));
}

/** Entries as stored; throws when they do not balance, since nothing may ever store that. */
export function entryRows(entries: Entry[]): EntryRow[] {
  if (sumOf(entries) !== 0n) throw new Error('unbalanced transfer');
  return entries.map((entry) => [entry.ledgerAccount, entry.amount.toString()]);
}

/** Stored entries back as amounts. */
export function entriesOf(transfer: Transfer): Entry[] {
  return transfer.entries.map(([ledgerAccount, amount]) => ({
    ledgerAccount,
    amount: BigInt(amount),
  }));
}

function sumOf(entries: Entry[]): bigint {
  return entries.reduce((sum, entry) => sum + entry.amount, 0n);
}

/**
 * What a transfer adds to the balances: a posted one all of its entries, a pending one what is not
 * settled yet of them, a voided one nothing.
 */
export function postingsOf(transfer: Transfer): Posting[] {
  const { account, currency, state } = transfer;
  const entries = entriesOf(transfer);
  if (state === 'posted' && transfer.kind !== 'authorization')
    return entries.map(({ ledgerAccount, amount }) => ({
      account,
      ledgerAccount,
      currency,
      posted: amount,
      pending: 0n,
    }));
  const open = state === 'pending' ? transfer.amount - transfer.settled : 0n;
  if (open === 0n) return [];
  return entries.map(({ ledgerAccount, amount }) => ({
    account,
    ledgerAccount,
    currency,
    posted: 0n,
    pending: amount < 0n ? -open : open,
  }));
}

/** What replacing `before` by `after` changes in the balances: the difference of their postings. */
export function postingsBetween(before: Transfer | null, after: Transfer): Posting[] {
  const undone = before === null ? [] : postingsOf(before);
  return [
    ...undone.map((p) => ({ ...p, posted: -p.posted, pending: -p.pending })),
    ...postingsOf(after),
  ];
}
