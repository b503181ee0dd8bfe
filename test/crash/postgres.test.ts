import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClusterKills, surviveInCluster } from './cluster.js';
import { openReplicated, openSingle, type StandingGround } from './grounds.js';
import { seededRandom } from './random.js';

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const KILLS = Number(process.env.TENDER_KILLS ?? 5);

let folder: string;
let ground: StandingGround | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-cluster-crash-'));
});
afterEach(async () => {
  await ground?.stop();
  ground = null;
  rmSync(folder, { recursive: true, force: true });
});

async function survive(opened: StandingGround, victims: ClusterKills['victims']): Promise<void> {
  ground = opened;
  console.log(`TENDER_SEED=${SEED} repeats these choices`);
  const survived = await surviveInCluster({ ground, folder, victims, seed: SEED });
  console.log(JSON.stringify(survived));
  expect(survived.sentAgain).toBeGreaterThan(0);
}

test(`${KILLS} times kill -9 of PostgreSQL or a server loses and doubles nothing`, async () => {
  const random = seededRandom(SEED);
  // Each of the two at least once.
  const others = Array.from({ length: KILLS - 2 }, () =>
    random.pick(['database', 'server'] as const),
  );
  await survive(await openSingle(), ['database', 'server', ...others]);
});

test('a standby that is promoted under load has everything that was acknowledged', async () => {
  await survive(await openReplicated(), ['server', 'database', 'server']);
});
