import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Keypair } from '@code-wallet/keys';
import { describe, expect, test } from 'vitest';
import { fromBase58, toBase58 } from '../../../src/wire/code/base58.js';
import {
  RequestSchema,
  Response_Result,
  ResponseSchema,
} from '../../../src/wire/code/proto/code/common/v1/common_pb.js';
import {
  SendMessageRequestSchema,
  SendMessageResponse_Result,
  SendMessageResponseSchema,
} from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  GetStatusResponseSchema,
  RegisterWebhookRequestSchema,
  RegisterWebhookResponse_Result,
  RegisterWebhookResponseSchema,
} from '../../../src/wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import {
  GetLoginForThirdPartyAppRequestSchema,
  GetLoginForThirdPartyAppResponse_Result,
  GetLoginForThirdPartyAppResponseSchema,
} from '../../../src/wire/code/proto/code/user/v1/user_pb.js';
import { webCurve } from '../../wallet/curve.js';
import { makeCode } from './code.js';
import { CodeError } from './errors.js';
import { signerOfSeed } from './signers.js';

const DESTINATION = 'E8otxw1CVX9bfyddKu3ZB3BVLa4VVF9J7CTPdnUwT9jR';
const PAYMENT = { destination: DESTINATION, amount: 0.05, currency: 'usd' };
const ID = 'gT36whW8h6uWVf2azkwAnjMbVEnjja4qFNSdw93ukS2';
const SEED = new Uint8Array(32).fill(7);

/** A sequencer that answers as it is told, with what it was asked. */
function sequencer(answers: Record<string, Uint8Array | { status: number; text: string }>) {
  const asked: { url: string; method: string; body: Uint8Array }[] = [];
  const own: typeof fetch = async (url, init) => {
    const { service, method, body } = fromBinary(
      RequestSchema,
      new Uint8Array(init?.body as unknown as ArrayBuffer),
    );
    asked.push({ url: String(url), method: `${service}.${method}`, body });
    const answer = answers[method] ?? { status: 501, text: '[unimplemented] no' };
    const isError = !(answer instanceof Uint8Array);
    const response = create(ResponseSchema, {
      result: isError ? Response_Result.ERROR : Response_Result.OK,
      ...(isError ? { message: answer.text } : { body: answer }),
    });
    const status = isError ? answer.status : 200;
    return new Response(new Uint8Array(toBinary(ResponseSchema, response)), { status });
  };
  return { asked, code: makeCode({ endpoint: 'https://pay.example/v1/', fetch: own }) };
}

const sent = toBinary(
  SendMessageResponseSchema,
  create(SendMessageResponseSchema, { result: SendMessageResponse_Result.OK }),
);
const registered = (result: RegisterWebhookResponse_Result): Uint8Array =>
  toBinary(RegisterWebhookResponseSchema, create(RegisterWebhookResponseSchema, { result }));
const login = (result: GetLoginForThirdPartyAppResponse_Result, user?: string): Uint8Array =>
  toBinary(
    GetLoginForThirdPartyAppResponseSchema,
    create(GetLoginForThirdPartyAppResponseSchema, {
      result,
      ...(user === undefined ? {} : { userId: { value: fromBase58(user, 32) ?? SEED } }),
    }),
  );

