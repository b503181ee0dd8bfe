import { describe, expect, test } from 'vitest';
import {
  COUNT_ATTRIBUTES,
  countedBy,
  countOf,
  TALLY_TRIES_MAX,
  type TallyTry,
  withTry,
} from './tally.js';

const NOW = 1_000_000;
const tallyOf = (tries: TallyTry[]) => ({ account: 'acct_1', id: 'customer:c', changed: 0, tries });

describe('a count', () => {
  const tally = tallyOf([
    [NOW - 86_400, 'declined', null],
    [NOW - 86_399, 'declined', null],
    [NOW - 3600, 'blocked', null],
    [NOW - 3599, 'authorized', null],
    [NOW, 'declined', null],
    [NOW, 'declined', 'clock_1'],
    [NOW + 1, 'declined', null],
  ]);

  test.each([
    ['total_charges_per_card_number_hourly', 2n],
    ['total_charges_per_customer_daily', 4n],
    ['declined_charges_per_card_number_hourly', 1n],
    ['declined_charges_per_card_number_daily', 2n],
    ['blocked_charges_per_customer_hourly', 0n],
    ['blocked_charges_per_customer_daily', 1n],
    ['authorized_charges_per_customer_hourly', 1n],
  ] as const)('is of its kind, time and clock: %s is %s', (attribute, count) => {
    expect(countOf(tally, attribute, NOW, null)).toBe(count);
  });

  test('goes by a test clock where the payment does, and is 0 where nobody tried', () => {
    expect(countOf(tally, 'total_charges_per_customer_daily', NOW, 'clock_1')).toBe(1n);
    expect(countOf(null, 'total_charges_per_customer_daily', NOW, null)).toBe(0n);
  });

  test('is by card number or by customer, as its name says', () => {
    expect(COUNT_ATTRIBUTES).toHaveLength(16);
    for (const attribute of COUNT_ATTRIBUTES) expect(attribute).toContain(countedBy(attribute));
  });
});

describe('tries that are remembered', () => {
  test('are of a day of their own clock', () => {
    const old: TallyTry[] = [
      [NOW - 86_400, 'declined', null],
      [NOW - 86_400, 'declined', 'clock_1'],
      [NOW - 5, 'blocked', null],
    ];
    expect(withTry(old, [NOW, 'authorized', null])).toEqual([
      [NOW - 86_400, 'declined', 'clock_1'],
      [NOW - 5, 'blocked', null],
      [NOW, 'authorized', null],
    ]);
  });

  test('are the newest of a thousand', () => {
    const full = Array.from({ length: TALLY_TRIES_MAX }, (): TallyTry => [NOW, 'declined', null]);
    const tries = withTry(full, [NOW, 'blocked', null]);
    expect(tries).toHaveLength(TALLY_TRIES_MAX);
    expect(tries.at(-1)?.[1]).toBe('blocked');
  });
});
