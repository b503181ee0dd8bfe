import { randomBytes } from 'node:crypto';
import { Overloaded } from '../../../engine/batch.js';
import { isSetup, type Purpose } from '../../../engine/choice.js';
import type { Command } from '../../../engine/command.js';
import type { Engine } from '../../../engine/engine.js';
import type { HttpReply, HttpRequest, Mount } from '../../http.js';
import type { View } from '../request.js';
import { decoded } from '../routes.js';
import { BODY, Faults, type Shape } from '../schema/shape.js';
import type { Session } from '../session-token.js';
import { CALLS, type Call } from './calls.js';
import { collectionPage } from './device-data.js';
import {
  failureOutcome,
  invalidOutcome,
  NO_TOKEN,
  type Outcome,
  STATUS,
  standing,
  TOKEN_USED,
} from './outcome.js';

/** What the gateway is built from. */
export interface GatewayDependencies {
  readonly engine: Engine;
  readonly view: () => View;
  readonly logError: (error: unknown, what: string) => void;
}

const CORS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type, is-mobile, version',
  'access-control-max-age': '300',
};

const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cache-control': 'no-store',
  'content-type': 'application/json; charset=utf-8',
};

function reply(body: object, status = 200): HttpReply {
  return { status, headers: HEADERS, body: JSON.stringify(body) };
}

/** An outcome's number is a status of HTTP's too where the request itself was at fault. */
function outcomeReply(outcome: Outcome): HttpReply {
  return reply(outcome, outcome.statusCode >= STATUS.invalid ? outcome.statusCode : 200);
}

/** Where cards are sent: by the script's frame on the shops' pages, and by the mobile packages. */
export function gatewayMounts(deps: GatewayDependencies): Mount[] {
  const handle = (request: HttpRequest): Promise<HttpReply> => answer(deps, request);
  const tooLarge = (): HttpReply => reply(invalidOutcome('The request body is too large.'), 413);
  const answers = { handle, tooLarge };
  return [
    { prefix: '/api/device-data/', ...answers },
    { prefix: '/api/payments/', ...answers },
    { prefix: '/mobile/payments/', ...answers },
    { prefix: '/api/device-collection', handle: collectionPage, tooLarge },
  ];
}

async function answer(deps: GatewayDependencies, request: HttpRequest): Promise<HttpReply> {
  if (request.method === 'OPTIONS') return { status: 204, headers: CORS, body: '' };
  const found = callAt(request.path);
  if (found === null) return outcomeReply({ statusCode: 404, message: 'There is nothing here.' });
  if (request.method !== 'POST')
    return reply({ statusCode: 405, message: 'Only POST is taken here.' }, 405);
  try {
    return await perform(deps, found, request);
  } catch (error) {
    if (error instanceof Overloaded) return reply(failureOutcome(error.failure), 503);
    // The path without its end: a token is not for logs.
    deps.logError(error, `POST ${request.path.slice(0, 14)}…`);
    return reply({ statusCode: 500, message: 'Something went wrong on our side.' }, 500);
  }
}

interface Found {
  readonly call: Call;
  readonly token: string;
}

function callAt(path: string): Found | null {
  for (const call of CALLS) {
    const token = call.path.exec(path)?.[1];
    if (token !== undefined) return { call, token };
  }
  return null;
}

async function perform(
  { engine, view }: GatewayDependencies,
  { call, token }: Found,
  request: HttpRequest,
): Promise<HttpReply> {
  const now = view();
  const session = sessionOf(now, token);
  if (session === null) return outcomeReply(NO_TOKEN);
  const isOver = session.expiresAt * 1000 <= now.nowMs;
  if (isOver && !call.outlivesToken) return outcomeReply(TOKEN_USED);
  const faults = new Faults();
  const sent = bodyOf(request, call.body, faults);
  const planned = faults.any ? null : call.plan(session, sent, faults);
  if (faults.any || planned === null) {
    const [first] = Object.values(faults.errors).flat();
    return outcomeReply(invalidOutcome(first ?? 'The request is not valid.', faults.errors));
  }
  if ('answer' in planned) return reply(planned.answer(now));
  return run(engine, session, planned.command, now);
}

/** A customer's token opens his cards, and pays nothing. */
function sessionOf({ tokens }: View, token: string): Session | null {
  // Padded or not: base64 is written in both ways.
  const session = tokens.read(decoded(token).replace(/={1,2}$/, ''));
  return session !== null && /^(?:pi|seti)_/.test(session.subject) ? session : null;
}

function bodyOf({ body, headers }: HttpRequest, shape: Shape<unknown>, faults: Faults): unknown {
  const type = headers['content-type'];
  if (type !== undefined && body.length > 0 && !/^(application|text)\/json\b/i.test(type))
    return faults.add('$', 'The body is to be JSON.');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    // What completes a challenge may have nothing to say.
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    if (typeof value !== 'object' || value === null)
      return faults.add('$', 'The body is to be a JSON object.');
    return shape.parse(value, BODY, faults);
  } catch {
    return faults.add('$', 'The JSON value could not be read. Path: $.');
  }
}

async function run(
  engine: Engine,
  { account }: Session,
  command: Command<Purpose>,
  view: View,
): Promise<HttpReply> {
  const { status, body } = await engine.call(command, {
    account,
    requestId: randomBytes(16).toString('hex'),
    idempotency: null,
    render: (decision, rows) => {
      if (decision.end !== 'done') return rendered(failureOutcome(decision.failure));
      const { value } = decision;
      const attempt =
        isSetup(value) || value.latestAttempt === null
          ? null
          : rows.get('attempts', value.latestAttempt);
      return rendered(standing(value, attempt?.approval?.authorizationCode ?? null, view));
    },
  });
  return { status, headers: HEADERS, body };
}

function rendered(outcome: Outcome): { status: number; body: string } {
  const { status, body } = outcomeReply(outcome);
  return { status, body: String(body) };
}
