import { fromBase58, toBase58 } from '../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../src/wire/code/payload.js';
import {
  Identity,
  LoginToThirdPartyAppRequestSchema,
  LoginToThirdPartyAppResponse_Result as Result,
} from '../../src/wire/code/proto/code/user/v1/user_pb.js';
import { WalletError } from './errors.js';
import type { LoginOffer } from './offers.js';
import { baseDomain, establish } from './open.js';
import { signed } from './signed.js';
import type { Means } from './wallet.js';

/** Logs in to a verified domain; returns the id that it knows the wallet by. */
export async function login(means: Means, offer: LoginOffer): Promise<string> {
  const { domain } = offer.site;
  await establish(means, domain);
  const key = await means.keys.relationship(baseDomain(domain));
  const intentId = { value: fromBase58(offer.intent, KEY_BYTES) ?? new Uint8Array() };
  const request = await signed(
    LoginToThirdPartyAppRequestSchema,
    { intentId, userId: { value: key.publicKey } },
    key,
  );
  const { result } = await means.transport.call(Identity.method.loginToThirdPartyApp, request);
  if (result === Result.OK) return toBase58(key.publicKey);
  throw failureOf(result);
}

function failureOf(result: Result): WalletError {
  switch (result) {
    case Result.REQUEST_NOT_FOUND:
      return new WalletError('not_found', 'There is no request for this code. Show a new one.');
    case Result.PAYMENT_REQUIRED:
      return new WalletError('refused', 'This asks for a payment first.');
    case Result.DIFFERENT_LOGIN_EXISTS:
      return new WalletError('refused', 'Somebody else has logged in with this code.');
    case Result.LOGIN_NOT_SUPPORTED:
      return new WalletError('refused', 'This request does not ask to log in.');
    default:
      return new WalletError('refused', 'The server does not know this wallet for that domain.');
  }
}
