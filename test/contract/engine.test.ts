import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Intent } from '../../src/domain/intent.js';
import { audit } from '../../src/engine/audit.js';
import { Overloaded } from '../../src/engine/batch.js';
import { type Command, done } from '../../src/engine/command.js';
import type { Store } from '../../src/storage/store.js';
import { ConstraintViolation, OutcomeUnknown, RolledBack } from '../../src/storage/store.js';
import { makeTestEngine, plainCall, type TestEngine } from '../support/engine.js';
import { ACCOUNT, confirm, create, createPaid, run, subscribe } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';

let testStore: TestStore;
let store: Store;

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  store = await testStore.fresh();
});
afterAll(() => testStore.close());

const rowsOf = async (table: 'intents' | 'attempts' | 'idempotency' | 'facts') =>
  store.scan(table, null, 5000);

/** Work that always succeeds, as small as can be: a token row. */
function plain(id: string, account = ACCOUNT): Command<string> {
  return {
    account,
    needs: (need) => void need('accounts', account),
    decide: (work) => {
      work.insert('accounts', { ...work.account(), id, account });
      return done(id);
    },
  };
}

/** A store that does as another one, but for `transact`. */
function withTransact(base: Store, transact: Store['transact']): Store {
  return { ...base, transact };
}

describe('idempotency', () => {
  test('the same key a hundred times at once pays once', async () => {
    const { engine } = makeTestEngine(store);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        engine.call(createPaid(), plainCall(createPaid(), { key: 'k1' }, `req_${i}`)),
      ),
    );
    expect(answers.filter(({ replayed }) => replayed)).toHaveLength(99);
    expect(new Set(answers.map(({ body, status }) => `${status} ${body}`)).size).toBe(1);
    expect(new Set(answers.map(({ originalRequestId }) => originalRequestId)).size).toBe(1);
    expect(await rowsOf('intents')).toHaveLength(1);
    expect(await rowsOf('attempts')).toHaveLength(1);
    expect(await audit(store)).toEqual([]);
  });

  test('a replay in a later batch has the same bytes', async () => {
    const { engine } = makeTestEngine(store);
    const first = await engine.call(createPaid(), plainCall(createPaid(), { key: 'k1' }));
    const second = await engine.call(createPaid(), plainCall(createPaid(), { key: 'k1' }, 'req_2'));
    expect(second).toEqual({ ...first, replayed: true });
    expect(second.originalRequestId).toBe('req_1');
  });

  test('other parameters and other paths are told apart, and change nothing', async () => {
    const { engine } = makeTestEngine(store);
    const send = (claim: { key: string; path?: string; digest?: string }) =>
      engine.call(createPaid(), plainCall(createPaid(), claim));
    const first = await send({ key: 'k1' });
    const digest = await send({ key: 'k1', digest: 'other' });
    const path = await send({ key: 'k1', path: '/v1/refunds' });
    expect(JSON.parse(digest.body)).toEqual({ failure: 'idempotency_mismatch', key: 'k1' });
    expect(JSON.parse(path.body)).toMatchObject({
      failure: 'idempotency_other_path',
      used: '/v1/payment_intents',
      asked: '/v1/refunds',
    });
    expect([digest.replayed, path.replayed]).toEqual([false, false]);
    expect(await rowsOf('intents')).toHaveLength(1);
    expect(await send({ key: 'k1' })).toEqual({ ...first, replayed: true });
  });

  test('keys of two accounts have nothing to do with each other', async () => {
    const { engine } = makeTestEngine(store);
    const both = await Promise.all(
      ['acct_a', 'acct_b'].map((account) =>
        engine.call(createPaid({}, account), plainCall(createPaid({}, account), { key: 'k1' })),
      ),
    );
    expect(both.map(({ replayed }) => replayed)).toEqual([false, false]);
  });

  test('a decline keeps its attempt and facts, and replays its 402', async () => {
    const { engine } = makeTestEngine(store);
    const pay = createPaid({ method: 'pm_card_chargeDeclined' });
    const first = await engine.call(pay, plainCall(pay, { key: 'k1' }));
    const second = await engine.call(pay, plainCall(pay, { key: 'k1' }));
    expect(first.status).toBe(402);
    expect(second).toEqual({ ...first, replayed: true });
    expect((await rowsOf('attempts')).map((row) => (row as { state: string }).state)).toEqual([
      'failed',
    ]);
    const facts = (await rowsOf('facts')).map((row) => (row as { type: string }).type);
    expect(facts).toEqual(['intent.created', 'intent.declined']);
    expect(await audit(store)).toEqual([]);
  });

  test('a refusal keeps nothing but its record', async () => {
    const { engine } = makeTestEngine(store);
    // It is refused late: the intent and its method are made by then.
    const pay = createPaid({ confirm: { needsReturnUrl: () => true } });
    const first = await engine.call(pay, plainCall(pay, { key: 'k1' }));
    const second = await engine.call(pay, plainCall(pay, { key: 'k1' }));
    expect(JSON.parse(first.body)).toMatchObject({ failure: 'return_url_required' });
    expect(second).toEqual({ ...first, replayed: true });
    expect(await rowsOf('idempotency')).toHaveLength(1);
    for (const table of ['intents', 'attempts', 'facts'] as const)
      expect(await rowsOf(table)).toEqual([]);
  });
});

