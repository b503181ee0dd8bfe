import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTestEngine } from '../../test/support/engine.js';
import { createPaid, run } from '../../test/support/payments.js';
import type { Intent } from '../domain/intent.js';
import { audit, auditBy } from '../engine/audit.js';
import { openSqlite } from '../storage/sqlite.js';
import { openSqliteSnapshot, withoutWrites } from '../storage/sqlite-snapshot.js';
import type { Store } from '../storage/store.js';
import { startVerifyThread, type VerifyThread } from './verify-thread.js';

const folder = mkdtempSync(join(tmpdir(), 'tender-verify-'));
const file = join(folder, 'tender.db');
const settings = { file, cacheKibibytes: 4096 };
let store: Store;
let rows = 0;
let threads: VerifyThread[];

beforeAll(async () => {
  store = await openSqlite({ file, cache_kibibytes: 4096 });
  const { engine } = makeTestEngine(store);
  for (const account of ['acct_a', 'acct_b']) await run(engine, createPaid({}, account));
  threads = [
    await startVerifyThread(settings, (more) => {
      rows += more;
    }),
    await startVerifyThread(settings, () => {}),
  ];
});
afterAll(async () => {
  for (const thread of threads) await thread.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

test('threads read the moment in which they began, whatever is written since', async () => {
  const own = openSqliteSnapshot(settings);
  await withoutWrites(file, async () => {
    own.begin();
    for (const thread of threads) await thread.begin();
  });
  const [intent] = (await store.scan('intents', null, 1)) as [Intent];
  const change = { table: 'intents', kind: 'update', row: { ...intent, refunded: 1n } } as const;
  await store.transact('plant', ({ write }) => write({ changes: [change], postings: [] }));
  const { engine } = makeTestEngine(store);
  await run(engine, createPaid({}, 'acct_c'));

  const idle = [...threads];
  let turns = 0;
  const byThreads = await auditBy(own.store, 2, async (piece) => {
    const thread = idle.pop() as VerifyThread;
    turns += 1;
    const faults = await thread.audit(piece);
    idle.push(thread);
    return faults;
  });
  expect(byThreads).toEqual([]);
  expect(turns).toBeGreaterThan(2);
  expect(rows).toBeGreaterThan(0);
  expect(await own.store.count('intents')).toBe(2);
  own.close();

  // What was planted is found by whoever begins now.
  const here = await audit(store);
  expect(here.join('\n')).toContain(`intent ${intent.id} of ${intent.account}: refunded is 1`);
  const late = await startVerifyThread(settings, () => {});
  await late.begin();
  expect(await auditBy(store, 1, (piece) => late.audit(piece))).toEqual(here);
  await late.close();
});

test('a thread says what it cannot do, and goes on', async () => {
  const [thread] = threads as [VerifyThread];
  const piece = { check: 'none', after: null, until: null };
  await expect(thread.audit(piece)).rejects.toThrow('there is no check none');
  expect(await thread.audit({ ...piece, check: 'ledger' })).toEqual([]);
});

test('a thread that cannot open its file fails at once', async () => {
  const nowhere = { ...settings, file: join(folder, 'none', 'tender.db') };
  await expect(startVerifyThread(nowhere, () => {})).rejects.toThrow();
});
