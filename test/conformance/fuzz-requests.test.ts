import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import { openLine } from '../fuzz/http-client.js';
import { fuzzServer } from '../fuzz/requests.js';
import { fuzzSockets } from '../fuzz/sockets.js';
import { until } from '../support/sink.js';
import { startTestTender, type TestTender } from '../support/tender.js';

/** `npm run prove -- --only fuzz` sends many more, to a server of its own. */
const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const RUNS = 1_000;
const SOCKETS = 200;

let tender: TestTender;
beforeAll(async () => {
  tender = await startTestTender();
});
afterAll(() => tender.stop());

afterEach(async () => {
  expect(tender.errors).toEqual([]);
  expect(await audit(tender.store)).toEqual([]);
});

test('requests that are nearly right are answered, and break nothing', {
  timeout: 60_000,
}, async () => {
  console.log(`TENDER_SEED=${SEED} repeats these inputs`);
  const line = openLine(tender.port);
  await fuzzServer(line, RUNS, SEED);
  line.close();
});

test('frames that are nearly right end their socket at most', { timeout: 60_000 }, async () => {
  await fuzzSockets(tender.url, SOCKETS, SEED);
  await until(() => tender.open.sockets === 0);
});
