import type { HttpReply } from './http.js';

/** An error in the form that is nobody's own: what fails before a dialect is found. */
export function plainError(status: number, message: string): HttpReply {
  const type = status >= 500 ? 'api_error' : 'invalid_request_error';
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { type, message } }),
  };
}

/** The answer to who sends more than is taken. */
export const tooLarge = (): HttpReply => plainError(413, 'The request body is too large.');

/** The answer to who would write what is only read: `what` begins a sentence. */
export function onlyRead(what: string): HttpReply {
  const refused = plainError(405, `${what} read with GET.`);
  return { ...refused, headers: { ...refused.headers, allow: 'GET, HEAD' } };
}

/** The answer where nothing is mounted. */
export function unknownPath(method: string, path: string): HttpReply {
  return plainError(404, `Unrecognized request URL (${method}: ${path}).`);
}
