import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { create, toBinary } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newSecret } from '../../src/api/admin/cookie.js';
import { welcomePath } from '../../src/api/admin/welcome.js';
import { accountNamed } from '../../src/api/auth.js';
import { audit } from '../../src/engine/audit.js';
import { inviteOperator } from '../../src/engine/operators.js';
import {
  type Message,
  Messaging,
  OpenMessageStreamRequestSchema,
  OpenMessageStreamResponseSchema,
} from '../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import { openSink, type Sink, until } from '../support/sink.js';
import {
  newPostgresDatabase,
  ON_POSTGRES,
  openPostgresAt,
  postgresSql,
} from '../support/stores.js';
import { newName, startTestTender, type TestTender } from '../support/tender.js';
import type { TestKey } from '../support/wallets.js';
import { adminCaller } from './admin/caller.js';
import { byCard, pageOf } from './checkout/page.js';
import { leave, newRendezvous, openSocket, type TestSocket } from './code/envelope-client.js';
import { newDojoShop, ok } from './dojo/client.js';
import { PAID } from './stripe/paid.js';
import { rawClient } from './stripe/raw-http.js';

/**
 * Two servers on one database, `a` and `b`, and what one of them may expect of the other. The role
 * in the database is each one's own, so that a test can take the database away from one of them.
 */

let url: string;
let a: TestTender;
let b: TestTender;
const faults: string[] = [];

async function startNode(role: string, masterKey: Buffer): Promise<TestTender> {
  await postgresSql(url, `CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'tender'`);
  const own = new URL(url);
  own.username = role;
  own.password = 'tender';
  const store = await openPostgresAt(own.href);
  const opened = { store, close: () => store.close() };
  return startTestTender({ signsIn: true, over: { opened, masterKey, nowMs: Date.now() } });
}

const roleOf = (node: 'a' | 'b'): string => `${new URL(url).pathname.slice(1)}_${node}`;

beforeAll(async () => {
  if (!ON_POSTGRES) return;
  url = await newPostgresDatabase();
  const masterKey = randomBytes(32);
  a = await startNode(roleOf('a'), masterKey);
  b = await startNode(roleOf('b'), masterKey);
});
afterEach(() => {
  if (!ON_POSTGRES) return;
  expect([faults, a.errors, b.errors].flatMap((list) => list.splice(0))).toEqual([]);
});
afterAll(async () => {
  if (!ON_POSTGRES) return;
  const broken = await audit(a.store);
  await a.stop();
  await b.stop();
  expect(broken).toEqual([]);
});

/** One merchant, by the client of either server. */
function newShop() {
  const name = newName();
  return { name, atA: a.client(name), atB: b.client(name) };
}

describe.skipIf(!ON_POSTGRES)('what one server has answered, the other knows', () => {
  test('at once, in every dialect, list and search', async () => {
    const { atA, atB } = newShop();
    for (let round = 0; round < 5; round++) {
      const metadata = { order: `${round}` };
      const { id } = await atB.paymentIntents.create({ ...PAID, metadata });
      expect((await atA.paymentIntents.list({ limit: 1 })).data[0]?.id).toBe(id);
      const found = await atA.paymentIntents.search({ query: `metadata['order']:'${round}'` });
      expect(found.data.map((one) => one.id)).toEqual([id]);
      await atA.refunds.create({ payment_intent: id, amount: 500 });
      const charge = (await atB.charges.list({ payment_intent: id })).data[0];
      expect(charge?.amount_refunded).toBe(500);
      expect((await atB.balance.retrieve()).pending).toEqual(
        (await atA.balance.retrieve()).pending,
      );
      const told = (await atB.events.list({ limit: 5 })).data.map(({ type }) => type);
      expect(told).toContain('charge.refunded');
    }
  });

  test('a checkout page that one of them serves shows what was paid by the other', async () => {
    const shop = newDojoShop(b, faults);
    const { id } = await shop.newIntent();
    const page = pageOf(a.url, id);
    const before = await page.state();
    expect(before.status).toBe('open');
    await pageOf(b.url, id).done('pay', byCard());
    expect(await page.state()).toMatchObject({ status: 'paid' });
    expect((await ok(shop.dojo.get(`/payment-intents/${id}`))).status).toBe('Captured');
  });

  test('one idempotency key is worked on once, whichever server it is sent to', async () => {
    const { atA, atB } = newShop();
    for (let round = 0; round < 5; round++) {
      const options = { idempotencyKey: `order-${round}` };
      const answers = await Promise.all(
        [atA, atB, atA, atB].map((client) =>
          // Of two with one key the later may be told that the first is still being worked on.
          client.paymentIntents.create(PAID, options).catch((error) => error.code),
        ),
      );
      const ids = answers.flatMap((answer) => (typeof answer === 'string' ? [] : [answer.id]));
      expect(new Set(ids).size).toBe(1);
      const again = await atB.paymentIntents.create(PAID, options);
      expect(again.id).toBe(ids[0]);
    }
    expect((await atA.paymentIntents.list({ limit: 100 })).data).toHaveLength(5);
  });
});

