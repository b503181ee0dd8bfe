import {
  LoginRequestIntent,
  PaymentRequestIntent,
  PaymentRequestWithLoginIntent,
} from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';
import { describe, expect, test } from 'vitest';
import { toBase58 } from '../../src/wire/code/base58.js';
import { intentKeys } from './keys.js';
import { loginRequest, paymentRequest } from './messages.js';
import type { IntentOptions } from './options.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const pair = Keypair.fromSeed(new Uint8Array(32).fill(7));
const verifier = {
  publicKey: pair.getPublicKey().toBuffer(),
  sign: async (data: Uint8Array) => pair.sign(data as never),
};
const login = { domain: 'example.com', verifier: pair.getPublicKey().toBase58() };
const base: IntentOptions = {
  mode: 'payment',
  destination: toBase58(new Uint8Array(32)),
  amount: 10,
  currency: 'usd',
  idempotencyKey: '1234',
};
const fees = [{ destination: login.verifier, basisPoints: 250 }];

describe('signed requests', () => {
  test('are byte for byte the one in the published documents', async () => {
    const keys = await intentKeys(base);
    const { message, inner, signature } = await paymentRequest(base, keys);
    const zeros = '00'.repeat(32);
    expect(keys.id).toBe('GHEXGTE2r1PartuDip4VhDz8b2RY4xqRTRtMCUEaEXXN');
    expect(hex(message)).toBe(`2a340a220a20${zeros}1a0e0a03757364110000000000002440`);
    expect(hex(message)).toBe(`2a34${hex(inner)}`);
    expect(hex(signature)).toMatch(/^6767c3f20942e23062b65eacff54a65d.*dacd150e$/);
  });

  test.each<[string, IntentOptions]>([
    ['of fiat', { ...base, amount: 0.29 }],
    ['of kin', { ...base, amount: 54_321.6789, currency: 'kin' }],
    ['with a fee', { ...base, fees }],
    ['with an empty list of fees', { ...base, fees: [] }],
  ])('%s are those of the published package', async (_, options) => {
    const theirs = new PaymentRequestIntent(options as never);
    const ours = await paymentRequest(options, await intentKeys(options));
    const request = await theirs.getSendMessageRequestProto();
    expect(hex(ours.sendMessageRequest)).toBe(hex(request.toBinary()));
    expect(hex(ours.inner)).toBe(hex(theirs.sign().signedBytes));
  });

  test('of a payment with a login are those of the published package', async () => {
    const options = { ...base, login, fees };
    const theirs = new PaymentRequestWithLoginIntent({ ...options, signers: [pair] } as never);
    const request = await theirs.getSendMessageRequestProto();
    const ours = await paymentRequest(options, await intentKeys(options), verifier);
    expect(hex(ours.sendMessageRequest)).toBe(hex(request.toBinary()));
  });

  test('of a login are those of the published package', async () => {
    const options: IntentOptions = { mode: 'login', login, idempotencyKey: 'login-1' };
    const theirs = new LoginRequestIntent({ ...options, signers: [pair] } as never);
    const request = await theirs.getSendMessageRequestProto();
    const ours = await loginRequest(options, await intentKeys(options), verifier);
    expect(hex(ours.sendMessageRequest)).toBe(hex(request.toBinary()));
  });

  test('are not made where nobody vouches for the domain', async () => {
    const options = { ...base, login };
    const keys = await intentKeys(options);
    await expect(paymentRequest(options, keys)).rejects.toThrow('login verifier is required');
    const other = { ...verifier, publicKey: new Uint8Array(32) };
    await expect(paymentRequest(options, keys, other)).rejects.toThrow('not the login verifier');
  });
});
