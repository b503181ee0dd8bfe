import { create, toBinary } from '@bufbuild/protobuf';
import { fromBase58, toBase58 } from '../../../src/wire/code/base58.js';
import { KEY_BYTES } from '../../../src/wire/code/payload.js';
import {
  Messaging,
  SendMessageResponse_Result,
} from '../../../src/wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  MicroPayment,
  RegisterWebhookResponse_Result,
} from '../../../src/wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import {
  GetLoginForThirdPartyAppRequestSchema,
  GetLoginForThirdPartyAppResponse_Result,
  Identity,
} from '../../../src/wire/code/proto/code/user/v1/user_pb.js';
import { type IntentKeys, intentKeys } from '../keys.js';
import { loginRequest, paymentRequest, type SignedRequest } from '../messages.js';
import { type IntentOptions, OptionsError } from '../options.js';
import { ask } from './connection.js';
import { CodeError } from './errors.js';
import type { ConnectionOptions } from './fetching.js';
import { type AnySigner, asSigner, verifierAmong } from './signers.js';

/** What an intent is created from. */
export interface CreateOptions extends IntentOptions, ConnectionOptions {
  /** Where the sequencer posts to when the intent was submitted. */
  readonly webhook?: { readonly url: string } | undefined;
  /** Who signs for the domain of a login: among them is its verifier. */
  readonly signers?: readonly AnySigner[] | undefined;
}

/** A created intent. */
export interface CreatedIntent {
  /** What the page needs, to be at the same rendezvous. */
  readonly clientSecret: string;
  readonly id: string;
}

/** How far an intent is. */
export interface IntentStatus {
  readonly status: 'pending' | 'confirmed';
  readonly exists: boolean;
  readonly codeScanned: boolean;
  readonly intentSubmitted: boolean;
}

/** Which intent is asked about. */
export interface IntentQuery extends ConnectionOptions {
  /** Its id, base58. */
  readonly intent: string;
}

/**
 * Creates a payment's intent, with a login where `login` asks for one. The same options with the
 * same idempotency key make the same intent, however often. Throws OptionsError, CodeError.
 */
export async function createPayment(options: CreateOptions): Promise<CreatedIntent> {
  const asked: CreateOptions = { ...options, mode: 'payment' };
  const keys = await intentKeys(asked);
  const verifier = verifierAmong(asked.signers, asked.login);
  return put(asked, keys, await paymentRequest(asked, keys, verifier));
}

/** Creates the intent of a login alone. Throws OptionsError, CodeError. */
export async function createLogin(options: CreateOptions): Promise<CreatedIntent> {
  const asked: CreateOptions = { ...options, mode: 'login' };
  const keys = await intentKeys(asked);
  const verifier = verifierAmong(asked.signers, asked.login);
  if (verifier === undefined) throw new OptionsError('login verifier is required');
  return put(asked, keys, await loginRequest(asked, keys, verifier));
}

async function put(
  options: CreateOptions,
  { id, clientSecret }: IntentKeys,
  { sendMessageRequest }: SignedRequest,
): Promise<CreatedIntent> {
  const { result } = await ask(options, Messaging.method.sendMessage, sendMessageRequest);
  if (result !== SendMessageResponse_Result.OK)
    throw new CodeError('protocol', `the request was not taken (result ${result})`);
  if (options.webhook) await registerWebhook({ ...options, intent: id, url: options.webhook.url });
  return { clientSecret, id };
}

/**
 * How far an intent is. `confirmed` means that a wallet has submitted its payment or login, and
 * that it will be carried out. Throws OptionsError, CodeError.
 */
export async function getStatus(query: IntentQuery): Promise<IntentStatus> {
  const intentId = { value: idOf(query) };
  const answer = await ask(query, MicroPayment.method.getStatus, { intentId });
  const { exists, codeScanned, intentSubmitted } = answer;
  const status = intentSubmitted ? 'confirmed' : 'pending';
  return { status, exists, codeScanned, intentSubmitted };
}

const REFUSALS: Readonly<Record<number, string>> = {
  [RegisterWebhookResponse_Result.ALREADY_REGISTERED]: 'already_registered',
  [RegisterWebhookResponse_Result.REQUEST_NOT_FOUND]: 'request_not_found',
  [RegisterWebhookResponse_Result.INTENT_EXISTS]: 'intent_exists',
  [RegisterWebhookResponse_Result.INVALID_URL]: 'invalid_url',
};

/**
 * Has the sequencer post to a URL when an intent was submitted. The same URL may be registered
 * again, another may not. Throws OptionsError, and CodeError with the refusal as its code.
 */
export async function registerWebhook(
  options: IntentQuery & { readonly url: string },
): Promise<void> {
  const intentId = { value: idOf(options) };
  const { url } = options;
  const { result } = await ask(options, MicroPayment.method.registerWebhook, { intentId, url });
  if (result === RegisterWebhookResponse_Result.OK) return;
  const refusal = REFUSALS[result] ?? 'unknown';
  throw new CodeError(refusal, `Unable to register webhook: ${refusal}`);
}

/**
 * Who has logged in by an intent: the user's id towards the verifier's domain, base58; undefined
 * while nobody has. Throws OptionsError, and CodeError where the intent asks for no login.
 */
export async function getUserId(
  query: IntentQuery & { readonly verifier: AnySigner },
): Promise<{ userId: string | undefined }> {
  const verifier = asSigner(query.verifier);
  const request = { intentId: { value: idOf(query) }, verifier: { value: verifier.publicKey } };
  const schema = GetLoginForThirdPartyAppRequestSchema;
  const unsigned = toBinary(schema, create(schema, request));
  const signature = { value: await verifier.sign(unsigned) };
  const method = Identity.method.getLoginForThirdPartyApp;
  const { result, userId } = await ask(query, method, { ...request, signature });
  if (result === GetLoginForThirdPartyAppResponse_Result.REQUEST_NOT_FOUND)
    throw new CodeError('request_not_found', 'there is no such intent');
  if (result === GetLoginForThirdPartyAppResponse_Result.LOGIN_NOT_SUPPORTED)
    throw new CodeError('login_not_supported', 'the intent asks for no login');
  return { userId: userId === undefined ? undefined : toBase58(userId.value) };
}

function idOf({ intent }: IntentQuery): Uint8Array {
  if (!intent) throw new OptionsError('intent is required');
  const id = fromBase58(intent, KEY_BYTES);
  if (id === null) throw new OptionsError('invalid intent');
  return id;
}
