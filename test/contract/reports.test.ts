import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { configuration } from '../../src/cli/failure.js';
import { printReport, reportQuery } from '../../src/cli/report.js';
import { isFailure } from '../../src/domain/errors.js';
import { parseDecimal } from '../../src/domain/money.js';
import { audit } from '../../src/engine/audit.js';
import type { Engine } from '../../src/engine/engine.js';
import { type ReportQuery, type ReportRow, report } from '../../src/engine/reports.js';
import { openStorage } from '../../src/open-storage.js';
import type { Store } from '../../src/storage/store.js';
import { makeClock, makeTestEngine } from '../support/engine.js';
import { ACCOUNT, capture, createPaid, refund, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';

const DAY = 86_400;
const OTHER = 'acct_test2';

let testStore: TestStore;
let store: Store;

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());

const tagged = (order_type: string) => ({ metadata: () => ({ order_type }) });

/** Two days of two merchants, in two currencies: paid, refunded, held, disputed, declined. */
async function sell(engine: Engine, nextDay: () => void): Promise<void> {
  const first = await run(engine, createPaid(tagged('gift')));
  await run(engine, createPaid({ amount: 5000n, ...tagged('own') }));
  await run(engine, createPaid({ amount: 700n, currency: 'eur' }));
  await run(engine, createPaid({ amount: 800n }, OTHER));
  await run(engine, createPaid({ amount: 900n, captureMethod: 'manual' }));
  expect(isFailure(await engine.background(createPaid({ method: 'pm_card_chargeDeclined' })))).toBe(
    true,
  );
  nextDay();
  await run(engine, refund(first.id, 300n));
  const held = await run(engine, createPaid({ amount: 1000n, captureMethod: 'manual' }));
  await run(engine, capture(held.id, { amount: 400n, final: false }));
  await run(engine, createPaid({ amount: 2500n, method: 'pm_card_createDispute' }));
}

beforeEach(async () => {
  store = await testStore.fresh();
  const clock = makeClock();
  const { engine } = makeTestEngine(store, { clock });
  await sell(engine, () => clock.advance(DAY));
  expect(await audit(store)).toEqual([]);
});

async function rowsOf(over: Partial<ReportQuery>): Promise<ReportRow[]> {
  const whole = {
    report: 'payments',
    account: null,
    from: null,
    until: null,
    metadata: [],
  } as const;
  const rows: ReportRow[] = [];
  for await (const row of report(store, { ...whole, ...over })) rows.push(row);
  return rows;
}

const picked = (rows: ReportRow[], ...columns: string[]) =>
  rows.map((row) => columns.map((column) => row[column]));

/** Minor units of one column, summed by account and currency. */
function sums(rows: readonly ReportRow[], column: string): Record<string, bigint> {
  const totals: Record<string, bigint> = {};
  for (const row of rows) {
    const parsed = parseDecimal(String(row[column]), String(row.currency));
    if (!parsed.ok) throw new Error(parsed.reason);
    const name = `${row.account} ${row.currency}`;
    totals[name] = (totals[name] ?? 0n) + parsed.amount;
  }
  return totals;
}

/** What the ledger says is posted on the accounts that a pattern names. */
async function booked(pattern: RegExp): Promise<Record<string, bigint>> {
  const totals: Record<string, bigint> = {};
  for (const { account, ledgerAccount, currency, posted } of await store.balances(null)) {
    if (!pattern.test(ledgerAccount)) continue;
    const name = `${account} ${currency}`;
    totals[name] = (totals[name] ?? 0n) + posted;
  }
  return totals;
}

const FROM = Date.UTC(2026, 10, 24) / 1000;

