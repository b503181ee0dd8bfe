import { step } from '../domain/lifecycle.js';
import { SETUP_LIFECYCLE, type SetupIntent, setupFaults } from '../domain/setup.js';
import type { RowTypes } from '../storage/schema.js';
import type { AuditStore, Key } from '../storage/store.js';
import { storedOf } from './audit-reads.js';
import { unusedJobId } from './expiry.js';

/**
 * What is wrong with a page of setups: each broken invariant as a sentence. What changes while it
 * is read is looked at again, `looks_max` times.
 */
export async function setupBookFaults(
  store: AuditStore,
  page: readonly SetupIntent[],
  looks_max: number,
): Promise<string[]> {
  for (let look = 1, setups = page; ; look++) {
    const faults = await faultsOf(store, setups);
    if (faults.length === 0 || look >= looks_max) return faults;
    setups = await storedOf(store, 'setups', page);
  }
}

async function faultsOf(store: AuditStore, setups: readonly SetupIntent[]): Promise<string[]> {
  const ending = setups.filter(({ expiresAt }) => expiresAt !== null);
  const { rows } = await store.load(
    ending.map(({ account, id }): Key => ({ table: 'jobs', account, id: unusedJobId(id) })),
    [],
  );
  const jobs = new Map(ending.map((setup, i) => [setup, rows[i] as RowTypes['jobs'] | null]));
  return setups.flatMap((setup) =>
    [...setupFaults(setup), ...jobFaults(setup, (jobs.get(setup) ?? null) !== null)].map(
      (fault) => `setup ${setup.id} of ${setup.account}: ${fault}`,
    ),
  );
}

function jobFaults({ state, expiresAt }: SetupIntent, hasJob: boolean): string[] {
  if (expiresAt === null || hasJob === (step(SETUP_LIFECYCLE, state, 'succeed') !== null))
    return [];
  return [`in state ${state}, and ${hasJob ? 'a' : 'no'} job will cancel it`];
}