describe('several at once', () => {
  test('two confirms of one intent at the same moment charge once', async () => {
    const { engine } = makeTestEngine(store);
    const { id } = await run(engine, create());
    const ends = await Promise.all([
      engine.background(confirm(id)),
      engine.background(confirm(id)),
    ]);
    expect(ends.map((end) => ('failure' in end ? end.failure : end.state)).sort()).toEqual([
      'captured',
      'intent_state',
    ]);
    const attempts = await rowsOf('attempts');
    expect(attempts.map((row) => (row as { state: string }).state)).toEqual(['captured']);
    expect(await audit(store)).toEqual([]);
  });

  test('commands of one account are decided in the order in which they came', async () => {
    const { engine, batches } = makeTestEngine(store, { limits: { batch_commands_max: 7 } });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        engine.call(plain(`row_${i}`), plainCall(plain(`row_${i}`))).then(() => void order.push(i)),
      ),
    );
    expect(order).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(Math.max(...batches)).toBeLessThanOrEqual(7);
  });

  test('an account that floods does not hold up another', async () => {
    const { engine } = makeTestEngine(store, { limits: { batch_commands_max: 10 } });
    const answered: string[] = [];
    const send = (id: string, account: string) =>
      engine
        .call(plain(id, account), plainCall(plain(id, account)))
        .then(() => void answered.push(account));
    const flood = Array.from({ length: 100 }, (_, i) => send(`row_${i}`, 'acct_flood'));
    await Promise.all([...flood, send('row', 'acct_small')]);
    expect(answered.indexOf('acct_small')).toBeLessThan(10);
  });

  test('what is ours waits behind the callers', async () => {
    const { engine } = makeTestEngine(store, { limits: { batch_commands_max: 2 } });
    const ended: string[] = [];
    const own = engine.background(plain('own')).then(() => void ended.push('own'));
    const calls = ['a', 'b', 'c', 'd'].map((id) =>
      engine.call(plain(id), plainCall(plain(id))).then(() => void ended.push(id)),
    );
    await Promise.all([own, ...calls]);
    expect(ended.indexOf('own')).toBe(4);
  });

  test('what does not fit into the queue is refused at once and leaves no trace', async () => {
    const { engine } = makeTestEngine(store, { limits: { queue_commands_max: 5 } });
    const ends = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) =>
        engine.call(plain(`row_${i}`), plainCall(plain(`row_${i}`), { key: `k${i}` })),
      ),
    );
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(refused).toHaveLength(3);
    for (const error of refused) expect(error).toBeInstanceOf(Overloaded);
    expect(await rowsOf('idempotency')).toHaveLength(5);
  });

  test('who waited too long is refused and leaves no trace', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = withTransact(store, async (id, body) => {
      await gate;
      return store.transact(id, body);
    });
    const { engine } = makeTestEngine(slow, {
      limits: { batch_commands_max: 1, queue_wait_ms_max: 500 },
    });
    // One is written, one may be decided ahead of it; the last can only wait.
    const calls = ['k1', 'k2', 'k3'].map((key) =>
      engine.call(plain(key), plainCall(plain(key), { key })),
    );
    const ended = Promise.allSettled(calls);
    await new Promise((resolve) => setTimeout(resolve, 700));
    release();
    const ends = await ended;
    expect(ends[0]?.status).toBe('fulfilled');
    expect(ends[2]).toMatchObject({ reason: expect.any(Overloaded) });
    const kept = ends.flatMap(({ status }, i) => (status === 'fulfilled' ? [`k${i + 1}`] : []));
    expect((await rowsOf('idempotency')).map(({ id }) => id)).toEqual(kept);
  });

  test('a caller that goes on as soon as it is answered is never left waiting', async () => {
    const { engine } = makeTestEngine(store);
    const talk = async (name: string) => {
      for (let i = 0; i < 40; i++) {
        await engine.background(plain(`${name}_${i}`));
        for (let turns = 0; turns < i % 8; turns++) await null;
      }
    };
    await talk('alone');
    await Promise.all(['a', 'b', 'c'].map(talk));
    expect(await store.scan('accounts', null, 500)).toHaveLength(160);
  });

  test('drain ends when all that was taken in is answered', async () => {
    const { engine } = makeTestEngine(store, { limits: { batch_commands_max: 3 } });
    let answered = 0;
    for (let i = 0; i < 20; i++)
      void engine.background(plain(`row_${i}`)).then(() => {
        answered++;
      });
    await engine.drain();
    expect(answered).toBe(20);
    expect(engine.queued).toBe(0);
  });
});