describe('a report', () => {
  test('of payments has a line for each capture, with metadata where it is asked for', async () => {
    const rows = await rowsOf({ metadata: ['order_type', '__proto__'] });
    expect(
      picked(rows, 'account', 'amount', 'fee', 'net', 'currency', 'metadata.order_type'),
    ).toEqual([
      [ACCOUNT, '20.00', '0.88', '19.12', 'usd', 'gift'],
      [ACCOUNT, '50.00', '1.75', '48.25', 'usd', 'own'],
      [ACCOUNT, '7.00', '0.50', '6.50', 'eur', ''],
      [ACCOUNT, '4.00', '0.42', '3.58', 'usd', ''],
      [ACCOUNT, '25.00', '1.03', '23.97', 'usd', ''],
      [OTHER, '8.00', '0.53', '7.47', 'usd', ''],
    ]);
    expect(rows[0]).toMatchObject({
      created: '2026-11-23T12:00:00Z',
      id: expect.stringMatching(/^txn_/),
      charge: expect.stringMatching(/^ch_/),
      payment_intent: expect.stringMatching(/^pi_/),
      'metadata.__proto__': '',
    });
  });

  test('is of the days and the merchant that it is asked for', async () => {
    const amounts = async (over: Partial<ReportQuery>) =>
      (await rowsOf(over)).map(({ amount }) => amount);
    expect(await amounts({ from: FROM })).toEqual(['4.00', '25.00']);
    expect(await amounts({ until: FROM, account: ACCOUNT })).toEqual(['20.00', '50.00', '7.00']);
    expect(await amounts({ account: OTHER })).toEqual(['8.00']);
    expect(await amounts({ account: 'acct_nobody' })).toEqual([]);
  });

  test('of refunds takes the metadata of what was paid', async () => {
    const rows = await rowsOf({ report: 'refunds', metadata: ['order_type'] });
    expect(picked(rows, 'kind', 'amount', 'metadata.order_type')).toEqual([
      ['refund', '-3.00', 'gift'],
    ]);
  });

  test('of the balance goes on from day to day, and ends with what the ledger has', async () => {
    const rows = await rowsOf({ report: 'balance' });
    expect(picked(rows, 'account', 'day', 'currency', 'opening', 'in', 'out', 'closing')).toEqual([
      [ACCOUNT, '2026-11-23', 'eur', '0.00', '6.50', '0.00', '6.50'],
      [ACCOUNT, '2026-11-23', 'usd', '0.00', '67.37', '0.00', '67.37'],
      [ACCOUNT, '2026-11-24', 'usd', '67.37', '27.55', '-43.00', '51.92'],
      [OTHER, '2026-11-23', 'usd', '0.00', '7.47', '0.00', '7.47'],
    ]);
    const last = [rows[0], rows[2], rows[3]] as ReportRow[];
    expect(sums(last, 'closing')).toEqual(await booked(/^merchant/));
    // What was before the first day is in its opening.
    const later = await rowsOf({ report: 'balance', from: FROM });
    expect(later).toEqual([rows[2]]);
  });

  test('of fees sums to what the ledger has on fees, split by metadata where asked', async () => {
    const rows = await rowsOf({ report: 'fees' });
    expect(sums(rows, 'fees')).toEqual(await booked(/^fees$/));
    const split = await rowsOf({ report: 'fees', metadata: ['order_type'], until: FROM });
    expect(
      picked(split, 'account', 'currency', 'transfers', 'fees', 'metadata.order_type'),
    ).toEqual([
      [ACCOUNT, 'eur', 1, '0.50', ''],
      [ACCOUNT, 'usd', 1, '0.88', 'gift'],
      [ACCOUNT, 'usd', 1, '1.75', 'own'],
      [OTHER, 'usd', 1, '0.53', ''],
    ]);
  });

  test('of reconciliation leaves nothing over, and is what rails have paid in', async () => {
    const rows = await rowsOf({ report: 'reconciliation' });
    expect(rows.map(({ difference }) => difference)).toEqual(['0.00', '0.00', '0.00', '0.00']);
    const negated = Object.entries(sums(rows, 'card')).map(([name, sum]) => [name, -sum]);
    expect(Object.fromEntries(negated)).toEqual(await booked(/^network:card$/));
    expect(sums(rows, 'merchant')).toEqual(await booked(/^merchant/));
    expect(sums(rows, 'fees')).toEqual(await booked(/^fees$/));
  });
});

describe('tender report', () => {
  test('prints lines of CSV or JSON out of a data folder that is in use', {
    timeout: 60_000,
  }, async () => {
    const data = await mkdtemp(join(tmpdir(), 'tender-report-'));
    const storage = await openStorage(configuration({ data }), 'a test');
    const { engine } = makeTestEngine(storage.store);
    await run(engine, createPaid(tagged('=1+1, "quoted"')));
    const printed: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
    try {
      const columns = 'metadata.order_type';
      await printReport('fees', { data, columns });
      await printReport('fees', { data, json: true });
      await expect(printReport('fees', { data: join(data, 'none') })).rejects.toThrow(
        'has no data',
      );
    } finally {
      spy.mockRestore();
      await storage.close();
      await rm(data, { recursive: true });
    }
    const [head, line, json] = printed;
    expect(head).toBe('account,day,currency,transfers,amount,fees,metadata.order_type\n');
    expect(line).toBe(`${ACCOUNT},2026-11-23,usd,1,20.00,0.88,"'=1+1, ""quoted"""\n`);
    expect(JSON.parse(json ?? '')).toEqual({
      account: ACCOUNT,
      day: '2026-11-23',
      currency: 'usd',
      transfers: 1,
      amount: '20.00',
      fees: '0.88',
    });
  });

  test('says what is wrong with what it is asked', () => {
    const fault = (name: string, flags: object) => () => reportQuery(name, flags);
    expect(fault('taxes', {})).toThrow('There is no report taxes. There are payments, refunds,');
    expect(fault('fees', { from: '2026-02-30' })).toThrow('--from is a day as 2026-11-30');
    expect(fault('fees', { to: 'today' })).toThrow('--to is a day');
    expect(fault('fees', { from: '2026-11-02', to: '2026-11-01' })).toThrow('--from is after --to');
    expect(fault('fees', { columns: 'customer' })).toThrow('takes metadata.<key>');
    expect(fault('balance', { columns: 'metadata.a' })).toThrow('no columns of metadata');
    const columns = Array.from({ length: 11 }, (_, i) => `metadata.${i}`).join();
    expect(fault('fees', { columns })).toThrow('up to 10');
    expect(reportQuery('fees', { from: '2026-11-01', to: '2026-11-01' })).toMatchObject({
      from: Date.UTC(2026, 10, 1) / 1000,
      until: Date.UTC(2026, 10, 2) / 1000,
    });
  });
});
