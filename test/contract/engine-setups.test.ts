import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEPOSIT_LIFE_SECONDS, type DepositAnswer } from '../../src/domain/deposits.js';
import {
  SETUP_LIFECYCLE,
  type SetupIntent,
  type SetupState,
  type SetupTransition,
} from '../../src/domain/setup.js';
import { audit } from '../../src/engine/audit.js';
import { createCustomer } from '../../src/engine/customers.js';
import type { Engine } from '../../src/engine/engine.js';
import { detachMethod } from '../../src/engine/methods.js';
import {
  answerSetupChallenge,
  type ConfirmSetupOptions,
  cancelSetup,
  confirmSetup,
  createSetup,
  type SetupFields,
  updateSetup,
  verifySetupDeposits,
} from '../../src/engine/setups.js';
import type { AtomicRail } from '../../src/rails/rail.js';
import type { Store } from '../../src/storage/store.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { ACCOUNT, createPaid, fail, PLAIN_CONFIRM, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';

let testStore: TestStore;
let store: Store;
let made: TestEngine;
let engine: Engine;

const TYPES = ['card', 'sepa_debit', 'us_bank_account'];

/** A bank that agrees to everything. */
const agreeable: AtomicRail = {
  kind: 'atomic',
  name: 'agreeable',
  abilities: { hold: false, captureInParts: false, refund: true, reverse: true, dispute: false },
  authorize: () => ({
    outcome: 'succeeded',
    approval: {
      authorizationCode: '123456',
      networkTransactionId: '123456789012345',
      cvcCheck: null,
      riskLevel: 'normal',
      riskScore: 1,
      availableAtOnce: false,
      aftermath: null,
    },
  }),
  attach: () => null,
};

beforeAll(async () => {
  testStore = await openTestStore();
});
beforeEach(async () => {
  store = await testStore.fresh();
  const rails = [{ methodTypes: ['sepa_debit', 'us_bank_account'], rail: agreeable }];
  made = makeTestEngine(store, { rails });
  engine = made.engine;
});
afterEach(async () => {
  expect(await audit(store)).toEqual([]);
  expect(made.logged).toEqual([]);
});
afterAll(() => testStore.close());

const ACCEPTED = { kind: 'offline', acceptedAt: 7, ip: null, userAgent: null } as const;

function options(over: { agreed?: boolean; byDeposits?: boolean } = {}): ConfirmSetupOptions {
  const { agreed = true, byDeposits = false } = over;
  return {
    mandate: { acceptance: agreed ? ACCEPTED : null, named: null },
    wishes: () => ({ requestChallenge: 'automatic', byDeposits }),
    needsReturnUrl: () => false,
  };
}

function bankSetup(type: string, how = options(), more: SetupFields = {}) {
  const methodData = {
    type,
    card: null,
    billing: {},
    metadata: {},
    allowRedisplay: 'unspecified' as const,
    details: {},
  };
  return createSetup(ACCOUNT, { methodTypes: TYPES, methodData, confirm: how, ...more });
}

const factTypes = async () => (await store.scan('facts', null, 100)).map(({ type }) => type);
const mandates = async () => (await store.scan('mandates', null, 100)).map(({ state }) => state);
const verify = ({ id }: SetupIntent, answer: DepositAnswer) =>
  verifySetupDeposits(ACCOUNT, id, answer);

const newCustomer = () =>
  run(
    engine,
    createCustomer(ACCOUNT, { metadata: () => ({}) } as Parameters<typeof createCustomer>[1]),
  );

