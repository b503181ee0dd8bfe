import { describe, expect, test } from 'vitest';
import { PAYMENT_AMOUNT_MAX } from './money.js';
import {
  idsOf,
  PAST_ROWS_MAX,
  type PastAttempt,
  type PastCustomer,
  type PastPayment,
  type PastRefund,
  pastCustomerFault,
  pastPaymentFault,
} from './past-payment.js';
import { EMPTY_BILLING } from './payment-method.js';

const refund = (over: Partial<PastRefund> = {}): PastRefund => ({
  id: 're_1',
  created: 1,
  amount: 500n,
  reason: null,
  metadata: {},
  transfer: null,
  ...over,
});

const attempt = (over: Partial<PastAttempt> = {}): PastAttempt => ({
  id: 'ch_1',
  created: 1,
  amount: 2000n,
  captured: 2000n,
  method: 'pm_1',
  methodType: 'card',
  card: null,
  billing: EMPTY_BILLING,
  decline: null,
  description: null,
  metadata: {},
  receiptEmail: null,
  shipping: null,
  statementDescriptor: null,
  statementDescriptorSuffix: null,
  calculatedDescriptor: 'SHOP',
  transfer: null,
  state: 'captured',
  fee: 100n,
  refunds: [],
  ...over,
});

const payment = (over: Partial<PastPayment> = {}, ...attempts: PastAttempt[]): PastPayment => ({
  id: 'pi_1',
  created: 1,
  amount: 2000n,
  currency: 'usd',
  customer: 'cus_1',
  captureMethod: 'automatic',
  methodTypes: ['card'],
  description: null,
  metadata: {},
  receiptEmail: null,
  shipping: null,
  statementDescriptor: null,
  statementDescriptorSuffix: null,
  canceledAt: null,
  cancellationReason: null,
  isDirect: false,
  attempts: attempts.length === 0 ? [attempt()] : attempts,
  ...over,
});

const DECLINE = {
  code: 'card_declined',
  declineCode: 'lost_card',
  adviceCode: null,
  networkAdviceCode: null,
  networkDeclineCode: null,
};
const failed = (over: Partial<PastAttempt> = {}) =>
  attempt({ state: 'failed', captured: 0n, fee: 0n, decline: DECLINE, ...over });

/** The fault of a payment whose only try is changed so. */
const ofAttempt = (over: Partial<PastAttempt>) => pastPaymentFault(payment({}, attempt(over)));
const ofRefund = (over: Partial<PastRefund>) => ofAttempt({ refunds: [refund(over)] });

describe('a payment that is whole', () => {
  test.each([
    ['paid', payment()],
    ['paid at the second try', payment({}, failed({ id: 'ch_0' }), attempt())],
    ['paid back in full', payment({}, attempt({ refunds: [refund({ amount: 2000n })] }))],
    ['captured in part, all of it the fee', payment({}, attempt({ captured: 1n, fee: 1n }))],
    [
      'canceled after a hold',
      payment({ canceledAt: 9 }, attempt({ state: 'released', captured: 0n, fee: 0n })),
    ],
    ['canceled untried', payment({ canceledAt: 9, attempts: [] })],
    ['canceled after a failure', payment({ canceledAt: 9 }, failed())],
    ['nobody’s', payment({ customer: null })],
    ['the largest', payment({ amount: PAYMENT_AMOUNT_MAX })],
    ['the last of its kind', payment({ created: 253_402_300_799 })],
    [
      'without a decline code',
      payment({ canceledAt: 9 }, failed({ decline: { ...DECLINE, declineCode: null } })),
    ],
  ])('is taken over: %s', (_, past) => {
    expect(pastPaymentFault(past)).toBeNull();
  });
});

