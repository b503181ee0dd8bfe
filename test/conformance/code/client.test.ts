import { Client, loginIntents, paymentIntents } from '@code-wallet/client';
import {
  type ElementOptions,
  LoginRequestIntent,
  PaymentRequestIntent,
  type PaymentRequestOptions,
  PaymentRequestWithLoginIntent,
  TipRequestIntent,
} from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';
import { LoginToThirdPartyAppResponse_Result } from '@code-wallet/rpc';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { keysFromPhrase, newPhrase } from '../../../sdk/wallet/keys.js';
import { connect } from '../../../sdk/wallet/wallet.js';
import { DOMAIN, newAddress, newOrder, shop, VERIFIER } from './shop.js';
import { poll } from './wallet.js';

/** The unmodified client of the published packages against a running server. */

const made = shop();
const DESTINATION = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const ZEROS = '11111111111111111111111111111111';
const LOGIN = { domain: DOMAIN, verifier: VERIFIER.getPublicKey().toBase58() };

/** Options of a new payment; the types want a mode that the client sets by itself. */
function payment(over: ElementOptions = {}) {
  const options = {
    destination: newAddress(),
    amount: 0.05,
    currency: 'usd',
    idempotencyKey: newOrder(),
    ...over,
  };
  return { ...options, endpoint: made.endpoint } as ElementOptions &
    PaymentRequestOptions & { endpoint: string };
}

const create = (options: object) => paymentIntents.create(options as never);
const createLogin = (options: object) => loginIntents.create(options as never);
const statusOf = (intent: string) =>
  paymentIntents.getStatus({ intent, endpoint: made.endpoint } as never);

describe('creating a payment', () => {
  test.each([
    ['0.05 usd', { amount: 0.05 }, 'gT36whW8h6uWVf2azkwAnjMbVEnjja4qFNSdw93ukS2'],
    [
      '0.05 usd with a fee',
      { amount: 0.05, fees: [{ destination: ZEROS, basisPoints: 100 }] },
      '7Psu2Kp36mJUVQd8LpzFc5pVyeaYVV6Cq876PASKi8Y6',
    ],
    [
      '10000 kin',
      { amount: 10_000, currency: 'kin' },
      'HMok3Bdty7ia2sMfuQfYR8ARaYtgkDCBHiyVKatjcu1B',
    ],
  ] as const)('of %s has the published id', async (_, over, id) => {
    const options = payment({
      destination: DESTINATION,
      idempotencyKey: 'order-1',
      ...over,
    } as never);
    expect(await create(options)).toEqual({ clientSecret: '3u6BsMecq8cofJM', id });
    expect(await statusOf(id)).toMatchObject({ status: 'pending', exists: true });
  });

  test('again makes the same intent; with other terms it is refused', async () => {
    const options = payment();
    const first = await create(options);
    expect(await create(options)).toEqual(first);
    await expect(create({ ...options, destination: newAddress() })).rejects.toThrow(
      'Request failed with status code 400',
    );
  });

  test('at the same time from several places makes one intent', async () => {
    const options = payment({ webhook: { url: 'http://127.0.0.1:9/hook' } });
    const [first, ...others] = await Promise.all([1, 2, 3, 4, 5].map(() => create(options)));
    for (const other of others) expect(other).toEqual(first);
    const lying = await poll(new Client(made.endpoint), new PaymentRequestIntent(options));
    expect(lying).toHaveLength(1);
  });

  test('without an idempotency key makes another each time', async () => {
    const { idempotencyKey: _, ...options } = payment();
    const [one, other] = [await create(options), await create(options)];
    expect(one.id).not.toBe(other.id);
  });

  test('tells the caller of what is wrong', async () => {
    const tooMuch = payment({ amount: 300 });
    await expect(create(tooMuch)).rejects.toThrow('Request failed with status code 400');
    const unlisted = Keypair.generate();
    const login = { domain: DOMAIN, verifier: unlisted.getPublicKey().toBase58() };
    await expect(create(payment({ login, signers: [unlisted] }))).rejects.toThrow('code 403');
    const nowhere = { ...LOGIN, domain: 'nowhere.invalid' };
    await expect(create(payment({ login: nowhere, signers: [VERIFIER] }))).rejects.toThrow(
      'code 401',
    );
    const own = payment();
    const fees = [{ destination: own.destination, basisPoints: 100 }];
    await expect(create({ ...own, fees })).rejects.toThrow('code 400');
  });
});

describe('the status of a payment', () => {
  test('of which nobody has heard', async () => {
    expect(await statusOf(newAddress())).toEqual({
      status: 'pending',
      exists: false,
      codeScanned: false,
      intentSubmitted: false,
    });
  });

  test('follows it from the scan to the payment', async () => {
    const options = payment({ amount: 10 });
    const { id } = await create(options);
    const wallet = await made.wallet();
    const before = await wallet.balance();
    const scanned = new PaymentRequestIntent(options);
    const [request] = await wallet.scan(scanned);
    expect(request?.kind.case).toBe('requestToReceiveBill');
    expect(await statusOf(id)).toMatchObject({ status: 'pending', codeScanned: true });
    expect(await wallet.pay(scanned)).toBeNull();
    expect(await statusOf(id)).toEqual({
      status: 'confirmed',
      exists: true,
      codeScanned: true,
      intentSubmitted: true,
    });
    // 10 USD at 0.00001 USD a kin.
    const quarks = 100_000_000_000n;
    expect(await made.held(options.destination)).toBe(quarks);
    expect(before - (await wallet.balance())).toBe(quarks);
    expect(await wallet.pay(scanned)).toContain('intent already exists');
    await expect(create(options)).rejects.toThrow('code 400');
  });

  test('stays pending where the wallet says no', async () => {
    const options = payment();
    const { id } = await create(options);
    const wallet = await made.wallet();
    await wallet.reject(new PaymentRequestIntent(options));
    expect(await statusOf(id)).toMatchObject({ status: 'pending', exists: true });
  });
});

