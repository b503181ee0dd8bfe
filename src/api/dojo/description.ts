import type { Json } from '../../domain/json.js';
import {
  type ApiDescription,
  type ErrorEntry,
  type JsonSchema,
  notesOf,
  type Operation,
  operationId,
  type Parameter,
  pathParameters,
  refTo,
  templateOf,
} from '../openapi.js';
import { answersOf, objectSchemas } from './answers.js';
import { IDEMPOTENCY_KEY_CHARS_MAX } from './dialect.js';
import { CURSOR_FIELDS } from './paging.js';
import type { Route } from './route.js';
import { ROUTES } from './routes.js';
import { NEWEST, VERSIONS } from './versions.js';

const SUM = { value: 1000, currencyCode: 'GBP' };

/** Requests that succeed as they are, for what the path names where it names something. */
const EXAMPLES: Readonly<Record<string, Json>> = {
  'POST /payment-intents': { amount: SUM, reference: 'Order 234' },
  'POST /payment-intents/search': {},
  'POST /payment-intents/:id/tips-amount': { tipsAmount: { value: 100, currencyCode: 'GBP' } },
  'POST /payment-intents/:id/amount': { amount: { value: 1200, currencyCode: 'GBP' } },
  'POST /payment-intents/:id/captures': { amount: 500 },
  'POST /payment-intents/:id/refunds': { amount: 100, refundReason: 'Returned' },
  'POST /payment-intents/:id/receipt': { emails: ['ada@example.com'] },
  'POST /setup-intents': {
    reference: 'Table 4',
    merchantInitiatedTransactionType: 'NoShow',
    terms: 'In case of no-show we charge the booking fee.',
  },
  'POST /customers': { name: 'Ada Lovelace' },
  'PATCH /customers/:id': { name: 'Ada King' },
  'POST /customers/search': {},
  'POST /webhooks': { url: 'https://shop.example/hooks', events: ['payment_intent.created'] },
  'PATCH /webhooks/:id': { description: 'The till' },
  'PUT /terminal-sessions/:id/signature': { accepted: true },
  'POST /epos/events': { eventType: 'OrderUpdated', event: { orderId: 'o1' } },
};

const TEXT: JsonSchema = { type: 'string' };

const query = (name: string, schema: JsonSchema, about?: string): Parameter => ({
  name,
  in: 'query',
  required: false,
  schema,
  ...(about === undefined ? {} : { about }),
});

/** The few operations that read their address's query. */
const QUERIES: Readonly<Record<string, readonly Parameter[]>> = {
  'GET /payment-intents/:id': [query('returnCanceled', { type: 'boolean' })],
  'DELETE /setup-intents/:id': [query('includeAuthorized', { type: 'boolean' })],
  'GET /terminals': [query('statuses', TEXT, 'Statuses parted by commas.')],
  'GET /webhooks/:id/deliveries': Object.entries(CURSOR_FIELDS).map(([name, { schema }]) =>
    query(name, schema),
  ),
};

const PROBLEM: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'errors', 'traceId'],
  properties: {
    type: TEXT,
    title: TEXT,
    status: { type: 'integer' },
    detail: { type: ['string', 'null'] },
    errors: { type: 'object', additionalProperties: { type: 'array', items: TEXT } },
    traceId: TEXT,
    code: { enum: ['INTERNAL_ERROR', 'TERMINAL_UNAVAILABLE', 'INVALID_REQUEST'] },
  },
};

const told = (
  code: string,
  statuses: readonly number[],
  meaning: string,
  remedy: string,
): ErrorEntry => ({ code, statuses, meaning, remedy });

