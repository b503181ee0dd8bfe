import { ACCOUNT_CLOCK, type Clock, isTestClock } from '../domain/clock.js';
import type { RowTypes } from '../storage/schema.js';
import type { AuditStore } from '../storage/store.js';
import { advanceJobId } from './clocks.js';

/** What lives by a clock. */
type Clocked =
  | Pick<RowTypes['setups'], 'clockId'>
  | RowTypes['customers']
  | RowTypes['intents']
  | RowTypes['jobs'];

/** The clock that a row refers to, as a row of `clocks`; null for the account's and the wall's. */
export function clockParent({ clockId }: Clocked): string | null {
  return clockId !== null && isTestClock(clockId) ? clockId : null;
}

/** What is wrong with clocks: each broken invariant as a sentence. */
export async function clockFaults(store: AuditStore, clocks: readonly Clock[]): Promise<string[]> {
  const { rows } = await store.load(
    clocks.flatMap(({ account, id }) => [
      { table: 'jobs', account, id: advanceJobId(id) } as const,
      { table: 'accounts', account, id: account } as const,
    ]),
    [],
  );
  return clocks.flatMap((clock, i) => {
    const job = rows[2 * i] ?? null;
    const account = (rows[2 * i + 1] ?? null) as RowTypes['accounts'] | null;
    return oneClocksFaults(clock, job !== null, account?.clockAheadSeconds ?? 0).map(
      (fault) => `clock ${clock.id} of ${clock.account}: ${fault}`,
    );
  });
}

function oneClocksFaults(clock: Clock, hasJob: boolean, aheadSeconds: number): string[] {
  const faults: string[] = [];
  const { id, status, target, frozenTime } = clock;
  const isAdvancing = status === 'advancing';
  if (isAdvancing !== (target !== null)) faults.push(`it is ${status} with the target ${target}`);
  if (isAdvancing !== hasJob)
    faults.push(`it is ${status} ${hasJob ? 'and a job' : 'and no job'} advances it`);
  if (target !== null && frozenTime > target) faults.push('it is beyond its target');
  if (aheadSeconds < 0) faults.push("the account's clock is behind");
  if (id === ACCOUNT_CLOCK && status === 'deleted') faults.push('it was deleted');
  return faults;
}
