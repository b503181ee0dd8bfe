import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TOKEN_PROGRAM } from '../../wire/code/solana/addresses.js';
import { addressBytes } from '../../wire/code/solana/message.js';
import { mintData } from './accounts.js';
import type { Books } from './books.js';
import { type Chain, ChainUnavailable } from './chain.js';
import { SolanaFault } from './fault.js';
import { genesisOf, localMint } from './genesis.js';
import { signerOf } from './keys.js';
import { SOLANA_LIMITS } from './limits.js';
import { openLocalChain } from './local-chain.js';
import { makeSolana, type Solana } from './solana.js';

const seed = Buffer.alloc(32, 4);
const feePayer = signerOf(seed).address;
const mint = localMint(feePayer);
const dollars = signerOf(Buffer.alloc(32, 5)).address;

let folder: string;
let chain: Chain;
const offered: string[] = [];
const logged: string[] = [];

const unused = (): never => {
  throw new Error('the start does not do that');
};
const books: Books = {
  offer: async (nonce) => void offered.push(nonce),
  reserve: unused,
  release: unused,
  fulfillment: unused,
  firstPending: unused,
  outgoing: unused,
  tried: unused,
  end: unused,
  renew: unused,
  isWallet: unused,
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tender-chain-'));
  offered.length = 0;
  logged.length = 0;
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** @param lamports what the fee payer has */
async function open(of: { mint?: string; lamports?: bigint; over?: Partial<Chain> } = {}) {
  const [payer, ours] = genesisOf(feePayer);
  if (payer === undefined || ours === undefined) throw new Error('nothing to begin with');
  const cents = mintData(addressBytes(feePayer), 2);
  chain = await openLocalChain({
    file: join(folder, 'chain.jsonl'),
    genesis: [
      { ...payer, lamports: of.lamports ?? payer.lamports },
      ours,
      { address: dollars, lamports: ours.lamports, program: TOKEN_PROGRAM, data: cents },
    ],
    limits: SOLANA_LIMITS.local,
  });
  return makeSolana({
    chain: { ...chain, ...of.over },
    books,
    seed,
    mint: of.mint ?? mint,
    mints: false,
    limits: SOLANA_LIMITS,
    nowMs: Date.now,
    logError: (_, what) => void logged.push(what),
  });
}

async function faultOf(solana: Solana): Promise<string> {
  const error = await solana.start().catch((thrown: unknown) => thrown);
  await solana.stop();
  if (!(error instanceof SolanaFault)) throw new Error(`no fault: ${error}`);
  return error.message;
}

it('starts with as many nonces as it may have, and offers them to its books', async () => {
  const solana = await open();
  await solana.start();
  await solana.stop();
  expect(new Set(offered).size).toBe(SOLANA_LIMITS.nonce_pool_size);
  expect(solana.settlement.airdrop).toBeNull();
  expect(logged).toEqual([]);
});

it('does not start with what is no token, or one of other decimals', async () => {
  expect(await faultOf(await open({ mint: feePayer }))).toBe(
    `${feePayer} is no token of this chain.`,
  );
  await rm(join(folder, 'chain.jsonl'));
  expect(await faultOf(await open({ mint: dollars }))).toBe(
    `The token ${dollars} has 2 decimals, not 5.`,
  );
});

it('does not start where nobody can pay for its nonces, and says who should', async () => {
  const fault = await faultOf(await open({ lamports: 1n }));
  expect(fault).toContain('The nonces cannot be made: ');
  expect(fault).toContain(`Has ${feePayer}, which pays for them, any SOL?`);
  expect(offered).toEqual([]);
});

it('starts where the chain does not answer, says so, and stops while it waits', async () => {
  const away = () => Promise.reject(new ChainUnavailable('gone'));
  const solana = await open({ over: { getAccounts: away } });
  await solana.start();
  expect(logged).toEqual(['the nonces were not looked at']);
  await solana.stop();
});
