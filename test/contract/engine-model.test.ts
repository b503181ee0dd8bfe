import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  INTENT_LIFECYCLE,
  type Intent,
  type IntentState,
  type IntentTransition,
} from '../../src/domain/intent.js';
import { step } from '../../src/domain/lifecycle.js';
import { audit } from '../../src/engine/audit.js';
import { captureIntent } from '../../src/engine/captures.js';
import type { Command } from '../../src/engine/command.js';
import {
  answerChallenge,
  cancelIntent,
  confirmIntent,
  updateIntent,
} from '../../src/engine/intents.js';
import { expireAuthorization } from '../../src/engine/recover.js';
import { makeTestEngine, type TestEngine } from '../support/engine.js';
import { create, PLAIN_CONFIRM, refund, run } from '../support/payments.js';
import { openTestStore, type TestStore } from '../support/stores.js';

/** The engine against a model of a few numbers: random operations on several intents at once. */

const INTENTS = 4;
const RUNS = 120;
const WAVES_MAX = 12;

type Card = 'approves' | 'declines' | 'challenges';
const CARDS: Record<Card, string> = {
  approves: 'pm_card_visa',
  declines: 'pm_card_chargeDeclined',
  challenges: 'pm_card_threeDSecure2Required',
};

type Operation =
  | { kind: 'confirm'; card: Card }
  | { kind: 'confirm_standing' }
  | { kind: 'answer'; passed: boolean }
  | { kind: 'capture'; amount: bigint; final: boolean }
  | { kind: 'cancel' }
  | { kind: 'refund'; amount: bigint | null }
  | { kind: 'change_amount'; amount: bigint };

/** How an intent is made. */
interface Birth {
  readonly amount: bigint;
  readonly manualCapture: boolean;
  readonly manualConfirmation: boolean;
}

/** What the model knows of an intent. */
interface Model extends Omit<Birth, 'amount'> {
  state: IntentState;
  amount: bigint;
  authorized: bigint;
  captured: bigint;
  released: bigint;
  refunded: bigint;
  /** The card on the intent, and whether its holder was asked. */
  standing: Card | null;
  authenticated: boolean;
}

/** What is expected: null for success, else why it fails. */
type Expectation = string | null;

function may(model: Model, transition: IntentTransition): boolean {
  return step(INTENT_LIFECYCLE, model.state, transition) !== null;
}

/** Whoever was asked, was asked about the old amount. */
function expectChange(model: Model, amount: bigint): Expectation {
  if (amount === model.amount) return null;
  const next = step(INTENT_LIFECYCLE, model.state, 'change_amount');
  if (next === null) return 'intent_state';
  Object.assign(model, { amount, state: next, authenticated: false });
  return null;
}

function expectPay(model: Model, card: Card): Expectation {
  const authenticated = model.authenticated && model.standing === card;
  model.authenticated = authenticated;
  if (card === 'declines') {
    Object.assign(model, { state: 'awaiting_method', standing: null, authenticated: false });
    return 'declined';
  }
  model.standing = card;
  if (card === 'challenges' && !authenticated) {
    model.state = 'awaiting_action';
    return null;
  }
  model.authorized = model.amount;
  model.captured = model.manualCapture ? 0n : model.amount;
  model.state = model.manualCapture ? 'authorized' : 'captured';
  return null;
}

function expectConfirm(model: Model, card: Card | null): Expectation {
  if (model.state === 'processing' || !may(model, 'pay')) return 'intent_state';
  // A test card's name makes a new method each time: what was passed with the old one is void.
  if (card !== null) model.authenticated = false;
  const chosen = card ?? model.standing;
  return chosen === null ? 'method_required' : expectPay(model, chosen);
}

function expectAnswer(model: Model, passed: boolean): Expectation {
  if (model.state !== 'awaiting_action') return 'intent_state';
  if (!passed) {
    Object.assign(model, { state: 'awaiting_method', standing: null, authenticated: false });
    return 'declined';
  }
  model.authenticated = true;
  if (!model.manualConfirmation) return expectPay(model, 'challenges');
  model.state = 'awaiting_confirmation';
  return null;
}

function expectCapture(model: Model, amount: bigint, final: boolean): Expectation {
  if (model.state === 'captured') return 'capture_released';
  if (model.state !== 'authorized') return 'intent_state';
  if (amount > model.authorized - model.captured) return 'amount_above_capturable';
  model.captured += amount;
  if (final || model.captured === model.authorized) expectRelease(model);
  return null;
}

/** Nothing more will be captured: what was makes it paid, else it is canceled. */
function expectRelease(model: Model): void {
  model.released = model.authorized - model.captured;
  model.state = model.captured > 0n ? 'captured' : 'canceled';
}

function expectRefund(model: Model, amount: bigint | null): Expectation {
  if (model.state === 'authorized' && model.captured === 0n) return 'refund_uncaptured';
  if (model.captured === 0n) return 'no_charge_to_refund';
  const remaining = model.captured - model.refunded;
  if (remaining === 0n) return 'already_refunded';
  if ((amount ?? 0n) > remaining) return 'refund_above_remaining';
  model.refunded += amount ?? remaining;
  return null;
}

