import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { Code, ConnectError } from '@connectrpc/connect';
import { fromBase58, toBase58 } from '../../wire/code/base58.js';
import { KEY_BYTES, SIGNATURE_BYTES } from '../../wire/code/payload.js';
import {
  RequestToReceiveBillSchema,
  SendMessageRequestSchema,
} from '../../wire/code/proto/code/messaging/v1/messaging_pb.js';
import {
  GetStatusRequestSchema,
  RegisterWebhookResponse_Result as Registered,
  RegisterWebhookRequestSchema,
} from '../../wire/code/proto/code/micropayment/v1/micropayment_pb.js';
import {
  GetLoginForThirdPartyAppRequestSchema,
  GetLoginForThirdPartyAppResponse_Result as LoginFound,
} from '../../wire/code/proto/code/user/v1/user_pb.js';
import { embeddedBytes } from '../../wire/code/raw-fields.js';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { statusOf, toConnectError } from './calls.js';
import { corsHeaders, preflight } from './cors.js';
import type { CallContext, CodeServices } from './service.js';
import type { CodeDependencies } from './settings.js';
import { makeWebhookUrlCheck, type WebhookUrlCheck } from './webhooks/urls.js';

type Dependencies = Pick<CodeDependencies, 'mode' | 'addresses' | 'limits' | 'logError'>;
type Services = Pick<CodeServices, 'Messaging' | 'MicroPayment' | 'Identity'>;
type Body = Readonly<Record<string, unknown>>;

/** Of a RequestToReceiveBill within a Message, and of a Message within a SendMessageRequest. */
const BILL_FIELD = 5;
const MESSAGE_FIELD = 1;

/** What a request is refused with before any service is asked: status 400 and this text. */
class Refused extends Error {}

/**
 * The first generation's API, JSON over HTTP, by its published texts: `createIntent`, `getStatus`,
 * `getUserId`. An answer with `success: true` never has the key `error`, which some clients look
 * for. A wrong verb is a 400 here.
 */
export function restMounts(deps: Dependencies, services: Services): Mount[] {
  const webhookFault = makeWebhookUrlCheck(deps);
  const mount = (
    name: string,
    verb: 'GET' | 'POST',
    answer: (request: HttpRequest, context: CallContext) => Promise<object>,
  ): Mount => ({
    prefix: `/v1/${name}`,
    handle: async (request) => {
      const { method, body, remoteAddress } = request;
      if (method === 'OPTIONS') return preflight(`${verb}, OPTIONS`, 'content-type');
      if (method !== verb) return failed(400, `http ${verb.toLowerCase()} expected`);
      const { signal } = new AbortController();
      try {
        const context = { signal, received: body, remoteAddress };
        return jsonReply(200, { success: true, ...(await answer(request, context)) });
      } catch (error) {
        if (error instanceof Refused) return failed(400, error.message);
        return explained(toConnectError(error, name, deps.logError));
      }
    },
    tooLarge: () => failed(413, 'the request body is too large'),
  });
  return [
    mount('createIntent', 'POST', (request, context) =>
      createIntent(services, webhookFault, readJson(request.body), context),
    ),
    mount('getStatus', 'GET', ({ query }, context) => getStatus(services, query, context)),
    mount('getUserId', 'POST', (request, context) =>
      getUserId(services, readJson(request.body), context),
    ),
  ];
}

async function createIntent(
  { Messaging, MicroPayment }: Services,
  webhookFault: WebhookUrlCheck,
  body: Body,
  context: CallContext,
): Promise<object> {
  const intent = keyOf(body);
  const signature = signatureOf(body);
  const message = billMessage(messageOf(body));
  const { webhook = null } = body;
  if (webhook !== null && typeof webhook !== 'string') throw new Refused('webhook is not a string');
  const fault = webhook === null ? null : await webhookFault(webhook, 'v1');
  if (fault !== null) throw new Refused(fault);
  const received = new BinaryWriter()
    .tag(MESSAGE_FIELD, WireType.LengthDelimited)
    .bytes(message)
    .raw(
      toBinary(
        SendMessageRequestSchema,
        create(SendMessageRequestSchema, {
          rendezvousKey: { value: intent },
          signature: { value: signature },
        }),
      ),
    )
    .finish();
  const request = fromBinary(SendMessageRequestSchema, received);
  await offered(Messaging.sendMessage)(request, { ...context, received });
  if (webhook === null) return {};
  const { result = Registered.OK } = await offered(MicroPayment.registerWebhook)(
    create(RegisterWebhookRequestSchema, { intentId: { value: intent }, url: webhook }),
    { ...context, received: null },
  );
  if (result === Registered.OK || result === Registered.ALREADY_REGISTERED) return {};
  throw new ConnectError('the webhook could not be registered', Code.Internal);
}

