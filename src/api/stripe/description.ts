import type { Json } from '../../domain/json.js';
import {
  type ApiDescription,
  type JsonSchema,
  notesOf,
  type Operation,
  operationId,
  type Parameter,
  pathParameters,
  queryParameters,
  refTo,
  templateOf,
} from '../openapi.js';
import { answerOf, formOf, kindOf, kindSchemas } from './answers.js';
import { IDEMPOTENCY_KEY_CHARS_MAX } from './dialect.js';
import { errorEntries } from './error-codes.js';
import { API_VERSION } from './events.js';
import { schemaOf } from './param-schema.js';
import type { Route } from './route.js';
import { ROUTES } from './routes.js';

const FORM = 'application/x-www-form-urlencoded';

/** Requests that succeed as they are, for what the path names where it names something. */
const EXAMPLES: Readonly<Record<string, Json>> = {
  'POST /v1/payment_intents': {
    amount: 2000,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    payment_method_types: ['card'],
    confirm: true,
  },
  'POST /v1/payment_intents/:id': { metadata: { order: '6735' } },
  'POST /v1/payment_intents/:id/confirm': { payment_method: 'pm_card_visa' },
  'POST /v1/payment_intents/:id/capture': { amount_to_capture: 500 },
  'POST /v1/setup_intents': {
    payment_method: 'pm_card_visa',
    payment_method_types: ['card'],
    confirm: true,
  },
  'POST /v1/payment_methods': { type: 'card', card: { token: 'tok_visa' } },
  'POST /v1/customers': { name: 'Ada Lovelace', email: 'ada@example.com' },
  'POST /v1/charges': { amount: 2000, currency: 'usd', source: 'tok_visa' },
  'POST /v1/disputes/:id': { evidence: { uncategorized_text: 'winning_evidence' } },
  'POST /v1/webhook_endpoints': {
    url: 'https://shop.example/hooks',
    enabled_events: ['payment_intent.succeeded'],
  },
  'POST /v1/api_keys': { type: 'restricted', permissions: { charge: 'read' } },
  'POST /v1/test_helpers/test_clocks': { frozen_time: 1_800_000_000 },
};

/** What no rule over paths can say well. */
const SUMMARIES: Readonly<Record<string, string>> = {
  'POST /v1/payment_intents/:id/checkout_link': 'Make a link to the checkout page',
  'POST /v1/test_helpers/customers/:id/fund_cash_balance': 'Fund a customer’s cash balance',
  'GET /v1/balance/history': 'List balance transactions',
  'POST /v1/charges/:id/refund': 'Refund a charge',
  'POST /v1/payment_intents/:id/verify_microdeposits': 'Verify the deposits of a payment intent',
  'POST /v1/payment_intents/:id/apply_customer_balance': 'Pay from the customer’s cash balance',
  'POST /v1/payment_intents/:id/increment_authorization': 'Raise the hold of a payment intent',
  'POST /v1/setup_intents/:id/verify_microdeposits': 'Verify the deposits of a setup intent',
  'GET /v1/elements/sessions': 'Retrieve what a payment form needs',
};

const ERROR: JsonSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['type', 'message'],
      properties: {
        type: {
          enum: ['api_error', 'card_error', 'idempotency_error', 'invalid_request_error'],
        },
        message: { type: 'string' },
        code: { type: 'string' },
        decline_code: { type: 'string' },
        param: { type: 'string' },
        doc_url: { type: 'string' },
      },
    },
  },
};

const HEADERS: Readonly<Record<'version' | 'key', Parameter>> = {
  version: {
    name: 'Stripe-Version',
    in: 'header',
    required: false,
    schema: { type: 'string', default: API_VERSION },
    about: 'Picks the shape of the answer.',
  },
  key: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    schema: { type: 'string', maxLength: IDEMPOTENCY_KEY_CHARS_MAX },
    about: 'The same key with the same parameters does it once, and is answered the same.',
  },
};

/** What there is to know of the dialect, from its table of routes. */
export function describeStripe(): ApiDescription {
  return {
    name: 'stripe',
    title: 'Tender as Stripe',
    version: API_VERSION,
    about:
      'The Stripe API for payments, spoken by Tender. Parameters are complete: what is not ' +
      'listed is refused. Of answers the kind of object is given; its fields are those of the ' +
      'original.',
    schemes: {
      secretKey: { type: 'http', scheme: 'basic', description: 'The secret key as the user name.' },
      publishableKey: {
        type: 'http',
        scheme: 'basic',
        description: 'The publishable key as the user name.',
      },
    },
    schemas: { ...kindSchemas(ROUTES), error: ERROR },
    operations: ROUTES.map(operationOf),
    error: { type: 'application/json', schema: refTo('error') },
    errors: errorEntries(),
  };
}

function operationOf(route: Route): Operation {
  const { method, path, publishable } = route;
  const name = `${method} ${path}`;
  const schema = schemaOf(route.schema);
  const isPost = method === 'POST';
  return {
    id: operationId(method, path),
    method,
    path: templateOf(path),
    tag: tagOf(path),
    summary: SUMMARIES[name] ?? summaryOf(route),
    notes: notesOf(route),
    access: publishable ? ['secretKey', 'publishableKey'] : ['secretKey'],
    parameters: [
      ...pathParameters(path),
      ...(isPost ? [] : queryParameters(schema)),
      HEADERS.version,
      ...(isPost ? [HEADERS.key] : []),
    ],
    body: isPost ? { type: FORM, schema } : null,
    example: EXAMPLES[name] ?? null,
    answers: { 200: answerOf(route) },
  };
}

const spaced = (words: string): string => words.replaceAll('_', ' ').replace('api key', 'API key');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function tagOf(path: string): string {
  const [, , ...words] = path.split('/');
  const [first = ''] = words.filter((word) => !/^(test_helpers|radar)$/.test(word));
  return capital(spaced(first));
}

function summaryOf(route: Route): string {
  const noun = spaced(kindOf(route).replace(/^.*\./, ''));
  const form = formOf(route);
  if (form !== 'object') return `${form === 'list' ? 'List' : 'Search'} ${noun}s`;
  const last = route.path.split('/').at(-1) ?? '';
  const article = /^[aeiou]/i.test(noun) ? 'an' : 'a';
  return `${capital(spaced(verbOf(route.method, last)))} ${article} ${noun}`;
}

/** What a method does to what its path ends with. */
function verbOf(method: Route['method'], last: string): string {
  const isOne = last.startsWith(':') || /^(account|balance|cash_balance|dispute)$/.test(last);
  if (method === 'DELETE') return 'delete';
  if (method === 'GET') return 'retrieve';
  if (isOne) return 'update';
  return /s$/.test(last) ? 'create' : last;
}
