import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isFailure } from '../../src/domain/errors.js';
import type { Intent } from '../../src/domain/intent.js';
import { RAIL_ABILITIES } from '../../src/domain/rail-abilities.js';
import { INSTALLATION, type Wallet } from '../../src/domain/rendezvous.js';
import { audit } from '../../src/engine/audit.js';
import { registerCodeWebhook } from '../../src/engine/code-webhooks.js';
import { type Command, done, refused } from '../../src/engine/command.js';
import { offerNonce, reserveNonce } from '../../src/engine/fulfillments.js';
import { cancelIntent, confirmIntent, updateIntent } from '../../src/engine/intents.js';
import { createRefund } from '../../src/engine/refunds.js';
import { submitPayment } from '../../src/engine/submissions.js';
import { openWallet } from '../../src/engine/wallets.js';
import { webhookJobId } from '../../src/engine/webhook-due.js';
import { balanceRail } from '../../src/rails/balance/rail.js';
import type { Rail } from '../../src/rails/rail.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { ACCOUNT, fail, PLAIN_CONFIRM, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import {
  answerTo,
  fund,
  keyOf,
  newCodeId,
  payment,
  request,
  signedBy,
  submit,
  type TestKey,
} from '../support/wallets.js';

let testStore: TestStore;
let store: Store;
let engine: TestEngine['engine'];

const [payer, shop, friend, partner] = ['payer', 'shop', 'friend', 'partner'].map(keyOf) as [
  TestKey,
  TestKey,
  TestKey,
  TestKey,
];

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());
beforeEach(async () => {
  store = await testStore.fresh();
  engine = makeTestEngine(store).engine;
});
afterEach(async () => {
  expect(await audit(store)).toEqual([]);
});

async function balance(key: TestKey): Promise<bigint> {
  return (await wallet(key))?.balance ?? 0n;
}

async function wallet(key: TestKey): Promise<Wallet | null> {
  const { rows } = await store.load(
    [{ table: 'wallets', account: INSTALLATION, id: key.address }],
    [],
  );
  return rows[0] as Wallet | null;
}

async function intentOf(codeId: string, merchant = ACCOUNT): Promise<Intent> {
  const intents = (await store.scan('intents', null, 100)).filter(
    (row) => row.account === merchant && row.wire.rendezvous === codeId,
  );
  if (intents[0] === undefined) throw new Error(`no intent for ${codeId}`);
  return intents[0];
}

async function ledger(account: string): Promise<Record<string, bigint>> {
  const balances = await store.balances(account);
  return Object.fromEntries(
    balances.map(({ ledgerAccount, currency, posted }) => [`${ledgerAccount} ${currency}`, posted]),
  );
}

