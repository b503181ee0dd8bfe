import { Code, ConnectError } from '@connectrpc/connect';
import type { HttpReply, HttpRequest, Mount } from '../http.js';
import { decodeInput, type ProcedureFinder, statusOf, toConnectError } from './calls.js';
import { corsHeaders, preflight } from './cors.js';
import { errorEnvelope, okEnvelope, openEnvelope, procedureOf } from './envelope.js';
import type { CodeDependencies } from './settings.js';

/** Published clients use both: their SDK with a slash at the end, the documents without. */
const PATHS = ['/v1/api', '/v1/api/'];

type Dependencies = Pick<CodeDependencies, 'settings' | 'logError'>;

/**
 * The envelope over HTTP: one call a request. An error is an envelope, too, with its status:
 * published clients look at nothing else. The setting `errors: 'envelope'` gives 200 instead, as
 * the published gateway did.
 */
export function envelopeMounts(deps: Dependencies, find: ProcedureFinder): Mount[] {
  const refusal = (error: ConnectError, status = statusOf(error)): HttpReply => ({
    status: deps.settings.errors === 'envelope' ? 200 : status,
    headers: HEADERS,
    body: Buffer.from(errorEnvelope(error)),
  });
  const handle = async (request: HttpRequest): Promise<HttpReply> => {
    const { method, path } = request;
    // Of what is below the path, nothing is ours.
    if (!PATHS.includes(path))
      return refusal(new ConnectError('there is nothing at this path', Code.NotFound));
    if (method === 'OPTIONS') return preflight('POST, OPTIONS', 'content-type');
    if (method !== 'POST')
      return refusal(new ConnectError('http post expected', Code.InvalidArgument));
    let what = 'the envelope';
    try {
      const envelope = openEnvelope(request.body);
      const procedure = procedureOf(find, envelope);
      what = procedure.name;
      const { handler } = procedure;
      if (handler.kind !== 'unary') {
        const text = `${what} is a stream: open a WebSocket at / and send this envelope there`;
        throw new ConnectError(text, Code.Unimplemented);
      }
      const input = decodeInput(procedure, envelope.body);
      // A call that was accepted is carried out, whether or not its caller waits.
      const { signal } = new AbortController();
      const { remoteAddress } = request;
      const context = { signal, received: envelope.body, remoteAddress };
      const body = Buffer.from(okEnvelope(procedure, await handler.run(input, context)));
      return { status: 200, headers: HEADERS, body };
    } catch (error) {
      return refusal(toConnectError(error, what, deps.logError));
    }
  };
  const tooLarge = (): HttpReply =>
    refusal(new ConnectError('the request is too large', Code.ResourceExhausted), 413);
  return PATHS.map((prefix) => ({ prefix, handle, tooLarge }));
}

const HEADERS = { ...corsHeaders(), 'content-type': 'application/octet-stream' };
