import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import type { Intent } from '../../../domain/intent.js';
import type { RendezvousRequest, Submission, Wallet } from '../../../domain/rendezvous.js';
import { RequestToReceiveBillSchema } from '../../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import type { Bill } from './bill.js';
import {
  destinationFault,
  feesFault,
  loginMismatch,
  paymentMismatch,
  proofFault,
  sameRendezvousFault,
  submittedFault,
} from './rules.js';

const bill = (over: Partial<Bill['terms']> = {}, rate: number | null = null): Bill => ({
  terms: {
    destination: 'D',
    currency: 'usd',
    nativeAmount: 10,
    quarks: null,
    fees: [{ destination: 'F', basisPoints: 100 }],
    ...over,
  },
  rate,
});

const stored = (over: Partial<RendezvousRequest> = {}): RendezvousRequest => ({
  account: 'acct_installation',
  id: 'R',
  merchant: 'acct_m',
  intent: 'pi_1',
  created: 1,
  terms: bill().terms,
  domain: null,
  verifier: null,
  scannedAt: null,
  rejectedAt: null,
  login: null,
  webhook: null,
  paidMessage: null,
  ...over,
});

const NOBODY = { domain: null, verifier: null };
const KIN = { currency: 'kin', nativeAmount: 5000, quarks: '500000000' };

describe('a second request for a payment', () => {
  test('is well where it is the same, whichever key proves the domain', () => {
    expect(paymentMismatch(stored(), bill(), NOBODY)).toBeNull();
    const verified = stored({ domain: 'a.com', verifier: 'V' });
    expect(paymentMismatch(verified, bill(), { domain: 'a.com', verifier: 'W' })).toBeNull();
    expect(paymentMismatch(stored({ terms: bill(KIN).terms }), bill(KIN, 1), NOBODY)).toBeNull();
  });

  test.each<[string, Partial<RendezvousRequest>, Bill, typeof NOBODY | object]>([
    ["original request doesn't require payment", { terms: null }, bill(), NOBODY],
    ['destination mismatches original request', {}, bill({ destination: 'E' }), NOBODY],
    ['exchange currency mismatches original request', {}, bill({ currency: 'eur' }), NOBODY],
    ['native amount mismatches original request', {}, bill({ nativeAmount: 10.01 }), NOBODY],
    [
      'exchange rate mismatches original request',
      { terms: bill(KIN).terms },
      bill(KIN, 1.5),
      NOBODY,
    ],
    [
      'quarks mismatches original request',
      { terms: bill(KIN).terms },
      bill({ ...KIN, quarks: '500100000' }, 1),
      NOBODY,
    ],
    ['domain mismatches original request', {}, bill(), { domain: 'a.com', verifier: null }],
    ['domain mismatches original request', { domain: 'a.com' }, bill(), NOBODY],
    [
      'original request is verified',
      { domain: 'a.com', verifier: 'V' },
      bill(),
      { domain: 'a.com', verifier: null },
    ],
    [
      "original request isn't verified",
      { domain: 'a.com' },
      bill(),
      { domain: 'a.com', verifier: 'V' },
    ],
    ['original request configured 1 fee takers', {}, bill({ fees: [] }), NOBODY],
    [
      'destination for fee at index 0 mismatches original request',
      {},
      bill({ fees: [{ destination: 'G', basisPoints: 100 }] }),
      NOBODY,
    ],
    [
      'basis points for fee at index 0 mismatches original request',
      {},
      bill({ fees: [{ destination: 'F', basisPoints: 101 }] }),
      NOBODY,
    ],
  ])('is refused: %s', (text, original, asked, asker) => {
    const who = asker as { domain: string | null; verifier: string | null };
    expect(paymentMismatch(stored(original), asked, who)).toBe(text);
  });

  test('is told the first difference of several', () => {
    const other = bill({ destination: 'E', currency: 'eur', nativeAmount: 1, fees: [] });
    const asker = { domain: 'a.com', verifier: 'V' };
    const first = (over: Partial<Bill['terms']>): string | null =>
      paymentMismatch(stored(), { ...other, terms: { ...other.terms, ...over } }, asker);
    expect(first({})).toMatch(/^destination/);
    expect(first({ destination: 'D' })).toMatch(/^exchange currency/);
    expect(first({ destination: 'D', currency: 'usd' })).toMatch(/^native amount/);
    expect(first({ destination: 'D', currency: 'usd', nativeAmount: 10 })).toMatch(/^domain/);
  });
});

test('a second request for a login must be for the same domain, and for a login', () => {
  expect(loginMismatch(stored(), 'a.com')).toBe('original request requires payment');
  const login = stored({ terms: null, intent: null, domain: 'a.com', verifier: 'V' });
  expect(loginMismatch(login, 'b.com')).toBe('domain mismatches original request');
  expect(loginMismatch(login, 'a.com')).toBeNull();
});