describe('a payment between wallets', () => {
  test('moves the quarks, and opens the destination', async () => {
    await fund(engine, payer, 1_000n);
    const submission = await submit(engine, payment(payer, friend, { quarks: 400n }));
    expect(submission).toMatchObject({ kind: 'transfer', merchant: null, intent: null });
    expect(await balance(payer)).toBe(600n);
    expect(await wallet(friend)).toMatchObject({
      balance: 400n,
      owner: null,
      kind: 'destination',
    });
    expect(await ledger(INSTALLATION)).toEqual({
      'network:faucet kin': -1_000n,
      [`wallet:${payer.address} kin`]: 600n,
      [`wallet:${friend.address} kin`]: 400n,
    });
  });

  test('may take our own fee, and none for others', async () => {
    await fund(engine, payer, 1_000n);
    const own = { action: 1, destination: null, quarks: 10n };
    await submit(engine, payment(payer, friend, { quarks: 400n, fees: [own] }));
    expect(await balance(friend)).toBe(390n);
    expect((await ledger(INSTALLATION))['fees kin']).toBe(10n);
    const third = { action: 1, destination: partner.address, quarks: 10n };
    expect(
      await fail(engine, submitPayment(payment(payer, friend, { quarks: 400n, fees: [third] }))),
    ).toMatchObject({ fault: 'fee_not_asked' });
  });

  test('is refused above the balance, to the quark', async () => {
    await fund(engine, payer, 1_000n);
    expect(
      await fail(engine, submitPayment(payment(payer, friend, { quarks: 1_001n }))),
    ).toMatchObject({ failure: 'submission_refused', fault: 'balance_short' });
    await submit(engine, payment(payer, friend, { quarks: 1_000n }));
    expect(await balance(payer)).toBe(0n);
  });

  test('needs a wallet, and its owner', async () => {
    expect(await fail(engine, submitPayment(payment(payer, friend)))).toMatchObject({
      fault: 'source_unknown',
    });
    await fund(engine, friend, 100_000n);
    const theft = payment(payer, partner, { source: friend.address });
    expect(await fail(engine, submitPayment(theft))).toMatchObject({ fault: 'source_not_owned' });
    // Money that came to an address before anybody has opened it is nobody's to spend.
    await submit(engine, payment(friend, payer));
    expect(await fail(engine, submitPayment(payment(payer, partner)))).toMatchObject({
      fault: 'source_unknown',
    });
    await run(engine, openWallet(signedBy(payer, newCodeId())));
    await submit(engine, payment(payer, partner));
    expect(await balance(partner)).toBe(100_000n);
  });

  test('happens once for an id, whoever sends it again', async () => {
    await fund(engine, payer, 1_000n);
    const input = payment(payer, friend, { quarks: 100n });
    await submit(engine, input);
    expect(await fail(engine, submitPayment(input))).toMatchObject({ fault: 'intent_exists' });
    const other = payment(payer, partner, { quarks: 50n, codeId: input.codeId });
    expect(await fail(engine, submitPayment(other))).toMatchObject({ fault: 'intent_exists' });
    expect(await balance(payer)).toBe(900n);
  });

  test('that is sent many times at once happens once', async () => {
    await fund(engine, payer, 1_000n);
    const input = payment(payer, friend, { quarks: 100n });
    const ends = await Promise.all(
      Array.from({ length: 20 }, () => engine.background(submitPayment(input))),
    );
    expect(ends.filter((end) => !isFailure(end))).toHaveLength(1);
    expect(await balance(friend)).toBe(100n);
  });

  test('cannot spend a balance twice, however many try at once', async () => {
    await fund(engine, payer, 1_000n);
    const second = makeTestEngine(testStore.store).engine;
    const engines = store.capabilities.shared ? [engine, second] : [engine];
    const ends = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (engines[i % engines.length] ?? engine).background(
          submitPayment(payment(payer, i % 2 ? friend : partner, { quarks: 150n })),
        ),
      ),
    );
    expect(ends.filter((end) => !isFailure(end))).toHaveLength(6);
    expect(await balance(payer)).toBe(100n);
    expect((await balance(friend)) + (await balance(partner))).toBe(900n);
  });
});

