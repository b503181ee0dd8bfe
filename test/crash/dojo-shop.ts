import { join } from 'node:path';
import { expect } from 'vitest';
import type { RowTypes } from '../../src/engine/command.js';
import { openSqlite } from '../../src/storage/sqlite.js';
import type { Store } from '../../src/storage/store.js';
import {
  type Answer,
  following,
  isDone,
  type Kind,
  type Order,
  opening,
  paid,
  type Sale,
  type Terminals,
  type Told,
  told,
} from './dojo-sales.js';
import type { Random } from './random.js';
import type { Body } from './shop.js';

const SETTLED_MS_MAX = 30_000;

async function call(
  port: number,
  merchant: string,
  method: string,
  path: string,
  { body, key }: Pick<Order, 'body' | 'key'> = { body: null, key: null },
): Promise<Answer> {
  const headers = new Headers({
    authorization: `Basic sk_sandbox_crash${merchant}`,
    version: '2025-09-10',
    'software-house-id': 'crash',
  });
  if (body !== null) headers.set('content-type', 'application/json');
  if (key !== null) headers.set('idempotencyKey', key);
  const sent = body === null ? {} : { body: JSON.stringify(body) };
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...sent });
  // Rejects where the answer breaks off.
  return { status: reply.status, text: await reply.text() };
}

async function read(port: number, merchant: string, path: string): Promise<Body> {
  const { status, text } = await call(port, merchant, 'GET', path);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return JSON.parse(text);
}

const send = (port: number, { merchant }: Sale, order: Order): Promise<Answer> =>
  call(port, merchant, order.kind === 'cancel' ? 'DELETE' : 'POST', order.path, order);

/** The simulated terminals of a merchant, by the numbers printed on them. */
export async function terminalsOf(port: number, merchant: string): Promise<Terminals> {
  const all = (await read(port, merchant, '/terminals')) as Body[];
  const byNumber = (tid: string): string => all.find((one) => one.properties.tid === tid)?.id;
  return {
    approving: [byNumber('10000001'), byNumber('10000002')],
    refusing: byNumber('10000004'),
  };
}

/** One cashier of a merchant's. */
export interface Cashier {
  readonly port: number;
  readonly merchant: string;
  readonly terminals: Terminals;
  /** Of all cashiers. */
  readonly sales: Sale[];
  readonly random: Random;
}

/** What may be answered the first time that something is asked for: a refusal is no error. */
const ANSWERS = [200, 204, 400, 409];

/** One customer after the other, until the line breaks. */
export async function work(cashier: Cashier): Promise<void> {
  const { port, merchant, terminals, sales, random } = cashier;
  for (;;) {
    const name = `s${sales.length}`;
    const sale: Sale = { name, merchant, orders: [opening(merchant, name, random)] };
    sales.push(sale);
    for (let order = sale.orders[0] ?? null; order !== null; ) {
      try {
        order.answer = await send(port, sale, order);
      } catch {
        return;
      }
      expect(ANSWERS, order.answer.text).toContain(order.answer.status);
      order = following(sale, terminals, random);
      if (order !== null) sale.orders.push(order);
    }
  }
}

/** What nobody has answered. */
export function unanswered({ orders }: Sale): Order[] {
  return orders.filter(({ answer }) => answer === null);
}

const shownOf = async (port: number, merchant: string, id: string): Promise<string> =>
  (await call(port, merchant, 'GET', `/payment-intents/${id}?returnCanceled=true`)).text;

/**
 * What nobody answered is sent again with its key or its token, and is then answered. True where it
 * can be seen that it had been done before: sending it again has changed nothing.
 */
export async function resend(port: number, sale: Sale): Promise<boolean> {
  let isSilent = false;
  for (const order of unanswered(sale)) {
    const id = told(sale)?.intent.id;
    const before = id === undefined ? '' : await shownOf(port, sale.merchant, id);
    order.answer = await send(port, sale, order);
    // The one try of a token may have been made.
    const isKnown = order.key === null ? [200, 401] : ANSWERS;
    expect(isKnown, order.answer.text).toContain(order.answer.status);
    if (id === undefined || !MOVES.has(order.kind) || !isDone(order)) continue;
    isSilent = before === (await shownOf(port, sale.merchant, id));
  }
  return isSilent;
}

/** What an intent shows: a letter is none of it. */
const MOVES: ReadonlySet<Kind> = new Set<Kind>(['pay', 'fail', 'capture', 'refund', 'reverse']);

