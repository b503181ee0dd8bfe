import { join } from 'node:path';
import { isFailure } from '../../src/domain/errors.js';
import type { Submission } from '../../src/domain/rendezvous.js';
import type { Prepared } from '../../src/domain/settlement.js';
import { type Jobs, startJobs } from '../../src/engine/jobs.js';
import { type RailDriver, startRailDriver } from '../../src/engine/rail-driver.js';
import { type PaymentInput, submitPayment } from '../../src/engine/submissions.js';
import { LIMITS } from '../../src/limits.js';
import { readNonce, readTokenAccount } from '../../src/rails/solana/accounts.js';
import { type Chain, ChainUnavailable } from '../../src/rails/solana/chain.js';
import { genesisOf, localMint } from '../../src/rails/solana/genesis.js';
import { signerOf } from '../../src/rails/solana/keys.js';
import { SOLANA_LIMITS, type SolanaLimits } from '../../src/rails/solana/limits.js';
import { openLocalChain } from '../../src/rails/solana/local-chain.js';
import { makeSolana, type Solana } from '../../src/rails/solana/solana.js';
import { booksOf } from '../../src/solana.js';
import type { Store } from '../../src/storage/store.js';
import { tokenAccountOf } from '../../src/wire/code/solana/addresses.js';
import { paymentMessage } from '../../src/wire/code/solana/payment.js';
import { makeTestEngine, type TestClock, type TestEngine } from './engine.js';
import type { TestKey } from './wallets.js';

/** An engine with a chain of its own, kept in a folder. */

export const FEE_SEED = Buffer.alloc(32, 9);
export const FEE_PAYER = signerOf(FEE_SEED).address;
export const MINT = localMint(FEE_PAYER);

/** What a test may do to the way between the server and its chain. */
export interface Faults {
  /** Nothing is answered, and nothing arrives. */
  down: boolean;
  /** Transactions arrive, and then nothing is answered any more. */
  losesAnswers: boolean;
  /** Called with each transaction that arrives. */
  sent: string[];
}

export interface TestSolana extends TestEngine {
  readonly solana: Solana;
  readonly chain: Chain;
  readonly faults: Faults;
  /** Wall time of the rail, Unix ms: real unless a test moves it on. */
  readonly time: { aheadMs: number };
  readonly jobs: Jobs;
  readonly driver: RailDriver;
  stop(): Promise<void>;
}

export interface TestSolanaOptions {
  readonly limits?: Partial<SolanaLimits>;
  /** Transactions wait until a job or a test asks for them. */
  readonly idle?: boolean;
  readonly clock?: TestClock;
  /** In place of the local chain itself, of what the rail sees. */
  readonly over?: (chain: Chain) => Promise<Chain>;
}

