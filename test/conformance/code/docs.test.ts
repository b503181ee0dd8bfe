import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenedDocument, openDocument, RUN_MS_MAX } from '../../support/document.js';
import { freePort } from '../../support/free-port.js';
import { startTestTender, type TestTender } from '../../support/tender.js';

/** Runs what docs/integrate/code.md prints, in its order, and compares what it says comes out. */

const SERVER_SDK = fileURLToPath(new URL('../../../sdk/code/server/code.ts', import.meta.url));

let tender: TestTender;
let document: OpenedDocument;

beforeAll(async () => {
  const [shop, site] = [await freePort(), await freePort()];
  const domainOrigins = { 'shop.example': `http://127.0.0.1:${site}` };
  tender = await startTestTender({ code: { domainOrigins } });
  document = openDocument('docs/integrate/code.md', {
    '127.0.0.1:4400': `127.0.0.1:${tender.port}`,
    4444: `${shop}`,
    4446: `${site}`,
  });
  // The built file is the same from the same source.
  const source = `export * from ${JSON.stringify(SERVER_SDK)};\n`;
  writeFileSync(join(document.folder, 'code-server.js'), source);
});

afterAll(async () => {
  await tender.stop();
  document.close();
  expect(tender.errors).toEqual([]);
});

test('the Code document does what it says', { timeout: RUN_MS_MAX }, async () => {
  const results = (await document.runAll()).filter(({ said }) => said !== null);
  expect(results).toHaveLength(4);
  for (const { said, printed } of results) expect(printed).toBe(said);
});
