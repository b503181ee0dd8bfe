import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { encodingFor } from './browser-script.js';
import type { HttpReply, HttpRequest, Mount } from './http.js';
import { plainError, unknownPath } from './server.js';

/** Where the build puts the frames, seen from the built server and from the source. */
const PLACES = ['../web/frames/', '../../dist/web/frames/'];

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

interface Asset {
  readonly headers: Readonly<Record<string, string>>;
  readonly bodies: Readonly<Record<'br' | 'gzip' | 'identity', Buffer>>;
}

/** Said of everything below `/frames/`. A frame's origin is opaque, and its files another's. */
const COMMON: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
};

function makeAsset(name: string, content: Buffer, headers: Record<string, string>): Asset {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return {
    headers: { ...COMMON, ...headers, 'content-type': TYPES[extname(name)] ?? '' },
    bodies: {
      br: brotliCompressSync(content, quality),
      gzip: gzipSync(content, { level: constants.Z_BEST_COMPRESSION }),
      identity: content,
    },
  };
}

/**
 * What a frame's page may do: run the files that it was built with, call the API, and nothing else.
 * `sandbox` gives it an origin of its own, so that not even a page of this server can read it.
 */
function policyOf(origin: string, assets: readonly string[]): string {
  const sources = (kind: string): string =>
    assets
      .filter((name) => extname(name) === kind)
      .map((name) => `${origin}/frames/assets/${name}`)
      .join(' ');
  return [
    'sandbox allow-scripts allow-forms',
    "default-src 'none'",
    `script-src ${sources('.js')}`,
    `style-src ${sources('.css')}`,
    `connect-src ${origin}`,
    "base-uri 'none'",
    "form-action 'none'",
    'frame-ancestors *',
  ].join('; ');
}

/** All files by path; null while there is no build. */
function readAssets(origin: string): ReadonlyMap<string, Asset> | null {
  const folders = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const folder = folders.find((each) => existsSync(`${each}element.html`));
  if (folder === undefined) return null;
  const names = readdirSync(`${folder}assets`).filter((name) => extname(name) in TYPES);
  const found = new Map<string, Asset>();
  // Their names change with what is in them.
  const forever = { 'cache-control': 'public, max-age=31536000, immutable' };
  for (const name of names) {
    const content = readFileSync(`${folder}assets/${name}`);
    found.set(`/frames/assets/${name}`, makeAsset(name, content, forever));
  }
  // In full, so that policy and page agree under whatever name the server was reached.
  const page = readFileSync(`${folder}element.html`, 'utf8')
    .replaceAll('"/frames/', `"${origin}/frames/`)
    .replace('name="tender-origin" content=""', `name="tender-origin" content="${origin}"`);
  const headers = {
    'cache-control': 'no-store',
    'content-security-policy': policyOf(origin, names),
  };
  found.set('/frames/element.html', makeAsset('element.html', Buffer.from(page), headers));
  return found;
}

/**
 * The frames that hold a card's fields, as they were built. They are read once, when the first is
 * asked for; where there is no build, that is what is said. `publicUrl` is known once the server
 * listens.
 */
export function framesMount(publicUrl: () => string): Mount {
  let assets: ReadonlyMap<string, Asset> | null = null;
  return {
    prefix: '/frames/',
    handle: (request) => {
      const { method, path } = request;
      assets ??= readAssets(publicUrl());
      if (assets === null) return NOT_BUILT;
      const asset = assets.get(path);
      if (asset === undefined) return unknownPath(method, path);
      if (method === 'GET' || method === 'HEAD') return reply(asset, request);
      const { status, body, headers } = plainError(405, 'Frames are read with GET.');
      return { status, headers: { ...headers, allow: 'GET, HEAD' }, body };
    },
    tooLarge: (): HttpReply => plainError(413, 'The request body is too large.'),
  };
}

function reply({ headers, bodies }: Asset, request: HttpRequest): HttpReply {
  const encoding = encodingFor(request.headers['accept-encoding'] as string | undefined);
  return {
    status: 200,
    headers: encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding },
    body: bodies[encoding],
  };
}

const NOT_BUILT: HttpReply = {
  status: 503,
  headers: { ...COMMON, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: 'The card fields are not built. Run: npm run build\n',
};
