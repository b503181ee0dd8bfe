import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { SERVICES } from '../../src/api/code/calls.js';
import { RequestSchema } from '../../src/wire/code/proto/code/common/v1/common_pb.js';
import { type Line, type Said, startOf } from './http-client.js';
import { nearly, nearlyBytes, ODD_TEXTS } from './mutations.js';
import { protoBytes } from './proto-bytes.js';

/** Requests over all dialects, near to right: bytes as they go onto the wire. */

/** Paths, `*` is an id; what pays, lists, searches, streams, and what is only for operators. */
const PATHS = [
  ...['/v1/payment_intents', '/v1/payment_intents/*', '/v1/payment_intents/*/confirm'],
  ...['/v1/payment_intents/*/capture', '/v1/payment_intents/*/cancel', '/v1/refunds', '/v1/tokens'],
  ...['/v1/payment_methods', '/v1/customers', '/v1/customers/*', '/v1/charges', '/v1/events'],
  ...['/v1/setup_intents', '/v1/webhook_endpoints', '/v1/disputes/*', '/v1/radar/rules'],
  ...['/v1/payment_intents/search', '/v1/customers/search', '/v1/test_helpers/test_clocks'],
  ...['/payment-intents', '/payment-intents/*', '/payment-intents/*/captures', '/customers'],
  ...['/payment-intents/search', '/setup-intents', '/terminals', '/terminal-sessions', '/refunds'],
  ...['/webhooks', '/api/payments/*', '/api/device-data/*', '/mobile/payments/*/three-ds-complete'],
  ...['/v1/createIntent', '/v1/getStatus', '/v1/getUserId', '/v1/api/', '/v1/code/jwks.json'],
  ...['/admin/v1/session', '/admin/v1/intents', '/admin/v1/overview', '/admin/v1/export/payments'],
  ...['/checkout/*', '/checkout/*/state', '/checkout/*/pay', '/docs/search', '/docs/*', '/healthz'],
  ...['/', '/v1/', '//', '/../etc/passwd', '*', 'http://a.example/v1/balance', '/v1/js/stripe.js'],
];
const CODE_PATHS = Object.values(SERVICES).flatMap(({ typeName, methods }) =>
  methods
    // Streams have no end of their own.
    .filter(({ methodKind }) => methodKind === 'unary')
    .map(({ name, input }) => ({ path: `/${typeName}/${name}`, input })),
);

const PLAIN = /^[!-~]*$/;
/** Of what a request line can hold. */
const inLine = (text: string): string =>
  PLAIN.test(text) ? text : encodeURIComponent(text.toWellFormed());
/** Of what a header can hold. */
const inHeader = (text: string): string =>
  Buffer.from(text.replaceAll(/[\r\n\0]/g, ' '), 'utf8').toString('latin1');

const id = fc.oneof(
  fc.constantFrom('pi_1', 'pm_card_visa', 'cus_1', '__proto__', '%00', '%', '..%2f', 'search'),
  fc.constantFrom(...ODD_TEXTS).map(inLine),
);
const path = fc
  .tuple(fc.constantFrom(...PATHS), id)
  .map(([shape, own]) => shape.replaceAll('*', own));

const FIELDS = [
  ...[
    'amount=1000&currency=usd',
    'confirm=true',
    'payment_method=pm_card_visa',
    'expand[]=customer',
  ],
  ...['metadata[a]=b', 'metadata[__proto__]=x', '__proto__[x]=1', 'constructor[prototype][x]=1'],
  ...['limit=3', 'starting_after=pi_1', 'query=status:"succeeded"', 'query=-metadata["a"]:null'],
  ...['predicate=:amount: > 10', 'action=block', 'type=card', 'card[number]=4242424242424242'],
  ...['url=https://x.example', 'enabled_events[]=*', 'intent=1', 'q=a', 'created[gt]=1', 'page=2'],
];
const PAYMENT = 'amount=1000&currency=usd&payment_method=pm_card_visa';
const form = nearly(
  fc.oneof(
    fc.constantFrom(PAYMENT, `${PAYMENT}&confirm=true`, 'email=a@b.example', ''),
    fc.array(fc.constantFrom(...FIELDS), { maxLength: 6 }).map((fields) => fields.join('&')),
  ),
);

