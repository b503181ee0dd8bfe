import assert from 'node:assert/strict';
import type { Attempt } from '../../src/domain/attempt.js';
import type { Store } from '../../src/storage/store.js';
import { runCommand } from './child.js';
import { type Body, intentOf, type Line, type Order, refundsOf, type Sale } from './shop.js';
import type { Sink } from './sink.js';

/** What must hold of the payments that a shop made while servers were killed. */

const EVENTS_MS_MAX = 60_000;

/**
 * The whole store of a data folder passes the audit of `tender verify`.
 * @param more of the command's environment
 */
export async function expectVerified(folder: string, more: Record<string, string> = {}) {
  const [code, report] = await runCommand('verify', folder, more);
  assert.match(report, /All money is accounted for\./);
  assert.equal(code, 0);
}

/** The order's answer comes again, byte for byte. */
export async function expectSameAnswer(line: Line, { key, path, form, answer }: Order) {
  const again = await line.send('POST', path, form, key);
  assert.deepEqual({ key, ...again }, { key, ...answer, replayed: true });
}

/** What was answered is so. Refunds change nothing that an intent shows. */
export async function expectKept(line: Line, sale: Sale): Promise<void> {
  const acknowledged = intentOf(sale);
  if (acknowledged === null) return;
  assert.deepEqual(await line.read(`/v1/payment_intents/${acknowledged.id}`), acknowledged);
  for (const { id, amount, status } of refundsOf(sale)) {
    const stored = await line.read(`/v1/refunds/${id}`);
    assert.deepEqual(
      { amount: stored.amount, status: stored.status, intent: stored.payment_intent },
      { amount, status, intent: acknowledged.id },
    );
  }
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
export async function expectOnce(line: Line, sales: readonly Sale[]): Promise<void> {
  const intents = await all(line, '/v1/payment_intents');
  const names = intents.map(({ metadata }) => metadata.sale);
  assert.deepEqual(names.sort(), sales.map(({ name }) => name).sort());
  assert.deepEqual(
    intents.filter(({ status }) => status === 'processing'),
    [],
  );
  const paid = new Map<string, number>();
  for (const charge of await all(line, '/v1/charges')) {
    assert.notEqual(charge.status, 'pending');
    if (charge.status !== 'succeeded') continue;
    paid.set(charge.payment_intent, (paid.get(charge.payment_intent) ?? 0) + 1);
  }
  assert.deepEqual(
    [...paid.values()].filter((charges) => charges !== 1),
    [],
  );
  const refunds = await all(line, '/v1/refunds');
  const acknowledged = sales.flatMap(refundsOf).map(({ id }) => id);
  assert.deepEqual(refunds.map(({ id }) => id).sort(), acknowledged.sort());
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

/** All events of the sales come in the end. @returns how many events there are */
export async function expectEvents(sink: Sink, sales: readonly Sale[]): Promise<number> {
  const expected = sales.flatMap(eventsOf);
  assert(expected.length > sales.length, 'a sale has an event');
  const missing = (): string[] => expected.filter((event) => !sink.arrived.has(event));
  const endMs = performance.now() + EVENTS_MS_MAX;
  while (missing().length > 0 && performance.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(missing(), []);
  return expected.length;
}

/** No try to pay hangs in the air. */
export async function expectNoLooseAttempts(store: Pick<Store, 'scan'>): Promise<void> {
  for (let after: Attempt | null = null; ; ) {
    const rows: Attempt[] = await store.scan('attempts', after, 500);
    assert.deepEqual(
      rows.filter(({ state }) => state === 'started'),
      [],
    );
    after = rows.at(-1) ?? null;
    if (after === null) return;
  }
}
