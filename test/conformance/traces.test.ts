import {
  context,
  isSpanContextValid,
  propagation,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTracing } from '../../src/telemetry.js';
import { openSink, type Sink, until } from '../support/sink.js';
import { newName } from '../support/tender.js';
import { startWholeServer, type WholeServer } from '../support/whole-server.js';

/** The header `traceparent`, version 00, as W3C's Trace Context has it. */
const traceParent: TextMapPropagator = {
  fields: () => ['traceparent'],
  inject: (from, carrier, { set }) => {
    const span = trace.getSpanContext(from);
    if (span === undefined || !isSpanContextValid(span)) return;
    set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-0${span.traceFlags & 1}`);
  },
  extract: (into, carrier, { get }) => {
    const [, traceId = '', spanId = '', flags = ''] =
      /^00-([\da-f]{32})-([\da-f]{16})-0([01])$/.exec(String(get(carrier, 'traceparent'))) ?? [];
    if (traceId === '') return into;
    const traceFlags = Number(flags);
    return trace.setSpanContext(into, { traceId, spanId, traceFlags, isRemote: true });
  },
};

const exporter = new InMemorySpanExporter();
const TRACE = 'a1'.repeat(16);
const PARENT = 'b2'.repeat(8);
const CARD = '4242424242424242';

let server: WholeServer;
let sink: Sink;

beforeAll(async () => {
  expect(makeTracing(), 'no SDK, no tracing').toBeNull();
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(traceParent);
  sink = await openSink();
  server = await startWholeServer();
});

afterAll(async () => {
  await server?.stop();
  await sink?.close();
  // Other files of this process trace nothing.
  trace.disable();
  context.disable();
  propagation.disable();
});

beforeEach(() => exporter.reset());

const spansOf = (traceId: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);

async function call(key: string, path: string, body?: Record<string, string>, traced = TRACE) {
  return fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      traceparent: `00-${traced}-${PARENT}-01`,
    },
    ...(body === undefined ? {} : { body: new URLSearchParams(body) }),
  });
}

const PAYMENT = {
  amount: '1099',
  currency: 'usd',
  confirm: 'true',
  payment_method: 'pm_card_visa',
};
const PAID = { ...PAYMENT, return_url: 'https://shop.example/' };

describe('a payment with a webhook, traced from its shop', () => {
  let spans: ReadableSpan[];

  const named = (name: string): ReadableSpan => {
    const found = spans.filter((span) => span.name === name);
    expect(found.length, `${name} among ${spans.map((span) => span.name).join()}`).toBe(1);
    return found[0] as ReadableSpan;
  };

  beforeAll(async () => {
    const key = `sk_test_${newName()}`;
    await call(key, '/v1/webhook_endpoints', {
      url: `${sink.url}/${newName()}`,
      'enabled_events[]': 'payment_intent.succeeded',
    });
    exporter.reset();
    const reply = await call(key, '/v1/payment_intents', PAID);
    expect(reply.status).toBe(200);
    await sink.arrived(1);
    await until(
      () => spansOf(TRACE).some(({ name }) => name === 'POST webhook'),
      () =>
        exporter
          .getFinishedSpans()
          .map(({ name }) => name)
          .join(),
    );
    spans = exporter.getFinishedSpans();
  });

  test('has a span of the request below the shop’s own', () => {
    const span = named('POST /v1/payment_intents');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.spanContext().traceId).toBe(TRACE);
    expect(span.parentSpanContext?.spanId).toBe(PARENT);
    expect(span.attributes).toEqual({
      'http.request.method': 'POST',
      'url.scheme': 'http',
      'url.path': '/v1/payment_intents',
      'http.route': '/v1/payment_intents',
      'tender.dialect': 'stripe',
      'http.response.status_code': 200,
    });
  });

  test('has its command below the request, and the batch links to the command', () => {
    const request = named('POST /v1/payment_intents').spanContext();
    const ofRequest = spans.filter((span) => span.spanContext().traceId === TRACE);
    const command = ofRequest.find(({ name }) => name === 'tender.command');
    expect(command?.parentSpanContext?.spanId).toBe(request.spanId);
    expect(command?.attributes).toMatchObject({
      'tender.outcome': 'done',
      'tender.request.id': expect.stringMatching(/^req_/),
    });
    const batch = spans.find(({ name, links }) => {
      const ids = links.map(({ context: link }) => link.spanId);
      return name === 'tender.batch' && ids.includes(command?.spanContext().spanId ?? '');
    });
    expect(batch?.spanContext().traceId).not.toBe(TRACE);
    expect(batch?.parentSpanContext).toBeUndefined();
    const storage = spans.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === batch?.spanContext().spanId,
    );
    expect(storage.map(({ name }) => name)).toEqual(['transact']);
    expect(storage[0]?.attributes).toEqual({
      'db.system.name': 'sqlite',
      'db.operation.name': 'transact',
    });
    const below = spans.filter(
      ({ parentSpanContext }) => parentSpanContext?.spanId === storage[0]?.spanContext().spanId,
    );
    expect(below.map(({ name }) => name)).toContain('write');
  });

  test('tells the receiver of the webhook of its trace', () => {
    const span = named('POST webhook');
    expect(span.spanContext().traceId).toBe(TRACE);
    expect(span.attributes).toMatchObject({
      'http.request.method': 'POST',
      'server.address': '127.0.0.1',
      'http.response.status_code': 200,
    });
    const header = sink.arrivals[0]?.headers.traceparent;
    expect(header).toBe(`00-${TRACE}-${span.spanContext().spanId}-01`);
  });
});

test('a rail is called in the trace of the request that began the attempt', async () => {
  const tracing = makeTracing();
  if (tracing === null) throw new Error('there is an SDK');
  const { context: own } = tracing.served(
    { traceparent: `00-${TRACE}-${PARENT}-01` },
    'POST /pay',
    {},
  );
  await context.with(own, () =>
    tracing.engine.command(
      'req_1',
      async () => null,
      () => 'done',
    ),
  );
  tracing.began([{ id: 'att_1', requestId: 'req_1' }]);
  const attempt = { account: 'acct_1', rail: 'solana' };
  const answer = async () => ({ outcome: 'unknown' }) as const;
  await tracing.railCall({ ...attempt, id: 'att_1' }, answer);
  await tracing.railCall({ ...attempt, id: 'att_of_an_earlier_process' }, answer);
  const calls = exporter.getFinishedSpans().filter(({ name }) => name === 'rail authorize');
  expect(calls.map((span) => span.spanContext().traceId === TRACE)).toEqual([true, false]);
  expect(calls[0]?.attributes).toEqual({
    'tender.rail': 'solana',
    'tender.attempt.id': 'att_1',
    'tender.outcome': 'unknown',
  });
});

test('a job that fails says so without the text of its error', async () => {
  const job = { id: 'job_1', kind: 'send_mail', tries: 2, account: 'a', subject: 's' } as const;
  const failing = makeTracing()?.job({ ...job, dueAt: 0, clockId: 'wall' }, async () => {
    throw new RangeError('no mail for jenny@example.com');
  });
  await expect(failing).rejects.toThrow('no mail');
  const [span] = exporter.getFinishedSpans();
  expect(span).toMatchObject({
    name: 'job send_mail',
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'tender.job.id': 'job_1', 'tender.job.tries': 2, 'error.type': 'RangeError' },
    events: [],
  });
  expect(JSON.stringify(span?.status)).not.toContain('jenny');
});

test('requests that share a batch keep to their own traces', async () => {
  const key = `sk_test_${newName()}`;
  const traces = Array.from({ length: 12 }, (_, i) => (i + 1).toString(16).padStart(32, 'c'));
  await Promise.all(traces.map((id) => call(key, '/v1/payment_intents', PAID, id)));
  for (const id of traces) {
    const names = spansOf(id).map(({ name }) => name);
    expect(names.filter((name) => name === 'tender.command')).toEqual(['tender.command']);
    expect(names).not.toContain('tender.batch');
  }
  const batches = exporter.getFinishedSpans().filter(({ name }) => name === 'tender.batch');
  const linked = batches.flatMap(({ links }) => links.map(({ context: { traceId } }) => traceId));
  expect(traces.filter((id) => linked.includes(id))).toEqual(traces);
});

test('what reads without a command has the storage below its request', async () => {
  await call(`sk_test_${newName()}`, '/v1/payment_intents/pi_nobody');
  const [request] = spansOf(TRACE).filter(({ kind }) => kind === SpanKind.SERVER);
  expect(request?.name).toBe('GET /v1/payment_intents/{id}');
  expect(request?.status.code).toBe(SpanStatusCode.UNSET);
  expect(spansOf(TRACE).map(({ name }) => name)).toContain('load');
});

test('a replay and a refusal are told as what they are', async () => {
  const key = `sk_test_${newName()}`;
  const idempotent = (body: Record<string, string>) =>
    fetch(`${server.url}/v1/payment_intents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'idempotency-key': 'one' },
      body: new URLSearchParams(body),
    });
  await idempotent(PAID);
  await idempotent(PAID);
  await idempotent({ ...PAID, amount: '2000' });
  const outcomes = exporter
    .getFinishedSpans()
    .filter(({ name }) => name === 'tender.command')
    .map(({ attributes }) => attributes['tender.outcome']);
  expect(outcomes).toEqual(expect.arrayContaining(['done', 'replayed', 'refused']));
});

