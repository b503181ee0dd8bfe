import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Intent } from '../../src/domain/intent.js';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import type { Job } from '../../src/domain/subscription.js';
import { audit } from '../../src/engine/audit.js';
import { type Command, refused } from '../../src/engine/command.js';
import { claimDestination, releaseDestination } from '../../src/engine/destinations.js';
import { expireIntent } from '../../src/engine/expire-unused.js';
import { unusedJobId } from '../../src/engine/expiry.js';
import { cancelIntent } from '../../src/engine/intents.js';
import { logIn } from '../../src/engine/logins.js';
import { acknowledge } from '../../src/engine/rendezvous.js';
import {
  createRequest,
  leaveMessage,
  type RequestEnd,
  type RequestInput,
} from '../../src/engine/requests.js';
import { submitPayment } from '../../src/engine/submissions.js';
import { putTipUser, removeTipUser } from '../../src/engine/tip-users.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { ACCOUNT, fail, run, subscribe } from '../support/payments.js';
import { ON_POSTGRES, openTestStore, type TestStore } from '../support/stores.js';
import { answerTo, fund, keyOf, request, submit } from '../support/wallets.js';
import { read, write } from './rows.js';

let opened: TestStore;
let made: TestEngine;

beforeAll(async () => {
  opened = await openTestStore();
});
beforeEach(async () => {
  made = makeTestEngine(await opened.fresh());
});
afterEach(async () => {
  expect(made.logged).toEqual([]);
  expect(await audit(opened.store)).toEqual([]);
});
afterAll(() => opened.close());

const HOUR_SECONDS = 3600;
const OTHER = 'acct_other';
const [payer, till] = [keyOf('payer'), keyOf('till')];

const said = (kind = 'requestToReceiveBill', uuid = 'a'.repeat(32)) => ({
  uuid,
  kind,
  body: 'AA==',
  signature: 'AA==',
});

function input(over: Partial<RequestInput> = {}): RequestInput {
  return {
    id: 'rendezvous1',
    payment: {
      terms: {
        destination: 'till',
        currency: 'usd',
        nativeAmount: 10,
        quarks: null,
        fees: [],
      },
      amount: 1000n,
      paidMessage: null,
    },
    domain: null,
    verifier: null,
    message: said(),
    defaultMerchant: ACCOUNT,
    expiresInSeconds: 24 * HOUR_SECONDS,
    messages_max: 3,
    refuses: () => null,
    ...over,
  };
}

const login = (over: Partial<RequestInput> = {}): RequestInput =>
  input({
    payment: null,
    domain: 'a.com',
    verifier: 'key',
    message: said('requestToLogin'),
    ...over,
  });

const make = (over: Partial<RequestInput> = {}): Promise<RequestEnd> =>
  run(made.engine, createRequest(input(over)));

const requestOf = (id = 'rendezvous1') => read(opened.store, 'requests', INSTALLATION, id);
const intents = (): Promise<Intent[]> => opened.store.scan('intents', null, 100);
const messages = () => opened.store.scan('messages', null, 100);

async function theIntent(): Promise<Intent> {
  const [intent, ...others] = await intents();
  if (intent === undefined || others.length > 0) throw new Error('not one intent');
  return intent;
}

