import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import {
  assetReply,
  type BuiltAsset,
  builtFolder,
  FOREVER,
  isAsset,
  makeAsset,
  notBuilt,
} from './api/built-assets.js';
import type { HttpReply, HttpRequest } from './api/http.js';
import { unknownPath } from './api/plain-reply.js';

/** Where the build puts the wallet, seen from the built server and from the source. */
const PLACES = ['./web/wallet/', '../dist/web/wallet/'].map((at) => new URL(at, import.meta.url));

const PAGE = '/index.html';
const WORKER = '/sw.js';

/** A tip's link leads to a person: `/x/ada`. The page reads the name from its own address. */
const PAGE_PATH = /^\/(?:x\/[\w-]{1,50})?$/;

/** What the wallet's page is told by its server. */
export interface WalletPlace {
  /** The wallet's own origin, where its API is, too. */
  readonly origin: string;
  readonly mode: 'sandbox' | 'live';
}

const COMMON: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'Accept-Encoding',
};

/**
 * The page runs what it was built with and talks to its own origin, and no other page may show it
 * in a frame: somebody else's pixels over "slide to pay" would be the cheapest theft there is.
 */
function policyOf({ origin }: WalletPlace): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    // Not every browser takes 'self' to mean the WebSocket of the same origin.
    `connect-src 'self' ${origin.replace(/^http/, 'ws')}`,
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types tender-wallet',
  ].join('; ');
}

/** Files below a folder, as the paths of their addresses. */
function pathsBelow(folder: string, at = '/'): string[] {
  return readdirSync(`${folder}${at.slice(1)}`, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? pathsBelow(folder, `${at}${entry.name}/`) : [`${at}${entry.name}`],
  );
}

/** All files by path; null while there is no build. */
function readFiles(place: WalletPlace): ReadonlyMap<string, BuiltAsset> | null {
  const folder = builtFolder(PLACES, 'index.html');
  if (folder === null) return null;
  const paths = pathsBelow(folder).filter(isAsset);
  const contents = new Map<string, Buffer>(
    paths.map((path) => [path, readFileSync(`${folder}${path.slice(1)}`)]),
  );
  const page = String(contents.get(PAGE)).replace(
    'name="tender-mode" content=""',
    `name="tender-mode" content="${place.mode}"`,
  );
  contents.set(PAGE, Buffer.from(page));
  contents.set(WORKER, workerOf(contents));
  const files = new Map<string, BuiltAsset>();
  for (const [path, content] of contents)
    files.set(path, makeAsset(path, content, saidOf(path, place)));
  return files;
}

/** How long a file is kept, and what a page of it may do. */
function saidOf(path: string, place: WalletPlace): Record<string, string> {
  if (path.startsWith('/assets/')) return { ...COMMON, ...FOREVER };
  const policy = path === PAGE ? { 'content-security-policy': policyOf(place) } : {};
  return { ...COMMON, 'cache-control': 'no-cache', ...policy };
}

/**
 * The service worker, told what to keep. Its version follows from the files' contents, so that it
 * is another worker, which browsers then install, exactly when the wallet is another one.
 */
function workerOf(contents: ReadonlyMap<string, Buffer>): Buffer {
  const kept = [...contents].filter(([path]) => path !== WORKER).sort();
  const digest = createHash('sha256');
  for (const [path, content] of kept) digest.update(`${path}\0${content.length}\0`).update(content);
  const paths = kept.map(([path]) => (path === PAGE ? '/' : path));
  const told = { version: digest.digest('base64url').slice(0, 16), paths };
  const script = String(contents.get(WORKER) ?? '');
  return Buffer.from(`self.TENDER_FILES=${JSON.stringify(told)};\n${script}`);
}

/**
 * Answers for the wallet's files. They are read once, when the first is asked for; where there is
 * no build, that is what is said. `place` is known once the wallet's server listens.
 */
export function walletFiles(place: () => WalletPlace): (request: HttpRequest) => HttpReply {
  let files: ReadonlyMap<string, BuiltAsset> | null = null;
  return (request) => {
    const { method, path } = request;
    files ??= readFiles(place());
    if (files === null) return NOT_BUILT;
    const file = files.get(PAGE_PATH.test(path) ? PAGE : path);
    return file === undefined
      ? unknownPath(method, path)
      : assetReply(file, request, 'The wallet is');
  };
}

const NOT_BUILT = notBuilt('The wallet is', COMMON);