test('a header that names no trace is not taken, and its sender is answered', async () => {
  for (const traceparent of ['00-x', `ff-${TRACE}-${PARENT}-01`, 'ü'.repeat(4000)]) {
    const headers = { traceparent: Buffer.from(traceparent).toString('latin1') };
    expect((await fetch(`${server.url}/v1/account`, { headers })).status).toBe(401);
  }
  expect(spansOf(TRACE)).toEqual([]);
});

test('neither keys nor cards nor secrets are in any span', async () => {
  const key = `sk_test_${newName()}`;
  await call(key, '/v1/payment_methods', {
    type: 'card',
    'card[number]': CARD,
    'card[exp_month]': '12',
    'card[exp_year]': '2040',
    'card[cvc]': '987',
    'billing_details[email]': 'jenny@example.com',
  });
  const made = await call(key, '/v1/payment_intents', {
    ...PAYMENT,
    description: 'a secret order',
  });
  const { client_secret: secret } = (await made.json()) as { client_secret: string };
  await call(key, `/v1/payment_intents?client_secret=${secret}`);
  await call(key, `/v1/${CARD}/${key}/${secret}`);
  const text = JSON.stringify(
    exporter.getFinishedSpans().map(({ name, attributes, events, status }) => {
      return { name, attributes, events, status };
    }),
  );
  expect(text).toContain('url.path');
  for (const secretText of [key, CARD, secret, 'jenny@example.com', 'a secret order'])
    expect(text).not.toContain(secretText);
});