describe('a request for a payment', () => {
  test('is an intent of its merchant, with its events, a row and a message', async () => {
    await run(made.engine, subscribe());
    const end = await make();
    const intent = await theIntent();
    expect(intent).toMatchObject({
      account: ACCOUNT,
      dialect: 'code',
      state: 'awaiting_method',
      amount: 1000n,
      currency: 'usd',
      methodTypes: ['crypto'],
      captureMethod: 'automatic',
      wire: { rendezvous: 'rendezvous1' },
    });
    expect(await requestOf()).toMatchObject({ merchant: ACCOUNT, intent: intent.id });
    expect(await messages()).toEqual(['message' in end ? end.message : null]);
    const deliveries = await opened.store.scan('deliveries', null, 10);
    expect(deliveries.map(({ account, type }) => [account, type])).toEqual([
      [ACCOUNT, 'intent.created'],
    ]);
  });

  test('is whose who has claimed its destination', async () => {
    await run(made.engine, claimDestination(OTHER, 'till', 'key'));
    await make();
    expect((await theIntent()).account).toBe(OTHER);
    expect(await requestOf()).toMatchObject({ merchant: OTHER });
  });

  test('sent again is answered with the message that lies there', async () => {
    const first = await make();
    // Whose the destination is by then makes no difference to a request that exists.
    await run(made.engine, claimDestination(OTHER, 'till', 'key'));
    const second = await make({ message: said('requestToReceiveBill', 'b'.repeat(32)) });
    expect(second).toEqual(first);
    expect(await intents()).toHaveLength(1);
    expect(await messages()).toHaveLength(1);
  });

  test('sent again puts a message down anew that was taken away', async () => {
    await make();
    await made.engine.background(acknowledge('rendezvous1', [said().uuid]));
    const second = await make({ message: said('requestToReceiveBill', 'b'.repeat(32)) });
    expect(second).toMatchObject({ message: { uuid: 'b'.repeat(32) } });
    expect(await messages()).toHaveLength(1);
    expect(await intents()).toHaveLength(1);
  });

  test('made by many at once is made once', async () => {
    const ends = await Promise.all(Array.from({ length: 20 }, () => make()));
    expect(new Set(ends.map((end) => JSON.stringify(end))).size).toBe(1);
    expect(await intents()).toHaveLength(1);
    expect(await messages()).toHaveLength(1);
  });

  test.runIf(ON_POSTGRES)('made by two processes at once is made once', async () => {
    const other = await opened.again();
    const { engine, logged } = makeTestEngine(other, { clock: made.clock });
    try {
      const ends = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          run(i % 2 === 0 ? engine : made.engine, createRequest(input())),
        ),
      );
      const ids = ends.map((end) => ('message' in end ? end.message.id : end.refused));
      expect(new Set(ids).size).toBe(1);
      expect(logged).toEqual([]);
    } finally {
      await other.close();
    }
    expect(await intents()).toHaveLength(1);
    expect(await messages()).toHaveLength(1);
  });

  test('that the rules refuse leaves nothing', async () => {
    const seen: unknown[] = [];
    const refuses = (found: unknown): string => {
      seen.push(found);
      return 'client submitted intent';
    };
    expect(await make({ refuses })).toEqual({ refused: 'client submitted intent' });
    expect(seen).toEqual([{ request: null, intent: null, submission: null }]);
    expect(await requestOf()).toBeNull();
    expect(await intents()).toEqual([]);
    expect(await messages()).toEqual([]);
  });

  test('is judged by what lies there, the intent included', async () => {
    await make();
    const intent = await theIntent();
    const seen: unknown[] = [];
    const refuses = (found: unknown): string => {
      seen.push(found);
      return 'other terms';
    };
    await make({ refuses });
    expect(seen).toEqual([{ request: await requestOf(), intent, submission: null }]);
    expect(await messages()).toHaveLength(1);
  });

  test('leaves nothing in either account where the command is refused after all', async () => {
    const making = createRequest(input());
    const failure = { failure: 'key_over', key: 'k' } as const;
    const refusedLate: Command<RequestEnd> = {
      ...making,
      decide: (work) => {
        expect(making.decide(work).end).toBe('done');
        return refused(failure);
      },
    };
    expect(await fail(made.engine, refusedLate)).toEqual(failure);
    for (const table of ['requests', 'messages', 'intents', 'jobs', 'facts'] as const)
      expect(await opened.store.scan(table, null, 10), table).toEqual([]);
  });
});

describe('messages of wallets', () => {
  test('mark the request once, and are all kept', async () => {
    await make();
    const at = made.clock.ms / 1000;
    const scanned = () => leaveMessage('rendezvous1', said('codeScanned'), 'scannedAt', 9);
    await run(made.engine, scanned());
    made.clock.advance(60);
    await run(made.engine, scanned());
    const rejected = said('clientRejectedPayment');
    await run(made.engine, leaveMessage('rendezvous1', rejected, 'rejectedAt', 9));
    expect(await requestOf()).toMatchObject({ scannedAt: at, rejectedAt: at + 60 });
    expect((await messages()).map(({ kind }) => kind)).toEqual([
      'requestToReceiveBill',
      'codeScanned',
      'codeScanned',
      'clientRejectedPayment',
    ]);
    expect((await theIntent()).state).toBe('awaiting_method');
  });

  test('may come where nothing is asked for', async () => {
    await run(made.engine, leaveMessage('elsewhere', said('codeScanned'), 'scannedAt', 9));
    expect(await requestOf('elsewhere')).toBeNull();
    expect(await messages()).toHaveLength(1);
  });

  test('have a limit at each rendezvous, requests included', async () => {
    const leave = () => leaveMessage('rendezvous1', said('codeScanned'), null, 3);
    const failure = { failure: 'limit_reached', what: 'messages at a rendezvous', max: 3 };
    for (let i = 0; i < 3; i += 1) await run(made.engine, leave());
    expect(await fail(made.engine, leave())).toEqual(failure);
    expect(await fail(made.engine, createRequest(input()))).toEqual(failure);
    await run(made.engine, createRequest(input({ id: 'rendezvous2' })));
    expect(await messages()).toHaveLength(4);
    expect(await intents()).toHaveLength(1);
  });
});

