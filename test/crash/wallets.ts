import { expect } from 'vitest';
import { WebSocket } from 'ws';
import { intentKeys } from '../../sdk/code/keys.js';
import type { IntentOptions } from '../../sdk/code/options.js';
import { CodeError } from '../../sdk/code/server/errors.js';
import { createPayment } from '../../sdk/code/server/intents.js';
import { feeOf } from '../../sdk/wallet/amounts.js';
import type { SocketConstructor } from '../../sdk/wallet/envelope.js';
import { WalletError } from '../../sdk/wallet/errors.js';
import type { HistoryItem } from '../../sdk/wallet/history.js';
import { keysFromPhrase, newPhrase } from '../../sdk/wallet/keys.js';
import { connect, type Wallet } from '../../sdk/wallet/wallet.js';
import { DEFAULT_KEY } from '../../src/api/auth.js';
import { nodeCurve } from '../../src/cli/wallet-curve.js';
import type { Random } from './random.js';

/** A request of the shop's, which one wallet is to pay. */
export interface Bill {
  /** The shop's own number of it; asking again under it is asking for the same. */
  readonly key: string;
  readonly payer: number;
  readonly options: IntentOptions;
  /** The id of its intent, base58. */
  readonly intent: string;
  readonly payload: Uint8Array;
  /** What the wallet was told that it has paid; null while it was told nothing. */
  quarks: bigint | null;
}

/** Wallets at one server: those that pay, the shop's, and one that gets a part of payments. */
export interface Purses {
  readonly payers: readonly Wallet[];
  readonly shop: Wallet;
  readonly partner: Wallet;
}

const PAYERS = 6;
const SHARE_BASIS_POINTS = 250;
const SETTLED_MS_MAX = 30_000;

/** The recovery phrases of all wallets, which outlive every server. */
export function newPhrases(): string[] {
  return Array.from({ length: PAYERS + 2 }, newPhrase);
}

/** The wallets of these phrases at the server on a port. */
export async function pursesAt(port: number, phrases: readonly string[]): Promise<Purses> {
  const url = `http://127.0.0.1:${port}`;
  const socket = WebSocket as unknown as SocketConstructor;
  const all = await Promise.all(
    phrases.map(async (phrase) =>
      connect({ url, keys: await keysFromPhrase(phrase, nodeCurve), WebSocket: socket }),
    ),
  );
  const [shop, partner, ...payers] = all as [Wallet, Wallet, ...Wallet[]];
  return { payers, shop, partner };
}

/** Gives every wallet test money; what each then has, quarks, by its address. */
export async function fill({ payers, shop, partner }: Purses): Promise<Map<string, bigint>> {
  const given = new Map<string, bigint>();
  for (const wallet of [shop, partner, ...payers]) given.set(wallet.address, await wallet.faucet());
  return given;
}

/** The next request for a payer; every other one shares its payment. */
export async function newBill(
  { shop, partner }: Purses,
  key: string,
  payer: number,
  random: Random,
): Promise<Bill> {
  const shares = random.between(0, 1) === 0;
  const options: IntentOptions = {
    mode: 'payment',
    amount: random.between(5, 40) / 100,
    currency: 'usd',
    destination: shop.address,
    idempotencyKey: key,
    ...(shares && {
      fees: [{ destination: partner.address, basisPoints: SHARE_BASIS_POINTS }],
    }),
  };
  const { id, payload } = await intentKeys(options, nodeCurve);
  return { key, payer, options, intent: id, payload, quarks: null };
}

/**
 * Asks for it and pays it, as a shop and a wallet do. False where the server is gone; a bill that
 * was paid before without an answer stays without one.
 */
