import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Intent } from '../../src/domain/intent.js';
import { audit } from '../../src/engine/audit.js';
import { captureIntent } from '../../src/engine/captures.js';
import { createClock, startAdvance } from '../../src/engine/clocks.js';
import type { Command } from '../../src/engine/command.js';
import { createCustomer } from '../../src/engine/customers.js';
import { lookUp } from '../../src/engine/directory.js';
import { answerChallenge, cancelIntent, updateIntent } from '../../src/engine/intents.js';
import { settleAttempt } from '../../src/engine/recover.js';
import { reverseIntent } from '../../src/engine/reversals.js';
import { cardSimulator } from '../../src/rails/card/simulator.js';
import type { Rail, RemoteRail } from '../../src/rails/rail.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { ACCOUNT, capture, confirm, createPaid, fail, refund, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { createDojo, DAY_SECONDS, intentOf, passTime } from './dojo-scene.js';

let testStore: TestStore;
let made: TestEngine;

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  made = makeTestEngine(await testStore.fresh());
});
afterEach(async () => {
  expect(await audit(testStore.store)).toEqual([]);
  expect(made.logged).toEqual([]);
});
afterAll(() => testStore.close());

/** A rail elsewhere that says nothing until it is asked again. */
const farRail: RemoteRail = {
  kind: 'remote',
  name: 'far',
  abilities: { hold: true, captureInParts: true, refund: true, reverse: true, dispute: false },
  attach: () => null,
  authorize: async () => ({ outcome: 'unknown' }),
};

/** Has cards paid by another rail. */
const useCards = (rail: Rail): void => {
  const rails = [{ methodTypes: ['card'], rail }];
  made = makeTestEngine(testStore.store, { rails, clock: made.clock });
};

const DECLINED = {
  outcome: 'failed',
  decline: {
    code: 'card_declined',
    declineCode: 'do_not_honor',
    adviceCode: null,
    networkAdviceCode: null,
    networkDeclineCode: null,
    reachedIssuer: true,
  },
} as const;

const tried = (id: string, card: string) => made.engine.background(confirm(id, card));

/** Pays with a card that asks, and passes or fails what it asks. */
async function answer(id: string, passed: boolean): Promise<void> {
  const { challenge } = await run(made.engine, confirm(id, 'pm_card_threeDSecure2Required'));
  await made.engine.background(answerChallenge(ACCOUNT, id, challenge?.secret ?? '', passed));
}

/** What is noted of an intent, as kind and amount. */
async function storyOf(id: string): Promise<string[]> {
  const { history } = await intentOf(made, id);
  return (history ?? []).map(({ kind, amount }) => `${kind} ${amount}`);
}

