import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import { makeTestEngine, type TestEngine } from './engine.js';
import { openTestStore, type TestStore } from './stores.js';

/**
 * An engine for the tests of a file: before each the next one, over an empty store. After each,
 * and after what the file itself does then, nothing was logged and the store is audited.
 */
export function useTestEngine(): TestEngine {
  let opened: TestStore;
  const made = {} as TestEngine;
  beforeAll(async () => {
    opened = await openTestStore();
  });
  beforeEach(async () => {
    Object.assign(made, makeTestEngine(await opened.fresh()));
  });
  afterEach(async () => {
    expect(made.logged).toEqual([]);
    expect(await audit(made.store)).toEqual([]);
  });
  afterAll(() => opened.close());
  return made;
}
