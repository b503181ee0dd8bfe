import { Keypair } from '@code-wallet/keys';
import { describe, expect, test, vi } from 'vitest';
import { toBase58 } from '../../src/wire/code/base58.js';
import { intentKeys, nonceOf } from './keys.js';
import { askedBy, type IntentOptions } from './options.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const DESTINATION = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const payment: IntentOptions = {
  mode: 'payment',
  destination: DESTINATION,
  amount: 0.05,
  currency: 'usd',
  idempotencyKey: 'order-1',
};
const login = { domain: 'example.com', verifier: DESTINATION };

describe('the keys of an intent', () => {
  test.each<[string, IntentOptions, string, string]>([
    [
      '0.05 usd',
      payment,
      '028c050000000000000bafe22156d2698c143b86',
      'gT36whW8h6uWVf2azkwAnjMbVEnjja4qFNSdw93ukS2',
    ],
    [
      'the same with a fee',
      { ...payment, fees: [{ destination: toBase58(new Uint8Array(32)), basisPoints: 100 }] },
      '048c050000000000000bafe22156d2698c143b86',
      '7Psu2Kp36mJUVQd8LpzFc5pVyeaYVV6Cq876PASKi8Y6',
    ],
    [
      '10000 kin',
      { ...payment, amount: 10_000, currency: 'KIN' },
      '020040420f000000000bafe22156d2698c143b86',
      'HMok3Bdty7ia2sMfuQfYR8ARaYtgkDCBHiyVKatjcu1B',
    ],
    [
      'a login',
      { mode: 'login', login, idempotencyKey: 'login-1' },
      '0300000000000000009055b0b547c61f8ee25b0e',
      '2an6f8cXovGzMfiZm7EHs67YEUYKJdnmUwnvjQDPr7xs',
    ],
    [
      'a tip',
      { mode: 'tip', platform: { name: 'x', username: 'getcode' } },
      '0500000000676574636f64652e3456712f722b58',
      '6ayEKjPZgz9XCp5DyLK1LfwzrUvdGn29nKuiJMP4vXpL',
    ],
  ])('of %s are the published ones', async (_, options, payload, id) => {
    const keys = await intentKeys(options);
    expect(hex(keys.payload)).toBe(payload);
    expect(keys.id).toBe(id);
    expect(toBase58(keys.rendezvous.publicKey)).toBe(id);
  });

  test('are the same from the client secret as from what made it', async () => {
    const server = await intentKeys(payment);
    expect(server.clientSecret).toBe('3u6BsMecq8cofJM');
    const { idempotencyKey: _, ...rest } = payment;
    const page = await intentKeys({ ...rest, clientSecret: server.clientSecret });
    expect(page.id).toBe(server.id);
  });

  test('sign as the published package does', async () => {
    const { payload, rendezvous } = await intentKeys(payment);
    const { sha256 } = await import('../wallet/curve.js');
    const pair = Keypair.fromSeed(await sha256(payload));
    const data = new TextEncoder().encode('anything');
    expect(hex(await rendezvous.sign(data))).toBe(hex(pair.sign(data as never)));
  });

  test('differ each time where nothing says which intent it is', async () => {
    const { idempotencyKey: _, ...rest } = payment;
    const [one, other] = await Promise.all([intentKeys(rest), intentKeys(rest)]);
    expect(one.id).not.toBe(other.id);
    expect((await intentKeys({ ...rest, clientSecret: one.clientSecret })).id).toBe(one.id);
  });

  test('are not made on a page that came over plain HTTP', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    await expect(intentKeys(payment)).rejects.toThrow('not opened over https');
    vi.unstubAllGlobals();
  });

  test('begin with the published nonce', async () => {
    expect(hex(await nonceOf({ idempotencyKey: 'test_string' }))).toBe('4b641e9a923d1ea57e18fe');
    await expect(nonceOf({ clientSecret: '111' })).rejects.toThrow('invalid size');
  });
});

describe('options', () => {
  const without = (name: string) => ({ ...payment, [name]: undefined }) as IntentOptions;
  const asksLogin = (domain: string): IntentOptions => ({
    ...payment,
    login: { ...login, domain },
  });
  test.each<[string, IntentOptions]>([
    ['invalid mode', without('mode')],
    ['destination is required', without('destination')],
    ['amount is required', without('amount')],
    ['amount is required', { ...payment, amount: 0.001 }],
    ['amount is too large', { ...payment, amount: 1e15 }],
    ['currency is required', without('currency')],
    ['invalid currency', { ...payment, currency: 'xyz' }],
    ['invalid address', { ...payment, destination: '0OIl' }],
    ['invalid address', { ...payment, fees: [{ destination: 'x', basisPoints: 1 }] }],
    ['basis points', { ...payment, fees: [{ destination: DESTINATION, basisPoints: 0.5 }] }],
    ['from both clientSecret and idempotencyKey', { ...payment, clientSecret: 'x' }],
    ['login is required', { mode: 'login' }],
    ['login domain is required', asksLogin('')],
    ['login verifier is required', { ...payment, login: { ...login, verifier: '' } }],
    ['invalid login domain', asksLogin('exa mple')],
    ['login subdomains are not supported', asksLogin('shop.example.com')],
    ['login IP addresses are not supported', asksLogin('10.0.0.1')],
    ['login localhost is not supported', asksLogin('localhost')],
    // With a name before the colon, the text would be a URL of that scheme.
    ['login ports are not supported', asksLogin('1example:8080')],
    ['login expected domain name but received a path', asksLogin('https://example.com')],
    ['login expected domain name but received a path', asksLogin('example.com/a')],
    ['platform is required', { mode: 'tip' }],
    ['expected platform name', { mode: 'tip', platform: { name: '', username: 'a' } }],
    ['expected username', { mode: 'tip', platform: { name: 'x', username: '' } }],
  ])('are refused: %s (%#)', (text, options) => {
    expect(() => askedBy(options)).toThrow(text);
  });

  test('of a user name that no payload holds are refused', async () => {
    const platform = { name: 'x', username: 'more-than-fifteen' };
    await expect(intentKeys({ mode: 'tip', platform })).rejects.toThrow('invalid username');
  });
});
