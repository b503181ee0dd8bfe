import { Code } from '@connectrpc/connect';
import {
  type Answer,
  type ApiDescription,
  type ErrorEntry,
  type JsonSchema,
  type Operation,
  operationId,
  pathParameters,
  queryParameters,
  refTo,
  templateOf,
} from '../openapi.js';
import { STATUSES } from './calls.js';

const TEXT: JsonSchema = { type: 'string' };
const KEY: JsonSchema = { type: 'string', description: '32 bytes in base58.' };
const SIGNATURE: JsonSchema = { type: 'string', description: '64 bytes in base58.' };

const object = (
  properties: Record<string, JsonSchema>,
  required: readonly string[],
): JsonSchema => ({
  type: 'object',
  properties,
  required: [...required],
});

const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  success: object({ success: { const: true } }, ['success']),
  status: object(
    { success: { const: true }, status: { enum: ['UNKNOWN', 'PENDING', 'SUBMITTED'] } },
    ['success', 'status'],
  ),
  user: object({ success: { const: true }, user: KEY }, ['success']),
  destination: object(
    {
      address: KEY,
      merchant: TEXT,
      created: { type: 'integer' },
      proof: { enum: ['key', 'signature'] },
    },
    ['address', 'merchant', 'created', 'proof'],
  ),
  destinations: object(
    { data: { type: 'array', items: refTo('destination') }, has_more: { type: 'boolean' } },
    ['data', 'has_more'],
  ),
  tip_user: object(
    { platform: TEXT, username: TEXT, address: KEY, name: TEXT, created: { type: 'integer' } },
    ['platform', 'username', 'address', 'name', 'created'],
  ),
  webhook: object({ intent: KEY, url: TEXT, submitted: { type: 'object' }, settled: {} }, [
    'intent',
    'url',
    'submitted',
    'settled',
  ]),
  refusal: object({ success: { const: false }, error: TEXT }, ['success', 'error']),
  admin_refusal: object({ error: object({ message: TEXT }, ['message']) }, ['error']),
  error: { anyOf: [refTo('refusal'), refTo('admin_refusal')] },
};

interface Row {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly answer: keyof typeof SCHEMAS;
  readonly body?: JsonSchema;
  readonly query?: JsonSchema;
  readonly notes?: string;
}

const SIGNED: Readonly<Record<string, JsonSchema>> = {
  intent: { ...KEY, description: 'The rendezvous: the intent’s id.' },
  signature: SIGNATURE,
};
const MESSAGE: JsonSchema = {
  type: 'string',
  description: 'A RequestToReceiveBill in base64 for URLs, without padding.',
};

/** The JSON interface of the first generation. */
const REST: readonly Row[] = [
  {
    method: 'POST',
    path: '/v1/createIntent',
    summary: 'Create an intent',
    answer: 'success',
    body: object({ ...SIGNED, message: MESSAGE, webhook: { type: ['string', 'null'] } }, [
      'intent',
      'message',
      'signature',
    ]),
    notes: 'The message is signed with the key of the rendezvous.',
  },
  {
    method: 'GET',
    path: '/v1/getStatus',
    summary: 'Ask how an intent stands',
    answer: 'status',
    query: object({ intent: KEY }, ['intent']),
  },
  {
    method: 'POST',
    path: '/v1/getUserId',
    summary: 'Ask who has logged in',
    answer: 'user',
    body: object(
      {
        ...SIGNED,
        message: { ...MESSAGE, description: 'A GetLoginForThirdPartyAppRequest, as above.' },
      },
      ['intent', 'message', 'signature'],
    ),
  },
];

const TIP_USER = '/admin/code/tip_users/:platform/:username';
const DESTINATION = '/admin/code/destinations/:address';
const WEBHOOK = '/admin/code/webhooks/:intent';

