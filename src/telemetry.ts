import {
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { DeliveryTry, Job } from './domain/subscription.js';
import type { Waiting } from './engine/rail-driver.js';
import type { Sender } from './engine/sender.js';
import type { EngineTracing } from './engine/tracing.js';
import type { AuthorizeResult } from './rails/rail.js';

/**
 * Spans by OpenTelemetry, for whoever has registered its SDK before the start. They hold what the
 * log may hold: ids, routes and outcomes, no bodies, queries, messages of errors, or addresses of
 * persons.
 */
export interface Tracing {
  readonly engine: EngineTracing;
  /** A job, in a trace of its own. */
  job<T>(job: Job, run: () => Promise<T>): Promise<T>;
  /** A call of a rail, in the trace of the request that began its attempt, where that is known. */
  railCall(attempt: Waiting, call: () => Promise<AuthorizeResult>): Promise<AuthorizeResult>;
  /** Remembers which requests began attempts that wait for a rail. */
  began(attempts: readonly { readonly id: string; readonly requestId: string | null }[]): void;
  /** Sends within the trace of what the message tells of, and tells the receiver of that trace. */
  post: (send: Sender['post']) => Sender['post'];
  /** A span below the active one; without an active one, none. */
  below<T>(name: string, options: SpanOptions, run: () => Promise<T>): Promise<T>;
  /** A span for what a peer asks, below the trace that its headers name. */
  served(
    headers: Readonly<Record<string, unknown>>,
    name: string,
    options: SpanOptions,
  ): { readonly span: Span; readonly context: Context };
}

/** Requests whose traces are remembered, for what happens after they were answered. */
const CAUSES_MAX = 10_000;

/**
 * The tracing, or null where no SDK is registered. That is asked once, at the start: so tracing
 * that is off costs a comparison with null.
 */
export function makeTracing(): Tracing | null {
  const tracer = trace.getTracer('tender');
  // Without an SDK a span has no id. It is never ended, so that nobody exports it.
  if (!trace.isSpanContextValid(tracer.startSpan('probe', { root: true }).spanContext()))
    return null;
  const causes = makeCauses();
  const under: Under = (name, options, parent, run) => {
    const span = tracer.startSpan(name, options, parent);
    return context.with(trace.setSpan(parent, span), () => ended(span, run(span)));
  };
  return {
    engine: makeEngineTracing(under, causes),
    ...makeOutsideTracing(under, causes),
    job: ({ id, kind, tries }, run) => {
      const attributes = {
        'tender.job.id': id,
        'tender.job.kind': kind,
        'tender.job.tries': tries,
      };
      return under(`job ${kind}`, { root: true, attributes }, ROOT_CONTEXT, run);
    },
    below: (name, options, run) => {
      const parent = context.active();
      return trace.getSpan(parent) === undefined ? run() : under(name, options, parent, run);
    },
    served: (headers, name, options) => {
      const parent = propagation.extract(ROOT_CONTEXT, headers);
      const span = tracer.startSpan(name, { ...options, kind: SpanKind.SERVER }, parent);
      return { span, context: trace.setSpan(parent, span) };
    },
  };
}

/** Runs within a span of its own, which ends with what is run. */
type Under = <T>(
  name: string,
  options: SpanOptions,
  parent: Context,
  run: (span: Span) => Promise<T>,
) => Promise<T>;
type Causes = ReturnType<typeof makeCauses>;

function makeEngineTracing(under: Under, causes: Causes): EngineTracing {
  return {
    command: (requestId, run, outcomeOf) =>
      under('tender.command', idOf(requestId), context.active(), async (span) => {
        if (requestId !== null) causes.keep(requestId, span.spanContext());
        const result = await run();
        span.setAttribute('tender.outcome', outcomeOf(result));
        return result;
      }),
    active: () => trace.getSpanContext(context.active()),
    apart: (run) => context.with(ROOT_CONTEXT, run),
    batch: (commands, run) => {
      const links = commands.filter(isLinkable).map((link): Link => ({ context: link }));
      const attributes = { 'tender.batch.commands': commands.length };
      return under('tender.batch', { root: true, links, attributes }, ROOT_CONTEXT, run);
    },
  };
}

/** What goes out to others. */
function makeOutsideTracing(
  under: Under,
  causes: Causes,
): Pick<Tracing, 'railCall' | 'began' | 'post'> {
  return {
    railCall: ({ id, rail }, call) => {
      const attributes = { 'tender.rail': rail, 'tender.attempt.id': id };
      const options = { kind: SpanKind.CLIENT, attributes };
      return under('rail authorize', options, causes.contextOf(id), async (span) => {
        const answer = await call();
        span.setAttribute('tender.outcome', answer.outcome);
        return answer;
      });
    },
    began: (attempts) => {
      for (const { id, requestId } of attempts) causes.same(id, requestId);
    },
    post: (send) => (url, message, cause) => {
      const options = { kind: SpanKind.CLIENT, attributes: receiverOf(url) };
      return under('POST webhook', options, causes.contextOf(cause ?? null), async (span) => {
        const headers = { ...message.headers };
        propagation.inject(context.active(), headers);
        const end = await send(url, { ...message, headers }, cause);
        noteTry(span, end);
        return end;
      });
    },
  };
}

/** Marks a span as failed. Not with the error's text: it may repeat what somebody sent. */
export function noteFailure(span: Span, type: string): void {
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
}

async function ended<T>(span: Span, run: Promise<T>): Promise<T> {
  try {
    return await run;
  } catch (error) {
    noteFailure(span, error instanceof Error ? error.constructor.name : 'unknown');
    throw error;
  } finally {
    span.end();
  }
}

function idOf(requestId: string | null): SpanOptions {
  return requestId === null ? {} : { attributes: { 'tender.request.id': requestId } };
}

function isLinkable(link: unknown): link is SpanContext {
  return link !== undefined && link !== null;
}

/** Where a webhook goes to, without its path, which may be what keeps it secret. */
function receiverOf(url: string): NonNullable<SpanOptions['attributes']> {
  const common = { 'http.request.method': 'POST' };
  if (!URL.canParse(url)) return common;
  const { hostname, port, protocol } = new URL(url);
  const standard = protocol === 'https:' ? 443 : 80;
  const serverPort = port === '' ? standard : Number(port);
  return { ...common, 'server.address': hostname, 'server.port': serverPort };
}

function noteTry(span: Span, { status, error }: DeliveryTry): void {
  if (status !== null) span.setAttribute('http.response.status_code', status);
  if (status === null) noteFailure(span, 'unreachable');
  else if (status >= 400) noteFailure(span, String(status));
  else if (error !== null) noteFailure(span, 'answer_refused');
}

/** Where requests belong to, by their ids and those of the attempts that they began. */
function makeCauses() {
  const spans = new Map<string, SpanContext>();
  const keep = (id: string, span: SpanContext): void => {
    spans.delete(id);
    spans.set(id, span);
    const oldest = spans.size > CAUSES_MAX ? spans.keys().next().value : undefined;
    if (oldest !== undefined) spans.delete(oldest);
  };
  return {
    keep,
    same: (id: string, as: string | null): void => {
      const span = spans.get(as ?? '');
      if (span !== undefined) keep(id, span);
    },
    /** What is not remembered begins a trace of its own. */
    contextOf: (id: string | null): Context => {
      const span = spans.get(id ?? '');
      return span === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span);
    },
  };
}