const members = fc.dictionary(
  fc.constantFrom('amount', 'reference', 'metadata', 'config', 'query', 'intent', 'message', 'x'),
  fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(...ODD_TEXTS),
    fc.constant({ value: 1000, currencyCode: 'GBP' }),
  ),
  { maxKeys: 5 },
);
const DOJO_INTENT = { amount: { value: 1000, currencyCode: 'GBP' }, reference: 'r' };
/** JSON that is right, and so deep that reading it by calling oneself ends the stack. */
const deep = fc
  .tuple(fc.constantFrom('metadata', 'config', 'x', 'amount'), fc.constantFrom(50, 20_000))
  .map(([name, depth]) => `{"${name}":${'['.repeat(depth)}${']'.repeat(depth)}}`);
const json = fc.oneof(
  { weight: 10, arbitrary: nearly(members.map((value) => JSON.stringify(value))) },
  { weight: 10, arbitrary: nearly(fc.constant(JSON.stringify(DOJO_INTENT))) },
  { weight: 1, arbitrary: deep },
);

const OF_DOJO = `Basic ${Buffer.from('sk_sandbox_fuzz').toString('base64')}`;
/** What opens an account of Stripe's or Dojo's dialect comes more often than what opens none. */
const AUTHORIZATION = [
  ...Array.from({ length: 12 }, (_, i) => (i < 6 ? 'Bearer sk_test_fuzz' : OF_DOJO)),
  ...['Bearer sk_test_fuzz', 'Basic c2tfc2FuZGJveF9mdXp6', 'Basic c2tfdGVzdF9mdXp6Og==', 'Bearer'],
  ...['Basic sk_sandbox_fuzz', 'bearer pk_test_fuzz', 'Digest x', ''],
];
const headers = fc
  .record({
    authorization: fc.constantFrom(...AUTHORIZATION),
    names: fc.array(
      fc.tuple(
        fc.constantFrom(
          ...['idempotency-key', 'stripe-version', 'version', 'stripe-account', 'cookie', 'origin'],
          ...['accept-encoding', 'accept-language', 'x-csrf', 'if-none-match', 'content-encoding'],
          ...['x-forwarded-for', 'range', 'connect-protocol-version', 'te', 'sec-fetch-site'],
        ),
        fc.oneof(fc.constantFrom(...ODD_TEXTS, '2', '2023-10-16', 'gzip'), fc.string()),
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ authorization, names }) =>
    [['authorization', authorization] as const, ...names]
      .map(([name, value]) => `${name}: ${inHeader(value)}\r\n`)
      .join(''),
  );

interface Body {
  readonly type: string;
  readonly bytes: Uint8Array;
}
const formBody = form.map((text) => ({
  type: 'application/x-www-form-urlencoded',
  bytes: Buffer.from(text),
}));
const jsonBody = json.map((text) => ({ type: 'application/json', bytes: Buffer.from(text) }));
const oddBody = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => ({ type: 'multipart/form-data; boundary=x', bytes }));

/** A path and a body, mostly of the kind that is read there. */
const called: fc.Arbitrary<{ path: string; body: Body }> = path.chain((at) => {
  const isForm = at.startsWith('/v1/');
  const body = fc.oneof(
    { weight: 8, arbitrary: isForm ? formBody : jsonBody },
    { weight: 1, arbitrary: isForm ? jsonBody : formBody },
    { weight: 1, arbitrary: oddBody },
  );
  return body.map((chosen) => ({ path: at, body: chosen }));
});

