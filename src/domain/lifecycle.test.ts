import { describe, expect, test } from 'vitest';
import { ATTEMPT_LIFECYCLE } from './attempt.js';
import { CLOCK_LIFECYCLE } from './clock.js';
import { ATTACHMENT_LIFECYCLE, attachment } from './customer.js';
import { DISPUTE_LIFECYCLE } from './dispute.js';
import { advance, INTENT_LIFECYCLE, type Intent, intentFaults } from './intent.js';
import { type Lifecycle, statesAllowing, step } from './lifecycle.js';
import { REFUND_LIFECYCLE } from './refund.js';

const TABLES: [string, Lifecycle<string, string>, string | string[], string[]][] = [
  ['intent', INTENT_LIFECYCLE, 'awaiting_method', ['captured', 'canceled']],
  ['attempt', ATTEMPT_LIFECYCLE, 'started', ['failed', 'captured', 'released']],
  ['refund', REFUND_LIFECYCLE, ['pending', 'awaiting_action'], ['failed', 'canceled']],
  ['dispute', DISPUTE_LIFECYCLE, 'warning_needs_response', ['warning_closed', 'won', 'lost']],
  ['attachment', ATTACHMENT_LIFECYCLE, 'loose', ['consumed']],
  ['clock', CLOCK_LIFECYCLE, 'ready', ['deleted']],
];

describe.each(TABLES)('the lifecycle of %s', (_name, lifecycle, starts, ends) => {
  const states = Object.keys(lifecycle);

  test('leads only to states of its own', () => {
    for (const state of states)
      for (const target of Object.values(lifecycle[state] as object))
        expect(states).toContain(target);
  });

  test('reaches every state from where it starts', () => {
    const reached = new Set([starts].flat());
    for (const state of reached)
      for (const target of Object.values(lifecycle[state] as object)) reached.add(target);
    expect([...reached].sort()).toEqual(states.toSorted());
  });

  test('ends where nothing leads on', () => {
    const dead = states.filter((state) => Object.keys(lifecycle[state] as object).length === 0);
    expect(dead.sort()).toEqual(ends.toSorted());
  });
});

const INTENT = {
  id: 'pi_1',
  state: 'captured',
  authorized: 100n,
  captured: 60n,
  released: 40n,
  refunded: 60n,
  challenge: null,
  asks: null,
} as Intent;

describe('an intent', () => {
  test('takes the transitions of its state, and no others', () => {
    expect(step(INTENT_LIFECYCLE, 'authorized', 'capture')).toBe('captured');
    expect(step(INTENT_LIFECYCLE, 'captured', 'cancel')).toBeNull();
    expect(() => advance(INTENT, 'cancel')).toThrow('no cancel from captured');
  });

  test('names the states of a transition in the order of the table', () => {
    expect(statesAllowing(INTENT_LIFECYCLE, 'change_amount')).toEqual([
      'awaiting_method',
      'awaiting_confirmation',
      'awaiting_action',
    ]);
  });

  test('has no faults while its amounts agree with its state', () => {
    expect(intentFaults(INTENT)).toEqual([]);
  });

  test.each([
    ['captured + released exceed authorized', { released: 41n }],
    ['refunded exceeds captured', { refunded: 61n }],
    ['captured state without a capture', { captured: 0n, refunded: 0n }],
    ['captured amount in state canceled', { state: 'canceled' }],
    ['challenge kept in state captured', { challenge: { secret: 'x' } }],
  ])('%s is a fault', (fault, change) => {
    expect(intentFaults({ ...INTENT, ...change } as Intent)).toContain(fault);
  });
});

test('the bond of a method is read off its fields', () => {
  expect(attachment({ customer: 'cus_1', consumed: false })).toBe('attached');
  expect(attachment({ customer: null, consumed: true })).toBe('consumed');
  expect(attachment({ customer: null, consumed: false })).toBe('loose');
});
