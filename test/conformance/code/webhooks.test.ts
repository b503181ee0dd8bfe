import { createPublicKey } from 'node:crypto';
import { loginIntents, paymentIntents, registerWebhook } from '@code-wallet/client';
import {
  type ElementOptions,
  LoginRequestIntent,
  PaymentRequestIntent,
  type PaymentRequestOptions,
} from '@code-wallet/intents';
import { PublicKey } from '@code-wallet/keys';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { makeCode } from '../../../sdk/code/server/code.js';
import { type JwtSink, openJwtSink } from '../../support/jwt-sink.js';
import { until } from '../../support/sink.js';
import { DOMAIN, newAddress, newOrder, shop, VERIFIER } from './shop.js';

/** Webhooks, registered by the unmodified client and read as the published example reads them. */

const made = shop();
const sinks: JwtSink[] = [];

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
});

async function sink(answer?: Parameters<typeof openJwtSink>[0]): Promise<JwtSink> {
  const opened = await openJwtSink(answer);
  sinks.push(opened);
  return opened;
}

function payment(url: string, over: ElementOptions = {}) {
  return {
    mode: 'payment',
    destination: newAddress(),
    amount: 0.05,
    currency: 'usd',
    idempotencyKey: newOrder(),
    endpoint: made.endpoint,
    webhook: { url },
    ...over,
  } as ElementOptions & PaymentRequestOptions & { webhook: { url: string } };
}

/** What the published example does with a body: the key as SPKI, EdDSA only. */
async function readAsPublished(jwt: string) {
  const answer = await fetch(`${made.endpoint}/code/publicKey`);
  const key = PublicKey.fromBase58(await answer.text()).toBuffer();
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return (await jwtVerify(jwt, publicKey, { algorithms: ['EdDSA'] })).payload;
}

describe('the webhook of a payment', () => {
  test('is posted once the payment is submitted, and the rendezvous hears of it', async () => {
    const { url, arrivals, arrived } = await sink();
    const taker = newAddress();
    const options = payment(url, { fees: [{ destination: taker, basisPoints: 1000 }] });
    const { id } = await paymentIntents.create(options as never);
    const wallet = await made.wallet();
    const scanned = new PaymentRequestIntent(options);
    expect(arrivals).toEqual([]);
    expect(await wallet.pay(scanned)).toBeNull();
    await arrived(1);
    const { headers, jwt = '' } = arrivals[0] ?? {};
    expect(headers).toMatchObject({ 'content-type': 'application/jwt' });
    const claims = await readAsPublished(jwt);
    const { iat, exp, jti, ...published } = claims;
    expect(published).toEqual({
      amount: 0.05,
      currency: 'USD',
      destination: options.destination,
      exchangeRate: 0.00001,
      fees: 50_000_000,
      intent: id,
      quarks: 500_000_000,
      state: 'SUBMITTED',
    });
    expect(jti).toBe(`${id}:submitted`);
    expect((exp ?? 0) - (iat ?? 0)).toBe(300);
    expect(decodeProtectedHeader(jwt)).toMatchObject({ alg: 'EdDSA', typ: 'JWT' });
    for (const path of ['/.well-known/jwks.json', '/v1/code/jwks.json']) {
      const keys = createRemoteJWKSet(new URL(path, made.tender.url));
      expect((await jwtVerify(jwt, keys)).payload).toEqual(claims);
    }
    expect(await makeCode({ endpoint: made.endpoint }).webhooks.verify(jwt)).toEqual(claims);
    await until(async () =>
      (await wallet.scan(scanned)).some(({ kind }) => kind.case === 'webhookCalled'),
    );
    expect(arrivals).toHaveLength(1);
  });

  test('names the user where the payment comes with a login', async () => {
    const { url, arrivals, arrived } = await sink();
    const login = { domain: DOMAIN, verifier: VERIFIER.getPublicKey().toBase58() };
    const options = payment(url, { login, signers: [VERIFIER] });
    await paymentIntents.create(options as never);
    const wallet = await made.wallet();
    const user = await wallet.establish(DOMAIN);
    expect(await wallet.pay(new PaymentRequestIntent(options))).toBeNull();
    await arrived(1);
    expect(await readAsPublished(arrivals[0]?.jwt ?? '')).toMatchObject({
      user: user.getPublicKey().toBase58(),
      state: 'SUBMITTED',
    });
  });

  test('is posted again until it is answered with 200', async () => {
    let status = 500;
    const { url, arrivals, arrived } = await sink((response) => {
      response.statusCode = status;
      response.end();
    });
    const options = payment(url);
    await paymentIntents.create(options as never);
    const wallet = await made.wallet();
    const scanned = new PaymentRequestIntent(options);
    expect(await wallet.pay(scanned)).toBeNull();
    await arrived(1);
    status = 200;
    await arrived(2);
    const [first, second] = await Promise.all(arrivals.map(({ jwt }) => readAsPublished(jwt)));
    expect(second?.jti).toBe(first?.jti);
  });
});

