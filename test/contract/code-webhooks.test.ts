import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CodeLimits } from '../../src/api/code/settings.js';
import { makeWebhookCaller, type WebhookCaller } from '../../src/api/code/webhooks/caller.js';
import { makeSigningKey } from '../../src/api/code/webhooks/signing-key.js';
import { INSTALLATION, type RendezvousRequest } from '../../src/domain/rendezvous.js';
import { audit } from '../../src/engine/audit.js';
import {
  claimWebhook,
  redeliverWebhook,
  registerCodeWebhook,
  WEBHOOK_DELAYS_SECONDS,
} from '../../src/engine/code-webhooks.js';
import { type Command, done } from '../../src/engine/command.js';
import type { Jobs } from '../../src/engine/jobs.js';
import { dueWebhook, webhookJobId } from '../../src/engine/webhook-due.js';
import { LIMITS } from '../../src/limits.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { startTestJobs } from '../support/jobs.js';
import { type JwtSink, openJwtSink } from '../support/jwt-sink.js';
import { openTestStore, type TestStore } from '../support/stores.js';

const REQUEST = 'gT36whW8h6uWVf2azkwAnjMbVEnjja4qFNSdw93ukS2';
const USER = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const KEY = makeSigningKey(Buffer.alloc(32, 7));

let testStore: TestStore;
let store: Store;
let made: TestEngine;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  store = await testStore.fresh();
  made = makeTestEngine(store);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  expect(made.logged).toEqual([]);
  expect(await audit(store)).toEqual([]);
});
afterAll(() => testStore.close());

/** A command over the request, as those that make it and log in by it are. */
function onRequest<T>(decide: Command<T>['decide']): Promise<T> {
  const needs: Command<T>['needs'] = (need) => void need('requests', REQUEST);
  return made.engine.background({ account: INSTALLATION, needs, decide }) as Promise<T>;
}

/** Puts a request for a login down. */
function ask(): Promise<RendezvousRequest> {
  return onRequest((work) =>
    done(
      work.insert('requests', {
        account: INSTALLATION,
        id: REQUEST,
        merchant: 'acct_merchant',
        intent: null,
        created: work.wallNow(),
        terms: null,
        domain: 'shop.example',
        verifier: USER,
        scannedAt: null,
        rejectedAt: null,
        login: null,
        webhook: null,
        paidMessage: null,
      }),
    ),
  );
}

/** Logs a user in, as the identity service does. */
function logIn(): Promise<RendezvousRequest> {
  return onRequest((work) => {
    const request = work.get('requests', REQUEST) as RendezvousRequest;
    const login = { user: USER, at: work.wallNow() };
    return done(dueWebhook(work, work.update('requests', { ...request, login }), 'submitted'));
  });
}

const register = (url: string) => made.engine.background(registerCodeWebhook(REQUEST, url));
const stored = () => onRequest((work) => done(work.get('requests', REQUEST)));
const messages = () =>
  made.engine.read(
    INSTALLATION,
    (need) => void need.list('messages', 'request', REQUEST),
    (rows) => rows.list('messages', 'request', REQUEST),
  );
const jobs = () =>
  made.engine.read(
    INSTALLATION,
    (need) => void need('jobs', webhookJobId(REQUEST, 'submitted')),
    (rows) => rows.get('jobs', webhookJobId(REQUEST, 'submitted')),
  );

async function sink(answer?: Parameters<typeof openJwtSink>[0]): Promise<JwtSink> {
  const opened = await openJwtSink(answer);
  closers.push(opened.close);
  return opened;
}

function caller(over: Partial<CodeLimits> = {}): WebhookCaller {
  const { engine, clock } = made;
  const addresses = { allowLoopback: true, allowPrivate: false };
  const limits = { ...LIMITS.code, ...over };
  const calls = makeWebhookCaller({ engine, limits, addresses, nowMs: () => clock.ms }, KEY);
  closers.push(calls.close);
  return calls;
}

/** Jobs that run when they are told to: their own looks are an hour apart. */
function start(calls = caller()): Jobs {
  const jobs = startTestJobs(made, {
    store,
    limits: { ...LIMITS.jobs, job_poll_ms: 3_600_000 },
    callWebhook: calls.call,
  });
  closers.push(jobs.stop);
  return jobs;
}

