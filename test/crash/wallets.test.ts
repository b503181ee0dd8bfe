import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Child } from './child.js';
import { seededRandom } from './random.js';
import { surviveKills } from './wallet-kills.js';

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const KILLS = Number(process.env.TENDER_KILLS ?? 2);

let folder: string;
let child: Child | null = null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-wallet-crash-'));
});
afterAll(async () => {
  await child?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test(`${KILLS} times kill -9 while wallets pay loses and doubles nothing`, async () => {
  console.log(`TENDER_SEED=${SEED} repeats these choices`);
  const { bills, broken, silent } = await surviveKills({
    folder,
    env: {},
    kills: KILLS,
    random: seededRandom(SEED),
    started: (next) => {
      child = next;
    },
  });
  console.log(`${bills.length} payments, ${broken} broken off, of which ${silent} had been made`);
  expect(broken).toBeGreaterThan(KILLS);
});
