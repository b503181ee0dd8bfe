import { describe, expect, test } from 'vitest';
import { FAILED_TRIES_MAX } from '../../src/domain/history.js';
import type { TerminalSession } from '../../src/domain/terminal.js';
import { audit } from '../../src/engine/audit.js';
import { STEP_SECONDS, terminalsOf } from '../../src/engine/card-machines.js';
import { createClock } from '../../src/engine/clocks.js';
import { createCustomer } from '../../src/engine/customers.js';
import { cancelIntent, updateIntent } from '../../src/engine/intents.js';
import { CARD_SECONDS, SIGNATURE_SECONDS } from '../../src/engine/terminal-steps.js';
import {
  answerSignature,
  cancelTerminalSession,
  createTerminalSession,
  INITIATE_SECONDS,
  INTENT_SESSIONS_MAX,
  type TaskInput,
} from '../../src/engine/terminals.js';
import { ACCOUNT, confirm, create, createPaid, fail, refund, run } from '../support/payments.js';
import {
  CHIP,
  CONTACTLESS,
  matched,
  OFFLINE,
  REFUSES,
  SIGNATURE,
  sale,
  UNLINKED,
  UNSUPPORTED,
  useTill,
} from './terminal-scene.js';

const till = useTill();

const statesOf = ({ statuses }: TerminalSession) => statuses.map(({ state }) => state);
const shownOf = ({ notifications }: TerminalSession) => notifications.map(({ type }) => type);
const reasonOf = ({ statuses }: TerminalSession) => statuses.at(-1)?.message;

