import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenedDocument, openDocument, RUN_MS_MAX } from '../../support/document.js';
import { freePort } from '../../support/free-port.js';
import { startTestTender, type TestTender } from '../../support/tender.js';

/** Runs what documents print, in its order, and compares what they say comes out. */

let tender: TestTender;
const documents: OpenedDocument[] = [];

async function open(path: string): Promise<OpenedDocument> {
  const address = `127.0.0.1:${tender.port}`;
  const shop = await freePort();
  const document = openDocument(path, { '127.0.0.1:4400': address, 4444: `${shop}` });
  documents.push(document);
  return document;
}

beforeAll(async () => {
  tender = await startTestTender();
});

afterAll(async () => {
  await tender.stop();
  for (const document of documents) document.close();
  expect(tender.errors).toEqual([]);
});

test('the first payments of the README are made', { timeout: RUN_MS_MAX }, async () => {
  const [stripe, dojo, ...others] = await (await open('README.md')).runAll();
  expect(stripe?.printed).toContain('"status": "succeeded"');
  expect(dojo?.printed).toContain('"paymentLink":"');
  expect(others).toEqual([]);
});

test('the Dojo document does what it says', { timeout: RUN_MS_MAX }, async () => {
  const document = await open('docs/integrate/dojo.md');
  const results = (await document.runAll()).filter(({ said }) => said !== null);
  expect(results).toHaveLength(2);
  for (const { said, printed } of results) expect(printed).toBe(said);
});
