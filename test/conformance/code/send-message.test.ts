import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { INSTALLATION } from '../../../src/domain/rendezvous.js';
import { cancelIntent } from '../../../src/engine/intents.js';
import { fromBase58 } from '../../../src/wire/code/base58.js';
import {
  RequestToLoginSchema,
  RequestToReceiveBillSchema,
} from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  messageBytes,
  nonceOf,
  rendezvousOf,
  sendBytes,
  tenDollars,
} from '../../support/code-services.js';
import { ACCOUNT, run } from '../../support/payments.js';
import { keyOf, type TestKey } from '../../support/wallets.js';
import { bill, exact, key, openDesk, partial } from './request-desk.js';

const { made, services, stored, sent, expectNothingStored } = openDesk();

describe('the documents’ own example', () => {
  const BYTES = Buffer.from(
    `2a340a220a20${'00'.repeat(32)}1a0e0a03757364110000000000002440`,
    'hex',
  );

  test('is what our message is, and is signed as published', () => {
    expect(Buffer.from(messageBytes(bill()))).toEqual(BYTES);
    const rendezvous = tenDollars('1234');
    expect(rendezvous.address).toBe('GHEXGTE2r1PartuDip4VhDz8b2RY4xqRTRtMCUEaEXXN');
    const hex = rendezvous.sign(BYTES).toString('hex');
    expect(hex).toMatch(/^6767c3f20942e23062b65eacff54a65d.*dacd150e$/);
  });

  test('signed and sent, is an intent of ten dollars', async () => {
    const rendezvous = tenDollars('1234');
    const { messageId } = await services().send(sendBytes(rendezvous, BYTES));
    const [message] = await stored('messages');
    expect(message).toMatchObject({
      request: rendezvous.address,
      kind: 'requestToReceiveBill',
      body: BYTES.toString('base64'),
      signature: rendezvous.sign(BYTES).toString('base64'),
      uuid: Buffer.from(messageId?.value ?? []).toString('hex'),
    });
    expect(await stored('requests')).toMatchObject([
      {
        account: INSTALLATION,
        id: rendezvous.address,
        merchant: ACCOUNT,
        terms: {
          destination: '1'.repeat(32),
          currency: 'usd',
          nativeAmount: 10,
          quarks: null,
          fees: [],
        },
        domain: null,
        verifier: null,
      },
    ]);
    const intent = { amount: 1000n, currency: 'usd', state: 'awaiting_method', dialect: 'code' };
    expect(await stored('intents')).toMatchObject([intent]);
  });
});

const DESTINATION = fromBase58('E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR', 32);

describe('the published vectors', () => {
  const nonce = nonceOf('order-1');
  const requestorAccount = { value: DESTINATION ?? new Uint8Array() };
  const cents = { case: 'partial', value: { currency: 'usd', nativeAmount: 0.05 } } as const;

  test('of a payment of five cents', async () => {
    const at = rendezvousOf({ kind: 'request_payment', currency: 'usd', hundredths: 5n, nonce });
    expect(at.address).toBe('gT36whW8h6uWVf2azkwAnjMbVEnjja4qFNSdw93ukS2');
    expect(await sent(bill({ requestorAccount, exchangeData: cents }), {}, at)).toBe('ok');
    expect(await stored('intents')).toMatchObject([{ amount: 5n, currency: 'usd' }]);
  });

  test('of one with a fee', async () => {
    const kind = 'request_payment_with_fees';
    const at = rendezvousOf({ kind, currency: 'usd', hundredths: 5n, nonce });
    expect(at.address).toBe('7Psu2Kp36mJUVQd8LpzFc5pVyeaYVV6Cq876PASKi8Y6');
    const additionalFees = [{ destination: key(9), feeBps: 100 }];
    const message = bill({ requestorAccount, exchangeData: cents, additionalFees });
    expect(await sent(message, {}, at)).toBe('ok');
    expect(await stored('requests')).toMatchObject([{ terms: { fees: [{ basisPoints: 100 }] } }]);
  });

  test('of ten thousand kin', async () => {
    const hundredths = 1_000_000n;
    const at = rendezvousOf({ kind: 'request_payment', currency: 'kin', hundredths, nonce });
    expect(at.address).toBe('HMok3Bdty7ia2sMfuQfYR8ARaYtgkDCBHiyVKatjcu1B');
    expect(await sent(exact(10_000, 1_000_000_000n), {}, at)).toBe('ok');
    expect(await stored('intents')).toMatchObject([{ amount: 1_000_000_000n, currency: 'kin' }]);
  });
});

