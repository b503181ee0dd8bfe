import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOrMakeKey } from '../../src/data-folder.js';
import { deriveKeys } from '../../src/engine/keys.js';
import { readTokenAccount } from '../../src/rails/solana/accounts.js';
import { genesisOf, localMint } from '../../src/rails/solana/genesis.js';
import { signerOf } from '../../src/rails/solana/keys.js';
import { SOLANA_LIMITS } from '../../src/rails/solana/limits.js';
import { openLocalChain } from '../../src/rails/solana/local-chain.js';
import { tokenAccountOf } from '../../src/wire/code/solana/addresses.js';
import type { Child } from './child.js';
import { seededRandom } from './random.js';
import { surviveKills } from './wallet-kills.js';

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const KILLS = Number(process.env.TENDER_KILLS ?? 2);

let folder: string;
let child: Child | null = null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-chain-crash-'));
});
afterAll(async () => {
  await child?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** What token accounts on the chain hold, quarks, by their owners: read without the server. */
async function tokensOf(owners: Iterable<string>): Promise<Map<string, bigint>> {
  const seed = deriveKeys(Buffer.from(readOrMakeKey(folder), 'hex')).seed('fee-payer');
  const { address: feePayer } = signerOf(seed);
  const chain = await openLocalChain({
    file: join(folder, 'solana.jsonl'),
    genesis: genesisOf(feePayer),
    limits: SOLANA_LIMITS.local,
  });
  try {
    const held = new Map<string, bigint>();
    for (const owner of owners) {
      const account = await tokenAccountOf(owner, localMint(feePayer));
      const [found] = await chain.getAccounts([account], 'finalized');
      held.set(owner, readTokenAccount(found ?? null)?.quarks ?? 0n);
    }
    return held;
  } finally {
    await chain.close();
  }
}

test(`${KILLS} times kill -9 on a chain: every payment is made, and made once`, async () => {
  console.log(`TENDER_SEED=${SEED} repeats these choices`);
  const { bills, broken, silent, balances } = await surviveKills({
    folder,
    env: { TENDER_SOLANA: 'local' },
    kills: KILLS,
    random: seededRandom(SEED),
    started: (next) => {
      child = next;
    },
  });
  console.log(`${bills.length} payments, ${broken} broken off, of which ${silent} had been made`);
  expect(broken).toBeGreaterThan(KILLS);
  expect(await tokensOf(balances.keys())).toEqual(balances);
});
