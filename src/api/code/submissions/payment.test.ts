import { create, type MessageInitShape } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toBase58 } from '../../../wire/code/base58.js';
import {
  ActionSchema,
  FeePaymentAction_FeeType as FeeType,
  SendPrivatePaymentMetadataSchema,
  SendPublicPaymentMetadataSchema,
} from '../../../wire/code/proto/code/transaction/v2/transaction_pb.js';
import { makeRates } from '../rates.js';
import { readPayment } from './payment.js';
import { isRefusal } from './refusals.js';

const key = (byte: number) => ({ value: new Uint8Array(32).fill(byte) });
const [OWNER, SHOP, TAKER, OUTGOING] = [key(1), key(2), key(3), key(4)];
const owner = toBase58(OWNER.value);
const rates = makeRates(() => Date.UTC(2026, 10, 23, 12));
const KIN = { currency: 'kin', exchangeRate: 1, nativeAmount: 10, quarks: 1_000_000n };

type ActionInit = MessageInitShape<typeof ActionSchema>;
const common = { authority: OWNER, source: OWNER };

function transfer(amount: bigint, id = 0): ActionInit {
  return {
    id,
    type: { case: 'noPrivacyTransfer', value: { ...common, destination: SHOP, amount } },
  };
}

function fee(amount: bigint, id: number, own = false): ActionInit {
  const to = own ? { type: FeeType.CODE } : { type: FeeType.THIRD_PARTY, destination: TAKER };
  return { id, type: { case: 'feePayment', value: { ...common, ...to, amount } } };
}

function read(actions: ActionInit[], by: object = {}) {
  const metadata = create(SendPublicPaymentMetadataSchema, {
    source: OWNER,
    destination: SHOP,
    exchangeData: KIN,
    isWithdrawal: true,
    ...by,
  });
  return readPayment(
    owner,
    metadata,
    actions.map((action) => create(ActionSchema, action)),
    rates,
  );
}

function readPrivate(actions: ActionInit[], by: object = {}) {
  const metadata = create(SendPrivatePaymentMetadataSchema, {
    destination: SHOP,
    exchangeData: KIN,
    isWithdrawal: true,
    ...by,
  });
  return readPayment(
    owner,
    metadata,
    actions.map((action) => create(ActionSchema, action)),
    rates,
  );
}

const reason = (read: object): string => (isRefusal(read) ? read.reason : 'none');