describe('registering a webhook', () => {
  test('needs a request', async () => {
    expect(await register('https://shop.example/')).toBe('request_not_found');
  });

  test('is done once; the same URL again is well', async () => {
    await ask();
    expect(await register('https://shop.example/')).toBe('ok');
    expect(await register('https://shop.example/')).toBe('ok');
    expect(await register('https://other.example/')).toBe('already_registered');
    const { webhook } = (await stored()) as RendezvousRequest;
    expect(webhook).toEqual({ url: 'https://shop.example/', state: 'waiting', tries: [] });
  });

  test('is too late after the login', async () => {
    await ask();
    await logIn();
    expect(await register('https://shop.example/')).toBe('intent_exists');
  });
});

describe('a webhook that is due', () => {
  test('is called at once with a JWT, and the rendezvous is told', async () => {
    const { url, arrivals, arrived } = await sink();
    start();
    await ask();
    await register(url);
    expect((await logIn()).webhook?.state).toBe('due');
    await arrived(1);
    await closers.pop()?.();
    expect(arrivals[0]?.headers).toMatchObject({ 'content-type': 'application/jwt' });
    const publicKey = createPublicKey({ key: { ...KEY.jwk }, format: 'jwk' });
    const { payload } = await jwtVerify(arrivals[0]?.jwt ?? '', publicKey, {
      currentDate: new Date(made.clock.ms),
    });
    const iat = Math.floor(made.clock.ms / 1000);
    expect(payload).toEqual({ user: USER, iat, exp: iat + 300, jti: `${REQUEST}:submitted` });
    expect((await stored())?.webhook).toMatchObject({
      state: 'delivered',
      tries: [{ status: 200, error: null }],
    });
    expect(await messages()).toMatchObject([{ kind: 'webhookCalled', signature: null }]);
    expect(await jobs()).toBeNull();
  });

  test('is called eight times at the published times, then given up', async () => {
    expect(WEBHOOK_DELAYS_SECONDS).toEqual([1, 2, 15, 60, 15 * 60, 3600, 24 * 3600]);
    const { url, arrivals, openMax } = await sink((response) => {
      response.statusCode = 202;
      response.end();
    });
    const running = start();
    await ask();
    await register(url);
    await logIn();
    await running.runDue();
    for (const [i, seconds] of WEBHOOK_DELAYS_SECONDS.entries()) {
      expect(arrivals).toHaveLength(i + 1);
      expect((await stored())?.webhook).toMatchObject({ state: 'due' });
      made.clock.advance(seconds - 1);
      await running.runDue();
      expect(arrivals).toHaveLength(i + 1);
      made.clock.advance(1);
      await running.runDue();
    }
    expect(arrivals).toHaveLength(8);
    expect(openMax()).toBe(1);
    const { webhook } = (await stored()) as RendezvousRequest;
    expect(webhook?.state).toBe('abandoned');
    expect(webhook?.tries.map(({ status }) => status)).toEqual(Array(8).fill(202));
    expect(await messages()).toEqual([]);
    expect(await jobs()).toBeNull();
    made.clock.advance(1_000_000);
    await running.runDue();
    expect(arrivals).toHaveLength(8);
  });

  test('succeeds later, and says the same thing in each try', async () => {
    let status = 500;
    const { url, arrivals } = await sink((response) => {
      response.statusCode = status;
      response.end();
    });
    const running = start();
    await ask();
    await register(url);
    await logIn();
    await running.runDue();
    status = 200;
    made.clock.advance(1);
    await running.runDue();
    const [first, second] = arrivals.map(({ jwt }) =>
      JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()),
    );
    expect(second).toEqual({ ...first, iat: first.iat + 1, exp: first.exp + 1 });
    expect((await stored())?.webhook).toMatchObject({
      state: 'delivered',
      tries: [{ status: 500 }, { status: 200 }],
    });
    expect(await messages()).toHaveLength(1);
  });

  test('is a failure where nobody answers', async () => {
    const { url, close } = await sink();
    await close();
    const running = start();
    await ask();
    await register(url);
    await logIn();
    await running.runDue();
    expect((await stored())?.webhook).toMatchObject({
      state: 'due',
      tries: [{ status: null, error: 'connection refused' }],
    });
  });

  test('is a failure where the answer takes too long, and never overlaps', async () => {
    const { url, arrivals, openMax } = await sink(() => {});
    const running = start(caller({ webhook_wait_ms_max: 20 }));
    await ask();
    await register(url);
    await logIn();
    await running.runDue();
    made.clock.advance(1);
    await Promise.all([running.runDue(), running.runDue()]);
    expect(arrivals).toHaveLength(2);
    expect(openMax()).toBe(1);
    const { webhook } = (await stored()) as RendezvousRequest;
    const error = 'no answer within 20 ms';
    expect(webhook?.tries).toMatchObject(Array(2).fill({ status: null, error }));
  });

  test('is called a second time when a chain has settled the payment', async () => {
    const { url, arrivals } = await sink();
    const running = start();
    await ask();
    await register(url);
    await logIn();
    await running.runDue();
    const settle = () =>
      onRequest((work) =>
        done(dueWebhook(work, work.get('requests', REQUEST) as RendezvousRequest, 'settled')),
      );
    await settle();
    await running.runDue();
    await settle();
    await running.runDue();
    const told = arrivals.map(({ jwt }) =>
      JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()),
    );
    expect(told.map(({ jti }) => jti)).toEqual([`${REQUEST}:submitted`, `${REQUEST}:settled`]);
    expect((await stored())?.webhook).toMatchObject({
      state: 'delivered',
      tries: [{ status: 200 }],
      settled: { state: 'delivered', tries: [{ status: 200 }] },
    });
    // The rendezvous is over by then: nobody there waits for a second message.
    expect(await messages()).toHaveLength(1);
  });

  test('is called by one process only', async () => {
    await ask();
    await register('https://shop.example/');
    await logIn();
    const job = await jobs();
    if (job === null) throw new Error('there is no job');
    const claims = await Promise.all(
      [1, 2, 3].map(() => made.engine.background(claimWebhook(job))),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  test('is called after a restart, and once the process that had claimed it is gone', async () => {
    const { url, arrivals } = await sink();
    await ask();
    await register(url);
    await logIn();
    const job = await jobs();
    if (job === null) throw new Error('there is no job');
    expect(await made.engine.background(claimWebhook(job))).toMatchObject({ url });
    const running = start();
    await running.runDue();
    expect(arrivals).toHaveLength(0);
    made.clock.advance(15);
    await running.runDue();
    expect(arrivals).toHaveLength(1);
    expect((await stored())?.webhook?.state).toBe('delivered');
  });

  test('is not called without a registration', async () => {
    await ask();
    expect((await logIn()).webhook).toBeNull();
    expect(await jobs()).toBeNull();
  });
});

describe('delivering again', () => {
  const MERCHANT = 'acct_merchant';
  const redeliver = (merchant = MERCHANT) =>
    made.engine.background(redeliverWebhook(merchant, REQUEST));

  test('is for the merchant alone, and needs something to tell', async () => {
    expect(await redeliver()).toBeNull();
    await ask();
    expect(await redeliver()).toBeNull();
    await register('https://shop.example/');
    expect(await redeliver('acct_other')).toBeNull();
    expect(await redeliver()).toMatchObject({ webhook: { state: 'waiting' } });
    expect(await jobs()).toBeNull();
  });

  test('calls once more what was delivered, and tells the rendezvous nothing new', async () => {
    const { url, arrivals } = await sink();
    const running = start();
    await ask();
    await register(url);
    await logIn();
    await running.runDue();
    expect(await redeliver()).toMatchObject({ webhook: { state: 'due' } });
    await running.runDue();
    expect(arrivals).toHaveLength(2);
    expect((await stored())?.webhook).toMatchObject({
      state: 'delivered',
      tries: [{ status: 200 }, { status: 200 }],
    });
    expect(await messages()).toHaveLength(1);
  });

  test('calls once more what was given up', async () => {
    let status = 500;
    const { url, arrivals } = await sink((response) => {
      response.statusCode = status;
      response.end();
    });
    const running = start();
    await ask();
    await register(url);
    await logIn();
    await running.runDue();
    for (const seconds of WEBHOOK_DELAYS_SECONDS) {
      made.clock.advance(seconds);
      await running.runDue();
    }
    for (const [state, tries] of [
      ['abandoned', 9],
      ['delivered', 10],
    ] as const) {
      await redeliver();
      await running.runDue();
      expect(arrivals).toHaveLength(tries);
      expect((await stored())?.webhook?.state).toBe(state);
      status = 200;
    }
    expect(await messages()).toHaveLength(1);
  });

  test('does not wait for the next try, but for one that may be under way', async () => {
    const { url, arrivals } = await sink((response) => {
      response.statusCode = 500;
      response.end();
    });
    const running = start();
    await ask();
    await register(url);
    await logIn();
    await running.runDue();
    const soon = (await jobs())?.dueAt;
    await redeliver();
    expect((await jobs())?.dueAt).toBe(soon);
    for (const seconds of WEBHOOK_DELAYS_SECONDS.slice(0, 4)) {
      made.clock.advance(seconds);
      await running.runDue();
    }
    expect(arrivals).toHaveLength(5);
    await redeliver();
    await running.runDue();
    expect(arrivals).toHaveLength(6);
  });
});
