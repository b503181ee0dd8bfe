import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  decodePayload,
  encodePayload,
  hundredthsOf,
  isRoundingOf,
  type Payload,
} from './payload.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const nonce = Uint8Array.from(Buffer.from('0102030405060708091011', 'hex'));
const sha256 = (text: string): Uint8Array => createHash('sha256').update(text).digest();

describe('payloads', () => {
  test.each<[string, Payload, string]>([
    ['50 kin of cash', { kind: 'cash', quarks: 5_000_000n, nonce }, '00404b4c0000000000'],
    [
      'a request for 50 kin',
      { kind: 'request_payment', currency: 'kin', hundredths: 5000n, nonce },
      '020088130000000000',
    ],
    [
      'a request for the largest sum of the published samples',
      { kind: 'request_payment', currency: 'usd', hundredths: 281_474_976_710_911n, nonce },
      '028cff000000000001',
    ],
    ['a login', { kind: 'request_login', nonce }, '030000000000000000'],
  ])('%s', (_, payload, head) => {
    const bytes = encodePayload(payload);
    expect(hex(bytes)).toBe(`${head}${hex(nonce)}`);
    expect(decodePayload(bytes)).toEqual(payload);
  });

  test('a tip carries the name, and the beginning of its digest where there is room', () => {
    const bytes = encodePayload({ kind: 'tip', username: 'getcode' }, sha256('getcode'));
    expect(hex(bytes)).toBe('0500000000676574636f64652e3456712f722b58');
    expect(decodePayload(bytes)).toEqual({ kind: 'tip', username: 'getcode' });
  });

  test('what is no payload is null', () => {
    expect(decodePayload(new Uint8Array(19))).toBeNull();
    expect(decodePayload(new Uint8Array(20).fill(9))).toBeNull();
  });

  test('both ways of rounding a tie are one amount', () => {
    expect(hundredthsOf(0.125)).toBe(13n);
    expect([12n, 13n, 14n].map((value) => isRoundingOf(value, 0.125))).toEqual([true, true, false]);
    expect(isRoundingOf(12n, 0.126)).toBe(false);
  });
});