/** By the title of the problem, and by the codes that card machines' problems have. */
const ERRORS: readonly ErrorEntry[] = [
  told(
    'validation',
    [400],
    'Fields are missing, of a wrong type or out of range; errors names each.',
    'Correct the fields that errors names.',
  ),
  told('bad-request', [400], 'What is asked for does not fit; detail says why.', 'Read detail.'),
  told(
    'unauthorized',
    [401],
    'There is no such key, or it was sent in base64.',
    'Send Authorization: Basic and the key as it is.',
  ),
  told(
    'payment-declined',
    [402],
    'The bank refused; detail is in words for the card’s holder.',
    'Show detail, and ask for another card.',
  ),
  told('forbidden', [403], 'The key may not do this.', 'Use the secret key of the account.'),
  told(
    'not-found',
    [404],
    'There is no such object, or the version has no such operation.',
    'Check the id, the account of the key, and the version header.',
  ),
  told(
    'method-not-allowed',
    [405],
    'The path does not take the method, or the intent may not be changed so.',
    'Read detail: it names what is allowed.',
  ),
  told(
    'conflict',
    [409],
    'The status does not allow it, or the idempotency key was used otherwise.',
    'Fetch the object again, and decide anew.',
  ),
  told('payload-too-large', [413], 'The body is too large.', 'Send less at once.'),
  told(
    'unsupported-media-type',
    [415],
    'The body is no JSON.',
    'Send JSON, with Content-Type: application/json.',
  ),
  told(
    'too-many-requests',
    [429],
    'More requests wait than can be worked on. Nothing was done.',
    'Send it again after a short pause.',
  ),
  told(
    'TERMINAL_UNAVAILABLE',
    [409],
    'The card machine is busy or offline.',
    'Wait, or choose another machine.',
  ),
  told(
    'INVALID_REQUEST',
    [400, 401, 403, 404, 405, 415, 422],
    'The operation of a card machine was refused; title and detail say why.',
    'Read detail; fetch the session again.',
  ),
];

const ACCESS: Readonly<Record<Route['by'], readonly string[]>> = {
  key: ['secretKey'],
  customer: ['customerSecret'],
  nobody: [],
};

const scheme = (about: string) => ({
  type: 'apiKey',
  in: 'header',
  name: 'Authorization',
  description: about,
});

/** What there is to know of the dialect, from its table of routes. */
export function describeDojo(): ApiDescription {
  return {
    name: 'dojo',
    title: 'Tender as Dojo',
    version: NEWEST,
    about:
      'The Dojo API for payments, spoken by Tender. Fields of bodies are complete; others are ' +
      'passed over. Of answers those fields are given that are always there.',
    schemes: {
      secretKey: scheme('The word Basic, a space and the secret key as it is.'),
      customerSecret: scheme('The word Basic, a space and the customer’s secret.'),
    },
    schemas: { ...objectSchemas(), problem: PROBLEM },
    operations: ROUTES.map(operationOf),
    error: { type: 'application/problem+json', schema: refTo('problem') },
    errors: ERRORS,
  };
}

function operationOf(route: Route): Operation {
  const { method, path, operation, by, body, since } = route;
  const name = `${method} ${path}`;
  return {
    id: operation === '' ? operationId(method, path) : operation,
    method,
    path: templateOf(path),
    tag: words(path.split('/')[1] ?? ''),
    summary: summaryOf(route),
    notes: [...notesOf(route), ...(since === VERSIONS[0] ? [] : [`Since version ${since}.`])],
    access: ACCESS[by],
    parameters: [...pathParameters(path), ...(QUERIES[name] ?? []), ...headersOf(route)],
    body: body === null ? null : { type: 'application/json', schema: body.schema },
    example: EXAMPLES[name] ?? null,
    answers: answersOf(route),
  };
}

function headersOf({ method, isTerminal }: Route): Parameter[] {
  const header = (name: string, required: boolean, schema = TEXT): Parameter => ({
    name,
    in: 'header',
    required,
    schema,
  });
  const key = { type: 'string', maxLength: IDEMPOTENCY_KEY_CHARS_MAX };
  return [
    header('version', true, { type: 'string', default: NEWEST }),
    ...(isTerminal ? [header('software-house-id', true), header('reseller-id', false)] : []),
    ...(method === 'GET' ? [] : [header('idempotencyKey', false, key)]),
  ];
}

function words(name: string): string {
  const text = name.replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The last part of the published name, else method and path. */
function summaryOf({ operation, method, path }: Route): string {
  if (operation === '') return `${method} ${templateOf(path)}`;
  const [family = '', verb = ''] = operation
    .split('_')
    .map((part) => part.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase());
  return `${words(family)}: ${verb}`;
}
