import { describe, expect, test } from 'vitest';
import type { HistoryItem } from '../../sdk/wallet/history.js';
import type { PaymentOffer } from '../../sdk/wallet/offers.js';
import { makePaint } from './terminal.js';
import { historyLines, kin, money, paymentSheet, phraseLines } from './wallet-views.js';

const plain = makePaint(false);

test.each([
  [0n, '0 kin'],
  [1n, '0.00001 kin'],
  [100_000n, '1 kin'],
  [123_456_789_050_000n, '1,234,567,890.5 kin'],
])('%d quarks are %s', (quarks, text) => {
  expect(kin(quarks)).toBe(text);
});

test.each([
  [0.05, 'usd', '$0.05'],
  [1250, 'jpy', '¥1,250'],
  [54_321.5, 'kin', '54,321.5 kin'],
])('%d %s is written %s', (amount, currency, text) => {
  expect(money(amount, currency)).toBe(text);
});

describe('a payment', () => {
  const offer: PaymentOffer = {
    ...{ kind: 'payment', payload: new Uint8Array(20), intent: 'i', currency: 'usd', amount: 0.05 },
    ...{ quarks: 500_000_000n, rate: 0.00001, destination: 'D', fees: [], site: null },
  };
  const shown = (changes: Partial<PaymentOffer>, balance = 500_000_000n): string =>
    paymentSheet({ ...offer, ...changes }, balance, plain).join('\n');

  test('shows what it costs, to whom, and whether there is enough', () => {
    expect(shown({})).toBe(`
Payment request

  Amount    $0.05
            5,000 kin  1 kin is 0.00001 USD
  To        D
  From      it does not say
  You have  5,000 kin
`);
    expect(shown({}, 499_999_999n)).toContain('You have  4,999.99999 kin: not enough');
    expect(shown({ currency: 'kin', amount: 5000, rate: 1 })).not.toContain('1 kin is');
  });

  test('tells a domain that was proven from one that was only written', () => {
    const domain = 'shop.example';
    expect(shown({ site: { domain, verified: true } })).toContain('shop.example  ● verified');
    expect(shown({ site: { domain, verified: false } })).toContain(
      'shop.example  ○ not verified: anybody could write this',
    );
  });

  test('names each fee', () => {
    const fees = [
      { destination: 'A', basisPoints: 250, quarks: 12_500_000n },
      { destination: 'B', basisPoints: 1, quarks: 50_000n },
    ];
    expect(shown({ fees })).toContain(`
  Of that, fees  125 kin (2.5 %) to A
                 0.5 kin (0.01 %) to B
`);
  });
});

test('a history is one aligned line each', () => {
  const item = (changes: Partial<HistoryItem>): HistoryItem => ({
    ...{ direction: 'sent', kind: 'request', intent: 'one', quarks: 100_000n },
    ...{ currency: 'usd', amount: 0.05, at: new Date(2026, 10, 21, 12, 3) },
    ...changes,
  });
  const items = [
    item({}),
    item({ direction: 'received', kind: 'faucet', currency: 'kin', quarks: 500_000_000_000n }),
  ];
  expect(historyLines(items, plain)).toEqual([
    '2026-11-21 12:03  Payment             −1 kin  $0.05  one',
    '2026-11-21 12:03  Test money  +5,000,000 kin         one',
  ]);
});

test('a phrase is numbered words in columns', () => {
  const words = Array.from({ length: 12 }, (_, i) => `word${i + 1}`).join(' ');
  const lines = phraseLines(words, plain);
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe('   9 word9  10 word10  11 word11  12 word12');
});
