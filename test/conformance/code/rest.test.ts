import { Client } from '@code-wallet/client';
import { type ElementOptions, PaymentRequestIntent } from '@code-wallet/intents';
import { Keypair } from '@code-wallet/keys';
import { describe, expect, test } from 'vitest';
import { toBase58 } from '../../../src/wire/code/base58.js';
import { newAddress, newOrder, shop } from './shop.js';
import { poll, signatureOf } from './wallet.js';

/** The JSON interface, spoken as the published Python, PHP and Go clients speak it. */

const made = shop();

interface Body {
  intent?: unknown;
  message?: unknown;
  signature?: unknown;
  webhook?: unknown;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

function payment(over: ElementOptions = {}): PaymentRequestIntent {
  return new PaymentRequestIntent({
    destination: newAddress(),
    amount: 0.05,
    currency: 'usd',
    idempotencyKey: newOrder(),
    ...over,
  } as never);
}

/** What the clients send: the inner message, and no webhook as null. */
function bodyOf(intent: PaymentRequestIntent): Body {
  const { signedBytes, signature, intent: id } = intent.sign();
  const message = base64url(signedBytes as Uint8Array);
  return { intent: id, message, signature: toBase58(signature), webhook: null };
}

async function post(body: unknown, method = 'POST') {
  const answer = await fetch(`${made.endpoint}/createIntent`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

async function statusOf(query: string) {
  const answer = await fetch(`${made.endpoint}/getStatus${query}`);
  return { status: answer.status, body: await answer.json() };
}

const SUCCESS = { status: 200, body: { success: true } };
const failure = (status: number, error: string) => ({ status, body: { success: false, error } });

describe('createIntent', () => {
  test('takes the inner message, again and again', async () => {
    const body = bodyOf(payment());
    expect(await post(body)).toEqual(SUCCESS);
    expect(await post(body)).toEqual(SUCCESS);
    const { webhook: _, ...asJavaScript } = bodyOf(payment());
    expect(await post(asJavaScript)).toEqual(SUCCESS);
  });

  test('registers a webhook; the same one again is well', async () => {
    const body = { ...bodyOf(payment()), webhook: 'http://127.0.0.1:9/hook' };
    expect(await post(body)).toEqual(SUCCESS);
    expect(await post(body)).toEqual(SUCCESS);
  });

  test.each([
    [{ intent: 'x' }, 'intent is not a public key'],
    [{ signature: 'x' }, 'signature is invalid'],
    [{ message: '*' }, 'message not valid base64'],
    [
      { message: base64url(Buffer.from([0xff, 0xff])) },
      'message bytes is not a RequestToReceiveBill',
    ],
    [{ webhook: 'http://192.0.2.1/' }, 'url scheme must be https'],
    [{ webhook: 'ftp://127.0.0.1/' }, 'url scheme must be https'],
  ])('refuses %j', async (over, error) => {
    expect(await post({ ...bodyOf(payment()), ...over })).toEqual(failure(400, error));
  });

  test('refuses what is no JSON, and other verbs', async () => {
    expect(await post('{')).toMatchObject({ status: 400, body: { success: false } });
    expect(await post(null, 'GET')).toEqual(failure(400, 'http post expected'));
  });

  test('says what is wrong with a request in the published words', async () => {
    expect(await post(bodyOf(payment({ amount: 251 })))).toEqual(
      failure(
        400,
        'rpc error: code = InvalidArgument desc = usd currency has a maximum amount of 250.00',
      ),
    );
    const forged = { ...bodyOf(payment()), signature: toBase58(new Uint8Array(64).fill(1)) };
    expect(await post(forged)).toEqual(failure(401, 'authentication failed'));
  });
});

describe('getStatus', () => {
  test('goes from UNKNOWN over PENDING to SUBMITTED', async () => {
    const intent = payment();
    const query = `?intent=${intent.getIntentId()}`;
    const says = (status: string) => ({ status: 200, body: { success: true, status } });
    expect(await statusOf(query)).toEqual(says('UNKNOWN'));
    await post(bodyOf(intent));
    expect(await statusOf(query)).toEqual(says('PENDING'));
    expect(await (await made.wallet()).pay(intent)).toBeNull();
    expect(await statusOf(query)).toEqual(says('SUBMITTED'));
  });

  test('needs an intent', async () => {
    expect(await statusOf('')).toEqual(failure(400, 'intent query parameter missing'));
    expect(await statusOf('?intent=x')).toEqual(failure(400, 'intent id is not a public key'));
  });
});

describe('the bytes of the documents’ example', () => {
  // Written out there one by one: 10 USD to the account of 32 zero bytes.
  const OUTER = Buffer.from(
    `2a340a220a20${'00'.repeat(32)}1a0e0a03757364110000000000002440`,
    'hex',
  );
  const INNER = OUTER.subarray(2);

  test.each([
    ['inner', INNER],
    ['outer', OUTER],
  ])('are taken in their %s form, and say what the documents say', async (_, bytes) => {
    const pair = Keypair.generate();
    const answer = await post({
      intent: pair.getPublicKey().toBase58(),
      message: base64url(bytes),
      signature: toBase58(signatureOf(pair, OUTER)),
      webhook: null,
    });
    expect(answer).toEqual(SUCCESS);
    const scanned = {
      rendezvousKeypair: pair,
      getIntentId: () => pair.getPublicKey().toBase58(),
    };
    const [message] = await poll(new Client(made.endpoint), scanned);
    expect(message?.kind).toMatchObject({
      case: 'requestToReceiveBill',
      value: {
        requestorAccount: { value: new Uint8Array(32) },
        exchangeData: { case: 'partial', value: { currency: 'usd', nativeAmount: 10 } },
      },
    });
    expect(message?.sendMessageRequestSignature?.value).toEqual(signatureOf(pair, OUTER));
  });
});
