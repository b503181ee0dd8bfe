import type { HttpReply, HttpRequest, Mount } from '../../http.js';
import type { SigningKey } from './signing-key.js';

const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  // Verifiers keep keys for minutes anyway; the key changes only with the installation's master.
  'cache-control': 'public, max-age=300',
  'x-content-type-options': 'nosniff',
};

/**
 * Where receivers of webhooks find the sequencer's public key: as a JWKS (RFC 7517), at the
 * well-known path and beside the API, and as base58 text, the form in which Code published its own.
 */
export function keyMounts(key: SigningKey): Mount[] {
  const jwks = JSON.stringify({ keys: [key.jwk] });
  const document = (prefix: string, type: string, body: string): Mount => ({
    prefix,
    handle: (request) => answer(request, type, body),
    tooLarge: (request) => answer(request, type, body),
  });
  return [
    document('/.well-known/jwks.json', 'application/json', jwks),
    document('/v1/code/jwks.json', 'application/json', jwks),
    document('/v1/code/publicKey', 'text/plain; charset=utf-8', key.publicKey),
  ];
}

function answer({ method }: Pick<HttpRequest, 'method'>, type: string, body: string): HttpReply {
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, headers: { ...HEADERS, allow: 'GET, HEAD' }, body: '' };
  return { status: 200, headers: { ...HEADERS, 'content-type': type }, body };
}
