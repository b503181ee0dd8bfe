import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgres } from '../../src/storage/postgres.js';
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
import { openSink } from './sink.js';

/** Several Tenders on one PostgreSQL, and a shop that sells through all of them while some die. */

const CASHIERS = 12;
const NODES = 2;
/** Of one order, until somebody has answered it. */
const ANSWER_MS_MAX = 60_000;
/** Between two tries of an order: a client that does not wait would only fill the log. */
const PAUSE_MS = 10;

/** What the Tenders stand on, and how it is killed. */
export interface Ground {
  /** As Tender is told. */
  readonly url: string;
  /** Ends the server that is written to as `kill -9` does; resolves once there is one again. */
  kill(): Promise<void>;
  /** Runs SQL on the server that is written to. */
  sql(text: string): Promise<unknown>;
}

export interface ClusterKills {
  readonly ground: Ground;
  /** Of this run's own; empty at first. */
  readonly folder: string;
  /** How often whom, in this order: PostgreSQL, or a Tender. */
  readonly victims: readonly ('database' | 'server')[];
  readonly seed: number;
}

/** How it went. */
export interface ClusterSurvived {
  readonly payments: number;
  readonly writes: number;
  /** Writes that were sent more than once, and of these the ones that had been done at first. */
  readonly sentAgain: number;
  readonly replayed: number;
  readonly events: number;
  /** Deliveries beyond one for each event that had come when the last server was up again. */
  readonly doubled: number;
  /** From the kill to the first answer to a write that was sent after it, ms, by victim. */
  readonly gapsMs: Readonly<Record<'database' | 'server', number[]>>;
}

interface Shop {
  readonly lines: (Line | null)[];
  readonly sales: Sale[];
  readonly random: Random;
  readonly counts: { sentAgain: number; replayed: number };
  /** When the write was sent that was last answered, ms. */
  lastSentMs: number;
  closing: boolean;
}

/** What a client sends again, with the same key: nobody has said how it ended. */
const isOpen = (status: number): boolean => status >= 500 || status === 429 || status === 409;

/** Sends an order to one server after the other until one has answered it. */
async function place(shop: Shop, order: Order): Promise<void> {
  const endMs = performance.now() + ANSWER_MS_MAX;
  let said = 'nothing';
  for (let tries = 0; performance.now() < endMs; tries++) {
    const line = shop.random.pick(shop.lines);
    const sentMs = performance.now();
    try {
      if (line === null) throw new Error('it is down');
      const answer = await line.send('POST', order.path, order.form, order.key);
      if (!isOpen(answer.status)) {
        order.answer = answer;
        shop.lastSentMs = Math.max(shop.lastSentMs, sentMs);
        if (tries > 0) shop.counts.sentAgain += 1;
        if (answer.replayed) shop.counts.replayed += 1;
        return;
      }
      said = `${answer.status} ${answer.text}`;
    } catch (error) {
      said = String(error);
    }
    await sleep(PAUSE_MS);
  }
  assert.fail(`${order.path} was never answered; at last: ${said}`);
}

/** One customer after the other, until the shop closes. */
async function serve(shop: Shop): Promise<void> {
  while (!shop.closing) {
    const name = `s${shop.sales.length}`;
    const sale: Sale = { name, orders: [opening(name, shop.random)] };
    shop.sales.push(sale);
    for (let order = sale.orders[0] ?? null; order !== null; ) {
      await place(shop, order);
      assert([200, 400, 402].includes(order.answer?.status ?? 0), order.answer?.text);
      order = following(sale, shop.random);
      if (order !== null) sale.orders.push(order);
    }
  }
}

/** Waits until a write was answered that was sent after a moment. @returns how long after, ms */
async function answeredSince(shop: Shop, fromMs: number): Promise<number> {
  while (shop.lastSentMs <= fromMs) {
    assert(performance.now() - fromMs < ANSWER_MS_MAX, 'nothing is answered any more');
    await sleep(5);
  }
  return performance.now() - fromMs;
}

/**
 * Has a shop sell through two Tenders on one PostgreSQL, of which one after the other is killed,
 * and checks in the end that what was answered is so, and each of it once. Throws where it is not.
 */
