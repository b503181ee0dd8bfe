import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { cancelIntent } from '../../../src/engine/intents.js';
import { putTipUser } from '../../../src/engine/tip-users.js';
import { openRelationship } from '../../../src/engine/wallets.js';
import {
  MessageSchema,
  RequestToLoginSchema,
  RequestToReceiveBillSchema,
} from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  GetLoginForThirdPartyAppResponse_Result as Found,
  GetLoginForThirdPartyAppRequestSchema,
  GetTwitterUserRequestSchema,
  GetTwitterUserResponse_Result,
  LoginToThirdPartyAppRequestSchema,
  LoginToThirdPartyAppResponse_Result as Result,
} from '../../../src/wire/code/proto/code/user/v1/user_pb.js';
import { contextOf, messageBytes, sendBytes, tenDollars } from '../../support/code-services.js';
import { ACCOUNT, run } from '../../support/payments.js';
import { answerTo, fund, keyOf, signedBy, submit, type TestKey } from '../../support/wallets.js';
import { bill, endOf, key, openDesk } from './request-desk.js';

const { made, services, stored, sent } = openDesk();

const rendezvous = tenDollars('1234');
const [verifier, user, payer, till] = ['verifier', 'user', 'payer', 'till'].map(keyOf) as [
  TestKey,
  TestKey,
  TestKey,
  TestKey,
];
const domainKeys = { 'a.com': verifier.address };
const options = { domainKeys };

/** Asks for a login by a domain's key. */
async function askForLogin(): Promise<void> {
  const unsigned = {
    domain: { value: 'a.com' },
    verifier: { value: verifier.bytes },
    rendezvousKey: { value: rendezvous.bytes },
  };
  const bytes = toBinary(RequestToLoginSchema, create(RequestToLoginSchema, unsigned));
  const value = { ...unsigned, signature: { value: verifier.sign(bytes) } };
  expect(await sent({ kind: { case: 'requestToLogin', value } }, options)).toBe('ok');
}

/** Asks for a payment and a login. */
async function askForBoth(): Promise<void> {
  const { value } = bill({
    requestorAccount: { value: till.bytes },
    domain: { value: 'a.com' },
    verifier: { value: verifier.bytes },
    rendezvousKey: { value: rendezvous.bytes },
  }).kind;
  const schema = RequestToReceiveBillSchema;
  const signature = { value: verifier.sign(toBinary(schema, create(schema, value))) };
  expect(await sent(bill({ ...value, signature }), options)).toBe('ok');
}

/** Logs in as a wallet does. */
async function logIn(
  as: TestKey,
  over: MessageInitShape<typeof LoginToThirdPartyAppRequestSchema> = {},
) {
  const schema = LoginToThirdPartyAppRequestSchema;
  const unsigned = { intentId: { value: rendezvous.bytes }, userId: { value: as.bytes } };
  const signature = { value: as.sign(toBinary(schema, create(schema, unsigned))) };
  const request = create(schema, { ...unsigned, signature, ...over } as typeof unsigned);
  const { identity } = services(options);
  return identity.loginToThirdPartyApp?.(request, contextOf(toBinary(schema, request)));
}

/** Asks who has logged in, as a shop does. */
async function whoIs(
  by: TestKey = verifier,
  signer: TestKey = by,
  received: 'as it came' | 'decoded' = 'as it came',
) {
  const schema = GetLoginForThirdPartyAppRequestSchema;
  const unsigned = { intentId: { value: rendezvous.bytes }, verifier: { value: by.bytes } };
  const signature = { value: signer.sign(toBinary(schema, create(schema, unsigned))) };
  const request = create(schema, { ...unsigned, signature });
  const bytes = received === 'decoded' ? null : toBinary(schema, request);
  return services(options).identity.getLoginForThirdPartyApp?.(request, contextOf(bytes));
}

const status = async () => {
  const { getStatus } = services().microPayment;
  return getStatus?.({ intentId: { value: rendezvous.bytes } } as never, contextOf(null));
};

