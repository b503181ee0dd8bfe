import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectVerified } from './checks.js';
import { type Child, startChild } from './child.js';
import type { Sale, Terminals } from './dojo-sales.js';
import {
  expectKept,
  expectLetters,
  expectOnce,
  expectSameAnswer,
  resend,
  settleSessions,
  terminalsOf,
  unanswered,
  work,
} from './dojo-shop.js';
import { type Random, seededRandom } from './random.js';

const SEED = Number(process.env.TENDER_SEED ?? Date.now() % 2 ** 31);
const KILLS = Number(process.env.TENDER_KILLS ?? 4);
const MERCHANTS = ['ada', 'bo', 'cy', 'di', 'eve', 'flo'];
const WORKERS_OF_ONE = 2;
/** Before each kill. */
const SALES_MIN = 40;

let folder: string;
let child: Child | null = null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tender-dojo-crash-'));
});
afterAll(async () => {
  await child?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (): Promise<number> => {
  child = await startChild(folder, { TENDER_WALLET_PORT: 'off' });
  return child.port;
};

/** Orders that were sent again, and those that can be seen to have been done without an answer. */
const resent = { orders: 0, done: 0 };

/** Load until a random moment, `kill -9`, a new start, and what must hold then. */
async function killOnce(port: number, sales: Sale[], all: Map<string, Terminals>, random: Random) {
  const first = sales.length;
  const workers = [...all].flatMap(([merchant, terminals]) =>
    Array.from({ length: WORKERS_OF_ONE }, () =>
      work({ port, merchant, terminals, sales, random }),
    ),
  );
  // On a slow machine, too: all kinds of orders must come about.
  while (sales.length < first + SALES_MIN) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, random.between(0, 1_000)));
  await child?.kill();
  await Promise.all(workers);
  expect(child?.log()).toBe('');
  const next = await start();
  const fresh = sales.slice(first);
  const whole = fresh.filter((sale) => unanswered(sale).length === 0);
  await Promise.all(whole.map((sale) => expectKept(next, sale, { isSettled: false })));
  const lost = fresh.filter((sale) => unanswered(sale).length > 0);
  const silent = await Promise.all(lost.map((sale) => resend(next, sale)));
  resent.orders += lost.length;
  resent.done += silent.filter(Boolean).length;
  await Promise.all(lost.map((sale) => expectKept(next, sale, { isSettled: false })));
  const sample = Array.from({ length: 20 }, () => random.pick(whole));
  await Promise.all([...new Set([...sample, ...lost])].map((sale) => expectSameAnswer(next, sale)));
  return next;
}

test(`${KILLS} times kill -9 under Dojo payments loses and doubles nothing`, async () => {
  console.log(`TENDER_SEED=${SEED} repeats these choices`);
  const random = seededRandom(SEED);
  const sales: Sale[] = [];
  let port = await start();
  const all = new Map<string, Terminals>();
  for (const merchant of MERCHANTS) all.set(merchant, await terminalsOf(port, merchant));
  for (let kill = 0; kill < KILLS; kill++) port = await killOnce(port, sales, all, random);
  await settleSessions(port, sales);
  for (const sale of sales) await expectKept(port, sale, { isSettled: true });
  for (const merchant of MERCHANTS) await expectOnce(port, merchant, sales);
  expect(child?.log()).toBe('');
  expect(await child?.stop()).toBe(0);
  child = null;
  await expectLetters(folder, sales);
  await expectVerified(folder);
  const orders = sales.flatMap((sale) => sale.orders);
  console.log(`${sales.length} payments, ${orders.length} writes`);
  console.log(`${resent.orders} sent again, of which ${resent.done} had been done`);
  const kinds = new Set(orders.map(({ kind }) => kind));
  expect(kinds.size).toBe(10);
  expect(resent.orders).toBeGreaterThan(KILLS);
});
