import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.js';
import type { Intent } from '../../src/domain/intent.js';
import type { ChainNonce, Fulfillment, Submission } from '../../src/domain/rendezvous.js';
import { audit } from '../../src/engine/audit.js';
import { fulfillmentOf } from '../../src/engine/fulfillments.js';
import { openWallet } from '../../src/engine/wallets.js';
import type { Store } from '../../src/storage/store.js';
import { run } from '../support/payments.js';
import {
  openTestSolana,
  quarksOf,
  type TestSolana,
  type TestSolanaOptions,
} from '../support/solana.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { answerTo, keyOf, newCodeId, request, signedBy, type TestKey } from '../support/wallets.js';

/** A server with a chain of its own for each test of a file, and what its wallets do. */

export const [payer, shop, partner, other] = ['payer', 'shop', 'partner', 'other'].map(keyOf) as [
  TestKey,
  TestKey,
  TestKey,
  TestKey,
];

/** What a request of five dollars comes to, in quarks; the payer has three times as much. */
export const GROSS = 50_000_000_000n;

const FEES = [
  { destination: partner.address, basisPoints: 333 },
  { destination: other.address, basisPoints: 1 },
];

let testStore: TestStore;
let folder: string;

/** What a test has before it: set by `begin`. */
export let store: Store;
export let made: TestSolana;

/** Opens and closes what the tests of a file stand on; each of them ends with a clean audit. */
export function stage(): void {
  beforeAll(async () => {
    testStore = await openTestStore();
  });
  afterAll(() => testStore.close());
  beforeEach(async () => {
    store = await testStore.fresh();
    folder = await mkdtemp(join(tmpdir(), 'tender-solana-'));
  });
  afterEach(async () => {
    await made.stop();
    await rm(folder, { recursive: true });
    expect(await audit(store)).toEqual([]);
  });
}

/** A server with open wallets, of which the payer's has money. */
export async function begin(options: TestSolanaOptions = {}, quarks = 3n * GROSS): Promise<void> {
  made = await openTestSolana(store, folder, options);
  for (const key of [payer, shop, partner, other])
    await run(made.engine, openWallet(signedBy(key, newCodeId())));
  await made.solana.settlement.airdrop?.(payer.address, quarks);
}

/** The process is gone with what it was about to do; another one opens the same files. */
export async function dieAndBegin(options: TestSolanaOptions = {}): Promise<void> {
  const { clock } = made;
  await made.stop();
  // What was left for a job is due by the time that the next process looks.
  clock.advance(3600);
  made = await openTestSolana(store, folder, { ...options, clock });
}

async function rowOf<T>(table: 'intents' | 'attempts', account: string, id: string): Promise<T> {
  const { rows } = await store.load([{ table, account, id }], []);
  return rows[0] as T;
}

export async function paidBy({
  merchant,
  intent,
}: Submission): Promise<{ intent: Intent; attempt: Attempt }> {
  const found = await rowOf<Intent>('intents', merchant as string, intent as string);
  const attempt = found.latestAttempt as string;
  return { intent: found, attempt: await rowOf<Attempt>('attempts', found.account, attempt) };
}

export async function fulfilled({ id }: Submission): Promise<Fulfillment> {
  const found = await fulfillmentOf(made.engine, id);
  if (found === null) throw new Error(`nothing carries ${id} out`);
  return found;
}

export function nonces(): Promise<ChainNonce[]> {
  return store.scan('nonces', null, 100) as Promise<ChainNonce[]>;
}

/** Waits until a submission's transaction has ended, its nonce is free, and its intent knows. */
export async function ended(submission: Submission): Promise<Fulfillment> {
  await vi.waitUntil(
    async () => {
      const { state } = await fulfilled(submission);
      const held = (await nonces()).some(
        ({ fulfillment }) => fulfillment === submission.fulfillment,
      );
      const intent = submission.intent && (await paidBy(submission)).intent.state;
      return state !== 'pending' && !held && intent !== 'processing';
    },
    { timeout: 30_000, interval: 5 },
  );
  return fulfilled(submission);
}

export async function requested(fees = FEES) {
  const codeId = await request(made.engine, { destination: shop, fees });
  return answerTo(codeId, payer, shop, { fees });
}

/** The exact split of the gross, on the chain. */
export async function expectPaidOnce(times = 1n): Promise<void> {
  expect(await quarksOf(made, payer.address)).toBe(3n * GROSS - times * GROSS);
  expect(await quarksOf(made, partner.address)).toBe(times * 1_665_000_000n);
  expect(await quarksOf(made, other.address)).toBe(times * 5_000_000n);
  expect(await quarksOf(made, shop.address)).toBe(times * 48_330_000_000n);
}