describe('a login', () => {
  test('is by a key of the wallet’s for the domain, and told without it', async () => {
    await askForLogin();
    expect(await whoIs()).toEqual({ result: Found.NO_USER_LOGGED_IN });
    expect(await logIn(user)).toEqual({ result: Result.OK });
    expect(await whoIs()).toEqual({
      result: Found.OK,
      userId: { value: Uint8Array.from(user.bytes) },
    });
    expect(await logIn(user)).toEqual({ result: Result.OK });
    expect(await logIn(payer)).toEqual({ result: Result.DIFFERENT_LOGIN_EXISTS });
    const [, told, ...others] = await stored('messages');
    expect(others).toEqual([]);
    const intentSubmitted = { intentId: { value: rendezvous.bytes } };
    const message = create(MessageSchema, {
      kind: { case: 'intentSubmitted', value: intentSubmitted },
    });
    const body = Buffer.from(toBinary(MessageSchema, message)).toString('base64');
    expect(told).toMatchObject({ kind: 'intentSubmitted', body, signature: null });
  });

  test('ends what may be asked for at its rendezvous', async () => {
    await askForLogin();
    await logIn(user);
    expect(await sent(bill())).toBe('InvalidArgument: client submitted intent');
  });

  test('needs the key’s own signature', async () => {
    await askForLogin();
    const forged = { signature: { value: new Uint8Array(64).fill(1) } };
    expect(await endOf(logIn(user, forged))).toBe('Unauthenticated: ');
    const other = { userId: { value: payer.bytes } };
    expect(await endOf(logIn(user, other))).toBe('Unauthenticated: ');
    expect(await endOf(logIn(user, { signature: { value: new Uint8Array(3) } }))).toMatch(
      /^InvalidArgument: invalid LoginToThirdPartyAppRequest.Signature/,
    );
    expect(await whoIs()).toEqual({ result: Found.NO_USER_LOGGED_IN });
  });

  test('ends by each of the published results', async () => {
    expect(await logIn(user)).toEqual({ result: Result.REQUEST_NOT_FOUND });
    expect(await whoIs()).toEqual({ result: Found.REQUEST_NOT_FOUND });
    await askForBoth();
    expect(await logIn(user)).toEqual({ result: Result.PAYMENT_REQUIRED });
    expect(await whoIs()).toEqual({ result: Found.NO_USER_LOGGED_IN });
  });

  test('is not possible where no domain is proven', async () => {
    expect(await sent(bill({ domain: { value: 'a.com' } }))).toBe('ok');
    expect(await logIn(user)).toEqual({ result: Result.LOGIN_NOT_SUPPORTED });
    expect(await whoIs()).toEqual({ result: Found.LOGIN_NOT_SUPPORTED });
  });

  test('is refused to a wallet that is another domain’s, or no domain’s', async () => {
    await askForLogin();
    const about = { domain: 'b.com', address: user.address };
    await run(made().engine, openRelationship(signedBy(payer, 'id'), about));
    expect(await logIn(user)).toEqual({ result: Result.INVALID_ACCOUNT });
    await fund(made().engine, payer, 1n);
    expect(await logIn(payer)).toEqual({ result: Result.INVALID_ACCOUNT });
  });

  test('is refused to the domain’s own key, which signs its question alike', async () => {
    await askForLogin();
    expect(await logIn(verifier)).toEqual({ result: Result.INVALID_ACCOUNT });
    expect(await whoIs()).toEqual({ result: Found.NO_USER_LOGGED_IN });
    expect(await logIn(user)).toEqual({ result: Result.OK });
  });

  test('by a new key leaves the wallet to whoever owns it', async () => {
    await askForLogin();
    await logIn(user);
    const about = { domain: 'a.com', address: user.address };
    const opened = await run(made().engine, openRelationship(signedBy(payer, 'id'), about));
    expect(opened).toMatchObject({ owner: payer.address, domain: 'a.com' });
    expect(await logIn(user)).toEqual({ result: Result.OK });
  });
});