describe('a poisoned command fails alone', () => {
  const broken: Record<string, Command<string>> = {
    'its decision throws': {
      ...plain('bad'),
      decide: (work) => {
        work.insert('accounts', { ...work.account(), id: 'left behind' });
        throw new Error('poison');
      },
    },
    'asking for rows throws': {
      ...plain('bad'),
      needs: () => {
        throw new Error('poison');
      },
    },
    'it reads what it never asked for': {
      ...plain('bad'),
      decide: (work) => done(work.get('intents', 'pi_1')?.id ?? 'none'),
    },
    'its text cannot be stored': {
      ...plain('bad'),
      decide: (work) => {
        work.insert('accounts', { ...work.account(), id: 'nul \0 byte' });
        return done('bad');
      },
    },
  };

  test.each(Object.keys(broken))('where %s', async (name) => {
    const { engine } = makeTestEngine(store);
    await expectAlone(engine, broken[name] as Command<string>);
    expect(await rowsOfAccounts()).toHaveLength(199);
  });

  test('where its row violates a constraint', async () => {
    const { engine } = makeTestEngine(store);
    await run(engine, create());
    const [taken] = (await rowsOf('intents')) as Intent[];
    await expectAlone(engine, {
      account: ACCOUNT,
      needs: () => {},
      decide: (work) => {
        work.insert('intents', taken as Intent);
        return done('bad');
      },
    });
    expect(await rowsOfAccounts()).toHaveLength(199);
  });

  async function rowsOfAccounts() {
    return store.scan('accounts', null, 1000);
  }

  async function expectAlone(engine: TestEngine['engine'], bad: Command<string>) {
    const ends = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) => {
        const command = i === 77 ? bad : plain(`row_${i}`);
        return engine.call(command, plainCall(command));
      }),
    );
    const failed = ends.flatMap((end, i) => (end.status === 'rejected' ? [i] : []));
    expect(failed).toEqual([77]);
  }
});