/** Opens the chain in `folder`, and an engine over `store` that pays on it. */
export async function openTestSolana(
  store: Store,
  folder: string,
  options: TestSolanaOptions = {},
): Promise<TestSolana> {
  const limits = { ...SOLANA_LIMITS, chain_poll_ms: 5, chain_resend_ms: 20, ...options.limits };
  const chain = await openLocalChain({
    file: join(folder, 'chain.jsonl'),
    genesis: genesisOf(FEE_PAYER),
    limits: limits.local,
  });
  const faults: Faults = { down: false, losesAnswers: false, sent: [] };
  const time = { aheadMs: 0 };
  const logged: TestEngine['logged'] = [];
  const solana = makeSolana({
    chain: faulty(options.over === undefined ? chain : await options.over(chain), faults),
    books: booksOf(() => made.engine),
    seed: FEE_SEED,
    mint: MINT,
    mints: true,
    limits,
    nowMs: () => Date.now() + time.aheadMs,
    logError: (error, what) => void logged.push({ error, what }),
  });
  const made = makeTestEngine(store, {
    rails: [{ methodTypes: ['crypto'], rail: solana.rail }],
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  await solana.start();
  const common = {
    store,
    nowMs: () => made.clock.ms,
    logError: (error: unknown, what: string) => void logged.push({ error, what }),
  };
  const idle = { ...made.engine, onStarted: () => {}, onDue: () => {} };
  const engine = options.idle ? idle : made.engine;
  const driver = startRailDriver({ ...common, engine, rails: [solana.rail], limits: LIMITS.rails });
  const jobs = startJobs({
    ...common,
    engine,
    driver,
    // Only what a test asks for, where it wants that.
    limits: { ...LIMITS.jobs, ...(options.idle ? { job_poll_ms: 3_600_000 } : {}) },
    fulfill: async (id) => (await solana.sequencer.carryOut(id)).isDone,
  });
  return {
    ...made,
    logged,
    solana,
    chain,
    faults,
    time,
    jobs,
    driver,
    stop: async () => {
      const stopped = solana.stop();
      await Promise.all([driver.stop(), jobs.stop(), stopped]);
      await made.engine.drain();
    },
  };
}

function faulty(chain: Chain, faults: Faults): Chain {
  const orDown = <T>(work: () => Promise<T>): Promise<T> =>
    faults.down ? Promise.reject(new ChainUnavailable('the way is cut')) : work();
  return {
    ...chain,
    sendTransaction: (wire) =>
      orDown(async () => {
        faults.sent.push(Buffer.from(wire).toString('base64'));
        const signature = await chain.sendTransaction(wire);
        if (!faults.losesAnswers) return signature;
        faults.down = true;
        throw new ChainUnavailable('the answer was lost');
      }),
    getAccounts: (...args) => orDown(() => chain.getAccounts(...args)),
    getSignatureStatus: (signature) => orDown(() => chain.getSignatureStatus(signature)),
    latestBlockhash: () => orDown(() => chain.latestBlockhash()),
  };
}

/** What the token account of a key holds, in quarks; null where there is none. */
export async function quarksOf({ chain }: TestSolana, key: string): Promise<bigint | null> {
  const [account] = await chain.getAccounts([await tokenAccountOf(key, MINT)], 'finalized');
  return readTokenAccount(account ?? null)?.quarks ?? null;
}

/** What a nonce account holds. */
export async function nonceValue({ chain }: TestSolana, nonce: string): Promise<string> {
  const [account] = await chain.getAccounts([nonce], 'finalized');
  return readNonce(account ?? null)?.blockhash ?? '';
}

/** Has a payment prepared; throws why it cannot be. */
export async function prepare({ solana }: TestSolana, input: PaymentInput): Promise<Prepared> {
  const prepared = await solana.settlement.prepare({ ...input, transfers: transfersOf(input) });
  if ('fault' in prepared) throw new Error(prepared.fault);
  return prepared;
}

/** What a submission moves, in the order of its actions: the net first, then the fees. */
export function transfersOf({ destination, quarks, fees }: PaymentInput) {
  const net = fees.reduce((left, fee) => left - fee.quarks, quarks);
  return [
    { action: 0, destination, quarks: net },
    ...fees.map((fee) => ({ ...fee, action: fee.action + 1 })),
  ];
}

/** What the wallet signs: built from what it was told, without the server's help. */
export async function signFor(
  owner: TestKey,
  input: PaymentInput,
  prepared: Prepared,
): Promise<Uint8Array> {
  const [terms] = prepared.nonces;
  if (terms === undefined) throw new Error('nothing to sign');
  const transfers = transfersOf(input).map(({ destination, quarks }) => ({
    destination: destination ?? terms.feePayer,
    quarks,
  }));
  return owner.sign((await paymentMessage(owner.address, transfers, terms)).bytes);
}

/** Prepares, signs and submits a payment. */
export async function pay(
  made: TestSolana,
  owner: TestKey,
  input: PaymentInput,
): Promise<Submission> {
  const prepared = await prepare(made, input);
  try {
    return await submitPrepared(made, owner, input, prepared);
  } finally {
    await prepared.release();
  }
}

/** Signs and submits what was prepared; throws the failure's name where it is refused. */
export async function submitPrepared(
  { engine }: TestSolana,
  owner: TestKey,
  input: PaymentInput,
  prepared: Prepared,
): Promise<Submission> {
  const fulfillment = await prepared.complete([await signFor(owner, input, prepared)]);
  if ('expected' in fulfillment) throw new Error('the signature is wrong');
  const result = await engine.background(submitPayment({ ...input, fulfillment }));
  if (isFailure(result)) throw new Error(JSON.stringify(result));
  return result;
}