describe('a payment is refused', () => {
  test.each<[string, PastPayment, string]>([
    ['no currency', payment({ currency: 'xxq' }), 'xxq is no currency that is known here'],
    ['no amount', payment({ amount: 0n }), 'its amount is 0'],
    [
      'too large',
      payment({ amount: PAYMENT_AMOUNT_MAX + 1n }),
      `its amount is ${PAYMENT_AMOUNT_MAX + 1n}`,
    ],
    ['a bad id', payment({ id: 'pi 1' }), '"pi 1" is no id'],
    ['a bad customer', payment({ customer: 'x' }), '"x" is no id'],
    ['a secret for an id', payment({ id: 'pi_1_secret_2' }), '"pi_1_secret_2" is no id'],
    ['a long id', payment({ id: 'a'.repeat(90) }), `"${'a'.repeat(70)}" is no id`],
    ['an id twice', payment({ id: 'ch_1' }), 'two parts of it have one id'],
    ['paid twice', payment({}, attempt(), attempt({ id: 'ch_2' })), 'it was paid 2 times'],
    ['tried after', payment({}, attempt(), failed({ id: 'ch_2' })), 'a try came after it was paid'],
    ['paid and canceled', payment({ canceledAt: 9 }), 'it is neither paid nor canceled'],
    ['not paid', payment({}, failed()), 'it is neither paid nor canceled'],
    ['neither', payment({ attempts: [] }), 'it is neither paid nor canceled'],
    ['too late', payment({ created: 253_402_300_800 }), '253402300800 is after the year 9999'],
    [
      'canceled too late',
      payment({ canceledAt: 253_402_300_800 }, failed()),
      '253402300800 is after the year 9999',
    ],
  ])('with %s', (_, past, fault) => {
    expect(pastPaymentFault(past)).toBe(fault);
  });

  test('with more charges and refunds than are read at once', () => {
    const refunds = Array.from({ length: PAST_ROWS_MAX }, (_, i) =>
      refund({ id: `re_${i}`, amount: 1n }),
    );
    const fault = `it has more than ${PAST_ROWS_MAX} charges and refunds`;
    expect(ofAttempt({ refunds })).toBe(fault);
    expect(ofAttempt({ refunds: refunds.slice(1) })).toBeNull();
  });
});

describe('a try is refused', () => {
  test.each<[string, Partial<PastAttempt>, string]>([
    ['no method', { method: 'p m' }, '"p m" is no id'],
    ['no type', { methodType: '' }, 'its payment method has no type'],
    ['a type of one letter', { methodType: 'c' }, 'its payment method has no type'],
    ['a type with an end', { methodType: 'card!' }, 'its payment method has no type'],
    ['a type with a start', { methodType: '!card' }, 'its payment method has no type'],
    ['a long type', { methodType: 'c'.repeat(42) }, 'its payment method has no type'],
    ['no amount', { amount: 0n, captured: 0n }, 'its amount is 0'],
    [
      'a large amount',
      { amount: PAYMENT_AMOUNT_MAX + 1n },
      `its amount is ${PAYMENT_AMOUNT_MAX + 1n}`,
    ],
    ['too much captured', { captured: 2001n }, '2001 of 2000 are captured'],
    ['less than nothing captured', { captured: -1n }, '-1 of 2000 are captured'],
    ['nothing captured', { captured: 0n, fee: 0n }, '0 are captured, it is captured'],
    ['a negative fee', { fee: -1n }, 'its fee is -1'],
    ['a fee above all', { fee: 2001n }, 'its fee is 2001'],
    ['a decline', { decline: DECLINE }, 'it failed without a reason'],
    ['a late time', { created: 253_402_300_800 }, '253402300800 is after the year 9999'],
    [
      'a long key',
      { metadata: { ['k'.repeat(41)]: '' } },
      `its metadata "${'k'.repeat(41)}" is long`,
    ],
  ])('with %s', (_, over, fault) => {
    expect(ofAttempt(over)).toBe(`ch_1: ${fault}`);
  });

  test.each([
    ['code', { code: 'not a word' }, '"not a word"'],
    ['decline code', { declineCode: 'no-word' }, '"no-word"'],
    ['code that is long', { code: 'c'.repeat(101) }, `"${'c'.repeat(70)}"`],
  ])('that failed with a %s which is none', (_, over, shown) => {
    const past = payment({ canceledAt: 9 }, failed({ decline: { ...DECLINE, ...over } }));
    expect(pastPaymentFault(past)).toBe(`ch_1: ${shown} is no code of a decline`);
  });

  test('that failed without a reason', () => {
    const past = payment({ canceledAt: 9 }, failed({ decline: null }));
    expect(pastPaymentFault(past)).toBe('ch_1: it failed without a reason');
  });

  test('that was captured and says otherwise', () => {
    const past = payment({ canceledAt: 9 }, attempt({ state: 'released' }));
    expect(pastPaymentFault(past)).toBe('ch_1: 2000 are captured, it is released');
  });

  test.each([
    ['type', { methodType: 'us_bank_account2' }],
    ['long type', { methodType: 'c'.repeat(41) }],
    ['code', { metadata: { ['k'.repeat(40)]: 'v'.repeat(500) } }],
  ])('with none of what may be: its %s', (_, over) => {
    expect(ofAttempt(over)).toBeNull();
  });
});