describe('a payment of a request', () => {
  test('pays the intent, tells the rendezvous and splits the fees', async () => {
    await fund(engine, payer, 60_000_000_000n);
    const fees = [
      { destination: friend.address, basisPoints: 333 },
      { destination: partner.address, basisPoints: 1 },
    ];
    const id = await request(engine, { destination: shop, fees });
    const submission = await submit(engine, answerTo(id, payer, shop, { fees }));
    expect(submission).toMatchObject({ kind: 'request', merchant: ACCOUNT });
    expect(await intentOf(id)).toMatchObject({ state: 'captured', captured: 500n });
    expect(await balance(payer)).toBe(10_000_000_000n);
    expect(await balance(friend)).toBe(1_665_000_000n);
    expect(await balance(partner)).toBe(5_000_000n);
    expect(await balance(shop)).toBe(48_330_000_000n);
    expect(await ledger(ACCOUNT)).toEqual({
      'network:wallet usd': -500n,
      [`wallet:${shop.address} usd`]: 500n,
    });
    const transfers = await store.scan('transfers', null, 10);
    expect(transfers.find(({ kind }) => kind === 'capture')).toMatchObject({ fee: 0n });
    const messages = await store.scan('messages', null, 10);
    expect(messages.map(({ kind }) => kind)).toEqual(['requestToReceiveBill', 'intentSubmitted']);
    const facts = await store.scan('facts', null, 10);
    expect(facts.map(({ type }) => type)).toEqual(['intent.created', 'intent.paid']);
  });

  test('is told to the webhook of the request as submitted, at once', async () => {
    await fund(engine, payer, 60_000_000_000n);
    const id = await request(engine, { destination: shop });
    await engine.background(registerCodeWebhook(id, 'https://shop.example/paid'));
    await submit(engine, answerTo(id, payer, shop));
    const jobs = (await store.scan('jobs', null, 9)).map((job) => [job.id, job.kind]);
    expect(jobs).toEqual([[webhookJobId(id, 'submitted'), 'call_code_webhook']]);
  });

  test('that the rail declines moves nothing, and can be paid later', async () => {
    await fund(engine, payer, 60_000_000_000n);
    const id = await request(engine, { destination: shop });
    const decline = { code: 'x', declineCode: null, adviceCode: null, reachedIssuer: true };
    const silent = { networkAdviceCode: null, networkDeclineCode: null };
    const refusing: Rail = {
      ...balanceRail,
      kind: 'atomic',
      authorize: () => ({ outcome: 'failed', decline: { ...decline, ...silent } }),
    };
    const other = makeTestEngine(store, { rails: [{ methodTypes: ['crypto'], rail: refusing }] });
    const end = await fail(other.engine, submitPayment(answerTo(id, payer, shop)));
    expect(end).toMatchObject({ failure: 'declined' });
    expect(await balance(payer)).toBe(60_000_000_000n);
    expect(await store.scan('attempts', null, 10)).toEqual([]);
    expect((await intentOf(id)).state).toBe('awaiting_method');
    await submit(engine, answerTo(id, payer, shop));
  });

  test('in kin pays exactly the quarks that were asked for', async () => {
    await fund(engine, payer, 500_000n);
    const asked = { currency: 'kin', nativeAmount: 3, amount: 300_000n, quarks: 300_000n };
    const id = await request(engine, { destination: shop, ...asked });
    const kin = { currency: 'kin', nativeAmount: 3, rate: 1 };
    const less = answerTo(id, payer, shop, { ...kin, quarks: 299_999n });
    expect(await fail(engine, submitPayment(less))).toMatchObject({ fault: 'other_quarks' });
    await submit(engine, answerTo(id, payer, shop, { ...kin, quarks: 300_000n }));
    expect((await intentOf(id)).captured).toBe(300_000n);
  });

  test('is refused on other terms, and leaves nothing in either account', async () => {
    await fund(engine, payer, 60_000_000_000n);
    const fees = [{ destination: friend.address, basisPoints: 100 }];
    const id = await request(engine, { destination: shop, fees });
    const before = [await store.scan('facts', null, 100), await ledger(INSTALLATION)];
    const good = answerTo(id, payer, shop, { fees });
    const [fee] = good.fees;
    if (fee === undefined) throw new Error('no fee');
    const refusals: [Partial<typeof good>, object][] = [
      [{ destination: partner.address }, { fault: 'other_destination', destination: shop.address }],
      [{ currency: 'eur' }, { fault: 'other_currency', currency: 'usd' }],
      [{ nativeAmount: 5.0002 }, { fault: 'other_amount', nativeAmount: 5 }],
      [{ nativeAmount: Number.NaN }, { fault: 'other_amount' }],
      [{ fees: [] }, { fault: 'fee_count', expected: 1 }],
      [{ fees: [fee, fee] }, { fault: 'fee_count', expected: 1 }],
      [{ fees: [{ ...fee, destination: partner.address }] }, { fault: 'fee_destination' }],
      [{ fees: [{ ...fee, quarks: fee.quarks - 1n }] }, { fault: 'fee_amount', basisPoints: 100 }],
      [
        { quarks: 70_000_000_000n, fees: [{ ...fee, quarks: 700_000_000n }] },
        {
          fault: 'balance_short',
        },
      ],
    ];
    for (const [by, expected] of refusals)
      expect(await fail(engine, submitPayment({ ...good, ...by }))).toMatchObject(expected);
    expect([await store.scan('facts', null, 100), await ledger(INSTALLATION)]).toEqual(before);
    expect(await store.scan('methods', null, 10)).toEqual([]);
    expect((await intentOf(id)).state).toBe('awaiting_method');
    await submit(engine, { ...good, nativeAmount: 5.0001 });
  });

  test('is refused once the intent is over', async () => {
    await fund(engine, payer, 60_000_000_000n);
    const canceled = await request(engine, { destination: shop });
    await run(engine, cancelIntent(ACCOUNT, (await intentOf(canceled)).id, null));
    expect(await fail(engine, submitPayment(answerTo(canceled, payer, shop)))).toMatchObject({
      fault: 'request_over',
      expired: false,
    });
    const changed = await request(engine, { destination: shop });
    await run(engine, updateIntent(ACCOUNT, (await intentOf(changed)).id, { amount: 700n }));
    expect(await fail(engine, submitPayment(answerTo(changed, payer, shop)))).toMatchObject({
      fault: 'request_over',
    });
    const paid = await request(engine, { destination: shop });
    const intent = await intentOf(paid);
    await run(
      engine,
      confirmIntent(
        ACCOUNT,
        intent.id,
        { method: 'pm_card_visa', methodTypes: ['card'] },
        PLAIN_CONFIRM,
      ),
    );
    expect(await fail(engine, submitPayment(answerTo(paid, payer, shop)))).toMatchObject({
      fault: 'intent_exists',
    });
    expect(await balance(payer)).toBe(60_000_000_000n);
  });

  test('is the only use of its id', async () => {
    const id = await request(engine, { destination: shop });
    expect(await fail(engine, openWallet(signedBy(payer, id)))).toMatchObject({
      fault: 'id_reserved',
    });
  });

  test("keeps no method for later, and is refunded only where it is the merchant's", async () => {
    await fund(engine, payer, 60_000_000_000n);
    const id = await request(engine, { destination: shop });
    const { id: intent } = await intentOf(id);
    await run(engine, updateIntent(ACCOUNT, intent, { futureUsage: 'off_session' }));
    await submit(engine, answerTo(id, payer, shop));
    const [method] = await store.scan('methods', null, 10);
    expect(method).toMatchObject({ type: 'crypto', consumed: true, customer: null });
    const refund = createRefund(ACCOUNT, {
      attempt: null,
      intent,
      amount: null,
      reason: null,
      metadata: {},
      instructionsEmail: null,
      wire: {},
    });
    expect(await fail(engine, refund)).toMatchObject({ failure: 'rail_cannot' });
  });

  test('cannot be made up by the merchant', async () => {
    const id = await request(engine, { destination: shop });
    const methodData = {
      type: 'crypto',
      card: null,
      billing: {},
      metadata: {},
      allowRedisplay: 'unspecified' as const,
      details: {},
    };
    const { id: intent } = await intentOf(id);
    const confirm = confirmIntent(ACCOUNT, intent, { methodData }, PLAIN_CONFIRM);
    expect(await fail(engine, confirm)).toMatchObject({ failure: 'declined' });
    expect((await intentOf(id)).captured).toBe(0n);
  });
});