describe('a payment', () => {
  test('is read with its fees in their order', () => {
    const actions = [transfer(699_990n), fee(100_000n, 1), fee(200_010n, 2)];
    expect(read(actions)).toEqual({
      source: owner,
      destination: toBase58(SHOP.value),
      quarks: 1_000_000n,
      currency: 'kin',
      nativeAmount: 10,
      rate: 1,
      fees: [
        { action: 1, destination: toBase58(TAKER.value), quarks: 100_000n },
        { action: 2, destination: toBase58(TAKER.value), quarks: 200_010n },
      ],
      tippedUser: null,
      transfer: expect.objectContaining({ action: 0, quarks: 699_990n }),
    });
  });

  test('whose parts are not the whole is refused, whichever part is off', () => {
    const amount = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(amount, amount, (net, taken) => {
        const draft = read([transfer(net), fee(taken, 1)]);
        expect(isRefusal(draft)).toBe(net === 0n || net + taken !== 1_000_000n);
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 999_999n }), (taken) => {
        expect(isRefusal(read([transfer(1_000_000n - taken), fee(taken, 1)]))).toBe(false);
      }),
    );
  });

  test('needs ids that count, one transfer, and nothing else', () => {
    expect(reason(read([]))).toBe('must have one transfer to the destination account');
    expect(reason(read([transfer(1_000_000n, 1)]))).toBe('actions[0]: action id must be 0');
    expect(reason(read([transfer(500_000n), transfer(500_000n, 1)]))).toBe(
      'must have one transfer to the destination account',
    );
    const open: ActionInit = { id: 1, type: { case: 'openAccount', value: {} } };
    expect(reason(read([transfer(1_000_000n), open]))).toBe('actions[1]: unexpected action');
    expect(reason(read([transfer(1_000_000n), { id: 1 }]))).toBe('actions[1]: unexpected action');
  });

  test('comes from one wallet, by its owner’s leave', () => {
    const value = { ...common, destination: SHOP, amount: 1_000_000n };
    const by = (over: object): ActionInit => ({
      id: 0,
      type: { case: 'noPrivacyTransfer', value: { ...value, ...over } },
    });
    expect(reason(read([by({ authority: TAKER })]))).toBe(
      'actions[0]: authority must be the owner',
    );
    expect(reason(read([by({ source: TAKER })]))).toBe(`actions[0]: must send from ${owner}`);
    const relation = { source: TAKER, authority: TAKER };
    expect(isRefusal(read([by(relation)], { source: TAKER }))).toBe(false);
    const strayed: ActionInit = {
      id: 1,
      type: {
        case: 'feePayment',
        value: {
          authority: OWNER,
          source: TAKER,
          destination: TAKER,
          type: FeeType.THIRD_PARTY,
          amount: 5n,
        },
      },
    };
    expect(reason(read([transfer(999_995n), strayed]))).toBe(
      `actions[1]: fee payment must be made from ${owner}`,
    );
    expect(reason(read([by({ destination: key(9) })]))).toContain('must send 1000000 quarks');
    expect(reason(read([by({ source: { value: new Uint8Array(31) } })]))).toContain('public keys');
  });

  test('names sums that are sums', () => {
    const off = (by: object) => read([transfer(1_000_000n)], { exchangeData: { ...KIN, ...by } });
    for (const by of [
      { nativeAmount: Number.NaN },
      { nativeAmount: -1 },
      { exchangeRate: 0 },
      { quarks: 0n },
    ])
      expect(reason(off(by))).toBe('amount is not positive');
    expect(reason(off({ nativeAmount: Number.POSITIVE_INFINITY }))).toBe(
      'payment native amount and quark value mismatch',
    );
    expect(reason(off({ currency: 'usd' }))).toBe('fiat exchange rate is stale');
    // Wallets that count in whole kin may round by one.
    expect(isRefusal(off({ nativeAmount: 11 }))).toBe(false);
    expect(reason(off({ nativeAmount: 11.01 }))).toBe(
      'payment native amount and quark value mismatch',
    );
    expect(reason(read([transfer(1n)], { exchangeData: undefined }))).toBe('exchange data is nil');
  });

  test('has one fee of ours at most, worth a cent, to nobody', () => {
    const gross = { ...KIN, nativeAmount: 10_000, quarks: 1_000_000_000n };
    const with_ = (...fees: ActionInit[]) =>
      read([transfer(900_000_000n), ...fees], { exchangeData: gross });
    expect(isRefusal(with_(fee(100_000_000n, 1, true)))).toBe(false);
    expect(reason(with_(fee(102_000_000n, 1, true)))).toBe(
      'actions[1]: code fee payment amount must be $0.01 USD',
    );
    const twice = [fee(100_000_000n, 1, true), fee(100_000_000n, 2, true)] as const;
    expect(reason(with_(...twice))).toBe('expected at most 1 code fee payment action');
    const named: ActionInit = {
      id: 1,
      type: {
        case: 'feePayment',
        value: { ...common, type: FeeType.CODE, destination: TAKER, amount: 100_000_000n },
      },
    };
    expect(reason(with_(named))).toBe(
      'actions[1]: code fee payment destination is configured by server',
    );
  });
});

describe('a private payment', () => {
  const gather = (amount: bigint, id: number): ActionInit => ({
    id,
    type: {
      case: 'temporaryPrivacyExchange',
      value: { authority: TAKER, source: TAKER, destination: OUTGOING, amount },
    },
  });
  const withdraw = (amount: bigint, id: number): ActionInit => ({
    id,
    type: {
      case: 'noPrivacyWithdraw',
      value: { authority: OUTGOING, source: OUTGOING, destination: SHOP, amount },
    },
  });

  test('is the owner’s where what it gathers is the gross', () => {
    expect(readPrivate([gather(1_000_000n, 0), withdraw(1_000_000n, 1)])).toMatchObject({
      source: owner,
    });
    expect(reason(readPrivate([gather(999_999n, 0), withdraw(1_000_000n, 1)]))).toContain(
      'must gather 1000000 quarks',
    );
    expect(reason(readPrivate([withdraw(1_000_000n, 0)]))).toBe('none');
    expect(reason(read([gather(1_000_000n, 0), withdraw(1_000_000n, 1)]))).toBe(
      'actions[0]: unexpected action',
    );
  });

  test('may be a tip to a user of a platform, and no cash link', () => {
    const tip = (platform: number) =>
      readPrivate([transfer(1_000_000n)], {
        isTip: true,
        tippedUser: { platform, username: 'GetCode' },
      });
    expect(tip(1)).toMatchObject({ tippedUser: 'x/getcode' });
    expect(reason(tip(0))).toBe('tip platform is not supported');
    expect(reason(readPrivate([transfer(1_000_000n)], { isTip: true }))).toBe('tipped user is nil');
    expect(reason(readPrivate([transfer(1_000_000n)], { isRemoteSend: true }))).toBe(
      'remote send is not supported',
    );
  });
});
