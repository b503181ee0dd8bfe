import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { DescService } from '@bufbuild/protobuf';
import {
  Code,
  type ConnectRouter,
  cors,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type HandlerContext,
  type ServiceImpl,
} from '@connectrpc/connect';
import type { UniversalHandler, UniversalServerResponse } from '@connectrpc/connect/protocol';
import {
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import type { StreamHandler } from '../desk.js';
import { type Procedure, type ProcedureFinder, SERVICES, toConnectError } from './calls.js';
import { corsHeaders, preflight } from './cors.js';
import type { CallContext } from './service.js';
import type { CodeDependencies } from './settings.js';

type Dependencies = Pick<CodeDependencies, 'limits' | 'logError'>;
type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = ServerResponse | Http2ServerResponse;

const REMOTE_ADDRESS = createContextKey('', { description: 'remote address' });

/** Every package of the contract is below this; nothing of other dialects is. */
const PATH_PREFIX = '/code.';

/** Answers gRPC, gRPC-web and Connect from the procedures that every transport offers. */
export function makeRpc(deps: Dependencies, find: ProcedureFinder): StreamHandler {
  const router = createConnectRouter({
    acceptCompression: [compressionGzip],
    readMaxBytes: deps.limits.frame_bytes_max,
  });
  for (const [name, desc] of Object.entries(SERVICES))
    addService(router, desc, (method) => find(name, method), deps);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return {
    takes: (path) => path.startsWith(PATH_PREFIX),
    handle: (request, response, remoteAddress) => {
      const [path = ''] = (request.url ?? '').split('?', 1);
      const handler = handlers.get(path);
      if (request.method === 'OPTIONS') {
        const headers = [...cors.allowedHeaders, ...GRPC_WEB_HEADERS].join(', ');
        const asked = preflight(cors.allowedMethods.join(', '), headers);
        reply(response, asked.status, asked.headers);
      } else if (handler === undefined) reply(response, 404, corsHeaders());
      // HTTP/1.0 needs no host, and the library cannot do without.
      else if (!hasAuthority(request)) reply(response, 400, corsHeaders());
      else void answer(deps, handler, request, response, remoteAddress);
    },
  };
}

function hasAuthority({ headers }: AnyRequest): boolean {
  return headers.host !== undefined || headers[':authority'] !== undefined;
}

/** What clients of gRPC-web send beside what the library lists. */
const GRPC_WEB_HEADERS = ['Accept', 'User-Agent', 'X-Accept-Content-Transfer-Encoding'];

/** Offers what is there; the library answers the service's other methods as unimplemented. */
function addService(
  router: ConnectRouter,
  desc: DescService,
  find: (method: string) => Procedure | null,
  deps: Dependencies,
): void {
  const methods: Record<string, unknown> = {};
  for (const { localName } of desc.methods) {
    const procedure = find(localName);
    if (procedure === null) continue;
    const { name, handler } = procedure;
    const told = (error: unknown) => toConnectError(error, name, deps.logError);
    methods[localName] =
      handler.kind === 'unary'
        ? (request: unknown, context: HandlerContext) =>
            handler.run(request, contextOf(context)).catch((error) => Promise.reject(told(error)))
        : (input: never, context: HandlerContext) =>
            guarded(handler.run(input, contextOf(context)), told);
  }
  router.service(desc, methods as Partial<ServiceImpl<DescService>>);
}

function contextOf({ signal, values }: HandlerContext): CallContext {
  return { signal, received: null, remoteAddress: values.get(REMOTE_ADDRESS) };
}

async function* guarded<T>(answers: AsyncIterable<T>, told: (error: unknown) => Error) {
  try {
    yield* answers;
  } catch (error) {
    throw told(error);
  }
}

async function answer(
  { logError }: Dependencies,
  handler: UniversalHandler,
  request: AnyRequest,
  response: AnyResponse,
  remoteAddress: string,
): Promise<void> {
  try {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-expose-headers', cors.exposedHeaders.join(', '));
    const values = createContextValues().set(REMOTE_ADDRESS, remoteAddress);
    const universal = universalRequestFromNodeRequest(request, response, undefined, values);
    const answered = await refusedWhereUnreadable(await handler(universal));
    await universalResponseToNodeResponse(answered, response);
  } catch (error) {
    // Callers that leave are no failure of ours.
    const { code } = toConnectError(error, handler.requestPath, () => {});
    if (code === Code.Aborted || code === Code.Canceled || response.destroyed) return;
    logError(error, `${handler.requestPath} failed`);
    response.destroy();
  }
}

/** How the library says that bytes are no message, or not what their encoding makes of one. */
const UNREADABLE = /^(parse binary: |decompression failed$)/;

/**
 * The library answers bytes that are no message with `internal`, which is 500 in the Connect
 * protocol. They are the caller's fault: 400, as for JSON that is none.
 */
async function refusedWhereUnreadable(
  answered: UniversalServerResponse,
): Promise<UniversalServerResponse> {
  const { status, body } = answered;
  if (status !== 500 || body === undefined || !(Symbol.asyncIterator in body)) return answered;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const { message } = JSON.parse(bytes.toString()) as { readonly message?: unknown };
  if (typeof message !== 'string' || !UNREADABLE.test(message))
    return { ...answered, body: only(bytes) };
  const told = Buffer.from(JSON.stringify({ code: 'invalid_argument', message }));
  const header = new Headers(answered.header);
  header.set('content-length', String(told.length));
  return { ...answered, status: 400, header, body: only(told) };
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function reply(
  response: AnyResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = status;
  response.end();
}