describe.skipIf(!ON_POSTGRES)('what is set at one server counts at the other', () => {
  test('a rule, and that it is gone: from the next payment on', async () => {
    const { name, atA } = newShop();
    const { raw, close } = rawClient(b.port, name);
    const call = async (method: string, path: string, form?: string) =>
      (await raw(method, path, { form })).body;
    for (let round = 0; round < 5; round++) {
      await atA.paymentIntents.create(PAID);
      const form = new URLSearchParams({ action: 'block', predicate: ':amount: > 1000' });
      const { id } = await call('POST', '/v1/radar/rules', form.toString());
      const refused = await atA.paymentIntents.create(PAID).catch((error) => error.decline_code);
      expect(refused).toBe('fraudulent');
      await call('DELETE', `/v1/radar/rules/${id}`);
    }
    close();
    expect((await atA.paymentIntents.create(PAID)).status).toBe('succeeded');
  });

  test('an endpoint: from the next event on', async () => {
    const sink = await openSink();
    const { atA, atB } = newShop();
    const told: string[] = [];
    for (let round = 0; round < 10; round++) {
      const endpoint = await atB.webhookEndpoints.create({
        url: sink.url,
        enabled_events: ['payment_intent.created'],
      });
      told.push((await atA.paymentIntents.create({ amount: 100, currency: 'usd' })).id);
      await until(() => told.every((id) => bodies(sink).includes(id)));
      await atB.webhookEndpoints.del(endpoint.id);
      await atA.paymentIntents.create({ amount: 100, currency: 'usd' });
    }
    await sink.close();
    // The payments that were made while there was no endpoint were sent to nobody.
    expect(sink.arrivals).toHaveLength(10);
  });

  test('an endpoint’s new address a second later, and at once that it is off or on', async () => {
    const [old, moved] = [await openSink(), await openSink()];
    const { atA, atB } = newShop();
    const enabled_events = ['payment_intent.created'] as const;
    const { id } = await atB.webhookEndpoints.create({
      url: old.url,
      enabled_events: [...enabled_events],
    });
    const pay = () => atA.paymentIntents.create({ amount: 100, currency: 'usd' });
    await pay();
    await old.arrived(1);
    await atB.webhookEndpoints.update(id, { url: moved.url });
    // Both servers send, each by what it has read of the endpoint within the last second.
    await pause(ENDPOINT_FRESH_MS);
    await pay();
    await moved.arrived(1);
    expect(old.arrivals).toHaveLength(1);
    await atB.webhookEndpoints.update(id, { disabled: true });
    const unheard = await pay();
    await atB.webhookEndpoints.update(id, { disabled: false });
    const heard = await pay();
    await until(() => bodies(moved).includes(heard.id));
    expect(bodies(moved)).not.toContain(unheard.id);
    await Promise.all([old.close(), moved.close()]);
  });

  test('a key: at once where it was made, some seconds later where it was revoked', async () => {
    const { name } = newShop();
    const { csrf, cookie, account } = await signedIn(a, b, name);
    const atB = adminCaller(() => b.url);
    const made = await atB('keys', { cookie, csrf, account }, { kind: 'secret', name: 'Till' });
    const { id, secret } = made.body;
    const list = () =>
      fetch(`${a.url}/v1/payment_intents`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await list()).status).toBe(200);
    expect((await atB(`keys/${id}/revoke`, { cookie, csrf, account }, {})).status).toBe(200);
    // Not by moving a clock on: those of two servers have to agree.
    await until(async () => {
      await pause(100);
      return (await list()).status === 401;
    });
  });

  test('that an operator has signed in, or out: at once', async () => {
    const { cookie, csrf } = await signedIn(a, b, newName());
    const [atA, atB] = [adminCaller(() => a.url), adminCaller(() => b.url)];
    expect((await atB('session', { cookie })).status).toBe(200);
    expect((await atB('session', { cookie, csrf }, undefined, 'DELETE')).status).toBeLessThan(300);
    expect((await atA('session', { cookie })).status).toBe(401);
  });
});

/** A little more than the second for which a server believes what it has read of an endpoint. */
const ENDPOINT_FRESH_MS = 1_100;

