import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.js';
import { openSqlite } from '../../src/storage/sqlite.js';
import { type Child, runCommand, startChild } from './child.js';
import { type Random, seededRandom } from './random.js';
import {
  type Body,
  following,
  intentOf,
  Line,
  type Order,
  opening,
  refundsOf,
  type Sale,
} from './shop.js';
import { openSink, type Sink } from './sink.js';

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const KILLS = Number(process.env.TENDER_KILLS ?? 20);
const WORKERS = 16;
const EVENTS_MS_MAX = 30_000;

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

/** The order's answer comes again, byte for byte. */
async function expectSameAnswer(line: Line, { key, path, form, answer }: Order): Promise<void> {
  const again = await line.send('POST', path, form, key);
  expect({ key, ...again }).toEqual({ key, ...answer, replayed: true });
}

/** What was answered is so. Refunds change nothing that an intent shows. */
async function expectKept(line: Line, sale: Sale): Promise<void> {
  const acknowledged = intentOf(sale);
  if (acknowledged === null) return;
  const stored = await line.read(`/v1/payment_intents/${acknowledged.id}`);
  expect(stored).toEqual(acknowledged);
  for (const { id, object: _, ...refund } of refundsOf(sale))
    expect(await line.read(`/v1/refunds/${id}`)).toMatchObject({
      amount: refund.amount,
      status: refund.status,
      payment_intent: acknowledged.id,
    });
}

async function all(line: Line, path: string): Promise<Body[]> {
  const found: Body[] = [];
  for (let cursor = ''; ; ) {
    const page = await line.read(`${path}?limit=100${cursor}`);
    found.push(...page.data);
    if (!page.has_more) return found;
    cursor = `&starting_after=${page.data.at(-1).id}`;
  }
}

/** Every sale is there once, whoever crashed when, and none is stuck. */
async function expectOnce(line: Line, sales: readonly Sale[]): Promise<void> {
  const intents = await all(line, '/v1/payment_intents');
  const names = intents.map(({ metadata }) => metadata.sale);
  expect(names.sort()).toEqual(sales.map(({ name }) => name).sort());
  expect(intents.filter(({ status }) => status === 'processing')).toEqual([]);
  const paid = new Map<string, number>();
  for (const charge of await all(line, '/v1/charges')) {
    expect(charge.status).not.toBe('pending');
    if (charge.status !== 'succeeded') continue;
    paid.set(charge.payment_intent, (paid.get(charge.payment_intent) ?? 0) + 1);
  }
  expect([...paid.values()].filter((charges) => charges !== 1)).toEqual([]);
  const refunds = await all(line, '/v1/refunds');
  const acknowledged = sales.flatMap(refundsOf).map(({ id }) => id);
  expect(refunds.map(({ id }) => id).sort()).toEqual(acknowledged.sort());
}

/** The events that a sale must have caused. */
function eventsOf(sale: Sale): string[] {
  const events = new Set<string>();
  for (const { answer } of sale.orders) {
    const body: Body = JSON.parse(answer?.text ?? '{}');
    if (body.object === 'refund') events.add(`refund.created ${body.id}`);
    if (body.object === 'payment_intent') {
      events.add(`payment_intent.created ${body.id}`);
      events.add(`${EVENTS[body.status]} ${body.id}`);
    }
    if (body.error?.type === 'card_error')
      events.add(`payment_intent.payment_failed ${body.error.payment_intent.id}`);
  }
  return [...events];
}

const EVENTS: Record<string, string> = {
  succeeded: 'payment_intent.succeeded',
  requires_capture: 'payment_intent.amount_capturable_updated',
  canceled: 'payment_intent.canceled',
};

async function expectEvents(sales: readonly Sale[]): Promise<void> {
  const expected = sales.flatMap(eventsOf);
  expect(expected.length).toBeGreaterThan(sales.length);
  const missing = (): string[] => expected.filter((event) => !sink.arrived.has(event));
  const endMs = performance.now() + EVENTS_MS_MAX;
  while (missing().length > 0 && performance.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(missing()).toEqual([]);
}

async function expectNoLooseAttempts(): Promise<void> {
  const store = await openSqlite({ file: join(data(), 'tender.db'), cache_kibibytes: 4_096 });
  try {
    for (let after: Attempt | null = null; ; ) {
      const rows: Attempt[] = await store.scan('attempts', after, 500);
      expect(rows.filter(({ state }) => state === 'started')).toEqual([]);
      after = rows.at(-1) ?? null;
      if (after === null) return;
    }
  } finally {
    await store.close();
  }
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
  await expectEvents(sales);
  last.close();
  const orders = sales.flatMap((sale) => sale.orders).length;
  console.log(`${sales.length} payments, ${orders} writes, ${sink.requests()} deliveries`);
  console.log(`${resent.orders} sent again, of which ${resent.done} had been done`);
  expect(child.log()).toBe('');
  expect(await child.stop()).toBe(0);
  child = null;
  await expectNoLooseAttempts();
  const [code, report] = await runCommand('verify', data());
  expect(report).toContain('All money is accounted for.');
  expect(code).toBe(0);
});