describe('a bank debit', () => {
  test('is saved with a mandate, under which later payments are made', async () => {
    const { id: customer } = await newCustomer();
    const setup = await run(engine, bankSetup('sepa_debit', options(), { customer }));
    expect(setup.state).toBe('succeeded');
    expect(setup.clientSecret).toMatch(new RegExp(`^${setup.id}_secret_[0-9A-Za-z]{31}$`));
    const [mandate] = await store.scan('mandates', null, 2);
    expect(mandate).toMatchObject({
      id: setup.mandate,
      state: 'active',
      method: setup.method,
      singleUse: null,
      acceptance: ACCEPTED,
      reference: expect.stringMatching(/^[0-9A-Z]{16}$/),
    });
    const method = setup.method ?? '';
    const paid = await run(
      engine,
      createPaid({ currency: 'eur', customer, methodTypes: ['sepa_debit'], method }),
    );
    expect(paid).toMatchObject({ state: 'captured', mandate: setup.mandate });
    await run(engine, detachMethod(ACCOUNT, method));
    expect(await mandates()).toEqual(['inactive']);
    expect((await factTypes()).slice(-2)).toEqual(['method.detached', 'mandate.updated']);
  });

  test('is neither saved nor charged without its owner’s permission', async () => {
    const refusal = await fail(engine, bankSetup('sepa_debit', options({ agreed: false })));
    expect(refusal).toMatchObject({ failure: 'mandate_required', intent: null });
    const single = await run(
      engine,
      bankSetup('sepa_debit', options(), { singleUse: { amount: 2000, currency: 'eur' } }),
    );
    const pay = { currency: 'eur', methodTypes: ['sepa_debit'], method: single.method ?? '' };
    expect(await fail(engine, createPaid(pay))).toMatchObject({ failure: 'mandate_required' });
    const mandate = { acceptance: null, named: single.mandate };
    const named = createPaid({ ...pay, confirm: { ...PLAIN_CONFIRM, mandate } });
    expect(await run(engine, named)).toMatchObject({ mandate: single.mandate });
    expect(await mandates()).toEqual(['inactive']);
  });
});

describe('deposits', () => {
  const awaited = () => run(engine, bankSetup('us_bank_account', options({ byDeposits: true })));

  test.each([
    ['two amounts', { amounts: [45n, 32n] }],
    ['the code', { descriptorCode: 'SM11AA' }],
  ])('are verified by %s', async (_what, answer) => {
    const setup = await awaited();
    expect(setup).toMatchObject({ state: 'awaiting_action', challenge: null });
    expect(await mandates()).toEqual(['pending']);
    const verified = await run(engine, verify(setup, answer));
    expect(verified).toMatchObject({ state: 'succeeded', deposits: null, mandate: setup.mandate });
    expect(await mandates()).toEqual(['active']);
    expect(await factTypes()).toEqual([
      'setup.created',
      'setup.action_required',
      'mandate.updated',
      'setup.succeeded',
    ]);
  });

  test('wrong answers are counted, and the last refuses the method', async () => {
    const setup = await awaited();
    const wrong = verify(setup, { amounts: [1n, 2n] });
    for (const triesLeft of [2, 1])
      expect(await fail(engine, wrong)).toMatchObject({ reason: 'amounts_mismatch', triesLeft });
    expect(await fail(engine, verify(setup, { amounts: [1n] }))).toMatchObject({
      reason: 'amounts_invalid',
      triesLeft: 0,
    });
    expect(await fail(engine, wrong)).toMatchObject({
      reason: 'attempts_exceeded',
      setup: { state: 'awaiting_method', method: null, mandate: null },
    });
    expect(await mandates()).toEqual(['inactive']);
    expect((await factTypes()).at(-1)).toBe('setup.declined');
    expect(await fail(engine, wrong)).toMatchObject({ failure: 'setup_state' });
  });

  test.each([
    ['attempts_exceeded', { descriptorCode: 'SM33CC' }],
    ['timeout', { amounts: [40n, 41n] }],
  ])('magic values end with %s', async (reason, answer) => {
    const setup = await awaited();
    expect(await fail(engine, verify(setup, answer))).toMatchObject({ reason });
    const [attempt] = await store.scan('setup_attempts', null, 2);
    expect(attempt?.state).toBe('failed');
  });

  test('come too late after ten days', async () => {
    const setup = await awaited();
    made.clock.advance(DEPOSIT_LIFE_SECONDS + 1);
    const late = verify(setup, { amounts: [32n, 45n] });
    expect(await fail(engine, late)).toMatchObject({ reason: 'timeout' });
  });

  test('are called off when the setup is canceled', async () => {
    const setup = await awaited();
    await run(engine, cancelSetup(ACCOUNT, setup.id, null));
    expect(await mandates()).toEqual(['inactive']);
  });
});