describe('a request that nobody pays', () => {
  const DAY_SECONDS = 24 * HOUR_SECONDS;

  async function jobOf(intent: Intent): Promise<Job> {
    const id = unusedJobId(intent.id);
    const job = await read(opened.store, 'jobs', intent.account, id);
    if (job === null) throw new Error(`no job ${id}`);
    return job;
  }

  test('is canceled when its time is over, and not before', async () => {
    await make();
    const job = await jobOf(await theIntent());
    expect(job.dueAt).toBe(made.clock.ms / 1000 + DAY_SECONDS);
    made.clock.advance(DAY_SECONDS - 1);
    expect(await opened.store.dueJobs(made.clock.ms / 1000, 10)).toEqual([]);
    await made.engine.background(expireIntent(job));
    expect((await theIntent()).state).toBe('awaiting_method');
    made.clock.advance(1);
    expect(await opened.store.dueJobs(made.clock.ms / 1000, 10)).toEqual([job]);
    await made.engine.background(expireIntent(job));
    expect(await theIntent()).toMatchObject({ state: 'canceled', cancellationReason: 'expired' });
    expect(await opened.store.scan('jobs', null, 10)).toEqual([]);
    const facts = await opened.store.scan('facts', null, 10);
    expect(facts.map(({ type }) => type)).toEqual(['intent.created', 'intent.canceled']);
  });

  test('stays as its merchant has canceled it', async () => {
    await make();
    const intent = await theIntent();
    const job = await jobOf(intent);
    await run(made.engine, cancelIntent(ACCOUNT, intent.id, 'duplicate'));
    made.clock.advance(DAY_SECONDS);
    await made.engine.background(expireIntent(job));
    expect(await theIntent()).toMatchObject({ state: 'canceled', cancellationReason: 'duplicate' });
    expect(await opened.store.scan('jobs', null, 10)).toEqual([]);
  });

  test('cannot be paid any more, once it is over or canceled', async () => {
    const { engine } = made;
    await fund(engine, payer, 1_000_000_000_000n);
    const [expired, canceled] = [
      await request(engine, { destination: till }),
      await request(engine, { destination: till }),
    ];
    const [first, second] = await intents();
    if (first === undefined || second === undefined) throw new Error('not two intents');
    const job = await jobOf(first);
    made.clock.advance(HOUR_SECONDS);
    await engine.background(expireIntent(job));
    await run(engine, cancelIntent(ACCOUNT, second.id, null));
    const over = { failure: 'submission_refused', fault: 'request_over' };
    const pay = (id: string) => fail(engine, submitPayment(answerTo(id, payer, till)));
    expect(await pay(expired)).toMatchObject({ ...over, expired: true });
    expect(await pay(canceled)).toMatchObject({ ...over, expired: false });
  });

  test('has no end to come any more, once it is paid', async () => {
    const { engine } = made;
    await fund(engine, payer, 1_000_000_000_000n);
    const id = await request(engine, { destination: till });
    await submit(engine, answerTo(id, payer, till));
    expect((await theIntent()).state).toBe('captured');
    expect(await opened.store.scan('jobs', null, 10)).toEqual([]);
  });

  test('is looked at again later while a payment is on its way', async () => {
    await make();
    const intent = await theIntent();
    const job = await jobOf(intent);
    const processing: Intent = { ...intent, state: 'processing' };
    await write(opened.store, [{ table: 'intents', kind: 'update', row: processing }]);
    // Past the rows that the engine remembers: another that starts reads what is stored.
    const again = makeTestEngine(opened.store, { clock: made.clock });
    made.clock.advance(DAY_SECONDS);
    await again.engine.background(expireIntent(job));
    expect(await theIntent()).toMatchObject({ state: 'processing' });
    const later = await jobOf(intent);
    expect(later).toMatchObject({ tries: 1, dueAt: made.clock.ms / 1000 + 15 });
    await write(opened.store, [{ table: 'intents', kind: 'update', row: intent }]);
  });
});

