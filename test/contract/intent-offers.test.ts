import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeIntentOffers } from '../../src/api/code/offer-intent.js';
import { isFailure } from '../../src/domain/errors.js';
import type { Intent } from '../../src/domain/intent.js';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import { audit } from '../../src/engine/audit.js';
import { claimDestination, releaseDestination } from '../../src/engine/destinations.js';
import { offerIntent } from '../../src/engine/intent-offers.js';
import { cancelIntent, updateIntent } from '../../src/engine/intents.js';
import { acknowledge } from '../../src/engine/rendezvous.js';
import { leaveMessage } from '../../src/engine/requests.js';
import { submitPayment } from '../../src/engine/submissions.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestServices } from '../support/code-services.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { ACCOUNT, confirm, create, fail, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { answerTo, fund, keyOf, newCodeId, payment, request, submit } from '../support/wallets.js';

let testStore: TestStore;
let store: Store;
let engine: TestEngine['engine'];

const payer = keyOf('payer');
const other = keyOf('another payer');
const till = keyOf('the ledger account of the merchant');

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());
beforeEach(async () => {
  store = await testStore.fresh();
  engine = makeTestEngine(store).engine;
  await fund(engine, payer, 200_000_000_000n);
});
afterEach(async () => {
  expect(await audit(store)).toEqual([]);
});

/** Puts a request for five dollars down; `by` says what a test cares about. */
function offer(intent: string, by: { id?: string; nativeAmount?: number; merchant?: string } = {}) {
  const { id = newCodeId(), nativeAmount = 5, merchant = ACCOUNT } = by;
  return offerIntent({
    merchant,
    intent,
    id,
    terms: { destination: till.address, currency: 'usd', nativeAmount, quarks: null, fees: [] },
    message: { uuid: '0'.repeat(32), kind: 'requestToReceiveBill', body: '', signature: null },
    messages_max: 3,
  });
}

/** An intent of another dialect, and the id of its code. */
async function offered(): Promise<{ intent: Intent; id: string }> {
  const intent = await run(engine, create({ amount: 500n }));
  const id = newCodeId();
  expect(await engine.background(offer(intent.id, { id }))).toBe(true);
  return { intent, id };
}

async function stored(id: string): Promise<Intent> {
  const { rows } = await store.load([{ table: 'intents', account: ACCOUNT, id }], []);
  if (rows[0] == null) throw new Error('no intent');
  return rows[0] as Intent;
}

async function ledger(account: string): Promise<Record<string, bigint>> {
  const balances = await store.balances(account);
  return Object.fromEntries(
    balances.map(({ ledgerAccount, currency, posted }) => [`${ledgerAccount} ${currency}`, posted]),
  );
}

describe('an intent that a wallet is offered', () => {
  test('is paid into the ledger account of its merchant', async () => {
    const { intent, id } = await offered();
    const submission = await submit(engine, answerTo(id, payer, till));
    expect(submission).toMatchObject({ kind: 'request', merchant: ACCOUNT, intent: intent.id });
    expect(await stored(intent.id)).toMatchObject({ state: 'captured', captured: 500n });
    expect(await ledger(ACCOUNT)).toEqual({ 'network:wallet usd': -500n, 'merchant usd': 500n });
    expect(await ledger(INSTALLATION)).toMatchObject({
      [`wallet:${till.address} kin`]: 50_000_000_000n,
    });
    const messages = await store.scan('messages', null, 10);
    expect(messages.map(({ kind }) => kind)).toEqual(['requestToReceiveBill', 'intentSubmitted']);
  });

  test('is offered once however often it is asked for, and its message comes back', async () => {
    const { intent, id } = await offered();
    expect(await engine.background(offer(intent.id, { id }))).toBe(true);
    await engine.background(acknowledge(id, ['0'.repeat(32)]));
    expect(await store.scan('messages', null, 10)).toEqual([]);
    expect(await engine.background(offer(intent.id, { id }))).toBe(true);
    expect(await store.scan('messages', null, 10)).toHaveLength(1);
    expect(await store.scan('requests', null, 10)).toHaveLength(1);
    expect(await store.scan('destinations', null, 10)).toEqual([
      expect.objectContaining({ id: till.address, merchant: ACCOUNT, proof: 'ledger' }),
    ]);
  });

  test('is paid once by two wallets at the same time', async () => {
    await fund(engine, other, 60_000_000_000n);
    const { id } = await offered();
    const ends = await Promise.all(
      [payer, other].map((owner) => engine.background(submitPayment(answerTo(id, owner, till)))),
    );
    expect(ends.filter((end) => !isFailure(end))).toHaveLength(1);
    expect(ends.find(isFailure)).toMatchObject({ fault: 'intent_exists' });
  });

  test('is paid once by a wallet and a card at the same time', async () => {
    const { intent, id } = await offered();
    const ends = await Promise.all([
      engine.background(confirm(intent.id)),
      engine.background(submitPayment(answerTo(id, payer, till))),
    ]);
    expect(ends.filter((end) => !isFailure(end))).toHaveLength(1);
    expect((await stored(intent.id)).captured).toBe(500n);
  });

  test('is paid once where it has two codes', async () => {
    const { intent, id } = await offered();
    const second = newCodeId();
    expect(await engine.background(offer(intent.id, { id: second }))).toBe(true);
    await submit(engine, answerTo(id, payer, till));
    expect(await fail(engine, submitPayment(answerTo(second, payer, till)))).toMatchObject({
      fault: 'intent_exists',
    });
  });

  test('cannot be paid at the old code once its amount has changed', async () => {
    const { intent, id } = await offered();
    await run(engine, updateIntent(ACCOUNT, intent.id, { amount: 700n }));
    expect(await fail(engine, submitPayment(answerTo(id, payer, till)))).toMatchObject({
      fault: 'request_over',
    });
    expect(await engine.background(offer(intent.id, { id }))).toBe(false);
    const next = newCodeId();
    expect(await engine.background(offer(intent.id, { id: next, nativeAmount: 7 }))).toBe(true);
    await submit(engine, answerTo(next, payer, till, { nativeAmount: 7, quarks: 70_000_000_000n }));
    expect(await stored(intent.id)).toMatchObject({ state: 'captured', captured: 700n });
  });

  test('cannot be paid once it is canceled, or is to be held', async () => {
    const first = await offered();
    await run(engine, cancelIntent(ACCOUNT, first.intent.id, null));
    const second = await offered();
    await run(engine, updateIntent(ACCOUNT, second.intent.id, { captureMethod: 'manual' }));
    for (const { intent, id } of [first, second]) {
      expect(await fail(engine, submitPayment(answerTo(id, payer, till)))).toMatchObject({
        fault: 'request_over',
      });
      expect(await engine.background(offer(intent.id, { id }))).toBe(false);
    }
  });

  test('keeps nothing of a method that it had before', async () => {
    const intent = await run(engine, create({ amount: 500n, futureUsage: 'off_session' }));
    expect(await fail(engine, confirm(intent.id, 'pm_card_visa_chargeDeclined'))).toMatchObject({
      failure: 'declined',
    });
    const id = newCodeId();
    await engine.background(offer(intent.id, { id }));
    await submit(engine, answerTo(id, payer, till));
    expect(await stored(intent.id)).toMatchObject({ state: 'captured', lastError: null });
    const attempts = await store.scan('attempts', null, 10);
    expect(attempts.map(({ methodType, state }) => [methodType, state])).toEqual([
      ['card', 'failed'],
      ['crypto', 'captured'],
    ]);
  });
});

