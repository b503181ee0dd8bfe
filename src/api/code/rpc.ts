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
import type { UniversalHandler } from '@connectrpc/connect/protocol';
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
      else void answer(deps, handler, request, response, remoteAddress);
    },
  };
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
    await universalResponseToNodeResponse(await handler(universal), response);
  } catch (error) {
    // Callers that leave are no failure of ours.
    const { code } = toConnectError(error, handler.requestPath, () => {});
    if (code === Code.Aborted || code === Code.Canceled || response.destroyed) return;
    logError(error, `${handler.requestPath} failed`);
    response.destroy();
  }
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
