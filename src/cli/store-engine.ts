import { randomFillSync } from 'node:crypto';
import { makeIdSource } from '../domain/id.js';
import { type Engine, makeEngine } from '../engine/engine.js';
import type { Keys } from '../engine/keys.js';
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
