import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { configuration } from '../../src/cli/failure.js';
import { importFiles } from '../../src/cli/import.js';
import { isFailure, silentDecline } from '../../src/domain/errors.js';
import type { PastPayment } from '../../src/domain/past-payment.js';
import { audit } from '../../src/engine/audit.js';
import { createCustomer, updateCustomer } from '../../src/engine/customers.js';
import type { Engine } from '../../src/engine/engine.js';
import { importCustomer, importPayment } from '../../src/engine/imports.js';
import { reverseIntent } from '../../src/engine/reversals.js';
import { openStorage } from '../../src/open-storage.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine } from '../support/engine.js';
import { past } from '../support/past-payments.js';
import { ACCOUNT, confirm, create, refund, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';

let testStore: TestStore;
let store: Store;
let engine: Engine;

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());
beforeEach(async () => {
  store = await testStore.fresh();
  ({ engine } = makeTestEngine(store));
});

const TERMS = { account: ACCOUNT, from: 'stripe', writes: true };

async function rows(table: 'facts' | 'deliveries' | 'jobs' | 'intents') {
  return await store.scan(table, null, 100);
}

describe('an imported payment', () => {
  test('has books that add up, moves no balance of the merchant, and tells nobody', async () => {
    expect(await run(engine, importPayment(TERMS, past()))).toEqual({ end: 'imported' });
    const canceled = past({ id: 'pi_1b', canceledAt: 40, attempts: [] });
    await run(engine, importPayment(TERMS, canceled));
    const [tried] = past().attempts;
    const released = { ...tried, id: 'ch_1c', state: 'released', captured: 0n, fee: 0n };
    const held = { ...released, transfer: null, refunds: [] } as PastPayment['attempts'][number];
    await run(engine, importPayment(TERMS, past({ id: 'pi_1c', canceledAt: 9, attempts: [held] })));
    expect(await audit(store)).toEqual([]);
    const balances = await store.balances(ACCOUNT);
    expect(
      Object.fromEntries(balances.map(({ ledgerAccount, posted }) => [ledgerAccount, posted])),
    ).toEqual({ 'network:imported': -700n, imported: 641n, 'imported:fees': 59n });
    expect([await rows('facts'), await rows('deliveries'), await rows('jobs')]).toEqual([
      [],
      [],
      [],
    ]);
    const [intent] = (await store.load([{ table: 'intents', account: ACCOUNT, id: 'pi_1a' }], []))
      .rows;
    expect(intent).toMatchObject({
      state: 'captured',
      created: 10,
      captured: 1000n,
      refunded: 300n,
      wire: { imported: { from: 'stripe', at: expect.any(Number) } },
    });
  });

  test('keeps its failures as such, and says of a hold what went free', async () => {
    const decline = silentDecline('card_declined', 'lost_card');
    const [paid] = past().attempts;
    if (paid === undefined) throw new Error('it was never tried');
    const none = { captured: 0n, fee: 0n, transfer: null, refunds: [] };
    const failed = { ...paid, ...none, id: 'ch_0', state: 'failed', decline } as const;
    const part = { ...paid, captured: 600n };
    await run(engine, importPayment(TERMS, past({ attempts: [failed, part] })));
    const tries = (await store.scan('attempts', null, 9)).map(({ id, released, refunded }) => {
      return { id, released, refunded };
    });
    expect(tries).toEqual([
      { id: 'ch_0', released: 0n, refunded: 0n },
      { id: 'ch_1a', released: 400n, refunded: 300n },
    ]);
    expect(await audit(store)).toEqual([]);
  });

  test('is there once, however often it comes, and stays as it is', async () => {
    await run(engine, importPayment(TERMS, past()));
    const both = [past({ amount: 5n }), past()].map((one) =>
      run(engine, importPayment(TERMS, one)),
    );
    expect(await Promise.all(both)).toEqual([{ end: 'known' }, { end: 'known' }]);
    const at = once('pi_1n');
    expect(await Promise.all([at(), at()])).toEqual([{ end: 'imported' }, { end: 'known' }]);
    expect(await audit(store)).toEqual([]);
  });

  const once = (id: string) => () => {
    const [attempt] = past().attempts;
    const own = { ...attempt, id: `ch_${id}`, transfer: null, refunds: [] };
    const attempts = [own] as unknown as PastPayment['attempts'];
    return run(engine, importPayment(TERMS, past({ id, attempts })));
  };

  test('is refused whole where one of its ids is another payment’s', async () => {
    await run(engine, importPayment(TERMS, past()));
    for (const id of ['ch_1a', 'txn_1a', 're_1a']) {
      const text = JSON.stringify(past({ id: 'pi_1x' }), (_, value) =>
        typeof value === 'bigint' ? `${value}n` : value,
      );
      const others = ['ch_1a', 'txn_1a', 're_1a'].filter((other) => other !== id);
      const renamed = others.reduce((all, other) => all.replaceAll(other, `${other}x`), text);
      const again = JSON.parse(renamed, (_, value) =>
        /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
      );
      expect(await run(engine, importPayment(TERMS, again))).toEqual({ end: 'taken', id });
    }
    expect(await rows('intents')).toHaveLength(1);
  });

  test('is not paid back here, and its method never pays', async () => {
    await run(engine, importPayment(TERMS, past()));
    for (const command of [refund('pi_1a', 100n), reverseIntent(ACCOUNT, 'pi_1a')]) {
      const result = (await engine.background(command as never)) as object;
      expect(isFailure(result) && result.failure).toMatch(/rail_cannot|not_reversible/);
    }
    const refused = await engine.background(refund('pi_1a'));
    expect(refused).toMatchObject({ failure: 'rail_cannot', rail: 'imported' });
    const { id } = await run(engine, create());
    expect(await engine.background(confirm(id, 'pm_1a'))).toMatchObject({
      failure: 'method_consumed',
    });
    expect(await audit(store)).toEqual([]);
  });

  test('is only looked at where nothing is to be written', async () => {
    const looked = { ...TERMS, writes: false };
    expect(await run(engine, importPayment(looked, past()))).toEqual({ end: 'imported' });
    expect(await rows('intents')).toEqual([]);
  });
});