describe('a request for a login', () => {
  const told = said('intentSubmitted', 'c'.repeat(32));

  test('has no intent, and is done by the first user', async () => {
    await run(made.engine, createRequest(login()));
    expect(await intents()).toEqual([]);
    expect(await requestOf()).toMatchObject({ intent: null, terms: null, merchant: ACCOUNT });
    const at = made.clock.ms / 1000;
    expect(await made.engine.background(logIn('rendezvous1', 'user1', told))).toBe('ok');
    made.clock.advance(60);
    expect(await made.engine.background(logIn('rendezvous1', 'user1', told))).toBe('ok');
    expect(await requestOf()).toMatchObject({ login: { user: 'user1', at } });
    expect((await messages()).map(({ kind }) => kind)).toEqual([
      'requestToLogin',
      'intentSubmitted',
    ]);
    const other = logIn('rendezvous1', 'user2', told);
    expect(await made.engine.background(other)).toBe('different_login_exists');
    expect(await read(opened.store, 'wallets', INSTALLATION, 'user2')).toBeNull();
  });

  test('makes a new key the domain’s, and refuses one of another domain', async () => {
    await run(made.engine, createRequest(login()));
    await made.engine.background(logIn('rendezvous1', 'user1', told));
    expect(await read(opened.store, 'wallets', INSTALLATION, 'user1')).toMatchObject({
      kind: 'relationship',
      domain: 'a.com',
      owner: null,
      balance: 0n,
    });
    await run(made.engine, createRequest(login({ id: 'rendezvous2', domain: 'b.com' })));
    const end = await made.engine.background(logIn('rendezvous2', 'user1', told));
    expect(end).toBe('invalid_account');
    expect(await requestOf('rendezvous2')).toMatchObject({ login: null });
    await run(made.engine, createRequest(login({ id: 'rendezvous3' })));
    expect(await made.engine.background(logIn('rendezvous3', 'user1', told))).toBe('ok');
  });

  test('is needed for one, proven and without a payment', async () => {
    const end = (id: string) => made.engine.background(logIn(id, 'user1', told));
    expect(await end('rendezvous1')).toBe('request_not_found');
    await make();
    expect(await end('rendezvous1')).toBe('login_not_supported');
    await make({ id: 'rendezvous2', domain: 'a.com' });
    expect(await end('rendezvous2')).toBe('login_not_supported');
    await make({ id: 'rendezvous3', domain: 'a.com', verifier: 'key' });
    expect(await end('rendezvous3')).toBe('payment_required');
    expect(await opened.store.scan('wallets', null, 10)).toEqual([]);
  });
});

describe('destinations', () => {
  test('are whose claims them first, until they are given back', async () => {
    const { engine } = made;
    await run(engine, claimDestination(ACCOUNT, 'till', 'key'));
    const second = await run(engine, claimDestination(OTHER, 'till', 'signature'));
    expect(second).toMatchObject({ merchant: ACCOUNT, proof: 'key' });
    expect(await engine.background(releaseDestination(OTHER, 'till'))).toBeNull();
    expect(await engine.background(releaseDestination(ACCOUNT, 'till'))).not.toBeNull();
    expect(await engine.background(releaseDestination(ACCOUNT, 'till'))).toBeNull();
    const third = await run(engine, claimDestination(OTHER, 'till', 'signature'));
    expect(third).toMatchObject({ merchant: OTHER, proof: 'signature' });
  });

  test('are claimed by one of many at once', async () => {
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        run(made.engine, claimDestination(`acct_${i}`, 'till', 'key')),
      ),
    );
    expect(new Set(claims.map(({ merchant }) => merchant)).size).toBe(1);
  });
});

test('tipped users are set, changed and forgotten', async () => {
  const { engine } = made;
  await run(engine, putTipUser('x/getcode', { address: 'till', name: 'Code' }));
  const at = made.clock.ms / 1000;
  made.clock.advance(5);
  await run(engine, putTipUser('x/getcode', { address: 'till2', name: 'Code' }));
  const stored = { address: 'till2', name: 'Code', created: at };
  expect(await read(opened.store, 'tip_users', INSTALLATION, 'x/getcode')).toMatchObject(stored);
  expect(await engine.background(removeTipUser('x/getcode'))).not.toBeNull();
  expect(await engine.background(removeTipUser('x/getcode'))).toBeNull();
});

test('the audit tells of the missing intent of a request', async () => {
  await make();
  const request = await requestOf();
  if (request === null) throw new Error('no request');
  const row = { ...request, intent: 'pi_none' };
  await write(opened.store, [{ table: 'requests', kind: 'update', row }]);
  expect(await audit(opened.store)).toContainEqual(
    expect.stringMatching(/requests rendezvous1 .* there is no pi_none in intents/),
  );
  await write(opened.store, [{ table: 'requests', kind: 'update', row: request }]);
});
