import type { Failure } from '../../domain/errors.js';
import type { Command, IdempotencyClaim, Need, Rows } from '../../engine/command.js';
import { lookUp } from '../../engine/directory.js';
import type { Engine } from '../../engine/engine.js';
import { problemOf } from './errors.js';
import { coreId, type IdKind, wireId } from './ids.js';
import { problemBody, Refusal } from './problem.js';
import type { SessionTokens } from './session-token.js';
import type { Version } from './versions.js';

/** What rendering goes by, beside the rows. */
export interface View {
  readonly version: Version;
  readonly livemode: boolean;
  readonly publicUrl: string;
  /** Wall time, Unix ms. */
  readonly nowMs: number;
  readonly tokens: SessionTokens;
}

/** One authenticated, routed request. */
export interface DojoRequest {
  readonly engine: Engine;
  /** The merchant whose data it sees; empty where nobody has to say who he is. */
  readonly account: string;
  /** The core's id of the customer whose secret was given, else null. */
  readonly customer: string | null;
  readonly view: View;
  readonly traceId: string;
  readonly idempotency: IdempotencyClaim | null;
  /** What stands for `:name` in the route's path. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly remoteAddress: string;
  readonly userAgent: string | null;
  /** Why an address may not receive webhooks; null when it may. */
  readonly urlFault: (url: string) => string | null;
}

/** What is sent back. */
export interface DojoReply {
  readonly status: number;
  /** JSON; empty for a 204. */
  readonly body: string;
}

/** An object of the wire's, before it is written as JSON. */
export type WireObject = Record<string, unknown>;

/** JSON as it is sent: members that are `undefined` are left out. */
export function reply(object: object, status = 200): DojoReply {
  return { status, body: JSON.stringify(object) };
}

/** The answer where there is nothing to say. */
export const NO_CONTENT: DojoReply = { status: 204, body: '' };

/** How a command's value becomes an answer. */
export interface Showing<V> {
  /** Rows that rendering reads beyond the decision's own. */
  readonly alsoNeeds?: (need: Need) => void;
  /** null: there is nothing to say, which is a 204. */
  show(value: V, rows: Rows): object | null;
  /** What is said where the bank refused; absent or null: the failure's problem. */
  declined?(failure: Failure): object | null;
}

/** Runs a command and answers with what it leaves; a failure becomes its problem. */
export async function act<V>(
  request: DojoRequest,
  command: Command<V>,
  { alsoNeeds, show, declined }: Showing<V>,
): Promise<DojoReply> {
  const { engine, account, traceId, idempotency } = request;
  return engine.call(command, {
    account,
    requestId: traceId,
    idempotency,
    ...(alsoNeeds === undefined ? {} : { alsoNeeds }),
    render: (decision, rows) => {
      if (decision.end === 'done') {
        const object = show(decision.value, rows);
        return object === null ? NO_CONTENT : reply(object);
      }
      const told = decision.end === 'declined' ? declined?.(decision.failure) : null;
      return told ? reply(told) : problemReply(request, decision.failure);
    },
  });
}

function problemReply({ traceId, view }: DojoRequest, failure: Failure): DojoReply {
  const problem = problemOf(failure, view);
  return { status: problem.status, body: problemBody(problem, traceId) };
}

/** Answers that there is no such thing. */
export function notFound(what: string): never {
  throw new Refusal({ status: 404, title: 'Not Found', detail: `There is no such ${what}.` });
}

const NOUNS = {
  intent: 'payment intent',
  setup: 'setup intent',
  customer: 'customer',
  method: 'payment method',
  refund: 'refund',
  subscription: 'subscription',
  terminal: 'terminal',
  terminal_session: 'terminal session',
} as const satisfies Partial<Record<IdKind, string>>;

/**
 * The request as one of the merchant whose intent or setup the path names, with the core's id of
 * that: whoever has the id may ask.
 */
export async function linked(
  request: DojoRequest,
  kind: 'intent' | 'setup',
): Promise<{ request: DojoRequest; id: string }> {
  const asked = wireId(kind, idIn(request, kind), request.view.livemode);
  const entry = await lookUp(request.engine, asked);
  if (entry === null) return notFound(NOUNS[kind]);
  return { request: { ...request, account: entry.merchant }, id: entry.subject };
}

/** The core's id of what the path names; refuses what cannot be an id of that kind. */
export function idIn(request: DojoRequest, kind: keyof typeof NOUNS, name = 'id'): string {
  const id = coreId(kind, request.path[name] ?? '', request.view.livemode);
  return id ?? notFound(NOUNS[kind]);
}
