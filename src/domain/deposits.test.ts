import { describe, expect, test } from 'vitest';
import {
  DEPOSIT_LIFE_SECONDS,
  type DepositAnswer,
  newDepositCheck,
  rulingOnDeposits,
} from './deposits.js';

const SENT = 1_000_000;
const check = { ...newDepositCheck(SENT, 'secret'), tries: 0 };
const rule = (answer: DepositAnswer, { tries = 0, now = SENT } = {}) =>
  rulingOnDeposits({ ...check, tries }, answer, now);
const amounts = (...sent: bigint[]): DepositAnswer => ({ amounts: sent });
const code = (descriptorCode: string): DepositAnswer => ({ descriptorCode });
const over = (reason: string) => ({
  end: 'over',
  reason,
  triesLeft: 0,
  code: `payment_method_microdeposit_verification_${reason}`,
});

test('deposits take two days to arrive', () => {
  expect(newDepositCheck(SENT, 'secret')).toEqual({
    kind: 'descriptor_code',
    secret: 'secret',
    sentAt: SENT,
    arrivesAt: SENT + 2 * 24 * 3600,
    tries: 0,
  });
});

describe('an answer', () => {
  test.each([
    ['both amounts', amounts(32n, 45n)],
    ['both, the other way round', amounts(45n, 32n)],
    ['the code', code('SM11AA')],
  ])('is right with %s', (_, answer) => {
    expect(rule(answer)).toEqual({ end: 'verified' });
  });

  test('of one amount, or three, is none, and is counted by nobody', () => {
    const unfit = { end: 'unfit', reason: 'amounts_invalid', triesLeft: 2 };
    expect(rule(amounts(32n))).toEqual(unfit);
    expect(rule(amounts(32n, 45n, 1n))).toEqual(unfit);
  });

  test.each([
    ['amounts', amounts(1n, 2n), 'amounts_mismatch', 3],
    ['a code', code('SM99ZZ'), 'descriptor_code_mismatch', 10],
  ])('with wrong %s is counted until there are too many', (_, answer, reason, max) => {
    for (let tries = 0; tries < max - 1; tries += 1)
      expect(rule(answer, { tries })).toEqual({
        end: 'again',
        reason,
        triesLeft: max - 1 - tries,
        check: { ...check, tries: tries + 1 },
      });
    expect(rule(answer, { tries: max - 1 })).toEqual(over('attempts_exceeded'));
    expect(rule(answer, { tries: max })).toEqual(over('attempts_exceeded'));
  });

  test.each([
    ['amounts', amounts(10n, 11n), 'attempts_exceeded'],
    ['code', code('SM33CC'), 'attempts_exceeded'],
    ['amounts', amounts(40n, 41n), 'timeout'],
    ['code', code('SM44DD'), 'timeout'],
  ])('with the sandbox’s %s ends the check at once: %#', (_, answer, reason) => {
    expect(rule(answer)).toEqual(over(reason));
  });

  test('comes too late after ten days', () => {
    const answer = amounts(32n, 45n);
    const last = SENT + DEPOSIT_LIFE_SECONDS;
    expect(DEPOSIT_LIFE_SECONDS).toBe(10 * 24 * 3600);
    expect(rule(answer, { now: last })).toEqual({ end: 'verified' });
    expect(rule(answer, { now: last + 1 })).toEqual(over('timeout'));
  });
});
