import { Code, ConnectError } from '@connectrpc/connect';
import { parseAuthorization } from '../../auth.js';
import type { HttpReply, HttpRequest } from '../../http.js';
import type { CodeDependencies } from '../settings.js';

/** How the routes below `/admin/code/` answer, whatever they are about. */

export type AdminDependencies = Pick<
  CodeDependencies,
  'engine' | 'keyring' | 'defaultMerchant' | 'nowMs' | 'logError'
>;

/** An answer other than 200, thrown. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** What `answer` gives, as JSON; what it throws, as an error of the same form. */
export async function answered(
  { logError }: Pick<AdminDependencies, 'logError'>,
  { method, path }: HttpRequest,
  answer: () => Promise<object>,
): Promise<HttpReply> {
  try {
    return jsonReply(200, await answer());
  } catch (error) {
    if (error instanceof Refused) return errorReply(error.status, error.message);
    if (error instanceof ConnectError) return connectReply(error);
    logError(error, `${method} ${path} failed`);
    return errorReply(500, 'The server failed. Nothing was changed.');
  }
}

/** The account whose secret key a request carries. Throws Refused. */
export async function authorized(
  { keyring }: Pick<AdminDependencies, 'keyring'>,
  { headers }: HttpRequest,
): Promise<string> {
  const key = parseAuthorization(headers.authorization);
  if (key === null) throw needsKey();
  const known = await keyring.identify(key);
  if (known === null || known === 'expired') throw new Refused(401, 'The key opens nothing.');
  if (known.kind !== 'secret') throw new Refused(403, 'Only a secret key may do this.');
  return known.account;
}

/** The answer to whoever sends no key. */
export function needsKey(): Refused {
  return new Refused(401, 'Send a secret key: Authorization: Bearer …');
}

/** The body as a JSON object. Throws Refused. */
export function bodyOf({ body }: HttpRequest): Readonly<Record<string, unknown>> {
  let read: unknown;
  try {
    read = JSON.parse(body.toString('utf8'));
  } catch {
    read = null;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new Refused(400, 'The body must be a JSON object.');
  return read as Record<string, unknown>;
}

/** The answer to a method that a path does not take. */
export function notAllowed({ method, path }: HttpRequest): Refused {
  return new Refused(405, `${path} does not take ${method}.`);
}

function connectReply({ code, rawMessage }: ConnectError): HttpReply {
  if (code === Code.ResourceExhausted) return errorReply(429, `${rawMessage}.`);
  return errorReply(code === Code.Unavailable ? 503 : 400, `${rawMessage}.`);
}

/** An error as JSON. */
export function errorReply(status: number, message: string): HttpReply {
  return jsonReply(status, { error: { message } });
}

function jsonReply(status: number, body: object): HttpReply {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { status, headers, body: `${JSON.stringify(body)}\n` };
}