describe('the lifecycle', () => {
  const bare = createSetup(ACCOUNT, { methodTypes: TYPES, confirm: null });
  const REACH: Record<Exclude<SetupState, 'processing'>, () => Promise<SetupIntent>> = {
    awaiting_method: () => run(engine, bare),
    awaiting_confirmation: async () => {
      const { id } = await run(engine, bare);
      return run(engine, updateSetup(ACCOUNT, id, { method: 'pm_card_visa' }));
    },
    awaiting_action: () =>
      run(
        engine,
        createSetup(ACCOUNT, {
          methodTypes: TYPES,
          method: 'pm_card_authenticationRequired',
          confirm: options(),
        }),
      ),
    succeeded: () => run(engine, bankSetup('sepa_debit')),
    canceled: async () => run(engine, cancelSetup(ACCOUNT, (await run(engine, bare)).id, null)),
  };
  const confirmed = (method: string) => (id: string) =>
    confirmSetup(ACCOUNT, id, { method }, options({ agreed: false }));
  const TAKE: Partial<Record<SetupTransition, (id: string) => ReturnType<typeof cancelSetup>>> = {
    choose_method: (id) => updateSetup(ACCOUNT, id, { method: 'pm_card_visa' }),
    drop_method: (id) => updateSetup(ACCOUNT, id, { method: null }),
    challenge: confirmed('pm_card_authenticationRequired'),
    succeed: confirmed('pm_card_visa'),
    decline: confirmed('pm_card_chargeDeclined'),
    cancel: (id) => cancelSetup(ACCOUNT, id, null),
  };
  const cases = Object.keys(REACH).flatMap((state) =>
    Object.keys(TAKE).map((transition) => [state, transition] as const),
  );

  test.each(cases)('from %s, %s goes where the table says', async (from, name) => {
    const [state, transition] = [from as keyof typeof REACH, name as SetupTransition];
    const setup = await REACH[state]();
    expect(setup.state).toBe(state);
    const command = TAKE[transition]?.(setup.id);
    if (command === undefined) throw new Error('a transition that nothing takes');
    const result = await engine.background(command);
    // Dropping nothing changes nothing, whatever the table says of it.
    const next =
      SETUP_LIFECYCLE[state][transition] ??
      (transition === 'drop_method' && state === 'awaiting_method' ? state : null);
    const after = (await store.scan('setups', null, 2))[0];
    expect(after?.state).toBe(next ?? state);
    if (next === null) expect(result).toMatchObject({ failure: 'setup_state' });
    else if (transition === 'decline') expect(result).toMatchObject({ failure: 'setup_declined' });
    else expect(result).toMatchObject({ state: next });
  });

  test('a challenge is answered by its secret alone', async () => {
    const setup = await REACH.awaiting_action();
    const wrong = answerSetupChallenge(ACCOUNT, setup.id, 'x'.repeat(32), true);
    expect(await fail(engine, wrong)).toMatchObject({ failure: 'setup_state' });
  });
});

test('a setup of which nothing is said saves for later', async () => {
  const setup = await run(engine, createSetup(ACCOUNT, { confirm: null }));
  expect(setup).toMatchObject({
    id: expect.stringMatching(/^seti_.{24}$/),
    state: 'awaiting_method',
    usage: 'off_session',
    attachToSelf: false,
    makesDefault: false,
    customer: null,
    metadata: {},
    history: null,
    wire: {},
  });
  expect(setup.methodTypes).toContain('card');
});
