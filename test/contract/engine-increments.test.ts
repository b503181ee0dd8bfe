import { describe, expect, test } from 'vitest';
import { silentDecline } from '../../src/domain/errors.js';
import { incrementAuthorization } from '../../src/engine/increments.js';
import { cardSimulator } from '../../src/rails/card/simulator.js';
import type { AtomicRail } from '../../src/rails/rail.js';
import { makeTestEngine } from '../support/engine.js';
import { useTestEngine } from '../support/engine-suite.js';
import { ACCOUNT, capture, create, createPaid, fail, run } from '../support/payments.js';

const made = useTestEngine();

const DECLINE = silentDecline('card_declined', 'insufficient_funds');
const held = (engine = made.engine) => run(engine, createPaid({ captureMethod: 'manual' }));
const raise = (id: string, amount: bigint, more = {}) =>
  incrementAuthorization(ACCOUNT, id, { amount, ...more });
const attemptOf = async (id: string) =>
  (await made.store.scan('attempts', null, 100)).find(({ intent }) => intent === id);
const facts = async () => (await made.store.scan('facts', null, 100)).map(({ type }) => type);

describe('a hold', () => {
  test('is raised to a new whole amount, which can be captured', async () => {
    const { id } = await held();
    const raised = await run(made.engine, raise(id, 2500n));
    expect(raised).toMatchObject({ amount: 2500n, authorized: 2500n, state: 'authorized' });
    expect(await attemptOf(id)).toMatchObject({ amount: 2500n, increments: 1 });
    expect(await facts()).toContain('intent.authorization_raised');
    expect(await run(made.engine, capture(id))).toMatchObject({ captured: 2500n });
  });

  test('takes what else is said of it, and keeps what is not said', async () => {
    const wire = { first: 1 };
    const { id } = await run(
      made.engine,
      createPaid({ captureMethod: 'manual', description: 'a room', wire }),
    );
    const kept = await run(made.engine, raise(id, 2100n));
    expect(kept).toMatchObject({ description: 'a room', wire: { first: 1 }, metadata: {} });
    const told = await run(
      made.engine,
      raise(id, 2200n, {
        description: 'a suite',
        metadata: (old: object) => ({ ...old, nights: '2' }),
        wire: { second: 2 },
        statementDescriptor: 'HOTEL',
      }),
    );
    expect(told).toMatchObject({
      description: 'a suite',
      metadata: { nights: '2' },
      wire: { first: 1, second: 2 },
      statementDescriptor: 'HOTEL',
    });
    const next = await run(made.engine, raise(id, 2300n, { description: null }));
    expect(next).toMatchObject({ description: null, statementDescriptor: 'HOTEL' });
  });

  test('is raised ten times at most', async () => {
    const { id } = await held();
    for (let i = 1n; i <= 10n; i += 1n) await run(made.engine, raise(id, 2000n + i));
    expect(await fail(made.engine, raise(id, 2011n))).toMatchObject({
      failure: 'increments_used_up',
      max: 10,
    });
    expect(await attemptOf(id)).toMatchObject({ amount: 2010n, increments: 10 });
  });

  test.each([2000n, 1999n])('is not raised to %s of 2000', async (amount) => {
    const { id } = await held();
    const failure = await fail(made.engine, raise(id, amount));
    expect(failure).toMatchObject({ failure: 'increment_not_above', intent: { id } });
    expect(await attemptOf(id)).toMatchObject({ amount: 2000n });
  });
});

test('only what is held, and not captured, can be raised', async () => {
  const open = await run(made.engine, create());
  const paid = await run(made.engine, createPaid());
  for (const { id } of [open, paid])
    expect(await fail(made.engine, raise(id, 9000n))).toMatchObject({
      failure: 'intent_state',
      operation: 'increment',
      intent: { id },
    });
  expect(await fail(made.engine, raise('pi_none', 9000n))).toMatchObject({ failure: 'missing' });
});

test('a bank that refuses the difference leaves the hold as it was; the try counts', async () => {
  const asked: bigint[] = [];
  const rail: AtomicRail = {
    ...cardSimulator,
    authorize: (request) => {
      asked.push(request.amount);
      if (asked.length === 1) return cardSimulator.authorize(request);
      return { outcome: 'failed', decline: { ...DECLINE, reachedIssuer: true } };
    },
  };
  const { engine } = makeTestEngine(made.store, { rails: [{ methodTypes: ['card'], rail }] });
  const { id } = await held(engine);
  const failure = await fail(engine, raise(id, 2750n));
  const attempt = await attemptOf(id);
  expect(failure).toMatchObject({
    failure: 'declined',
    decline: DECLINE,
    attempt: attempt?.id,
    intent: { id, amount: 2000n },
    method: { sealed: null },
  });
  expect(asked).toEqual([2000n, 750n]);
  expect(attempt).toMatchObject({ amount: 2000n, increments: 1 });
  expect(await run(made.engine, capture(id))).toMatchObject({ captured: 2000n });
});