describe('commits that go wrong', () => {
  /** As PostgreSQL does it: a batch id that is known was committed. */
  function remembering(base: Store, end: (run: number) => void): Store {
    const known = new Set<string>();
    const runs = new Map<string, number>();
    const shared = { ...base, capabilities: { shared: true } };
    return withTransact(shared, async (id, body) => {
      const time = (runs.get(id) ?? 0) + 1;
      runs.set(id, time);
      if (known.has(id)) {
        end(time);
        return 'already_committed';
      }
      await base.transact(id, body);
      known.add(id);
      end(time);
      return 'committed';
    });
  }

  test('a commit whose answer is lost is answered once and charges once', async () => {
    const lossy = remembering(store, (time) => {
      if (time === 1) throw new OutcomeUnknown('the connection died in COMMIT');
    });
    const { engine } = makeTestEngine(lossy);
    const told: string[] = [];
    await run(engine, subscribe());
    engine.onDeliveries((deliveries) => void told.push(...deliveries.map(({ type }) => type)));
    const answer = await engine.call(createPaid(), plainCall(createPaid(), { key: 'k1' }));
    const { id } = JSON.parse(answer.body);
    expect((await rowsOf('intents')).map((row) => row.id)).toEqual([id]);
    expect(await rowsOf('attempts')).toHaveLength(1);
    expect(told).toEqual(['intent.created', 'attempt.paid', 'intent.paid']);
    expect(await audit(store)).toEqual([]);
  });

  test('an unknown end is never followed by a new batch, whatever came after it', async () => {
    const lossy = remembering(store, (time) => {
      if (time === 1) throw new OutcomeUnknown('the connection died in COMMIT');
      throw new RolledBack('nobody is there');
    });
    const { engine } = makeTestEngine(lossy, { limits: { batch_tries_max: 3 } });
    const ends = await Promise.allSettled(
      [1, 2, 3].map(() => engine.call(createPaid(), plainCall(createPaid()))),
    );
    for (const end of ends) expect(end).toMatchObject({ reason: expect.any(OutcomeUnknown) });
    expect(await rowsOf('intents')).toHaveLength(3);
  });

  test('what was certainly rolled back is run again, and committed once', async () => {
    let times = 0;
    const colliding = withTransact(store, (id, body) =>
      store.transact(id, async (transaction) => {
        await body(transaction);
        if (++times < 3) throw new RolledBack('serialization failure');
      }),
    );
    const { engine } = makeTestEngine(colliding);
    const paid = await run(engine, createPaid());
    expect(times).toBeGreaterThanOrEqual(3);
    expect((await rowsOf('intents')).map((row) => row.id)).toEqual([paid.id]);
    expect(await audit(store)).toEqual([]);
  });

  test('a batch that never gets through is given up after its tries', async () => {
    let times = 0;
    const dead = withTransact(store, async () => {
      times++;
      throw new RolledBack('busy');
    });
    const { engine, logged } = makeTestEngine(dead, { limits: { batch_tries_max: 3 } });
    await expect(engine.background(plain('row'))).rejects.toBeInstanceOf(RolledBack);
    expect(times).toBeGreaterThanOrEqual(3);
    expect(times).toBeLessThanOrEqual(4);
    expect(logged.length).toBeGreaterThan(0);
  });

  test('a row that another process has just inserted is found by loading again', async () => {
    let times = 0;
    const raced = withTransact(store, async (id, body) => {
      if (++times === 1) throw new ConstraintViolation('idempotency');
      return store.transact(id, body);
    });
    const { engine } = makeTestEngine(raced);
    const answer = await engine.call(createPaid(), plainCall(createPaid(), { key: 'k1' }));
    expect(answer.replayed).toBe(false);
    expect(await rowsOf('intents')).toHaveLength(1);
  });

  test('what was decided on top of a batch that fails is decided again', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const refusing = withTransact(store, (id, body) =>
      store.transact(id, ({ load, write }) =>
        body({
          load,
          write: async (changes) => {
            if (changes.changes.some(({ row }) => row.id === 'bad')) {
              await gate;
              throw new ConstraintViolation('bad');
            }
            await write(changes);
          },
        }),
      ),
    );
    const { engine } = makeTestEngine(refusing);
    const bad = engine.background(plain('bad')).catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const looking = engine.background<string>({
      account: ACCOUNT,
      needs: (need) => void need('accounts', 'bad'),
      decide: (work) => done(work.get('accounts', 'bad') === null ? 'not there' : 'there'),
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    release();
    expect(await bad).toBeInstanceOf(ConstraintViolation);
    expect(await looking).toBe('not there');
  });

  test('a listener that throws does not make a committed batch run again', async () => {
    const { engine, logged } = makeTestEngine(store);
    await run(engine, subscribe());
    engine.onDeliveries(() => {
      throw new Error('listener');
    });
    await Promise.all([1, 2].map(() => engine.call(createPaid(), plainCall(createPaid()))));
    expect(await rowsOf('intents')).toHaveLength(2);
    expect(new Set(logged.map(({ error }) => (error as Error).message))).toEqual(
      new Set(['listener']),
    );
  });
});