test('nothing is asked for where a wallet has answered', () => {
  const submission = { id: 'sub_1' } as Submission;
  const intent = (state: Intent['state']) => ({ state }) as Intent;
  const at = (found: Partial<Parameters<typeof submittedFault>[0]>) =>
    submittedFault({ request: stored(), intent: null, submission: null, ...found });
  expect(at({ intent: intent('awaiting_method') })).toBeNull();
  expect(at({ request: null })).toBeNull();
  const text = 'client submitted intent';
  expect(at({ intent: intent('captured') })).toBe(text);
  expect(at({ intent: intent('processing'), submission })).toBe(text);
  expect(at({ request: null, submission })).toBe(text);
  expect(at({ request: stored({ login: { user: 'U', at: 1 } }) })).toBe(text);
});

describe('an address that money is to go to', () => {
  const wallet = (over: Partial<Wallet>) => ({ kind: 'primary', domain: null, ...over }) as Wallet;
  const verified = { domain: 'a.com', verifier: 'V' };

  test('is well as a wallet, and as one that the chain accepts', () => {
    const fine = { wallet: null, chainFault: null };
    expect(destinationFault('A', fine, NOBODY)).toBeNull();
    const primary = { wallet: wallet({}), chainFault: "A doesn't exist on the blockchain" };
    expect(destinationFault('A', primary, NOBODY)).toBeNull();
    const known = wallet({ kind: 'relationship', domain: 'a.com' });
    expect(destinationFault('A', { wallet: known, chainFault: null }, verified)).toBeNull();
  });

  test('is refused with what the chain says', () => {
    const chainFault = "A doesn't exist on the blockchain";
    expect(destinationFault('A', { wallet: null, chainFault }, NOBODY)).toBe(chainFault);
    const paidTo = wallet({ kind: 'destination' });
    expect(destinationFault('A', { wallet: paidTo, chainFault }, NOBODY)).toBe(chainFault);
  });

  test('is refused where another domain knows it, or nobody proves theirs', () => {
    const known = { wallet: wallet({ kind: 'relationship', domain: 'b.com' }), chainFault: null };
    expect(destinationFault('A', known, NOBODY)).toBe(
      'domain verification is required when using a relationship account',
    );
    expect(destinationFault('A', known, verified)).toBe(
      'relationship account A is not associated with a.com',
    );
  });
});

describe('fees', () => {
  const fault = (...fees: [string, number][]) =>
    feesFault(
      bill({ fees: fees.map(([destination, basisPoints]) => ({ destination, basisPoints })) }),
      (address) => (address === 'BAD' ? 'BAD is not a kin token account' : null),
    );

  test('may go to three others, up to a half', () => {
    expect(fault(['F', 1000], ['G', 1500], ['H', 2500])).toBeNull();
  });

  test('are refused to the payee, twice, to bad addresses, and above a half', () => {
    expect(fault(['F', 100], ['D', 100])).toBe(
      'fee taker at index 1 is the payment destination and should be omitted',
    );
    expect(fault(['F', 100], ['F', 100])).toBe(
      'fee taker at index 1 appears multiple times and should be merged',
    );
    expect(fault(['F', 100], ['BAD', 5000])).toBe('BAD is not a kin token account');
    expect(fault(['F', 2500], ['G', 2501])).toBe(
      'total fee percentage cannot exceed 5000 basis points',
    );
  });
});

describe('the proof of a domain', () => {
  const rendezvous = new Uint8Array(32).fill(1);
  const parts = {
    domain: { value: 'a.com' },
    verifier: { value: new Uint8Array(32).fill(2) },
    signature: { value: new Uint8Array(64).fill(3) },
    rendezvousKey: { value: rendezvous },
  };
  const fault = (...names: (keyof typeof parts)[]) => {
    const given = Object.fromEntries(names.map((name) => [name, parts[name]]));
    return proofFault(create(RequestToReceiveBillSchema, given as typeof parts), rendezvous);
  };

  test('is whole, or only the domain, or nothing', () => {
    expect(fault()).toBeNull();
    expect(fault('domain')).toBeNull();
    expect(fault('domain', 'verifier', 'signature', 'rendezvousKey')).toBeNull();
  });

  test('is refused in parts', () => {
    const only = 'can only be set when verifying domain';
    expect(fault('domain', 'signature', 'rendezvousKey')).toBe(`signature ${only}`);
    expect(fault('domain', 'rendezvousKey')).toBe(`rendezvous key ${only}`);
    const must = 'must be set for domain verification';
    expect(fault('domain', 'verifier')).toBe(`signature ${must}`);
    expect(fault('domain', 'verifier', 'signature')).toBe(`rendezvous key ${must}`);
    const without = 'cannot be set when domain not provided';
    expect(fault('verifier', 'signature', 'rendezvousKey')).toBe(`verifier ${without}`);
    expect(fault('signature', 'rendezvousKey')).toBe(`signature ${without}`);
    expect(fault('rendezvousKey')).toBe(`rendezvous key ${without}`);
  });

  test('holds at its own rendezvous alone', () => {
    expect(sameRendezvousFault(new Uint8Array(32), rendezvous)).toBe('rendezvous key mismatch');
    expect(sameRendezvousFault(rendezvous.slice(), rendezvous)).toBeNull();
  });
});
