import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import { startTestTender, type TestTender } from './tender.js';

/**
 * One Tender for a test file, within its tests. After each of them `faults`, which others add to,
 * is empty and nothing was logged; after the last the whole store is audited.
 */
export function useTestTender(faults: string[]): () => TestTender {
  let started: TestTender | null = null;
  const running = (): TestTender => {
    if (started === null) throw new Error('Tender runs only within a test');
    return started;
  };
  beforeAll(async () => {
    started = await startTestTender();
  });
  afterAll(async () => {
    if (started === null) return;
    // Whatever the tests did, the books are right.
    const broken = await audit(started.store);
    await started.stop();
    expect(broken).toEqual([]);
  });
  afterEach(() => {
    expect(faults.splice(0)).toEqual([]);
    expect(running().errors).toEqual([]);
  });
  return running;
}
