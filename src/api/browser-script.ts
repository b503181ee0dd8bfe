import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BuiltAsset, encodingFor, inEncodings } from './built-assets.js';
import type { HttpReply, HttpRequest, Mount } from './http.js';
import { onlyRead } from './plain-reply.js';

/** Where the build puts the script, seen from the built server and from the source. */
const PLACES = ['../sdk/stripe.js', '../../dist/sdk/stripe.js'];

/** `/v3/`, and what every release train of Stripe.js is called: `/endive/stripe.js`. */
const TRAIN = /^\/[a-z]{1,40}\/stripe\.js$/;

interface Script {
  readonly etag: string;
  readonly bodies: BuiltAsset['bodies'];
}

const HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  // Pages that are isolated from other origins may run it too.
  'cross-origin-resource-policy': 'cross-origin',
  'content-type': 'text/javascript; charset=utf-8',
  // Short: its address never changes, and pages are to get what fits the server.
  'cache-control': 'public, max-age=60, must-revalidate',
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
};

function readScript(places: readonly URL[]): Script | null {
  const path = places.map((place) => fileURLToPath(place)).find((each) => existsSync(each));
  if (path === undefined) return null;
  const identity = readFileSync(path);
  const digest = createHash('sha256').update(identity).digest('base64url').slice(0, 27);
  return { etag: `"${digest}"`, bodies: inEncodings(identity) };
}

/**
 * Serves a script that was built to one of these places. It is read once, when it is first asked
 * for; where there is none, that is what is said.
 */
export function builtScript(places: readonly URL[]): (request: HttpRequest) => HttpReply {
  let script: Script | null = null;
  return (request) => {
    script ??= readScript(places);
    return script === null ? notBuilt() : reply(script, request);
  };
}

/** The script for shops' pages. `otherwise` answers the paths that are not the script's. */
export function browserScriptMounts(otherwise: Mount): Mount[] {
  const serve = builtScript(PLACES.map((place) => new URL(place, import.meta.url)));
  const mount = (prefix: string): Mount => ({
    prefix,
    handle: (request) =>
      request.path === '/v3' || request.path === '/v3/'
        ? serve(request)
        : otherwise.handle(request),
    tooLarge: otherwise.tooLarge,
  });
  return [
    mount('/v3'),
    mount('/v3/'),
    {
      ...otherwise,
      handle: (request) => (TRAIN.test(request.path) ? serve(request) : otherwise.handle(request)),
    },
  ];
}

function reply({ etag, bodies }: Script, { method, headers }: HttpRequest): HttpReply {
  if (method !== 'GET' && method !== 'HEAD') return onlyRead('The script is');
  const fixed = { ...HEADERS, etag };
  const known = (headers['if-none-match'] ?? '').split(',').map((each) => each.trim());
  if (known.some((each) => each.replace(/^W\//, '') === etag || each === '*'))
    return { status: 304, headers: fixed, body: '' };
  const encoding = encodingFor(headers['accept-encoding'] as string | undefined);
  return {
    status: 200,
    headers: encoding === 'identity' ? fixed : { ...fixed, 'content-encoding': encoding },
    body: bodies[encoding],
  };
}

/** Said as a script too, so that the page's console shows it. */
function notBuilt(): HttpReply {
  const text = 'The browser script is not built. Run: npm run build';
  return {
    status: 503,
    headers: { ...HEADERS, 'cache-control': 'no-store' },
    body: `/* ${text} */\nconsole.error(${JSON.stringify(text)});\n`,
  };
}