describe('the same request again', () => {
  test('succeeds, and is answered with the same message', async () => {
    const { send } = services();
    const bytes = sendBytes(tenDollars('1234'), messageBytes(bill()));
    const first = await send(bytes);
    expect(await send(bytes)).toEqual(first);
    const { messageId: anew } = await services({ settings: { limits: 'published' } }).send(bytes);
    expect(anew).toEqual(first.messageId);
    expect(await stored('intents')).toHaveLength(1);
    expect(await stored('messages')).toHaveLength(1);
  });

  test('with other terms is refused', async () => {
    expect(await sent(bill())).toBe('ok');
    const refusal = (text: string) => `InvalidArgument: ${text} mismatches original request`;
    expect(await sent(bill({ requestorAccount: key(1) }))).toBe(refusal('destination'));
    expect(await sent(partial('eur', 10))).toBe(refusal('exchange currency'));
    expect(await sent(partial('usd', 1e9))).toBe(refusal('native amount'));
    expect(await sent(bill({ domain: { value: 'a.com' } }))).toBe(refusal('domain'));
    expect(await stored('messages')).toHaveLength(1);
  });

  test('succeeds for a canceled one, which it does not bring back', async () => {
    expect(await sent(bill())).toBe('ok');
    const [intent] = await stored('intents');
    await run(made().engine, cancelIntent(ACCOUNT, intent?.id ?? '', null));
    expect(await sent(bill())).toBe('ok');
    expect(await stored('intents')).toMatchObject([{ state: 'canceled' }]);
  });
});

describe('a domain', () => {
  const rendezvous = tenDollars('1234');
  const verifier = keyOf('verifier');
  const domainKeys = { 'a.com': verifier.address, 'b.com': keyOf('other').address };

  /** A request that a domain's key has signed, as it stands in the message. */
  function verified(domain: string, signer = verifier, at = rendezvous) {
    const unsigned = {
      requestorAccount: key(0),
      exchangeData: { case: 'partial', value: { currency: 'usd', nativeAmount: 10 } },
      domain: { value: domain },
      verifier: { value: verifier.bytes },
      rendezvousKey: { value: at.bytes },
    } as const;
    const bytes = toBinary(
      RequestToReceiveBillSchema,
      create(RequestToReceiveBillSchema, unsigned),
    );
    return bill({ ...unsigned, signature: { value: signer.sign(bytes) } });
  }

  test('proven by its key is kept with the key', async () => {
    expect(await sent(verified('a.com'), { domainKeys })).toBe('ok');
    const proven = { domain: 'a.com', verifier: verifier.address };
    expect(await stored('requests')).toMatchObject([proven]);
    expect(await sent(verified('a.com'), { domainKeys })).toBe('ok');
    expect(await sent(bill({ domain: { value: 'a.com' } }))).toBe(
      'InvalidArgument: original request is verified',
    );
  });

  test('that is only named is kept without one', async () => {
    expect(await sent(bill({ domain: { value: 'Shop.Bücher.com' } }))).toBe('ok');
    const named = { domain: 'xn--bcher-kva.com', verifier: null };
    expect(await stored('requests')).toMatchObject([named]);
  });

  test('is not proven by another key, nor by what it does not publish', async () => {
    const end = (domain: string, signer?: TestKey) =>
      sent(verified(domain, signer), { domainKeys });
    expect(await end('a.com', keyOf('forger'))).toBe('Unauthenticated: ');
    expect(await end('b.com')).toBe(
      `PermissionDenied: ${verifier.address} does not own domain b.com`,
    );
    expect(await end('c.com')).toBe(
      'Unauthenticated: error veryfing domain ownership: no such host',
    );
    await expectNothingStored();
  });

  /** A request for a login. */
  function login(domain: string, signer = verifier, at = rendezvous) {
    const unsigned = {
      domain: { value: domain },
      verifier: { value: verifier.bytes },
      rendezvousKey: { value: at.bytes },
    };
    const bytes = toBinary(RequestToLoginSchema, create(RequestToLoginSchema, unsigned));
    const value = { ...unsigned, signature: { value: signer.sign(bytes) } };
    return { kind: { case: 'requestToLogin', value } } as const;
  }

  test('asks for a login, and again', async () => {
    expect(await sent(login('a.com'), { domainKeys })).toBe('ok');
    expect(await sent(login('a.com'), { domainKeys })).toBe('ok');
    expect(await stored('messages')).toHaveLength(1);
    expect(await stored('intents')).toEqual([]);
    const proven = { intent: null, terms: null, domain: 'a.com', verifier: verifier.address };
    expect(await stored('requests')).toMatchObject([proven]);
    expect(await sent(login('b.com'), { domainKeys })).toBe(
      'InvalidArgument: domain mismatches original request',
    );
    expect(await sent(bill(), { domainKeys })).toBe(
      "InvalidArgument: original request doesn't require payment",
    );
  });

  test('is refused a login in the published order', async () => {
    const end = (message: ReturnType<typeof login>) => sent(message, { domainKeys });
    expect(await end(login('localhost', keyOf('forger')))).toBe('Unauthenticated: ');
    expect(await end(login('localhost', verifier, keyOf('elsewhere')))).toBe(
      'InvalidArgument: domain is invalid: value must have base domain and tld',
    );
    expect(await end(login('c.com', verifier, keyOf('elsewhere')))).toBe(
      'InvalidArgument: rendezvous key mismatch',
    );
    expect(await end(login('c.com'))).toMatch(/^Unauthenticated: error veryfing/);
    expect(await end(login('b.com'))).toMatch(/^PermissionDenied: /);
    await expectNothingStored();
    expect(await sent(bill())).toBe('ok');
    expect(await end(login('c.com'))).toBe('InvalidArgument: original request requires payment');
  });
});