describe('who has logged in', () => {
  test('is told to a signature of the domain’s key alone', async () => {
    await askForLogin();
    await logIn(user);
    expect(await endOf(whoIs(verifier, payer) as Promise<unknown>)).toBe('Unauthenticated: ');
    expect(await endOf(whoIs(payer) as Promise<unknown>)).toBe(
      `Unauthenticated: ${payer.address} does not own the domain for the login`,
    );
    expect(await whoIs(verifier, verifier, 'decoded')).toMatchObject({ result: Found.OK });
  });

  test('is whom the domain knows, of one who has paid', async () => {
    await askForBoth();
    const { engine } = made();
    await fund(engine, payer, 100_000_000_000n);
    const about = { domain: 'a.com', address: user.address };
    await run(engine, openRelationship(signedBy(payer, 'id'), about));
    const quarks = 100_000_000_000n;
    await submit(engine, answerTo(rendezvous.address, payer, till, { nativeAmount: 10, quarks }));
    expect(await whoIs()).toEqual({
      result: Found.OK,
      userId: { value: Uint8Array.from(user.bytes) },
    });
    expect(await sent(bill())).toBe('InvalidArgument: client submitted intent');
  });
});

describe('the status', () => {
  const nothing = {
    exists: false,
    codeScanned: false,
    intentSubmitted: false,
    requestOver: false,
  };

  test('goes from unknown over pending to submitted', async () => {
    expect(await status()).toEqual(nothing);
    expect(await sent(bill({ requestorAccount: { value: till.bytes } }))).toBe('ok');
    expect(await status()).toEqual({ ...nothing, exists: true });
    const timestamp = { seconds: 1n };
    expect(await sent({ kind: { case: 'codeScanned', value: { timestamp } } })).toBe('ok');
    expect(await status()).toEqual({ ...nothing, exists: true, codeScanned: true });
    const { engine } = made();
    await fund(engine, payer, 100_000_000_000n);
    const quarks = 100_000_000_000n;
    await submit(engine, answerTo(rendezvous.address, payer, till, { nativeAmount: 10, quarks }));
    expect(await status()).toEqual({
      ...nothing,
      exists: true,
      codeScanned: true,
      intentSubmitted: true,
    });
  });

  test('of a canceled request stays pending, and is over', async () => {
    expect(await sent(bill())).toBe('ok');
    const [intent] = await stored('intents');
    await run(made().engine, cancelIntent(ACCOUNT, intent?.id ?? '', null));
    expect(await status()).toEqual({ ...nothing, exists: true, requestOver: true });
  });

  test('of a login is submitted once somebody has logged in', async () => {
    await askForLogin();
    expect(await status()).toEqual({ ...nothing, exists: true });
    await logIn(user);
    expect(await status()).toEqual({ ...nothing, exists: true, intentSubmitted: true });
  });

  test('is asked for with an id of 32 bytes', async () => {
    const { getStatus } = services().microPayment;
    const asked = getStatus?.({ intentId: { value: new Uint8Array(3) } } as never, contextOf(null));
    expect(await endOf(asked as Promise<unknown>)).toMatch(
      /^InvalidArgument: invalid GetStatusRequest.IntentId/,
    );
  });
});

test('a tipped user is found by name, in any case, and by address', async () => {
  const address = till.address;
  await run(made().engine, putTipUser('x/getcode', { address, name: 'Code' }));
  const find = async (query: MessageInitShape<typeof GetTwitterUserRequestSchema>['query']) => {
    const request = create(GetTwitterUserRequestSchema, query === undefined ? {} : { query });
    return services().identity.getTwitterUser?.(request, contextOf(null));
  };
  const found = {
    result: GetTwitterUserResponse_Result.OK,
    twitterUser: { username: 'getcode', name: 'Code' },
  };
  expect(await find({ case: 'username', value: 'GetCode' })).toMatchObject(found);
  expect(await find({ case: 'tipAddress', value: { value: till.bytes } })).toMatchObject(found);
  const nobody = { result: GetTwitterUserResponse_Result.NOT_FOUND };
  expect(await find({ case: 'username', value: 'nobody' })).toEqual(nobody);
  expect(await find({ case: 'tipAddress', value: key(7) })).toEqual(nobody);
  expect(await endOf(find(undefined))).toBe('InvalidArgument: req.query must be set');
});

test('messages are kept as they were signed', async () => {
  const bytes = messageBytes(bill());
  await services().send(sendBytes(rendezvous, bytes));
  const [message] = await stored('messages');
  const kept = Buffer.from(message?.body ?? '', 'base64');
  const signature = Buffer.from(message?.signature ?? '', 'base64');
  expect(kept).toEqual(Buffer.from(bytes));
  expect(signature).toEqual(rendezvous.sign(kept));
});