/** Somebody who was invited at one server and has signed in at another. */
async function signedIn(invitedAt: TestTender, at: TestTender, name: string) {
  await at.client(name).paymentIntents.create({ amount: 100, currency: 'usd' });
  const secret = newSecret();
  const input = {
    email: `${newName()}@example.com`,
    role: 'admin',
    merchants: null,
    secret,
  } as const;
  const made = await invitedAt.engine.background(inviteOperator(input, 'test'));
  if ('failure' in made) throw new Error(made.failure);
  const body = new URLSearchParams({ password: 'correct horse battery' });
  const sent = { method: 'POST', body, redirect: 'manual' } as const;
  const { headers } = await fetch(at.url + welcomePath(made.id, secret), sent);
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  const session = await adminCaller(() => at.url)('session', { cookie });
  const { csrf, accounts } = session.body;
  return { cookie, csrf: csrf as string, account: accounts[0].id as string };
}

/** What has arrived, as one text. */
const bodies = (sink: Sink): string => sink.arrivals.map(({ body }) => body).join('\n');

/** What tells a message of these tests from others. */
const secondOf = ({ kind }: Message): number =>
  kind.case === 'codeScanned' ? Number(kind.value.timestamp?.seconds) : Number.NaN;

async function openAt(node: TestTender, key: TestKey): Promise<TestSocket> {
  const socket = await openSocket(node.url);
  const request = create(OpenMessageStreamRequestSchema, { rendezvousKey: { value: key.bytes } });
  socket.send('Messaging', 'openMessageStream', toBinary(OpenMessageStreamRequestSchema, request));
  return socket;
}

async function read(socket: TestSocket, count: number): Promise<number[]> {
  const seconds: number[] = [];
  while (seconds.length < count) {
    const { messages } = await socket.body(OpenMessageStreamResponseSchema);
    seconds.push(...messages.map(secondOf));
  }
  return seconds;
}

test.skipIf(!ON_POSTGRES)('a dashboard at one server hears of a payment at another', async () => {
  const { name, atB } = newShop();
  const { cookie } = await signedIn(b, a, name);
  const account = accountNamed(name);
  const updates = (query: string) =>
    adminCaller(() => a.url)(`updates${query}`, { cookie, account });
  const { last } = (await updates('')).body;
  const waiting = updates(`?after=${last}`);
  const { id } = await atB.paymentIntents.create(PAID);
  expect((await waiting).body.intents).toEqual([id]);
});

describe.skipIf(!ON_POSTGRES)('a stream of messages at one server', () => {
  test('has what is sent by another, once and in order, over every transport', async () => {
    const key = newRendezvous();
    const socket = await openAt(a, key);
    const client = createClient(Messaging, createGrpcTransport({ baseUrl: a.url }));
    const leaving = new AbortController();
    const request = { rendezvousKey: { value: key.bytes } };
    const stream = client.openMessageStream(request, { signal: leaving.signal });
    const answers = stream[Symbol.asyncIterator]();
    const readStream = async (count: number) => {
      const seconds: number[] = [];
      while (seconds.length < count)
        seconds.push(...((await answers.next()).value?.messages ?? []).map(secondOf));
      return seconds;
    };
    const first = readStream(3);
    await until(() => a.open.streams === 2);
    for (const second of [1, 2, 3]) await leave(b.url, key, second);
    expect([await read(socket, 3), await first]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    // The look that finds the fourth reads the others again, and does not tell them again.
    await leave(b.url, key, 4);
    await leave(a.url, key, 5);
    const rest = [await read(socket, 2), await readStream(2)];
    expect(rest.map((seconds) => seconds.sort())).toEqual([
      [4, 5],
      [4, 5],
    ]);
    socket.socket.close();
    leaving.abort();
    await until(() => a.open.streams === 0);
  });

  test('misses nothing that was sent while it could not reach the database', {
    timeout: 90_000,
  }, async () => {
    const key = newRendezvous();
    const socket = await openAt(a, key);
    await leave(b.url, key, 1);
    expect(await read(socket, 1)).toEqual([1]);
    await postgresSql(url, `ALTER ROLE ${roleOf('a')} NOLOGIN`);
    const sent = [2];
    await leave(b.url, key, 2);
    try {
      await postgresSql(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${roleOf('a')}'`,
      );
      // So many looks that fail: more than what a look goes back beyond the last.
      for (let count = 1; count <= LOOKS_BACK + 1; count++)
        await until(() => looksFailed(a) >= count);
      sent.push(3);
      await leave(b.url, key, 3);
    } finally {
      await postgresSql(url, `ALTER ROLE ${roleOf('a')} LOGIN`);
    }
    expect(await read(socket, 2)).toEqual(sent);
    socket.socket.close();
    await until(() => a.open.streams === 0);
    // Without its database a server says so, and nothing else.
    for (const error of a.errors.splice(0))
      expect(error).toMatch(/not permitted to log in|terminat/);
  });
});

/** A look goes back five seconds, and there are two in a second. */
const LOOKS_BACK = 10;

const looksFailed = ({ errors }: TestTender): number =>
  errors.filter((error) => error.startsWith('looking for messages')).length;
