import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  availableFrom,
  captureEntries,
  cardFee,
  dayOf,
  type Entry,
  entryRows,
  holdEntries,
  postingsBetween,
  postingsOf,
  refundEntries,
  type Transfer,
} from './ledger.js';

const NOON = Date.UTC(2026, 10, 21, 12) / 1000;

const sum = (entries: Entry[]): bigint => entries.reduce((all, { amount }) => all + amount, 0n);

function transfer(fields: Partial<Transfer>): Transfer {
  return {
    account: 'acct_1',
    id: 'txn_1',
    kind: 'authorization',
    state: 'pending',
    intent: 'pi_1',
    source: 'ch_1',
    amount: 1000n,
    fee: 0n,
    settled: 0n,
    currency: 'usd',
    created: NOON,
    availableOn: NOON,
    description: null,
    entries: entryRows(holdEntries(1000n)),
    ...fields,
  };
}

/** The change of each ledger account, posted and pending. */
function effect(postings: ReturnType<typeof postingsOf>): Record<string, [bigint, bigint]> {
  const accounts: Record<string, [bigint, bigint]> = {};
  for (const { ledgerAccount, posted, pending } of postings) {
    const [was, waited] = accounts[ledgerAccount] ?? [0n, 0n];
    accounts[ledgerAccount] = [was + posted, waited + pending];
  }
  return accounts;
}

describe('entries', () => {
  test('of every kind sum to zero, whatever the amount', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.boolean(), (amount, atOnce) => {
        const fee = cardFee(amount);
        expect(fee).toBeLessThanOrEqual(amount);
        const captured = captureEntries(amount, fee, availableFrom(NOON, atOnce), atOnce);
        expect(sum(captured)).toBe(0n);
        expect(sum(holdEntries(amount))).toBe(0n);
        expect(sum(refundEntries(amount))).toBe(0n);
      }),
    );
  });

  test('that do not balance are never stored', () => {
    expect(() => entryRows([{ ledgerAccount: 'fees', amount: 1n }])).toThrow('unbalanced');
  });
});

test('the fee is 2.9 % rounded half up, plus 30, and never more than the payment', () => {
  expect(cardFee(1099n)).toBe(62n);
  expect(cardFee(2000n)).toBe(88n);
  expect(cardFee(10_000n)).toBe(320n);
  expect(cardFee(20n)).toBe(20n);
});

test('card money is available two days on, at midnight UTC, or at once', () => {
  const midnight = availableFrom(NOON, false);
  expect(new Date(midnight * 1000).toISOString()).toBe('2026-11-23T00:00:00.000Z');
  expect(dayOf(midnight)).toBe('20261123');
  expect(availableFrom(NOON, true)).toBe(NOON);
});

describe('postings', () => {
  test('a hold waits, and is gone when it is voided', () => {
    const held = transfer({});
    expect(effect(postingsOf(held))).toEqual({
      'network:card': [0n, -1000n],
      merchant: [0n, 1000n],
    });
    const undone = effect(postingsBetween(held, { ...held, state: 'voided' }));
    expect(undone).toEqual({ 'network:card': [0n, 1000n], merchant: [0n, -1000n] });
  });

  test('a hold that was taken in part waits with the rest', () => {
    expect(effect(postingsOf(transfer({ settled: 300n })))).toEqual({
      'network:card': [0n, -700n],
      merchant: [0n, 700n],
    });
  });

  test('a posted hold moves nothing itself: its captures do', () => {
    expect(postingsOf(transfer({ state: 'posted', settled: 1000n }))).toEqual([]);
  });

  test('a capture posts its lines', () => {
    const entries = entryRows(captureEntries(1000n, 59n, NOON, false));
    const captured = transfer({ kind: 'capture', state: 'posted', fee: 59n, entries });
    expect(effect(postingsOf(captured))).toEqual({
      'network:card': [-1000n, 0n],
      'merchant:20261121': [941n, 0n],
      fees: [59n, 0n],
    });
  });
});