describe('a history', () => {
  test('tells of every try, also of those that left no attempt, and of the payment', async () => {
    const { id } = await run(made.engine, createDojo());
    await tried(id, 'pm_card_chargeDeclined');
    await answer(id, false);
    made.clock.advance(60);
    await answer(id, true);
    const { history, latestAttempt } = await intentOf(made, id);
    expect(await storyOf(id)).toEqual([
      'declined 1000',
      'challenged 1000',
      'declined 1000',
      'challenged 1000',
      'captured 1000',
    ]);
    const attempts = await testStore.store.scan('attempts', null, 9);
    expect(history?.[0]?.subject).toBe(attempts.find(({ state }) => state === 'failed')?.id);
    expect(history?.[1]?.subject).toBe('');
    const paid = attempts.find((attempt) => attempt.id === latestAttempt);
    expect(history?.at(-1)).toEqual({
      kind: 'captured',
      at: made.clock.ms / 1000,
      subject: paid?.transfer,
      amount: '1000',
      tip: null,
      card: { brand: 'visa', last4: '3220', expMonth: 8, expYear: 2027, funding: 'credit' },
      holder: null,
      method: paid?.method,
      authorizationCode: paid?.approval?.authorizationCode,
    });
  });

  test('tells of a hold, each capture with its tip, and what went back', async () => {
    const { id } = await run(made.engine, createDojo({ captureMethod: 'manual' }));
    await tried(id, 'pm_card_refundFail');
    await run(made.engine, capture(id, { amount: 450n, final: false, tip: 50n }));
    await run(made.engine, capture(id, { amount: null, final: false }));
    await run(made.engine, refund(id, 100n));
    await passTime(made, 60);
    expect(await storyOf(id)).toEqual([
      'authorized 1000',
      'captured 450',
      'captured 550',
      'refunded 100',
      'refund_failed 100',
    ]);
    const { history, refunded } = await intentOf(made, id);
    expect(history?.map(({ tip }) => tip)).toEqual([null, '50', null, null, null]);
    expect(refunded).toBe(0n);
    const [back] = await testStore.store.scan('refunds', null, 9);
    expect(history?.at(-1)?.subject).toBe(back?.id);
  });

  test.each<[string, (id: string) => Command<object>]>([
    ['reversed', (id) => reverseIntent(ACCOUNT, id)],
    ['canceled by another dialect', (id) => cancelIntent(ACCOUNT, id, null)],
  ])('tells that a hold was %s', async (_, end) => {
    const { id } = await run(made.engine, createDojo({ captureMethod: 'manual' }));
    await tried(id, 'pm_card_visa');
    await run(made.engine, end(id));
    expect(await storyOf(id)).toEqual(['authorized 1000', 'reversed 1000']);
  });

  test('tells that it was canceled, or ran out of time', async () => {
    const [canceled, expired] = [
      await run(made.engine, createDojo()),
      await run(made.engine, createDojo()),
    ];
    await run(made.engine, cancelIntent(ACCOUNT, canceled.id, null));
    await passTime(made, 30 * DAY_SECONDS);
    expect(await storyOf(canceled.id)).toEqual(['canceled 1000']);
    expect(await storyOf(expired.id)).toEqual(['canceled 1000']);
  });

  test('tells of what a rail elsewhere has answered, once it has', async () => {
    useCards(farRail);
    const { id } = await run(made.engine, createDojo());
    const first = await run(made.engine, confirm(id));
    expect(await storyOf(id)).toEqual([]);
    await made.engine.background(settleAttempt(ACCOUNT, first.latestAttempt ?? '', DECLINED));
    expect((await intentOf(made, id)).history?.[0]).toMatchObject({
      kind: 'declined',
      subject: first.latestAttempt,
    });
  });

  test('is not kept where nobody asks for it', async () => {
    const { id } = await run(made.engine, createPaid());
    expect((await intentOf(made, id)).history).toBeNull();
  });

  test('ends the tries of somebody who tries out cards', async () => {
    const { id } = await run(made.engine, createDojo());
    for (let i = 0; i < 50; i += 1) await tried(id, 'pm_card_chargeDeclined');
    const limit = { failure: 'limit_reached', what: 'tries to pay', max: 50 };
    expect(await fail(made.engine, confirm(id))).toEqual(limit);
    expect((await intentOf(made, id)).history).toHaveLength(50);
  });

  test('has room for so many captures and refunds, and for what happens by itself', async () => {
    const { id } = await run(
      made.engine,
      createDojo({ captureMethod: 'manual', holdTerms: { seconds: 3600, end: 'capture' } }),
    );
    await tried(id, 'pm_card_visa');
    // The authorization is a line, too.
    const takeOne = () => capture(id, { amount: 1n, final: false });
    for (let i = 1; i < 250; i += 1) await run(made.engine, takeOne());
    const limit = { failure: 'limit_reached', what: 'captures and refunds', max: 250 };
    expect(await fail(made.engine, takeOne())).toEqual(limit);
    expect(await fail(made.engine, refund(id, 1n))).toEqual(limit);
    await passTime(made, 3600);
    expect(await intentOf(made, id)).toMatchObject({ state: 'captured', captured: 1000n });
  });
});

describe('an intent with an end', () => {
  test('has none to come any more, once it is paid, canceled or paid when it is made', async () => {
    const { engine } = made;
    const [paid, held, canceled] = [
      await run(engine, createDojo()),
      await run(engine, createDojo({ captureMethod: 'manual' })),
      await run(engine, createDojo()),
    ];
    await run(engine, confirm(paid.id));
    await run(engine, confirm(held.id));
    await run(engine, cancelIntent(ACCOUNT, canceled.id, null));
    await run(engine, createPaid({ expiresInSeconds: 60 }));
    const jobs = await testStore.store.scan('jobs', null, 9);
    expect(jobs.map(({ kind }) => kind)).toEqual(['expire_authorization']);
  });

  test('may name the moment itself', async () => {
    const expiresAt = made.clock.ms / 1000 + 90;
    const { id } = await run(made.engine, createDojo({ expiresAt }));
    await passTime(made, 89);
    expect((await intentOf(made, id)).state).toBe('awaiting_method');
    await passTime(made, 1);
    expect(await intentOf(made, id)).toMatchObject({
      state: 'canceled',
      cancellationReason: 'expired',
      canceledAt: expiresAt,
    });
  });

  test('waits for a payment that is on its way, and is over once that has failed', async () => {
    useCards(farRail);
    const { id } = await run(made.engine, createDojo({ expiresInSeconds: 60 }));
    const { latestAttempt } = await run(made.engine, confirm(id));
    await passTime(made, 60);
    expect((await intentOf(made, id)).state).toBe('processing');
    await made.engine.background(settleAttempt(ACCOUNT, latestAttempt ?? '', DECLINED));
    expect((await intentOf(made, id)).state).toBe('awaiting_method');
    await passTime(made, 60);
    expect(await intentOf(made, id)).toMatchObject({ state: 'canceled' });
  });

  test('is paid, if the payment on its way arrives', async () => {
    useCards(farRail);
    const { id } = await run(made.engine, createDojo({ expiresInSeconds: 60 }));
    const { latestAttempt } = await run(made.engine, confirm(id));
    await passTime(made, 60);
    const approval = {
      authorizationCode: '123456',
      networkTransactionId: '1',
      cvcCheck: null,
      riskLevel: 'normal',
      riskScore: 1,
      availableAtOnce: false,
      aftermath: null,
    } as const;
    const answer = { outcome: 'succeeded', approval } as const;
    await made.engine.background(settleAttempt(ACCOUNT, latestAttempt ?? '', answer));
    await passTime(made, 60);
    expect((await intentOf(made, id)).state).toBe('captured');
    expect(await storyOf(id)).toEqual(['captured 1000']);
    expect(await testStore.store.scan('jobs', null, 9)).toEqual([]);
  });
});