describe('a sale', () => {
  test('is paid with a card that is held to the machine', async () => {
    const { id } = await till.unpaid();
    const session = await till.start(CONTACTLESS, sale(id));
    expect(session).toMatchObject({ state: 'initiate_requested', notifications: [] });
    expect(session.expiresAt - session.created).toBe(INITIATE_SECONDS);
    await till.steps(1);
    const asked = await till.session(session.id);
    expect(asked).toMatchObject({ state: 'initiated', notifications: [] });
    expect(asked.expiresAt - asked.created).toBe(CARD_SECONDS);
    expect(await till.rows('jobs')).toMatchObject([{ dueAt: asked.created + 2 * STEP_SECONDS }]);
    await till.steps(3);
    const { latestAttempt, ...paid } = await till.intent(id);
    expect(paid).toMatchObject({ state: 'captured', captured: 2000n });
    const ended = await till.session(session.id);
    expect(ended).toMatchObject({ state: 'captured', subject: latestAttempt });
    expect(statesOf(ended)).toEqual(['initiate_requested', 'initiated', 'captured']);
    expect(shownOf(ended)).toEqual(['present_card', 'please_wait', 'approved']);
    expect(await till.rows('jobs')).toEqual([]);
    const [attempt] = await till.rows('attempts');
    expect(attempt?.wire).toMatchObject({
      terminal: { session: session.id, entryMode: 'contactless', verification: 'none' },
    });
    expect(attempt?.card).toMatchObject({ cvcCheck: null });
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('is held where it is captured by hand', async () => {
    const { id } = await run(till.made.engine, create({ captureMethod: 'manual' }));
    const session = await till.through(CHIP, sale(id));
    expect(session.state).toBe('authorized');
    expect(shownOf(session)).toEqual([
      'present_card',
      'insert_card',
      'enter_pin',
      'please_wait',
      'approved',
      'remove_card',
    ]);
    expect((await till.intent(id)).state).toBe('authorized');
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('is typed in where the holder of the card is not there', async () => {
    const { id } = await till.unpaid();
    const session = await till.through(SIGNATURE, sale(id, true));
    expect(shownOf(session)).toEqual(['please_wait', 'approved']);
    expect(session.state).toBe('captured');
    const [attempt] = await till.rows('attempts');
    expect(attempt?.wire).toMatchObject({
      terminal: { entryMode: 'manual', verification: 'none' },
    });
  });

  test('that the bank refuses leaves the intent to be paid otherwise', async () => {
    const { id } = await till.unpaid();
    const session = await till.through(REFUSES, sale(id));
    expect(session).toMatchObject({ state: 'declined', subject: null });
    expect(reasonOf(session)).toBe('The bank refused the payment: insufficient_funds.');
    expect(shownOf(session).slice(-2)).toEqual(['declined', 'remove_card']);
    expect((await till.intent(id)).state).toBe('awaiting_method');
    expect((await till.through(CONTACTLESS, sale(id))).state).toBe('captured');
    expect((await till.rows('attempts')).map(({ state }) => state)).toEqual(['failed', 'captured']);
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('is told in the history of its intent, and counts among the tries to pay', async () => {
    const { id } = await run(till.made.engine, create({ keepsHistory: true }));
    const pending = await till.start(SIGNATURE, sale(id));
    await till.through(REFUSES, sale(id));
    const kinds = async () => (await till.intent(id)).history?.map(({ kind }) => kind);
    expect(await kinds()).toEqual(['declined']);
    for (let i = 1; i < FAILED_TRIES_MAX; i++)
      await fail(till.made.engine, confirm(id, 'pm_card_chargeDeclined'));
    const { store, engine } = till.made;
    const again = await fail(engine, createTerminalSession(ACCOUNT, CHIP, sale(id)));
    expect(again).toMatchObject({ failure: 'limit_reached', max: FAILED_TRIES_MAX });
    await run(engine, answerSignature(ACCOUNT, pending.id, true));
    await till.steps(1);
    expect(reasonOf(await till.session(pending.id))).toBe('There were too many tries to pay.');
    expect(await audit(store)).toEqual([]);
    const other = await run(engine, create({ keepsHistory: true }));
    await till.through(CHIP, sale(other.id));
    const { history } = await till.intent(other.id);
    expect(history).toMatchObject([{ kind: 'captured', amount: '2000' }]);
  });

  test('without a card that can be read expires', async () => {
    const { id } = await till.unpaid();
    const session = await till.start(UNSUPPORTED, sale(id));
    await till.steps(5);
    expect(shownOf(await till.session(session.id))).toEqual(['present_card', 'card_unsupported']);
    await till.wait(CARD_SECONDS - 6);
    expect((await till.session(session.id)).state).toBe('initiated');
    await till.wait(1);
    expect((await till.session(session.id)).state).toBe('expired');
    expect(await till.rows('jobs')).toEqual([]);
    expect((await till.intent(id)).state).toBe('awaiting_method');
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('expires where nothing was done in time', async () => {
    const { id } = await till.unpaid();
    const late = await till.start(CONTACTLESS, sale(id));
    await till.wait(INITIATE_SECONDS);
    expect((await till.session(late.id)).state).toBe('expired');
    const later = await till.start(CONTACTLESS, sale(id));
    await till.wait(1);
    await till.wait(CARD_SECONDS);
    expect(statesOf(await till.session(later.id))).toEqual([
      'initiate_requested',
      'initiated',
      'expired',
    ]);
    expect(await till.rows('attempts')).toEqual([]);
  });

  test('goes on where another process takes over', async () => {
    const { id } = await till.unpaid();
    const session = await till.start(CONTACTLESS, sale(id));
    await till.steps(2);
    await till.takeOver();
    await till.steps(2);
    expect((await till.session(session.id)).state).toBe('captured');
    expect(await till.rows('attempts')).toHaveLength(1);
  });

  test('is made once, however often its step is run', async () => {
    const { id } = await till.unpaid();
    const session = await till.start(CONTACTLESS, sale(id));
    await till.steps(3);
    till.made.clock.advance(1);
    await Promise.all([till.jobs.runDue(), till.jobs.runDue(), till.jobs.runDue()]);
    await till.jobs.runDue();
    expect((await till.session(session.id)).state).toBe('captured');
    expect(await till.rows('attempts')).toHaveLength(1);
  });

  test('of a payment on a test clock is made at the time of that clock', async () => {
    const frozenTime = Math.floor(till.made.clock.ms / 1000) - 86_400;
    const clock = await run(
      till.made.engine,
      createClock(ACCOUNT, { frozenTime, name: null, customer: null }),
    );
    const customer = await run(till.made.engine, createCustomer(ACCOUNT, { clockId: clock.id }));
    const { id } = await run(till.made.engine, create({ customer: customer.id }));
    const session = await till.through(CONTACTLESS, sale(id));
    expect(session.state).toBe('captured');
    expect(session.created).toBeGreaterThan(frozenTime);
    expect((await till.rows('attempts')).map(({ created }) => created)).toEqual([frozenTime]);
    expect(await audit(till.made.store)).toEqual([]);
  });

  const MEANWHILE: [string, (id: string) => Promise<unknown>, RegExp][] = [
    ['paid', (id) => run(till.made.engine, confirm(id)), /paid or canceled/],
    [
      'canceled',
      (id) => run(till.made.engine, cancelIntent(ACCOUNT, id, null)),
      /paid or canceled/,
    ],
    [
      'changed',
      (id) => run(till.made.engine, updateIntent(ACCOUNT, id, { amount: 1n })),
      /changed/,
    ],
  ];
  test.each(MEANWHILE)('of what was %s meanwhile moves nothing', async (_, happens, reason) => {
    const { id } = await till.unpaid();
    const session = await till.start(CHIP, sale(id));
    await till.steps(2);
    await happens(id);
    const before = await till.intent(id);
    await till.steps(8);
    const ended = await till.session(session.id);
    expect(ended).toMatchObject({ state: 'declined', subject: null });
    expect(reasonOf(ended)).toMatch(reason);
    expect(await till.intent(id)).toEqual(before);
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('on two machines at once is paid on one', async () => {
    const { id } = await till.unpaid();
    const both = [await till.start(CONTACTLESS, sale(id)), await till.start(CHIP, sale(id))];
    await till.steps(12);
    const ends = await Promise.all(both.map(async (one) => (await till.session(one.id)).state));
    expect(ends).toEqual(['captured', 'declined']);
    expect(await till.rows('attempts')).toHaveLength(1);
  });
});

describe('a signature', () => {
  async function asked(): Promise<{ id: string; intent: string }> {
    const intent = await till.unpaid();
    const { id } = await till.start(SIGNATURE, sale(intent.id));
    await till.steps(5);
    expect((await till.session(id)).state).toBe('signature_required');
    expect(await till.rows('attempts')).toEqual([]);
    return { id, intent: intent.id };
  }

  test('that is accepted pays', async () => {
    const { id, intent } = await asked();
    await run(till.made.engine, answerSignature(ACCOUNT, id, true));
    await till.steps(1);
    expect(statesOf(await till.session(id)).slice(2)).toEqual([
      'signature_required',
      'signature_accepted',
      'captured',
    ]);
    expect((await till.intent(intent)).state).toBe('captured');
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('that is rejected pays nothing', async () => {
    const { id, intent } = await asked();
    await run(till.made.engine, answerSignature(ACCOUNT, id, false));
    await till.steps(1);
    expect(await till.session(id)).toMatchObject({ state: 'declined', subject: null });
    expect(reasonOf(await till.session(id))).toBe('The signature was rejected.');
    expect((await till.intent(intent)).state).toBe('awaiting_method');
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('that nobody looks at is accepted when its time is over', async () => {
    const { id } = await asked();
    await till.wait(SIGNATURE_SECONDS - 1);
    expect((await till.session(id)).state).toBe('signature_required');
    await till.steps(2);
    expect((await till.session(id)).state).toBe('captured');
  });

  test('is answered for once, and only where it is asked for', async () => {
    const { id, intent } = await asked();
    await run(till.made.engine, answerSignature(ACCOUNT, id, true));
    const again = await fail(till.made.engine, answerSignature(ACCOUNT, id, false));
    expect(again).toMatchObject({ failure: 'terminal_state', operation: 'sign' });
    const canceled = await fail(till.made.engine, cancelTerminalSession(ACCOUNT, id));
    expect(canceled).toMatchObject({ failure: 'terminal_state', operation: 'cancel' });
    await till.steps(1);
    expect((await till.intent(intent)).state).toBe('captured');
    expect(await fail(till.made.engine, answerSignature(ACCOUNT, 'tse_none', true))).toMatchObject({
      failure: 'missing',
      kind: 'terminal_session',
    });
  });
});

describe('a session', () => {
  test('is called off by the next step', async () => {
    const { id } = await till.unpaid();
    for (const before of [0, 1, 3]) {
      const session = await till.start(CHIP, sale(id));
      await till.steps(before);
      const asked = await run(till.made.engine, cancelTerminalSession(ACCOUNT, session.id));
      expect(asked.state).toBe('cancel_requested');
      await till.steps(1);
      expect((await till.session(session.id)).state).toBe('canceled');
      expect(await till.rows('jobs')).toEqual([]);
    }
    expect((await till.intent(id)).state).toBe('awaiting_method');
    expect(await audit(till.made.store)).toEqual([]);
  });

  test('that waits for a card is called off at once, not when its time is over', async () => {
    const { id } = await till.unpaid();
    const session = await till.start(UNSUPPORTED, sale(id));
    await till.steps(5);
    await run(till.made.engine, cancelTerminalSession(ACCOUNT, session.id));
    await till.steps(1);
    expect((await till.session(session.id)).state).toBe('canceled');
  });

  test('that has ended cannot be called off', async () => {
    const { id } = await till.through(CONTACTLESS, sale((await till.unpaid()).id));
    expect(await fail(till.made.engine, cancelTerminalSession(ACCOUNT, id))).toMatchObject({
      failure: 'terminal_state',
      operation: 'cancel',
    });
  });

  test('has its card machine for itself', async () => {
    const { id } = await till.unpaid();
    const tries = [1, 2].map(() =>
      till.made.engine.background(createTerminalSession(ACCOUNT, CHIP, sale(id))),
    );
    const ends = (await Promise.all(tries)).map((end) =>
      'failure' in end ? end.failure : end.state,
    );
    expect(ends.sort()).toEqual(['initiate_requested', 'terminal_busy']);
    await till.steps(12);
    const [session] = await till.rows('terminal_sessions');
    expect(session?.state).toBe('captured');
    expect((await till.through(CHIP, matched(id))).state).toBe('captured');
  });

  const REFUSED: [string, () => Promise<[string, TaskInput]>, object][] = [
    [
      'a card machine that is offline',
      async () => [OFFLINE, sale((await till.unpaid()).id)],
      { failure: 'terminal_offline', terminal: OFFLINE },
    ],
    [
      'a card machine that is another account’s',
      async () => [terminalsOf('acct_other')[0]?.id ?? '', UNLINKED],
      { failure: 'missing', kind: 'terminal' },
    ],
    [
      'an intent that is not there',
      async () => [CHIP, sale('pi_none')],
      { failure: 'missing', kind: 'intent' },
    ],
    [
      'an intent that is paid',
      async () => [CHIP, sale((await run(till.made.engine, createPaid())).id)],
      { failure: 'intent_state', operation: 'confirm' },
    ],
    [
      'an intent that takes no cards',
      async () => {
        const methodTypes = ['customer_balance'];
        return [CHIP, sale((await run(till.made.engine, create({ methodTypes }))).id)];
      },
      { failure: 'rail_cannot', rail: 'card' },
    ],
    [
      'the refund of what is not paid',
      async () => [CHIP, matched((await till.unpaid()).id)],
      { failure: 'no_charge_to_refund' },
    ],
    [
      'the refund of more than is left',
      async () => {
        const { id } = await run(till.made.engine, createPaid());
        await run(till.made.engine, refund(id, 1500n));
        return [CHIP, matched(id, 501n)];
      },
      { failure: 'refund_above_remaining', remaining: 500n },
    ],
  ];
  test.each(REFUSED)('is refused for %s', async (_, given, failure) => {
    const [terminal, task] = await given();
    const told = await fail(till.made.engine, createTerminalSession(ACCOUNT, terminal, task));
    expect(told).toMatchObject(failure);
    expect(await till.rows('terminal_sessions')).toEqual([]);
    expect(await till.rows('jobs')).toEqual([]);
  });

  test('is one of no more than so many of an intent', async () => {
    const { id } = await till.unpaid();
    for (let i = 0; i < INTENT_SESSIONS_MAX; i++) {
      const session = await till.start(CHIP, sale(id));
      await run(till.made.engine, cancelTerminalSession(ACCOUNT, session.id));
      await till.steps(1);
    }
    expect(
      await fail(till.made.engine, createTerminalSession(ACCOUNT, CHIP, sale(id))),
    ).toMatchObject({
      failure: 'limit_reached',
      what: 'terminal sessions of one payment',
      max: INTENT_SESSIONS_MAX,
    });
  });
});
