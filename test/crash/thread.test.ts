import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectVerified } from './checks.js';
import { type Child, startChild } from './child.js';
import { Line } from './shop.js';

/** Loaded before the server: it can then be told to lose its n-th thread. */
const THREAD_ENDS = `
  const threads = require('node:worker_threads');
  const started = [];
  threads.Worker = class extends threads.Worker {
    constructor(...given) { super(...given); started.push(this); }
  };
  require('node:module').syncBuiltinESMExports();
  process.on('SIGUSR2', () => started[Number(process.env.ENDS_THREAD)].terminate());
`;

let folder: string;
let child: Child | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-thread-'));
  writeFileSync(join(folder, 'thread-ends.cjs'), THREAD_ENDS);
});
afterEach(async () => {
  await child?.kill();
  child = null;
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['writes', '0'],
  ['reads', '1'],
])('a server whose thread that %s has ended ends, and says so', async (_, thread) => {
  child = await startChild(join(folder, 'data'), {
    TENDER_WALLET_PORT: 'off',
    NODE_OPTIONS: `--require ${join(folder, 'thread-ends.cjs')}`,
    ENDS_THREAD: thread,
  });
  const line = new Line(child.port);
  const form =
    'amount=500&currency=usd&payment_method=pm_card_visa&confirm=true&return_url=https://a.example';
  const paid = await line.send('POST', '/v1/payment_intents', form, 'paid');
  expect(paid.status).toBe(200);
  line.close();
  expect(await child.end('SIGUSR2')).toBe(1);
  expect(child.log()).toContain('Tender must stop: a thread of its database has ended');
  await expectVerified(join(folder, 'data'));
});