async function getStatus(
  { MicroPayment }: Services,
  query: string,
  context: CallContext,
): Promise<object> {
  const text = new URLSearchParams(query).get('intent') ?? '';
  if (text === '') throw new Refused('intent query parameter missing');
  const value = fromBase58(text, KEY_BYTES);
  if (value === null) throw new Refused('intent id is not a public key');
  const { exists, intentSubmitted } = await offered(MicroPayment.getStatus)(
    create(GetStatusRequestSchema, { intentId: { value } }),
    { ...context, received: null },
  );
  if (intentSubmitted === true) return { status: 'SUBMITTED' };
  return { status: exists === true ? 'PENDING' : 'UNKNOWN' };
}

async function getUserId(
  { Identity }: Services,
  body: Body,
  context: CallContext,
): Promise<object> {
  keyOf(body);
  const signature = signatureOf(body);
  const unsigned = messageOf(body);
  const own = 'GetLoginForThirdPartyAppRequest';
  const schema = GetLoginForThirdPartyAppRequestSchema;
  if (readAs(schema, unsigned) === null) throw new Refused(`message bytes is not a ${own}`);
  // Its signature is over these very bytes, and stands behind them in the whole request.
  const received = Buffer.concat([
    unsigned,
    toBinary(schema, create(schema, { signature: { value: signature } })),
  ]);
  const request = fromBinary(schema, received);
  const { result = LoginFound.OK, userId } = await offered(Identity.getLoginForThirdPartyApp)(
    request,
    { ...context, received },
  );
  if (result === LoginFound.REQUEST_NOT_FOUND)
    throw new ConnectError('request not found', Code.NotFound);
  if (result === LoginFound.LOGIN_NOT_SUPPORTED) throw new Refused('login not supported');
  return userId?.value === undefined ? {} : { user: toBase58(userId.value) };
}

function offered<T>(method: T | undefined): T {
  if (method === undefined) throw new ConnectError('not offered', Code.Unimplemented);
  return method;
}

/**
 * The message that the signature is over. The contract's form is the request within it, which the
 * sender leaves unwrapped; clients that send the whole message are understood, too: a request
 * always has a first field, and this one stands alone in the fifth.
 */
function billMessage(bytes: Uint8Array): Uint8Array {
  const inner = embeddedBytes(bytes, BILL_FIELD);
  const isWhole = inner !== null && embeddedBytes(bytes, MESSAGE_FIELD) === null;
  if (readAs(RequestToReceiveBillSchema, isWhole ? inner : bytes) === null)
    throw new Refused('message bytes is not a RequestToReceiveBill');
  if (isWhole) return bytes;
  return new BinaryWriter().tag(BILL_FIELD, WireType.LengthDelimited).bytes(bytes).finish();
}

function readAs(schema: Parameters<typeof fromBinary>[0], bytes: Uint8Array): object | null {
  try {
    return fromBinary(schema, bytes);
  } catch {
    return null;
  }
}

function readJson(body: Buffer): Body {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refused('the body is not valid JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body;
  throw new Refused('the body is not a JSON object');
}

function keyOf({ intent }: Body): Uint8Array {
  const key = typeof intent === 'string' ? fromBase58(intent, KEY_BYTES) : null;
  if (key === null) throw new Refused('intent is not a public key');
  return key;
}

function signatureOf({ signature }: Body): Uint8Array {
  const bytes = typeof signature === 'string' ? fromBase58(signature, SIGNATURE_BYTES) : null;
  if (bytes === null) throw new Refused('signature is invalid');
  return bytes;
}

/** Base64 for URLs, without padding: four characters for three bytes, and no rest of one. */
const BASE64URL = /^(?:[\w-]{4})*(?:[\w-]{2,3})?$/;

function messageOf({ message = '' }: Body): Uint8Array {
  if (typeof message !== 'string' || !BASE64URL.test(message))
    throw new Refused('message not valid base64');
  return Buffer.from(message, 'base64url');
}

/** The texts of the published gateway, by what the service behind it says. */
const TEXTS: { readonly [K in Code]?: string } = {
  [Code.Unauthenticated]: 'authentication failed',
  [Code.PermissionDenied]: 'permission denied',
  [Code.Canceled]: 'request timed out',
  [Code.DeadlineExceeded]: 'request timed out',
};

/** The rest are the caller's to know, in gRPC's words, but for what is ours. */
function explained(error: ConnectError): HttpReply {
  const { code, rawMessage } = error;
  const status = statusOf(error);
  const text = TEXTS[code];
  if (text !== undefined) return failed(status, text);
  if (status >= 500 && code !== Code.Unavailable) return failed(status, 'internal server error');
  return failed(status, `rpc error: code = ${Code[code]} desc = ${rawMessage}`);
}

function failed(status: number, error: string): HttpReply {
  return jsonReply(status, { success: false, error });
}

function jsonReply(status: number, value: object): HttpReply {
  return {
    status,
    headers: { ...corsHeaders(), 'content-type': 'application/json' },
    body: JSON.stringify(value),
  };
}