describe('a hold', () => {
  test('lasts no longer than the network allows, whatever its creator says', async () => {
    const held = async (seconds: number): Promise<number> => {
      const holdTerms = { seconds, end: 'release' } as const;
      const terms = createDojo({ captureMethod: 'manual', holdTerms });
      const { id } = await run(made.engine, terms);
      const { latestAttempt } = await run(made.engine, confirm(id));
      const attempts = await testStore.store.scan('attempts', null, 9);
      const before = attempts.find((attempt) => attempt.id === latestAttempt)?.captureBefore ?? 0;
      return before - made.clock.ms / 1000;
    };
    expect(await held(31)).toBe(31);
    expect(await held(9 * DAY_SECONDS)).toBe(7 * DAY_SECONDS);
  });

  test('that has ended is over before the job that says so', async () => {
    const { id } = await run(made.engine, createDojo({ captureMethod: 'manual' }));
    await run(made.engine, confirm(id));
    made.clock.advance(7 * DAY_SECONDS);
    expect(await fail(made.engine, capture(id))).toMatchObject({ failure: 'capture_released' });
    const reversal = await fail(made.engine, reverseIntent(ACCOUNT, id));
    expect(reversal).toMatchObject({ failure: 'not_reversible', reason: 'expired' });
  });
});

describe('a reversal', () => {
  async function paidBy(card: string): Promise<Intent> {
    const { id } = await run(made.engine, createDojo());
    return run(made.engine, confirm(id, card));
  }

  test('gives the money back by a refund of its own kind', async () => {
    const { id } = await paidBy('pm_card_visa');
    const { intent, subject } = await run(made.engine, reverseIntent(ACCOUNT, id));
    expect(intent).toMatchObject({ reversed: true, refunded: 1000n });
    const refunds = await testStore.store.scan('refunds', null, 9);
    expect(refunds).toMatchObject([{ id: subject, kind: 'reversal', amount: 1000n }]);
    expect(await storyOf(id)).toEqual(['captured 1000', 'reversed 1000']);
    const facts = await testStore.store.scan('facts', null, 9);
    expect(facts.at(-1)?.type).toBe('refund.created');
  });

  test('names the attempt whose hold it has released', async () => {
    const { id } = await run(made.engine, createDojo({ captureMethod: 'manual' }));
    const { latestAttempt } = await run(made.engine, confirm(id));
    expect((await run(made.engine, reverseIntent(ACCOUNT, id))).subject).toBe(latestAttempt);
  });

  test('that the bank returns leaves the payment as it was', async () => {
    const { id } = await paidBy('pm_card_refundFail');
    await run(made.engine, reverseIntent(ACCOUNT, id));
    await passTime(made, 60);
    expect(await intentOf(made, id)).toMatchObject({ reversed: null, refunded: 0n });
    expect((await run(made.engine, reverseIntent(ACCOUNT, id))).intent.reversed).toBe(true);
  });

  test('is refused for what the bank took back, and by a rail that gives none back', async () => {
    const disputed = await paidBy('pm_card_createDispute');
    const refusal = await fail(made.engine, reverseIntent(ACCOUNT, disputed.id));
    expect(refusal).toMatchObject({ failure: 'attempt_disputed' });
    const abilities = { ...cardSimulator.abilities, refund: false };
    useCards({ ...cardSimulator, abilities });
    const { id } = await paidBy('pm_card_visa');
    const cannot = await fail(made.engine, reverseIntent(ACCOUNT, id));
    expect(cannot).toMatchObject({ failure: 'rail_cannot', operation: 'refund' });
  });

  test('is refused while a payment is on its way, and of nothing', async () => {
    useCards(farRail);
    const { id } = await run(made.engine, createDojo());
    await run(made.engine, confirm(id));
    const refusal = await fail(made.engine, reverseIntent(ACCOUNT, id));
    expect(refusal).toMatchObject({ failure: 'not_reversible', reason: 'state' });
    const missing = await fail(made.engine, reverseIntent(ACCOUNT, 'pi_none'));
    expect(missing).toMatchObject({ failure: 'missing', id: 'pi_none' });
  });
});