const common = fc
  .record({
    method: fc.constantFrom(
      'GET',
      'POST',
      'POST',
      'POST',
      'DELETE',
      'PUT',
      'PATCH',
      'HEAD',
      'OPTIONS',
    ),
    called,
    query: fc.option(form.map(inLine), { nil: null, freq: 3 }),
    headers,
  })
  .map(({ method, called: { path: at, body }, query, headers: head }) => {
    const { type, bytes } = body;
    const line = query === null ? at : `${at}?${query}`;
    const hasBody = method !== 'HEAD' && method !== 'GET';
    return requestOf(method, line, head, type, hasBody ? bytes : new Uint8Array());
  });

/** A message in the frame of gRPC: a flag, four bytes of length. */
const framed = (bytes: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};
const protocol = fc.constantFrom(
  ...CODE_PATHS.map(({ path: at, input }) => ({ at, messages: nearlyBytes(protoBytes(input)) })),
);
const code = protocol.chain(({ at, messages }) => {
  const plain = fc.record({ type: fc.constantFrom('proto', 'json'), bytes: messages });
  const frames = fc.record({
    type: fc.constantFrom('grpc-web+proto', 'grpc-web-text', 'grpc-web'),
    bytes: fc.oneof(messages.map(framed), nearlyBytes(messages.map(framed))),
  });
  const encoding = fc.constantFrom(
    ...['', '', '', 'content-encoding: gzip\r\n', 'grpc-encoding: gzip\r\n'],
  );
  return fc
    .tuple(fc.oneof(plain, frames), encoding)
    .map(([{ type, bytes }, encoded]) =>
      requestOf(
        'POST',
        at,
        `connect-protocol-version: 1\r\n${encoded}`,
        `application/${type}`,
        bytes,
      ),
    );
});
/** Envelopes around what their methods take, and such as are none. */
export const anyEnvelope = fc.oneof(
  nearlyBytes(protoBytes(RequestSchema)),
  fc
    .constantFrom(
      ...Object.entries(SERVICES).flatMap(([service, { methods }]) =>
        methods.map(({ localName, input }) => ({ service, localName, inputs: protoBytes(input) })),
      ),
    )
    .chain(({ service, localName, inputs }) =>
      nearlyBytes(inputs).map((message) =>
        toBinary(
          RequestSchema,
          create(RequestSchema, { service, method: localName, body: message }),
        ),
      ),
    ),
);
const enveloped = anyEnvelope.map((bytes) =>
  requestOf('POST', '/v1/api/', '', 'application/octet-stream', bytes),
);

function requestOf(
  method: string,
  line: string,
  head: string,
  type: string,
  bytes: Uint8Array,
): Buffer {
  const lines =
    `${method} ${line} HTTP/1.1\r\nhost: 127.0.0.1\r\n${head}content-type: ${type}\r\n` +
    `content-length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(lines, 'latin1'), bytes]);
}

/** Requests as bytes. */
export const anyRequest: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 8, arbitrary: common },
  { weight: 3, arbitrary: code },
  { weight: 1, arbitrary: enveloped },
);

/** What says that the protocol or a method is not offered, and nothing of a fault. */
const NOT_OFFERED = new Set([501, 505]);

/** Fails where the server has failed. */
export function demandAnswer(said: Said | null, request: Buffer): void {
  if (said === null || (said.status >= 200 && said.status < 500)) return;
  if (NOT_OFFERED.has(said.status)) return;
  const asked = JSON.stringify(startOf(request));
  throw new Error(`${said.status} ${said.text.slice(0, 300)}\nto ${asked}`);
}

/** Sends so many requests of a seed over a connection; rejects with one that broke something. */
export function fuzzServer(line: Line, runs: number, seed: number): Promise<void> {
  const property = fc.asyncProperty(anyRequest, async (request) => {
    demandAnswer(await line.send(request), request);
  });
  return fc.assert(property, { numRuns: runs, seed });
}