describe('the webhook of a login', () => {
  test('names the user and nothing else', async () => {
    const { url, arrivals, arrived } = await sink();
    const options = {
      mode: 'login',
      login: { domain: DOMAIN, verifier: VERIFIER.getPublicKey().toBase58() },
      signers: [VERIFIER],
      idempotencyKey: newOrder(),
      webhook: { url },
    } as const;
    const { id } = await loginIntents.create({ ...options, endpoint: made.endpoint } as never);
    const wallet = await made.wallet();
    const user = await wallet.establish(DOMAIN);
    await wallet.login(new LoginRequestIntent(options as never), user);
    await arrived(1);
    const { iat: _, exp: __, ...claims } = await readAsPublished(arrivals[0]?.jwt ?? '');
    expect(claims).toEqual({ user: user.getPublicKey().toBase58(), jti: `${id}:submitted` });
  });
});

describe('registering a webhook', () => {
  const register = (intent: string, url: string) =>
    registerWebhook({ intent, url, endpoint: made.endpoint } as never);

  test('with an intent may be sent again, another URL may not', async () => {
    const options = payment('https://127.0.0.1:9/hook');
    const first = await paymentIntents.create(options as never);
    expect(await paymentIntents.create(options as never)).toEqual(first);
    const other = { ...options, webhook: { url: 'https://127.0.0.1:9/other' } };
    await expect(paymentIntents.create(other as never)).rejects.toThrow(
      'Unable to register webhook: already_registered',
    );
  });

  test('is refused by the published results', async () => {
    const url = 'http://127.0.0.1:9/hook';
    expect(await register(newAddress(), url)).toMatchObject({ message: 'request_not_found' });
    expect(await register(newAddress(), 'ftp://127.0.0.1/')).toMatchObject({
      success: false,
      message: 'invalid_url',
    });
    const { webhook: _, ...options } = payment(url);
    const { id } = await paymentIntents.create(options as never);
    const wallet = await made.wallet();
    expect(await wallet.pay(new PaymentRequestIntent(options))).toBeNull();
    expect(await register(id, url)).toMatchObject({ message: 'intent_exists' });
  });
});

describe('the state of a webhook', () => {
  const admin = async (path: string, method = 'GET', key = 'sk_test_tender') => {
    const headers = { authorization: `Bearer ${key}` };
    const url = `${made.tender.url}/admin/code/webhooks/${path}`;
    const answer = await fetch(url, { method, headers });
    const body = (await answer.json()) as { submitted?: { state: string } };
    return { status: answer.status, body };
  };

  test('is shown to the merchant, who can have it called again', async () => {
    const { url, arrived } = await sink();
    const options = payment(url);
    const { id } = await paymentIntents.create(options as never);
    const waiting = { intent: id, url, submitted: { state: 'waiting', tries: [] }, settled: null };
    expect(await admin(id)).toEqual({ status: 200, body: waiting });
    expect(await admin(`${id}/redeliver`, 'POST')).toMatchObject({ status: 409 });
    const wallet = await made.wallet();
    expect(await wallet.pay(new PaymentRequestIntent(options))).toBeNull();
    await arrived(1);
    const tries = [{ at_ms: expect.any(Number), status: 200, error: null }];
    await until(async () => (await admin(id)).body.submitted?.state === 'delivered');
    expect((await admin(id)).body.submitted).toEqual({ state: 'delivered', tries });
    expect(await admin(`${id}/redeliver`, 'POST')).toMatchObject({
      status: 200,
      body: { submitted: { state: 'due' } },
    });
    await arrived(2);
  });

  test('is nobody else’s matter', async () => {
    const { id } = await paymentIntents.create(payment('http://127.0.0.1:9/hook') as never);
    for (const [path, method] of [
      [id, 'GET'],
      [`${id}/redeliver`, 'POST'],
    ] as const) {
      expect(await admin(path, method, 'sk_test_somebody')).toMatchObject({ status: 404 });
      expect(await admin(path, method, 'pk_test_tender')).toMatchObject({ status: 403 });
    }
    expect(await admin(newAddress())).toMatchObject({ status: 404 });
    expect(await admin(`${id}/other`, 'POST')).toMatchObject({ status: 404 });
    expect(await admin(id, 'DELETE')).toMatchObject({ status: 405 });
  });
});
