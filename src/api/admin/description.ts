import type { Json } from '../../domain/json.js';
import {
  type Answer,
  type ApiDescription,
  type JsonSchema,
  type Operation,
  operationId,
  type Parameter,
  pathParameters,
  queryParameters,
  refTo,
  templateOf,
} from '../openapi.js';
import { IDEMPOTENCY_KEY_CHARS_MAX, SIGN_OUT } from './admin.js';
import { DESCRIBED, type Described } from './described.js';
import { ADMIN_ERRORS } from './error-list.js';
import type { Route } from './route.js';
import { ADMIN_ROUTES } from './routes.js';
import { SCHEMAS } from './schemas.js';

const PREFIX = '/admin/v1';

const SCHEMES = {
  secretKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'A secret key, which does all within its account.',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'tender_session',
    description:
      'The cookie of who has signed in; calls that change something carry x-csrf as GET session ' +
      'says it. By HTTPS the cookie is __Host-tender.',
  },
} as const;

const ACCOUNT: Parameter = {
  name: 'x-account',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  about: 'The account that is asked about; the first that the caller may see if left out.',
};

const IDEMPOTENCY_KEY: Parameter = {
  name: 'idempotency-key',
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: IDEMPOTENCY_KEY_CHARS_MAX },
  about:
    'The same key again, from the same caller, is answered with the same, for a day, and does ' +
    'nothing.',
};

type Told = Pick<Route, 'method' | 'path' | 'role' | 'summary'>;

/** Signing in and out, which the table of routes leaves to the session. */
const SESSION: readonly Told[] = [
  { method: 'POST', path: '/session', role: 'viewer', summary: 'Sign in' },
  SIGN_OUT,
];

const schemas: Readonly<Record<string, JsonSchema>> = SCHEMAS;

const schemaOf = (name: string): JsonSchema => schemas[name] ?? {};

/** What there is to know of the admin API. */
export function describeAdmin(): ApiDescription {
  const operations = [...SESSION, ...ADMIN_ROUTES].map(operationOf);
  return {
    name: 'admin',
    title: 'Tender’s admin API',
    version: '1.0.0',
    about:
      'What the dashboard, the command line and the SDK ask: payments of every dialect with all ' +
      'that happened to them, and what an operator does. Amounts are minor units, times Unix ' +
      'milliseconds. In a sandbox on loopback nobody has to say who he is.',
    schemes: SCHEMES,
    schemas: reachable(operations),
    operations,
    error: { type: 'application/json', schema: refTo('AdminFault') },
    errors: ADMIN_ERRORS,
  };
}

function operationOf({ method, path, role, summary }: Told): Operation {
  const told: Described = DESCRIBED[`${method} ${path}`] ?? { tag: 'Further' };
  const isSignIn = method === 'POST' && path === '/session';
  const isSession = path === '/session' && method !== 'GET';
  // Operators are the installation's, and a key is one account's.
  const access = path.startsWith('/operators') ? ['session'] : ['secretKey', 'session'];
  const headers = isSession ? [] : [ACCOUNT];
  if (method === 'POST' && !isSession && told.isAnew !== true) headers.push(IDEMPOTENCY_KEY);
  const needed = role === 'viewer' ? [] : [`Of people who sign in, it takes the role ${role}.`];
  const asked = told.query === undefined ? [] : queryParameters(schemaOf(told.query));
  const body = told.body === undefined ? null : schemaOf(told.body);
  return {
    id: operationId(method, path.replaceAll('.', '-')),
    method,
    path: templateOf(`${PREFIX}${path}`),
    tag: told.tag,
    summary,
    notes: [...(told.notes === undefined ? [] : [told.notes]), ...needed],
    access: isSignIn ? [] : isSession ? ['session'] : access,
    parameters: [...pathParameters(path), ...asked, ...headers],
    body: body === null ? null : { type: 'application/json', schema: body },
    example: (told.example ?? null) as Json,
    answers: { 200: answerOf(told) },
  };
}

function answerOf({ rows, answer, file }: Described): Answer {
  if (rows !== undefined) return { about: `A page of ${rows}.`, schema: pageOf(rows) };
  if (answer !== undefined) return { about: `${answer}.`, schema: refTo(answer) };
  if (file === undefined) return { about: 'An object.', schema: { type: 'object' } };
  return { about: 'A file.', schema: { type: 'string' }, type: file };
}

/** `Page` of `schema.ts`, which is generic and so has no schema of its own. */
function pageOf(rows: string): JsonSchema {
  return {
    type: 'object',
    properties: {
      rows: { type: 'array', items: refTo(rows) },
      next: { type: ['string', 'null'], description: 'The cursor of the page after.' },
    },
    required: ['rows', 'next'],
  };
}

/** The schemas that operations lead to; those of queries and bodies stand in them. */
function reachable(operations: readonly Operation[]): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema> = {};
  const follow = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      if (Object.hasOwn(found, name)) continue;
      const schema = schemaOf(name);
      found[name] = schema;
      follow(schema);
    }
  };
  follow([operations, refTo('AdminFault')]);
  return found;
}