describe('a payment that a chain carries out', () => {
  const chain: Rail = {
    kind: 'remote',
    name: 'solana',
    abilities: RAIL_ABILITIES.solana,
    authorize: async () => ({ outcome: 'unknown' }),
    attach: () => null,
  };
  beforeEach(async () => {
    engine = makeTestEngine(store, { rails: [{ methodTypes: ['crypto'], rail: chain }] }).engine;
    await run(engine, offerNonce('nonce1', 'hash1'));
  });

  async function reserved() {
    const nonce = await run(engine, reserveNonce(60_000) as Command<object>);
    const { fulfillment: id } = nonce as { fulfillment: string };
    return { id, nonce: 'nonce1', wire: 'AAAA', transaction: 'tx1' };
  }

  test('leaves wallets alone, and the intent processing', async () => {
    const id = await request(engine, { destination: shop });
    const fulfillment = await reserved();
    const submission = await submit(engine, answerTo(id, payer, shop, { fulfillment }));
    expect(submission).toMatchObject({ transfer: null, fulfillment: fulfillment.id });
    expect(await intentOf(id)).toMatchObject({ state: 'processing', captured: 0n });
    expect(await store.scan('wallets', null, 10)).toEqual([]);
    expect(await ledger(INSTALLATION)).toEqual({});
    const [row] = await store.scan('fulfillments', null, 10);
    expect(row).toMatchObject({ submission: submission.id, owner: payer.address });
    const [attempt] = await store.scan('attempts', null, 10);
    expect(attempt).toMatchObject({
      rail: 'solana',
      state: 'started',
      methodDetails: { network: 'solana', fulfillment: fulfillment.id },
    });
    const messages = await store.scan('messages', null, 10);
    expect(messages.at(-1)?.kind).toBe('intentSubmitted');
  });

  test('is refused once its nonce is not kept for it', async () => {
    const fulfillment = { ...(await reserved()), id: 'ful_another' };
    const input = payment(payer, friend, { fulfillment });
    expect(await fail(engine, submitPayment(input))).toMatchObject({ fault: 'nonce_lapsed' });
    expect(await store.scan('submissions', null, 10)).toEqual([]);
  });
});

