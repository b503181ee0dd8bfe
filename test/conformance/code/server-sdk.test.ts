import { PaymentRequestIntent } from '@code-wallet/intents';
import { describe, expect, test } from 'vitest';
import { makeCode } from '../../../sdk/code/server/code.js';
import { CodeError } from '../../../sdk/code/server/errors.js';
import { DOMAIN, newAddress, newOrder, shop, VERIFIER } from './shop.js';

/** The server SDK against a running server. */

const made = shop();
const code = () => makeCode({ endpoint: made.endpoint });
const payment = () => ({
  destination: newAddress(),
  amount: 0.05,
  currency: 'usd',
  idempotencyKey: newOrder(),
});

describe('the server SDK', () => {
  test('creates a payment and sees it confirmed', async () => {
    const options = payment();
    const { id, clientSecret } = await code().paymentIntents.create(options);
    expect(await code().paymentIntents.create(options)).toEqual({ id, clientSecret });
    expect(await code().paymentIntents.getStatus({ intent: id })).toMatchObject({
      status: 'pending',
      exists: true,
    });
    const { idempotencyKey: _, ...page } = options;
    const scanned = new PaymentRequestIntent({ ...page, clientSecret } as never);
    expect(scanned.getIntentId()).toBe(id);
    expect(await (await made.wallet()).pay(scanned)).toBeNull();
    const { status } = await code().paymentIntents.getStatus({ intent: id });
    expect(status).toBe('confirmed');
  });

  test('throws what the server says', async () => {
    const options = payment();
    await code().paymentIntents.create(options);
    const other = { ...options, destination: newAddress() };
    await expect(code().paymentIntents.create(other)).rejects.toMatchObject({
      code: 'invalid_argument',
      status: 400,
      message: 'destination mismatches original request',
    });
    const create = code().paymentIntents.create({ ...payment(), amount: 251 });
    await expect(create).rejects.toThrow('usd currency has a maximum amount of 250.00');
  });

  test('registers webhooks', async () => {
    const { id } = await code().paymentIntents.create(payment());
    const register = (url: string) => code().webhooks.register({ intent: id, url });
    await register('http://127.0.0.1:9/hook');
    await register('http://127.0.0.1:9/hook');
    await expect(register('http://127.0.0.1:9/other')).rejects.toMatchObject({
      code: 'already_registered',
    });
  });

  test('logs users in', async () => {
    const options = {
      login: { domain: DOMAIN, verifier: VERIFIER.getPublicKey().toBase58() },
      signers: [VERIFIER],
      idempotencyKey: newOrder(),
    };
    const { id } = await code().loginIntents.create(options);
    const ask = { intent: id, verifier: VERIFIER };
    expect(await code().loginIntents.getUserId(ask)).toEqual({ userId: undefined });
    const { id: paid } = await code().paymentIntents.create(payment());
    const noLogin = code().loginIntents.getUserId({ intent: paid, verifier: VERIFIER });
    await expect(noLogin).rejects.toThrow(CodeError);
  });
});
