import { describe, expect, test } from 'vitest';
import { openRelationship } from '../../../src/engine/wallets.js';
import {
  type MessageInit,
  type TestServicesOptions,
  tenDollars,
} from '../../support/code-services.js';
import { run } from '../../support/payments.js';
import { keyOf, signedBy } from '../../support/wallets.js';
import { type Bill, bill, exact, key, openDesk, partial, signature } from './request-desk.js';

const { made, sent, expectNothingStored } = openDesk();

const noSuchAccount = (address: string) => `${address} doesn't exist on the blockchain`;

describe('a request is refused', () => {
  const invalid = (text: string): string => `InvalidArgument: ${text}`;
  const whole = { domain: { value: 'a.com' }, verifier: key(2), signature: signature(3) };

  test.each<[string, MessageInit]>([
    ['message.id cannot be set by clients', { ...bill(), id: { value: new Uint8Array(16) } }],
    [
      'message.send_message_request_signature cannot be set by clients',
      { ...bill(), sendMessageRequestSignature: signature(1) },
    ],
    ['message.kind must be set', {}],
    ['message.kind cannot be intent_submitted', { kind: { case: 'intentSubmitted', value: {} } }],
    ['message.kind cannot be webhook_called', { kind: { case: 'webhookCalled', value: {} } }],
    ['message.kind cannot be airdrop_received', { kind: { case: 'airdropReceived', value: {} } }],
    ['exact exchange data is reserved for kin only', exact(10, 1n, 1, 'usd')],
    ["native amount can't include fractional kin", exact(5000.5, 500_000_000n)],
    ["quark amount can't include fractional kin", exact(5000, 500_000_001n)],
    ['partial exchange data is reserved for fiat currencies', partial('kin', 5000)],
    ['exchange data is nil', bill({ exchangeData: { case: undefined } })],
    [
      'domain is invalid: value must have base domain and tld',
      bill({ domain: { value: 'localhost' } }),
    ],
    ['ssp currency is not currently supported', partial('ssp', 10)],
    ['usd currency has a maximum amount of 250.00', partial('usd', 250.01)],
    ['usd currency has a minimum amount of 0.05', partial('usd', 0.04)],
    ['kin exchange rate must be 1', exact(5000, 500_000_000n, 1.1)],
    ['payment native amount and quark value mismatch', exact(5000, 600_000_000n)],
    ['jpy amounts have at most 0 decimals', partial('jpy', 50.5)],
    [
      'fee taker at index 0 is the payment destination and should be omitted',
      bill({ additionalFees: [{ destination: key(0), feeBps: 1 }] }),
    ],
    [
      'fee taker at index 1 appears multiple times and should be merged',
      bill({ additionalFees: [1, 1].map((feeBps) => ({ destination: key(9), feeBps })) }),
    ],
    [
      'total fee percentage cannot exceed 5000 basis points',
      bill({ additionalFees: [{ destination: key(9), feeBps: 5001 }] }),
    ],
    [
      'signature must be set for domain verification',
      bill({ domain: whole.domain, verifier: whole.verifier }),
    ],
    ['rendezvous key mismatch', bill({ ...whole, rendezvousKey: key(5) })],
    ['verifier cannot be set when domain not provided', bill({ verifier: key(2) })],
  ])('with: %s', async (text, message) => {
    expect(await sent(message)).toBe(invalid(text));
    await expectNothingStored();
  });

  test.each<[string, MessageInit]>([
    [
      'RequestToReceiveBill.RequestorAccount',
      bill({ requestorAccount: { value: new Uint8Array(31) } }),
    ],
    ['ExchangeDataWithoutRate.Currency', partial('USD', 10)],
    ['ExchangeDataWithoutRate.NativeAmount', partial('usd', Number.NaN)],
    ['ExchangeDataWithoutRate.NativeAmount', partial('usd', -1)],
    ['ExchangeData.ExchangeRate', exact(5000, 1n, 0)],
    ['ExchangeData.Quarks', exact(5000, 0n)],
    ['RequestToReceiveBill.Domain', bill({ domain: { value: '' } })],
    ['RequestToReceiveBill.Verifier', bill({ verifier: { value: new Uint8Array(3) } })],
    ['RequestToReceiveBill.Signature', bill({ signature: { value: new Uint8Array(3) } })],
    ['RequestToReceiveBill.RendezvousKey', bill({ rendezvousKey: { value: new Uint8Array(3) } })],
    [
      'RequestToReceiveBill.AdditionalFees',
      bill({ additionalFees: [1, 2, 3, 4].map((n) => ({ destination: key(n), feeBps: 1 })) }),
    ],
    ['AdditionalFeePayment.FeeBps', bill({ additionalFees: [{ destination: key(9), feeBps: 0 }] })],
    ['AdditionalFeePayment.Destination', bill({ additionalFees: [{ feeBps: 1 }] })],
    ['RequestToGrabBill.RequestorAccount', { kind: { case: 'requestToGrabBill', value: {} } }],
    ['ClientRejectedPayment.IntentId', { kind: { case: 'clientRejectedPayment', value: {} } }],
    ['CodeScanned.Timestamp', { kind: { case: 'codeScanned', value: {} } }],
    ['ClientRejectedLogin.Timestamp', { kind: { case: 'clientRejectedLogin', value: {} } }],
    ['RequestToLogin.Domain', { kind: { case: 'requestToLogin', value: {} } }],
    [
      'RequestToLogin.RendezvousKey',
      {
        kind: {
          case: 'requestToLogin',
          value: { domain: { value: 'a.com' }, verifier: key(1), signature: signature(1) },
        },
      },
    ],
  ])('where a field has the wrong shape: %s', async (field, message) => {
    expect(await sent(message)).toMatch(`InvalidArgument: invalid ${field}: `);
    await expectNothingStored();
  });

  test('with the first fault of many, in the published order', async () => {
    // Each step mends what the one before was refused for.
    const everything: Bill = {
      exchangeData: { case: 'partial', value: { currency: 'kin', nativeAmount: 1e12 } },
      domain: { value: 'localhost' },
      verifier: key(2),
      rendezvousKey: key(5),
      additionalFees: [{ destination: key(0), feeBps: 5001 }],
    };
    const chain = { destinationFault: async (address: string) => noSuchAccount(address) };
    const kin = (nativeAmount: number, quarks: bigint, exchangeRate: number) =>
      ({ case: 'exact', value: { currency: 'kin', nativeAmount, quarks, exchangeRate } }) as const;
    const steps: [Bill, string, TestServicesOptions][] = [
      [{}, 'partial exchange data is reserved for fiat currencies', chain],
      [
        { exchangeData: kin(1e12, 100_000n, 2) },
        'domain is invalid: value must have base domain and tld',
        chain,
      ],
      [{ domain: { value: 'a.com' } }, `${'1'.repeat(32)} doesn't exist on the blockchain`, chain],
      [{}, 'kin currency has a maximum amount of 25000000.00', {}],
      [{ exchangeData: kin(5000, 100_000n, 2) }, 'kin exchange rate must be 1', {}],
      [
        { exchangeData: kin(5000, 100_000n, 1) },
        'payment native amount and quark value mismatch',
        {},
      ],
      [
        { exchangeData: kin(5000, 500_000_000n, 1) },
        'fee taker at index 0 is the payment destination and should be omitted',
        {},
      ],
      [
        { additionalFees: [{ destination: key(9), feeBps: 5001 }] },
        'total fee percentage cannot exceed 5000 basis points',
        {},
      ],
      [{ additionalFees: [] }, 'signature must be set for domain verification', {}],
      [{ signature: signature(3) }, 'rendezvous key mismatch', {}],
    ];
    let so = everything;
    for (const [mended, text, options] of steps) {
      so = { ...so, ...mended };
      expect(await sent(bill(so), options)).toBe(invalid(text));
    }
    const at = tenDollars('1234');
    so = { ...so, rendezvousKey: { value: at.bytes } };
    expect(await sent(bill(so))).toBe('Unauthenticated: ');
    await expectNothingStored();
  });

  test('for a fee that goes to an address which the chain does not accept', async () => {
    const destinationFault = async (address: string) =>
      address.startsWith('1') ? null : `${address} is not a kin token account`;
    const message = bill({ additionalFees: [{ destination: key(9), feeBps: 100 }] });
    expect(await sent(message, { destinationFault })).toMatch(/is not a kin token account$/);
    expect(await sent(bill(), { destinationFault })).toBe('ok');
  });

  test('for a relationship’s wallet, where its domain does not ask', async () => {
    const [owner, till] = [keyOf('owner'), keyOf('till')];
    const about = { domain: 'b.com', address: till.address };
    await run(made().engine, openRelationship(signedBy(owner, 'id'), about));
    const requestorAccount = { value: till.bytes };
    expect(await sent(bill({ requestorAccount }))).toBe(
      invalid('domain verification is required when using a relationship account'),
    );
    expect(await sent(bill({ ...whole, requestorAccount }))).toBe(
      invalid(`relationship account ${till.address} is not associated with a.com`),
    );
  });
});