/** What an operator sets, with a secret key. */
const ADMIN: readonly Row[] = [
  {
    method: 'GET',
    path: '/admin/code/destinations',
    summary: 'List your destinations',
    answer: 'destinations',
    query: object({ after: KEY }, []),
  },
  { method: 'GET', path: DESTINATION, summary: 'Retrieve a destination', answer: 'destination' },
  {
    method: 'PUT',
    path: DESTINATION,
    summary: 'Claim a destination',
    answer: 'destination',
    body: object({ merchant: TEXT, at: { type: 'integer' }, signature: SIGNATURE }, []),
    notes: 'Without a body by the secret key, else without a key by the signature.',
  },
  {
    method: 'DELETE',
    path: DESTINATION,
    summary: 'Give a destination back',
    answer: 'destination',
  },
  { method: 'GET', path: TIP_USER, summary: 'Retrieve who is tipped', answer: 'tip_user' },
  {
    method: 'PUT',
    path: TIP_USER,
    summary: 'Set who is tipped',
    answer: 'tip_user',
    body: object({ address: KEY, name: { type: 'string', minLength: 1, maxLength: 100 } }, [
      'address',
      'name',
    ]),
  },
  { method: 'DELETE', path: TIP_USER, summary: 'Remove who is tipped', answer: 'tip_user' },
  { method: 'GET', path: WEBHOOK, summary: 'See the calls of a webhook', answer: 'webhook' },
  {
    method: 'POST',
    path: `${WEBHOOK}/redeliver`,
    summary: 'Call a webhook again',
    answer: 'webhook',
  },
];

/** What the codes of gRPC mean here; the same over every transport. */
const MEANINGS: Readonly<Partial<Record<Code, readonly [meaning: string, remedy: string]>>> = {
  [Code.Aborted]: ['Something else came in between.', 'Ask again.'],
  [Code.Canceled]: ['The caller has hung up.', 'Ask again.'],
  [Code.DeadlineExceeded]: ['It took longer than may be waited.', 'Ask again.'],
  [Code.FailedPrecondition]: ['Something has to be done first.', 'Read the text.'],
  [Code.Internal]: ['The server failed; its log says why.', 'Tell its operator.'],
  [Code.InvalidArgument]: ['A field is missing or wrong; the text names it.', 'Correct it.'],
  [Code.NotFound]: ['There is no such request.', 'Check the rendezvous.'],
  [Code.PermissionDenied]: ['The signer may not do this.', 'Sign with the owner’s key.'],
  [Code.ResourceExhausted]: ['A limit is reached.', 'Ask less, or later.'],
  [Code.Unauthenticated]: [
    'The signature is not that of the key.',
    'Sign the bytes that are sent.',
  ],
  [Code.Unavailable]: ['The server is stopping, or overloaded.', 'Ask again in a moment.'],
  [Code.Unimplemented]: ['The method is not offered.', 'See which are.'],
};

function errorEntries(): ErrorEntry[] {
  return Object.entries(MEANINGS).map(([code, [meaning, remedy]]) => ({
    code: Code[Number(code)] ?? code,
    statuses: [STATUSES[Number(code) as Code]],
    meaning,
    remedy,
  }));
}

/** What there is to know of the dialect's JSON interface and of its operator's. */
export function describeCode(): ApiDescription {
  return {
    name: 'code',
    title: 'Tender as Code',
    version: '1.0.0',
    about:
      'The JSON interface of the Code API, and what an operator sets for it. Wallets and pages ' +
      'speak the services of the protocol files in proto, by gRPC, gRPC-web, Connect or WebSocket.',
    schemes: { secretKey: { type: 'http', scheme: 'bearer', description: 'The secret key.' } },
    schemas: { ...SCHEMAS },
    operations: [
      ...REST.map((row) => operationOf(row, 'Intents')),
      ...ADMIN.map((row) => operationOf(row, 'Operation')),
    ],
    error: { type: 'application/json', schema: refTo('error') },
    errors: errorEntries(),
  };
}

function operationOf(row: Row, tag: string): Operation {
  const { method, path, summary, body, query = {}, notes } = row;
  const answer: Answer = { about: `${row.answer}.`, schema: refTo(row.answer) };
  return {
    id: operationId(method, path),
    method,
    path: templateOf(path),
    tag,
    summary,
    notes: notes === undefined ? [] : [notes],
    access: tag === 'Operation' ? ['secretKey'] : [],
    parameters: [...pathParameters(path), ...queryParameters(query)],
    body: body === undefined ? null : { type: 'application/json', schema: body },
    example: null,
    answers: { 200: answer },
  };
}
