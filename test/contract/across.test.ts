import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Intent } from '../../src/domain/intent.js';
import type { Ability } from '../../src/domain/rail-abilities.js';
import { INSTALLATION } from '../../src/domain/rendezvous.js';
import { audit } from '../../src/engine/audit.js';
import { registerCodeWebhook } from '../../src/engine/code-webhooks.js';
import { claimDestination } from '../../src/engine/destinations.js';
import { offerIntent } from '../../src/engine/intent-offers.js';
import { updateIntent } from '../../src/engine/intents.js';
import { createRequest } from '../../src/engine/requests.js';
import { reverseIntent } from '../../src/engine/reversals.js';
import { submitPayment } from '../../src/engine/submissions.js';
import { cardSimulator } from '../../src/rails/card/simulator.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { ACCOUNT, capture, confirm, create, fail, refund, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';
import { answerTo, fund, keyOf, newCodeId, request, submit } from '../support/wallets.js';
import { read, rowEditor } from './rows.js';

/** One intent across dialects and rails: wallets are paid back, and requests are paid by card. */

let testStore: TestStore;
let store: Store;
let engine: TestEngine['engine'];

const payer = keyOf('payer');
const till = keyOf('the ledger account of the merchant');
const safe = keyOf('an address of the merchant');
/** Five dollars. */
const FIVE = 50_000_000_000n;
const FUNDS = 200_000_000_000n;

beforeAll(async () => {
  testStore = await openTestStore();
});
afterAll(() => testStore.close());
beforeEach(async () => {
  store = await testStore.fresh();
  engine = makeTestEngine(store).engine;
  await fund(engine, payer, FUNDS);
});

const { alter, one, remove } = rowEditor(() => store);

/** An intent of five dollars that a wallet has paid into its merchant's ledger account. */
async function paidByWallet(quarks = FIVE): Promise<Intent> {
  const intent = await run(engine, create({ amount: 500n }));
  const id = newCodeId();
  const terms = { destination: till.address, currency: 'usd', nativeAmount: 5 };
  const message = { uuid: '0'.repeat(32), kind: 'x', body: '', signature: null };
  const asked = { merchant: ACCOUNT, intent: intent.id, id, message, messages_max: 9 };
  await engine.background(offerIntent({ ...asked, terms: { ...terms, quarks: null, fees: [] } }));
  await submit(engine, answerTo(id, payer, till, { quarks }));
  return intent;
}

/** A Code request that a wallet has paid to an address of its own. */
async function paidTo(destination = safe): Promise<Intent> {
  const id = await request(engine, { destination });
  await submit(engine, answerTo(id, payer, destination));
  return one('intents', ({ wire }) => wire.rendezvous === id);
}

async function held(key = payer): Promise<bigint> {
  return (await read(store, 'wallets', INSTALLATION, key.address))?.balance ?? 0n;
}

async function booksOf(account: string): Promise<Record<string, bigint>> {
  const balances = await store.balances(account);
  return Object.fromEntries(balances.map(({ ledgerAccount, posted }) => [ledgerAccount, posted]));
}

const refunds = () => store.scan('refunds', null, 10);
const returns = async () =>
  (await store.scan('submissions', null, 20)).filter(({ kind }) => kind === 'refund');

