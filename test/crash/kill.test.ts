import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqlite } from '../../src/storage/sqlite.js';
import {
  expectEvents,
  expectKept,
  expectNoLooseAttempts,
  expectOnce,
  expectSameAnswer,
  expectVerified,
} from './checks.js';
import { type Child, startChild } from './child.js';
import { type Random, seededRandom } from './random.js';
import { following, Line, type Order, opening, type Sale } from './shop.js';
import { openSink, type Sink } from './sink.js';

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const KILLS = Number(process.env.TENDER_KILLS ?? 4);
const WORKERS = 16;

let folder: string;
let sink: Sink;
let child: Child | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tender-crash-'));
  sink = await openSink();
});

afterAll(async () => {
  await child?.kill();
  await sink.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Orders that were sent again, and those among them that had been done without an answer. */
const resent = { orders: 0, done: 0 };

const data = (): string => join(folder, 'data');

/** Sends an order and notes its answer; a broken line leaves it unanswered. */
async function place(line: Line, order: Order): Promise<boolean> {
  try {
    order.answer = await line.send('POST', order.path, order.form, order.key);
    return true;
  } catch {
    return false;
  }
}

/** One customer after the other, until the line breaks. */
async function work(line: Line, sales: Sale[], random: Random): Promise<void> {
  for (;;) {
    const name = `s${sales.length}`;
    const sale: Sale = { name, orders: [opening(name, random)] };
    sales.push(sale);
    for (let order = sale.orders[0] ?? null; order !== null; ) {
      if (!(await place(line, order))) return;
      order = following(sale, random);
      if (order !== null) sale.orders.push(order);
    }
  }
}

const unanswered = (sales: readonly Sale[]): Order[] =>
  sales.flatMap(({ orders }) => orders).filter(({ answer }) => answer === null);

/** What nobody answered is sent again with its key, and is then answered. */
async function resend(line: Line, orders: readonly Order[]): Promise<void> {
  const placed = await Promise.all(orders.map((order) => place(line, order)));
  expect(placed).not.toContain(false);
  const odd = orders.filter(({ answer }) => ![200, 400, 402].includes(answer?.status ?? 0));
  expect(odd).toEqual([]);
  resent.orders += orders.length;
  resent.done += orders.filter(({ answer }) => answer?.replayed === true).length;
}

/** Load until a random moment, `kill -9`, a new start, and what must hold then. */
async function killOnce(sales: Sale[], random: Random): Promise<void> {
  const first = sales.length;
  const line = new Line(child?.port ?? 0);
  const workers = Array.from({ length: WORKERS }, () => work(line, sales, random));
  await new Promise((resolve) => setTimeout(resolve, random.between(50, 900)));
  await child?.kill();
  await Promise.all(workers);
  line.close();
  child = await startChild(data());
  const next = new Line(child.port);
  const fresh = sales.slice(first);
  const lost = unanswered(fresh);
  const answered = fresh.flatMap(({ orders }) => orders).filter(({ answer }) => answer !== null);
  await Promise.all(
    fresh.filter((sale) => unanswered([sale]).length === 0).map((sale) => expectKept(next, sale)),
  );
  await resend(next, lost);
  const sample = Array.from({ length: Math.min(20, answered.length) }, () => random.pick(answered));
  await Promise.all(
    [...new Set([...sample, ...lost])].map((order) => expectSameAnswer(next, order)),
  );
  next.close();
}

test(`${KILLS} times kill -9 under load loses and doubles nothing`, async () => {
  console.log(`TENDER_SEED=${SEED} repeats these choices`);
  const random = seededRandom(SEED);
  const sales: Sale[] = [];
  child = await startChild(data());
  const line = new Line(child.port);
  const hook = `url=${encodeURIComponent(sink.url)}&enabled_events[0]=*`;
  expect((await line.send('POST', '/v1/webhook_endpoints', hook, 'hook')).status).toBe(200);
  line.close();
  for (let kill = 0; kill < KILLS; kill++) await killOnce(sales, random);
  const last = new Line(child.port);
  await expectOnce(last, sales);
  await Promise.all(sales.map((sale) => expectKept(last, sale)));
  await expectEvents(sink, sales);
  last.close();
  const orders = sales.flatMap((sale) => sale.orders).length;
  console.log(`${sales.length} payments, ${orders} writes, ${sink.requests()} deliveries`);
  console.log(`${resent.orders} sent again, of which ${resent.done} had been done`);
  expect(child.log()).toBe('');
  expect(await child.stop()).toBe(0);
  child = null;
  const store = await openSqlite({ file: join(data(), 'tender.db'), cache_kibibytes: 4_096 });
  await expectNoLooseAttempts(store).finally(() => store.close());
  await expectVerified(data());
});