describe('a payment', () => {
  test('is split exactly between its destination and the takers of fees', async () => {
    const takers = [newAddress(), newAddress()];
    const fees = takers.map((destination, i) => ({ destination, basisPoints: 333 * (i + 1) }));
    const options = payment({ amount: 0.07, fees });
    await create(options);
    const wallet = await made.wallet();
    expect(await wallet.pay(new PaymentRequestIntent(options))).toBeNull();
    // 0.07 USD are 700,000,000 quarks; 3.33 % and 6.66 % of that.
    expect(await made.held(takers[0] ?? '')).toBe(23_310_000n);
    expect(await made.held(takers[1] ?? '')).toBe(46_620_000n);
    expect(await made.held(options.destination)).toBe(630_070_000n);
  });

  test('in kin moves what was asked for, which is whole kin', async () => {
    const fractional = payment({ amount: 54_321.6789, currency: 'kin' });
    await expect(create(fractional)).rejects.toThrow('Request failed with status code 400');
    const options = payment({ amount: 54_321, currency: 'kin' });
    await create(options);
    const wallet = await made.wallet();
    expect(await wallet.pay(new PaymentRequestIntent(options))).toBeNull();
    expect(await made.held(options.destination)).toBe(5_432_100_000n);
  });

  test('reaches the user of a platform as a tip, by a published code', async () => {
    const platform = { name: 'x', username: 'getcode' } as const;
    const scanned = new TipRequestIntent({ mode: 'tip', platform });
    expect(scanned.getIntentId()).toBe('6ayEKjPZgz9XCp5DyLK1LfwzrUvdGn29nKuiJMP4vXpL');
    const address = newAddress();
    const answer = await fetch(`${made.tender.url}/admin/code/tip_users/x/getcode`, {
      method: 'PUT',
      headers: { authorization: 'Bearer sk_test_tender', 'content-type': 'application/json' },
      body: JSON.stringify({ address, name: 'Code' }),
    });
    expect(answer.status).toBe(200);
    const keys = await keysFromPhrase(newPhrase());
    const wallet = connect({ url: made.tender.url, keys, WebSocket: WebSocket as never });
    await wallet.faucet();
    const offer = await wallet.read(scanned.rendezvousPayload.toBinary());
    expect(offer).toMatchObject({ kind: 'tip', username: 'getcode', destination: address });
    await wallet.tip('getcode', 1000, 'kin');
    expect(await made.held(address)).toBe(100_000_000n);
  });
});

describe('a login', () => {
  const login = () => ({
    login: LOGIN,
    signers: [VERIFIER],
    idempotencyKey: newOrder(),
    endpoint: made.endpoint,
  });
  const userOf = (intent: string, verifier = VERIFIER) =>
    loginIntents.getUserId({ intent, verifier, endpoint: made.endpoint } as never);

  test('with the published key has the published id', () => {
    const options = { mode: 'login', login: LOGIN, idempotencyKey: 'login-1' } as never;
    expect(new LoginRequestIntent(options).getIntentId()).toBe(
      '2an6f8cXovGzMfiZm7EHs67YEUYKJdnmUwnvjQDPr7xs',
    );
  });

  test('tells the domain, and nobody else, who the user is', async () => {
    const options = login();
    const { id } = await createLogin(options);
    expect(await userOf(id)).toEqual({ userId: undefined });
    const wallet = await made.wallet();
    const user = await wallet.establish(DOMAIN);
    const scanned = new LoginRequestIntent({ mode: 'login', ...options } as never);
    const { OK, DIFFERENT_LOGIN_EXISTS } = LoginToThirdPartyAppResponse_Result;
    expect(await wallet.login(scanned, user)).toBe(OK);
    expect(await wallet.login(scanned, user)).toBe(OK);
    expect(await statusOf(id)).toMatchObject({ status: 'confirmed' });
    expect(await userOf(id)).toEqual({ userId: user.getPublicKey().toBase58() });
    await expect(userOf(id, Keypair.generate())).rejects.toThrow(/code 40[13]/);
    const other = await (await made.wallet()).establish(DOMAIN);
    expect(await wallet.login(scanned, other)).toBe(DIFFERENT_LOGIN_EXISTS);
  });

  test('may come with a payment', async () => {
    const options = payment({ login: LOGIN, signers: [VERIFIER] });
    const { id } = await create(options);
    const wallet = await made.wallet();
    const user = await wallet.establish(DOMAIN);
    expect(await wallet.pay(new PaymentRequestWithLoginIntent(options as never))).toBeNull();
    expect(await userOf(id)).toEqual({ userId: user.getPublicKey().toBase58() });
  });

  test('by a key that the domain does not list is refused', async () => {
    const other = Keypair.generate();
    const options = { ...login(), signers: [other] };
    options.login = { ...LOGIN, verifier: other.getPublicKey().toBase58() };
    await expect(createLogin(options)).rejects.toThrow('code 403');
  });
});
