import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { HttpReply, HttpRequest } from './http.js';
import { onlyRead } from './plain-reply.js';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
};

/** What is compressed already. */
const PACKED: ReadonlySet<string> = new Set(['.png']);

/** How files are kept whose names change with what is in them. */
export const FOREVER = { 'cache-control': 'public, max-age=31536000, immutable' } as const;

type Headers = Readonly<Record<string, string>>;

/** A file of a build, ready to be sent in the encodings that browsers take. */
export interface BuiltAsset {
  readonly headers: Headers;
  readonly bodies: Readonly<Record<Encoding, Buffer>>;
}

type Encoding = 'br' | 'gzip' | 'identity';

/** Whether a file of a build is one to be served, by its name. */
export function isAsset(name: string): boolean {
  return extname(name) in TYPES;
}

/** The folder of a build: the first of these that has the file; null while there is no build. */
export function builtFolder(places: readonly URL[], file: string): string | null {
  const folders = places.map((place) => fileURLToPath(place));
  return folders.find((each) => existsSync(`${each}${file}`)) ?? null;
}

/** A file with all of its headers but its type, which follows from its name. */
export function makeAsset(name: string, content: Buffer, headers: Headers): BuiltAsset {
  const ending = extname(name);
  return {
    headers: { ...headers, 'content-type': TYPES[ending] ?? '' },
    bodies: PACKED.has(ending)
      ? { br: content, gzip: content, identity: content }
      : inEncodings(content),
  };
}

/** Compresses a content as far as it goes: it is done once. */
export function inEncodings(content: Buffer): Record<Encoding, Buffer> {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return {
    br: brotliCompressSync(content, quality),
    gzip: gzipSync(content, { level: constants.Z_BEST_COMPRESSION }),
    identity: content,
  };
}

/** The best encoding that a client takes. */
export function encodingFor(accepted: string | undefined): Encoding {
  const taken = (name: string): boolean =>
    (accepted ?? '').split(',').some((part) => {
      const [encoding, ...parameters] = part
        .toLowerCase()
        .split(';')
        .map((each) => each.trim());
      return encoding === name && !parameters.some((each) => /^q=0(\.0*)?$/.test(each));
    });
  if (taken('br')) return 'br';
  return taken('gzip') ? 'gzip' : 'identity';
}

/** Answers who reads a file, in the best encoding that the client takes; `what` is for others. */
export function assetReply(
  { headers, bodies }: BuiltAsset,
  request: HttpRequest,
  what: string,
): HttpReply {
  if (request.method !== 'GET' && request.method !== 'HEAD') return onlyRead(what);
  const encoding = encodingFor(request.headers['accept-encoding'] as string | undefined);
  const isPlain = bodies[encoding] === bodies.identity;
  return {
    status: 200,
    headers: isPlain ? headers : { ...headers, 'content-encoding': encoding },
    body: bodies[encoding],
  };
}

/** The answer while there is no build. */
export function notBuilt(what: string, headers: Headers): HttpReply {
  return {
    status: 503,
    headers: {
      ...headers,
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
    },
    body: `${what} not built. Run: npm run build\n`,
  };
}
