import { INSTALLATION } from '../domain/rendezvous.js';
import type { Store } from '../storage/store.js';
import { accountAfter } from './accounts.js';
import type { Engine } from './engine.js';
import { repeat } from './jobs.js';

export interface RollupLimits {
  /** How often accounts are looked at. */
  readonly rollup_poll_ms: number;
  /** Accounts of one look; the next one goes on behind them. */
  readonly rollup_accounts_per_look_max: number;
  /** Steps that one account gets before others have their turn. */
  readonly rollup_steps_max: number;
}

export interface RollupJobDependencies {
  readonly store: Pick<Store, 'scan'>;
  readonly engine: Pick<Engine, 'rollUp' | 'nowMs'>;
  readonly limits: RollupLimits;
  readonly logError: (error: unknown, what: string) => void;
}

/** Keeps every account's counts, in turns. */
export function startRollups(deps: RollupJobDependencies): { stop(): Promise<void> } {
  const { store, engine, limits, logError } = deps;
  let stopped = false;
  let account: string | null = null;
  // Up to the moment at which it begins: where payments never pause, whoever went on to the last of
  // them would count their segment again and again, for a few new ones each time.
  const countOn = async (account: string): Promise<void> => {
    const startMs = engine.nowMs();
    for (let n = 0; n < limits.rollup_steps_max && !stopped; n++) {
      const { isWhole, isUpToDate, asOfMs } = await engine.rollUp(account, 1);
      if (isUpToDate || (isWhole && asOfMs >= startMs)) return;
    }
  };
  const look = async (): Promise<void> => {
    for (let n = 0; n < limits.rollup_accounts_per_look_max && !stopped; n++) {
      account = await accountAfter(store, 'intents', account);
      if (account === null) return;
      if (account !== INSTALLATION) await countOn(account);
    }
  };
  const looks = repeat(limits.rollup_poll_ms, async () => {
    await look().catch((error) => logError(error, 'payments could not be counted'));
  });
  return {
    stop: async () => {
      stopped = true;
      await looks.stop();
    },
  };
}
