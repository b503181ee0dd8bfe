import { randomFillSync } from 'node:crypto';
import type { Config } from '../config.js';
import { makeIdSource } from '../domain/id.js';
import { type Engine, makeEngine } from '../engine/engine.js';
import type { Keys } from '../engine/keys.js';
import { masterKeyOf } from '../main.js';
import { keysUnder } from '../master-keys.js';
import { openStorage } from '../open-storage.js';
import { makeCardDesk } from '../rails/card/desk.js';
import type { Store } from '../storage/store.js';

type Limits = Parameters<typeof makeEngine>[0]['limits'];

/**
 * An engine for a command that works on the store itself. It has no rails, since no money moves in
 * one, and tells nobody of what it does. `keys` are the installation's.
 */
export function engineOn(store: Store, keys: Keys, limits: Limits): Engine {
  return makeEngine({
    store,
    rails: [],
    cards: makeCardDesk({ testNames: false }),
    vault: keys,
    ids: makeIdSource({ now: Date.now, random: randomFillSync }),
    nowMs: Date.now,
    tellers: [],
    limits,
    // A command that fails says so itself.
    logError: () => undefined,
  });
}

/** What a command works with that has the store for itself. */
export interface OpenStore {
  readonly store: Store;
  readonly engine: Engine;
  readonly keys: Keys;
}

/**
 * Runs what works on the configured store itself, and closes it. Throws StartFault where it cannot
 * be opened; `command` is who has it meanwhile.
 */
export async function withStore<T>(
  config: Config,
  command: string,
  work: (open: OpenStore) => Promise<T>,
): Promise<T> {
  const keys = keysUnder(masterKeyOf(config), config);
  const { store, close } = await openStorage(config, command);
  const engine = engineOn(store, keys, config.limits.engine);
  try {
    return await work({ store, engine, keys });
  } finally {
    await engine.drain();
    await close();
  }
}