describe('a refund is refused', () => {
  test.each<[string, Partial<PastRefund>, string]>([
    ['of nothing', { amount: 0n }, 're_1 gives back 0'],
    [
      'of more than was captured',
      { amount: 2001n },
      'its refunds give back 2001, captured are 2000',
    ],
    ['too late', { created: 253_402_300_800 }, 're_1: 253402300800 is after the year 9999'],
    [
      'with metadata that is long',
      { metadata: { k: 'v'.repeat(501) } },
      're_1: its metadata "k" is long',
    ],
  ])('%s', (_, over, fault) => {
    expect(ofRefund(over)).toBe(`ch_1: ${fault}`);
  });

  test('with a transfer that has no id', () => {
    expect(ofRefund({ transfer: '!' })).toBe('"!" is no id');
  });
});

test('a payment brings its own id, and those of tries, refunds and transfers', () => {
  const refunds = [refund({ transfer: 'txn_2' }), refund({ id: 're_2' })];
  const past = payment({}, failed({ id: 'ch_0' }), attempt({ transfer: 'txn_1', refunds }));
  expect(idsOf(past)).toEqual(['pi_1', 'ch_0', 'ch_1', 'txn_1', 're_1', 'txn_2', 're_2']);
});

describe('a customer', () => {
  const customer = (over: Partial<PastCustomer> = {}): PastCustomer => ({
    id: 'cus_1',
    created: 1,
    email: null,
    name: null,
    phone: null,
    description: null,
    metadata: {},
    address: null,
    shipping: null,
    isWhole: true,
    ...over,
  });
  const keys = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, '']));

  test.each<[string, Partial<PastCustomer>, string]>([
    ['no id', { id: 'cu' }, '"cu" is no id'],
    ['a late time', { created: 253_402_300_800 }, '253402300800 is after the year 9999'],
    ['many keys', { metadata: keys(51) }, 'its metadata has 51 keys'],
    ['an empty key', { metadata: { '': 'x' } }, 'its metadata "" is long'],
    ['a NUL', { name: 'a\0b' }, 'one of its texts has a NUL or half a character'],
    ['half a character', { name: '\ud800' }, 'one of its texts has a NUL or half a character'],
    [
      'a NUL in a key within',
      { address: { 'a\0': 'b' } },
      'one of its texts has a NUL or half a character',
    ],
    ['long texts', { name: 'n'.repeat(50_000) }, 'its texts have more than 50000 characters'],
  ])('is refused with %s', (_, over, fault) => {
    expect(pastCustomerFault(customer(over))).toBe(fault);
  });

  test('is taken over with all that it may have', () => {
    const over = { metadata: keys(50), name: 'n'.repeat(40_000) };
    expect(pastCustomerFault(customer(over))).toBeNull();
    expect(pastCustomerFault(customer({ id: 'c'.repeat(64) }))).toBeNull();
    expect(pastCustomerFault(customer({ id: 'c'.repeat(65) }))).not.toBeNull();
  });
});
