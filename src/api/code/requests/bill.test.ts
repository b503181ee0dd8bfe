import { create, type MessageInitShape } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RequestToReceiveBillSchema } from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import { type Bill, exactFault, minorUnits, readBill } from './bill.js';

type Exchange = MessageInitShape<typeof RequestToReceiveBillSchema>['exchangeData'];

const read = (exchangeData?: Exchange): Bill | string =>
  readBill(
    create(RequestToReceiveBillSchema, {
      requestorAccount: { value: new Uint8Array(32) },
      additionalFees: [{ destination: { value: new Uint8Array(32).fill(1) }, feeBps: 100 }],
      ...(exchangeData === undefined ? {} : { exchangeData }),
    }),
  );

const exact = (nativeAmount: number, quarks: bigint, exchangeRate = 1, currency = 'kin') =>
  read({ case: 'exact', value: { currency, nativeAmount, quarks, exchangeRate } });
const partial = (currency: string, nativeAmount: number) =>
  read({ case: 'partial', value: { currency, nativeAmount } });

const terms = (bill: Bill | string): Bill['terms'] => {
  if (typeof bill === 'string') throw new Error(bill);
  return bill.terms;
};

describe('what a request asks for', () => {
  test('is read with its addresses and fees', () => {
    expect(partial('usd', 10)).toEqual({
      terms: {
        destination: '1'.repeat(32),
        currency: 'usd',
        nativeAmount: 10,
        quarks: null,
        fees: [{ destination: '4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi', basisPoints: 100 }],
      },
      rate: null,
    });
    expect(exact(5000, 500_000_000n)).toMatchObject({
      terms: { currency: 'kin', nativeAmount: 5000, quarks: '500000000' },
      rate: 1,
    });
  });

  test('is exact for kin only, and without parts of a kin', () => {
    expect(exact(5000.5, 1n, 1, 'usd')).toBe('exact exchange data is reserved for kin only');
    expect(exact(5000.5, 1n)).toBe("native amount can't include fractional kin");
    expect(exact(5000, 500_000_001n)).toBe("quark amount can't include fractional kin");
    expect(partial('kin', 5000)).toBe('partial exchange data is reserved for fiat currencies');
    expect(read()).toBe('exchange data is nil');
  });

  test('names the same sum twice where it is exact', () => {
    const fault = (native: number, quarks: bigint, rate = 1) => {
      const bill = exact(native, quarks, rate);
      return typeof bill === 'string' ? bill : exactFault(bill);
    };
    expect(fault(5000, 500_000_000n)).toBeNull();
    expect(fault(5000, 500_100_000n)).toBeNull();
    expect(fault(5000, 499_900_000n)).toBeNull();
    expect(fault(5000, 500_200_000n)).toBe('payment native amount and quark value mismatch');
    expect(fault(5000, 499_800_000n)).toBe('payment native amount and quark value mismatch');
    expect(fault(5000, 500_200_000n, 1.0001)).toBe('kin exchange rate must be 1');
    const fiat = partial('usd', 3);
    expect(typeof fiat === 'string' ? fiat : exactFault(fiat)).toBeNull();
  });
});

describe('minor units', () => {
  test.each<[string, number, bigint | string]>([
    ['usd', 10, 1000n],
    ['usd', 0.1, 10n],
    ['usd', 0.07, 7n],
    ['usd', 1.005, 100n],
    // A tie: JavaScript's way, of the two that the published packages have.
    ['usd', 0.125, 13n],
    ['jpy', 500, 500n],
    ['jpy', 5.5, 'jpy amounts have at most 0 decimals'],
    ['kwd', 0.05, 50n],
    ['hrk', 1, 'hrk cannot carry this amount'],
    ['usd', 0.001, 'usd cannot carry this amount'],
  ])('of %s %d', (currency, amount, expected) => {
    expect(minorUnits(terms(partial(currency, amount)))).toBe(expected);
  });

  test('of every amount in cents are its cents', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), (cents) => {
        // As clients make it: the double nearest to the decimal number.
        expect(minorUnits(terms(partial('usd', cents / 100)))).toBe(BigInt(cents));
      }),
    );
  });

  test('of kin are its quarks', () => {
    expect(minorUnits(terms(exact(5000, 500_100_000n)))).toBe(500_100_000n);
  });
});
