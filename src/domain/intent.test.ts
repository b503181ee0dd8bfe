import { describe, expect, test } from 'vitest';
import { advance, capturable, type Intent, intentFaults } from './intent.js';

/** An intent of which 100 are held; the rest of it is not looked at. */
const intent = (over: Partial<Intent> = {}): Intent =>
  ({
    id: 'pi_1',
    state: 'authorized',
    authorized: 100n,
    captured: 0n,
    released: 0n,
    refunded: 0n,
    asks: null,
    challenge: null,
    ...over,
  }) as Intent;

test('what can be captured is what was neither captured nor released, while it is held', () => {
  expect(capturable(intent())).toBe(100n);
  expect(capturable(intent({ captured: 30n, released: 20n }))).toBe(50n);
  expect(capturable(intent({ state: 'captured', captured: 30n }))).toBe(0n);
});

test('a step that the table does not have is an error', () => {
  expect(() => advance(intent({ state: 'captured' }), 'challenge')).toThrow(
    'intent pi_1: no challenge from captured',
  );
});

describe('an intent', () => {
  const asks = { kind: 'transfer' } as Intent['asks'];
  const challenge = {} as Intent['challenge'];

  test.each<[string, Partial<Intent>]>([
    ['held', {}],
    ['captured in part and held', { captured: 40n, released: 60n }],
    ['captured and paid back', { state: 'captured', captured: 100n, refunded: 100n }],
    ['waiting for its customer', { state: 'awaiting_action', authorized: 0n, asks, challenge }],
  ])('is right that is %s', (_, over) => {
    expect(intentFaults(intent(over))).toEqual([]);
  });

  test.each<[string, Partial<Intent>]>([
    ['captured + released exceed authorized', { captured: 60n, released: 41n }],
    ['refunded exceeds captured', { captured: 60n, refunded: 61n }],
    ['captured state without a capture', { state: 'captured' }],
    ['captured amount in state canceled', { state: 'canceled', captured: 1n }],
    ['asks for transfer in state authorized', { asks }],
    ['challenge kept in state authorized', { challenge }],
  ])('is wrong: %s', (fault, over) => {
    expect(intentFaults(intent(over))).toEqual([fault]);
  });
});