describe('an intent that wallets are not offered', () => {
  test('is one that does not exist, is paid, or says itself who is paid', async () => {
    expect(await engine.background(offer('pi_none'))).toBe(false);
    const paid = await run(engine, create({ amount: 500n }));
    await run(engine, confirm(paid.id));
    expect(await engine.background(offer(paid.id))).toBe(false);
    await request(engine, { destination: keyOf('shop') });
    const [code] = (await store.scan('intents', null, 10)).filter(
      ({ dialect }) => dialect === 'code',
    );
    expect(await engine.background(offer(code?.id ?? ''))).toBe(false);
    expect(await store.scan('requests', null, 10)).toHaveLength(1);
  });

  test('is one whose customer is being asked by a bank', async () => {
    const asked = await run(engine, create({ amount: 500n }));
    await run(engine, confirm(asked.id, 'pm_card_threeDSecure2Required'));
    expect(await engine.background(offer(asked.id))).toBe(false);
  });

  test('is one with as many codes as an intent may have', async () => {
    const { intent } = await offered();
    for (let codes = 1; codes < 50; codes++)
      expect(await engine.background(offer(intent.id))).toBe(true);
    expect(await engine.background(offer(intent.id))).toMatchObject({ failure: 'limit_reached' });
  });

  test('is one at whose code strangers have left too many messages', async () => {
    const { intent, id } = await offered();
    await engine.background(acknowledge(id, ['0'.repeat(32)]));
    const scanned = { kind: 'codeScanned', body: '', signature: null };
    for (const uuid of ['1', '2', '3'])
      await run(engine, leaveMessage(id, { ...scanned, uuid }, null, 3));
    expect(await engine.background(offer(intent.id, { id }))).toMatchObject({
      failure: 'limit_reached',
    });
  });
});

test('no intent has a code where a chain holds the money of wallets', async () => {
  const made = makeTestEngine(store);
  const intent = await run(made.engine, create({ amount: 500n }));
  const onLedger = makeIntentOffers(makeTestServices(made).deps);
  expect(await onLedger(ACCOUNT, intent.id)).not.toBeNull();
  const chain = { destinationFault: async () => null };
  const onChain = makeIntentOffers(makeTestServices(made, chain).deps);
  expect(await onChain(ACCOUNT, intent.id)).toBeNull();
});

describe("the address of a merchant's ledger account", () => {
  test('takes no money that no intent asks for', async () => {
    await offered();
    expect(await fail(engine, submitPayment(payment(payer, till)))).toMatchObject({
      fault: 'payment_not_asked',
    });
  });

  test('is claimed by nobody else, and not given back', async () => {
    await offered();
    const again = await run(engine, claimDestination('acct_other', till.address, 'key'));
    expect(again).toMatchObject({ merchant: ACCOUNT, proof: 'ledger' });
    expect(await engine.background(releaseDestination(ACCOUNT, till.address))).toBeNull();
    const theirs = await run(engine, create({ amount: 500n }, 'acct_other'));
    expect(await engine.background(offer(theirs.id, { merchant: 'acct_other' }))).toBe(false);
  });

  test('that a code of its own names is paid into the ledger, too', async () => {
    await offered();
    const id = await request(engine, { destination: till });
    await submit(engine, answerTo(id, payer, till));
    expect(await ledger(ACCOUNT)).toEqual({ 'network:wallet usd': -500n, 'merchant usd': 500n });
  });
});
