import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/engine/audit.js';
import { SUBJECT_TABLES, subjectOf } from '../../src/engine/snapshots.js';
import { type Row, TABLE_NAMES, type TableName } from '../../src/storage/schema.js';
import type { Store } from '../../src/storage/store.js';
import { validateDojo } from '../support/dojo-schema.js';
import { validateStripe } from '../support/schema.js';
import { type Arrival, openSink, type Sink, until } from '../support/sink.js';
import type { TestStore } from '../support/stores.js';
import { startTestTender, type TestTender } from '../support/tender.js';
import { payOrder } from '../support/upgrade-scene.js';
import { RECORDINGS, type Recording, readRecording, restoreOld } from './upgrade-database.js';

/** Databases as earlier versions left them, in the hands of the code of today. */

const MINUTE = 60;
const DAY = 86_400;
const WEEK = 7 * DAY;
const ROWS_MAX = 10_000;
/** Each opening starts threads, which takes its time on a busy machine. */
const MS_MAX = 120_000;

/** Opens a recording's database; `close` removes it, too. */
async function upgraded(recording: Recording): Promise<Pick<TestStore, 'store' | 'close'>> {
  const database = await restoreOld(recording);
  const store = await database.open();
  const close = async () => {
    await store.close();
    database.remove();
  };
  return { store, close };
}

/** The properties that every one of the rows has; null is a value. */
function common(rows: readonly object[]): Set<string> {
  const [first = {}, ...others] = rows;
  const known = (row: object, name: string) => (row as Record<string, unknown>)[name] !== undefined;
  const names = Object.keys(first).filter((name) => known(first, name));
  return new Set(names.filter((name) => others.every((row) => known(row, name))));
}

const SUBJECTS = Object.keys(SUBJECT_TABLES) as (keyof typeof SUBJECT_TABLES)[];

/** All rows by table, and what facts keep of them, as they are decoded. */
async function everything(store: Store): Promise<Map<TableName, Row[]>> {
  const all = new Map<TableName, Row[]>();
  for (const table of TABLE_NAMES) all.set(table, await store.scan(table, null, ROWS_MAX));
  for (const fact of await store.scan('facts', null, ROWS_MAX))
    for (const subject of SUBJECTS) {
      const snapshot = subjectOf(fact, subject);
      if (snapshot !== null) all.get(SUBJECT_TABLES[subject])?.push(snapshot);
    }
  return all;
}

/** What rows of each table have in common where the newest version wrote them. */
async function commonToday(): Promise<Map<TableName, Set<string>>> {
  const { store, close } = await upgraded(readRecording(RECORDINGS.at(-1) ?? ''));
  const all = await everything(store);
  await close();
  return new Map([...all].map(([table, rows]) => [table, common(rows)]));
}

let today: Map<TableName, Set<string>>;
beforeAll(async () => {
  today = await commonToday();
}, MS_MAX);