describe('a command over two accounts', () => {
  const touch = (end: 'refuse' | 'throw' | 'done'): Command<null> => ({
    account: INSTALLATION,
    needs: (need) => {
      need('wallets', payer.address);
      need.of(ACCOUNT)('customers', 'cus_1');
    },
    decide: (work) => {
      work.of(ACCOUNT).record('customer.created', {});
      work.schedule({ id: 'job_x', dueAt: 1, kind: 'advance_clock', subject: 'x' });
      if (end === 'throw') throw new Error('on purpose');
      return end === 'done' ? done(null) : refused({ failure: 'limit_reached', what: 'x', max: 1 });
    },
  });
  const left = async () =>
    (await store.scan('facts', null, 10)).length + (await store.scan('jobs', null, 10)).length;

  test('leaves nothing in either where it is refused', async () => {
    expect(await fail(engine, touch('refuse'))).toMatchObject({ failure: 'limit_reached' });
    expect(await left()).toBe(0);
  });

  test('leaves nothing in either where it throws', async () => {
    await expect(engine.background(touch('throw'))).rejects.toThrow('on purpose');
    expect(await left()).toBe(0);
  });

  test('leaves all in both where it is done', async () => {
    await engine.background(touch('done'));
    expect(await left()).toBe(2);
    const [job] = await store.scan('jobs', null, 10);
    await store.transact('tidy', ({ write }) =>
      write({ changes: [{ table: 'jobs', kind: 'delete', row: job as never }], postings: [] }),
    );
  });
});

const KEYS = Array.from({ length: 4 }, (_, i) => keyOf(`random ${i}`));

test('random payments make no money and lose none', async () => {
  const step = fc.record({
    from: fc.nat(3),
    to: fc.nat(3),
    quarks: fc.bigInt({ min: 1n, max: 700n }),
    own: fc.bigInt({ min: 0n, max: 50n }),
    basisPoints: fc.array(fc.integer({ min: 1, max: 2_000 }), { maxLength: 2 }),
    asks: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      store = await testStore.fresh();
      engine = makeTestEngine(store).engine;
      for (const key of KEYS) await fund(engine, key, 1_000n);
      await Promise.all(
        steps.map(async ({ from, to, quarks, own, basisPoints, asks }) => {
          const [payer, payee] = [KEYS[from], KEYS[to]] as [TestKey, TestKey];
          const ours = { action: 9, destination: null, quarks: own < quarks ? own : 0n };
          if (!asks) {
            const input = payment(payer, payee, { quarks, fees: [ours] });
            return engine.background(submitPayment(input));
          }
          const fees = basisPoints.map((bps, i) => ({
            destination: (KEYS[(to + 1 + i) % 4] as TestKey).address,
            basisPoints: bps,
          }));
          const terms = { currency: 'kin', nativeAmount: Number(quarks) / 1e5, amount: quarks };
          const codeId = await request(engine, { destination: payee, ...terms, quarks, fees });
          const input = answerTo(codeId, payer, payee, { ...terms, rate: 1, quarks, fees });
          return engine.background(submitPayment(input));
        }),
      );
      const balances = await Promise.all(KEYS.map(balance));
      const ours = (await ledger(INSTALLATION))['fees kin'] ?? 0n;
      expect(balances.every((quarks) => quarks >= 0n)).toBe(true);
      expect(balances.reduce((sum, quarks) => sum + quarks, ours)).toBe(4_000n);
      expect(await audit(store)).toEqual([]);
    }),
    { numRuns: 20 },
  );
});