describe('the clock of a customer', () => {
  const NEW_YEAR = Date.UTC(2020, 0, 1) / 1000;

  /** A customer who lives ten seconds before midnight. */
  async function lateCustomer() {
    const input = { frozenTime: NEW_YEAR - 10, name: null, customer: null };
    const { id: clock } = await run(made.engine, createClock(ACCOUNT, input));
    const { id: customer } = await run(made.engine, createCustomer(ACCOUNT, { clockId: clock }));
    const wait = async (seconds: number): Promise<void> => {
      await run(made.engine, startAdvance(ACCOUNT, clock, NEW_YEAR - 10 + seconds));
      await passTime(made, 0);
    };
    return { customer, wait };
  }

  test('says on which day a payment was made', async () => {
    const { customer, wait } = await lateCustomer();
    const { id } = await run(made.engine, createDojo({ customer }));
    const { id: other } = await run(made.engine, createDojo({ customer }));
    await run(made.engine, confirm(id));
    await run(made.engine, confirm(other));
    await wait(9);
    expect((await run(made.engine, reverseIntent(ACCOUNT, other))).intent.reversed).toBe(true);
    await wait(10);
    const refusal = await fail(made.engine, reverseIntent(ACCOUNT, id));
    expect(refusal).toMatchObject({ failure: 'not_reversible', reason: 'another_day' });
  });

  test('says when a hold ends, and when an unpaid intent does', async () => {
    const { customer, wait } = await lateCustomer();
    const holdTerms = { seconds: 40, end: 'capture' } as const;
    const terms = { customer, captureMethod: 'manual', holdTerms } as const;
    const { id: held } = await run(made.engine, createDojo(terms));
    await run(made.engine, confirm(held));
    const { id: open } = await run(made.engine, createDojo({ customer, expiresInSeconds: 50 }));
    const states = async () => [
      (await intentOf(made, held)).state,
      (await intentOf(made, open)).state,
    ];
    await wait(39);
    expect(await states()).toEqual(['authorized', 'awaiting_method']);
    await wait(49);
    expect(await states()).toEqual(['captured', 'awaiting_method']);
    await wait(50);
    expect(await states()).toEqual(['captured', 'canceled']);
    expect((await intentOf(made, held)).history?.at(-1)?.at).toBe(NEW_YEAR + 30);
  });
});

describe('what an amount is made of', () => {
  test('is forgotten where another dialect sets the whole', async () => {
    const parts = { tips: '200', serviceCharge: null, cashback: null, requested: null };
    const { id } = await run(made.engine, createDojo({ parts }));
    await run(made.engine, updateIntent(ACCOUNT, id, { amount: 150n }));
    expect(await intentOf(made, id)).toMatchObject({ amount: 150n, parts: null });
  });

  test('goes into the note of a payment that is taken at once', async () => {
    const parts = { tips: '200', serviceCharge: null, cashback: null, requested: null };
    const { id } = await run(made.engine, createDojo({ parts }));
    const { history } = await run(made.engine, confirm(id));
    expect(history?.at(-1)).toMatchObject({ kind: 'captured', amount: '1000', tip: '200' });
  });
});

describe('an intent that strangers may find', () => {
  test('is found by its id in the links', async () => {
    const listedAs = (id: string): string => id.replace('pi_', 'pi_sandbox_');
    const { id } = await run(made.engine, createDojo({ listedAs }));
    expect(await lookUp(made.engine, listedAs(id))).toMatchObject({
      merchant: ACCOUNT,
      kind: 'intent',
      subject: id,
    });
    expect(await lookUp(made.engine, id)).toBeNull();
  });
});

test('a capture of a Dojo intent may be its last one', async () => {
  const { id } = await run(made.engine, createDojo({ captureMethod: 'manual' }));
  await run(made.engine, confirm(id));
  const last = { amount: 100n, final: true };
  const { released } = await run(made.engine, captureIntent(ACCOUNT, id, last));
  expect(released).toBe(900n);
});
