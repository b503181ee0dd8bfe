import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, type OpenedDocument, openDocument, RUN_MS_MAX } from '../../support/document.js';
import { startTestTender, type TestTender } from '../../support/tender.js';

/** Runs what docs/integrate/dojo.md prints, in its order, and compares what it says comes out. */

let tender: TestTender;
let document: OpenedDocument;

beforeAll(async () => {
  tender = await startTestTender();
  document = openDocument('docs/integrate/dojo.md', {
    '127.0.0.1:4400': `127.0.0.1:${tender.port}`,
    4444: `${await freePort()}`,
  });
});

afterAll(async () => {
  await tender.stop();
  document.close();
  expect(tender.errors).toEqual([]);
});

test('the Dojo document does what it says', { timeout: RUN_MS_MAX }, async () => {
  const results = await document.runAll();
  expect(results).toHaveLength(2);
  for (const { said, printed } of results) expect(printed).toBe(said);
});