describe('a refund of what a wallet has paid', () => {
  afterEach(async () => {
    expect(await audit(store)).toEqual([]);
  });

  test('goes back to that wallet, on both sides of the books', async () => {
    const intent = await paidByWallet();
    expect(await held()).toBe(FUNDS - FIVE);
    const { id } = await run(engine, refund(intent.id));
    expect(await held()).toBe(FUNDS);
    expect(await held(till)).toBe(0n);
    expect(await booksOf(ACCOUNT)).toEqual({});
    expect(await refunds()).toMatchObject([{ id, state: 'succeeded', amount: 500n }]);
    expect(await returns()).toMatchObject([
      {
        source: till.address,
        destination: payer.address,
        owner: '',
        quarks: FIVE,
        currency: 'usd',
        nativeAmount: 5,
        rate: 0.00001,
        merchant: ACCOUNT,
        intent: intent.id,
        refund: id,
      },
    ]);
  });

  test('takes quarks in proportion, and the last one what is left of them', async () => {
    const intent = await paidByWallet(FIVE + 1n);
    for (const amount of [167n, 166n, 167n]) await run(engine, refund(intent.id, amount));
    const gone = (await returns()).map(({ quarks }) => quarks);
    expect(gone).toEqual([16_700_000_000n, 16_600_000_000n, 16_700_000_001n]);
    expect(await fail(engine, refund(intent.id, 1n))).toMatchObject({
      failure: 'already_refunded',
    });
  });

  test('is told as any refund is, and made once however many ask at the same time', async () => {
    const intent = await paidByWallet();
    const ends = await Promise.all([0, 1, 2].map(() => engine.background(refund(intent.id))));
    const failures = ends.flatMap((end) => ('failure' in end ? [end.failure] : []));
    expect(failures).toEqual(['already_refunded', 'already_refunded']);
    const facts = await store.scan('facts', null, 50);
    expect(facts.filter(({ type }) => type === 'refund.created')).toHaveLength(1);
    expect(await held()).toBe(FUNDS);
  });

  test('can be a reversal of the whole', async () => {
    const intent = await paidByWallet();
    const end = await run(engine, reverseIntent(ACCOUNT, intent.id));
    expect(end.intent).toMatchObject({ reversed: true, refunded: 500n, state: 'captured' });
    expect(await held()).toBe(FUNDS);
  });

  test('comes out of the ledger account where an own address was paid', async () => {
    await run(engine, claimDestination(ACCOUNT, safe.address, 'key'));
    const intent = await paidTo();
    const short = { failure: 'refund_balance_short' };
    expect(await fail(engine, refund(intent.id))).toMatchObject(short);
    expect(await fail(engine, reverseIntent(ACCOUNT, intent.id))).toMatchObject(short);
    await paidByWallet();
    await run(engine, refund(intent.id, 300n));
    expect([await held(till), await held(safe)]).toEqual([20_000_000_000n, FIVE]);
    await run(engine, refund(intent.id, 200n));
    expect(await held(till)).toBe(0n);
  });

  test('is refused where the money went to an address of somebody else', async () => {
    const intent = await paidTo();
    const cannot = { failure: 'rail_cannot', rail: 'balance' };
    expect(await fail(engine, refund(intent.id))).toMatchObject(cannot);
    await run(engine, claimDestination('acct_other', safe.address, 'key'));
    await paidByWallet();
    expect(await fail(engine, refund(intent.id))).toMatchObject(cannot);
    expect(await refunds()).toEqual([]);
  });

  test('gives fees back, too, as far as the ledger account has it', async () => {
    await paidByWallet().then(({ id }) => run(engine, refund(id)));
    const fees = [{ destination: safe.address, basisPoints: 1_000 }];
    const id = await request(engine, { destination: till, fees });
    await submit(engine, answerTo(id, payer, till, { fees }));
    const intent = await one('intents', ({ wire }) => wire.rendezvous === id);
    expect(await fail(engine, refund(intent.id))).toMatchObject({
      failure: 'refund_balance_short',
    });
    await run(engine, refund(intent.id, 450n));
    expect([await held(till), await held()]).toEqual([0n, FUNDS - 5_000_000_000n]);
  });
});

describe('the audit of what went back to wallets', () => {
  const isReturn = ({ kind }: { kind: string }) => kind === 'refund';
  test.each([
    [
      'quarks that are not in proportion',
      () => alter('submissions', isReturn, { quarks: 1n }),
      /gave 1 quarks back, not 30000000000/,
    ],
    [
      'another wallet than that which paid',
      () => alter('submissions', isReturn, { destination: safe.address }),
      /had paid/,
    ],
    ['no submission', () => remove('submissions', isReturn), /went back by 0 submissions/],
    [
      'a refund that is not there',
      () => alter('submissions', isReturn, { refund: 're_none' }),
      /there is no re_none in refunds/,
    ],
    [
      'a signature that nobody can have made',
      () => alter('submissions', isReturn, { owner: payer.address }),
      /it is a refund, and signed/,
    ],
    [
      'none that it carries out',
      () => alter('submissions', isReturn, { refund: null }),
      /carries out no refund/,
    ],
    [
      'one that it cannot carry out',
      () => alter('submissions', ({ kind }) => kind === 'request', { refund: 're_1' }),
      /it is a request, and carries out re_1/,
    ],
  ])('finds %s', async (_, breakIt, said) => {
    const intent = await paidByWallet();
    await run(engine, refund(intent.id, 300n));
    expect(await audit(store)).toEqual([]);
    await breakIt();
    expect((await audit(store)).join('\n')).toMatch(said);
  });
});