describe('creating an intent', () => {
  test('sends one signed message and answers with what the page needs', async () => {
    const { asked, code } = sequencer({ sendMessage: sent });
    const made = await code.paymentIntents.create({ ...PAYMENT, idempotencyKey: 'order-1' });
    expect(made).toEqual({ clientSecret: '3u6BsMecq8cofJM', id: ID });
    expect(asked.map(({ url, method }) => [url, method])).toEqual([
      ['https://pay.example/v1/api/', 'Messaging.sendMessage'],
    ]);
    const request = fromBinary(SendMessageRequestSchema, asked[0]?.body ?? SEED);
    expect(toBase58(request.rendezvousKey?.value ?? SEED)).toBe(ID);
    expect(request.message?.kind.case).toBe('requestToReceiveBill');
  });

  test('registers its webhook', async () => {
    const { OK, INVALID_URL } = RegisterWebhookResponse_Result;
    const options = { ...PAYMENT, idempotencyKey: 'order-1', webhook: { url: 'https://a.b/' } };
    const good = sequencer({ sendMessage: sent, registerWebhook: registered(OK) });
    await good.code.paymentIntents.create(options);
    const request = fromBinary(RegisterWebhookRequestSchema, good.asked[1]?.body ?? SEED);
    expect(request.url).toBe('https://a.b/');
    expect(toBase58(request.intentId?.value ?? SEED)).toBe(ID);
    const bad = sequencer({ sendMessage: sent, registerWebhook: registered(INVALID_URL) });
    await expect(bad.code.paymentIntents.create(options)).rejects.toMatchObject({
      code: 'invalid_url',
      message: 'Unable to register webhook: invalid_url',
    });
  });

  test.each([
    ['invalid_argument', 400, 'usd currency has a maximum amount of 5.00'],
    ['unauthenticated', 401, ''],
  ])('throws what the sequencer says: %s', async (code, status, text) => {
    const made = sequencer({ sendMessage: { status, text: `[${code}] ${text}` } });
    await expect(made.code.paymentIntents.create(PAYMENT)).rejects.toMatchObject({
      name: 'CodeError',
      code,
      status,
      message: text || code,
    });
  });

  test('throws what an old sequencer says with status 200', async () => {
    const made = sequencer({ sendMessage: { status: 200, text: '[internal] no' } });
    await expect(made.code.paymentIntents.create(PAYMENT)).rejects.toThrow(CodeError);
  });

  test('throws where the options are wrong, and asks nobody', async () => {
    const { asked, code } = sequencer({});
    await expect(code.paymentIntents.create({ ...PAYMENT, amount: 0 })).rejects.toThrow('amount');
    await expect(makeCode().paymentIntents.create(PAYMENT)).rejects.toThrow('endpoint is required');
    const asks = { domain: 'example.com', verifier: DESTINATION };
    await expect(code.loginIntents.create({ login: asks })).rejects.toThrow('verifier');
    await expect(
      code.paymentIntents.create({ ...PAYMENT, login: asks, signers: [await signerOfSeed(SEED)] }),
    ).rejects.toThrow('login verifier is required');
    expect(asked).toEqual([]);
  });

  test('throws where there is no sequencer, or something else', async () => {
    const offline = makeCode({
      endpoint: 'https://pay.example/v1',
      fetch: () => Promise.reject(new TypeError('fetch failed')),
    });
    await expect(offline.paymentIntents.create(PAYMENT)).rejects.toMatchObject({
      code: 'unreachable',
      status: null,
    });
    const page = makeCode({
      endpoint: 'https://pay.example/v1',
      fetch: async () => new Response('<html>', { status: 404 }),
    });
    await expect(page.paymentIntents.getStatus({ intent: ID })).rejects.toMatchObject({
      code: 'protocol',
      status: 404,
    });
  });
});

describe('asking about an intent', () => {
  test('answers how far it is', async () => {
    const status = { exists: true, codeScanned: true, intentSubmitted: true };
    const getStatus = toBinary(GetStatusResponseSchema, create(GetStatusResponseSchema, status));
    const { code } = sequencer({ getStatus });
    const answer = { status: 'confirmed', ...status };
    expect(await code.paymentIntents.getStatus({ intent: ID })).toEqual(answer);
    await expect(code.paymentIntents.getStatus({ intent: 'x' })).rejects.toThrow('invalid intent');
  });

  test('answers who has logged in, to the verifier', async () => {
    const { OK, NO_USER_LOGGED_IN, LOGIN_NOT_SUPPORTED } = GetLoginForThirdPartyAppResponse_Result;
    const ours = await makeCode().signerOf(toBase58(SEED));
    const theirs = Keypair.fromSeed(SEED);
    const bodies: Uint8Array[] = [];
    for (const verifier of [ours, theirs]) {
      const made = sequencer({ getLoginForThirdPartyApp: login(OK, DESTINATION) });
      const query = { intent: ID, verifier };
      expect(await made.code.loginIntents.getUserId(query)).toEqual({ userId: DESTINATION });
      bodies.push(made.asked[0]?.body ?? SEED);
    }
    expect(bodies[0]).toEqual(bodies[1]);
    const request = fromBinary(GetLoginForThirdPartyAppRequestSchema, bodies[0] ?? SEED);
    const { signature, ...unsigned } = request;
    const bytes = toBinary(GetLoginForThirdPartyAppRequestSchema, unsigned);
    expect(await webCurve.verify(ours.publicKey, bytes, signature?.value ?? SEED)).toBe(true);

    const query = { intent: ID, verifier: ours };
    const nobody = sequencer({ getLoginForThirdPartyApp: login(NO_USER_LOGGED_IN) });
    expect(await nobody.code.loginIntents.getUserId(query)).toEqual({ userId: undefined });
    const payment = sequencer({ getLoginForThirdPartyApp: login(LOGIN_NOT_SUPPORTED) });
    await expect(payment.code.loginIntents.getUserId(query)).rejects.toMatchObject({
      code: 'login_not_supported',
    });
  });
});