export async function settle(port: number, purses: Purses, bill: Bill): Promise<boolean> {
  const wallet = purses.payers[bill.payer] as Wallet;
  for (;;) {
    try {
      await createPayment({ ...bill.options, endpoint: `http://127.0.0.1:${port}/v1` });
      const offer = await wallet.read(bill.payload);
      if (offer.kind !== 'payment') throw new Error(`read a ${offer.kind}`);
      bill.quarks = (await wallet.pay(offer)).quarks;
      return true;
    } catch (error) {
      if (!(error instanceof WalletError || error instanceof CodeError)) throw error;
      if (error.code === 'unreachable') return false;
      if (error.code === 'paid' || /client submitted intent/.test(error.message)) return true;
      // All nonces are in use: more payments are under way than the pool has room for.
      if (error.code !== 'stale') throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Everything that a wallet has paid for requests. */
async function paidBy(wallet: Wallet): Promise<HistoryItem[]> {
  const paid: HistoryItem[] = [];
  for (let next: Uint8Array | undefined; ; ) {
    const page = await wallet.history(next);
    paid.push(...page.items.filter(({ direction }) => direction === 'sent'));
    if (page.next === null) return paid;
    next = page.next;
  }
}

/**
 * Every bill is paid, by its payer, once, and at the price that the wallet was told.
 * @returns what each wallet must now have, quarks, by its address
 */
export async function expectPaidOnce(
  { payers, shop, partner }: Purses,
  bills: readonly Bill[],
  given: ReadonlyMap<string, bigint>,
): Promise<Map<string, bigint>> {
  const due = new Map(given);
  const move = (from: string, to: string, quarks: bigint): void => {
    due.set(from, (due.get(from) ?? 0n) - quarks);
    due.set(to, (due.get(to) ?? 0n) + quarks);
  };
  for (const [payer, wallet] of payers.entries()) {
    const own = bills.filter((bill) => bill.payer === payer);
    const items = await paidBy(wallet);
    const intents = items.map(({ intent }) => intent);
    expect(intents.sort()).toEqual(own.map(({ intent }) => intent).sort());
    const paid = new Map(items.map((item) => [item.intent, item.quarks]));
    for (const { intent, quarks, options } of own) {
      const gross = paid.get(intent) ?? 0n;
      if (quarks !== null) expect({ intent, quarks: gross }).toEqual({ intent, quarks });
      const share = options.fees === undefined ? 0n : feeOf(gross, SHARE_BASIS_POINTS);
      move(wallet.address, shop.address, gross - share);
      move(wallet.address, partner.address, share);
    }
  }
  return due;
}

/** In the end each wallet has exactly this, and nothing is on its way. */
export async function expectBalances(
  { payers, shop, partner }: Purses,
  due: ReadonlyMap<string, bigint>,
): Promise<void> {
  const endMs = performance.now() + SETTLED_MS_MAX;
  for (;;) {
    const found = new Map<string, bigint>();
    for (const wallet of [shop, partner, ...payers])
      found.set(wallet.address, await wallet.balance());
    const isSettled = [...due].every(([address, quarks]) => found.get(address) === quarks);
    if (isSettled || performance.now() > endMs) {
      expect(found).toEqual(due);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** One intent for each bill, each with one charge, and all of them succeeded: none hangs. */
export async function expectIntents(port: number, bills: readonly Bill[]): Promise<void> {
  const read = async (path: string): Promise<Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    for (let cursor = ''; ; ) {
      const url = `http://127.0.0.1:${port}/v1/${path}?limit=100${cursor}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${DEFAULT_KEY}` } });
      const page = (await response.json()) as { data: typeof found; has_more: boolean };
      found.push(...page.data);
      if (!page.has_more) return found;
      cursor = `&starting_after=${found.at(-1)?.id}`;
    }
  };
  const endMs = performance.now() + SETTLED_MS_MAX;
  let intents = await read('payment_intents');
  while (intents.some(({ status }) => status === 'processing') && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    intents = await read('payment_intents');
  }
  expect(intents.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  expect(intents).toHaveLength(bills.length);
  const charges = await read('charges');
  expect(new Set(charges.map((charge) => charge.payment_intent)).size).toBe(charges.length);
  expect(charges.filter(({ status }) => status === 'succeeded')).toHaveLength(bills.length);
}