function expectOperation(model: Model, operation: Operation): Expectation {
  switch (operation.kind) {
    case 'confirm':
      return expectConfirm(model, operation.card);
    case 'confirm_standing':
      return expectConfirm(model, null);
    case 'answer':
      return expectAnswer(model, operation.passed);
    case 'capture':
      return expectCapture(model, operation.amount, operation.final);
    case 'cancel':
      if (!may(model, 'cancel')) return 'intent_state';
      expectRelease(model);
      return null;
    case 'refund':
      return expectRefund(model, operation.amount);
    case 'change_amount':
      return expectChange(model, operation.amount);
  }
}

function commandOf(intent: Intent, operation: Operation): Command<object> {
  const { account, id } = intent;
  switch (operation.kind) {
    case 'confirm':
      return confirmIntent(account, id, { method: CARDS[operation.card] }, PLAIN_CONFIRM);
    case 'confirm_standing':
      return confirmIntent(account, id, {}, PLAIN_CONFIRM);
    case 'answer':
      return answerChallenge(account, id, intent.challenge?.secret ?? '', operation.passed);
    case 'capture':
      return captureIntent(account, id, operation);
    case 'cancel':
      return cancelIntent(account, id, null);
    case 'refund':
      return refund(id, operation.amount, account);
    case 'change_amount':
      return updateIntent(account, id, { amount: operation.amount });
  }
}

const amount = fc.bigInt({ min: 1n, max: 40n }).map((n) => n * 50n);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('confirm'), card: cardArbitrary() }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'confirm_standing' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer'), passed: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('capture'), amount, final: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'cancel' }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('refund'), amount: fc.option(amount) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change_amount'), amount }) },
) as fc.Arbitrary<Operation>;

function cardArbitrary(): fc.Arbitrary<Card> {
  return fc.constantFrom('approves', 'approves', 'declines', 'challenges');
}

const birth = fc.record({ amount, manualCapture: fc.boolean(), manualConfirmation: fc.boolean() });
const births = fc.array(birth, { minLength: INTENTS, maxLength: INTENTS });
/** What happens to each intent at the same moment; or a week goes by. */
const wave = fc.oneof(
  { weight: 9, arbitrary: fc.array(operation, { minLength: INTENTS, maxLength: INTENTS }) },
  { weight: 1, arbitrary: fc.constant('week' as const) },
);
const waves = fc.array(wave, { minLength: 1, maxLength: WAVES_MAX });

let testStore: TestStore;
let made: TestEngine;
let accounts = 0;

beforeAll(async () => {
  testStore = await openTestStore();
  made = makeTestEngine(testStore.store);
});
afterAll(() => testStore.close());

function bear(account: string, born: Birth): Promise<Intent> {
  return run(
    made.engine,
    create(
      {
        amount: born.amount,
        captureMethod: born.manualCapture ? 'manual' : 'automatic',
        confirmationMethod: born.manualConfirmation ? 'manual' : 'automatic',
      },
      account,
    ),
  );
}

async function reload(intents: readonly Intent[]): Promise<Intent[]> {
  const keys = intents.map(({ account, id }) => ({ table: 'intents' as const, account, id }));
  const { rows } = await testStore.store.load(keys, []);
  return rows as Intent[];
}

/** Lets a week go by, in which every hold ends. */
async function passWeek(models: readonly Model[]): Promise<void> {
  const { clock, engine } = made;
  clock.advance(7 * 24 * 3600);
  const due = await testStore.store.dueJobs(Math.floor(clock.ms / 1000), 1000);
  await Promise.all(due.map((job) => engine.background(expireAuthorization(job))));
  for (const model of models) if (model.state === 'authorized') expectRelease(model);
}

function shown(intent: Intent | Model) {
  const { state, amount: asked, authorized, captured, released, refunded } = intent;
  return { state, amount: asked, authorized, captured, released, refunded };
}

test('the engine does what the model says, whatever is done to it', async () => {
  const property = fc.asyncProperty(births, waves, async (born, happenings) => {
    const account = `acct_model_${accounts++}`;
    let intents = await Promise.all(born.map((one) => bear(account, one)));
    const models = born.map(
      (one): Model => ({
        ...one,
        state: 'awaiting_method',
        authorized: 0n,
        captured: 0n,
        released: 0n,
        refunded: 0n,
        standing: null,
        authenticated: false,
      }),
    );
    for (const happening of happenings) {
      if (happening === 'week') await passWeek(models);
      else {
        const before = intents;
        const ends = await Promise.all(
          happening.map((one, i) => made.engine.background(commandOf(before[i] as Intent, one))),
        );
        const failures = ends.map((end) => ('failure' in end ? end.failure : null));
        const expected = happening.map((one, i) => expectOperation(models[i] as Model, one));
        expect(failures).toEqual(expected);
      }
      intents = await reload(intents);
      expect(intents.map(shown)).toEqual(models.map(shown));
    }
  });
  await fc.assert(property, { numRuns: RUNS });
  expect(await audit(testStore.store)).toEqual([]);
}, 60_000);