export async function surviveInCluster(settings: ClusterKills): Promise<ClusterSurvived> {
  const { ground, folder, victims, seed } = settings;
  const random = seededRandom(seed);
  const env = { DATABASE_URL: ground.url, TENDER_KEY: randomBytes(32).toString('hex') };
  const sink = await openSink();
  const children: (Child | null)[] = [];
  const start = async (node: number): Promise<void> => {
    const more = { ...env, TENDER_WALLET_PORT: 'off', TENDER_LOG: 'fatal' };
    const child = await startChild(join(folder, `node${node}`), more);
    children[node] = child;
    shop.lines[node] = new Line(child.port);
  };
  const counts = { sentAgain: 0, replayed: 0 };
  const shop: Shop = { lines: [], sales: [], random, counts, lastSentMs: 0, closing: false };
  const gapsMs: Record<'database' | 'server', number[]> = { database: [], server: [] };
  const kill = async (victim: 'database' | 'server'): Promise<void> => {
    await answeredSince(shop, performance.now());
    await sleep(random.between(20, 400));
    const node = random.between(0, NODES - 1);
    const atMs = performance.now();
    const gap = answeredSince(shop, atMs);
    if (victim === 'database') await Promise.all([ground.kill(), gap]);
    else {
      const line = shop.lines[node];
      shop.lines[node] = null;
      await children[node]?.kill();
      line?.close();
      await Promise.all([start(node), gap]);
    }
    gapsMs[victim].push(await gap);
  };
  try {
    for (let node = 0; node < NODES; node++) await start(node);
    const hook = `url=${encodeURIComponent(sink.url)}&enabled_events[0]=*`;
    assert.equal((await shop.lines[0]?.send('POST', HOOKS, hook, 'hook'))?.status, 200);
    const cashiers = Promise.all(Array.from({ length: CASHIERS }, () => serve(shop)));
    const kills = async (): Promise<void> => {
      for (const victim of victims) await kill(victim);
    };
    // Whichever fails first: the others would else go on until their time is over.
    await Promise.race([kills(), cashiers.then(() => assert.fail('the shop closed early'))]);
    shop.closing = true;
    await cashiers;
    const doubled = sink.requests() - sink.arrived.size;
    // As if their minute were over: what a dead server had claimed is anybody's again.
    await ground.sql("UPDATE deliveries SET due_at_ms = 0 WHERE state = 'waiting'");
    const events = await expectWhole(shop, sink, random);
    const codes = await Promise.all(children.map((child) => child?.stop()));
    assert.deepEqual(codes, [0, 0]);
    await expectAllWell(folder, env);
    const writes = shop.sales.flatMap(({ orders }) => orders).length;
    return { payments: shop.sales.length, writes, ...counts, events, doubled, gapsMs };
  } finally {
    shop.closing = true;
    for (const line of shop.lines) line?.close();
    await Promise.all(children.map((child) => child?.kill()));
    await sink.close();
  }
}

const HOOKS = '/v1/webhook_endpoints';
/** Answers that are asked for once more; each is read by one server and was given by any. */
const SAMPLE = 60;

async function expectWhole(
  { lines, sales }: Shop,
  sink: Awaited<ReturnType<typeof openSink>>,
  random: Random,
): Promise<number> {
  const up = lines.filter((line) => line !== null);
  await expectOnce(random.pick(up), sales);
  for (let i = 0; i < sales.length; i += CASHIERS)
    await Promise.all(
      sales.slice(i, i + CASHIERS).map((sale) => expectKept(random.pick(up), sale)),
    );
  const orders = sales.flatMap((sale) => sale.orders);
  for (let i = 0; i < SAMPLE; i++) await expectSameAnswer(random.pick(up), random.pick(orders));
  return expectEvents(sink, sales);
}

async function expectAllWell(folder: string, env: { DATABASE_URL: string }): Promise<void> {
  const { DATABASE_URL: url } = env;
  await expectVerified(join(folder, 'node0'), env);
  const limits = { connections_max: 2, statement_timeout_ms: 15_000 };
  const store = await openPostgres({ url, ...limits, profile: 'postgres' });
  await expectNoLooseAttempts(store).finally(() => store.close());
}