describe.each(RECORDINGS)('a database of %s', (name) => {
  const recording = readRecording(name);
  const { names, keyName } = recording;
  const id = (one: string): string => names[one] ?? '';
  const has = (one: string): boolean => one in names;
  let opened: Pick<TestStore, 'store' | 'close'>;
  let tender: TestTender;
  let stripe: Stripe;
  beforeAll(async () => {
    opened = await upgraded(recording);
  }, MS_MAX);
  afterAll(() => tender?.stop() ?? opened?.close());

  test(
    'keeps every row, each with all that rows have today',
    async () => {
      const { store } = opened;
      const faults: string[] = [];
      for (const table of TABLE_NAMES) {
        const rows = recording.tables[table]?.rows.length ?? 0;
        expect([table, await store.count(table)]).toEqual([table, rows]);
      }
      for (const [table, rows] of await everything(store))
        for (const property of today.get(table) ?? [])
          if (rows.length > 0 && !common(rows).has(property)) faults.push(`${table}.${property}`);
      expect(faults).toEqual([]);
      expect(await audit(store)).toEqual([]);
    },
    MS_MAX,
  );

  test(
    'shows what is in it, in the form that each dialect promises',
    async () => {
      const nowMs = (recording.recordedAt + MINUTE) * 1000;
      // As a start does: whoever had taken deliveries is gone.
      if (!opened.store.capabilities.shared) await opened.store.releaseLeases(nowMs);
      const masterKey = Buffer.from(recording.masterKey, 'hex');
      tender = await startTestTender({ over: { opened, masterKey, nowMs } });
      stripe = tender.client(keyName);
      const lists = [
        stripe.paymentIntents.list({ limit: 100 }),
        stripe.charges.list({ limit: 100 }),
        stripe.refunds.list({ limit: 100 }),
        stripe.customers.list({ limit: 100 }),
        stripe.events.list({ limit: 100 }),
        stripe.balanceTransactions.list({ limit: 100 }),
        stripe.webhookEndpoints.list({ limit: 100 }),
        stripe.setupIntents.list({ limit: 100 }),
        stripe.disputes.list({ limit: 100 }),
        stripe.customers.listPaymentMethods(id('customer')),
      ];
      for (const { data } of await Promise.all<Stripe.ApiList<object>>(lists)) {
        for (const object of data) expect(validateStripe(plain(object))).toEqual([]);
      }
      for (const [intent, status] of Object.entries(STATUSES).filter(([one]) => has(one))) {
        const shown = await stripe.paymentIntents.retrieve(id(intent));
        expect([intent, shown.status]).toEqual([intent, status]);
      }
      if (has('bill')) {
        expect(await codeStatus(tender, id('bill'))).toBe('SUBMITTED');
        expect(await codeStatus(tender, id('openBill'))).toBe('PENDING');
      }
      if (has('dojoIntent')) expect(await dojoStatus(tender, recording)).toBe('Created');
      expect(tender.errors).toEqual([]);
    },
    MS_MAX,
  );

  test(
    'goes on: keys, payments, refunds, webhooks and what was due',
    async () => {
      const sink = await openSink();
      for (const endpoint of ['endpoint', 'deaf'])
        await stripe.webhookEndpoints.update(id(endpoint), { url: `${sink.url}/${endpoint}` });
      // What was read of an endpoint counts for a second: until then, the old address may be asked.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      expect((await payOrder(tender.url, id('customer'))).id).toBe(id('paid'));
      expect((await stripe.paymentIntents.capture(id('held'))).status).toBe('succeeded');
      const card = { payment_method: 'pm_card_visa' };
      for (const unpaid of ['created', 'declined'])
        expect((await stripe.paymentIntents.confirm(id(unpaid), card)).status).toBe('succeeded');
      expect((await stripe.refunds.create({ payment_intent: id('paid') })).amount).toBe(1500);
      const again = { amount: 900, currency: 'usd', customer: id('customer'), confirm: true };
      const saved = { ...again, payment_method: id('method') };
      expect((await stripe.paymentIntents.create(saved)).status).toBe('succeeded');
      await expectNew(recording, sink);
      await tender.advance(DAY);
      await expectWaiting(recording, sink);
      await tender.advance(WEEK);
      if (has('processing'))
        expect((await stripe.paymentIntents.retrieve(id('processing'))).status).toBe('succeeded');
      await sink.close();
      expect(tender.errors).toEqual([]);
      expect(await audit(tender.store)).toEqual([]);
    },
    MS_MAX,
  );
});

/** How the payments of the scene stood. */
const STATUSES = {
  paid: 'succeeded',
  held: 'requires_capture',
  captured: 'succeeded',
  declined: 'requires_payment_method',
  challenged: 'requires_action',
  created: 'requires_payment_method',
  canceled: 'canceled',
  disputed: 'succeeded',
  clockedSale: 'succeeded',
};

/** Without the client's own additions. */
const plain = (object: object): object => JSON.parse(JSON.stringify(object));

const arrivedAt = (sink: Sink, endpoint: string): Arrival[] =>
  sink.arrivals.filter(({ path }) => path.endsWith(endpoint));
const objectOf = ({ body }: Arrival): string => JSON.parse(body).data.object.id;

/** The endpoint of then gets what happens now, signed with its secret of then. */
async function expectNew({ names }: Recording, sink: Sink): Promise<void> {
  const of = (): Arrival[] => arrivedAt(sink, 'endpoint');
  await until(() => of().some((arrival) => objectOf(arrival) === names.held));
  const [first] = of();
  const { webhooks } = new Stripe('sk_test_x');
  const signature = String(first?.headers['stripe-signature']);
  const secret = names.secret ?? '';
  const ages = Number.MAX_SAFE_INTEGER;
  const event = webhooks.constructEvent(first?.body ?? '', signature, secret, ages);
  expect(event.id).toBe(first?.event.id);
}

/** The endpoint that was out of reach gets what has waited for it since then. */
function expectWaiting({ names }: Recording, sink: Sink): Promise<void> {
  return until(() => arrivedAt(sink, 'deaf').some((one) => objectOf(one) === names.paid));
}

async function codeStatus({ url }: TestTender, intent: string): Promise<unknown> {
  const reply = await fetch(`${url}/v1/getStatus?intent=${intent}`);
  return ((await reply.json()) as { status?: unknown }).status;
}

async function dojoStatus({ url }: TestTender, recording: Recording): Promise<unknown> {
  const { keyName, names } = recording;
  const reply = await fetch(`${url}/payment-intents/${names.dojoIntent}`, {
    headers: { authorization: `Basic sk_sandbox_${keyName}`, version: '2025-09-10' },
  });
  const intent = await reply.json();
  expect(validateDojo('GET', '/payment-intents/{paymentIntentId}', 200, intent)).toEqual([]);
  return (intent as { status?: unknown }).status;
}