/** Every answer to a key comes again, byte for byte; a token opens nothing more. */
export async function expectSameAnswer(port: number, sale: Sale): Promise<void> {
  for (const order of sale.orders) {
    const again = await send(port, sale, order);
    if (order.key !== null) expect(again).toEqual(order.answer);
    else expect(JSON.parse(again.text).statusCode).toBe(401);
  }
}

/** What an intent must be like when its terminal has come to an end: a refusing one has its own. */
function settled(was: Told, { terminalSession }: Body): Told {
  if (terminalSession.status === 'Declined') return { ...was, events: [...was.events, 'Declined'] };
  const now = paid(was);
  expect(terminalSession.status).toBe(now.status);
  return now;
}

/** What was answered is so, each of it once. `isSettled`: terminals have come to their ends. */
export async function expectKept(
  port: number,
  sale: Sale,
  { isSettled }: { readonly isSettled: boolean },
): Promise<void> {
  const known = told(sale);
  if (known === null) return;
  const { merchant } = sale;
  const path = `/payment-intents/${known.intent.id}`;
  const intent = await read(port, merchant, `${path}?returnCanceled=true`);
  const sessions = intent.terminalSessionHistory.map((one: Body) => one.terminalSession.id);
  expect(sessions).toEqual(known.sessions);
  if (sessions.length > 0 && !isSettled) return;
  const last = intent.terminalSessionHistory[0];
  const { status, refunded, captures, events } = last ? settled(known, last) : known;
  expect({
    status: intent.status,
    refunded: intent.refundedAmount,
    captures: (intent.captures ?? []).map(({ id, amount, tipsAmount }: Body) => ({
      id,
      amount,
      tipsAmount,
    })),
    events: intent.paymentEvents.map(({ eventType }: Body) => eventType),
  }).toEqual({ status, refunded, captures, events });
  for (const id of known.refundIds)
    expect((await read(port, merchant, `/payment-intents/refunds/${id}`)).refundId).toBe(id);
}

const IS_UNDER_WAY = /^(Initiat|CancelRequested|Signature)/;

/** Waits until every terminal has come to an end. */
export async function settleSessions(port: number, sales: readonly Sale[]): Promise<void> {
  const endMs = performance.now() + SETTLED_MS_MAX;
  for (const sale of sales)
    for (const id of told(sale)?.sessions ?? []) {
      const path = `/terminal-sessions/${id}`;
      while (IS_UNDER_WAY.test((await read(port, sale.merchant, path)).status)) {
        expect(performance.now()).toBeLessThan(endMs);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
}

const STATUSES = ['Created', 'Authorized', 'Captured', 'Reversed', 'Refunded', 'Canceled'];

/** Every payment of a merchant is there once, whoever crashed when. */
export async function expectOnce(
  port: number,
  merchant: string,
  sales: readonly Sale[],
): Promise<void> {
  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const body = { statuses: STATUSES, cursor: { limit: 100, after } };
    const path = '/payment-intents/search';
    const { text } = await call(port, merchant, 'POST', path, { body, key: null });
    const page: Body = JSON.parse(text);
    found.push(...page.data.map(({ reference }: Body) => reference));
    if (page.after === null) break;
    after = page.after;
  }
  const own = sales.filter((sale) => sale.merchant === merchant && told(sale) !== null);
  expect(found.sort()).toEqual(own.map(({ name }) => name).sort());
}

async function allOf<T extends 'mails' | 'jobs'>(store: Store, table: T): Promise<RowTypes[T][]> {
  const found: RowTypes[T][] = [];
  for (let after: RowTypes[T] | null = null; ; ) {
    const rows: RowTypes[T][] = await store.scan(table, after, 500);
    found.push(...rows);
    after = rows.at(-1) ?? null;
    if (after === null) return found;
  }
}

/**
 * Each receipt that was asked for is one letter, which was let go once. One that was on its way at
 * a kill is taken up again only after a while, and has a job until then.
 */
export async function expectLetters(folder: string, sales: readonly Sale[]): Promise<void> {
  const store = await openSqlite({ file: join(folder, 'tender.db'), cache_kibibytes: 4_096 });
  try {
    const mails = await allOf(store, 'mails');
    const due = new Set((await allOf(store, 'jobs')).map(({ subject }) => subject));
    const asked = sales.flatMap((sale) => told(sale)?.letters ?? []);
    expect(mails.map(({ to }) => to).sort()).toEqual(asked.sort());
    const kept = mails.filter(({ state }) => state === 'kept');
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter(({ id, tries }) => tries !== 1 || due.has(id))).toEqual([]);
    const others = mails.filter(({ state }) => state !== 'kept');
    expect(others.filter(({ id, state }) => state !== 'waiting' || !due.has(id))).toEqual([]);
  } finally {
    await store.close();
  }
}