describe('a Code request that a card can pay', () => {
  afterEach(async () => {
    expect(await audit(store)).toEqual([]);
  });

  /** Puts it down; answers its rendezvous and its intent. */
  async function asked(): Promise<{ id: string; intent: Intent }> {
    const id = newCodeId();
    const terms = { destination: till.address, currency: 'usd', nativeAmount: 5, quarks: null };
    const said = { uuid: '1'.repeat(32), kind: 'intentSubmitted', body: 'AA==', signature: null };
    const command = createRequest({
      id,
      payment: { terms: { ...terms, fees: [] }, amount: 500n, paidMessage: said },
      domain: null,
      verifier: null,
      message: { uuid: '2'.repeat(32), kind: 'requestToReceiveBill', body: '', signature: null },
      defaultMerchant: ACCOUNT,
      expiresInSeconds: 3600,
      messages_max: 10,
      refuses: () => null,
    });
    await run(engine, command);
    return { id, intent: await one('intents', ({ wire }) => wire.rendezvous === id) };
  }

  const kinds = async () => (await store.scan('messages', null, 10)).map(({ kind }) => kind);
  const webhooks = async () =>
    (await store.scan('jobs', null, 20)).filter(({ kind }) => kind === 'call_code_webhook');
  const submitted = (id: string) =>
    engine.read(
      INSTALLATION,
      (need) => {
        need('requests', id);
        need.list('submissions', 'codeId', id);
      },
      (rows) => rows.get('requests', id),
    );

  test('tells its rendezvous and its webhook, once, and no wallet pays it again', async () => {
    const { id, intent } = await asked();
    await engine.background(registerCodeWebhook(id, 'http://127.0.0.1:1/'));
    await run(engine, confirm(intent.id));
    expect(await kinds()).toEqual(['requestToReceiveBill', 'intentSubmitted']);
    expect(await webhooks()).toMatchObject([{ subject: id }]);
    expect(await fail(engine, submitPayment(answerTo(id, payer, till)))).toMatchObject({
      fault: 'intent_exists',
    });
    await run(engine, refund(intent.id, 100n));
    expect(await kinds()).toHaveLength(2);
    expect((await submitted(id))?.webhook?.state).toBe('due');
  });

  test('is paid once by a wallet and a card at the same time', async () => {
    const { id, intent } = await asked();
    await Promise.all([
      engine.background(submitPayment(answerTo(id, payer, till))),
      engine.background(confirm(intent.id)),
    ]);
    expect(await one('intents', () => true)).toMatchObject({ captured: 500n });
    expect(await kinds()).toEqual(['requestToReceiveBill', 'intentSubmitted']);
  });

  test('is told of what was held only once that is captured, and a wallet cannot be', async () => {
    const { id, intent } = await asked();
    await run(engine, updateIntent(ACCOUNT, intent.id, { captureMethod: 'manual' }));
    await run(engine, confirm(intent.id));
    expect(await kinds()).toEqual(['requestToReceiveBill']);
    await run(engine, capture(intent.id, { amount: 200n, final: false }));
    expect(await kinds()).toEqual(['requestToReceiveBill']);
    await run(engine, capture(intent.id, { amount: 100n }));
    expect(await kinds()).toEqual(['requestToReceiveBill', 'intentSubmitted']);
    expect(await submitted(id)).toMatchObject({ webhook: null });
  });

  test('says nothing of a card that is declined', async () => {
    const { intent } = await asked();
    await fail(engine, confirm(intent.id, 'pm_card_visa_chargeDeclined'));
    expect(await kinds()).toEqual(['requestToReceiveBill']);
  });
});

describe('what a rail cannot do', () => {
  /** Cards without some ability. */
  function without(...abilities: Ability[]): void {
    const changed = abilities.map((ability) => [ability, false] as const);
    const rail = {
      ...cardSimulator,
      abilities: { ...cardSimulator.abilities, ...Object.fromEntries(changed) },
    };
    engine = makeTestEngine(store, { rails: [{ methodTypes: ['card'], rail }] }).engine;
  }
  const held = { amount: 1000n, captureMethod: 'manual' } as const;

  test('is to hold: the intent stays unpaid', async () => {
    without('hold');
    const { id } = await run(engine, create(held));
    const refusal = await fail(engine, confirm(id));
    expect(refusal).toEqual({ failure: 'rail_cannot', rail: 'card', operation: 'hold' });
    expect(await store.scan('attempts', null, 1)).toEqual([]);
  });

  test('is to capture in parts: the whole can still be captured', async () => {
    without('captureInParts');
    const { id } = await run(engine, create(held));
    await run(engine, confirm(id));
    const part = capture(id, { amount: 400n, final: false });
    const refusal = { failure: 'rail_cannot', operation: 'capture in parts' };
    expect(await fail(engine, part)).toMatchObject(refusal);
    expect(await run(engine, capture(id))).toMatchObject({ state: 'captured', captured: 1000n });
    expect(await audit(store)).toEqual([]);
  });

  test('is to reverse: a refund is still possible', async () => {
    without('reverse');
    const { id } = await run(engine, create({ amount: 1000n }));
    await run(engine, confirm(id));
    const refusal = { failure: 'rail_cannot', operation: 'reversal' };
    expect(await fail(engine, reverseIntent(ACCOUNT, id))).toMatchObject(refusal);
    await run(engine, refund(id));
  });

  test('is to be disputed: its test cards are not', async () => {
    without('dispute');
    const { id } = await run(engine, create({ amount: 1000n }));
    await run(engine, confirm(id, 'pm_card_createDispute'));
    expect(await store.scan('disputes', null, 1)).toEqual([]);
  });
});