describe('a wallet’s messages', () => {
  const rendezvous = tenDollars('1234');
  const timestamp = { seconds: 1n, nanos: 0 };

  test('are kept at the rendezvous and mark the request', async () => {
    expect(await sent(bill())).toBe('ok');
    expect(await sent({ kind: { case: 'codeScanned', value: { timestamp } } })).toBe('ok');
    const intentId = { value: rendezvous.bytes };
    const rejected = { kind: { case: 'clientRejectedPayment', value: { intentId } } } as const;
    expect(await sent(rejected)).toBe('ok');
    const grab = { requestorAccount: key(1) };
    expect(await sent({ kind: { case: 'requestToGrabBill', value: grab } })).toBe('ok');
    const kinds = (await stored('messages')).map(({ kind }) => kind);
    expect(kinds).toEqual([
      'requestToReceiveBill',
      'codeScanned',
      'clientRejectedPayment',
      'requestToGrabBill',
    ]);
    const at = made().clock.ms / 1000;
    expect(await stored('requests')).toMatchObject([{ scannedAt: at, rejectedAt: at }]);
    expect(await stored('intents')).toMatchObject([{ state: 'awaiting_method' }]);
  });

  test('reject the payment of their own rendezvous only', async () => {
    const value = { intentId: key(7) };
    expect(await sent({ kind: { case: 'clientRejectedPayment', value } })).toBe(
      `InvalidArgument: intent id must be ${rendezvous.address}`,
    );
    await expectNothingStored();
  });

  test('are so many at one rendezvous and no more', async () => {
    const options = { messages_per_request_max: 2 };
    const scanned = { kind: { case: 'codeScanned', value: { timestamp } } } as const;
    expect(await sent(bill(), options)).toBe('ok');
    expect(await sent(scanned, options)).toBe('ok');
    expect(await sent(scanned, options)).toBe(
      'ResourceExhausted: at most 2 messages at a rendezvous are kept',
    );
    expect(await stored('messages')).toHaveLength(2);
  });
});