describe('an imported customer', () => {
  const ann = {
    id: 'cus_1a',
    created: 5,
    email: 'ann@example.com',
    name: 'Ann',
    phone: null,
    description: null,
    metadata: { tier: 'gold' },
    address: null,
    shipping: null,
    isWhole: true,
  };
  const named = { ...ann, email: null, name: null, metadata: {}, isWhole: false };
  const stored = async () =>
    (await store.load([{ table: 'customers', account: ACCOUNT, id: 'cus_1a' }], [])).rows[0];

  test('of whom only a payment told is filled in once, and never again', async () => {
    expect(await run(engine, importCustomer(TERMS, named))).toEqual({ end: 'imported' });
    expect(await run(engine, importCustomer(TERMS, named))).toEqual({ end: 'known' });
    expect(await run(engine, importCustomer(TERMS, ann))).toEqual({ end: 'imported' });
    expect(await stored()).toMatchObject({ name: 'Ann', created: 5, metadata: { tier: 'gold' } });
    await run(engine, updateCustomer(ACCOUNT, 'cus_1a', { name: 'Anna' }));
    expect(await run(engine, importCustomer(TERMS, ann))).toEqual({ end: 'known' });
    expect(await stored()).toMatchObject({ name: 'Anna' });
    expect(await audit(store)).toEqual([]);
  });

  test('never changes one that was made here', async () => {
    const { id } = await run(engine, createCustomer(ACCOUNT, { name: 'Bob' }));
    expect(await run(engine, importCustomer(TERMS, { ...ann, id }))).toEqual({ end: 'known' });
  });
});

describe('tender import', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  /** A data folder of its own, and files to be imported into it. */
  function place(files: Record<string, unknown>) {
    const folder = mkdtempSync(join(tmpdir(), 'tender-import-'));
    folders.push(folder);
    const paths = Object.entries(files).map(([name, content]) => {
      const path = join(folder, name);
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      return path;
    });
    return { data: join(folder, 'data'), paths };
  }

  async function printed(paths: string[], flags: object) {
    const lines: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    try {
      await importFiles(paths, flags);
      return { text: lines.join(''), exitCode: process.exitCode ?? 0 };
    } finally {
      write.mockRestore();
      process.exitCode = 0;
    }
  }

  const charge = (n: number, over = {}) => ({
    id: `ch_1file${n}`,
    object: 'charge',
    amount: 1000 + n,
    captured: true,
    created: 1_700_000_000 + n,
    currency: 'usd',
    customer: 'cus_1file',
    payment_intent: `pi_1file${n}`,
    status: 'succeeded',
    ...over,
  });
  const customer = { id: 'cus_1file', object: 'customer', created: 1, name: 'Ann' };

  test('takes over what is whole, names the rest by line, and can be run again', async () => {
    const bad = JSON.stringify(charge(3, { currency: 'zzz' }));
    const many = Array.from({ length: 250 }, (_, n) => charge(1000 + n));
    const { data, paths } = place({
      'customers.json': { object: 'list', data: [customer] },
      'charges.jsonl': [JSON.stringify(charge(1)), bad, JSON.stringify(charge(2))].join('\n'),
      'many.json': many,
    });
    const dry = await printed(paths, { data, dryRun: true, json: true });
    const counts = { customers: { imported: 1, known: 0 }, payments: { imported: 252, known: 0 } };
    expect(JSON.parse(dry.text)).toMatchObject({ ...counts, dry_run: true });
    const first = await printed(paths, { data, json: true });
    expect(first.exitCode).toBe(1);
    const { problems, account, ...told } = JSON.parse(first.text);
    expect(told).toMatchObject({ ...counts, dry_run: false });
    const fault = 'zzz is no currency that is known here';
    expect(problems).toEqual([{ place: 'charges.jsonl:2', id: 'pi_1file3', fault }]);
    const again = await printed(paths, { data });
    expect(again.text).toMatch(/customers\s+0\s+1\n\s+payments\s+0\s+252\n/);
    expect(again.text).toContain('charges.jsonl:2 pi_1file3: zzz is no currency');
    const storage = await openStorage(configuration({ data }), 'a test');
    expect(await audit(storage.store)).toEqual([]);
    const [stored] = await storage.store.scan('customers', null, 2);
    expect(stored).toMatchObject({ account, id: 'cus_1file', name: 'Ann' });
    await storage.close();
  }, 60_000);

  test('refuses an account that is none, before anything is read', async () => {
    const { data } = place({});
    await expect(importFiles(['none.json'], { data, account: 'shop' })).rejects.toThrow(
      '--account is an id such as acct_1, not shop.',
    );
  });
});
